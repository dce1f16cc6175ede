"""
Zones for a whole country on its real places: time and peak memory, stage by stage.

Run ``python -m bench.country [--schools PATH] [--performance PATH] [--state NC] [--set name=value]``. The schools file
(identifier, name, district, state, coordinates, lowest and highest grade) has no enrolment and no flows, so the
students of a grade are assumed and the promotions are those of the gravity model: the figures tell of speed and scale,
and say nothing about any school. Anchors are the high schools whose published graduation rate is certainly below 67
per cent. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from clustering import Scenario, build_feeder_graph, identify_high_schools, parse_parameters, parse_rule, propose_zones
from clustering import read_scenario as read
from clustering.flows.gravity import estimate_gravity_flows

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "us_schools"

figures: dict[str, float | int | str] = {}


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Note the seconds of a stage and the peak memory of the process so far."""
    start = time.perf_counter()
    yield
    figures[f"{name}_s"] = round(time.perf_counter() - start, 2)
    figures[f"{name}_peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Run the country once and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--schools", type=Path, default=DATA / "us_public_schools.csv.gz")
    options.add_argument("--performance", type=Path, default=DATA / "edfacts_2015.csv")
    options.add_argument("--state", help="two letters: only the schools of this state")
    options.add_argument("--set", dest="settings", action="append", default=[], help="a parameter, as name=value")
    asked = options.parse_args()
    if missing := [path for path in (asked.schools, asked.performance) if not path.is_file()]:
        named = " and no file ".join(map(str, missing))
        sys.exit(f"There is no file {named}: name the files with --schools and --performance.")
    with tempfile.TemporaryDirectory() as folder:
        schools = unpack(asked.schools, Path(folder), asked.state)
        run(schools, asked.performance, asked.settings)
    print(f"{'stage':<28}{'seconds':>10}{'peak MB':>10}")
    for name in [key.removesuffix("_s") for key in figures if key.endswith("_s")]:
        print(f"{name:<28}{figures[f'{name}_s']:>10}{figures.get(f'{name}_peak_mb', ''):>10}")
    print(json.dumps(figures))


def unpack(path: Path, folder: Path, state: str | None) -> Path:
    """Unpack the schools file, and keep the records of one state if one is named."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    unpacked = folder / path.name.removesuffix(".gz")
    unpacked.write_bytes(content)
    if state is not None:
        cells = pd.read_csv(unpacked, dtype="str", keep_default_na=False)
        cells[cells["state"] == state].to_csv(unpacked, index=False)
    return unpacked


def run(schools: Path, performance: Path, settings: Sequence[str]) -> None:
    """Go through all stages."""
    with stage("read_and_estimate"):
        scenario = read(schools=[schools], performance=[performance], estimate=True)
    with stage("gravity_flows_again"):
        estimate = estimate_gravity_flows(scenario.schools)
    print(*estimate.notes, sep="\n")
    print(estimate.residuals.round(3).to_string(index=False))
    with stage("identify_high_schools"):
        decisions = identify_high_schools(scenario, parse_rule("graduation_rate<0.67"))
    with stage("build_feeder_graph"):
        graph = build_feeder_graph(scenario)
    figures["schools"], figures["flow_rows"] = len(scenario.schools), len(scenario.flows)
    figures["links"], figures["anchors"] = graph.number_of_edges(), int((decisions["certainty"] == "certain").sum())
    figures["gravity_iterations"] = estimate.iterations
    figures["gravity_mean_distance_km"] = round(estimate.mean_distance_km or 0.0, 2)
    figures["estimated_students"] = round(float(estimate.flows["students"].sum()))
    figures["unplaced_students"] = round(float(estimate.residuals["unplaced_students"].sum()))
    propose(scenario, settings)


def propose(scenario: Scenario, settings: Sequence[str]) -> None:
    """Propose Zones and note the time of each part of it."""
    started: dict[str, float] = {}

    def note(name: str, _: float) -> None:
        started.setdefault(name, time.perf_counter())

    with stage("propose"):
        proposal = propose_zones(scenario, parse_parameters(settings), progress=note)
    names, times = list(started), list(started.values())
    for name, start, end in zip(names, times, times[1:], strict=False):
        figures[f"of_which_{name.split()[0].lower()}_s"] = round(end - start, 2)
    figures["zones"], figures["status"] = len(proposal.zones), proposal.solution.status
    figures["schools_in_zones"] = sum(len(zone.members) for zone in proposal.zones)


if __name__ == "__main__":
    main()
