"""Options of files from text, and what cannot be read of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering import FileOptions, InputError, parse_file_options
from clustering.readers.file_options import MAXIMUM_SETTINGS, options_for


def test_options_stand_under_the_name_of_the_file_a_pattern_or_all() -> None:
    options = parse_file_options(
        [
            "schools.csv:encoding=cp1252",
            "schools.csv:columns.school_id=ES_ID",
            "schools.csv: columns.enrollment = Pupils ",
            "*.txt:delimiter=TAB",
            "has_header=no",
            "header_row=3",
        ]
    )
    assert options == {
        "schools.csv": FileOptions(encoding="cp1252", columns={"school_id": "ES_ID", "enrolment": "Pupils"}),
        "*.txt": FileOptions(delimiter="\t"),
        "*": FileOptions(has_header=False, header_row=3),
    }


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [("comma", ","), ("tab", "\t"), ("\\t", "\t"), ("\t", "\t"), ("pipe", "|"), ("^", "^"), ("Semicolon", ";")],
)
def test_a_delimiter_is_a_sign_or_its_name(text: str, delimiter: str) -> None:
    assert parse_file_options([f"delimiter={text}"])["*"].delimiter == delimiter


def test_marks_are_split_at_commas_and_compared_in_small_letters() -> None:
    options = parse_file_options(["suppressed= ~ ,NC,", "missing=-99", "rate_unit=share", "decimal=comma"])["*"]
    assert options.marks.suppressed == {"~", "nc"}
    assert options.marks.missing == {"-99"}
    assert (options.rate_unit, options.decimal) == ("share", "comma")
    texts = pd.Series(["~", "Nc", "-99", "61.5"])
    assert options.marks.plain(texts).tolist() == ["*", "*", "", "61.5"]
    assert FileOptions().marks.plain(texts) is texts


def test_what_is_said_of_the_very_file_goes_before_patterns_and_columns_add_up() -> None:
    options = parse_file_options(
        ["encoding=utf-8", "*.csv:encoding=cp1252", "a.csv:unit=hours", "*.csv:columns.name=N", "a.csv:columns.state=S"]
    )
    assert options_for("a.csv", options) == FileOptions(
        encoding="cp1252", unit="hours", columns={"name": "N", "state": "S"}
    )
    assert options_for("b.txt", options) == FileOptions(encoding="utf-8")


def test_all_problems_come_at_once_each_with_what_would_be_accepted() -> None:
    with pytest.raises(InputError) as caught:
        parse_file_options(
            [
                "a.csv:header_row=0",
                "a.csv:has_header=perhaps",
                "b.csv:delimiter=colon",
                "year_convention=autumn",
                "encodign=utf-8",
                "columns=ES_ID",
                "encoding.x=1",
                "no sign",
            ]
        )
    assert all(problem.table == "options" for problem in caught.value.problems)
    assert {problem.column: problem.value for problem in caught.value.problems} == {
        "header_row": "0",
        "has_header": "perhaps",
        "delimiter": "colon",
        "year_convention": "autumn",
        "encodign": "utf-8",
        "columns": "ES_ID",
        "encoding.x": "1",
        "no sign": None,
    }
    remedies = {problem.column: problem.remedy for problem in caught.value.problems}
    assert remedies["header_row"] == "Give a whole number from 1 to 999,999."
    assert remedies["delimiter"] == "Give comma, tab, pipe, caret or semicolon."
    assert remedies["year_convention"] == "Give fall or spring."


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"header_row": True}, "header_row"),
        ({"header_row": 2.5}, "header_row"),
        ({"header_row": 10**400}, "header_row"),
        ({"encoding": 5}, "encoding"),
        ({"sheet": "\ud800"}, "sheet"),
        ({"columns": ["ES_ID"]}, "columns"),
        ({"columns": {"school_id": 5}}, "columns"),
        ({"columns": {1: "ES_ID"}}, "columns"),
        ({"encodign": "cp1252"}, "encodign"),
    ],
)
def test_wrong_kinds_are_refused_by_name(values: dict[str, Any], column: str) -> None:
    with pytest.raises(InputError) as caught:
        FileOptions(**values)
    (problem,) = caught.value.problems
    assert (problem.table, problem.column) == ("options", column)


def test_numpy_values_are_plain_ones() -> None:
    options = FileOptions(header_row=np.int64(2), has_header=np.bool_(True))  # type: ignore[arg-type]
    assert (options.header_row, options.has_header) == (2, True)
    assert type(options.header_row) is int


def test_a_request_has_so_many_options_at_most() -> None:
    with pytest.raises(InputError, match="more than 200 options"):
        parse_file_options(["encoding=utf-8"] * (MAXIMUM_SETTINGS + 1))


@pytest.mark.parametrize(
    "texts",
    [
        ["header_row=1", "header_row=2"],
        ["a.csv:columns.name=x", "a.csv:columns.name=y"],
        ["columns.enrolment=x", "columns.enrolment=y"],
    ],
)
def test_an_option_given_twice_is_refused(texts: list[str]) -> None:
    with pytest.raises(InputError, match="The option is given twice. Give it once for each file."):
        parse_file_options(texts)
    assert parse_file_options(["a.csv:header_row=1", "b.csv:header_row=2"])["b.csv"].header_row == 2


def test_a_column_in_two_spellings_is_refused() -> None:
    with pytest.raises(InputError, match="in two spellings. Give one heading for enrolment."):
        parse_file_options(["columns.enrollment=x", "columns.enrolment=y"])


def test_one_option_needs_no_list() -> None:
    assert parse_file_options("a.csv:encoding=cp1252") == parse_file_options(["a.csv:encoding=cp1252"])
