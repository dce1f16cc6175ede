"""A wheel built from a clone works where there is no clone."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
OFFLINE = ("--quiet", "--no-deps", "--no-index")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ASSETS = (
    "app/pages/static/vendor/swagger-ui-bundle.js",
    "app/pages/static/vendor/swagger-ui.css",
    "clustering/outputs/assets/leaflet.css",
    "clustering/outputs/assets/leaflet.js",
    "clustering/outputs/assets/states.geojson",
)
PACKED = ("app", "clustering", "scripts", "hatch_build.py", "package.json", "pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command that does not see this clone."""
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    return subprocess.run(
        command, cwd=cwd, env=outside | (environment or {}), capture_output=True, text=True, check=False
    )


def copy_without_assets(target: Path) -> Path:
    """What git would hand to a newcomer, changes that are not yet committed included."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *PACKED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((ROOT / name).read_bytes())
    assert not any((target / name).exists() for name in ASSETS)
    return target


def build(tree: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return run(*PIP, "wheel", *OFFLINE, "--no-build-isolation", "--wheel-dir", target, tree, cwd=tree)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = build(ROOT, folder)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment with the wheel and its dependencies, and nothing of this clone."""
    folder = tmp_path_factory.mktemp("environment")
    assert run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder).returncode == 0
    (packages,) = (folder / "lib").glob("python*/site-packages")
    # A folder named in a .pth file is searched, the .pth files inside it are not: an editable installation stays out.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    programs = folder / "bin"
    done = run(*PIP, "--python", programs / "python", "install", *OFFLINE, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    return programs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder with nothing but the data of README's examples."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "data").symlink_to(ROOT / "data")
    return folder


@pytest.fixture(scope="module")
def printed(installed: Path, folder: Path) -> list[str]:
    """What README's lines of Python print; then, a line each, the version and the folders of the two packages."""
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    code += "import app, clustering\nprint(clustering.__version__, clustering.__file__, app.__file__, sep='\\n')\n"
    done = run(installed / "python", "-c", code, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_wheel_holds_the_library_the_service_and_their_assets(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        *ASSETS,
        "app/pages/templates/start.html",
        "app/pages/static/pages.css",
        "app/py.typed",
        "app/store/migrations/versions/0001_first_tables.py",
        "clustering/outputs/maps/page.html",
        "clustering/py.typed",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "data/", "scripts/"))]


def test_a_clone_without_assets_brings_them_into_its_wheel(tmp_path: Path) -> None:
    tree = copy_without_assets(tmp_path / "clone")
    # Stands for npm, which needs the network.
    lines = [f"target = root / '{name}'; target.parent.mkdir(exist_ok=True); target.touch()" for name in ASSETS]
    lines = ["from pathlib import Path", "root = Path(__file__).parents[1]", *lines]
    (tree / "scripts" / "install_assets.py").write_text("\n".join(lines), encoding="utf-8")
    done = build(tree, tmp_path / "dist")
    assert done.returncode == 0, done.stderr
    (built,) = (tmp_path / "dist").glob("*.whl")
    assert set(ASSETS) <= set(zipfile.ZipFile(built).namelist())


@pytest.mark.parametrize("script", ["import sys; sys.exit('There is no npm.')", "pass"])
def test_a_clone_that_cannot_bring_its_assets_builds_no_wheel(tmp_path: Path, script: str) -> None:
    tree = copy_without_assets(tmp_path / "clone")
    (tree / "scripts" / "install_assets.py").write_text(script, encoding="utf-8")
    done = build(tree, tmp_path / "dist")
    assert done.returncode != 0
    assert not (tmp_path / "dist").exists() or not list((tmp_path / "dist").glob("*.whl"))
    assert "Run make setup in the clone, then build again." in done.stderr + done.stdout
    assert ASSETS[-1] in done.stderr + done.stdout
    assert ("There is no npm." in done.stderr + done.stdout) == (script != "pass")


def test_nothing_of_this_clone_is_imported(installed: Path, printed: list[str]) -> None:
    (packages,) = (installed.parent / "lib").glob("python*/site-packages")
    assert [Path(name).parent for name in printed[-2:]] == [packages / "clustering", packages / "app"]


def test_the_version_is_that_of_the_project(printed: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert printed[-3] == project["version"]


def test_the_python_of_the_readme_runs(printed: list[str], folder: Path) -> None:
    assert "optimal" in "\n".join(printed)
    assert "leaflet" in (folder / "out" / "map.html").read_text(encoding="utf-8")


def test_the_command_of_the_readme_proposes(installed: Path, tmp_path: Path) -> None:
    (line,) = re.findall(r"^\$ (zones propose .*)$", README, flags=re.MULTILINE)
    (tmp_path / "data").symlink_to(ROOT / "data")
    search = {"PATH": f"{installed}{os.pathsep}{os.environ['PATH']}"}
    done = run("sh", "-c", line, cwd=tmp_path, environment=search)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "zones.geojson").is_file()


def test_the_service_starts_with_its_demonstration(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = outside | {"FEEDER_ZONES_DATA_DIRECTORY": str(tmp_path / "var"), "FEEDER_ZONES_PORT": str(port)}
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [installed / "zones", "serve", "--demo"], cwd=tmp_path, env=environment, stdout=output, stderr=output
        ) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            assert "Feeder Zones" in fetch(f"{address}/", process, log)
            assert "swagger" in fetch(f"{address}/docs", process, log).lower()
        finally:
            process.terminate()


def fetch(address: str, process: subprocess.Popen[bytes], log: Path) -> str:
    """Text at an address of a service that may still be starting."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=30) as response:
                return str(response.read().decode())
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))
