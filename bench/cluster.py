"""
Work spread over a Dask cluster on this machine, against one local process: seconds by the clock, and the same bytes.

Run ``python -m bench.cluster [--schools N] [--resamples N] [--rounds N]``: a generated state, a proposal for all its
anchors, and its stability. The scheduler and two workers of one thread are processes of this machine, so two cores can
at best halve the seconds. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from app.jobs import Engine, LocalProcesses, ProcessLimits, open_engine, tasks
from app.queries.proposal_analyses import ANALYSES
from clustering import generate_state, read_scenario, scenario_to_bytes, write_state

_LIMITS = ProcessLimits(time_limit_s=1800, memory_mb=4096)
_WORKERS = 2
_REQUEST = {"minimum_link_share": 0.02, "time_limit_s": 600}


def main() -> None:
    """Take turns and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--schools", type=int, default=10_000)
    options.add_argument("--resamples", type=int, default=100)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    figures: dict[str, Any] = {"schools": given.schools, "resamples": given.resamples, "workers": _WORKERS}
    with _cluster() as cluster:
        figures |= _compare(cluster, given)
    print(json.dumps(figures))


def _compare(cluster: Engine, given: argparse.Namespace) -> dict[str, Any]:
    engines = {"local": LocalProcesses(), "cluster": cluster}
    # Whatever starts only once is started before.
    for engine in engines.values():
        for _, *work in _work(engine, schools=300, resamples=16):
            engine.run(*work, limits=_LIMITS)
    figures: dict[str, Any] = {}
    for name, *work in _work(engines["local"], schools=given.schools, resamples=given.resamples):
        seconds: dict[str, list[float]] = {where: [] for where in engines}
        answers = {}
        for _ in range(given.rounds):
            for where, engine in engines.items():
                start = time.perf_counter()
                answers[where] = engine.run(*work, limits=_LIMITS)
                seconds[where].append(time.perf_counter() - start)
        own, spread = min(seconds["local"]), min(seconds["cluster"])
        is_same = answers["local"] == answers["cluster"]
        print(f"{name:<12}local {own:7.2f} s   cluster {spread:7.2f} s   {own / spread:.2f} times   same: {is_same}")
        figures |= {f"{name}_local_s": round(own, 2), f"{name}_cluster_s": round(spread, 2), f"{name}_same": is_same}
    return figures


def _work(engine: Engine, *, schools: int, resamples: int) -> list[tuple[Any, ...]]:
    """Name, task and arguments of each piece of work."""
    scenario = _generate(schools)
    propose = (tasks.propose, scenario, _REQUEST, "Zones")
    document = engine.run(*propose, limits=_LIMITS).parts["document"]
    analysis = next(each for each in ANALYSES if each.name == "stability")
    parameters = analysis.parameters.model_validate({"resamples": resamples})
    return [("proposal", *propose), ("stability", tasks.analyse, scenario, document, analysis, parameters)]


def _generate(schools: int) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_state(generate_state(schools=schools, years=3), folder)
        return scenario_to_bytes(read_scenario(schools=folder / "schools.csv", flows=folder / "promotions.csv"))


@contextmanager
def _cluster() -> Iterator[Engine]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    own = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard")
    commands: list[tuple[str, ...]] = [("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
    commands += [("worker", address, "--host", "127.0.0.1", *own, "--preload", "app.jobs.dask_engine")] * _WORKERS
    with ExitStack() as started:
        for command in commands:
            process = subprocess.Popen([sys.executable, "-m", "dask", *command], stderr=subprocess.DEVNULL)
            started.callback(process.wait)
            started.callback(process.kill)
        engine = open_engine(address)
        started.callback(engine.close)
        while engine.fault:
            time.sleep(0.2)
        yield engine


if __name__ == "__main__":
    main()
