"""State identifiers translated to those of NCES, by a directory that has both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.text.columns import TextColumn, from_arrow, numpy_of
from clustering.validation.findings import Findings, positions_of
from clustering.validation.schools.state_identifier_forms import (
    DISTRICT_FORMS,
    FORMS,
    StateIds,
    district_columns,
    join_district,
    own_ids_of,
    state_ids_of,
)

# A file with a smaller share of known identifiers has those of another system.
_MOST = 0.5
# So few may be the state's, where hardly any is known: the directory may be of another year or of some districts.
_FEWEST = 0.1
_MAXIMUM_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class _Translation:
    """The identifiers of a file in one form, one per record: the school that each stands for, null where none does."""

    schools: pa.StringArray
    found: int
    how: str


def translate_state_ids(findings: Findings, canonical: str, pairs: StateIds, known: pa.StringArray) -> None:
    """
    Replace state identifiers by NCES identifiers in a file that has state identifiers.

    Parameters
    ----------
    findings
        Any file; the translation is noted, with the number of identifiers that are not in the directory. Identifiers
        that are only the school's part of the state's, and of no single district, are an error.
    canonical
        The column of identifiers.
    pairs
        See :func:`state_ids_of`.
    known
        Identifiers of the schools.
    """
    if _are_listed(findings, canonical, known):
        return
    column = findings.texts(canonical)
    named = column.texts.filter(pc.not_equal(column.texts, ""))
    total = max(1, len(named))
    listed = int((findings.positions(canonical, known) >= 0).sum())
    translation = _in_one_form(column, pairs, total) or _by_district(findings, column, pairs, total)
    if translation is None or translation.found <= listed:
        _refuse_parts(findings, canonical, pairs, named)
        return
    own = column.texts.take(pa.array(column.codes))
    ids = pc.coalesce(translation.schools, own)
    if translation.found < total:  # an identifier of the other system stays
        is_own = positions_of(own, known) >= 0
        ids = pc.if_else(pa.array(is_own & ~np.asarray(translation.schools.is_valid())), own, ids)
    findings.replace(canonical, from_arrow(ids.dictionary_encode()))
    _say(findings, canonical, column, translation, pairs)


def _are_listed(findings: Findings, canonical: str, known: pa.StringArray) -> bool:
    """Whether most identifiers of a column are those of the schools."""
    blank = int(numpy_of(pc.equal(findings.texts(canonical).texts, "")).sum())
    positions = findings.positions(canonical, known)
    return bool((positions >= 0).sum() / max(1, len(positions) - blank) >= _MOST)


def _in_one_form(column: TextColumn, pairs: StateIds, total: int) -> _Translation | None:
    """The first form in which most identifiers are the state's."""
    best: _Translation | None = None
    for form in FORMS:
        if form.is_part and pairs.is_own:
            continue
        state_ids, school_ids = pairs.in_form(form)
        positions = positions_of(column.texts, state_ids)
        found = int((positions >= 0).sum())
        if found / total < (_MOST if form.is_part or pairs.is_own else _FEWEST) or (
            best is not None and found <= best.found
        ):
            continue
        schools = _taken(school_ids, positions).take(pa.array(column.codes))
        best = _Translation(schools=schools, found=found, how=form.how)
    return best


def _by_district(findings: Findings, column: TextColumn, pairs: StateIds, total: int) -> _Translation | None:
    """Identifiers that several districts use, told apart by a column of districts."""
    best: _Translation | None = None
    for heading in district_columns(findings.table.headings):
        written = join_district(findings.table.column(heading), column)
        for form in DISTRICT_FORMS:
            state_ids, school_ids = pairs.in_form(form)
            schools = _taken(school_ids, positions_of(written, state_ids))
            found = pc.count_distinct(column.texts.take(pa.array(column.codes[schools.is_valid()]))).as_py()
            if found / total >= _MOST and (best is None or found > best.found):
                how = f", of which the file has the school's part, beside the district in {heading}"
                best = _Translation(schools=schools, found=found, how=how)
    return best


def _taken(school_ids: pa.StringArray, positions: np.ndarray) -> pa.StringArray:
    return school_ids.take(pa.array(positions, mask=positions < 0))


def _say(findings: Findings, canonical: str, column: TextColumn, translation: _Translation, pairs: StateIds) -> None:
    whose = "those of the schools files" if pairs.is_own else "the state's"
    message = f"The identifiers are {whose}{translation.how}; they were translated with {pairs.source}."
    missing = column.texts_at(np.flatnonzero(~np.asarray(translation.schools.is_valid()) & ~column.is_blank()))
    if others := sorted(missing.unique().to_pylist()):
        shown = ", ".join(each[:40] for each in others[:_MAXIMUM_NAMED]) + (
            ", ..." if len(others) > _MAXIMUM_NAMED else ""
        )
        message += (
            f" Not in it, and left as they are: {len(others):,} of {translation.found + len(others):,} ({shown})."
        )
    findings.note(message, "Check that the directory is of the same year.", column=findings.headings[canonical])


def _refuse_parts(findings: Findings, canonical: str, pairs: StateIds, named: pa.StringArray) -> None:
    """Refuse identifiers that are the school's part of the state's, where several districts use them."""
    if pairs.is_own:
        return
    parts, examples = pairs.school_parts()
    positions = positions_of(named, parts)
    if len(named) and (positions >= 0).sum() / len(named) >= _MOST:
        first = int(np.flatnonzero(positions >= 0)[0])
        findings.note(
            f"The identifiers are the school's part of the state's ({named[first].as_py()} of"
            f" {examples[int(positions[first])].as_py()}), and several districts use the same.",
            f"Set columns.{canonical}=DISTRICT+{findings.headings[canonical]}, with the heading of the column of the"
            " district's code for DISTRICT.",
            column=findings.headings[canonical],
            is_error=True,
        )


def translate_other_files(files: Mapping[str, Sequence[Findings]], school_ids: pa.StringArray) -> None:
    """
    Replace the state's identifiers in all files beside the schools files by those of NCES, where a directory has both.

    Where it has only identifiers with parts, ``49005-01``, files may have them without the sign: ``4900501``, or ``01``
    beside a column of districts.

    Parameters
    ----------
    files
        By role; their columns are replaced.
    school_ids
        The listed schools.
    """
    has_states = any("state_school_id" in findings.headings for findings in files["schools"])
    if not has_states and not pc.any(pc.match_substring(school_ids, "-")).as_py():
        return
    school, ends = ("school_id",), ("origin", "destination")
    of_roles = {"performance": school, "catchments": school} | dict.fromkeys(
        ("flows", "feeder_table", "travel_times"), ends
    )
    named = [
        (findings, canonical)
        for role, columns in of_roles.items()
        for findings in files.get(role, ())
        for canonical in columns
        if canonical in findings.headings and not _are_listed(findings, canonical, school_ids)
    ]
    find = state_ids_of if has_states else own_ids_of
    pairs = find(files["schools"]) if named else None  # most files have the identifiers of the schools
    if pairs is not None:
        for findings, canonical in named:
            translate_state_ids(findings, canonical, pairs, school_ids)
