"""The ``zones`` command: propose Zones from files, serve the service, write a sample state."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app.cli.analyses import ALTERNATIVES
from app.cli.demo import load_demonstration
from app.cli.options import (
    Catchments,
    Crosswalk,
    Encoding,
    Estimate,
    Flows,
    Performance,
    Population,
    Read,
    Schools,
    Set,
    Students,
    TravelTimes,
)
from app.cli.render import (
    messages,
    progress_bar,
    screen,
    show_comparison,
    show_facts,
    show_proposal,
    show_report,
    stopping_on_errors,
    tell_written,
)
from app.cli.rules import RULE_COMMANDS
from app.main import create_app
from app.services.portal import PUBLIC_ADDRESS, PortalRequest, PortalSettings, fetch_portal
from app.settings import Settings, is_loopback
from clustering import (
    compare_proposals,
    evaluate_plan,
    generate_state,
    parse_file_options,
    parse_parameters,
    propose_zones,
    read_plan,
    read_scenario,
    split_settings,
    write_comparison,
    write_proposal,
    write_report,
    write_state,
)

MAXIMUM_CONNECTIONS = 500

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

for _name, _command in (ALTERNATIVES | RULE_COMMANDS).items():
    cli.command(_name)(_command)


@cli.command()
def propose(
    schools: Schools,
    flows: Flows = None,
    performance: Performance = None,
    students: Students = None,
    catchments: Catchments = None,
    population: Population = None,
    crosswalk: Crosswalk = None,
    travel_times: TravelTimes = None,
    estimate: Estimate = False,
    read: Read = None,
    encoding: Encoding = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the map, GeoJSON, CSV and JSON.")] = None,
    settings: Set = None,
) -> None:
    """Propose Zones around low-performing high schools."""
    with stopping_on_errors():
        parameters = parse_parameters(settings or [])
        with progress_bar() as tell:
            tell("Reading", 0.0)
            scenario = read_scenario(
                schools=schools,
                flows=flows or [],
                performance=performance or [],
                students=students or [],
                catchments=catchments or [],
                population=population or [],
                crosswalk=crosswalk or [],
                travel_times=travel_times or [],
                estimate=estimate,
                options=read or [],
                encoding=encoding,
            )
            proposal = propose_zones(scenario, parameters, progress=tell)
        written = write_proposal(proposal, out) if out is not None else []
        show_report(scenario.report)
        show_proposal(proposal)
        tell_written(written)


@cli.command()
def compare(
    schools: Schools,
    plan: Annotated[Path, typer.Option("--plan", help="Table with a school id and a Zone in each row.")],
    flows: Flows = None,
    performance: Performance = None,
    students: Students = None,
    catchments: Catchments = None,
    population: Population = None,
    crosswalk: Crosswalk = None,
    estimate: Estimate = False,
    read: Read = None,
    encoding: Encoding = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the comparison, the plan and the proposal.")] = None,
    settings: Set = None,
) -> None:
    """Compare a plan of Zones with the Zones that would be proposed, both by the same parameters."""
    with stopping_on_errors():
        parameters = parse_parameters(settings or [])
        said = parse_file_options(read or [])
        # Options of one file are for the reading that has it; patterns are for both.
        of_plan = {name: each for name, each in said.items() if name == plan.name or set(name) & set("*?[")}
        with progress_bar() as tell:
            tell("Reading", 0.0)
            scenario = read_scenario(
                schools=schools,
                flows=flows or [],
                performance=performance or [],
                students=students or [],
                catchments=catchments or [],
                population=population or [],
                crosswalk=crosswalk or [],
                estimate=estimate,
                options={name: each for name, each in said.items() if name != plan.name},
                encoding=encoding,
            )
            given = read_plan(plan, scenario, parameters, options=of_plan, encoding=encoding)
            scored = evaluate_plan(scenario, given, parameters)
            proposal = propose_zones(scenario, parameters, progress=tell)
        comparison = compare_proposals(scored, proposal)
        show_comparison(comparison)
        if out is not None:
            tell_written(write_comparison(comparison, out))
            tell_written(write_proposal(scored, out / "plan"))
            tell_written(write_proposal(proposal, out / "proposal"))


@cli.command()
def check(
    schools: Schools,
    flows: Flows = None,
    performance: Performance = None,
    students: Students = None,
    catchments: Catchments = None,
    population: Population = None,
    crosswalk: Crosswalk = None,
    travel_times: TravelTimes = None,
    estimate: Estimate = False,
    read: Read = None,
    encoding: Encoding = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the report (JSON), the rows set aside and the crosswalk (CSV).")
    ] = None,
) -> None:
    """Say what the files were recognised as, what is used of them, and what is doubtful; propose nothing."""
    with stopping_on_errors():
        with progress_bar() as tell:
            tell("Reading", 0.0)
            scenario = read_scenario(
                schools=schools,
                flows=flows or [],
                performance=performance or [],
                students=students or [],
                catchments=catchments or [],
                population=population or [],
                crosswalk=crosswalk or [],
                travel_times=travel_times or [],
                estimate=estimate,
                options=read or [],
                encoding=encoding,
            )
        written = write_report(scenario.report, out) if out is not None else []
        show_report(scenario.report)
        show_facts(scenario.report)
        tell_written(written)


@cli.command()
def fetch(
    endpoint: Annotated[str, typer.Argument(help="Such as schools/ccd/directory or schools/edfacts/grad-rates.")],
    year: Annotated[int, typer.Argument(help="Fall of the school year.")],
    out: Annotated[Path, typer.Option(help="Folder for the pages; a second run asks only for those that lack.")],
    where: Annotated[
        list[str] | None, typer.Option("--where", help="A filter, as name=value, such as fips=37.")
    ] = None,
    grade: Annotated[str, typer.Option(help="For tables by grade: pk, k, 1 ... 12; 99 is all together.")] = "99",
    base: Annotated[str | None, typer.Option(help="Address of the portal, if not the public one.")] = None,
    per_second: Annotated[float, typer.Option(help="Requests a second.")] = 2.0,
) -> None:
    """Fetch a table of the Urban Institute's Education Data Portal, page by page."""
    with stopping_on_errors():
        filters = {name: str(value) for name, value in split_settings(where or []).items()}
        request = PortalRequest(endpoint=endpoint, year=year, grade=grade, filters=filters)
        asked = PortalSettings(address=base or PUBLIC_ADDRESS, requests_per_second=per_second)
        with progress_bar() as tell:
            paths = fetch_portal(
                request,
                out,
                settings=asked,
                progress=lambda done, total: tell(f"{done:,} of {total:,} records", done / max(1, total)),
            )
        tell_written(paths)


