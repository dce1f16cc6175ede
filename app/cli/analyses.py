"""Commands that tell why a proposal is as it is, what else it could be, and how certain it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import Inputs, with_inputs
from app.cli.render import progress_bar, show_report, stopping_on_errors, tell_written
from app.cli.render_tables import show_plans, show_reach, show_rows
from app.jobs import BesideAnswer, Kind, compute_kind
from clustering import ZonePlanner, proposal_document

_SIZES, _WEIGHTS = [3, 5, 8, 10, 15], [0.0, 0.1, 0.25, 0.5, 1.0]
Out = Annotated[Path | None, typer.Option(help="Folder for the table, as CSV and as JSON.")]


@with_inputs
def reach(
    inputs: Inputs,
    anchor_id: Annotated[list[str] | None, typer.Option(help="An anchor to explain; may be repeated.")] = None,
    out: Out = None,
) -> None:
    """Explain every school within reach of an anchor: in or out, why, and what the score loses the other way."""
    _compute("reach", inputs, out, anchor_id=anchor_id or [])


@with_inputs
def plans(
    inputs: Inputs,
    count: Annotated[int, typer.Option(help="How many plans, 1 to 100.")] = 5,
    out: Out = None,
) -> None:
    """Find the best distinct plans, proved, with what each loses and the schools that move."""
    _compute("plans", inputs, out, count=count)


@with_inputs
def trade_off(
    inputs: Inputs,
    maximum_schools: Annotated[list[int], typer.Option(help="Most schools in a Zone; may be repeated.")] = _SIZES,
    leakage_weights: Annotated[
        list[float], typer.Option(help="Score lost per student who leaves; may be repeated.")
    ] = _WEIGHTS,
    out: Out = None,
) -> None:
    """Solve at every combination of some sizes and weights of leakage: what larger or stricter Zones cost."""
    _compute("trade-off", inputs, out, maximum_schools=maximum_schools, leakage_weights=leakage_weights)


@with_inputs
def stability(
    inputs: Inputs,
    resamples: Annotated[int, typer.Option(help="Flows to draw, 0 to 1,000.")] = 50,
    seed: Annotated[int, typer.Option(help="The same seed gives the same table.")] = 0,
    by_year: Annotated[bool, typer.Option(help="Whether to solve every school year alone.")] = True,
    out: Out = None,
) -> None:
    """Say of every school how often it is in its Zone, over single years and resampled flows."""
    _compute("stability", inputs, out, resamples=resamples, seed=seed, by_year=by_year)


@with_inputs
def persistence(
    inputs: Inputs,
    years: Annotated[int, typer.Option(help="Years later, 1 to 12.")] = 2,
    out: Out = None,
) -> None:
    """Say of every Zone which share of its students is still in it some years later."""
    _compute("persistence", inputs, out, years=years)


ALTERNATIVES = {
    "reach": reach,
    "plans": plans,
    "trade-off": trade_off,
    "stability": stability,
    "persistence": persistence,
}


def _compute(kind: Kind, inputs: Inputs, out: Path | None, **options: Any) -> None:
    with stopping_on_errors():
        parameters = inputs.parameters()
        with progress_bar() as tell:
            tell("Reading", 0.0)
            scenario = inputs.scenario()
            planner = ZonePlanner(scenario)
            # As over HTTP: what is computed stands beside a proposal, and says where its numbers come from.
            document = proposal_document(planner.propose(parameters, progress=tell))
            answer = compute_kind(kind, scenario, planner, parameters, options=options, tell=tell)
        written = _written(answer, document, kind, out) if out is not None else []
        show_report(scenario.report)
        names = scenario.schools["name"].to_dict()
        if kind == "plans":
            show_plans(answer.content["plans"], names)
        elif kind == "reach":
            show_reach(answer.content["reach"], names)
        else:
            show_rows(kind, answer.content["rows"], names)
        tell_written(written)


def _written(answer: BesideAnswer, document: dict[str, Any], kind: str, out: Path) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    contents = {out / f"{kind}.csv": answer.csv, out / f"{kind}.json": answer.json(document)}
    for path, data in contents.items():
        path.write_bytes(data)
    return list(contents)
