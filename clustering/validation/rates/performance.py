"""Graduation and proficiency rates, and official lists, from the performance files and from columns of school files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.readers.published.edfacts import NO_SCHOOL, OTHER_MEASURE, PublishedRates, find_published_rates
from clustering.readers.published.edfacts_vocabulary import ALL_GRADES, ALL_STUDENTS
from clustering.readers.text.columns import TextColumn, arrow_texts, sorted_texts
from clustering.validation.findings import Findings, positions_of
from clustering.validation.identifiers import mark_bad_identifiers, mark_lost_zeros
from clustering.validation.rates.official_lists import ListColumns, join_lists, list_columns
from clustering.validation.rates.published_rates import judge_rates, marked_records
from clustering.validation.rates.state_rates import OWN_COLUMNS, OWN_LAYOUT, own_rates

RATE_COLUMNS = ("graduation_rate_low", "graduation_rate_high", "graduation_rate_status", "graduation_rate_text")
RESERVED = frozenset({*RATE_COLUMNS, "school_id"})  # names of our own, which no list may bear
RATE_KEY = ["school_id", "year", "measure", "subgroup", "grade"]
PUBLISHED_RATE_COLUMNS = (*RATE_KEY, "cohort_students", "cohort_at_most", "low", "high", "exact", "status", "text")
_NOTHING_KNOWN = ("missing", "not applicable")


@dataclass(frozen=True, kw_only=True)
class Performance:
    """
    What the performance files, and such columns of the school files, say of the listed schools.

    Parameters
    ----------
    table
        Index ``school_id`` sorted; ``RATE_COLUMNS``: the four-year graduation rate of all students in the latest year
        published for the school [shares]; then the columns of official lists as categories of text under their own
        headings (missing where blank).
    rates
        ``PUBLISHED_RATE_COLUMNS``: one row per ``school_id``, ``year`` (fall; Int64, may be missing), ``measure``
        (``io.edfacts.MEASURES``), ``subgroup`` (``all``, EDFacts' code, or the words published) and ``grade`` (``all``,
        ``03`` ..., ``HS``), sorted by these; ``cohort_students`` and ``cohort_at_most`` (Int64, may be
        missing); ``low``, ``high``, ``exact``
        [shares; points of ``columns.POINT_MEASURES``] and ``status`` as in ``io.rates.parse_rates``; ``text`` as
        published.
    """

    table: pd.DataFrame
    rates: pd.DataFrame


def validate_performance(files: Sequence[Findings], school_ids: pd.Index) -> pd.DataFrame:
    """Table of :func:`judge_performance`."""
    return judge_performance(files, school_ids).table


def judge_performance(files: Sequence[Findings], school_ids: pd.Index) -> Performance:
    """
    Judge rates in any of their published forms, and gather the columns that may serve as official lists.

    Parameters
    ----------
    files
        Performance files first, then school files: where two give the same cell, the first one counts. Problems, and
        the records that give nothing, are added to each.
    school_ids
        Identifiers of the schools table.

    Returns
    -------
    performance
        Rates and lists of listed schools.
    """
    judged = [_judge_file(findings, school_ids) for findings in files]
    rates = _join_rates(files, [found for found, _ in judged])
    ids = sorted_texts(arrow_texts(school_ids))
    graduation = _latest_graduation(files, rates)
    lists = join_lists(files, [listed for _, listed in judged], ids)
    table = _one_row_each(ids, graduation, lists)
    rates = rates[list(PUBLISHED_RATE_COLUMNS)].sort_values(RATE_KEY, kind="stable", ignore_index=True)
    return Performance(table=table, rates=rates)


def _one_row_each(ids: pa.StringArray, graduation: pd.DataFrame, lists: Mapping[str, pd.Categorical]) -> pd.DataFrame:
    """Graduation rates and lists side by side, for every school of which something is known."""
    places = positions_of(ids, arrow_texts(graduation.index))
    known = places >= 0
    for entries in lists.values():
        known |= entries.codes >= 0
    used = np.flatnonzero(known)
    table = graduation.reset_index(drop=True).reindex(places[known])  # -1 is no row: missing
    table.index = pd.Index(pd.array(ids.take(pa.array(used)), dtype="str"), name="school_id")
    table["graduation_rate_status"] = table["graduation_rate_status"].fillna("missing").astype("str")
    for name in sorted(lists):
        entries = lists[name].take(used).remove_unused_categories()
        if len(entries.categories):
            table[name] = entries
    return table


def _judge_file(findings: Findings, school_ids: pd.Index) -> tuple[pd.DataFrame, ListColumns]:
    """Rates and list columns of one file, for listed schools."""
    published = find_published_rates(findings.table, findings.headings.get("school_id")) or own_rates(findings)
    _register(findings, published)
    ids = findings.texts("school_id")
    of_school = (published.set_aside == "").to_numpy() & ~ids.is_blank()
    if findings.role == "performance":
        if published.layout != OWN_LAYOUT and not len(published.rows):
            message = "No row of the file is a graduation or proficiency rate of a school."
            remedy = "Give the school level file of graduation rates (FS150) or achievement (FS175, FS178)."
            findings.note(message, remedy, is_error=True)
        for reason in (NO_SCHOOL, OTHER_MEASURE):
            findings.set_aside(published.set_aside == reason, reason)
        of_school &= _judge_schools(findings, ids, school_ids)
    rates = judge_rates(findings, published)
    rates["school_id"] = pd.array(ids.texts_at(rates["record"].to_numpy()), dtype="str")
    if findings.role == "performance":
        _mark_repeats(findings, ids, published, rates)
    rates = rates[of_school[rates["record"]]]
    records = np.full(len(ids.texts), -1)
    used = np.flatnonzero(of_school & ids.is_first())
    records[ids.codes[used]] = used
    lists = ListColumns(
        school_ids=ids.texts, records=records, columns=list_columns(findings, published, reserved=RESERVED)
    )
    return rates.drop(columns="record"), lists


def _register(findings: Findings, published: PublishedRates) -> None:
    """Say in the report what each column was taken for; that of all students' latest graduation rate by one name."""
    if published.layout == OWN_LAYOUT:
        findings.headings |= {meaning: heading for heading, meaning in published.headings.items()}
        return
    for column in OWN_COLUMNS:
        findings.headings.pop(column, None)
    rows = published.rows
    graduation = rows[(rows["measure"] == "graduation_4year") & (rows["subgroup"] == ALL_STUDENTS)]
    if published.layout == "wide" and len(graduation):
        latest = graduation["year"].astype("str").argmax()
        findings.headings["graduation_rate"] = str(graduation["heading"].iloc[latest])
    for heading, meaning in published.headings.items():
        findings.headings[f"{meaning} ({heading})" if meaning in findings.headings else meaning] = heading


