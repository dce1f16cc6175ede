"""What is computed beside a proposal, the same for the service and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from clustering import (
    InputError,
    ProposalParameters,
    Scenario,
    ZonePlanner,
    explain_reach,
    find_best_plans,
    json_bytes,
    measure_persistence,
    measure_stability,
    plans_table,
    table_bytes,
    table_records,
    trace_trade_off,
)

Tell = Callable[[str, float], None]
Kind = Literal["reach", "plans", "trade-off", "stability", "persistence"]


@dataclass(frozen=True, kw_only=True)
class BesideAnswer:
    """
    What was computed.

    Parameters
    ----------
    csv
        The table as bytes of CSV.
    content
        The same as plain values: ``reach``, ``plans``, or ``options`` and ``rows``.
    """

    csv: bytes
    content: Mapping[str, Any]

    def json(self, proposal: Mapping[str, Any]) -> bytes:
        """Bytes of JSON, with what tells where the numbers come from, as the document of the proposal has it."""
        head = {name: proposal[name] for name in ("parameters", "provenance", "flow_basis")}
        return json_bytes({**head, **self.content})


def compute_kind(
    kind: Kind,
    scenario: Scenario,
    planner: ZonePlanner,
    asked: ProposalParameters,
    *,
    options: Mapping[str, Any],
    tell: Tell,
) -> BesideAnswer:
    """
    Compute something more about a request.

    Parameters
    ----------
    kind
        What.
    scenario, planner, asked
        The inputs, a planner of them, and the request.
    options
        Of the library's function; of ``reach`` the anchors as ``anchor_id``, none for all.
    tell
        Progress.

    Returns
    -------
    answer
        The table.

    Raises
    ------
    ClusteringError
        As the library's function; InputErrors name options as they are named here.
    """
    if kind == "reach":
        tell("Explaining", 0.0)
        return _reach(planner, asked, options["anchor_id"])
    if kind == "plans":
        tell("Ranking plans", 0.0)
        plans = find_best_plans(planner, asked, **options)
        return BesideAnswer(csv=table_bytes(plans_table(plans)), content={"plans": [asdict(plan) for plan in plans]})
    if kind == "persistence":
        tell("Proposing the Zones", 0.0)
        proposal = planner.propose(asked.with_changes(check_suppressed=False))
        table = measure_persistence(scenario, proposal, **options)
    elif kind == "stability":
        table = measure_stability(planner, asked, progress=tell, **options)
    else:
        table = trace_trade_off(planner, asked, progress=tell, **options)
    return BesideAnswer(csv=table_bytes(table), content={"options": options, "rows": table_records(table)})


def _reach(planner: ZonePlanner, asked: ProposalParameters, anchors: list[str]) -> BesideAnswer:
    try:
        table = explain_reach(planner, asked, anchors=anchors or None)
    except InputError as error:
        problems = error.problems
        raise InputError(
            replace(each, column="anchor_id") if each.column == "anchors" else each for each in problems
        ) from None
    return BesideAnswer(csv=table_bytes(table), content={"reach": table_records(table)})
