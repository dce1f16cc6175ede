"""A state from its files to a file of Zones, and a changed lock in it."""

from __future__ import annotations

import math
import random
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import pandas as pd

from bench.ground import (
    PlannerCaches,
    StateFiles,
    files_to_geojson,
    find_zones_with_locks,
    lay_ground,
    read_files,
    write_files,
)
from bench.turns import Row, in_one_piece, take_turns
from clustering import InfeasibleError
from clustering.zones.candidates import generate_candidates
from clustering.zones.solver import ZoneSolution

LOCKS = 50
_ENGINES: Mapping[Literal["c", "pyarrow"], str] = {"c": "pandas", "pyarrow": "pandas_pyarrow"}


def compare_line_with_reading(schools: int, rounds: int) -> list[Row]:
    """
    Time files to written GeoJSON, in a warm process, against pandas reading the same files.

    Parameters
    ----------
    schools
        Of the generated state.
    rounds
        Turns of each; the medians count.

    Returns
    -------
    rows
        For promotions of one year between schools, and of three years with the rows inside schools.
    """
    rows = [Row(name="state_schools", value=schools, unit="schools")]
    for years, inside in ((1, False), (3, True)):
        with tempfile.TemporaryDirectory() as folder:
            files = write_files(Path(folder), schools, years=years, inside_school_rows=inside)
            out = Path(folder) / "zones.geojson"
            contenders = [in_one_piece("line", partial(files_to_geojson, files, out))]
            contenders += [in_one_piece(engine, partial(_read, files, engine)) for engine in _ENGINES]
            take_turns(contenders, 1)  # only warms up
            timed = take_turns(contenders, rounds)
            megabytes = sum(path.stat().st_size for path in files.paths) / 1e6
        ours = timed["line"].whole_s
        name = f"state_{years}_year{'s' if years > 1 else ''}"
        what = f"{timed['line'].result} Zones; files of {megabytes:.1f} MB"
        rows.append(Row(name=f"{name}_files_to_geojson", value=ours, most=1.0, note=what))
        for engine, label in _ENGINES.items():
            seconds = timed[engine].whole_s
            rows.append(Row(name=f"{name}_{label}_reads", value=seconds, ratio=ours / seconds, most_ratio=10.0))
    return rows


def _read(files: StateFiles, engine: Literal["c", "pyarrow"]) -> None:
    for path in files.paths:
        pd.read_csv(path, engine=engine, sep="|" if path.suffix == ".TXT" else ",")


def change_locks(schools: int, rounds: int) -> list[Row]:
    """
    Time one changed lock, with what was solved before caches, against solving all anew.

    Parameters
    ----------
    schools
        Of the generated state; promotions of three years.
    rounds
        Turns of the full solution; each lock is changed once.

    Returns
    -------
    rows
        The 95th percentile and the median of :data:`LOCKS` random locks, and how many answers are those of a solution
        that remembers nothing: all.
    """
    with tempfile.TemporaryDirectory() as folder:
        ground = lay_ground(read_files(write_files(Path(folder), schools, years=3, inside_school_rows=True)))
    full = take_turns([in_one_piece("full", lambda: find_zones_with_locks(ground, PlannerCaches()))], rounds)["full"]
    caches, chance = PlannerCaches(), random.Random(1)  # noqa: S311 (a lock, not a secret)
    find_zones_with_locks(ground, caches)
    members = sorted({school for feeders in full.result.membership.values() for school in feeders})
    candidates = generate_candidates(ground.tables, ground.anchors, ground.request)
    others = sorted({school for each in candidates for school in each.schools} - set(members))
    times, same, refused = [], 0, 0
    for number in range(LOCKS):
        # By turns a member is put out, and a school within reach of an anchor put in.
        solve_again = (
            partial(find_zones_with_locks, ground, force_out=[chance.choice(members)])
            if number % 2
            else partial(find_zones_with_locks, ground, force_in=[chance.choice(others)])
        )
        start = time.perf_counter()
        answer = _answer_or_refusal(partial(solve_again, caches))
        times.append(time.perf_counter() - start)
        refused += isinstance(answer, str)
        same += _is_same(answer, _answer_or_refusal(partial(solve_again, PlannerCaches())))
    p95 = statistics.quantiles(times, n=20)[-1]
    return [
        Row(name="lock_full_solution", value=full.whole_s, note=f"{len(ground.anchors)} anchors, from candidates on"),
        Row(
            name="lock_changed_p95",
            value=p95,
            ratio=p95 / full.whole_s,
            most=0.1,
            note=f"{LOCKS} locks, {refused} of them refused as impossible; the ratio is to the full solution",
        ),
        Row(name="lock_changed_median", value=statistics.median(times), ratio=statistics.median(times) / full.whole_s),
        Row(name="lock_answers_that_differ", value=LOCKS - same, unit="of them", most=0, note="from a fresh solution"),
    ]


def _is_same(answer: ZoneSolution | str, other: ZoneSolution | str) -> bool:
    """Whether two answers are the same, but for the last digits of their bounds."""
    if isinstance(answer, str) or isinstance(other, str) or answer.bound is None or other.bound is None:
        return answer == other
    return replace(answer, bound=None) == replace(other, bound=None) and math.isclose(answer.bound, other.bound)


def _answer_or_refusal(find: partial[ZoneSolution]) -> ZoneSolution | str:
    try:
        return find()
    except InfeasibleError as refusal:
        return str(refusal)
