"""Contenders that take turns, rows of a table with their bars, and the peak memory of a process."""

from __future__ import annotations

import gc
import re
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Contender:
    """
    One way to do a piece of work.

    Parameters
    ----------
    name
        Of the figures.
    prepare
        First half of the work, such as building a graph; its seconds count and are also told apart.
    run
        Second half; takes what ``prepare`` gives.
    rounds
        Fewer rounds than the others take, for one that takes long.
    """

    name: str
    prepare: Callable[[], Any]
    run: Callable[[Any], Any]
    rounds: int | None = None


def in_one_piece(name: str, work: Callable[[], Any]) -> Contender:
    """A contender that prepares nothing."""
    return Contender(name=name, prepare=lambda: None, run=lambda _: work())


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Medians of a contender's rounds [seconds], how many there were, and what the last one gave."""

    prepare_s: float
    run_s: float
    whole_s: float
    rounds: int
    result: Any


def take_turns(contenders: Sequence[Contender], rounds: int) -> dict[str, Timed]:
    """
    Let contenders take turns, so that what slows the machine slows all of them.

    Parameters
    ----------
    contenders
        In the order of their turns.
    rounds
        Turns of each.

    Returns
    -------
    timed
        By name of the contender.
    """
    halves: dict[str, list[tuple[float, float]]] = {each.name: [] for each in contenders}
    results: dict[str, Any] = {}
    for number in range(rounds):
        for each in contenders:
            if number < (each.rounds or rounds):
                gc.collect()  # the garbage of one is not the next one's work
                start = time.perf_counter()
                prepared = each.prepare()
                middle = time.perf_counter()
                results[each.name] = each.run(prepared)
                halves[each.name].append((middle - start, time.perf_counter() - middle))
                del prepared
    return {name: _medians(halves[name], results[name]) for name in halves}


def _medians(halves: Sequence[tuple[float, float]], result: Any) -> Timed:
    return Timed(
        prepare_s=statistics.median(first for first, _ in halves),
        run_s=statistics.median(second for _, second in halves),
        whole_s=statistics.median(map(sum, halves)),
        rounds=len(halves),
        result=result,
    )


@dataclass(frozen=True, kw_only=True)
class Row:
    """
    One line of the table.

    Parameters
    ----------
    name
        Key of the value in the line of JSON; the ratio stands there as ``<name>_ratio``.
    value, unit
        The figure.
    ratio
        Ours to this alternative's.
    most, most_ratio
        Bars: the value, or the ratio, should not be greater.
    note
        What it is, or gives.
    """

    name: str
    value: float
    unit: str = "s"
    ratio: float | None = None
    most: float | None = None
    most_ratio: float | None = None
    note: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether a bar is missed."""
        return any(
            bar is not None and figure is not None and not figure <= bar
            for figure, bar in ((self.value, self.most), (self.ratio, self.most_ratio))
        )


def show(title: str, rows: Iterable[Row]) -> None:
    """Print the rows of one part."""
    print(f"\n{title}\n{'':<44}{'value':>12} {'':<10}{'ours/its':>9}{'bar':>9}  ")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
        bars = [bar for bar in (row.most, row.most_ratio) if bar is not None]
        bar = f"<= {bars[0]:,g}" if bars else ""
        value = f"{row.value:,.0f}" if row.value >= 1000 else f"{row.value:.4g}"
        missed = "MISSED  " if row.is_missed else ""
        print(f"{row.name:<44}{value:>12} {row.unit:<10}{ratio:>9}{bar:>9}  {missed}{row.note}", flush=True)


def figures_of(rows: Iterable[Row]) -> dict[str, object]:
    """Write rows as the figures of the line of JSON."""
    figures: dict[str, object] = {}
    for row in rows:
        figures[row.name] = float(f"{row.value:.6g}")
        if row.ratio is not None:
            figures[f"{row.name}_ratio"] = round(row.ratio, 4)
        if row.note:
            figures[f"{row.name}_note"] = row.note
    return figures


def peak_mb() -> int:
    """
    Greatest memory of this process so far [mebibytes].

    Of this program alone: what ``getrusage`` says begins with the memory of the process that started it.
    """
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    return round(int(found[1]) / 1024) if found else 0