def _judge_schools(findings: Findings, ids: TextColumn, school_ids: pd.Index) -> np.ndarray:
    """Note faults of identifiers; tell the records of schools that the schools files have."""
    mark_bad_identifiers(findings, "school_id", blank_is_error=False)
    kept = findings.kept()
    findings.mark(
        kept & ids.is_blank(),
        "school_id",
        message="The school identifier is missing.",
        remedy="Give every record the identifier of its school.",
    )
    known = arrow_texts(school_ids)
    listed = ids.spread(findings.places("school_id", known) >= 0)
    unlisted = kept & ~listed & ~ids.is_blank()
    zeros = mark_lost_zeros(findings, "school_id", known) if unlisted.any() else np.zeros(len(ids.texts), dtype=bool)
    findings.mark(
        unlisted & ids.is_first() & ~ids.spread(zeros),
        "school_id",
        message="The school is not in the schools files; its record is set aside.",
        remedy="Check the identifier, or add the school.",
        is_error=False,
    )
    findings.set_aside(unlisted, "The school is not in the schools files.")
    return listed


def _mark_repeats(findings: Findings, ids: TextColumn, published: PublishedRates, rates: pd.DataFrame) -> None:
    """Note schools with several records, in the forms that may have several rates that stand more than once."""
    is_plain = published.layout == OWN_LAYOUT and not {"year", "subgroup"} & findings.headings.keys()
    one_record_each = published.layout == "wide" or is_plain
    if one_record_each:
        message = "The school has more than one record."
        repeated = ids.spread(np.bincount(ids.codes, minlength=len(ids.texts)) > 1)
    else:
        message = "The rate of this school, year, group and grade stands more than once."
        repeated = marked_records(findings, rates[rates.duplicated(RATE_KEY, keep=False)])
    findings.mark(repeated & ~ids.is_blank(), "school_id", message=message, remedy="Keep one record.")


def _join_rates(files: Sequence[Findings], parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rates of all files, the first file that knows one counting; later files that differ are told so."""
    if not parts:
        return pd.DataFrame(columns=[*PUBLISHED_RATE_COLUMNS, "file"])
    rates = pd.concat([part.assign(file=number) for number, part in enumerate(parts)], ignore_index=True)
    unknown = rates["status"].isin(_NOTHING_KNOWN)
    rates = rates.loc[unknown.sort_values(kind="stable").index]
    repeated = rates.duplicated(RATE_KEY)
    if repeated.any():
        first = rates[~repeated][[*RATE_KEY, "low", "high"]]
        both = rates[repeated].merge(first, on=RATE_KEY, suffixes=("", "_first"))
        known = both[["low", "low_first"]].notna().all(axis=1)
        differs = known & ((both["low"] != both["low_first"]) | (both["high"] != both["high_first"]))
        for number, count in both.loc[differs, "file"].value_counts().sort_index().items():
            message = f"{count:,} rates differ from those of an earlier file, which count."
            files[int(str(number))].note(message, "Give the file first whose rates are to count.")
    return rates[~repeated]


def _latest_graduation(files: Sequence[Findings], rates: pd.DataFrame) -> pd.DataFrame:
    """Four-year graduation rate of all students: of each school's latest year, within it of the first file."""
    rows = rates[
        (rates["measure"] == "graduation_4year") & (rates["subgroup"] == ALL_STUDENTS) & (rates["grade"] == ALL_GRADES)
    ]
    latest = rows["year"].max()
    # A file that says no year is taken to be of the latest.
    order = pd.DataFrame(
        {
            "unknown": rows["status"].isin(_NOTHING_KNOWN),
            "age": 0 if pd.isna(latest) else (latest - rows["year"]).fillna(0).astype("int64"),
            "file": rows["file"],
        }
    ).sort_values(["unknown", "age", "file"], kind="stable")
    chosen = rows.loc[order.index].drop_duplicates("school_id")
    if earlier := int((order.loc[chosen.index, "age"] > 0).sum()):
        message = f"{earlier:,} schools have no graduation rate of {latest}-{(latest + 1) % 100:02d}; an earlier one is"
        number = int(chosen.loc[order.loc[chosen.index, "age"] > 0, "file"].iloc[0])
        files[number].note(f"{message} used.", "Leave the earlier years out if that is not wanted.")
    table = chosen.set_index("school_id")[["low", "high", "status", "text"]]
    return table.set_axis(list(RATE_COLUMNS), axis="columns")
