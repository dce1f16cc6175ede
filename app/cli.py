"""The ``zones`` command: propose Zones from files, serve the service, write a sample state."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
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

SHOWN_PLACES = 5
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


def _heading(text: str) -> None:
    _screen.print(Text(f"\n{text}", style="bold"))


def _entry(head: str, *details: str) -> None:
    """One thing with its details below it, indented, at whatever width the terminal has."""
    _screen.print(_plain(head))
    for detail in details:
        _screen.print(Padding(_plain(detail), (0, 0, 0, 4)))


def _show_report(report: IngestReport) -> None:
    _heading("Files")
    for file in report.files:
        set_aside = f", {file.rows_set_aside:,} set aside" if file.rows_set_aside else ""
        columns = ", ".join(f"{name} = {heading}" for name, heading in file.columns.items())
        _entry(f"{file.name} ({file.role}): {file.rows_read:,} rows, {file.rows_used:,} used{set_aside}", columns)
    for group in _grouped(report.warnings):
        _messages.print(_told(group, len(group), "Warning"), style="yellow")


def _grouped(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Problems of the same kind together, in the order in which each kind is met first."""
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.table, problem.column, problem.message), []).append(problem)
    return list(groups.values())


def _told(group: Sequence[Problem], count: int, kind: str) -> Text:
    """One kind of problem with its first places."""
    first = group[0]
    column = "" if first.column is None else f", column {first.column}"
    places = [
        f"row {problem.row}" + ("" if problem.value is None else f": {problem.value!r}")
        for problem in group[:SHOWN_PLACES]
        if problem.row is not None
    ]
    more = f" and {count - len(places):,} more" if count > len(places) > 0 else ""
    where = f" ({'; '.join(places)}{more})" if places else ""
    return _plain(f"{kind} in {first.table}{column}: {first.message} {first.remedy}{where}")


def _show_proposal(proposal: Proposal) -> None:
    _heading("Zones")
    for zone in proposal.zones:
        metrics = zone.metrics
        coverage = _share(metrics.coverage, metrics.coverage_low, metrics.coverage_high)
        retention = _share(metrics.retention, metrics.retention_low, metrics.retention_high)
        _entry(
            f"{zone.name}: {metrics.school_count} schools, score {metrics.score:,.1f}",
            f"coverage {coverage}, retention {retention}",
            ", ".join(member.name for member in zone.members if member.role == "feeder"),
        )
    if not proposal.zones:
        _entry("No Zone is proposed.")
    without = [anchor for anchor in proposal.anchors if anchor.zone_id is None]
    if without:
        _heading("High schools without a Zone")
    for anchor in without:
        _entry(f"{anchor.name} ({anchor.school_id})", anchor.explanation, anchor.reason_without_zone or "")
    solution = proposal.solution
    gap = "" if solution.gap is None else f", gap {solution.gap:.2%}"
    _heading(f"{solution.method}: {solution.status}, total score {solution.score:,.1f}{gap}")
    for note in proposal.notes:
        _screen.print(_plain(note))


def _share(value: float | None, low: float | None, high: float | None) -> str:
    """A share, with how far suppressed counts leave it open."""
    if value is None or low is None or high is None:
        return "unknown"
    return f"{value:.1%}" if low == high else f"{value:.1%} ({low:.1%} to {high:.1%})"


def _stop(error: ClusteringError) -> NoReturn:
    if isinstance(error, InputError):
        count = len(error.problems)
        _messages.print(_plain(f"{count:,} problem{'' if count == 1 else 's'}; nothing was written."), style="bold red")
        for group in _grouped(error.problems):
            _messages.print(_told(group, len(group), "Problem"))
    else:
        _messages.print(_plain(str(error)), style="bold red")
    raise typer.Exit(2)


if __name__ == "__main__":
    main()
