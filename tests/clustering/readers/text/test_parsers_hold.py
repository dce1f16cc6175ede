"""Whatever the text, a parser answers or says in its own words that it cannot."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustering.errors import InputError
from clustering.model.grades import LAST_GRADE, PRESCHOOL, grade_mask, parse_grade, parse_grade_set
from clustering.readers.file_options import parse_file_options
from clustering.readers.published.rates import parse_rates
from clustering.readers.published.school_years import parse_school_years
from clustering.readers.read_table import read_table
from clustering.readers.text.values import parse_numbers, parse_school_year, parse_students

TEXTS = st.text(max_size=12) | st.from_regex(
    r"[-+<>=LGET0-9.,%*/KPG ]{0,8}|(19|20)[0-9]{2}[-/]?[0-9]{0,4}", fullmatch=True
)
COLUMNS = st.lists(TEXTS, min_size=1, max_size=8)


def series(texts: list[str]) -> pd.Series:
    return pd.Series([text.encode("utf-8", "replace").decode() for text in texts], dtype="str")


@given(COLUMNS)
def test_numbers_are_finite_or_marked(texts: list[str]) -> None:
    column = series(texts)
    numbers, bad = parse_numbers(column)
    assert len(numbers) == len(bad) == len(column)
    assert (np.isfinite(numbers) | bad | (column == "")).all()
    counts, bad_counts = parse_students(column)
    known = counts.dropna(subset="students_low")
    assert (known["students_low"] <= known["students_high"]).all()
    assert (counts["students_low"].notna() | bad_counts).all()


@given(COLUMNS)
def test_rates_are_intervals_within_0_and_1_or_say_why_not(texts: list[str]) -> None:
    rates, _ = parse_rates(series(texts))
    known = rates.dropna(subset=["low", "high"])
    assert ((known["low"] >= 0) & (known["low"] <= known["high"]) & (known["high"] <= 1)).all()
    assert set(rates["status"]) <= {"exact", "range", "suppressed", "missing", "not applicable", "unreadable"}
    assert (rates.loc[rates["status"] == "exact", "low"] == rates.loc[rates["status"] == "exact", "high"]).all()


@given(TEXTS)
def test_grades_and_years_are_read_or_refused(text: str) -> None:
    grade_set = grade_mask(PRESCHOOL, LAST_GRADE)
    for parse, least, most in (
        (parse_grade, PRESCHOOL, LAST_GRADE),
        (parse_grade_set, 0, grade_set),
        (parse_school_year, 1899, 2200),
    ):
        with suppress(ValueError):
            value = parse(text)
            assert value is None or least <= value <= most, parse


@given(COLUMNS, st.sampled_from([None, "fall", "spring"]))
def test_every_text_of_a_year_is_one_or_is_named(
    texts: list[str], convention: Literal["fall", "spring"] | None
) -> None:
    settled = parse_school_years(pd.Index(series(texts).unique()), convention=convention)
    told = {*settled.unreadable, *(settled.bare if settled.is_ambiguous else ()), ""}
    assert set(settled.years.index[settled.years.isna()]) <= told
    assert settled.years.dropna().between(1899, 2200).all()


@given(st.lists(st.text(max_size=40), max_size=5))
def test_options_are_read_or_refused(texts: list[str]) -> None:
    with suppress(InputError):
        parse_file_options(texts)


SOUND = b'school_id,name,lat,lon\n0001,"Oak, the first",38.5,-98\n0002,Elm,38.6,-98.1\n'


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, len(SOUND)), st.integers(0, 20))
def test_any_bytes_are_a_table_or_an_error(tmp_path: Path, noise: bytes, place: int, cut: int) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(SOUND[:place] + noise + SOUND[place + cut :])
    # What calls itself a workbook or the like is another reader's, in a process of its own.
    if (noise + SOUND).startswith((b"PK", b"SQLite", b"fgb", b"PAR1", b"\xd0\xcf", b"{", b"[")):
        return
    try:
        table = read_table(path)
    except InputError:
        return
    assert len(table) > 0
    assert all(len(table.column(heading).series()) == len(table) for heading in table.headings)
