"""Small states for identification: schools 01, 02, ... with the rates that a test gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

import pandas as pd

from clustering import Scenario, read_scenario
from clustering.ingest.fingerprint import hash_tables
from clustering.validation.findings import Findings
from clustering.validation.rates.performance import Performance
from tests.examples.rate_files import judge, messages

Columns = Mapping[str, Sequence[str]]
Tuples = tuple[tuple[str, tuple[str, ...]], ...]


def rated_schools(performance: Columns, **traits: Sequence[str]) -> Scenario:
    """
    Read a performance file and its schools.

    ``performance`` has a column ``school_id``; without one its rows are those of schools 01, 02, ... ``traits`` are
    further columns of the schools file. Every school offers grades 9 to 12 unless ``grades`` are given.
    """
    return _read(_as_tuples(performance), _as_tuples(traits))


def _as_tuples(columns: Columns) -> Tuples:
    return tuple((name, tuple(values)) for name, values in columns.items())


@lru_cache(maxsize=512)
def _read(performance: Tuples, traits: Tuples) -> Scenario:
    """Read each state once: many tests put several rules to the same."""
    table = pd.DataFrame(dict(performance), dtype="str")
    if "school_id" not in table:
        table.insert(0, "school_id", school_ids(len(table)))
    count = max([2, *(len(values) for _, values in traits), *table["school_id"].astype(int)])
    base = _without_rates(count, traits)
    if not len(table):
        return base
    if len(base.performance):  # lists among the columns of schools, which are joined with those of the other file
        return read_all(table, count, traits)
    judged, (findings,) = judge(table, schools=base.schools.index)
    assert messages(findings, errors=True) == []
    return with_performance(base, judged, findings)


def read_all(performance: pd.DataFrame, count: int = 2, traits: Tuples = ()) -> Scenario:
    """Read a performance file with the other files of a state: :func:`rated_schools` reads these once for many."""
    return read_scenario(schools=[_school_rows(count, traits)], flows=[_a_flow()], performance=[performance])


@cache
def _without_rates(count: int, traits: Tuples) -> Scenario:
    return read_scenario(schools=[_school_rows(count, traits)], flows=[_a_flow()])


def with_performance(base: Scenario, performance: Performance, findings: Findings) -> Scenario:
    """A state without rates, and rates for it. Its report names their file, and counts nothing of what is in it."""
    files = (*base.report.files, findings.source_file(unused=()))
    return replace(
        base,
        performance=performance.table,
        rates=performance.rates,
        report=replace(base.report, files=files),
        content_sha256=hash_tables(base.schools, base.flows, performance.table, performance.rates),
    )


def _school_rows(count: int, traits: Tuples) -> pd.DataFrame:
    schools = pd.DataFrame(
        {
            "school_id": school_ids(count),
            "name": [f"School {number}" for number in range(1, count + 1)],
            "lat": "38",
            "lon": [f"-98.{number:04d}" for number in range(1, count + 1)],
            "grades": "9-12",
        }
    )
    for name, values in traits:
        schools[name] = list(values)
    return schools


def school_ids(count: int) -> list[str]:
    return [f"{number:02d}" for number in range(1, count + 1)]


def with_index(
    intervals: Sequence[tuple[float, float] | str | None],
    statuses: Sequence[str | None],
    cohorts: Sequence[int | None] | None = None,
) -> Scenario:
    """
    Schools 01, 02, ... with an index as an interval, suppressed ("suppressed") or missing (``None``).

    ``statuses`` are their Title I statuses and ``cohorts`` their students, ``None`` where no file says it. Not read
    from a file, for no file gives an index as a range: but the code that ranks schools takes an interval of any
    measure.
    """
    base = _unrated(len(intervals))
    rows = [
        (school, students, *_interval(interval))
        for school, interval, students in zip(
            base.schools.index, intervals, cohorts or [None] * len(intervals), strict=True
        )
        if interval is not None
    ]
    rates = pd.DataFrame(rows, columns=["school_id", "cohort_students", "low", "high", "status", "text"])
    rates = rates.assign(
        year=pd.array([2021] * len(rates), dtype="Int64"),
        measure="index",
        subgroup="all",
        grade="all",
        cohort_students=rates["cohort_students"].astype("Int64"),
        cohort_at_most=rates["cohort_students"].astype("Int64"),
        exact=rates["low"].where(rates["status"] == "exact"),
    ).astype({"low": "float64", "high": "float64", "exact": "float64", "status": "str", "text": "str"})
    schools = base.schools.assign(title1_status=pd.array(list(statuses), dtype="str"))
    return replace(base, rates=rates[base.rates.columns], schools=schools)


def _interval(interval: tuple[float, float] | str) -> tuple[float | None, float | None, str, str]:
    if isinstance(interval, str):
        return None, None, interval, "*"
    low, high = interval
    return low, high, "exact" if low == high else "range", f"{low} to {high}"


@cache
def _unrated(count: int) -> Scenario:
    # Two schools at least: the flow that every scenario needs is from one to the other.
    base = rated_schools({"school_id": []}, grades=["9-12"] * max(count, 2))
    return replace(base, schools=base.schools.iloc[:count])


def _a_flow() -> pd.DataFrame:
    row = {"origin": "01", "destination": "02", "grade": "8", "students": "20", "school_year": "2022-23"}
    return pd.DataFrame([row])
