"""The map for newcomers: every path, name, link and heading that the documents mention exists."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.relative_to(ROOT).as_posix()
)
# The changelog tells of names that are gone.
MAPS = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
FOLDERS = "app|bench|clustering|data|docs|notebooks|requirements|scripts|tests|\\.ci"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def code_of(path: Path) -> list[str]:
    """Everything in single backticks, blocks of code left out."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", text)


def anchors_of(path: Path) -> set[str]:
    """The anchors of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def resolves(name: str) -> bool:
    """Whether a dotted name is a module, or an attribute of one."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[count:]:
            fields = getattr(found, "__annotations__", {}) if isinstance(found, type) else {}
            if not hasattr(found, attribute) and attribute not in fields:
                return False
            found = getattr(found, attribute, None)
        return True
    return False


def named(path: Path) -> set[str]:
    """The modules and functions that a document names."""
    return {code for code in code_of(path) if re.fullmatch(r"(?:app|bench|clustering)(?:\.\w+)+", code)}


def test_there_are_documents_and_names_to_look_at() -> None:
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"} <= {path.name for path in DOCUMENTS}
    assert len(named(ROOT / "docs" / "architecture.md")) > 60


@pytest.mark.parametrize("path", MAPS, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_that_are_named_exist(path: Path) -> None:
    paths = {code.rstrip("/") for code in code_of(path) if re.fullmatch(rf"(?:{FOLDERS})/[\w./-]*", code)}
    assert [each for each in sorted(paths) if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("path", MAPS, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_that_are_named_exist(path: Path) -> None:
    assert [name for name in sorted(named(path)) if not name.startswith("bench.") and not resolves(name)] == []


def test_words_of_the_code_that_are_named_exist() -> None:
    sources = [path for folder in ("app", "clustering") for path in (ROOT / folder).rglob("*.py")]
    words = {word for path in sources for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    for name in ("docs/architecture.md", "CONTRIBUTING.md"):
        codes = {
            code for code in code_of(ROOT / name) if re.fullmatch(r"[a-z]+_\w+|[A-Z]\w+[a-z]\w*|[A-Z]+_[A-Z_]+", code)
        }
        assert {code for code in codes if not code.startswith("FEEDER_ZONES_")} - words - {"validate_"} == set(), name


def test_control_a_name_that_is_gone_is_found() -> None:
    assert resolves("clustering.zones.planner.propose_zones")
    assert not resolves("clustering.zones.planner.gone")
    assert not resolves("clustering.gone")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(path: Path) -> None:
    broken = []
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", path.read_text(encoding="utf-8")):
        file = (path.parent / target) if target else path
        if not file.exists() or (anchor and anchor not in anchors_of(file)):
            broken.append(f"{target}#{anchor}")
    assert broken == []


def test_the_folder_table_has_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for root in ("app", "clustering"):
        for module in (ROOT / root).iterdir():
            if (
                module.name.startswith("_")
                or (module.is_file() and module.suffix != ".py")
                or module.name == "py.typed"
            ):
                continue
            assert f"| `{root}/{module.name}` |" in text, module.name


def test_the_folder_tables_are_in_the_order_of_the_layers() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for contract in PROJECT["tool"]["importlinter"]["contracts"]:
        if contract["type"] != "layers":
            continue
        (container,) = contract["containers"]
        order = {name: floor for floor, row in enumerate(contract["layers"]) for name in re.findall(r"\w+", row)}
        rows = re.findall(rf"^\| `{container}/(\w+)(?:\.py)?` \|.*\|.*\|$", text, flags=re.MULTILINE)
        floors = [order[name] for name in rows if name in order]
        assert floors == sorted(floors)
        assert set(rows) >= set(order)


def test_every_decision_is_listed_and_has_the_same_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^\| \[\d{4}\]\((\S+\.md)\) \|", (folder / "README.md").read_text(), flags=re.MULTILINE)
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
    for name in listed:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {name[:4]}: ")
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "What follows", "Rejected"], name


def test_the_targets_of_make_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    for path in MAPS:
        for code in [
            *code_of(path),
            *re.findall(r"^\$ (make .*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE),
        ]:
            if match := re.match(r"make ([a-z]+)", code):
                assert match.group(1) in targets, (path.name, code)


def test_the_citation_is_sound_and_has_the_version() -> None:
    program = str(Path(sys.executable).parent / "check-jsonschema")
    command = [program, "--builtin-schema", "vendor.citation-file-format", "CITATION.cff"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f'version: "{PROJECT["project"]["version"]}"' in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
