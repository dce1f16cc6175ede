"""The guide to capacity: its example gives the numbers that are told, and its defaults are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from clustering import MatchParameters, PlanYearsParameters

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
EXAMPLE = GUIDE.partition("\n## An example\n")[2].partition("\n## ")[0]
DEFAULTS = GUIDE.partition("\n## Defaults and their sources\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """What the lines of the example leave behind."""
    (code,) = re.findall(r"```python\n(.*?)```", EXAMPLE, flags=re.DOTALL)
    names: dict[str, Any] = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        exec(compile(code, "<guide>", "exec"), names)
    return names


def test_the_matches_are_as_told(answers: dict[str, Any]) -> None:
    rows = re.findall(r"^\| (\w[\w ]+) \| ([^|]+) \| (\d+) \| ([\d,]+) \| ([\d,]+) \|$", EXAMPLE, flags=re.MULTILINE)
    matches = answers["match"].matches
    assert len(rows) == len(matches) > 1
    for zone, *cells in rows:
        (row,) = matches[matches["zone_name"].str.startswith(zone)].to_dict("records")
        found = [row["partner_name"], row["school_count"], f"{row['need']:,.0f}", f"{row['cost_dollars']:,.0f}"]
        assert [str(each) for each in found] == cells
    solution = answers["match"].solution
    assert f"{solution.need_served:,.0f} of {solution.need_in_all:,.0f} students are served" in EXAMPLE


def test_one_more_and_smaller_zones_bring_what_is_told(answers: dict[str, Any]) -> None:
    gained = answers["more"].groupby("kind")["need_gained"].max()
    assert [f"{gained[kind]:,.0f}" for kind in ("school", "partner")] == re.findall(
        r"([\d,]+)(?: more students, for| students, and could)", EXAMPLE
    )
    joint = answers["sizes"].iloc[-1]
    assert f"{joint['need_served']:,.0f} students in {joint['schools_served']} schools" in EXAMPLE
    table = GUIDE.partition("\n### Smaller variants and parts\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| (\d+)[^|]* \| (\d) of 7 \| ([\d,]+) \| (\d+)% \| ([\d,]+) \|$", table, flags=re.MULTILINE)
    sizes = answers["sizes"].set_index("maximum_schools")
    assert len(rows) > 1
    for size, *cells in rows:
        row = sizes.loc[int(size)]
        served, kept = f"{row['need_served']:,.0f}", f"{100 * row['need_kept_share']:.0f}"
        assert [str(row["zones_served"]), served, kept, f"{row['cost_dollars']:,.0f}"] == cells


def test_the_plan_the_frontier_and_the_picture_are_as_told(answers: dict[str, Any]) -> None:
    rows = re.findall(r"^\| ([\w ]+) \| [^|]+ \| fall (\d{4}) \|.*\| (\d{4})-\d\d \|.*$", EXAMPLE, flags=re.MULTILINE)
    starts = answers["plan"].starts
    assert len(rows) == len(starts)
    for zone, start, last in rows:
        (row,) = starts[starts["zone_name"].str.startswith(zone)].to_dict("records")
        assert (row["start_fall"], row["exit_fall"] - 1) == (int(start), int(last))
    points = re.findall(r"^\| (\d+) million \| ([\d,]+) \| (\d) \|$", EXAMPLE, flags=re.MULTILINE)
    frontier = answers["frontier"]
    assert points == [
        (f"{row['budget_dollars'] / 1e6:.0f}", f"{row['need_served']:,.0f}", str(row["zones_started"]))
        for row in frontier.to_dict("records")
    ]
    quotation = " ".join(" ".join(re.findall(r"^> (.*)$", GUIDE, flags=re.MULTILINE)).split())
    state_picture = answers["cz"].state_picture(answers["needs"], answers["plan"], answers["register"])
    assert quotation == " ".join(state_picture.headlines)


def test_every_parameter_has_its_default_in_the_guide() -> None:
    defaults = {
        name: default
        for names, default in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \| .+ \|$", DEFAULTS, flags=re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    locks = {"force_match", "forbid_match", "force_served", "force_unserved"}
    without = locks | {"start_year", "budgets_dollars", "exits"}
    assert set(defaults) == set(PlanYearsParameters.model_fields) - without
    for name, default in {**PlanYearsParameters().as_dict(), **MatchParameters().as_dict()}.items():
        if name not in defaults:
            continue
        text = defaults[name]
        if default is None:
            assert text.startswith("none"), name
        elif isinstance(default, bool):
            assert text.startswith("yes" if default else "no"), name
        elif isinstance(default, list):
            assert re.findall(r"`([\w -]+)`", text) == default, name
        elif isinstance(default, str):
            assert text == f"`{default}`", name
        else:
            assert float(text.replace(",", "")) == default, name
