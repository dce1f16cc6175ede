"""The ``zones`` command: propose Zones from files, serve the service, write a sample state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.access import ACCESS_GROUPS, audit
from app.cli.analyses import analysis_command
from app.cli.capacity import CAPACITY_COMMANDS
from app.cli.capacity_analyses import MATCH_ANALYSIS_COMMANDS, YEAR_PLAN_ANALYSIS_COMMANDS
from app.cli.checklists import checklists
from app.cli.checks import check
from app.cli.conditions import CONDITION_COMMANDS
from app.cli.parameter_help import ListsParameters
from app.cli.policies import policies
from app.cli.proposals import PROPOSAL_COMMANDS
from app.cli.read_settings import read_settings, refuse_unusable
from app.cli.releases import RELEASE_COMMANDS
from app.cli.render import messages, progress_bar, screen, show_written, stopping_on_errors
from app.cli.rules import RULE_COMMANDS
from app.cli.storage import STORAGE_COMMANDS, stopping_on_faults
from app.cli.suppression import SUPPRESSION_COMMANDS
from app.cli.zone_conditions import conditions
from app.queries.analysis import Analysis
from app.queries.proposal_analyses import ANALYSES

if TYPE_CHECKING:
    from app.settings import Settings

# What only one command needs is imported by that command: none has to wait for the others' libraries.


def fetch(
    endpoint: Annotated[str, typer.Argument(help="Such as schools/ccd/directory or schools/edfacts/grad-rates.")],
    year: Annotated[int, typer.Argument(help="Fall of the school year.")],
    out: Annotated[Path, typer.Option(help="Folder for the pages; a second run fetches only missing pages.")],
    where: Annotated[
        list[str] | None, typer.Option("--where", help="A filter, as name=value, such as fips=37.")
    ] = None,
    grade: Annotated[str, typer.Option(help="For tables by grade: pk, k, 1 ... 12; 99 is all together.")] = "99",
    base: Annotated[str | None, typer.Option(help="Address of the portal, if not the public one.")] = None,
    per_second: Annotated[float, typer.Option(help="Requests a second.")] = 2.0,
) -> None:
    """Fetch a table of the Urban Institute's Education Data Portal, page by page."""
    from app.services.portal import PUBLIC_ADDRESS, PortalRequest, PortalSettings, fetch_portal  # noqa: PLC0415
    from clustering import split_settings  # noqa: PLC0415

    with stopping_on_errors():
        filters = {name: str(value) for name, value in split_settings(where or []).items()}
        request = PortalRequest(endpoint=endpoint, year=year, grade=grade, filters=filters)
        settings = PortalSettings(address=base or PUBLIC_ADDRESS, requests_per_second=per_second)
        with progress_bar() as progress:
            paths = fetch_portal(
                request,
                out,
                settings=settings,
                progress=lambda done, total: progress(f"{done:,} of {total:,} records", done / max(1, total)),
            )
        show_written(paths)


