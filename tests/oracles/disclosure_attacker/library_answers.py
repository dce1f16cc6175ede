"""All that the library answers of a state, asked twenty times and more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clustering import InputError, Scenario, links_table, parse_parameters, proposal_document, table_records
from clustering.zones.planner import ZonePlanner

Answer = tuple[dict[str, Any], list[dict[str, Any]]]


def ask_again_and_again(scenario: Scenario, settings: Mapping[str, Any], *, times: int = 20) -> Iterator[Answer]:
    """
    Ask for Zones, and again with one thing changed, as someone does who wants the differences.

    Parameters
    ----------
    scenario
        Exact inputs.
    settings
        Of the first request.
    times
        Proposals in all.

    Yields
    ------
    answer
        Document of the proposal, and its links as records.
    """
    planner = ZonePlanner(scenario)
    first = _answer(planner, settings)
    yield first
    for _, changes in zip(range(times - 1), _changes(first[0]), strict=False):
        try:
            answer = _answer(planner, {**settings, **changes})
        except InputError:  # years that cannot be had alone: refused for every state that looks the same
            continue
        yield answer


def _changes(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Locks of one school at a time, years by themselves, other readings of what is hidden, other weights."""
    anchors = {zone["anchor_id"] for zone in document["zones"]}
    feeders = [each["school_id"] for zone in document["zones"] for each in zone["members"]]
    feeders = [school for school in feeders if school not in anchors]
    yield from ({"years": [year]} for year in document["provenance"]["school_years"])
    yield {"score_by": "moves", "minimum_arrival_share": 0}
    yield {"count_exits": True}
    yield from ({"suppressed_students": number} for number in (1, 9))
    yield from ({"leakage_weight": weight} for weight in (0.0, 1.0))
    yield {"count_exits": True, "suppressed_students": 1, "score_by": "moves", "minimum_arrival_share": 0}
    for school in feeders:
        yield {"force_out": [school]}
        yield {"force_in": [school]}


def _answer(planner: ZonePlanner, settings: Mapping[str, Any]) -> Answer:
    proposal = planner.propose(parse_parameters({"check_suppressed": False, **settings}))
    return proposal_document(proposal), table_records(links_table(proposal))
