"""
Reads of the Zones of a proposal under load: the service, pygeoapi and tipg with the same features, in turns.

Run ``make bench-load``, which installs the others into an environment of their own, or ``python -m bench.load --help``.
Every server has as many processes, the same client (wrk, one thread) and a page with all Zones; what they answer is
read first, and must hold the same Zones with the same outlines. pygeoapi is tried with its providers for GeoJSON and
PostgreSQL behind gunicorn and uvicorn, and the fastest counts. Then the service alone: while ten proposals are solved,
and with a thousand connections, of which half are attackers that send half a request and nothing more. Prints tables;
ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.load_client import Load, press
from bench.load_service import Loaded, add_key, attacked, loaded_service, while_solving
from bench.rivals import load_table, pygeoapi_servers, tipg_server
from bench.servers import Postgres, Program, get
from bench.turns import Row, figures_of, show

# How many times as many requests the service should answer.
TIMES_PYGEOAPI, TIMES_TIPG = 3.0, 2.0
P99_MS = 100.0


@dataclass(kw_only=True)
class Contender:
    """A server that is running, the address of its page, and what it answered in each round."""

    name: str
    program: Program
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    rounds: list[Load] = field(default_factory=list)

    def median(self, of: Callable[[Load], float]) -> float:
        """The median of a figure over the rounds."""
        return statistics.median(map(of, self.rounds))

    def features(self) -> tuple[int, list[dict[str, Any]]]:
        """The bytes of its answer and the features in it."""
        status, body = get(self.program.port, self.path, headers=self.headers)
        if status != 200:
            raise SystemExit(f"{self.name} answers {status}: {body[:300]!r}")
        return len(body), json.loads(body)["features"]


def main() -> None:
    """Start everything, take turns, print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="zones-load-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder / "postgres")
        postgres.start()
        try:
            figures = _measure(folder, postgres, arguments)
        finally:
            postgres.stop()
    print(json.dumps({"benchmark": "load", **figures}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", type=Path, default=Path(".rivals"), help="environment of requirements/rivals.txt")
    parser.add_argument("--seconds", type=float, default=5.0, help="of a turn")
    for name, default in (("rounds", 3), ("connections", 16), ("processes", 1), ("schools", 600), ("jobs", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument(
        "--only", nargs="+", choices=("reads", "solving", "attack"), default=["reads", "solving", "attack"]
    )
    parser.add_argument("--postgresql", action="store_true", help="the service on PostgreSQL as a further contender")
    parser.add_argument("--keys", action="store_true", help="the service needs an API key; reads alone are measured")
    arguments = parser.parse_args()
    arguments.only = ["reads"] if arguments.keys else arguments.only
    return arguments


def _measure(folder: Path, postgres: Postgres, arguments: argparse.Namespace) -> dict[str, object]:
    figures: dict[str, object] = {}
    service = loaded_service(folder / "sqlite", arguments.schools, processes=arguments.processes)
    try:
        if "reads" in arguments.only:
            rows = _compare(folder, postgres, service, arguments)
            show(f"Zones of a proposal, {arguments.processes} process(es) each", rows)
            figures |= figures_of(rows)
        if "solving" in arguments.only:
            rows = while_solving(service, jobs=arguments.jobs, most_ms=P99_MS)
            show(f"reads while {arguments.jobs} proposals are solved", rows)
            figures |= figures_of(rows)
        if "attack" in arguments.only:
            rows = attacked(service, seconds=4 * arguments.seconds, most_ms=P99_MS)
            show("1,000 connections, 500 of them idle attackers", rows)
            figures |= figures_of(rows)
    finally:
        service.program.kill()
    return figures


def _compare(folder: Path, postgres: Postgres, service: Loaded, arguments: argparse.Namespace) -> list[Row]:
    """Start the others and take turns; rows with the ratios."""
    features = json.loads(service.zones)["features"]
    (folder / "zones.geojson").write_bytes(service.zones)
    address = postgres.make_database("rivals")
    load_table(address, features)
    page = (arguments.rivals.absolute() / "bin", folder, address, len(features), arguments.processes)
    headers = add_key(service.program) if arguments.keys else {}
    contenders = [Contender(name="ours", program=service.program, path=service.path, headers=headers)]
    further = []
    if arguments.postgresql:
        database = postgres.make_database("service")
        on_server = loaded_service(
            folder / "on_postgresql", arguments.schools, database=database, processes=arguments.processes
        )
        further.append(on_server.program)
        contenders.append(Contender(name="ours_postgresql", program=on_server.program, path=on_server.path))
    rivals = [(f"pygeoapi ({name})", program, path) for name, program, path in pygeoapi_servers(*page)]
    for name, program, path in [*rivals, ("tipg", *tipg_server(*page))]:
        program.start(path)
        further.append(program)
        contenders.append(Contender(name=name, program=program, path=path))
    try:
        _take_turns(contenders, arguments)
        return _rows(contenders, features)
    finally:
        for program in further:
            program.kill()


def _take_turns(contenders: list[Contender], arguments: argparse.Namespace) -> None:
    for number in range(arguments.rounds + 1):
        for each in contenders:
            seconds = arguments.seconds if number else 1.0  # the first is to warm up
            load = press(
                each.program.port, each.path, seconds=seconds, connections=arguments.connections, headers=each.headers
            )
            if number:
                each.rounds.append(load)


def _rows(contenders: list[Contender], features: list[dict[str, Any]]) -> list[Row]:
    ours = contenders[0].median(lambda load: load.per_s)
    pygeoapi = max(
        (each for each in contenders if each.name.startswith("pygeoapi")),
        key=lambda each: each.median(lambda x: x.per_s),
    )
    bars = {pygeoapi.name: 1 / TIMES_PYGEOAPI, "tipg": 1 / TIMES_TIPG}
    rows = []
    for each in contenders:
        per_s = each.median(lambda load: load.per_s)
        size, answered = each.features()
        note = f"ours answers {ours / per_s:.1f} times as many; " if each.name != "ours" else ""
        row = Row(
            name=f"{each.name}",
            value=per_s,
            unit="/s",
            ratio=None if each is contenders[0] else per_s / ours,
            most_ratio=bars.get(each.name),
            note=f"p50 {each.median(lambda load: load.median_ms):.1f} ms,"
            f" p99 {each.median(lambda load: load.p99_ms):.1f} ms, {size:,} bytes,"
            f" {sum(load.errors for load in each.rounds)} errors, {each.program.memory_mb():.0f} MB; {note}"
            f"{_difference(features, answered)}",
        )
        rows.append(row)
    return rows


def _difference(features: list[dict[str, Any]], answered: list[dict[str, Any]]) -> str:
    """What an answer has other than ours; the outlines are compared to a hundred-thousandth of a degree."""
    expected = {each["properties"]["zone_id"]: each for each in features}
    found = {each["properties"].get("zone_id", each.get("id")): each for each in answered}
    if set(found) != set(expected):
        return f"OTHER ZONES: {len(found)}"
    outlines = sum(_rounded(found[each]["geometry"]) != _rounded(expected[each]["geometry"]) for each in expected)
    missing = {name for each in expected for name in set(expected[each]["properties"]) - set(found[each]["properties"])}
    return f"{outlines} OTHER OUTLINES" if outlines else f"lacks {sorted(missing)}" if missing else "same features"


def _rounded(geometry: Any) -> Any:
    if isinstance(geometry, dict):
        return (geometry["type"], _rounded(geometry["coordinates"]))
    return [_rounded(each) for each in geometry] if isinstance(geometry, list) else round(geometry, 5)


if __name__ == "__main__":
    main()
