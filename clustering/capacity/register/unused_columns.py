"""Columns of a register that were not used although they look like ones that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from clustering.capacity.register.register_tables import DERIVED_COLUMNS
from clustering.model.spelling import british
from clustering.readers.recognition.capacity_aliases import (
    PARTNER_ALIASES,
    PARTNER_WORDS,
    PREFERENCE_ALIASES,
    PREFERENCE_WORDS,
)
from clustering.readers.recognition.headings import heading_key
from clustering.validation.findings import Findings

_KNOWN = {"partners": PARTNER_ALIASES, "preferences": PREFERENCE_ALIASES}
_WORDS = {"partners": PARTNER_WORDS, "preferences": PREFERENCE_WORDS}
_LEAST_LIKENESS = 0.85  # of a heading with a letter or two wrong
_MAXIMUM_COMPARED = 100  # comparing letters is slow, and a file of thousands of columns is no register
_MAXIMUM_CHARACTERS = 60


def warn_of_unused_columns(findings: Findings) -> None:
    """
    Warn of each column that was not used and looks like one that is known.

    Parameters
    ----------
    findings
        A file of partners or preferences, after it was read; problems are added. A column looks like a known one if its
        heading is one of that column's, or nearly. If the file has no such column, one telling word is enough.
    """
    unused = [heading for heading in findings.unused_headings() if heading not in DERIVED_COLUMNS]
    for number, heading in enumerate(unused):
        canonical = _looks_like(heading, findings, compares_letters=number < _MAXIMUM_COMPARED)
        if canonical is None:
            continue
        used = findings.headings.get(canonical)
        findings.note(
            f"The column was not used. It looks like {canonical}, which "
            + ("the file does not have otherwise." if used is None else f"was read from the column {used}."),
            f"If it is {canonical}, rename it so, or read the file with columns.{canonical}={heading}. If not, leave it"
            " as it is.",
            column=heading,
        )


def _looks_like(heading: str, findings: Findings, *, compares_letters: bool) -> str | None:
    """The canonical column that a heading may stand for."""
    aliases, key = _KNOWN[findings.role], british(heading_key(heading))
    missing = {name: words for name, words in aliases.items() if name not in findings.headings}
    for candidates in (missing, aliases):  # a column that the file lacks is the likelier one
        if found := _same_heading(key, candidates):
            return found
    words_of_key = set(key.split("_"))
    if found := next(
        (name for name, words in _WORDS[findings.role].items() if name in missing and words_of_key & {*words}), None
    ):
        return found
    if not compares_letters or len(key) > _MAXIMUM_CHARACTERS:
        return None
    of_alias = {british(alias): name for name, each in reversed(list(aliases.items())) for alias in each}
    near = get_close_matches(key, of_alias, n=1, cutoff=_LEAST_LIKENESS)
    return of_alias[near[0]] if near else None


def _same_heading(key: str, aliases: Mapping[str, Sequence[str]]) -> str | None:
    # "Partner" is a heading of two columns: beside an identifier it is the name, which comes later.
    matches = [name for name, each in aliases.items() if key in map(british, each)]
    return matches[-1] if matches else None
