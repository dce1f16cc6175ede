"""Files with the state's identifiers joined to files with those of NCES, by a directory that has both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.text.columns import TextColumn, from_arrow
from clustering.validation.findings import Findings, positions_of

# Below this share of known identifiers a file is taken to have those of another system.
_MOST = 0.5


@dataclass(frozen=True)
class StateIds:
    """
    State identifiers that stand for one school each.

    Parameters
    ----------
    state_ids, school_ids
        Pairs; identifiers that several districts use for different schools are left out.
    source
        File and heading that pair them.
    """

    state_ids: pa.StringArray
    school_ids: pa.StringArray
    source: str


def state_ids_of(files: Sequence[Findings]) -> StateIds | None:
    """
    Pair identifiers by the first file of schools that has both.

    Parameters
    ----------
    files
        School files, a directory with ``ST_SCHID`` among them.

    Returns
    -------
    pairs
        ``None`` where no file has a column of state identifiers beside its own.
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
    Put the present identifiers in the place of the state's, in a file that has those.

    Parameters
    ----------
    findings
        Any file; what was done is noted.
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
    if (findings.places(canonical, known) >= 0).sum() / total >= _MOST:
        return
    places = positions_of(column.texts, pairs.state_ids)
    if (places >= 0).sum() / total < _MOST:
        return
    found = pairs.school_ids.take(pa.array(np.maximum(places, 0)))
    texts = pc.if_else(pa.array(places >= 0), found, column.texts)
    findings.replace(canonical, _same_records(column, texts))
    message = f"The identifiers are the state's; they were translated by {pairs.source}."
    findings.note(message, "Check that the directory is of the same year.", column=findings.headings[canonical])


def _same_records(column: TextColumn, texts: pa.StringArray) -> TextColumn:
    return from_arrow(pa.DictionaryArray.from_arrays(pa.array(column.codes), texts))
