"""The states that tests put together are those that are read from files, table by table."""

from __future__ import annotations

from itertools import product
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from clustering import Scenario, identify_schools
from tests.examples.rated_schools import Columns, rated_schools, read_all, school_ids
from tests.examples.read_cells import YEAR, ReadCells, Row

TEXTS = ["10", "33-40", "LT50", "50", "60-69", "66.9", "GE50", "GE95", "PS", "*", ".", "", "N<10", "60.5%", "n/a", "0"]
COUNTS = [(0, 7), (3, 7), (7, 7), (0, 12), (3, 12), (12, 12), (20, 40), (30, 45), (351, 506)]
TABLES = ["schools", "flows", "performance", "rates", "grade_enrolment", "travel_times", "contiguity"]
OTHER_YEAR = "2019-20"


def check_same(built: Scenario, read: Scenario, case: object = "") -> None:
    """Every table, the hash of all, and what an answer says of its files."""
    for name in TABLES:
        one, two = getattr(built, name), getattr(read, name)
        if isinstance(one, gpd.GeoDataFrame):
            assert one.geometry.equals(two.geometry)
            one, two = (pd.DataFrame(each.drop(columns="geometry")) for each in (one, two))
        pd.testing.assert_frame_equal(one, two, obj=f"{name} {case}")
    assert built.content_sha256 == read.content_sha256, case
    assert [(file.role, file.name) for file in built.report.files] == [
        (file.role, file.name) for file in read.report.files
    ]


FILES: dict[str, dict[str, Any]] = {
    "texts": {"graduation_rate": TEXTS, "cohort": ["40", "", "<10", "8"] * 4},
    "counts": {"graduates": [str(few) for few, _ in COUNTS], "cohort": [str(cohort) for _, cohort in COUNTS]},
    "counts as text": {"graduation_rate": [f"{few} of {cohort}" for few, cohort in COUNTS]},
    "points": {"index": ["41", "*", "", "-3", "55.5"], "growth": ["1", "2", "3", "PS", ""]},
    "several measures": {
        "graduation_rate": ["50", "", "PS"],
        "three_year_graduation_rate": ["60", "70-79", ""],
        "proficiency_reading": ["", "LT50", "20"],
    },
    "groups and years": {
        "school_id": ["01", "01", "01", "02"],
        "subgroup": ["All Students", "CWD", "All Students", "LEP"],
        "graduation_rate": ["80", "50", "60-69", "PS"],
        "school_year": [YEAR, YEAR, OTHER_YEAR, ""],
    },
    "a list": {"graduation_rate": ["50", "90"], "designation": ["", "CSI"]},
    "a list alone": {"designation": ["CSI", "none"]},
}
TRAITS = {"title1": ("yes", "no"), "school_type": ("Alternative", ""), "status": ("", "Closed")}


@pytest.mark.parametrize("kind", FILES)
def test_rates_put_to_schools_that_were_read_before_are_those_of_files_read_together(kind: str) -> None:
    columns: Columns = {"school_year": [YEAR] * len(next(iter(FILES[kind].values()))), **FILES[kind]}
    table = pd.DataFrame(columns, dtype="str")
    if "school_id" not in table:
        table.insert(0, "school_id", school_ids(len(table)))
    count = max(table["school_id"].astype(int))
    traits = {name: (values * count)[:count] for name, values in TRAITS.items()}
    check_same(rated_schools(columns, **traits), read_all(table, count, tuple(traits.items())))


def test_a_list_among_the_columns_of_schools_is_joined_with_that_of_the_rates() -> None:
    columns = {"graduation_rate": ["50", "90"], "designation": ["", "CSI"]}
    scenario = rated_schools(columns, designation=["TSI", "TSI"])
    assert scenario.performance["designation"].tolist() == ["TSI", "CSI"]


CELLS = {
    "texts": ReadCells({"graduation_rate": TEXTS}),
    "counts": ReadCells({name: FILES["counts"][name] for name in ("graduates", "cohort")}),
    "counts as text": ReadCells(FILES["counts as text"]),
}


def rows_of(count: int) -> dict[str, list[Row]]:
    """Every cell in a school of its own; in years and groups of few schools; some of the cells alone."""
    schools, groups, years = ("01", "02", "04"), ("All Students", "CWD", "LEP"), (YEAR, "2020-21", OTHER_YEAR)
    keys = list(product(schools, years, groups))
    return {
        "a school each": [Row(cell, school) for cell, school in enumerate(school_ids(count))],
        "years and groups": [Row(number * 5 % count, *key) for number, key in enumerate(keys)],
        "turned": [Row(number * 7 % count, *key) for number, key in enumerate(reversed(keys))],
        **{f"cell {cell} alone": [Row(cell)] for cell in (0, 1, count - 1)},
        "group alone": [Row(2, "02", OTHER_YEAR, "CWD")],
    }


def read_from_file(cells: ReadCells, rows: list[Row], **traits: list[str]) -> Scenario:
    return rated_schools(
        {
            "school_id": [row.school for row in rows],
            "school_year": [row.year for row in rows],
            "subgroup": [row.group for row in rows],
            **{name: [texts[row.cell] for row in rows] for name, texts in cells.columns.items()},
        },
        **traits,
    )


@pytest.mark.parametrize("kind", CELLS)
def test_a_state_put_together_of_cells_is_that_of_their_file(kind: str) -> None:
    cells = CELLS[kind]
    for case, rows in rows_of(len(next(iter(cells.columns.values())))).items():
        check_same(cells.state(rows), read_from_file(cells, rows), case)


def test_a_state_put_together_has_the_traits_and_blanks_of_its_file() -> None:
    texts = CELLS["texts"]
    title1 = ["yes", "no", ""]
    for row in (Row(TEXTS.index(text)) for text in ("", "PS", ".", "60.5%")):
        check_same(texts.state([row], title1=title1), read_from_file(texts, [row], title1=title1), row)


def test_different_cells_are_different_states_and_answers() -> None:
    counts = CELLS["counts"]
    small, large = (counts.state([Row(COUNTS.index(pair))]) for pair in ((3, 7), (351, 506)))
    assert small.content_sha256 != large.content_sha256
    answers = [identify_schools(each, {"threshold": 0.5}, disclosure="exact") for each in (small, large)]
    assert [each.decisions.loc["01", "text"] for each in answers] == ["3 of 7", "351 of 506"]
    assert answers[0].provenance != answers[1].provenance
