"""
Zones for a whole country on its real places: time and peak memory, stage by stage.

Run ``python -m bench.country [--schools PATH] [--performance PATH] [--state NC] [--set name=value]``. The schools file
(identifier, name, district, state, coordinates, lowest and highest grade) has no enrolment and no flows, so the students
of a grade are assumed and the promotions are those of the gravity model: the figures are of speed and scale, and say
nothing about any school. Anchors are the high schools whose published graduation rate is certainly below 67 per cent.
Ends with one line of JSON that holds every figure.
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

import geopandas as gpd
import pandas as pd

from clustering import (
    IngestReport,
    Scenario,
    build_feeder_graph,
    identify_high_schools,
    parse_parameters,
    parse_rule,
    propose_zones,
)
from clustering.columns import FLOW_COLUMNS
from clustering.flows.gravity import GravityEstimate, estimate_gravity_flows
from clustering.flows.gravity_parameters import GravityParameters
from clustering.io.headings import recognise_headings
from clustering.io.tables import RawTable, read_table
from clustering.validate.findings import Findings
from clustering.validate.flows import classify_flows
from clustering.validate.performance import validate_performance
from clustering.validate.scenario import hash_tables
from clustering.validate.schools import validate_schools

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
    options.add_argument("--same-district-weight", type=float, default=20.0, help="1 leaves districts out of account")
    options.add_argument("--set", dest="settings", action="append", default=[], help="a parameter, as name=value")
    asked = options.parse_args()
    if missing := [path for path in (asked.schools, asked.performance) if not path.is_file()]:
        sys.exit(f"There is no file {' and no file '.join(map(str, missing))}: name them with --schools, --performance.")
    run(asked.schools, asked.performance, asked.state, asked.same_district_weight, asked.settings)
    print(f"{'stage':<24}{'seconds':>10}{'peak MB':>10}")
    for name in [key.removesuffix("_s") for key in figures if key.endswith("_s")]:
        print(f"{name:<24}{figures[f'{name}_s']:>10}{figures.get(f'{name}_peak_mb', ''):>10}")
    print(json.dumps(figures))


def run(schools_path: Path, performance_path: Path, state: str | None, weight: float, settings: Sequence[str]) -> None:
    """Go through all stages."""
    with stage("read_and_validate"):
        schools, performance = read_tables(schools_path, performance_path, state)
    with stage("gravity_flows"):
        estimate = estimate_gravity_flows(schools, parameters=GravityParameters(same_district_weight=weight))
    note_estimate(estimate)
    with stage("scenario"):
        scenario = build_scenario(schools, estimate.flows, performance)
    with stage("identify"):
        decisions = identify_high_schools(scenario, parse_rule("graduation_rate<0.67"))
    with stage("feeder_graph"):
        graph = build_feeder_graph(scenario)
    started: dict[str, float] = {}
    # Nobody was counted: rounding estimates to tens would protect no one and lose most flows.
    parameters = parse_parameters(["disclosure=exact", *settings])
    with stage("propose"):
        proposal = propose_zones(scenario, parameters, progress=lambda name, _: note_start(started, name))
    names, times = list(started), list(started.values())
    for name, start, end in zip(names, times, times[1:], strict=False):
        figures[f"of_which_{name.split()[0].lower()}_s"] = round(end - start, 2)
    figures["schools"], figures["flow_rows"] = len(schools), len(scenario.flows)
    figures["feeding_rows"] = int((scenario.flows["kind"] == "feeding").sum())
    figures["links"], figures["anchors"] = graph.number_of_edges(), int((decisions["certainty"] == "certain").sum())
    figures["zones"], figures["status"] = len(proposal.zones), proposal.solution.status
    figures["schools_in_zones"] = sum(len(zone.members) for zone in proposal.zones)
    figures["total_s"] = round(
        sum(float(value) for key, value in figures.items() if key.endswith("_s") and not key.startswith("of_which")), 2
    )


def note_start(started: dict[str, float], name: str) -> None:
    """Keep the moment at which a stage of the proposal is first heard of."""
    started.setdefault(name, time.perf_counter())


def note_estimate(estimate: GravityEstimate) -> None:
    """Print what the estimate rests on, and keep its figures."""
    print(*estimate.notes, sep="\n")
    print(estimate.residuals.round(3).to_string(index=False))
    figures["gravity_iterations"] = estimate.iterations
    figures["gravity_mean_distance_km"] = round(estimate.mean_distance_km or 0.0, 2)
    figures["estimated_students"] = round(float(estimate.flows["students"].sum()))
    figures["unplaced_students"] = round(float(estimate.residuals["unplaced_students"].sum()))


def read_tables(
    schools_path: Path, performance_path: Path, state: str | None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read and judge the two files, and keep the schools of one state if one is named."""
    files = {
        role: Findings(table=table, role=role, headings=recognise_headings(table, role)[0])
        for role, table in (("schools", read_unpacked(schools_path)), ("performance", read_unpacked(performance_path)))
    }
    schools = validate_schools([files["schools"]])
    performance, _ = validate_performance([files["performance"]], schools.index)
    if problems := [problem for findings in files.values() for problem in findings.problems if problem.is_error]:
        sys.exit("\n".join(map(str, problems)))
    if state is not None:
        cells = files["schools"].table.cells
        schools = schools[schools.index.isin(cells.loc[cells["state"] == state, "ncessch"])]
        performance = performance[performance.index.isin(schools.index)]
    return schools, performance


def read_unpacked(path: Path) -> RawTable:
    """Read a file, unpacked first if its name says that it is packed."""
    if path.suffix != ".gz":
        return read_table(path)
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / path.stem
        unpacked.write_bytes(gzip.decompress(path.read_bytes()))
        return read_table(unpacked)


def build_scenario(schools: gpd.GeoDataFrame, flows: pd.DataFrame, performance: pd.DataFrame) -> Scenario:
    """Put validated tables together, the estimated flows told apart by what they mean for feeding."""
    flows = flows.assign(kind=classify_flows(flows, schools["grades_offered"]))[list(FLOW_COLUMNS)]
    report = IngestReport(files=(), warnings=(), warning_counts={}, flow_rows={}, flow_students={}, facts={})
    digest = hash_tables(schools, flows, performance)
    return Scenario(schools=schools, flows=flows, performance=performance, report=report, content_sha256=digest)


if __name__ == "__main__":
    main()
