"""What partners, districts and the state prefer and exclude, row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.register.lost_zeros import find_lost_zeros
from clustering.capacity.register.register_rows import RegisterRows, read_identifier_lists, read_texts
from clustering.capacity.register.words import CHOICE_WORDS, PARTY_WORDS, read_levels, read_words
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers

MAXIMUM_PREFERENCES = 100_000
EVERY_PARTNER = frozenset({"all", "any", "every", "every partner", "all partners", "*"})
TARGETS = ("district_id", "school_id", "level")


def read_preference_file(findings: Findings) -> pd.DataFrame:
    """
    Validate the cells of one file of preferences.

    Parameters
    ----------
    findings
        The file, with headings for ``partner_id`` and ``choice``; problems are added.

    Returns
    -------
    rows
        One per record used: ``record``, ``partner_id`` (missing: every partner), lists ``district_id``, ``school_id``
        and ``level``, ``choice``, ``stated_by``, ``reason``.
    """
    mark_bad_identifiers(findings, "partner_id", blank_is_error=False)
    ids = findings.column("partner_id")
    findings.mark(
        ids == "",
        "partner_id",
        message="The row names no partner.",
        remedy="Write the identifier of the partner that is preferred or excluded, or all for every one.",
    )
    findings.mark(
        findings.column("choice") == "",
        "choice",
        message="The row says neither prefer nor exclude.",
        remedy="Write prefer or exclude.",
    )
    findings.mark(
        findings.column("stated_by") == "",
        "stated_by",
        message="The row does not say whose word it is; it is taken for the state's.",
        remedy="Write partner, district or state.",
        is_error=False,
    )
    rows = pd.DataFrame(
        {
            "partner_id": ids.mask(ids.str.lower().isin(EVERY_PARTNER)),
            "district_id": read_identifier_lists(findings, "district_id"),
            "school_id": read_identifier_lists(findings, "school_id"),
            "level": read_levels(findings, "level"),
            "choice": read_words(findings, "choice", CHOICE_WORDS, blank="exclude"),
            "stated_by": read_words(findings, "stated_by", PARTY_WORDS, blank="state"),
            "reason": read_texts(findings, "reason"),
        }
    )
    if (count := count_preferences(rows)) > MAXIMUM_PREFERENCES:
        message = f"The lists of the rows make {count:,} preferences, more than {MAXIMUM_PREFERENCES:,}."
        findings.note(message, "Name districts, or levels, instead of many schools.", is_error=True)
    has_target = pd.concat([rows[name].map(bool) for name in TARGETS], axis="columns").any(axis="columns")
    blank_cells = pd.concat([findings.column(name) == "" for name in TARGETS], axis="columns").all(axis="columns")
    findings.mark(
        ~has_target & blank_cells,
        "district_id",
        message="The row names neither a district nor a school nor a level.",
        remedy="Name at least one. To keep a partner out altogether, write not approved in its approval.",
    )
    return rows.assign(record=np.arange(len(rows)))[findings.kept() & (ids != "").to_numpy()]


def check_preferences(preferences: RegisterRows, partners: pd.DataFrame) -> None:
    """
    Note preferences of unknown partners, and those that contradict each other.

    Parameters
    ----------
    preferences
        Rows of all files; problems are added.
    partners
        Rows of all partners: ``partner_id``, ``kind``.
    """
    rows = preferences.rows
    known = frozenset(partners["partner_id"])
    lost = rows["partner_id"].map(
        lambda each: each not in known and find_lost_zeros(each, known) is not None, na_action="ignore"
    )
    lost = lost.fillna(False).astype("bool")
    preferences.mark(
        lost,
        "partner_id",
        message="The identifier has lost its leading zeros, here or in the register.",
        remedy="Format both columns as text and write the zeros back.",
    )
    preferences.mark(
        rows["partner_id"].notna() & ~rows["partner_id"].isin(known) & ~lost,
        "partner_id",
        message="The register has no partner with this identifier.",
        remedy="Correct it, leading zeros included, or add the partner to the register.",
    )
    supporting = partners.loc[partners["kind"] == "supporting partner", "partner_id"]
    preferences.mark(
        rows["partner_id"].isin(supporting),
        "partner_id",
        message="A supporting partner runs no Zones; the row changes nothing.",
        remedy="Name the Lead Partner, or take the row out.",
        is_error=False,
    )
    if count_preferences(rows) > MAXIMUM_PREFERENCES:  # an error already
        return
    single = one_row_each(rows)
    keys = [single[name].fillna("") for name in ("partner_id", "stated_by", *TARGETS)]
    is_both = single["choice"].groupby(keys).transform("nunique") > 1
    preferences.mark(
        is_both.groupby(level=0).any(),
        "choice",
        message="The same party both prefers and excludes this.",
        remedy="Keep one of the rows.",
    )


def count_preferences(rows: pd.DataFrame) -> int:
    """Number of preferences that rows make, one for each district, school and level that they name together."""
    counts = [rows[name].map(len).clip(lower=1) for name in TARGETS]
    return int(pd.concat(counts, axis="columns").prod(axis="columns").sum())


def one_row_each(rows: pd.DataFrame) -> pd.DataFrame:
    """
    One row per partner, district, school and level that a record names.

    Parameters
    ----------
    rows
        With lists in ``district_id``, ``school_id`` and ``level``.

    Returns
    -------
    preferences
        The same columns with one value each, missing where a list is empty; the index says from which row it is.
    """
    for name in TARGETS:
        rows = rows.explode(name)
    return rows
