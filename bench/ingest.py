"""
Reading measured against named alternatives, on the same files in the same run.

Run ``python -m bench.ingest``. First, ten million generated student records to flows, beside DuckDB and Polars doing
the bare equivalent group-by and join. Then 102,178 schools and 350,000 flows from CSV to a validated Scenario, beside
pandas (pyarrow engine) merely reading the same files: once as published (a CCD directory and EDGE geocodes), once as
one plain table of schools. Prints a table; ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from bench.students import measure_students
from clustering import generate_state, read_scenario, write_state

SCHOOLS = 102_178
FLOWS = 350_000
ROUNDS = 15


def main() -> None:
    """Measure both and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000_000, help="student records")
    options.add_argument("--schools", type=int, default=SCHOOLS)
    parameters = options.parse_args()
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures |= measure_scenario(Path(folder), parameters.schools)
    with tempfile.TemporaryDirectory() as folder:
        figures |= measure_students(Path(folder), parameters.records)
    for name, value in figures.items():
        print(f"{name:<56}{value:>16}")
    print(json.dumps(figures))


def measure_scenario(folder: Path, schools: int) -> dict[str, object]:
    """
    Time files to a Scenario against pandas reading the same files.

    Parameters
    ----------
    folder
        For the generated files.
    schools
        How many.

    Returns
    -------
    figures
        Seconds (medians of :data:`ROUNDS`) and ratios.
    """
    directory, geocodes, promotions, *_ = write_state(generate_state(schools=schools), folder)
    flows = folder / "flows.csv"
    with promotions.open() as whole, flows.open("w") as part:
        part.writelines(line for line, _ in zip(whole, range(FLOWS + 1), strict=False))
    sets = {"published": [directory, geocodes], "plain": [folder / "schools.csv"]}
    figures: dict[str, object] = {"schools": schools, "flow_rows": FLOWS}
    for name, files in sets.items():
        ours, theirs = _alternate([_read_scenario, _read_by_pandas], files, flows)
        figures[f"scenario_{name}_s"] = round(ours, 3)
        figures[f"pandas_{name}_s"] = round(theirs, 3)
        figures[f"scenario_{name}_ratio"] = round(ours / theirs, 2)
    return figures


def _alternate(readers: Sequence[Callable[[list[Path], Path], float]], files: list[Path], flows: Path) -> list[float]:
    """Medians of readers that take turns, each in a process of its own: what slows the machine slows all of them."""
    with ExitStack() as running:
        processes = [running.enter_context(_process()) for _ in readers]
        times = [
            [process.submit(reader, files, flows).result() for process, reader in zip(processes, readers, strict=True)]
            for _ in range(1 + ROUNDS)
        ]
    return [statistics.median(each) for each in zip(*times[1:], strict=True)]  # the first round only warms up


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _read_scenario(schools: list[Path], flows: Path) -> float:
    start = time.perf_counter()
    read_scenario(schools=schools, flows=flows)
    return time.perf_counter() - start


def _read_by_pandas(schools: list[Path], flows: Path) -> float:
    start = time.perf_counter()
    for path in (*schools, flows):
        pd.read_csv(path, engine="pyarrow", sep="|" if path.suffix == ".TXT" else ",")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
