"""README and guides: links lead somewhere, and the examples run as they stand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from clustering import ProposalParameters
from clustering.io.headings import ALIASES
from clustering.io.kinds import FILE_KINDS
from clustering.io.options import FileOptions

ROOT = Path(__file__).resolve().parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "data").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newcomer's folder: the checkout as far as the examples need it."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    return tmp_path


def test_the_lines_of_python_run(folder: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert code.count("\n") <= 12
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "optimal" in done.stdout
    assert (folder / "out" / "map.html").is_file()


def test_the_command_runs(folder: Path) -> None:
    (line,) = re.findall(r"^\$ zones (propose .*)$", README, flags=re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *line.split()], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "out" / "zones.geojson").read_text(encoding="utf-8"))["features"]


def test_the_request_gives_zones_back(tmp_path: Path) -> None:
    (line,) = re.findall(r"^\$ curl (.* http://127.0.0.1:8000/zones)$", README, flags=re.MULTILINE)
    fields = re.findall(r"-F (\w+)=@(\S+)", line)
    assert len(fields) == 2
    files = [(role, (Path(name).name, (ROOT / name).read_bytes())) for role, name in fields]
    with TestClient(create_app(Settings(data_directory=tmp_path)), base_url="http://127.0.0.1") as client:
        response = client.post("/zones", files=files)
    assert response.status_code == 200
    assert len(response.json()["features"]) >= 3


def test_the_guide_to_files_lists_every_heading() -> None:
    guide = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    for aliases in ALIASES.values():
        for column, names in aliases.items():
            assert f"- **{column}**: " + ", ".join(f"`{name}`" for name in names) in guide, column


def test_the_guide_to_files_lists_every_form_and_option() -> None:
    guide = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    for name, kind in FILE_KINDS.items():
        assert f"| {name} | {kind.role} | {kind.source} |" in guide
    for option in fields(FileOptions):
        assert f"`{option.name}`" in guide


def test_the_guide_to_the_service_tells_of_every_route_and_parameter() -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    routes = create_app(Settings()).openapi()["paths"]
    for path, methods in routes.items():
        shown = re.sub(r"\{\w+_id\}", "{id}", path)
        for method in methods:
            assert f"`{method.upper()} {shown}`" in guide or f"{method.upper()} {shown}`" in guide, (method, shown)
    for name in ProposalParameters().as_dict():
        assert f"`{name}`" in guide, name


def test_the_defaults_in_the_guide_are_those_of_the_code() -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    defaults = ProposalParameters().as_dict()
    for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (.+?) \| .+ \|$", guide, flags=re.MULTILINE):
        names = re.findall(r"`(\w+)`", row[0])
        if not set(names) <= set(defaults):
            continue
        values = [value.strip("` ") for value in row[1].split(",")]
        for name, value in zip(names, values * len(names) if len(values) == 1 else values, strict=False):
            default = defaults[name]
            if value in ("none", "all"):
                assert default in (None, []), name
            elif isinstance(default, bool):
                assert value == str(default).lower(), name
            elif isinstance(default, (int, float)):
                assert float(value) == default, name
            else:
                assert value == default, name