@cli.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    schools: Annotated[int, typer.Option(help="Number of schools, 11 to 120,000.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed and size give the same bytes.")] = 1,
) -> None:
    """Write the files of a generated, fictional state."""
    with stopping_on_errors():
        tell_written(write_state(generate_state(schools=schools, seed=seed), out))


@cli.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="First load a generated state and propose Zones.")] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the HTTP interface and the pages; settings come from FEEDER_ZONES_* (docs/api.md)."""
    settings = Settings()
    settings = settings.model_copy(update={"host": host or settings.host, "port": port or settings.port})
    if not (settings.allow_remote or is_loopback(settings.host)):
        messages.print(
            f"{settings.host} can be reached by others, and the service has no accounts. Put it behind a proxy that"
            " authenticates and set FEEDER_ZONES_ALLOW_REMOTE=true, or listen on 127.0.0.1.",
            style="bold red",
        )
        raise typer.Exit(2)
    proposal_id = load_demonstration(settings) if demo else None
    base = f"http://{settings.host}:{settings.port}"
    addresses = {"Start page": "/", "Map": f"/proposals/{proposal_id}/map", "API documentation": "/docs"}
    if proposal_id is None:
        del addresses["Map"]
    for name, path in addresses.items():
        screen.print(f"{name:<19}{base}{path}", soft_wrap=True)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        server_header=False,
        limit_concurrency=MAXIMUM_CONNECTIONS,
    )


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show is no reason to stop
            stream.reconfigure(errors="replace")
    cli()


if __name__ == "__main__":
    main()
