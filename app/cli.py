"""The ``zones`` command: propose Zones from files, serve the service, write a sample state."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from app.demonstration import load_demonstration
from app.main import create_app
from app.settings import Settings, is_loopback
from clustering import (
    ClusteringError,
    IngestReport,
    InputError,
    Problem,
    Proposal,
    generate_state,
    parse_parameters,
    propose_zones,
    read_scenario,
    write_proposal,
    write_state,
)

SHOWN_PROBLEMS = 50
MAXIMUM_CONNECTIONS = 500

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
_screen = Console(stderr=False, highlight=False)
_messages = Console(stderr=True, highlight=False)

Files = list[Path]


@cli.command()
def propose(
    schools: Annotated[Files, typer.Option(help="Table of schools; repeat to join several by school id.")],
    flows: Annotated[Files, typer.Option(help="Students by origin, destination, grade and year; may be repeated.")],
    performance: Annotated[
        Files | None, typer.Option(help="Graduation rates or official list; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the map, GeoJSON, CSV and JSON.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="A parameter, as name=value.")] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of the files, if not UTF-8; for example cp1252.")
    ] = None,
) -> None:
    """Propose Zones around low-performing high schools."""
    try:
        parameters = parse_parameters(settings or [])
        with _progress() as tell:
            tell("Reading", 0.0)
            scenario = read_scenario(schools=schools, flows=flows, performance=performance or [], encoding=encoding)
            proposal = propose_zones(scenario, parameters, progress=tell)
        _show_report(scenario.report)
        _show_proposal(proposal)
        if out is not None:
            for path in write_proposal(proposal, out):
                _screen.print(_plain(f"Wrote {path}"))
    except ClusteringError as error:
        _stop(error)
    except OSError as error:
        _messages.print(_plain(f"{error.filename}: {error.strerror}"), style="bold red")
        raise typer.Exit(1) from None


@cli.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    schools: Annotated[int, typer.Option(help="Number of schools, 11 to 100,000.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed and size give the same bytes.")] = 1,
) -> None:
    """Write the files of a generated, fictional state."""
    try:
        paths = write_state(generate_state(schools=schools, seed=seed), out)
    except ClusteringError as error:
        _stop(error)
    for path in paths:
        _screen.print(_plain(f"Wrote {path}"))


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
        _messages.print(
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
        _screen.print(f"{name:<19}{base}{path}", soft_wrap=True)
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


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A progress bar on standard error; silent where that is not a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_messages, transient=True, disable=not _messages.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        def tell(stage: str, fraction: float) -> None:
            bar.update(task, description=stage, completed=fraction)

        yield tell


def _plain(text: str) -> Text:
    """Text of a file as it may be shown on a terminal: no control sequences, no markup."""
    return Text("".join(sign if sign.isprintable() else " " for sign in text))


def _table(title: str, headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    return table


def _show_report(report: IngestReport) -> None:
    rows = (
        (
            file.role,
            file.name,
            f"{file.rows_read:,}",
            f"{file.rows_used:,}",
            f"{file.rows_set_aside:,}",
            _columns(file.columns),
        )
        for file in report.files
    )
    _screen.print(_table("Files", ("Role", "File", "Rows", "Used", "Set aside", "Columns recognised"), rows))
    for message, count in sorted(report.warning_counts.items()):
        _messages.print(_plain(f"Warning ({count:,} times): {message}"), style="yellow")


def _columns(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {heading}" for name, heading in columns.items())


def _show_proposal(proposal: Proposal) -> None:
    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.1%}"

    zones = (
        (
            zone.name,
            str(zone.metrics.school_count),
            ", ".join(member.name for member in zone.members if member.role == "feeder"),
            share(zone.metrics.coverage),
            share(zone.metrics.retention),
            share(zone.metrics.suppressed_share),
            f"{zone.metrics.score:,.1f}",
        )
        for zone in proposal.zones
    )
    _screen.print(
        _table("Zones", ("Zone", "Schools", "Feeders", "Coverage", "Retention", "Suppressed", "Score"), zones)
    )
    without = [(a.name, a.explanation, a.reason_without_zone or "") for a in proposal.anchors if a.zone_id is None]
    if without:
        _screen.print(_table("High schools without a Zone", ("School", "Identified", "Why there is no Zone"), without))
    solution = proposal.solution
    gap = "" if solution.gap is None else f", gap {solution.gap:.2%}"
    _screen.print(f"{solution.method}: {solution.status}, total score {solution.score:,.1f}{gap}.")
    for note in proposal.notes:
        _screen.print(_plain(note))


def _stop(error: ClusteringError) -> NoReturn:
    if isinstance(error, InputError):
        _messages.print(_problem_table(error.problems))
    else:
        _messages.print(_plain(str(error)), style="bold red")
    raise typer.Exit(2)


def _problem_table(problems: tuple[Problem, ...]) -> Table:
    title = f"{len(problems):,} problem{'s' if len(problems) != 1 else ''}; nothing was written"
    if len(problems) > SHOWN_PROBLEMS:
        title += f" (the first {SHOWN_PROBLEMS} are shown)"
    rows = (
        (
            problem.table,
            "" if problem.row is None else str(problem.row),
            problem.column or "",
            "" if problem.value is None else repr(problem.value),
            problem.message,
            problem.remedy,
        )
        for problem in problems[:SHOWN_PROBLEMS]
    )
    return _table(title, ("File", "Row", "Column", "Value", "Problem", "What to do"), rows)


if __name__ == "__main__":
    main()
