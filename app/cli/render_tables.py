"""Results of analyses as text on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from rich import box
from rich.table import Table

from app.cli.render import entry, heading, plain, screen
from app.queries.analysis import Analysis, Layout
from app.queries.columns import NUMERIC_KINDS, Column, format_value, school_of

SHOWN_ROWS = 200
# Stands where a table that is too wide for the terminal leaves something out.
_CUT_OFF = "…"
Records = Sequence[Mapping[str, Any]]


def show_records(analysis: Analysis, records: Records, names: Mapping[str, str]) -> None:
    """
    Show the result of an analysis.

    Parameters
    ----------
    analysis
        Says which layout and which columns.
    records
        Plain values by column, or fields of ``clustering.RankedPlan``.
    names
        School id to name.
    """
    _SHOW[analysis.layout](analysis, records, names)


def _show_table(analysis: Analysis, rows: Records, names: Mapping[str, str]) -> None:
    """A table if the terminal is wide enough, else an entry per row."""
    heading(analysis.title)
    columns = analysis.columns
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.title, justify="right" if column.kind in NUMERIC_KINDS else "left")
    shown = [[_cell(row[column.name], column, names) for column in columns] for row in rows[:SHOWN_ROWS]]
    for cells in shown:
        table.add_row(*map(plain, cells))
    with screen.capture() as tried:
        screen.print(table)
    if _CUT_OFF not in tried.get():
        screen.print(table)
    else:
        for cells in shown:
            first, *rest = [f"{column.title}: {cell}" for column, cell in zip(columns, cells, strict=True)]
            entry(first, "; ".join(rest))
    entry(analysis.missing)
    _show_rest(rows)


def _show_reasons(_analysis: Analysis, rows: Records, names: Mapping[str, str]) -> None:
    """Every school within reach of an anchor with its reason, one below the other: the reasons are sentences."""
    for anchor, own in groupby(rows[:SHOWN_ROWS], key=itemgetter("anchor_id")):
        heading("Schools within reach of {} ({})".format(*school_of(anchor, names)))
        for row in own:
            entry(f"{row['name']} ({row['school_id']}): {row['decision']}", row["reason"])
    if not rows:
        entry("No school is within reach of an anchor.")
    _show_rest(rows)


def _show_plans(_analysis: Analysis, plans: Records, names: Mapping[str, str]) -> None:
    """Plans, the best first, with the schools whose Zone is not that of the best plan."""
    heading("The best plans")
    for plan in plans:
        moves = [
            f"{move['name']} ({move['school_id']}): {_zone_names(move['from_zones'], names)} to"
            f" {_zone_names(move['to_zones'], names)}"
            for move in plan["moves"]
        ]
        entry(
            f"{plan['rank']}. Score {plan['score']:z,.1f} students a year, {plan['loss']:,.1f} less than the best",
            *moves,
        )
    if not plans:
        entry("None keeps every limit.")


_SHOW: Mapping[Layout, Callable[[Analysis, Records, Mapping[str, str]], None]] = {
    "table": _show_table,
    "reasons": _show_reasons,
    "plans": _show_plans,
}


def _show_rest(rows: Sequence[object]) -> None:
    if len(rows) > SHOWN_ROWS:
        entry(f"The first {SHOWN_ROWS} of {len(rows):,} rows are shown; --out writes all.")


def _zone_names(zones: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join("Zone of {} ({})".format(*school_of(zone, names)) for zone in zones) or "outside"


def _cell(value: Any, column: Column, names: Mapping[str, str]) -> str:
    if column.kind in ("school", "zone"):
        return "{} ({})".format(*school_of(value, names))
    return format_value(value, column.kind)
