"""
Zones for a whole country on its real places: time and peak memory, stage by stage.

Run ``python -m bench.country [--schools PATH] [--performance PATH] [--set name=value]``. The schools file
(identifier, name, district, state, coordinates, lowest and highest grade) has no enrolment and no flows, so the
students of a grade are assumed and the promotions are those of the gravity model: the figures are of speed and
scale, and say nothing about any school. Anchors are the high schools whose published graduation rate is certainly
below 67 per cent. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clustering import (
    build_feeder_graph,
    identify_high_schools,
    parse_parameters,
    parse_rule,
    propose_zones,
    read_scenario,
)

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
    options.add_argument("--set", dest="settings", action="append", default=[], help="a parameter, as name=value")
    parameters = options.parse_args()
    if missing := [path for path in (parameters.schools, parameters.performance) if not path.is_file()]:
        sys.exit(
            f"There is no file {' and no file '.join(map(str, missing))}: name them with --schools, --performance."
        )
    run(parameters.schools, parameters.performance, parameters.settings)
    print(f"{'stage':<24}{'seconds':>10}{'peak MB':>10}")
    for name in [key.removesuffix("_s") for key in figures if key.endswith("_s")]:
        print(f"{name:<24}{figures[f'{name}_s']:>10}{figures.get(f'{name}_peak_mb', ''):>10}")
    print(json.dumps(figures))


def run(schools: Path, performance: Path, settings: Sequence[str]) -> None:
    """Go through all stages."""
    with stage("read_and_estimate_flows"):
        scenario = read_scenario(schools=schools, performance=performance, estimate=True)
    print(scenario.report.basis.statement, *scenario.report.basis.details, sep="\n")
    with stage("identify"):
        decisions = identify_high_schools(scenario, parse_rule("graduation_rate<0.67"))
    with stage("feeder_graph"):
        graph = build_feeder_graph(scenario)
    started: dict[str, float] = {}

    def note(name: str, _: float) -> None:
        started.setdefault(name, time.perf_counter())

    with stage("propose"):
        proposal = propose_zones(scenario, parse_parameters(settings), progress=note)
    names, times = list(started), list(started.values())
    for name, start, end in zip(names, times, times[1:], strict=False):
        figures[f"of_which_{name.split()[0].lower()}_s"] = round(end - start, 2)
    figures["schools"], figures["flow_rows"] = len(scenario.schools), len(scenario.flows)
    figures["links"], figures["anchors"] = graph.number_of_edges(), int((decisions["certainty"] == "certain").sum())
    figures["zones"], figures["status"] = len(proposal.zones), proposal.solution.status
    figures["score"], figures["gap"] = proposal.solution.score, str(proposal.solution.gap)
    figures["schools_in_zones"] = sum(len(zone.members) for zone in proposal.zones)


if __name__ == "__main__":
    main()
