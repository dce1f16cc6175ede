"""Graduation and proficiency rates, and official lists, from performance files and from columns of schools files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.model.disclosure_setting import MARK_FIELD
from clustering.model.plain_text import school_year_text
from clustering.readers.published.edfacts import NO_SCHOOL, OTHER_MEASURE, PublishedRates, find_published_rates
from clustering.readers.published.edfacts_vocabulary import ALL_GRADES, ALL_STUDENTS
from clustering.readers.text.columns import TextColumn, arrow_texts, numpy_of, sorted_texts
from clustering.validation.findings import Findings, positions_of
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.lost_zeros import mark_lost_zeros
from clustering.validation.rates.missing_rates import warn_of_groups_alone, warn_of_missing_rates
from clustering.validation.rates.official_lists import ListColumns, join_lists, list_columns
from clustering.validation.rates.own_performance import RATE_COLUMNS, with_own_performance
from clustering.validation.rates.own_rates import OWN_RATES, find_own_rates, read_own_rates
from clustering.validation.rates.published_rates import marked_records, no_rates, validate_rates
from clustering.validation.rates.repeated_rates import RATE_KEY, note_repeated_records, without_repeats
from clustering.validation.rates.state_rates import STATE_COLUMNS, STATE_LAYOUT, read_state_rates
from clustering.validation.repeated_records import leave_out_same

RESERVED = frozenset({*RATE_COLUMNS, "school_id", MARK_FIELD})  # our own names; no list may have one of them
PUBLISHED_RATE_COLUMNS = (*RATE_KEY, "cohort_students", "cohort_at_most", "low", "high", "exact", "status", "text")
_UNKNOWN_STATUSES = ("missing", "not applicable")


@dataclass(frozen=True, kw_only=True)
class Performance:
    """
    Rates and official lists of the listed schools.

    Parameters
    ----------
    table
        Index ``school_id`` sorted; ``RATE_COLUMNS``: the four-year graduation rate of all students in the latest year
        published for the school [shares]; then the columns of official lists as categories of text under their own
        headings (missing where blank).
    rates
        ``PUBLISHED_RATE_COLUMNS``: one row per ``school_id``, ``year`` (fall; Int64, may be missing), ``measure``
        (``columns.MEASURES``), ``subgroup`` (``all``, EDFacts' code, or the words published) and ``grade`` (``all``,
        ``03`` ..., ``HS``), sorted by these; ``cohort_students`` and ``cohort_at_most`` (Int64, may be
        missing); ``low``, ``high``, ``exact``
        [shares; points of ``columns.POINT_MEASURES``] and ``status`` as in ``parse_rates``; ``text`` as
        published.
    """

    table: pd.DataFrame
    rates: pd.DataFrame


def validate_performance(files: Sequence[Findings], school_ids: pd.Index) -> Performance:
    """
    Validate rates in any of their published layouts, and gather the columns that may serve as official lists.

    Parameters
    ----------
    files
        Performance files first, then schools files: where two have the same cell, the first file counts. Problems and
        records set aside are added to each.
    school_ids
        Identifiers of the schools table.

    Returns
    -------
    performance
        Rates and lists of listed schools.
    """
    parts = [_validate_file(findings, school_ids) for findings in files]
    rates = with_own_performance(files, _join_rates(files, [part.rates for part in parts]))
    ids = sorted_texts(arrow_texts(school_ids))
    graduation = _latest_graduation(files, rates)
    lists = join_lists(files, [part.lists for part in parts], ids)
    table = _performance_table(ids, graduation, lists)
    return Performance(table=table, rates=_sorted_by_key(rates[list(PUBLISHED_RATE_COLUMNS)]))


def _performance_table(
    ids: pa.StringArray, graduation: pd.DataFrame, lists: Mapping[str, pd.Categorical]
) -> pd.DataFrame:
    """Graduation rates and lists side by side, one row for each school that has any of them."""
    positions = positions_of(ids, arrow_texts(graduation.index))
    known = positions >= 0
    for entries in lists.values():
        known |= entries.codes >= 0
    used = np.flatnonzero(known)
    table = graduation.reset_index(drop=True).reindex(positions[known])  # -1 is no row: missing
    table.index = pd.Index(pd.array(ids.take(pa.array(used)), dtype="str"), name="school_id")
    table["graduation_rate_status"] = table["graduation_rate_status"].fillna("missing").astype("str")
    for name in sorted(lists):
        entries = lists[name].take(used).remove_unused_categories()
        if len(entries.categories):
            table[name] = entries
    return table


@dataclass(frozen=True, kw_only=True)
class _FilePerformance:
    """Rates and list columns of one file, for listed schools."""

    rates: pd.DataFrame
    lists: ListColumns


def _validate_file(findings: Findings, school_ids: pd.Index) -> _FilePerformance:
    published = (
        find_own_rates(findings)
        or find_published_rates(findings.table, findings.headings.get("school_id"))
        or read_state_rates(findings)
    )
    _register(findings, published)
    ids = findings.texts("school_id")
    of_school = (published.set_aside == "").to_numpy() & ~ids.is_blank()
    if findings.role == "performance":
        if published.layout != STATE_LAYOUT and not len(published.rows):
            message = "No row of the file is a graduation or proficiency rate of a school."
            remedy = "Use the school-level file of graduation rates (FS150) or achievement (FS175, FS178)."
            findings.note(message, remedy, is_error=True)
        for reason in (NO_SCHOOL, OTHER_MEASURE):
            findings.set_aside(published.set_aside == reason, reason)
        of_school &= _validate_schools(findings, ids, school_ids)
    is_own = published.layout == OWN_RATES
    rates = read_own_rates(findings) if is_own else validate_rates(findings, published)
    if len(rates):
        rates["school_id"] = pd.array(ids.texts_at(rates["record"].to_numpy()), dtype="str")
    if findings.role == "performance":
        known = arrow_texts(school_ids)
        in_question = of_school if of_school.any() else ~ids.is_blank()  # none listed: the identifiers may be parts
        rates = _without_repeats(findings, published, rates, in_question, known)
        of_school = of_school & findings.kept()
    rates = rates[of_school[rates["record"].to_numpy()]]
    records = np.full(len(ids.texts), -1)
    used = np.flatnonzero(of_school & ids.is_first())
    records[ids.codes[used]] = used
    columns = list_columns(findings, published, reserved=RESERVED)
    if findings.role == "performance" and published.layout == STATE_LAYOUT and published.rows.empty:
        warn_of_missing_rates(findings, has_lists=bool(columns))
    elif findings.role == "performance" and published.layout == STATE_LAYOUT:
        warn_of_groups_alone(findings, rates)
    return _FilePerformance(rates=rates, lists=ListColumns(school_ids=ids.texts, records=records, columns=columns))


def _register(findings: Findings, published: PublishedRates) -> None:
    """Record for the report what each column was read as; the latest rate of all students is ``graduation_rate``."""
    if published.layout == STATE_LAYOUT:
        findings.headings |= {meaning: heading for heading, meaning in published.headings.items()}
        return
    for column in STATE_COLUMNS:
        findings.headings.pop(column, None)
    rows = published.rows
    graduation = rows[(rows["measure"] == "graduation_4year") & (rows["subgroup"] == ALL_STUDENTS)]
    if published.layout == "wide" and len(graduation):
        latest = graduation["year"].astype("str").argmax()
        findings.headings["graduation_rate"] = str(graduation["heading"].iloc[latest])
    for heading, meaning in published.headings.items():
        findings.headings[f"{meaning} ({heading})" if meaning in findings.headings else meaning] = heading


def _validate_schools(findings: Findings, ids: TextColumn, school_ids: pd.Index) -> np.ndarray:
    """Note faults of identifiers, and mark the records of listed schools."""
    mark_bad_identifiers(findings, "school_id", blank_is_error=False)
    kept = findings.kept()
    findings.mark(
        kept & ids.is_blank(),
        "school_id",
        message="The school identifier is missing.",
        remedy="Add the identifier of the school to every record, and delete rows that are of no school.",
    )
    known = arrow_texts(school_ids)
    listed = ids.spread(findings.positions("school_id", known) >= 0)
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


def _without_repeats(
    findings: Findings, published: PublishedRates, rates: pd.DataFrame, of_school: np.ndarray, known: pa.StringArray
) -> pd.DataFrame:
    """Leave one rate of each school, year, measure, group and grade, and note schools that repeat without a reason."""
    ids = findings.texts("school_id")
    if published.layout == "wide":
        _mark_repeated_schools(findings, ids, of_school, known)
        return rates
    has_rate = marked_records(findings, rates)
    rates = without_repeats(findings, rates, of_school, known)
    if published.layout == STATE_LAYOUT and not {"year", "subgroup", "rate_kind"} & findings.headings.keys():
        repeats_without_rate = np.isin(ids.codes, ids.codes[of_school & ~has_rate])
        _mark_repeated_schools(findings, ids, of_school & repeats_without_rate & findings.kept(), known)
    return rates


def _mark_repeated_schools(findings: Findings, ids: TextColumn, of_school: np.ndarray, known: pa.StringArray) -> None:
    """Note listed schools with several records, in a file that has one for each; those that are the same count once."""
    repeated = of_school & ids.spread(np.bincount(ids.codes[of_school], minlength=len(ids.texts)) > 1)
    if repeated.any():
        leave_out_same(findings, repeated)
        relevant = of_school & findings.kept()
        message = "The school has more than one record."
        note_repeated_records(findings, np.where(relevant, ids.codes, -1), message, known)


def _join_rates(files: Sequence[Findings], parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rates of all files. The first file that has a rate counts; later files that differ get a warning."""
    found = [part.assign(file=number) for number, part in enumerate(parts) if len(part)]
    if not found:
        return no_rates().assign(file=0)
    rates = pd.concat(found, ignore_index=True)
    unknown = rates["status"].isin(_UNKNOWN_STATUSES)
    if unknown.any():
        rates = rates.loc[unknown.sort_values(kind="stable").index]
    repeated = rates.duplicated(RATE_KEY)
    if not repeated.any():
        return rates
    first = rates[~repeated][[*RATE_KEY, "low", "high"]]
    both = rates[repeated].merge(first, on=RATE_KEY, suffixes=("", "_first"))
    known = both[["low", "low_first"]].notna().all(axis=1)
    differs = known & ((both["low"] != both["low_first"]) | (both["high"] != both["high_first"]))
    for number, count in both.loc[differs, "file"].value_counts().sort_index().items():
        message = f"{count:,} rates differ from those of an earlier file, which count."
        files[int(str(number))].note(message, "Name the file first whose rates should count.")
    return rates[~repeated]


