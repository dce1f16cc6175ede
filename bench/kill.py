"""
Kill the whole service at random moments, start it again, and compare what it has with what it acknowledged.

Run ``python -m bench.kill [--count 200] [--postgresql] [--seed 1]``. Four clients work at the same time: one uploads,
one asks for proposals, one edits a record, one releases. Each notes what was answered with 200, 201 or 202. After a
random time every process of the service gets SIGKILL; with ``--postgresql`` every other time PostgreSQL does instead,
and the service goes on. Then everything that was acknowledged must be there and whole, and in the end every job must
have ended, and ``zones verify`` must find nothing wrong. Prints what was lost; ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from bench.kill_clients import Clients, Notes
from bench.kill_judge import judge, unfinished_jobs
from bench.servers import Postgres, Program, zones_service

_LONGEST_S, _ALL_JOBS_S = 2.5, 600.0


def main() -> None:
    """Kill, start again and compare, as often as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL, which is killed every other time")
    arguments = parser.parse_args()
    wrong = kill_often(arguments.count, seed=arguments.seed, on_postgresql=arguments.postgresql)
    sys.exit(1 if wrong else 0)


def kill_often(count: int, *, seed: int, on_postgresql: bool) -> list[str]:
    """
    Kill a service that works, and judge it after each time.

    Parameters
    ----------
    count
        How often.
    seed
        Of the moments.
    on_postgresql
        Whether the database is PostgreSQL, and is killed too.

    Returns
    -------
    wrong
        A sentence for everything that was lost, half-written or untrue.
    """
    chance, notes = random.Random(seed), Notes()  # noqa: S311 - moments, no secrets
    wrong: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zones-kill-")))
        folder.chmod(0o755)
        postgres = _postgres(folder, stack) if on_postgresql else None
        database = "" if postgres is None else postgres.make_database("service")
        service = zones_service(folder / "data", database=database, allow_release="true", workers=2)
        stack.callback(service.kill)
        service.start("/healthz")
        Clients(service.port, notes, seed=0).prepare()
        for number in range(count):
            with Clients(service.port, notes, seed=number):
                time.sleep(chance.uniform(0.02, _LONGEST_S))
                took = _kill(service, postgres if number % 2 else None)
            found = judge(service.port, notes)
            wrong += [f"kill {number + 1}: {each}" for each in found]
            print(f"kill {number + 1}: up after {took:.1f} s, {notes.summary()}; {found or 'nothing lost'}", flush=True)
        statuses = _let_jobs_end(service, notes, wrong)
        wrong += judge(service.port, notes, is_end=True)
        service.stop()
        wrong += _verify(service)
    figures = {"kills": count, "acknowledged": notes.counts(), "jobs": statuses, "wrong": wrong}
    print(json.dumps({"benchmark": "kill", "database": "postgresql" if on_postgresql else "sqlite", **figures}))
    return wrong


def _postgres(folder: Path, stack: ExitStack) -> Postgres:
    postgres = Postgres(folder / "postgres")
    postgres.start()
    stack.callback(postgres.stop, "immediate")
    return postgres


def _kill(service: Program, postgres: Postgres | None) -> float:
    """Kill the database if there is one, else the service; the seconds until the service is ready again."""
    start = time.monotonic()
    if postgres is None:
        service.kill()
        service.start("/readyz")
        return time.monotonic() - start
    postgres.kill()
    postgres.start()
    while not service.answers("/readyz"):
        if time.monotonic() - start > 60:
            raise RuntimeError(f"the service does not find PostgreSQL again:\n{service.end_of_log()}")
        time.sleep(0.05)
    return time.monotonic() - start


def _let_jobs_end(service: Program, notes: Notes, wrong: list[str]) -> dict[str, int]:
    """Wait until every acknowledged job has ended; how many ended how."""
    deadline = time.monotonic() + _ALL_JOBS_S
    while (left := unfinished_jobs(service.port, notes)) and time.monotonic() < deadline:
        time.sleep(0.5)
    wrong += [f"job {each} has not ended" for each in left]
    return dict(Counter(notes.job_statuses.values()))


def _verify(service: Program) -> list[str]:
    command = [service.command[0], "verify"]
    done = subprocess.run(command, env=service.environment, capture_output=True, text=True, check=False)
    return [f"zones verify: {done.stdout}{done.stderr}"] if done.returncode else []


if __name__ == "__main__":
    main()
