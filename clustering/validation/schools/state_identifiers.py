"""State identifiers translated to those of NCES, by a directory that has both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.text.columns import TextColumn, from_arrow
from clustering.validation.findings import Findings, positions_of

# A file with a smaller share of known identifiers has those of another system.
_MOST = 0.5


@dataclass(frozen=True)
class StateIds:
    """
    State identifiers that stand for one school each.

    Parameters
    ----------
    state_ids, school_ids
        Pairs; an identifier that several districts use for different schools is left out.
    source
        File and heading that the pairs come from.
    """

    state_ids: pa.StringArray
    school_ids: pa.StringArray
    source: str


def state_ids_of(files: Sequence[Findings]) -> StateIds | None:
    """
    Pair identifiers by the first schools file that has both.

    Parameters
    ----------
    files
        Schools files; one of them may be a directory with ``ST_SCHID``.

    Returns
    -------
    pairs
        ``None`` if no file has a column of state identifiers.
    """
    for findings in files:
        if "state_school_id" not in findings.headings:
            continue
        state, own = findings.texts("state_school_id"), findings.texts("school_id")
        counts = np.bincount(state.codes, minlength=len(state.texts))
        once = (counts == 1)[state.codes] & ~state.is_blank()
        records = pa.array(np.flatnonzero(once))
        return StateIds(
            state.texts.take(pa.array(state.codes).take(records)),
            own.texts.take(pa.array(own.codes).take(records)),
            f"{findings.headings['state_school_id']} of {findings.table.name}",
        )
    return None


def translate_state_ids(findings: Findings, canonical: str, pairs: StateIds, known: pa.StringArray) -> None:
    """
    Replace state identifiers by NCES identifiers in a file that has state identifiers.

    Parameters
    ----------
    findings
        Any file; the translation is noted.
    canonical
        The column of identifiers.
    pairs
        See :func:`state_ids_of`.
    known
        Identifiers of the schools.
    """
    column = findings.texts(canonical)
    named = pc.not_equal(column.texts, "")
    total = max(1, int(pc.sum(named).as_py() or 0))
    if (findings.positions(canonical, known) >= 0).sum() / total >= _MOST:
        return
    positions = positions_of(column.texts, pairs.state_ids)
    if (positions >= 0).sum() / total < _MOST:
        return
    found = pairs.school_ids.take(pa.array(np.maximum(positions, 0)))
    texts = pc.if_else(pa.array(positions >= 0), found, column.texts)
    findings.replace(canonical, _same_records(column, texts))
    message = f"The identifiers are the state's; they were translated with {pairs.source}."
    findings.note(message, "Check that the directory is of the same year.", column=findings.headings[canonical])


def _same_records(column: TextColumn, texts: pa.StringArray) -> TextColumn:
    return from_arrow(pa.DictionaryArray.from_arrays(pa.array(column.codes), texts))


def translate_other_files(files: Mapping[str, Sequence[Findings]], school_ids: pa.StringArray) -> None:
    """
    Replace the state's identifiers in all files beside the schools files by those of NCES, where a directory has both.

    Parameters
    ----------
    files
        By role; their columns are replaced.
    school_ids
        The listed schools.
    """
    if (pairs := state_ids_of(files["schools"])) is None:
        return
    school, ends = ("school_id",), ("origin", "destination")
    for role, columns in {"performance": school, "catchments": school, "flows": ends, "travel_times": ends}.items():
        for findings in files[role]:
            for canonical in columns:
                if canonical in findings.headings:
                    translate_state_ids(findings, canonical, pairs, school_ids)
