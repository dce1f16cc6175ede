"""
Matches of names: which listed school is meant where a file has no identifiers.

``matches``: ``file`` (blank: any), ``district_name``, ``school_name`` as the file writes them, ``school_id``. Only rows
that a person has confirmed are among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from clustering.readers.text.values import NO_WORDS, YES_WORDS
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers

NAME_MATCH_COLUMNS = ("file", "district_name", "school_name", "school_id")
# What our own CSV files put before text that a spreadsheet would run.
_APOSTROPHE = r"^'(?=[^\w\s'])"
_KEY = ["file", "district_name", "school_name"]


def validate_name_matches(files: Sequence[Findings], school_ids: frozenset[str]) -> pd.DataFrame:
    """
    Validate files of matched names and put the confirmed rows together.

    Parameters
    ----------
    files
        Problems are added to each: a confirmed row without a listed school, a name that is confirmed for two schools,
        and an entry under ``confirmed`` that is neither yes nor no.
    school_ids
        Identifiers of the schools files.

    Returns
    -------
    matches
        ``NAME_MATCH_COLUMNS``.
    """
    parts = [_confirmed_rows(findings, school_ids) for findings in files]
    return pd.concat(parts, ignore_index=True)[list(NAME_MATCH_COLUMNS)].drop_duplicates()


def _confirmed_rows(findings: Findings, school_ids: frozenset[str]) -> pd.DataFrame:
    table = pd.DataFrame({name: findings.column(name).astype("str") for name in NAME_MATCH_COLUMNS})
    table = table.replace(_APOSTROPHE, "", regex=True)
    words = findings.column("confirmed").astype("str").str.lower()
    confirmed = words.isin(YES_WORDS)
    findings.mark(
        ~confirmed & ~words.isin(NO_WORDS | {""}),
        "confirmed",
        message="The entry is neither yes nor no.",
        remedy="Write yes where the match is right; leave the others blank.",
    )
    mark_bad_identifiers(findings, "school_id", blank_is_error=False)
    findings.mark(
        confirmed & ~table["school_id"].isin(school_ids),
        "school_id",
        message="The school of a confirmed row is not in the schools files.",
        remedy="Correct the identifier, leading zeros included, or take the confirmation back.",
    )
    chosen = table[confirmed].drop_duplicates()
    twice = chosen.duplicated(_KEY, keep=False).reindex(table.index, fill_value=False)
    findings.mark(
        twice,
        "school_name",
        message="The name is confirmed for two schools.",
        remedy="Confirm one of the rows.",
    )
    return chosen
