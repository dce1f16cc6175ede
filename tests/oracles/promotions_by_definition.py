"""Promotions derived by their definition, with dictionaries, record by record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.examples.student_records import Record

YEARS = {2018: "2018-19", 2019: "2019-2020", 2021: "2021/22", 2022: "2022-23"}


GRADES = {"PK": -1, "KG": 0, "01": 1, "1": 1, "2": 2, "UG": None, "": None}


FLAGS = {"Y": True, "N": False, "": False}


def derive_slowly(rows: Sequence[Record], snapshot: tuple[int, int] | None) -> dict[str, Counter[Any]]:
    """The same by the definitions, with dictionaries."""
    fall_of = {text: fall for fall, text in YEARS.items()}
    fates: Counter[str] = Counter()
    kept: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for row in rows:
        reason = reason_to_set_aside(row)
        if reason is None:
            kept[row.student, fall_of[row.year]].append(row)
        else:
            fates[reason] += 1
    best: dict[tuple[str, int], Record] = {}
    for (student, fall), records in kept.items():
        best[student, fall] = max(records, key=lambda row: preference(row, fall, snapshot))
        fates.update(fates_of_others(records, best[student, fall], fall))
    present = {fall for _, fall in best}
    flows: Counter[tuple[Any, ...]] = Counter()
    outcomes: Counter[str] = Counter()
    for (student, fall), record in best.items():
        after = best.get((student, fall + 1))
        outcomes[outcome_of(record, after, fall, present)] += 1
        if after is not None:
            flows[record.school, after.school, GRADES[record.grade], GRADES[after.grade], fall] += 1
        elif fall + 1 in present:
            flows[record.school, None, GRADES[record.grade], None, fall] += 1
    enrolment = Counter((record.school, fall, GRADES[record.grade]) for (_, fall), record in best.items())
    return {"flows": flows, "outcomes": outcomes, "fates": fates + Counter(used=len(best)), "enrolment": enrolment}


def reason_to_set_aside(row: Record) -> str | None:
    if row.code == "no-show":
        return "no-show"
    if row.school == "":
        return "no school id"
    if row.entry and row.exit and row.exit < row.entry:
        return "exit date before entry date"
    return "no student id" if row.student == "" else None


def outcome_of(record: Record, after: Record | None, fall: int, present: set[int]) -> str:
    if after is None:
        if fall + 1 in present:
            return "left"
        end = "the files end with this year" if fall == max(present) else "the next year is not in the files"
        return f"not followed: {end}"
    grade, next_grade = GRADES[record.grade], GRADES[after.grade]
    if grade is None or next_grade is None:
        return "grade not known"
    return "promoted" if next_grade > grade else "retained"


def span(row: Record, fall: int) -> tuple[date, date] | None:
    """First and last day within the school year; None where neither is known."""
    if not row.entry and not row.exit:
        return None
    opening = date(fall, 7, 1)
    closing = opening + timedelta(days=366)
    first = date.fromisoformat(row.entry) if row.entry else opening
    last = date.fromisoformat(row.exit) if row.exit else closing
    return min(max(first, opening), closing), min(max(last, opening), closing)


def preference(row: Record, fall: int, snapshot: tuple[int, int] | None) -> tuple[Any, ...]:
    days = span(row, fall)
    grade = GRADES[row.grade]
    tail = (row.school, -9 if grade is None else grade)
    if days is None:
        return (False, FLAGS[row.primary], 0, date.min, date.min, *tail)
    covers = False
    if snapshot is not None:
        month, day = snapshot
        covers = days[0] <= date(fall if month >= 7 else fall + 1, month, day) <= days[1]
    return (covers, FLAGS[row.primary], (days[1] - days[0]).days, *days, *tail)


def fates_of_others(records: list[Record], chosen: Record, fall: int) -> Counter[str]:
    """Of each distinct record one copy counts, by its school and days; the chosen one is used; others are repeats."""

    def identity(row: Record) -> tuple[Any, ...]:
        return row.school, GRADES[row.grade], span(row, fall), FLAGS[row.primary]

    fates: Counter[str] = Counter()
    ours = span(chosen, fall)
    seen = {identity(chosen)}
    others = list(records)
    others.remove(chosen)
    for row in others:
        theirs = span(row, fall)
        if identity(row) in seen:
            fates["repeats another record"] += 1
        elif row.school == chosen.school:
            fates["further record at the same school"] += 1
        elif ours and theirs and theirs[0] < ours[1] and theirs[1] > ours[0]:
            fates["another school at the same time"] += 1
        else:
            fates["another school in the same year"] += 1
        seen.add(identity(row))
    return fates
