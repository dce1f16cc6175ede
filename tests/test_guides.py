"""README and guides: links lead somewhere, and the examples run as they stand."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from pathlib import Path

import pytest
import typer
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from app.cli.commands import cli
from app.main import create_app
from app.settings import Settings
from clustering import (
    PlanYearsParameters,
    ProposalParameters,
    list_presets,
    parse_policy,
    policy_presets,
    policy_schema,
    rule_schema,
)
from clustering.readers.file_options import FileOptions
from clustering.readers.isolation.container_table import ReadingLimits
from clustering.readers.read_table import MAXIMUM_BYTES
from clustering.readers.recognition.aliases import ALIASES
from clustering.readers.recognition.archives import MAXIMUM_RATIO, MAXIMUM_UNPACKED_BYTES
from clustering.readers.recognition.containers import MAXIMUM_MEMBERS
from clustering.readers.recognition.file_kinds import FILE_KINDS
from clustering.readers.recognition.published_layouts import published_layouts
from clustering.readers.student_records.formats import FORMATS, GENERIC_ALIASES
from clustering.readers.text.headings import MAXIMUM_COLUMNS, MAXIMUM_HEADING_CHARACTERS
from clustering.validation.overlong_cells import MAXIMUM_CELL_CHARACTERS

ROOT = Path(__file__).resolve().parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "data").rglob("*.md"))]
SAMPLE = ("schools.csv", "promotions.csv")
RUN = CliRunner(env={"NO_COLOR": "1", "TERM": "dumb"})
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newcomer's folder: the checkout as far as the examples need it."""
    return with_data(tmp_path)


def with_data(folder: Path) -> Path:
    (folder / "data").symlink_to(ROOT / "data")
    return folder


def run_zones(line: str, folder: Path) -> Result:
    """
    What a line of a guide does in a folder, without the name of the program.

    It runs in this process: tests/test_wheel.py runs README's through the shell's own program.
    """
    with contextlib.chdir(folder):
        return RUN.invoke(cli, shlex.split(line))


