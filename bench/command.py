"""
A whole ``zones propose`` on the sample state in a new process, beside a process that only imports geopandas.

Run ``python -m bench.command``. They take turns; of each the medians count, in seconds and in seconds of the processor,
of which a busy machine changes only the first much. Both are compiled by a turn that does not
count, as after the first use of an installation: where no bytecode may be written, every process would compile the
library, but never geopandas. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.turns import Row, figures_of, show

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"


def main() -> None:
    """Let both take turns and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryDirectory() as compiled:
        commands = {
            "zones_help": [sys.executable, "-m", "app.cli.main", "propose", "--help"],
            "zones_propose": [sys.executable, "-m", "app.cli.main", "propose", *_files(), "--out", out],
            "import_geopandas": [sys.executable, "-c", "import geopandas"],
        }
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
        turns = [{name: _run(command, environment) for name, command in commands.items()} for _ in range(1 + rounds)]
    del turns[0]  # it only compiles and warms up
    whole, processor = (
        {name: statistics.median(turn[name][part] for turn in turns) for name in commands} for part in (0, 1)
    )
    rows = [
        Row(
            name=f"{name}{suffix}",
            value=seconds[name],
            ratio=seconds[name] / seconds["import_geopandas"],
            most_ratio=3.0 if name == "zones_propose" else None,
            note=note,
        )
        for suffix, seconds, note in (("", whole, "whole process"), ("_cpu", processor, "time of the processor"))
        for name in commands
    ]
    show("command", rows)
    print(json.dumps(figures_of(rows)))


def _files() -> list[str]:
    names = {
        "--schools": ("ccd_sch_029_2324_w_1a_sample.csv", "EDGE_GEOCODE_PUBLICSCH_2324_sample.TXT"),
        "--flows": ("promotions.csv",),
        "--performance": ("acgr_2223_sample.csv",),
    }
    return [text for option, files in names.items() for name in files for text in (option, str(SAMPLE / name))]


def _run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Seconds that a process takes, and seconds that it uses the processor."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    seconds, after = time.perf_counter() - start, os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return seconds, used


if __name__ == "__main__":
    main()
