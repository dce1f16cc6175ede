"""Files of states and districts are read by the register, under what the user says, and never against what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from clustering.readers.file_options import FileOptions, parse_file_options
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.published_layouts import PublishedLayout, published_layouts
from clustering.readers.reshape import recognised_layout
from clustering.readers.reshape.recognised_layout import with_published_options

GEORGIA = {
    "LONG_SCHOOL_YEAR": ["2022-23", "2022-23"],
    "DETAIL_LVL_DESC": ["School", "District"],
    "SCHOOL_DSTRCT_CD": ["601", "601"],
    "INSTN_NUMBER": ["0103", "ALL"],
    "LABEL_LVL_1_DESC": ["Grad Rate -ALL Students", "Grad Rate -ALL Students"],
    "PROGRAM_TOTAL": ["35", "35"],
    "PROGRAM_PERCENT": ["87.5", "87.5"],
    "TOTAL_COUNT": ["40", "40"],
}
NAME = "Georgia: four-year cohort graduation rates"


def table_of(cells: Mapping[str, Sequence[str]], **options: Any) -> RawTable:
    columns = {heading: pa.array(texts, type=pa.string()).dictionary_encode() for heading, texts in cells.items()}
    kind = options.get("kind", "table of performance")
    return RawTable(name="f.csv", kind=kind, encoded=columns, sha256="", options=FileOptions(**options))


def told(cells: Mapping[str, Sequence[str]], **options: Any) -> RawTable:
    return with_published_options(table_of(cells, **options), "performance")


def test_a_published_file_gets_the_options_of_its_layout_and_the_report_says_so() -> None:
    table = told(GEORGIA)
    assert table.kind == NAME
    assert table.options.columns["school_id"] == "SCHOOL_DSTRCT_CD+INSTN_NUMBER"
    assert table.options.columns["graduation_rate"] == "PROGRAM_PERCENT"
    assert table.options.rows == {"DETAIL_LVL_DESC": "School", "LABEL_LVL_1_DESC": "Grad Rate -ALL Students"}
    (line,) = table.problems
    assert not line.is_error
    assert NAME in line.message
    assert "gosa.georgia.gov" in line.message


def test_headings_in_another_order_and_case_are_the_same_layout() -> None:
    other = {heading.lower().replace("_", " "): GEORGIA[heading] for heading in reversed(GEORGIA)}
    table = told(other)
    assert table.kind == NAME
    assert table.options.columns["school_id"] == "school dstrct cd+instn number"
    assert table.options.rows["detail lvl desc"] == "School"


def test_the_options_of_the_user_go_first() -> None:
    said = parse_file_options(["rows.DETAIL_LVL_DESC=District", "columns.school_id=SCHOOL_DSTRCT_CD"])["*"]
    table = told(GEORGIA, **said.model_dump(exclude_none=True))
    assert table.options.columns["school_id"] == "SCHOOL_DSTRCT_CD"
    assert table.options.rows == {"DETAIL_LVL_DESC": "District", "LABEL_LVL_1_DESC": "Grad Rate -ALL Students"}
    assert table.options.columns["graduation_rate"] == "PROGRAM_PERCENT"


def test_a_column_that_the_user_names_is_not_taken_for_another() -> None:
    table = told(GEORGIA, columns={"graduates": "TOTAL_COUNT"})
    assert table.options.columns["graduates"] == "TOTAL_COUNT"
    assert "cohort" not in table.options.columns


def test_a_file_that_lacks_a_heading_is_not_forced_into_a_layout() -> None:
    plain = {heading: texts for heading, texts in GEORGIA.items() if heading != "TOTAL_COUNT"}
    assert told(plain) == table_of(plain)


def test_a_file_about_something_else_under_the_same_headings_is_not_that_layout() -> None:
    dropouts = GEORGIA | {"LABEL_LVL_1_DESC": ["9-12 Drop Outs -ALL Students"] * 2}
    assert told(dropouts).kind == "table of performance"


@pytest.mark.parametrize(
    ("name", "container", "is_read"),
    [
        ("GOSA_4-Year_Cohort_Graduation_Rate_2022-23.csv", "text", True),
        ("GOSA_5-Year_Cohort_Graduation_Rate_2022-23.csv", "text", False),
        ("report.xlsx", "workbook, 2023 5-Yr Subgroup", False),
        ("report of 15 years.csv", "text", True),
    ],
)
def test_rates_within_five_years_are_not_taken_for_four(name: str, container: str, *, is_read: bool) -> None:
    table = replace(table_of(GEORGIA), name=name, container=container)
    assert (with_published_options(table, "performance").kind == NAME) == is_read


def test_a_file_with_headings_that_any_file_has_does_not_read_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognised_layout, "published_layouts", lambda: pytest.fail("the register was read"))
    told({"school_id": ["1"], "year": ["2022-23"], "graduation_rate": ["71"]})
    with_published_options(table_of({"school_id": ["1"], "strange": ["2"]}), "plan")


def test_a_kind_that_the_user_says_is_obeyed() -> None:
    assert told(GEORGIA, kind="table of performance").problems == ()
    assert told(GEORGIA, kind=NAME).options.columns["cohort"] == "TOTAL_COUNT"
    (problem,) = told(GEORGIA, kind="Texas: four-year graduation rates by campus").problems
    assert problem.is_error
    assert "CAMPUS" in problem.message


def two_layouts(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[PublishedLayout, PublishedLayout]:
    sample = published_layouts()[0]
    one, other = (
        replace(sample, name=name, role="performance", needs=needs, options=FileOptions(columns=dict(columns)))
        for name, needs, columns in (("One: rates", ("SCH", "A"), first), ("Other: rates", ("SCH", "B"), second))
    )
    return one, other


@pytest.mark.parametrize(("second", "is_asked"), [({"school_id": "B"}, True), ({"school_id": "SCH"}, False)])
def test_two_layouts_are_asked_about_unless_both_give_the_same_reading(
    monkeypatch: pytest.MonkeyPatch, second: dict[str, str], is_asked: bool
) -> None:
    layouts = two_layouts({"school_id": "SCH"}, second)
    monkeypatch.setattr(recognised_layout, "published_layouts", lambda: layouts)
    monkeypatch.setattr(recognised_layout, "layouts_by_name", lambda: {each.name: each for each in layouts})
    cells = {"SCH": ["1"], "A": ["2"], "B": ["3"]}
    (problem,) = told(cells).problems
    assert problem.is_error == is_asked
    if is_asked:
        assert "kind=Other: rates" in problem.remedy
        assert told(cells, kind="Other: rates").options.columns == {"school_id": "B"}
        assert told(cells, kind="table of performance").problems == ()


def test_a_layout_that_asks_for_more_goes_before_one_that_asks_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two_layouts({"school_id": "SCH"}, {"school_id": "B"})
    more = replace(other, needs=("SCH", "A", "B"))
    monkeypatch.setattr(recognised_layout, "published_layouts", lambda: (one, more))
    assert told({"SCH": ["1"], "A": ["2"], "B": ["3"]}).options.columns == {"school_id": "B"}


def test_of_several_spellings_of_an_entry_the_one_of_the_file_is_read() -> None:
    cells = {
        "SCHOOL_YEAR": ["2012-13"], "AGENCY_TYPE": ["Public school"], "CESA": ["01"], "DISTRICT_CODE": ["3619"],
        "SCHOOL_CODE": ["0413"], "COMPLETION_STATUS": ["Completed - Regular"], "GROUP_BY": ["All Students"],
        "TIMEFRAME": ["4-Year rate"], "COHORT_COUNT": ["100"], "STUDENT_COUNT": ["90"],
    }  # fmt: skip
    assert told(cells).options.rows["COMPLETION_STATUS"] == "Completed - Regular"


def test_every_year_of_a_column_with_a_year_in_its_heading_is_read() -> None:
    cells = {
        "District ID": ["1"], "School ID": ["34"], "Student Group": ["All Students"], "Adjusted Cohort": ["40"],
        "Oregon Diploma Awarded": ["30"], "Graduates": ["35"], "Institution Level": ["High School"],
        "2021-22 Four-year Cohort Graduation Rate": ["80"], "2022-23 Four-year Cohort Graduation Rate": ["87.5"],
    }  # fmt: skip
    assert told(cells).options.columns["graduation_rate"] == "Four-year Cohort Graduation Rate YEAR"
