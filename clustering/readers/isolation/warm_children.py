"""
Children that need not start: forks of a process that has imported what a child imports, and has never seen a file.

To start an interpreter and import the parsers costs a child far longer than a small file does. A fork has the script,
limits, walls, environment and descriptors of a child that starts (``tests/clustering/readers/isolation`` compares
them), and it ends with its request: what a hostile file does to it, files of another request cannot notice.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import TracebackType
from typing import Any, Self

MANY_FILES = 4
# A process that a fork has stopped does not answer; this long it may take to start, and to end its fork.
_GRACE_S = 30.0
_MAIN = Path(__file__).with_name("warm_child_main.py")
_LIBRARY = str(Path(__file__).resolve().parents[2])
# What depends on the file's folder; all else in the environment may decide how a parser is loaded.
_OF_THE_FOLDER = ("HOME", "TMPDIR")
_SPATIAL = ("numpy", "pyarrow", "pyarrow.compute", "pyogrio", "pyogrio.raw")
_PLAIN = ("numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "python_calamine")


def children_for(count: int) -> AbstractContextManager[WarmChildren | None]:
    """Children for so many files: forks for many; a few are read sooner by children that start side by side."""
    return WarmChildren() if count >= MANY_FILES and sys.platform == "linux" else nullcontext()


class _WarmProcess:
    """One process with what a child of one driver has imported; it forks for one file at a time."""

    def __init__(self, environment: Mapping[str, str], request: Mapping[str, Any]) -> None:
        self._turn = Lock()
        self._folder = TemporaryDirectory()
        own = dict.fromkeys(_OF_THE_FOLDER, self._folder.name)
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_MAIN)],
            cwd=self._folder.name,
            env={**environment, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        modules = _SPATIAL if request["driver"] else _PLAIN
        self._send({"library": _LIBRARY, "packages": request["packages"], "modules": modules})

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def ask(self, task: Mapping[str, Any]) -> str:
        """How the fork for a task ended: ``late``, its exit code, or blank if this process has ended."""
        with self._turn:
            try:
                self._send(task)
            except BrokenPipeError:
                return ""
            if self._process.stdout is None:
                return ""
            answer = select.poll()
            answer.register(self._process.stdout, select.POLLIN)
            if not answer.poll(1_000 * (task["time_limit_s"] + _GRACE_S)):
                self._process.kill()
                return "late"
            return self._process.stdout.readline().decode().strip()

    def close(self) -> None:
        """End the process, which ends at the end of its tasks."""
        self._process.communicate()
        self._folder.cleanup()


class WarmChildren:
    """
    Run children as forks, from one warm process for each driver; close them when all files are read.

    ``forks`` counts the children. Like the module ``subprocess``, it has ``run`` and what that is called with.
    """

    DEVNULL, TimeoutExpired = subprocess.DEVNULL, subprocess.TimeoutExpired

    def __init__(self) -> None:
        self.forks = 0
        self._lock = Lock()
        self._processes: dict[tuple[tuple[str, str], ...], _WarmProcess] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self,
        command: Sequence[str],
        *,
        input: bytes,  # noqa: A002 (a name of subprocess)
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,
        check: bool = False,
        **more: Any,
    ) -> None:
        """
        Run the script of a child in a fork, as ``subprocess.run`` runs it in a new process.

        If the warm process cannot fork, the child is started after all.

        Raises
        ------
        TimeoutExpired
            The time is up; the fork was ended.
        """
        request = json.loads(input)
        with self._lock:
            self.forks += 1
            kind = tuple(sorted((name, value) for name, value in env.items() if name not in _OF_THE_FOLDER))
            if kind not in self._processes:
                self._processes[kind] = _WarmProcess(dict(kind), request)
            warm = self._processes[kind]
        task = {
            "script": command[-1],
            "request": request,
            "folder": str(cwd),
            "folders": {name: env[name] for name in _OF_THE_FOLDER},
            "time_limit_s": timeout,
        }
        ended = warm.ask(task)
        if ended == "late":
            raise subprocess.TimeoutExpired(command, timeout)
        if not ended:
            subprocess.run(command, input=input, cwd=cwd, env=env, timeout=timeout, check=check, **more)

    def close(self) -> None:
        """End all processes."""
        for warm in self._processes.values():
            warm.close()
        self._processes.clear()
