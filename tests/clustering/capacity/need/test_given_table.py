"""A table of Zones and schools, for programs without flows: read, and every problem of it at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from clustering import InputError, read_zone_needs
from clustering.errors import Problem


def table_of(**columns: list[str]) -> pd.DataFrame:
    """Two Zones: North with a K-8 and a high school, South with a middle and a high school."""
    table = pd.DataFrame(
        {
            "school_id": ["01", "02", "03", "04"],
            "zone": ["North", "North", "South", "South"],
            "grades": ["K-8", "9-12", "6-8", "9-12"],
            "students": ["300", "900", "400", "800"],
        }
    )
    return table.assign(**columns)


def problems_of(table: pd.DataFrame) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as refused:
        read_zone_needs(table)
    return refused.value.problems


def test_zones_and_their_schools_are_read() -> None:
    needs = read_zone_needs(
        table_of(
            district_id=["01", "02", "", "03"],
            graduation_rate=["", "55", "", "LT50"],
            percent_proficient=["40", "30", "", "20"],
            latitude=["38", "38.5", "", ""],
            longitude=["-98", "-98.5", "", ""],
        )
    )
    assert needs.variants["students"].to_dict() == {"North": 1200, "South": 1200}
    # 300 * 0.6 + 900 * 0.7; of South 800 * 0.8 alone is known.
    assert needs.variants["students_below"].to_dict() == {"North": 810, "South": 640}
    assert needs.variants["students_below_unknown_count"].to_dict() == {"North": 0, "South": 1}
    assert needs.variants["district_ids"].to_dict() == {"North": ("01", "02"), "South": ("03",)}
    assert needs.variants["levels"].to_dict() == {
        "North": ("elementary", "high", "middle"),
        "South": ("high", "middle"),
    }
    assert needs.zones["anchor_ids"].to_dict() == {"North": ("02",), "South": ("04",)}
    assert needs.zones["latitude"].to_dict()["North"] == 38.5
    assert needs.zones["anchor_rate"].to_dict() == {"North": 0.55, "South": pytest.approx(0.25)}
    assert needs.first_fall is None


def test_every_problem_is_told_at_once() -> None:
    table = table_of(
        students=["three", "900", "400", "800"],
        graduation_rate=["", "55", "", "often"],
        grades=["K-8", "9-12", "6-8", "blue"],
        latitude=["38", "380", "", ""],
        longitude=["-98", "-98", "", ""],
    )
    found = {(problem.row, problem.column) for problem in problems_of(table)}
    assert found == {(2, "students"), (5, "graduation_rate"), (5, "grades"), (3, "latitude")}
    assert all(problem.remedy for problem in problems_of(table))


def test_unread_grades_are_an_error_where_the_zone_has_no_other_anchor() -> None:
    problems = problems_of(table_of(grades=["K-8", "9-12", "blue", "blue"], zone=["North", "North", "South", "East"]))
    assert [(each.row, each.column, each.value) for each in problems] == [(4, "grades", "blue"), (5, "grades", "blue")]
    assert all("no anchor" in each.message for each in problems)
    problems = problems_of(table_of(grades=["blue", "9-12", "6-8", "blue"]))
    assert [(each.row, each.column) for each in problems] == [(5, "grades")]
    needs = read_zone_needs(table_of(grades=["blue", "9-12", "6-8", "9-12"]))
    assert any("grades cannot be read" in note for note in needs.notes)
    marked = table_of(grades=["K-8", "9-12", "6-8", "blue"], role=["", "", "", "anchor"])
    assert read_zone_needs(marked).zones["anchor_ids"].to_dict() == {"North": ("02",), "South": ("04",)}


def test_a_school_stands_once() -> None:
    problems = problems_of(table_of(school_id=["01", "02", "01", "04"]))
    assert [(problem.row, problem.value) for problem in problems] == [(2, "01"), (4, "01")]


def test_more_students_below_the_mark_than_there_are_is_refused() -> None:
    (problem,) = problems_of(table_of(students_below=["400", "100", "100", "100"]))
    assert (problem.row, problem.column, problem.value) == (2, "students_below", "400")


def test_a_mixture_of_per_cent_and_shares_is_refused() -> None:
    (problem,) = problems_of(table_of(share_proficient=["40", "0.3", "", "20"]))
    assert problem.column == "share_proficient"


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        ("Elementary", ("elementary",)),
        ("elementary, middle", ("elementary", "middle")),
        ("Middle School", ("middle",)),
        ("secondary", ("high", "middle")),
        ("K-8", ("elementary", "middle")),
        ("all grades", ("elementary", "high", "middle")),
        ("", ()),
    ],
)
def test_levels_may_be_words(words: str, levels: tuple[str, ...]) -> None:
    table = table_of(level=[words, "high", "middle", "high"]).drop(columns="grades")
    table["role"] = ["", "anchor", "", "anchor"]
    assert read_zone_needs(table).schools.loc["01", "levels"] == levels


def test_a_level_that_cannot_be_read_is_the_only_problem_of_its_zone() -> None:
    table = table_of(level=["elementary", "high", "middle", "hihg"]).drop(columns="grades")
    assert [(problem.row, problem.column) for problem in problems_of(table)] == [(5, "level")]


def test_the_anchor_is_marked_or_the_only_high_school() -> None:
    two = table_of(grades=["9-12", "9-12", "6-8", "9-12"])
    problems = problems_of(two)
    assert [(problem.row, problem.column) for problem in problems] == [(2, "zone"), (3, "zone")]
    marked = two.assign(role=["anchor", "feeder", "", ""])
    assert read_zone_needs(marked).zones["anchor_ids"].to_dict() == {"North": ("01",), "South": ("04",)}
    both = two.assign(anchor=["yes", "yes", "no", "no"])
    assert read_zone_needs(both).zones.loc["North", "anchor_ids"] == ("01", "02")


def test_a_school_without_a_zone_is_set_aside() -> None:
    needs = read_zone_needs(table_of(zone=["North", "North", "", "South"]))
    assert needs.schools.index.tolist() == ["01", "02", "04"]


def test_a_table_without_zones_or_columns_says_so() -> None:
    assert "No row of the table has a Zone." in [problem.message for problem in problems_of(table_of(zone=[""] * 4))]
    assert any("zone" in str(problem.column) for problem in problems_of(table_of().drop(columns="zone")))


def test_suppressed_counts_are_intervals() -> None:
    needs = read_zone_needs(table_of(students=["<10", "900", "400", "800"]))
    row = needs.schools.loc["01", ["students_low", "students_high"]]
    assert pd.isna(needs.schools.loc["01", "students"])
    assert row.tolist() == [1, 9]
    assert needs.variants.loc["North", ["students", "students_low", "students_high"]].tolist() == [905, 901, 909]


def test_a_file_is_read_and_its_hash_told_only_where_counts_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    table_of().to_csv(path, index=False)
    (file,) = read_zone_needs(path).provenance["files"]
    assert file == {"role": "zone_needs", "name": "zones.csv", "rows": 4}
    (exact,) = read_zone_needs(path, disclosure="exact").provenance["files"]
    assert exact["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_order_of_the_rows_changes_nothing() -> None:
    one, other = read_zone_needs(table_of()), read_zone_needs(table_of().iloc[::-1].reset_index(drop=True))
    for name in ("zones", "variants", "schools"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