def run_python(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run lines of a guide as a program of their own; tests/test_wheel.py runs README's in a fresh process."""
    monkeypatch.chdir(folder)
    exec(compile(code, "<guide>", "exec"), {"__name__": "__main__"})


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """What README's command says, and the folder in which it ran."""
    folder = with_data(tmp_path_factory.mktemp("proposed"))
    (line,) = re.findall(r"^\$ zones (propose .*)$", README, flags=re.MULTILINE)
    return run_zones(line, folder), folder


def test_the_lines_of_python_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert code.count("\n") <= 12
    run_python(code, folder, monkeypatch)
    assert "optimal" in capsys.readouterr().out
    assert (folder / "out" / "map.html").is_file()


def test_the_lines_that_compare_methods_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
    run_python(code, folder, monkeypatch)
    gained, agreement = map(float, capsys.readouterr().out.split())
    assert gained > 0
    assert 0 < agreement < 1


def test_the_guide_to_identification_tells_of_every_field_and_rule() -> None:
    guide = (ROOT / "docs" / "identification.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert set(rule_schema()["properties"]) <= told
    assert set(list_presets().index) <= told
    leaving = next(line for line in guide.splitlines() if line.startswith("| `exit` |"))
    assert set(rule_schema()["properties"]["exit"]["properties"]) <= set(re.findall(r"`(\w+)`", leaving))


def test_the_guide_to_policies_tells_of_every_field_and_preset() -> None:
    guide = (ROOT / "docs" / "disclosure-policies.md").read_text(encoding="utf-8")
    rows = []
    for each in policy_presets():
        ladder = ", ".join(f"{row.students_from}: {row.points_wide}" for row in each.rate_bands)
        numbers = f"{each.minimum_students} | {each.least_possible_values} | {each.rounding_students} | {ladder}"
        rows.append(f"| `{each.name}` | {each.title} | {numbers} |")
    assert "|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n\n" in guide
    told = [line.split("|")[1].strip(" `") for line in guide.splitlines() if line.startswith("| `")]
    assert told == [*(each.name for each in policy_presets()), *policy_schema()["properties"]]
    (example,) = re.findall(r"```toml\n(.*?)```", guide, flags=re.DOTALL)
    policy = parse_policy(example)
    assert (policy.minimum_students, policy.least_possible_values, policy.coarsen_rates) == (16, 5, "all")
    assert [(row.students_from, row.points_wide) for row in policy.rate_bands] == [(100, 5), (16, 20)]


def test_the_lines_that_read_a_policy_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = (ROOT / "docs" / "disclosure-policies.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
    run_python(code, folder, monkeypatch)
    shown = capsys.readouterr().out
    assert "minimum_students = 15\n" in shown
    assert shown.endswith("True\n")


def test_the_lines_that_identify_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = (ROOT / "docs" / "identification.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
    reading = (
        'scenario = cz.read_scenario(schools="data/sample/schools.csv", performance="data/sample/acgr_2223_sample.csv",'
        " require_flows=False)"
    )
    code = code.replace("import clustering as cz\n", f"import clustering as cz\n{reading}\n")
    run_python(code, folder, monkeypatch)
    assert "'certain': " in capsys.readouterr().out


def test_the_command_runs(proposed: tuple[Result, Path]) -> None:
    done, folder = proposed
    assert done.exit_code == 0, done.output
    assert json.loads((folder / "out" / "zones.geojson").read_text(encoding="utf-8"))["features"]


def test_a_plan_is_compared_as_shown(proposed: tuple[Result, Path]) -> None:
    first, folder = proposed
    (then,) = re.findall(r"^\$ zones (compare .*)$", README, flags=re.MULTILINE)
    assert first.exit_code == 0, first.output
    done = run_zones(then, folder)
    assert done.exit_code == 0, done.output
    assert "a plan as given" in done.stdout


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
    parts = guide.partition("\n## All headings\n")[2].split("\n### Headings: ")[1:]
    listed = {part.split("\n")[0]: re.findall(r"^- \*\*(\w+)\*\*: (.*)$", part, flags=re.MULTILINE) for part in parts}
    assert listed == {
        role: [(column, ", ".join(f"`{name}`" for name in names)) for column, names in aliases.items()]
        for role, aliases in {**ALIASES, "student records, form `generic`": GENERIC_ALIASES}.items()
    }


def test_the_guide_to_files_lists_every_file_of_the_register() -> None:
    guide = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    section = guide.partition("\n## Files of states and districts\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+: .+) \| (\w+) \| (.+) \|$", section, flags=re.MULTILINE)
    assert rows == [(layout.name, layout.role, layout.seen) for layout in published_layouts()]


def test_the_guide_to_files_lists_every_form_and_option() -> None:
    guide = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    forms = guide.partition("\n## Published forms\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+) \| (\w+) \| (.+) \|$", forms, flags=re.MULTILINE)
    assert rows == [(name, kind.role, kind.source) for name, kind in FILE_KINDS.items()]
    options = guide.partition("\n| option | meaning |\n|---|---|\n")[2].partition("\n\n")[0]
    named = [name for row in options.splitlines() for name in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(named) == sorted(FileOptions.model_fields)
    assert set(FORMATS) <= set(re.findall(r"`(\w+)`", options))


def test_the_guide_to_files_names_the_limits_of_the_code() -> None:
    guide = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    told = " ".join(guide.partition("\n## Problems and limits\n")[2].partition("\n## ")[0].split())
    limits, gib = ReadingLimits(), 1024**3
    for text in (
        f"{limits.time_limit_s:g} seconds, {limits.memory_bytes / gib:g} GiB, {limits.rows / 1e6:g} million records",
        f"{limits.columns:,} columns, {limits.cells / 1e6:g} million cells of a workbook or vertices of a layer",
        f"{limits.nesting_levels} levels of JSON",
        f"{MAXIMUM_MEMBERS:,} members, {MAXIMUM_UNPACKED_BYTES / gib:g} GiB unpacked, and no more than {MAXIMUM_RATIO}",
        f"Text: {MAXIMUM_BYTES / gib:g} GiB, {MAXIMUM_COLUMNS:,} columns",
        f"headings of {MAXIMUM_HEADING_CHARACTERS} and cells of {MAXIMUM_CELL_CHARACTERS} characters",
    ):
        assert text in told, text
    assert limits.cells == limits.vertices


def test_every_command_and_option_shown_is_there() -> None:
    commands = typer.main.get_group(cli).commands
    guides = "\n".join(path.read_text(encoding="utf-8") for path in GUIDES)
    lines = re.findall(r"^\$ zones (.+)$", guides, flags=re.MULTILINE)
    assert {line.split()[0] for line in lines} >= {"propose", "check", "fetch"}
    for line in lines:
        name, *words = line.split()
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_checks_in_the_guide_to_files_run(folder: Path) -> None:
    guide = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\$ zones (check .*)$", guide, flags=re.MULTILINE)
    as_sample, as_told = (line for line in lines if "--schools" in line and "portal" not in line)
    done = run_zones(as_sample, folder)
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (folder / "report").iterdir()) == [
        "crosswalk.csv",
        "datapackage.json",
        "report.json",
        "set_aside.csv",
    ]
    schools, flows = ((ROOT / "data" / "sample" / name).read_text(encoding="utf-8") for name in SAMPLE)
    (folder / "s.txt").write_text(schools.replace(",", "|"), encoding="utf-8")
    (folder / "f.csv").write_text(re.sub(r"^(\d{4})-\d\d,", r"\1,", flows, flags=re.MULTILINE), encoding="utf-8")
    assert "year_convention=fall" in run_zones(as_told.partition(" --read")[0], folder).stderr
    assert "School years: [2021, 2022, 2023]" in run_zones(as_told, folder).stdout


def test_the_guide_to_the_service_tells_of_every_route_and_parameter() -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    document = create_app(Settings()).openapi()
    routes, schemas = document["paths"], document["components"]["schemas"]
    assert len(routes) > 10
    for path, methods in routes.items():
        shown = re.sub(r"\{\w+_id\}", "{id}", path)
        for method in methods:
            assert f"`{method.upper()} {shown}`" in guide or f"{method.upper()} {shown}`" in guide, (method, shown)
    for parameters in (ProposalParameters(), PlanYearsParameters()):
        for name in parameters.as_dict():
            assert f"`{name}`" in guide, name
    body = routes["/datasets"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    form = body["$ref"].rpartition("/")[2]
    row = next(line for line in guide.splitlines() if line.startswith("| `POST /datasets` |"))
    assert set(schemas[form]["properties"]) <= set(re.findall(r"`(\w+)`", row))
    for line in re.findall(r"^\$ curl .*/datasets$", guide, flags=re.MULTILINE):
        assert set(re.findall(r"-F (\w+)=", line)) <= set(schemas[form]["properties"]), line


@pytest.mark.parametrize(
    ("heading", "parameters"),
    [("## Parameters", ProposalParameters()), ("### Parameters of matches and year plans", PlanYearsParameters())],
)
def test_the_defaults_in_the_guide_are_those_of_the_code(
    heading: str, parameters: ProposalParameters | PlanYearsParameters
) -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    section = guide.partition(f"\n{heading}\n")[2].partition("\n##")[0]
    defaults, told = parameters.as_dict(), set()
    for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (.+?) \| .+ \|$", section, flags=re.MULTILINE):
        names = re.findall(r"`(\w+)`", row[0])
        told |= set(names)
        values = [value.strip("` ") for value in row[1].split(",")] if len(names) > 1 else [row[1].strip("` ")]
        for name, value in zip(names, values * len(names) if len(values) == 1 else values, strict=True):
            default = defaults[name]
            if value in ("none", "all"):
                assert default in (None, []), name
            elif isinstance(default, bool):
                assert value == str(default).lower(), name
            elif isinstance(default, (int, float)):
                assert float(value) == default, name
            else:
                assert value == (",".join(map(str, default)) if isinstance(default, list) else default), name
    assert told == set(defaults)
