"""Reports, proposals and problems as text on a terminal, at whatever width it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from clustering import (
    ClusteringError,
    Comparison,
    IngestReport,
    InputError,
    ProblemKind,
    Proposal,
    comparison_document,
)

SHOWN_ROWS = 5
SHOWN_COLUMNS = 5

screen = Console(stderr=False, highlight=False)
messages = Console(stderr=True, highlight=False)


def plain(text: str) -> Text:
    """Text of a file as it may be shown on a terminal: no control sequences, no markup."""
    return Text("".join(sign if sign.isprintable() else " " for sign in text))


def heading(text: str) -> None:
    """A heading, with a blank line before it."""
    screen.print(Text(f"\n{plain(text).plain}", style="bold"))


def entry(title: str, *details: str) -> None:
    """One thing with its details below it, indented, at whatever width the terminal has."""
    screen.print(plain(title))
    for detail in details:
        screen.print(Padding(plain(detail), (0, 0, 0, 4)))


def show_report(report: IngestReport) -> None:
    """What is most doubtful; what each file was recognised as, what of it was used, and every kind of warning."""
    for alarm in report.alarms:
        messages.print(plain(f"Attention: {alarm}"), style="bold red")
    heading("Files")
    for file in report.files:
        set_aside = f", {file.rows_set_aside:,} set aside" if file.rows_set_aside else ""
        form = ", ".join(
            part for part in (file.kind, file.container, file.encoding, delimiter_name(file.delimiter)) if part
        )
        columns = ", ".join(f"{name} = {heading}" for name, heading in file.columns.items())
        reasons = [f"Set aside: {reason} ({count:,})" for reason, count in file.set_aside_reasons.items()]
        rows = f"{file.rows_read:,} rows, {file.rows_used:,} used{set_aside}"
        entry(f"{file.name} ({file.role}): {rows}", form, columns, *reasons)
    heading("Flows")
    entry(report.basis.statement, *report.basis.details)
    show_warnings(report.warning_kinds)


def show_warnings(kinds: Iterable[ProblemKind]) -> None:
    """Every kind of warning with the first rows that have it."""
    for kind in kinds:
        messages.print(describe_kind(kind, "Warning"), style="yellow")


def show_facts(report: IngestReport) -> None:
    """What the dataset holds, fact by fact."""
    heading("What they hold")
    for name, value in report.facts.items():
        shown = str(value)
        if isinstance(value, dict):
            shown = ", ".join(f"{key} {count}" for key, count in value.items())
        entry(f"{name.replace('_', ' ').capitalize()}: {shown}")
    for reason, count in report.student_records.items():
        entry(f"Students, {reason}: {count:,}")
    of_what = "estimated" if report.basis.is_estimated else "protected"
    for kind, cells in report.flow_rows.items():
        low, high = report.flow_students_low[kind], report.flow_students_high[kind]
        students = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        entry(f"Flows, {kind}: {cells:,} cells, {students} students ({of_what})")
    for row in report.crosswalk:
        entry(f"Crosswalk proposed: {row['old_id']} to {row['new_id'] or 'none'}", str(row["explanation"]))


def delimiter_name(sign: str) -> str:
    """The name of the sign between cells, as the option ``delimiter`` takes it."""
    return {"\t": "tab", ",": "comma", "|": "pipe", "^": "caret", ";": "semicolon"}.get(sign, sign)


def describe_kind(kind: ProblemKind, label: str) -> Text:
    """One kind of problem of a file: its true number, and the first rows that have it."""
    columns = ", ".join(kind.columns[:SHOWN_COLUMNS]) + (", ..." if len(kind.columns) > SHOWN_COLUMNS else "")
    column = f", column {columns}" if len(kind.columns) == 1 else f", columns {columns}" if columns else ""
    shown = kind.examples[:SHOWN_ROWS]
    if kind.table in ("parameters", "rule", "disclosure policy"):  # which have no rows
        rows = [repr(each.value) for each in shown if each.value is not None]
    else:
        named = ((each, "" if len(kind.columns) <= 1 else f", {each.column}") for each in shown if each.row is not None)
        rows = [f"row {each.row}{where}" + ("" if each.value is None else f": {each.value!r}") for each, where in named]
    more = f" and {kind.count - len(rows):,} more" if kind.count > len(rows) > 0 else ""
    listed = f" ({'; '.join(rows)}{more})" if rows else f" ({kind.count:,} times)" if kind.count > 1 else ""
    return plain(f"{label} in {kind.table}{column}: {kind.message} {kind.remedy}{listed}")


def show_proposal(proposal: Proposal) -> None:
    """Zones, anchors without one, the proof and the notes."""
    heading("Zones")
    for zone in proposal.zones:
        metrics = zone.metrics
        coverage = _share(metrics.coverage, metrics.coverage_low, metrics.coverage_high)
        retention = _share(metrics.retention, metrics.retention_low, metrics.retention_high)
        entry(
            f"{zone.name}: {count_schools(metrics.school_count)}, score {metrics.score:z,.1f} students a year",
            f"coverage {coverage}, retention {retention}",
            "; ".join(member.name for member in zone.members if member.role == "feeder"),
        )
    if not proposal.zones:
        entry("No Zone is proposed.")
    without = [anchor for anchor in proposal.anchors if anchor.zone_id is None]
    if without:
        heading("High schools without a Zone")
    for anchor in without:
        entry(f"{anchor.name} ({anchor.school_id})", anchor.explanation, anchor.reason_without_zone or "")
    solution = proposal.solution
    gap = "" if solution.gap is None else f", gap {solution.gap:.2%}"
    heading(f"{solution.method}: {solution.status}, total score {solution.score:z,.1f} students a year{gap}")
    for note in proposal.notes:
        screen.print(plain(note))


def show_comparison(comparison: Comparison) -> None:
    """Two proposals side by side, Zone by Zone, and the schools that move."""
    heading("Compared")
    document = comparison_document(comparison)
    for sentence in document["summary"]:
        entry(sentence)
    heading("Zones side by side")
    for zone in document["zones"]:
        sides = [f"{side}: {_describe_metrics(zone[side])}" for side in ("first", "second") if zone[side] is not None]
        entry(f"{zone['zone_name']} ({zone['anchor_id']}), in {zone['found_in']}", *sides)
    heading("Schools that move")
    for move in document["moves"]:
        zones = [move[f"zone_name_{side}"] or "outside" for side in ("first", "second")]
        why = move["reason_second"] or move["reason_first"] or ""
        entry(f"{move['name']} ({move['school_id']}) {move['change']}: {zones[0]} to {zones[1]}", why)
    if not document["moves"]:
        entry("None.")
    heading("Notes")
    for note in document["notes"]:
        screen.print(plain(note))


def _describe_metrics(metrics: Mapping[str, float | None]) -> str:
    coverage, retention = (
        _share(metrics[name], metrics[f"{name}_low"], metrics[f"{name}_high"]) for name in ("coverage", "retention")
    )
    schools, score = count_schools(int(metrics["school_count"] or 0)), metrics["score"]
    return f"{schools}, coverage {coverage}, retention {retention}, score {score:z,.1f} students a year"


def count_schools(count: int) -> str:
    """Say how many schools there are."""
    return f"{count:,} school{'' if count == 1 else 's'}"


def _share(value: float | None, low: float | None, high: float | None) -> str:
    """A share, with how far protected counts leave it open."""
    if value is None or low is None or high is None:
        return "unknown"
    return f"{value:.1%}" if low == high else f"{value:.1%} ({low:.1%} to {high:.1%})"


def show_error(error: ClusteringError) -> None:
    """What is wrong, each kind of problem with the first rows that have it."""
    if isinstance(error, InputError):
        count = error.count
        messages.print(plain(f"{count:,} problem{'' if count == 1 else 's'}; nothing was written."), style="bold red")
        for kind in error.kinds:
            messages.print(describe_kind(kind, "Problem"))
    else:
        messages.print(plain(str(error)), style="bold red")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A progress bar on standard error; silent where that is not a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        def report(stage: str, fraction: float) -> None:
            bar.update(task, description=stage, completed=fraction)

        yield report


@contextmanager
def stopping_on_errors() -> Iterator[None]:
    """Show an error and end the command, without a traceback."""
    try:
        yield
    except ClusteringError as error:
        show_error(error)
        raise typer.Exit(2) from None
    except OSError as error:
        reason = str(error) if error.errno is None else f"{error.filename or 'The output'}: {error.strerror}"
        messages.print(plain(reason), style="bold red")
        raise typer.Exit(1) from None


def show_written(paths: Iterable[Path]) -> None:
    """Name the files that were written."""
    for path in paths:
        screen.print(plain(f"Wrote {path}"))
