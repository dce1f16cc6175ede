"""Identifiers that are only a part of the school's, with further columns, such as county and district, before it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.likely_columns import likely_headings
from clustering.readers.reshape.joined_identifiers import join_columns
from clustering.readers.text.columns import numpy_of
from clustering.validation.findings import Findings, positions_of

# CountyCode, LEA_CD, District, Dist No: what a part of an identifier is called.
_PART = re.compile(
    r"(state|county|parish|co|codist|co_dist|district|dist|lea|lss|aun|isd|sau|usd|region|agency|corp|corporation|system"
    r"|division|borough|entity)"
    r"_?(code|id|cd|no|num|nbr|number|type)?|(cnty|region_county_district)_?\w*|leaid"
)
_TEXT_OF_A_PART = r"^[0-9A-Za-z-]{1,15}$"
MOST_PARTS = 3


def joining_option(
    findings: Findings,
    repeated: np.ndarray,
    *,
    is_settled: Callable[[pa.StringArray], bool],
    known: pa.StringArray | None = None,
) -> str | None:
    """
    Find the columns from which an identifier would have to be joined to tell schools of one identifier apart.

    Parameters
    ----------
    findings
        A file with a column ``school_id``.
    repeated
        Records whose identifier appears more than once.
    is_settled
        Whether joined identifiers, one per record, leave nothing repeated.
    known
        Identifiers of the listed schools; the columns that give most of them are preferred.

    Returns
    -------
    option
        As the user types it, ``columns.school_id=CountyCode+DistrictCode+SchoolCode``; ``None`` if no columns help.
    """
    best, most = None, 0
    for parts in _candidates(findings, repeated, findings.headings["school_id"]):
        ids = join_columns([findings.table.column(heading) for heading in parts])
        if not is_settled(ids):
            continue
        matches = 1 if known is None else 1 + int((positions_of(ids, known) >= 0).sum())
        if matches > most:
            best, most = parts, matches
    return None if best is None else _as_typed(best)


def unique_option(findings: Findings, records: np.ndarray) -> str | None:
    """
    Find a column like one of identifiers of schools that has another code in each record.

    Parameters
    ----------
    findings
        A file with a column ``school_id`` whose identifiers repeat.
    records
        Those that matter.

    Returns
    -------
    option
        As the user types it; ``None`` if the file has no such column.
    """
    own = findings.headings["school_id"]
    for heading in likely_headings("school_id", findings.table.headings):
        if heading != own and _has_codes(findings, heading, records):
            codes = join_columns([findings.table.column(heading)])
            if is_unique(codes, records):
                return _as_typed([heading])
    return None


def joining_option_of_listed(findings: Findings, known: pa.StringArray, *, own: str | None = None) -> str | None:
    """
    Find the columns from which an identifier would have to be joined to be that of a listed school.

    Parameters
    ----------
    findings
        A file in which no column names listed schools.
    known
        Identifiers of the listed schools.
    own
        Heading of the last part, such as the number of the school within its district; that of ``school_id`` if it is
        not given.

    Returns
    -------
    option
        As the user types it; ``None`` if no columns give listed schools in most of the records.
    """
    own = findings.headings["school_id"] if own is None else own
    named = ~findings.table.column(own).is_blank()
    for parts in _candidates(findings, named, own):
        for ordered in (parts, [*(each for each in parts if each != own), own]):
            ids = join_columns([findings.table.column(heading) for heading in ordered])
            if 2 * int((positions_of(ids, known) >= 0).sum()) > int(named.sum()):
                return _as_typed(ordered)
    return None


def _as_typed(parts: Sequence[str]) -> str:
    return f"columns.school_id={'+'.join(parts)}"


def is_unique(ids: pa.StringArray, records: np.ndarray) -> bool:
    """Whether some records have an identifier each, and each another."""
    chosen = ids.filter(pa.array(records))
    return bool(pc.count_distinct(chosen).as_py() == len(chosen)) and not pc.any(pc.equal(chosen, "")).as_py()


def _candidates(findings: Findings, records: np.ndarray, own: str) -> Iterator[Sequence[str]]:
    """Columns of parts with that of the identifier, in the order of the file; most parts first."""
    parts = [
        heading
        for heading in findings.table.headings
        if heading == own or (_PART.fullmatch(heading_key(heading)) and _has_codes(findings, heading, records))
    ]
    for size in range(min(len(parts), MOST_PARTS), 1, -1):
        for chosen in itertools.combinations(parts, size):
            if own in chosen:
                yield chosen


def _has_codes(findings: Findings, heading: str, records: np.ndarray) -> bool:
    """Whether the cells of some records are short, without blanks, and some have digits."""
    texts = findings.table.column(heading).texts_at(np.flatnonzero(records))
    is_code = numpy_of(pc.match_substring_regex(texts, _TEXT_OF_A_PART))
    return bool(is_code.all()) and pc.any(pc.match_substring_regex(texts, "[0-9]")).as_py() is True
