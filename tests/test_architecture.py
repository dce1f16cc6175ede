"""The house rules that a reader relies on, held by looking at the code."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import clustering
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "clustering").rglob("*.py")])
MAXIMUM_FILE_LINES = 400
MAXIMUM_FUNCTION_LINES = 50
MEDIAN_FUNCTION_LINES = 12
# Names that say nothing of what a file does.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
# Names for which the field has a word that says more (docs/architecture.md).
VAGUE_NAMES = set(
    """
    answer asked barred beside child collection confirm cut desk exact giving guard hopeless_locks hosts judge
    limits marks means memory merging one_zone opening oracle other_way packing place places room scope settle shown
    side_limits spread standing within_limits
    """.split()
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions_of(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function below its signature and its docstring."""
    first = function.body[0]
    is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if is_documented and len(function.body) == 1:
        return 0
    return (function.end_lineno or 0) - function.body[int(is_documented)].lineno + 1


def wide_tuples(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function returns a tuple of three or more values that have no names."""
    return function.returns is not None and any(
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "tuple"
        and isinstance(node.slice, ast.Tuple)
        and len(node.slice.elts) > 2
        for node in ast.walk(function.returns)
    )


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 50


def test_files_and_functions_tell_one_story_each() -> None:
    assert [shown(path) for path in SOURCES if text_of(path).count("\n") > MAXIMUM_FILE_LINES] == []
    assert [shown(path) for path in SOURCES if path.stem in EMPTY_NAMES | VAGUE_NAMES] == []
    functions = [(path, node) for path in SOURCES for node in functions_of(tree_of(path))]
    assert [(shown(path), node.name) for path, node in functions if body_lines(node) > MAXIMUM_FUNCTION_LINES] == []


def test_most_files_and_functions_are_short() -> None:
    lines = [body_lines(node) for path in SOURCES for node in functions_of(tree_of(path))]
    assert sum(count <= 40 for count in lines) >= 0.98 * len(lines)
    assert statistics.median(lines) <= MEDIAN_FUNCTION_LINES
    assert sum(text_of(path).count("\n") <= 300 for path in SOURCES) >= 0.98 * len(SOURCES)


def test_values_that_travel_together_have_a_name() -> None:
    functions = [(path, node) for path in SOURCES for node in functions_of(tree_of(path))]
    assert [(shown(path), node.name) for path, node in functions if wide_tuples(node)] == []


def test_control_a_tuple_of_three_is_noticed() -> None:
    tree = ast.parse(
        "def f() -> tuple[int, int, int]: ...\n"
        "def g() -> list[tuple[str, int, str]]: ...\n"
        "def h() -> tuple[str, ...]: ...\n"
        "def i() -> tuple[int, int]: ...\n"
    )
    assert [node.name for node in functions_of(tree) if wide_tuples(node)] == ["f", "g"]


def test_files_of_tests_are_short_too() -> None:
    assert [shown(path) for path in TESTS if text_of(path).count("\n") > MAXIMUM_FILE_LINES] == []


@pytest.mark.parametrize("package", ["app", "clustering"])
def test_the_tests_mirror_the_code(package: str) -> None:
    rooms = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests" / package).rglob("test_*.py")}
    assert rooms
    assert [str(room) for room in sorted(rooms) if not (ROOT / room).is_dir()] == []


def test_the_library_has_rooms_and_no_loose_modules() -> None:
    loose = {path.name for path in (ROOT / "clustering").glob("*.py")}
    assert loose == {"__init__.py", "errors.py"}


def test_each_layer_is_one_row() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = [each for each in project["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    for package, contract in zip(("clustering", "app"), contracts, strict=True):
        assert contract["containers"] == [package]
        rows = [name.strip() for row in contract["layers"] for name in row.split("|")]
        there = {
            path.stem for path in (ROOT / package).iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
        }
        assert len(rows) == len(set(rows))
        assert set(rows) == there - {"__init__"}


def test_every_setting_is_documented() -> None:
    guides = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    missing = [name for name in Settings.model_fields if f"FEEDER_ZONES_{name.upper()}" not in guides]
    assert missing == []


def check_contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


# That the layers hold is a check of ``make lint``.
def test_control_a_library_that_imports_the_web_breaks_a_contract(tmp_path: Path) -> None:
    for package in ("app", "clustering"):
        for path in (ROOT / package).rglob("*.py"):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with (tmp_path / "clustering" / "errors.py").open("a") as file:
        file.write("\nimport fastapi\n")
    done = check_contracts(tmp_path)
    assert done.returncode != 0
    assert "1 broken" in done.stdout


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """
    What a new process loads, a line each: with the library, with the command too, and its threads with the service.

    One process for all three, for each would import the library again.
    """
    script = (
        "import sys, clustering; print(*sys.modules);"
        "import app.cli.main; print(*sys.modules);"
        "import app.main, threading; print(threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_library_loads_without_the_web_and_the_service_without_starting(loaded: list[str]) -> None:
    web = {"fastapi", "starlette", "sqlalchemy", "typer", "uvicorn", "app"}
    assert not web & set(loaded[0].split())
    assert loaded[2:] == ["1"]


def test_the_command_loads_no_library_that_only_other_commands_need(loaded: list[str]) -> None:
    slow = {"alembic", "fastapi", "folium", "httpx2", "sklearn", "sqlalchemy", "uvicorn"}
    assert not slow & set(loaded[1].split())


def test_the_public_surface_is_what_it_says() -> None:
    def kind_first(name: str) -> tuple[int, str]:
        return (0 if name.isupper() else 1 if name[0].isupper() else 2), name

    assert sorted(set(clustering.__all__), key=kind_first) == clustering.__all__
    imported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse((ROOT / "clustering" / "__init__.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for alias in node.names
        if not (alias.asname or "").startswith("_")
    }
    assert imported == set(clustering.__all__)


def test_everything_public_is_documented() -> None:
    things = {name: getattr(clustering, name) for name in clustering.__all__}
    texts = {name: thing.__doc__ for name, thing in things.items() if not name.isupper()}  # constants have none
    assert [name for name, text in texts.items() if not text] == []
    functions = [name for name in texts if callable(things[name]) and not isinstance(things[name], type)]
    without_returns = [name for name in functions if "Returns" not in texts[name] and "\n" in texts[name].strip()]
    assert without_returns == [], "their parameters are not described"


BANNED_CALLS = {"eval", "exec", "compile", "__import__", "print", "input"}
BANNED_ATTRIBUTES = {"explore", "read_file", "read_pickle", "to_pickle", "IFrame"}


def banned_calls(tree: ast.AST) -> set[str]:
    """Calls and attributes that no code may use."""
    nodes = list(ast.walk(tree))
    calls = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return calls & BANNED_CALLS | attributes & BANNED_ATTRIBUTES


def test_no_banned_calls() -> None:
    assert {shown(path): found for path in SOURCES if (found := banned_calls(tree_of(path)))} == {}
