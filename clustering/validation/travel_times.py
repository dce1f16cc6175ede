"""Travel times between schools, in minutes whatever the unit of the file; a pair without a time stays unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.model.columns import TRAVEL_TIME_COLUMNS
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.columns import numpy_of
from clustering.readers.text.printed_marks import without_marks
from clustering.readers.text.values import parse_numbers
from clustering.validation.decimal_commas import ask_for_decimal
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import is_matrix, unpivot
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.lost_zeros import mark_lost_zeros
from clustering.validation.unreadable_cells import Wording, note_unreadable

LONGEST_MINUTES = 24 * 60
# If a file does not show its unit, a time above this is an error: schools that feed each other are not five hours
# apart, and five minutes are 300 seconds, so the unit may well be seconds.
LONGEST_WITHOUT_UNIT = 300
MINUTES_OF = {"minutes": 1.0, "seconds": 1 / 60, "hours": 60.0}
SAME_TIME = "The same origin, destination and travel time appear before."
_ENDS = ("origin", "destination")
_NO_TIME = Wording(
    message="This is not a travel time.", form="0 or more, or leave the cell blank if the time is not known."
)
_UNKNOWN = ("na", "n/a", "nan", "null", "none")
_UNIT_WORDS = {
    "minutes": re.compile(r"minute|(^|_)mins?(_|$)"),
    "seconds": re.compile(r"second|(^|_)(s|secs?)(_|$)"),
    "hours": re.compile(r"hour|(^|_)(h|hrs?)(_|$)"),
}


@dataclass(frozen=True, kw_only=True)
class _Times:
    """Times of one file: positions of the two schools among those listed, and the record of ``findings``."""

    findings: Findings
    records: np.ndarray
    origin: np.ndarray
    destination: np.ndarray
    minutes: np.ndarray


def validate_travel_times(files: Sequence[Findings], school_ids: pa.StringArray) -> pd.DataFrame:
    """
    Validate files of travel times and put them together.

    Parameters
    ----------
    files
        One per file, long or with a column for each destination; problems are added to each. The unit comes from the
        file's options or its heading. Without either it is minutes, and a time above 300 is an error.
    school_ids
        Identifiers of the listed schools, sorted.

    Returns
    -------
    travel_times
        ``columns.TRAVEL_TIME_COLUMNS``, one row per pair and direction, sorted. A pair that no file has is left out,
        even if the opposite direction is there.
    """
    parts = [_validate_file(findings, school_ids) for findings in files]
    number = np.repeat(np.arange(len(parts)), np.array([len(part.records) for part in parts], dtype="int64"))
    origin, destination, minutes = (
        np.concatenate([getattr(part, name) for part in parts] or [np.empty(0)])
        for name in ("origin", "destination", "minutes")
    )
    pair = origin.astype("int64") * max(1, len(school_ids)) + destination.astype("int64")
    order = np.argsort(pair, kind="stable")  # stable: of the same pair the first time stays first
    is_first = np.concatenate([np.ones(min(1, len(pair)), dtype=bool), np.diff(pair[order]) != 0])
    firsts = order[is_first]
    repeats = np.ones(len(pair), dtype=bool)
    repeats[firsts] = False
    contradicts = np.empty(len(pair), dtype=bool)
    contradicts[order] = minutes[order] != minutes[firsts][np.cumsum(is_first) - 1]
    for part_number, part in enumerate(parts):
        _mark_repeats(part, repeats[number == part_number], contradicts[number == part_number])
    return pd.DataFrame(
        {
            "origin": pd.array(school_ids.take(pa.array(origin[firsts].astype("int64"))), dtype="str"),
            "destination": pd.array(school_ids.take(pa.array(destination[firsts].astype("int64"))), dtype="str"),
            "minutes": minutes[firsts].astype("float64"),
        }
    )[list(TRAVEL_TIME_COLUMNS)]


def _validate_file(file: Findings, school_ids: pa.StringArray) -> _Times:
    findings = unpivot(file)
    before = len(findings.problems)
    for end in _ENDS:
        mark_bad_identifiers(findings, end)
    minutes = _minutes(findings)
    positions = {end: _positions(file, findings, end, school_ids) for end in _ENDS}
    if findings is file:
        findings.set_aside(np.isnan(minutes), "There is no travel time.")
    usable = (positions["origin"] >= 0) & (positions["destination"] >= 0) & ~np.isnan(minutes)
    if not usable.any() and not any(problem.is_error for problem in findings.problems[before:]):
        findings.note(
            "No travel time is between two schools of the schools files.",
            "Use files of the same state, with the same identifiers; or leave this file out.",
            is_error=True,
        )
    records = np.flatnonzero(usable)
    return _Times(
        findings=findings,
        records=records,
        origin=positions["origin"][records],
        destination=positions["destination"][records],
        minutes=minutes[records],
    )


def _minutes(findings: Findings) -> np.ndarray:
    """Minutes of each record, NaN where they are not known."""
    column = findings.texts("travel_time")
    texts = findings.values("travel_time")
    ask_for_decimal(findings, findings.headings.get("travel_time", "travel_time"), texts)
    numbers, bad = parse_numbers(
        texts.mask(texts.str.lower().isin(_UNKNOWN), ""), decimal=findings.table.options.decimal
    )
    remedy = "Write 0 or more, or leave the cell blank if the time is not known."
    note_unreadable(findings, "travel_time", without_marks(bad, texts), _NO_TIME)
    findings.mark_texts(numbers < 0, "travel_time", message="The travel time is below 0.", remedy=remedy)
    if (unit := _unit_of(findings, numbers)) is None:
        return column.spread(numbers)
    minutes = numbers * MINUTES_OF[unit]
    findings.mark_texts(
        minutes > LONGEST_MINUTES,
        "travel_time",
        message="The travel time is over 24 hours.",
        remedy=f"The file was read as {unit}. Set unit=seconds or another unit if that is wrong, or correct the cell.",
    )
    return column.spread(minutes.where(minutes.between(0, LONGEST_MINUTES)))


def _unit_of(findings: Findings, numbers: pd.Series) -> str | None:
    """Unit of the times by options, heading or published layout, else minutes; ``None`` if it is in doubt."""
    table = findings.table
    heading = heading_key(findings.headings.get("travel_time", ""))
    named = [unit for unit, words in _UNIT_WORDS.items() if words.search(heading)]
    if table.options.unit is not None:
        return table.options.unit
    if len(named) == 1:
        return named[0]
    if table.kind == "r5py travel times":
        return "minutes"
    column = None if is_matrix(table.kind) else findings.headings.get("travel_time")
    if (numbers > LONGEST_WITHOUT_UNIT).any():
        findings.note(
            f"The unit of the travel times is not clear: the heading does not name it, and some times are above"
            f" {LONGEST_WITHOUT_UNIT}, which may be seconds.",
            "Set unit=minutes, unit=seconds or unit=hours; or name the column minutes, seconds or hours.",
            column=column,
            is_error=True,
        )
        return None
    findings.note(
        "The heading does not name the unit of the travel times: they are read as minutes.",
        "Set unit=seconds or unit=hours if that is wrong. A column called minutes needs no unit.",
        column=column,
    )
    return "minutes"


def _positions(file: Findings, findings: Findings, end: str, school_ids: pa.StringArray) -> np.ndarray:
    """Position of each record's school among those listed; records of unlisted schools are set aside."""
    positions = findings.positions(end, school_ids)
    column = findings.texts(end)
    is_unlisted = (positions < 0) & ~numpy_of(pc.equal(column.texts, ""))
    if is_unlisted.any():
        is_unlisted &= ~mark_lost_zeros(findings, end, school_ids)
    if end == "origin" or findings is file:
        rows = file.texts(end)
        unlisted = file.positions(end, school_ids) < 0
        file.set_aside(rows.spread(unlisted), f"The {end} is not in the schools files.")
    elif count := int(is_unlisted.sum()):
        findings.note(
            f"Columns of destinations that are not in the schools files are left out ({count:,}).",
            "Add the schools, or leave the columns out.",
            column=str(column.texts.filter(pa.array(is_unlisted))[0].as_py()),
        )
    return column.spread(positions)


def _mark_repeats(part: _Times, repeats: np.ndarray, contradicts: np.ndarray) -> None:
    """A pair that appears again is an error with another time, and set aside with the same time."""
    findings = part.findings
    marked = np.zeros(len(findings.table), dtype=bool)
    marked[part.records[contradicts]] = True
    findings.mark(
        marked,
        "travel_time",
        message="The same origin and destination appear before with another travel time.",
        remedy="Keep one of them: there can be only one time for each pair, whatever the hour or mode of travel.",
    )
    again = np.zeros(len(findings.table), dtype=bool)
    again[part.records[repeats & ~contradicts]] = True
    findings.set_aside(again, SAME_TIME)
