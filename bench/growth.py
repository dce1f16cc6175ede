"""How time grows with the number of schools, and the peak memory of a country."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from bench.ground import StateFiles, files_to_geojson, find_zones, lay_ground, read_files, write_files
from bench.students import in_fresh_process
from bench.turns import Row, in_one_piece, peak_mb, take_turns

_MOST_MB = 2048


def measure_growth(sizes: Sequence[int], rounds: int) -> list[Row]:
    """
    Time per school of states of several sizes, otherwise alike.

    Parameters
    ----------
    sizes
        Numbers of schools, growing.
    rounds
        Turns of each size; the medians count.

    Returns
    -------
    rows
        Of the Zones (candidates and solution) and of the whole line (files to written GeoJSON); the bar is that the
        time per school is at most twice that of the smallest size.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {size: write_files(Path(folder) / str(size), size) for size in sizes}
        grounds = {size: lay_ground(read_files(files[size])) for size in sizes}
        out = Path(folder) / "zones.geojson"
        work = {size: partial(find_zones, ground) for size, ground in grounds.items()}
        zones = take_turns([in_one_piece(str(size), work[size]) for size in sizes], rounds)
        del work, grounds
        whole = {size: partial(files_to_geojson, each, out) for size, each in files.items()}
        line = take_turns([in_one_piece(str(size), whole[size]) for size in sizes], rounds)
    return [
        *_growth_rows("zones", sizes, {size: zones[str(size)].whole_s for size in sizes}),
        *_growth_rows("line", sizes, {size: line[str(size)].whole_s for size in sizes}),
    ]


def _growth_rows(name: str, sizes: Sequence[int], seconds: Mapping[int, float]) -> list[Row]:
    smallest = seconds[sizes[0]] / sizes[0]
    rows = []
    for size in sizes:
        growth = None if size == sizes[0] else seconds[size] / size / smallest
        rows.append(
            Row(
                name=f"growth_{name}_{size}",
                value=seconds[size] / size * 1e6,
                unit="us/school",
                ratio=growth,
                most_ratio=None if growth is None else 2.0,
                note=f"{seconds[size]:.3g} s in all{'; the ratio is to the smallest size' if growth else ''}",
            )
        )
    return rows


def measure_memory(schools: int) -> list[Row]:
    """
    Peak memory of Zones for a country, files read included, and of the whole line, each in a process of its own.

    Parameters
    ----------
    schools
        Of the generated country; its files are written by another process.

    Returns
    -------
    rows
        In mebibytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = in_fresh_process(write_files, Path(folder), schools)
        zones = in_fresh_process(_peak_of_zones, files)
        line = in_fresh_process(_peak_of_line, files)
    return [
        Row(name="memory_zones", value=zones, unit="MiB", most=_MOST_MB, note="files to membership"),
        Row(name="memory_line", value=line, unit="MiB", most=_MOST_MB, note="files to written GeoJSON"),
    ]


def _peak_of_zones(files: StateFiles) -> int:
    find_zones(lay_ground(read_files(files)))
    return peak_mb()


def _peak_of_line(files: StateFiles) -> int:
    files_to_geojson(files, files.directory.parent / "zones.geojson")
    return peak_mb()
