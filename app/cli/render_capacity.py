"""Registers, matches and year plans as text on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from app.cli.render import entry, heading
from app.queries.capacity_statements import (
    describe_match,
    describe_register,
    describe_year_plan,
    warn_of_first_year,
)
from app.queries.register_facts import describe_columns, describe_cost, facts_by_partner
from clustering import school_year_text

SHOWN_ENTRIES = 50
SHOWN_PARTNERS = 15
SUPPORTING = "supporting partner"
Document = Mapping[str, Any]


def show_register(document: Document, *, details: bool = False) -> None:
    """
    Partners with what they can take on and what a match would miss, and how the columns of the files were read.

    Parameters
    ----------
    document
        As ``clustering.register_document`` writes it.
    details
        All that the register says of each partner, instead of a line or two.
    """
    heading("Register")
    entry(describe_register(document["counts"]))
    heading("Partners")
    if details:
        _show_every_fact(document)
    else:
        _show_in_brief(document)
    heading("Columns of the files")
    for file in document["files"]:
        rows = f"{file['rows_used']:,} of {file['rows_read']:,} rows used"
        entry(f"{file['name']}: {rows}. {describe_columns(file)}")


def _show_in_brief(document: Document) -> None:
    partners = document["partners"]
    lead = [each for each in partners if each["kind"] != SUPPORTING]
    duties = {key: list(rows) for key, rows in groupby(document["duties"], key=itemgetter("partner_id"))}
    for partner in lead[:SHOWN_PARTNERS]:
        start = partner["earliest_start"]
        parts = [
            _what_it_runs(partner),
            "" if start is None else f"from fall {start}",
            "cost not stated" if _has_no_cost(partner) else describe_cost(partner),
            _open_duties(duties[partner["partner_id"]]),
        ]
        missing = partner["missing_for_match"]
        why = [f"Cannot be matched. {' '.join(missing)}"] if missing else []
        entry(f"{partner['name']} ({partner['partner_id']}): {', '.join(filter(None, parts))}.", *why)
    if len(lead) > SHOWN_PARTNERS:
        entry(f"The first {SHOWN_PARTNERS} of {len(lead):,} Lead Partners are shown. --details shows all.")
    supporting = [f"{each['name']} ({each['partner_id']})" for each in partners if each["kind"] == SUPPORTING]
    if supporting:
        more = f" and {len(supporting) - SHOWN_PARTNERS:,} more" if len(supporting) > SHOWN_PARTNERS else ""
        entry(f"Supporting partners: {', '.join(supporting[:SHOWN_PARTNERS])}{more}.")


def _open_duties(duties: Sequence[Document]) -> str:
    """The duties that are not met, in a few words."""
    if all(each["state"] == "unknown" for each in duties):
        return "duties unknown"
    unmet = [f"{each['duty'].replace('_', ' ')} {each['state']}" for each in duties if each["state"] != "met"]
    return f"duties not met: {', '.join(unmet)}" if unmet else ""


def _show_every_fact(document: Document) -> None:
    facts = facts_by_partner(document)
    duties = {key: list(rows) for key, rows in groupby(document["duties"], key=itemgetter("partner_id"))}
    for partner in document["partners"]:
        partner_id = partner["partner_id"]
        known = [f"{fact.label}: {fact.value}" for fact in facts[partner_id]]
        own = [each["sentence"] for each in duties.get(partner_id, ())]
        entry(f"{partner['name']} ({partner_id})", *partner["missing_for_match"], *known, *own)


def _has_no_cost(partner: Document) -> bool:
    return partner["cost_per_school"] is None and partner["cost_per_student"] is None


def show_match(document: Document, today: date, sizes: Mapping[str, int]) -> None:
    """
    Zones with their partners, then Zones and partners without a match, each with its reason.

    Parameters
    ----------
    document
        As ``clustering.match_document`` writes it.
    today
        To warn of a match that begins in the past, or in a distant future.
    sizes
        Zone to number of its schools as proposed.
    """
    heading("Match")
    entry(describe_match(document), *filter(None, [warn_of_first_year(document, today)]))
    heading("Zones with a Lead Partner")
    for row in _shown(document["matches"]):
        size, cost = _size(row, sizes), f"${row['cost_dollars']:,.0f} a year"
        entry(f"{row['zone_name']} ({row['variant_id']}): {row['partner_name']}, {size}, {cost}", row["reason"])
    _show_reasons("Zones without a Lead Partner", document["unserved"], "name", "zone_id")
    _show_reasons("Partners without a Zone", document["unused"], "name", "partner_id")
    _show_notes(document)


def show_year_plan(document: Document, today: date, sizes: Mapping[str, int]) -> None:
    """
    The years, the Zones that start in each, and the Zones that do not start, with the reasons.

    Parameters
    ----------
    document
        As ``clustering.year_plan_document`` writes it.
    today
        To warn of a plan that begins in the past, or in a distant future.
    sizes
        Zone to number of its schools as proposed.
    """
    heading("Multi-year plan")
    entry(describe_year_plan(document), *filter(None, [warn_of_first_year(document, today)]))
    for year in document["years"]:
        starting = year["zones_starting"]
        entry(
            f"Fall of {year['fall']}: {starting:,} {'Zone starts' if starting == 1 else 'Zones start'},"
            f" {year['zones_in_service']:,} {'is' if year['zones_in_service'] == 1 else 'are'} run in"
            f" {year['schools_in_service']:,} schools, for ${year['cost_dollars']:,.0f}"
            f" (${year['cumulative_cost_dollars']:,.0f} so far)"
        )
    reviews = _reviews_by_start(document)
    heading("Zones that start")
    for row in _shown(document["starts"]):
        dates = f"{school_year_text(row['start_fall'])} to {school_year_text(row['exit_fall'] - 1)}"
        if dates_of_reviews := reviews.get((row["variant_id"], row["partner_id"])):
            dates += f", {'review' if len(dates_of_reviews) == 1 else 'reviews'} {', '.join(dates_of_reviews)}"
        dates += f", renewed in fall {row['renewal_falls'].replace('; ', ', ')}" if row["renewals"] else ""
        ends = [f"Why it ends: {row['end_reason']}"] if row["end_reason"] else []
        who = f"{row['zone_name']} ({row['variant_id']}): {row['partner_name']}, {_size(row, sizes)}"
        entry(f"{who}, {dates}", row["reason"], *ends)
    _show_reasons("Zones that do not start", document["never_started"], "zone_name", "zone_id")
    _show_notes(document)


def _size(row: Document, sizes: Mapping[str, int]) -> str:
    """The schools that a partner runs, and of how many where the Zone is served smaller."""
    count, proposed = row["school_count"], sizes[row["zone_id"]]
    return f"{count:,} of {proposed:,} schools" if count < proposed else f"{count:,} school{'s' * (count != 1)}"


def _reviews_by_start(document: Document) -> dict[tuple[str, str], list[str]]:
    """Dates of the reviews of all contracts, those of renewals too, by variant and partner."""
    reviews: dict[tuple[str, str], list[str]] = {}
    for event in document["timeline"]:
        if event["event"].startswith("review"):
            reviews.setdefault((event["variant_id"], event["partner_id"]), []).append(event["date"])
    return reviews


def _what_it_runs(partner: Document) -> str:
    now, most = partner["schools_now"], partner["maximum_schools"]
    if now is None or most is None:
        return "capacity unknown"
    return f"{now:,.0f} schools now, {most:,.0f} at most"


def _show_reasons(title: str, rows: Sequence[Document], name: str, identifier: str) -> None:
    if not rows:
        return
    heading(title)
    for row in _shown(rows):
        entry(f"{row[name]} ({row[identifier]})", row["reason"])


def _shown(rows: Sequence[Document]) -> Sequence[Document]:
    if not rows:
        entry("None.")
    if len(rows) > SHOWN_ENTRIES:
        entry(f"The first {SHOWN_ENTRIES} of {len(rows):,} are shown; --out writes all.")
    return rows[:SHOWN_ENTRIES]


def _show_notes(document: Document) -> None:
    heading("Notes")
    for note in document["notes"]:
        entry(note)
