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
    describe_past_start,
    describe_register,
    describe_year_plan,
)

SHOWN_ENTRIES = 50
Document = Mapping[str, Any]


def show_register(document: Document) -> None:
    """
    Partners with their duties and what a match would miss.

    Parameters
    ----------
    document
        As ``clustering.register_document`` writes it.
    """
    heading("Register")
    entry(describe_register(document["counts"]))
    duties = {key: list(rows) for key, rows in groupby(document["duties"], key=itemgetter("partner_id"))}
    heading("Partners")
    for partner in document["partners"]:
        own = [each["sentence"] for each in duties.get(partner["partner_id"], ()) if each["state"] != "met"]
        missing = partner["missing_for_match"]
        entry(f"{partner['name']} ({partner['partner_id']}), {_what_it_runs(partner)}", *missing, *own)


def show_match(document: Document, today: date) -> None:
    """
    Zones with their partners, then Zones and partners without a match, each with its reason.

    Parameters
    ----------
    document
        As ``clustering.match_document`` writes it.
    today
        To warn of a match that begins in the past.
    """
    heading("Match")
    entry(describe_match(document), *filter(None, [describe_past_start(document, today)]))
    heading("Zones with a Lead Partner")
    for row in _shown(document["matches"]):
        cost = f"${row['cost_dollars']:,.0f} a year"
        entry(f"{row['zone_name']} ({row['variant_id']}): {row['partner_name']}, {cost}", row["reason"])
    _show_reasons("Zones without a Lead Partner", document["unserved"], "name", "zone_id")
    _show_reasons("Partners without a Zone", document["unused"], "name", "partner_id")
    _show_notes(document)


def show_year_plan(document: Document, today: date) -> None:
    """
    The years, the Zones that start in each, and the Zones that do not start, with the reasons.

    Parameters
    ----------
    document
        As ``clustering.year_plan_document`` writes it.
    today
        To warn of a plan that begins in the past.
    """
    heading("Multi-year plan")
    entry(describe_year_plan(document), *filter(None, [describe_past_start(document, today)]))
    for year in document["years"]:
        entry(
            f"Fall of {year['fall']}: {year['zones_starting']:,} Zones start, {year['zones_in_service']:,} are run in"
            f" {year['schools_in_service']:,} schools, for ${year['cost_dollars']:,.0f}"
            f" (${year['cumulative_cost_dollars']:,.0f} so far)"
        )
    heading("Zones that start")
    for row in _shown(document["starts"]):
        reviews = [each for each in (row["review_18_months"], row["review_36_months"]) if each]
        dates = f"fall of {row['start_fall']} to fall of {row['exit_fall']}" + (
            f", reviews {' and '.join(reviews)}" if reviews else ""
        )
        dates += f", renewed in fall {row['renewal_falls'].replace('; ', ', ')}" if row["renewals"] else ""
        ends = [f"Why it ends: {row['end_reason']}"] if row["end_reason"] else []
        entry(f"{row['zone_name']} ({row['variant_id']}): {row['partner_name']}, {dates}", row["reason"], *ends)
    _show_reasons("Zones that do not start", document["never_started"], "zone_name", "zone_id")
    _show_notes(document)


def _what_it_runs(partner: Document) -> str:
    now, most = partner["schools_now"], partner["maximum_schools"]
    if partner["kind"] == "supporting partner":
        return ": ".join([partner["kind"], *filter(None, [", ".join(partner["services"])])])
    if now is None or most is None:
        return f"{partner['kind']}: capacity unknown"
    return f"{partner['kind']}: {now:,.0f} schools now, {most:,.0f} at most"


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