def sample(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    schools: Annotated[int, typer.Option(help="Number of schools, 11 to 120,000.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed and size give the same bytes.")] = 1,
    districts: Annotated[
        int | None,
        typer.Option(
            help="1 to 49: write another state instead, of so many districts (about 28 schools each), with catchments,"
            " student records and the true path of every student."
        ),
    ] = None,
) -> None:
    """Write the files of a generated, fictional state."""
    from clustering import (  # noqa: PLC0415
        generate_catchment_state,
        generate_state,
        write_catchment_state,
        write_state,
    )

    with stopping_on_errors():
        if districts is not None:
            state = generate_catchment_state(districts=districts, seed=seed)
            show_written(tuple(write_catchment_state(state, out).values()))
            return
        show_written(write_state(generate_state(schools=schools, seed=seed), out))


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="First load a generated state and propose Zones.")] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65_535)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that answer requests, on one port.", min=1, max=64)
    ] = None,
    root_path: Annotated[
        str | None, typer.Option(help="Path under which a proxy serves everything, such as /feeder.")
    ] = None,
) -> None:
    """Serve the HTTP interface and the pages; settings come from FEEDER_ZONES_* (docs/api.md)."""
    from app.cli.demo import load_demo  # noqa: PLC0415
    from app.serving import call_when_answered, serve_application  # noqa: PLC0415
    from app.store import open_settings_store  # noqa: PLC0415

    options = {"host": host, "port": port, "server_workers": workers, "root_path": root_path}
    given = {name: value for name, value in options.items() if value is not None}
    settings = read_settings(**given)
    refuse_unusable(settings)
    with stopping_on_faults():
        open_settings_store(settings).close()
        _refuse_open_service(settings)
        proposal_id = load_demo(settings) if demo else None
    addresses = {"Start page": "/", "Map": f"/proposals/{proposal_id}/map", "API documentation": "/docs"}
    if proposal_id is None:
        del addresses["Map"]

    def show_addresses() -> None:
        """Say where the service is, as soon as it is there."""
        for name, path in addresses.items():
            screen.print(f"{name:<19}http://{settings.host}:{settings.port}{settings.root_path}{path}", soft_wrap=True)

    screen.print(f"Starting on {settings.host}, port {settings.port}.")
    call_when_answered(settings, show_addresses)
    serve_application(settings, settings.server_workers)


def _refuse_open_service(settings: Settings) -> None:
    """End if others can reach the address and nothing would ask who they are."""
    from app.settings import is_loopback  # noqa: PLC0415
    from app.store import open_settings_store  # noqa: PLC0415

    if is_loopback(settings.host) or settings.others_sign_users_in:
        return
    store = open_settings_store(settings)
    has_keys = store.access.has_keys()
    store.close()
    if has_keys:
        return
    if settings.allow_remote:
        messages.print("There is no key yet, so nobody is answered. Make one: zones keys add NAME --role admin.")
        return
    messages.print(
        f"{settings.host} can be reached by others, and there is no key with which they could sign in. Make one with"
        " zones keys add NAME --role admin, or name a proxy or an identity provider (docs/access.md), or listen on"
        " 127.0.0.1. FEEDER_ZONES_ALLOW_REMOTE=true starts without a key, and answers nobody until there is one.",
        style="bold red",
    )
    raise typer.Exit(2)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        screen.print(f"zones {version('feeder-zones')}")
        raise typer.Exit


def _common_options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def make_cli(analyses: Sequence[Analysis] = ANALYSES, *, only: str | None = None) -> typer.Typer:
    """
    Make the command line.

    Parameters
    ----------
    analyses
        Each gets a command.
    only
        The one command that is needed: typer goes through every option of every command that it is given. All if there
        is no command of this name.

    Returns
    -------
    cli
        Commands by their names.
    """
    made = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
    made.callback()(_common_options)
    commands: dict[str, Callable[..., None]] = {
        **PROPOSAL_COMMANDS,
        **RELEASE_COMMANDS,
        "check": check,
        **{analysis.name: analysis_command(analysis) for analysis in analyses},
        **RULE_COMMANDS,
        "policies": policies,
        **CAPACITY_COMMANDS,
        **MATCH_ANALYSIS_COMMANDS,
        **YEAR_PLAN_ANALYSIS_COMMANDS,
        **CONDITION_COMMANDS,
        **SUPPRESSION_COMMANDS,
        "checklists": checklists,
        "conditions": conditions,
        "fetch": fetch,
        "sample": sample,
        "serve": serve,
        "audit": audit,
        **STORAGE_COMMANDS,
    }
    is_one = only in commands or only in ACCESS_GROUPS
    for name in [only] if only in commands else () if is_one else commands:
        made.command(name, cls=ListsParameters)(commands[name])
    for name in [only] if only in ACCESS_GROUPS else () if is_one else ACCESS_GROUPS:
        made.add_typer(ACCESS_GROUPS[name], name=name)
    return made


cli = make_cli()
