"""Is it working? What became of each Zone in one row and one sentence, with its persistence beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clustering.conditions.progress.benchmarks import MET, NOT_MET, NOT_YET_DUE, UNKNOWN, YEARS_AFTER
from clustering.conditions.progress.entry import ZoneEntry
from clustering.conditions.progress.evidence import NO_EVIDENCE, WEAK_EVIDENCE
from clustering.model.plain_text import school_year_text
from clustering.model.records import table_records

_COUNTS = (
    *("met", "not_met", "too_close_to_call", "leaning_met", "leaning_not_met"),
    *("not_yet_due", "unknown"),
)
SUMMARY_COLUMNS = (
    *("zone_id", "zone_name", "entry_fall", "entry_basis", "indicators", "newest_year"),
    *(f"{name}_{months}" for months in YEARS_AFTER for name in ("year", *_COUNTS)),
    *("persistence", "persistence_years", "evidence", "sentence"),
)


def summarise_zones(
    judged: pd.DataFrame,
    values: pd.DataFrame,
    entries: Mapping[str, ZoneEntry],
    zone_names: Mapping[str, str],
    persistence_by_zone: pd.DataFrame,
) -> pd.DataFrame:
    """
    Count the verdicts of each Zone, and say in a sentence whether it is working.

    Parameters
    ----------
    judged
        As ``benchmarks.judge_benchmarks`` returns it.
    values
        ``zone_id``, ``indicator_id``, ``year`` and ``value`` of each Zone.
    entries
        Zone to its first school year.
    zone_names
        Zone to its name, where it has one.
    persistence_by_zone
        As ``evidence.persistence_of_zones`` returns it.

    Returns
    -------
    summary
        :data:`SUMMARY_COLUMNS`, a row per Zone, sorted by it.
    """
    zone_ids = pd.Index(sorted(entries), name="zone_id", dtype="str")
    known = values[values["value"].notna()].groupby("zone_id")
    table = pd.DataFrame(
        {
            "zone_name": [zone_names.get(zone) for zone in zone_ids],
            "entry_fall": pd.array([entries[zone].fall for zone in zone_ids], dtype="Int64"),
            "entry_basis": [entries[zone].basis for zone in zone_ids],
        },
        index=zone_ids,
    )
    table["indicators"] = known["indicator_id"].nunique().reindex(zone_ids).fillna(0).astype("int64")
    table["newest_year"] = known["year"].max().reindex(zone_ids).astype("Int64")
    table["oldest_year"] = known["year"].min().reindex(zone_ids).astype("Int64")
    for months, years in YEARS_AFTER.items():
        table[f"year_{months}"] = table["entry_fall"] + years
        table = table.join(_counts(judged[judged["months"] == months], zone_ids).add_suffix(f"_{months}"))
    table = table.join(persistence_by_zone).reset_index()
    return table.assign(sentence=[_sentence(row) for row in table_records(table)])[list(SUMMARY_COLUMNS)]


def _counts(judged: pd.DataFrame, zone_ids: pd.Index) -> pd.DataFrame:
    """How often each verdict was given, those in doubt apart; index the Zones."""
    is_certain = judged["is_certain"].astype("bool")
    is_met, is_not_met = (judged["verdict"] == verdict for verdict in (MET, NOT_MET))
    counted = {
        "met": is_met & is_certain,
        "not_met": is_not_met & is_certain,
        "too_close_to_call": (is_met | is_not_met) & ~is_certain,
        "leaning_met": is_met & ~is_certain,
        "leaning_not_met": is_not_met & ~is_certain,
        "not_yet_due": judged["verdict"] == NOT_YET_DUE,
        "unknown": judged["verdict"] == UNKNOWN,
    }
    by_zone = pd.DataFrame(counted).groupby(judged["zone_id"]).sum()
    return by_zone.reindex(zone_ids, fill_value=0).astype("int64")


def _sentence(row: dict[str, Any]) -> str:
    if row["entry_fall"] is None:
        return f"Not started, so there are entry values only: {row['entry_basis']}."
    if not row["indicators"]:
        return "The files have no indicator of its schools."
    for months in sorted(YEARS_AFTER, reverse=True):  # the latest that there is an answer for
        if any(row[f"{name}_{months}"] for name in ("met", "not_met", "too_close_to_call")):
            return f"{_verdicts(row, months)} {_persistence(row)}"
    unknown = [school_year_text(row[f"year_{months}"]) for months in YEARS_AFTER if row[f"unknown_{months}"]]
    if row["entry_fall"] <= row["oldest_year"] and unknown:  # the entry value is that of the school year before
        began, before, oldest = (
            school_year_text(year) for year in (row["entry_fall"], row["entry_fall"] - 1, row["oldest_year"])
        )
        needed = f"it began in {began}, so values of {before} are needed"
        return f"Whether it works is unknown: {needed}, and the data of its schools begin in {oldest}."
    if unknown:
        return f"Whether it works is unknown: values of {' and '.join(unknown)} or of the entry are missing."
    first = min(YEARS_AFTER)
    due = school_year_text(row[f"year_{first}"])
    newest = school_year_text(row["newest_year"])
    return f"Not yet due: month {first} is looked up in {due}, and the data of its schools go up to {newest}."


def _verdicts(row: dict[str, Any], months: int) -> str:
    """What is certain, what is too close to call and which way it leans, what is unknown, and what is not yet due."""
    count = {name: row[f"{name}_{months}"] for name in _COUNTS}
    due = sum(count[name] for name in ("met", "not_met", "too_close_to_call", "unknown"))
    year = school_year_text(row[f"year_{months}"])
    noun = "benchmark" if due == 1 else "benchmarks"
    met = "none" if not count["met"] else f"{count['met']}"
    missed = "none" if not count["not_met"] else f"{count['not_met']}"
    parts = [f"At {months} months ({year}) it met {met} of {due} {noun} and missed {missed}."]
    if close := count["too_close_to_call"]:
        leanings = (("leaning_met", "met"), ("leaning_not_met", "not met"))
        leans = ", ".join(f"{count[name]} towards {word}" for name, word in leanings if count[name])
        leans = leans.replace(" ", " leans " if leans.startswith("1 ") else " lean ", 1)
        parts.append(f"{close} {'is' if close == 1 else 'are'} too close to call: {leans}.")
    if unknown := count["unknown"]:
        parts.append(f"{unknown} {'is' if unknown == 1 else 'are'} unknown.")
    if months != max(YEARS_AFTER) and row[f"not_yet_due_{max(YEARS_AFTER)}"]:
        parts.append(f"Those at {max(YEARS_AFTER)} months are not yet due.")
    return " ".join(parts)


def _persistence(row: dict[str, Any]) -> str:
    if row["evidence"] == NO_EVIDENCE:
        return "How many students stayed is not known: no evidence."
    stayed = f"{row['persistence']:.0%} of the students were still in the Zone after {row['persistence_years']} years"
    return f"Only {stayed}: weak evidence." if row["evidence"] == WEAK_EVIDENCE else f"{stayed}."
