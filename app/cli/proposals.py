"""Commands that read files and propose Zones, compare a plan with them, or propose schools for names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import Inputs, with_files, with_inputs
from app.cli.render import (
    progress_bar,
    show_comparison,
    show_proposal,
    show_report,
    show_written,
    stopping_on_errors,
)
from clustering import (
    compare_proposals,
    evaluate_plan,
    propose_name_matches,
    propose_zones,
    read_plan,
    render_comparison,
    render_proposal,
    table_bytes,
    write_files,
    write_package,
    write_proposal,
)


@with_inputs
def propose(
    inputs: Inputs,
    out: Annotated[Path | None, typer.Option(help="Folder for the map, GeoJSON, CSV and JSON.")] = None,
) -> None:
    """Propose Zones around low-performing high schools."""
    with stopping_on_errors():
        parameters = inputs.parameters()
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario = inputs.scenario()
            proposal = propose_zones(scenario, parameters, progress=progress)
        written = write_proposal(proposal, out) if out is not None else []
        show_report(scenario.report)
        show_proposal(proposal)
        show_written(written)


@with_inputs
def compare(
    inputs: Inputs,
    plan: Annotated[
        Path, typer.Option("--plan", help="Table with a school id and a Zone in each row, or a feeder table.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder for the comparison, the plan and the proposal.")] = None,
) -> None:
    """Compare a plan of Zones with the Zones that would be proposed, both by the same parameters."""
    with stopping_on_errors():
        parameters = inputs.parameters()
        plan_options = inputs.for_other_files(plan.name)
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario = inputs.without_options_for(plan.name).scenario()
            matches = inputs.files["name_matches"]
            reading: dict[str, Any] = {"options": plan_options, "encoding": inputs.encoding, "name_matches": matches}
            zones = read_plan(plan, scenario, parameters, **reading)
            scored = evaluate_plan(scenario, zones, parameters)
            proposal = propose_zones(scenario, parameters, progress=progress)
        comparison = compare_proposals(scored, proposal)
        show_comparison(comparison)
        if out is not None:
            contents = render_comparison(comparison)
            for folder, answer in (("plan", scored), ("proposal", proposal)):
                contents |= {f"{folder}/{name}": data for name, data in render_proposal(answer).items()}
            show_written(
                write_package(contents, out, name="comparison", title="A plan and the proposed Zones compared")
            )


@with_files
def match_names(
    inputs: Inputs,
    out: Annotated[Path, typer.Option(help="The table of matches (CSV), for you to confirm row by row.")],
    confirm_exact: Annotated[
        bool,
        typer.Option("--confirm-exact", help="Confirm names that are those of one school exactly, in their district."),
    ] = False,
    plan: Annotated[Path | None, typer.Option(help="A plan of Zones, as for zones compare.")] = None,
) -> None:
    """Propose schools for the names in files that have no school ids; give the table back with --name-matches."""
    with stopping_on_errors():
        roles = ("schools", "flows", "performance", "catchments", "travel_times")
        files: dict[str, Any] = {role: inputs.files[role] for role in roles}
        reading: dict[str, Any] = {"options": inputs.file_options, "encoding": inputs.encoding}
        matches = propose_name_matches(**files, plan=plan, **reading, confirm_exact=confirm_exact)
        show_written(write_files({out.name: table_bytes(matches)}, out.parent))


PROPOSAL_COMMANDS = {"propose": propose, "compare": compare, "match-names": match_names}
