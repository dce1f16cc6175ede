"""Tables beside a proposal as text on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from rich import box
from rich.table import Table

from app.cli.render import entry, heading, plain, screen
from app.queries.columns import COLUMNS, NUMERIC_KINDS, Column, school_of, written

SHOWN_ROWS = 200
# What stands where a table that is too wide for the terminal leaves something out.
_CUT_OFF = "…"
_TITLES = {
    "trade-off": "Trade-off of size and leakage",
    "stability": "Stability",
    "persistence": "Persistence",
}


def show_rows(kind: str, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """
    Show a table.

    Parameters
    ----------
    kind
        Of ``COLUMNS``.
    rows
        Plain values by column.
    names
        School id to name.
    """
    heading(_TITLES[kind])
    columns = COLUMNS[kind]
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
            head, *rest = [f"{column.title}: {cell}" for column, cell in zip(columns, cells, strict=True)]
            entry(head, "; ".join(rest))
    _tell_rest(rows)


def show_reach(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """
    Show every school within reach of an anchor with its reason, one below the other: the reasons are sentences.

    Parameters
    ----------
    rows
        Plain values of ``clustering.explain_reach``.
    names
        School id to name.
    """
    for anchor, own in groupby(rows[:SHOWN_ROWS], key=itemgetter("anchor_id")):
        heading("Schools within reach of {} ({})".format(*school_of(anchor, names)))
        for row in own:
            entry(f"{row['name']} ({row['school_id']}): {row['decision']}", row["reason"])
    if not rows:
        entry("No school is within reach of an anchor.")
    _tell_rest(rows)


def show_plans(plans: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """
    Show plans, the best first, with the schools that are elsewhere than in the best.

    Parameters
    ----------
    plans
        Fields of ``clustering.RankedPlan`` as plain values.
    names
        School id to name.
    """
    heading("The best plans")
    for plan in plans:
        moves = [
            f"{move['name']} ({move['school_id']}): {_places(move['from_zones'], names)} to"
            f" {_places(move['to_zones'], names)}"
            for move in plan["moves"]
        ]
        entry(f"{plan['rank']}. Score {plan['score']:,.1f}, {plan['loss']:,.1f} less than the best", *moves)
    if not plans:
        entry("None keeps every limit.")


def _tell_rest(rows: Sequence[object]) -> None:
    if len(rows) > SHOWN_ROWS:
        entry(f"The first {SHOWN_ROWS} of {len(rows):,} rows are shown; --out writes all.")


def _places(zones: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join("Zone of {} ({})".format(*school_of(zone, names)) for zone in zones) or "outside"


def _cell(value: Any, column: Column, names: Mapping[str, str]) -> str:
    if column.kind in ("school", "zone"):
        return "{} ({})".format(*school_of(value, names))
    return written(value, column.kind)
