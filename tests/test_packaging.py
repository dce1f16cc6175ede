"""What a newcomer gets: pinned, hashed, complete, and without addresses of anybody."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from app.services.memory_shares import shares_of
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TRACKED = (
    subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    .stdout.strip("\0")
    .split("\0")
)
TEXTS = [name for name in TRACKED if not name.endswith((".TXT", ".csv", ".png"))]
# A format or a standard calls itself by an address, from which nothing is fetched.
NAMES_OF_FORMATS = {
    "app/api/ogc/features.py": {"json-schema.org", "www.opengis.net"},
    "app/api/ogc/items.py": {"www.opengis.net"},
    "app/api/ogc/process_documents.py": {"www.opengis.net"},
    "bench/rivals.py": {"www.opengis.net"},
    "clustering/outputs/layer_styles.py": {"mrcc.com"},
    "clustering/outputs/data_package.py": {"datapackage.org"},
    # The host that a browser says it comes from: of the same site, of another origin.
    "tests/app/api/test_signing_in.py": {"192.168.0.9", "other.127.0.0.1"},
    "tests/app/api/ogc/test_clients.py": {"www.opengis.net"},
    "tests/app/api/ogc/test_features.py": {"www.opengis.net"},
    "tests/app/api/ogc/test_processes.py": {"www.opengis.net"},
    "tests/app/api/test_openapi_examples.py": {"www.opengis.net"},
    "tests/faulty_files/odd_containers.py": {"www.opengis.net"},
    "tests/faulty_files/odd_schools.py": {"www.opengis.net"},
}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def addresses_of_elsewhere(name: str, text: str) -> set[str]:
    """Hosts and folders of machines that a file of this name must not mention."""
    # Loopback, names that RFC 2606 keeps for examples, the portal of which the client is one, and names of formats.
    hosts = set(re.findall(r"https?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", text))
    portal = {"educationdata.urban.org"} if name in ("app/services/portal/settings.py", "docs/files.md") else set()
    known = portal | NAMES_OF_FORMATS.get(name, set())
    strange = {host for host in hosts - known if host != "127.0.0.1" and not host.endswith((".example", ".invalid"))}
    return strange | {folder for folder in ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/") if folder in text}


def test_no_file_has_an_address_of_elsewhere_or_of_a_machine() -> None:
    there = [name for name in TEXTS if (ROOT / name).is_file()]  # not those deleted, not yet committed
    assert len(there) > 500
    assert {name: found for name in there if (found := addresses_of_elsewhere(name, read(name)))} == {}


def test_control_an_address_of_elsewhere_is_found() -> None:
    assert addresses_of_elsewhere("a.py", "http" + "://a.org/ /ho" + "me/b") == {"a.org", "/ho" + "me/"}
    assert addresses_of_elsewhere("a.py", "http://127.0.0.1:80 https://a.example/") == set()


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_with_hashes(path: Path) -> None:
    entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))
    pinned = [entry for entry in entries if not entry.startswith("#")]
    assert pinned
    for entry in pinned:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry
        assert "://" not in entry


def test_every_dependency_is_used_and_pinned() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    named = {re.split(r"[<>=\[]", text)[0].lower() for text in project["dependencies"]}
    pinned = {line.split("==")[0].lower() for line in read("requirements/run.txt").splitlines() if "==" in line}
    assert named <= pinned
    code = "\n".join(
        read(name) for name in TRACKED if name.startswith(("app/", "clustering/")) and name.endswith(".py")
    )
    modules = {
        "prometheus-client": "prometheus_client",
        "python-multipart": None,
        "pyogrio": None,
        "starlette-compress": "starlette_compress",
        "pydantic-settings": "pydantic_settings",
        "python-calamine": "python_calamine",
        "scikit-learn": "sklearn",
        "typing-extensions": "typing_extensions",
    }
    # Our protocol builds on uvicorn's of httptools.
    # uvicorn takes the event loop if it is there ("auto"); SQLAlchemy the driver that the address names.
    by_name = {"httptools": "httptools_impl import", "uvloop": 'loop="auto"', "psycopg": '"postgresql+psycopg"'}
    assert all(text in code for text in by_name.values())
    for name in named - set(by_name):
        module = modules.get(name, name)
        if module is not None:  # read by FastAPI and by geopandas
            pattern = rf"^\s*(import|from) {module}\b|import_module\(\"{module}\"\)"
            assert re.search(pattern, code, re.MULTILINE), name


def test_browser_assets_have_integrity_hashes() -> None:
    text = read("package.json")
    assert "://" not in text
    package = json.loads(text)
    named = {**package["dependencies"], **package["devDependencies"]}
    assert set(package["integrity"]) == set(named)
    for name, version in named.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"][name]), name


def test_the_container_files_do_what_they_say() -> None:
    docker = read("Dockerfile")
    assert docker.count("FROM ") >= 3
    assert re.search(r"^USER (?!root|0)", docker, re.MULTILINE)
    assert "HEALTHCHECK" in docker
    assert "--require-hashes" in docker
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", docker, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name
    compose = read("compose.yaml")
    assert '"127.0.0.1:8000:8000"' in compose
    assert "read_only: true" in compose
    assert ":?" not in compose, "A variable that must be set would stop everybody who has no need of it."


def test_limits_of_containers_leave_room_for_what_the_settings_allow() -> None:
    compose = read("compose.yaml")
    (limit,) = re.findall(r"memory: (\d+)g", compose)
    (budget,) = re.findall(r'FEEDER_ZONES_MEMORY_MB: "(\d+)"', compose)
    (temporary,) = re.findall(r"/tmp:size=(\d+)g", compose)
    # Memory holds /tmp, too; a process that answers, with the one that starts others, has taken 440 MB.
    assert int(limit) * 1024 - int(budget) - int(temporary) * 1024 >= 1024
    shares = shares_of(Settings(memory_mb=int(budget)))
    assert (shares.of_job, shares.of_upload) == (2048, 2048)
    cluster = read("compose.cluster.yaml")
    services = re.split(r"\n  (?=\w+:\n)", cluster.split("services:")[1].split("\nvolumes:")[0])
    limits = {each.split(":")[0]: re.findall(r"memory: (\d+)g", each) for each in services}
    assert {name: len(found) for name, found in limits.items() if name} == {
        "zones": 0,  # as in compose.yaml
        "scheduler": 1,
        "worker": 1,
        "database": 1,
    }
    assert int(limits["worker"][0]) * 1024 > 2 * shares.of_job
    assert set(re.findall(r"\$\{POSTGRES_PASSWORD(:?.)", cluster)) == {":?"}


def test_continuous_integration_runs_what_a_newcomer_runs() -> None:
    assert "exec make test" in read(".ci/run")
    assert "$ make test" in read("README.md")
    assert "$ make demo" in read("README.md")
