"""
Many catchment files, one a district, measured against the same polygons merged into one file.

Run ``python -m bench.many_files``. Each round reads both, in turn, to a validated Scenario. Prints the medians of the
time of the processor, children included, and of the clock, and their ratios; ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering import Scenario, read_scenario

FILES, POLYGONS, VERTICES = 119, 14, 200
ROUNDS = 5


def main() -> None:
    """Measure both and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=FILES)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), given.files, given.rounds)
    for name, value in figures.items():
        print(f"{name:<40}{value:>10}")
    print(json.dumps(figures))


def measure(folder: Path, files: int, rounds: int) -> dict[str, float]:
    """
    Time many files against one.

    Parameters
    ----------
    folder
        For the generated files.
    files
        How many, of 14 polygons each.
    rounds
        How often each is read.

    Returns
    -------
    figures
        Medians in seconds, and their ratios.
    """
    write_files(folder, files)
    ways = {"many": folder / "catchments", "merged": folder / "merged.geojson"}
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        scenarios = []
        for way, catchments in ways.items():
            before, start = processor_seconds(), time.monotonic()
            scenarios.append(read(folder, catchments))
            times[way].append((processor_seconds() - before, time.monotonic() - start))
        if not scenarios[0].contiguity.equals(scenarios[1].contiguity):
            raise SystemExit("The two ways do not agree.")
    figures: dict[str, float] = {"files": files}
    for number, kind in enumerate(("processor", "clock")):
        medians = {way: statistics.median(each[number] for each in times[way]) for way in ways}
        figures |= {f"{way}_{kind}_s": round(seconds, 2) for way, seconds in medians.items()}
        figures[f"many_to_merged_{kind}"] = round(medians["many"] / medians["merged"], 2)
    return figures


def processor_seconds() -> float:
    """Of this process and of the children that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def read(folder: Path, catchments: Path) -> Scenario:
    """Read schools, flows and the catchments."""
    return read_scenario(schools=folder / "schools.csv", flows=folder / "flows.csv", catchments=catchments)


def write_files(folder: Path, files: int) -> None:
    """Write districts of round catchments, a file each and all in one; and schools and flows for them."""
    (folder / "catchments").mkdir()
    layers = [district(number) for number in range(files)]
    for number, layer in enumerate(layers):
        layer.to_file(folder / "catchments" / f"district_{number:03d}.geojson", driver="GeoJSON")
    merged = gpd.GeoDataFrame(pd.concat(layers, ignore_index=True), crs="EPSG:4326")
    merged.to_file(folder / "merged.geojson", driver="GeoJSON")
    write_tables(folder, merged["school_id"].tolist(), merged.geometry.bounds[["miny", "minx"]].to_numpy())


def district(number: int) -> gpd.GeoDataFrame:
    """Catchments of a district: circles that touch nobody."""
    angles = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    left, bottom = -98 + number % 12 * 0.1, 38 + number // 12 * 0.1
    shapes = [
        shapely.Polygon(
            np.c_[left + each % 4 * 0.02 + 0.009 * np.cos(angles), bottom + each // 4 * 0.02 + 0.009 * np.sin(angles)]
        )
        for each in range(POLYGONS)
    ]
    ids = [f"{number * POLYGONS + each:05d}" for each in range(POLYGONS)]
    return gpd.GeoDataFrame({"school_id": ids}, geometry=shapes, crs="EPSG:4326")


def write_tables(folder: Path, ids: Sequence[str], places: np.ndarray) -> None:
    """Elementary and middle schools in turn; each elementary school feeds the middle school after it."""
    grades = ["K-5" if number % 2 == 0 else "6-8" for number in range(len(ids))]
    columns = {"school_id": ids, "name": ids, "grades": grades, "lat": places[:, 0], "lon": places[:, 1]}
    pd.DataFrame(columns).to_csv(folder / "schools.csv", index=False)
    flows = pd.DataFrame({"origin": ids[::2], "destination": ids[1::2], "grade": 5, "next_grade": 6, "students": 40})
    flows.assign(school_year="2022-23").to_csv(folder / "flows.csv", index=False)


if __name__ == "__main__":
    main()