def _sorted_by_key(rates: pd.DataFrame) -> pd.DataFrame:
    """Rates in the order of ``RATE_KEY``, a missing year last; Arrow sorts text without making objects of it."""
    keys = pa.table({name: pa.array(rates[name].array, from_pandas=True) for name in RATE_KEY})
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in RATE_KEY])
    return rates.iloc[numpy_of(order)].reset_index(drop=True)


def _latest_graduation(files: Sequence[Findings], rates: pd.DataFrame) -> pd.DataFrame:
    """Four-year graduation rate of all students in each school's latest year; of several files the first counts."""
    rows = rates[
        (rates["measure"] == "graduation_4year") & (rates["subgroup"] == ALL_STUDENTS) & (rates["grade"] == ALL_GRADES)
    ]
    latest = rows["year"].max()
    # A file without a year counts as one of the latest year.
    order = pd.DataFrame(
        {
            "unknown": rows["status"].isin(_UNKNOWN_STATUSES),
            "age": 0 if pd.isna(latest) else (latest - rows["year"]).fillna(0).astype("int64"),
            "file": rows["file"],
        }
    ).sort_values(["unknown", "age", "file"], kind="stable")
    chosen = rows.loc[order.index].drop_duplicates("school_id")
    is_earlier = order["age"].loc[chosen.index] > 0
    if earlier := int(is_earlier.sum()):
        message = f"{earlier:,} schools have no graduation rate of {school_year_text(int(latest))}; an earlier one is"
        number = int(chosen["file"][is_earlier].iloc[0])
        files[number].note(f"{message} used.", "Delete the earlier years from the file if you do not want them used.")
    table = chosen.set_index("school_id")[["low", "high", "status", "text"]]
    return table.set_axis(list(RATE_COLUMNS), axis="columns")
