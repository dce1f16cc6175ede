"""Servers that a benchmark starts, waits for, kills and ends: programs of the loopback address, and PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

# Debian keeps the programs of PostgreSQL out of the search path.
POSTGRES_PROGRAMS = Path(os.environ.get("POSTGRES", "/usr/lib/postgresql/15/bin"))
START_S = 120.0


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Program:
    """
    A server of the loopback address, in a process group of its own.

    Parameters
    ----------
    command
        Program and arguments.
    port
        It listens there.
    environment
        Added to the environment.
    log
        File that takes what it prints.
    """

    def __init__(self, command: Sequence[str], port: int, environment: Mapping[str, str], log: Path) -> None:
        self.command = tuple(command)
        self.port = port
        self.environment = {**os.environ, **environment}
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, path: str = "/", *, seconds: float = START_S) -> None:
        """Start it and wait until it answers; RuntimeError with the end of its log if it ends or never does."""
        self.begin()
        deadline = time.monotonic() + seconds
        while not self.answers(path):
            if self.has_ended() or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.command[0]} does not answer:\n{self.end_of_log()}")
            time.sleep(0.05)

    def begin(self) -> None:
        """Start it and wait for nothing."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def answers(self, path: str = "/") -> bool:
        """Whether a request is answered, other than by an error of the server."""
        try:
            return get(self.port, path, timeout=5)[0] < 500
        except (OSError, HTTPException):
            return False

    def has_ended(self) -> bool:
        """Whether the first process is gone."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """Kill every process of it at once, as a failing machine does."""
        self._signal(signal.SIGKILL)

    def stop(self, seconds: float = 30.0) -> float:
        """End it gently, and kill what is left; the seconds that it took."""
        start = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=seconds)
        took = time.monotonic() - start
        self.kill()
        return took

    def end_of_log(self) -> str:
        """The last lines that it printed."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-25:])

    def memory_mb(self) -> float:
        """Memory of all its processes, what they share counted once [mebibytes]."""
        return sum(_proportional_kb(process) for process in self.processes()) / 1024

    def processes(self) -> list[int]:
        """The processes of its group, and those that its group started in groups of their own."""
        if self.process is None:
            return []
        parents = {int(entry.name): _parent(entry) for entry in Path("/proc").glob("[0-9]*")}
        found = {self.process.pid}
        while more := {process for process, parent in parents.items() if parent in found} - found:
            found |= more
        return sorted(found)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue
        if self.process is not None:
            self.process.wait()


def zones_service(folder: Path, *, database: str = "", processes: int = 1, **settings: object) -> Program:
    """
    The product as it is: ``zones serve`` over a folder.

    Parameters
    ----------
    folder
        Data directory; its log is next to it.
    database
        Address of PostgreSQL; blank for SQLite.
    processes
        Of the server; more than one needs ``--workers``.
    settings
        Further settings, by name.
    """
    port = free_port()
    environment = {f"FEEDER_ZONES_{name.upper()}": str(value) for name, value in settings.items()}
    environment["FEEDER_ZONES_DATA_DIRECTORY"] = str(folder)
    if database:
        environment["FEEDER_ZONES_DATABASE"] = database
    command = [str(Path(sys.executable).parent / "zones"), "serve", "--port", str(port)]
    more = ["--workers", str(processes)] if processes > 1 else []
    return Program([*command, *more], port, environment, folder.with_name(f"{folder.name}.log"))


class Postgres:
    """
    PostgreSQL with PostGIS in a folder of its own, with the settings that it has when it is new.

    Parameters
    ----------
    folder
        For its files and its log; made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        folder.mkdir(parents=True)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
            for above in folder.parents:
                if above.stat().st_mode & 0o001 == 0:
                    above.chmod(above.stat().st_mode | 0o011)
        self._run("initdb", "-D", str(folder / "data"), "-U", "zones", "-A", "trust", "-E", "UTF8", "--no-sync")

    def address(self, name: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://zones@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it, or start it again."""
        options = f"-p {self.port} -k '' -c listen_addresses=127.0.0.1 -c max_connections=200"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is as if the machine had failed."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """Kill it and its children, which end with it."""
        first = int((self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        os.kill(first, signal.SIGKILL)
        while Path(f"/proc/{first}").exists() or _children(first):
            time.sleep(0.02)

    def make_database(self, name: str) -> str:
        """Make a database with PostGIS; its address."""
        self._run("psql", "-q", "-d", self.address(), "-c", f"CREATE DATABASE {name}")
        self._run("psql", "-q", "-d", self.address(name), "-c", "CREATE EXTENSION postgis")
        return self.address(name)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(POSTGRES_PROGRAMS / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # Its output goes to a file: a server that is left running would hold a pipe open.
        with (self.folder / "commands").open("ab") as printed:
            subprocess.run(command, check=True, stdout=printed, stderr=printed, cwd="/")


def get(port: int, path: str, *, timeout: float = 60, headers: Mapping[str, str] = {}) -> tuple[int, bytes]:
    """Ask once; the status and the body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _children(process: int) -> bool:
    return any(_parent(entry) == process for entry in Path("/proc").glob("[0-9]*"))


def _proportional_kb(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
