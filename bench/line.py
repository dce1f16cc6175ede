"""
Time and peak memory of the whole line, stage by stage, on a generated state.

Run ``python -m bench.line [--schools 100000]``. Explaining every school within reach of an anchor is compared with the
proposal; it starts from a planner that has proposed the Zones. As a yardstick of the same run, pandas (pyarrow engine)
merely reads the same files. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from clustering import (
    ProposalParameters,
    Scenario,
    ZonePlanner,
    explain_reach,
    generate_state,
    parse_parameters,
    propose_zones,
    read_scenario,
    write_proposal,
    write_state,
)

figures: dict[str, float | int | str] = {}


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Note the seconds of a stage and the peak memory of the process so far."""
    start = time.perf_counter()
    yield
    figures[f"{name}_s"] = round(time.perf_counter() - start, 2)
    figures[f"{name}_peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Run the line once and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--schools", type=int, default=100_000)
    options.add_argument("--set", dest="settings", action="append", default=[], help="a parameter, as name=value")
    parameters = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), parameters.schools, parameters.settings)
    print(f"{'stage':<28}{'seconds':>10}{'peak MB':>10}")
    for name in [key.removesuffix("_s") for key in figures if key.endswith("_s")]:
        print(f"{name:<28}{figures[f'{name}_s']:>10}{figures[f'{name}_peak_mb']:>10}")
    print(json.dumps(figures))


def run(folder: Path, school_count: int, settings: list[str]) -> None:
    """Go through all stages in a folder of their own."""
    with stage("generate"):
        directory, geocodes, flows, graduation, listed, *_ = write_state(generate_state(schools=school_count), folder)
        performance = (graduation, listed)
    with stage("pandas_reads_the_files"):
        for path in (directory, geocodes, flows, *performance):
            pd.read_csv(path, engine="pyarrow", sep="|" if path.suffix == ".TXT" else ",")
    with stage("read_and_validate"):
        scenario = read_scenario(schools=[directory, geocodes], flows=[flows], performance=performance)
    started: dict[str, float] = {}

    def note(name: str, _: float) -> None:
        started.setdefault(name, time.perf_counter())

    parameters = parse_parameters(settings)
    with stage("propose"):
        proposal = propose_zones(scenario, parameters, progress=note)
    names, times = list(started), list(started.values())
    for name, start, end in zip(names, times, times[1:], strict=False):
        figures[f"of_which_{name.split()[0].lower()}_s"] = round(end - start, 2)
        figures[f"of_which_{name.split()[0].lower()}_peak_mb"] = ""
    if parameters.method == "exact":
        explain(scenario, parameters)
    with stage("write"):
        written = write_proposal(proposal, folder / "out")
    figures["read_ratio_to_pandas"] = round(
        float(figures["read_and_validate_s"]) / max(0.01, float(figures["pandas_reads_the_files_s"])), 2
    )
    figures["schools"], figures["flow_rows"] = len(scenario.schools), len(scenario.flows)
    figures["links"], figures["anchors"] = len(proposal.links), len(proposal.anchors)
    figures["zones"], figures["status"] = len(proposal.zones), proposal.solution.status
    figures["map_mb"] = round(next(path.stat().st_size for path in written if path.suffix == ".html") / 1e6, 1)


def explain(scenario: Scenario, parameters: ProposalParameters) -> None:
    """Explain every school within reach of an anchor, from a planner that has proposed the Zones."""
    planner = ZonePlanner(scenario)
    planner.propose(parameters)
    with stage("explain_reach"):
        rows = explain_reach(planner, parameters)
    figures["explain_reach_rows"] = len(rows)
    figures["explain_reach_ratio_to_propose"] = round(
        float(figures["explain_reach_s"]) / max(0.01, float(figures["propose_s"])), 2
    )


if __name__ == "__main__":
    main()
