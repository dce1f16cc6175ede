"""
Children that need not start: forks of a process that has imported what a child imports.

To start an interpreter and import the parsers costs a child far longer than a small file does. ``WarmChildren`` stands
in for the module ``subprocess`` of ``clustering.readers.isolation.parent``; that a fork and a real child have the same
limits, walls, environment and descriptors is tested in ``isolation/test_warm_children.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from clustering.readers.isolation import parent

_MAIN = Path(__file__).with_name("warm_child_main.py")
_LIBRARY = str(Path(parent.__file__).resolve().parents[2])
# What depends on the file's folder; all else in the environment may decide how a parser is loaded.
_OF_THE_FOLDER = ("HOME", "TMPDIR")
_SPATIAL = ("numpy", "pyarrow", "pyarrow.compute", "pyogrio", "pyogrio.raw")
_PLAIN = ("numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "python_calamine")


class _Warm:
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
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def ask(self, task: Mapping[str, Any]) -> str:
        """How the fork for a task ended."""
        with self._turn:
            # To the parent an OSError would be a file that cannot be read.
            try:
                self._send(task)
            except BrokenPipeError:
                raise AssertionError("the warm process ended") from None
            assert self._process.stdout is not None
            ended = self._process.stdout.readline().decode().strip()
        assert ended, "the warm process ended"
        return ended

    def close(self) -> None:
        """End the process, which ends at the end of its tasks."""
        self._process.communicate()
        self._folder.cleanup()


class WarmChildren:
    """What the parent uses of ``subprocess``, with forks in place of new processes; ``forks`` counts them."""

    DEVNULL, TimeoutExpired = subprocess.DEVNULL, subprocess.TimeoutExpired

    def __init__(self) -> None:
        self.forks = 0
        self._lock = Lock()
        self._processes: dict[tuple[tuple[str, str], ...], _Warm] = {}

    # The arguments are those that the parent gives; another one must fail here, not be ignored.
    def run(
        self,
        command: Sequence[str],
        *,
        input: bytes,  # noqa: A002 (a name of subprocess)
        cwd: Path,
        env: Mapping[str, str],
        stdout: int,
        stderr: int,
        timeout: float,
        check: bool,
    ) -> None:
        """Run the script of a child in a fork."""
        interpreter, isolated, script = command
        assert (interpreter, isolated) == (sys.executable, "-I")
        assert (stdout, stderr, check) == (subprocess.DEVNULL, subprocess.DEVNULL, False)
        request = json.loads(input)
        with self._lock:
            self.forks += 1
            kind = tuple(sorted((name, value) for name, value in env.items() if name not in _OF_THE_FOLDER))
            if kind not in self._processes:
                self._processes[kind] = _Warm(dict(kind), request)
            warm = self._processes[kind]
        task = {
            "script": script,
            "request": request,
            "folder": str(cwd),
            "folders": {name: env[name] for name in _OF_THE_FOLDER},
            "time_limit_s": timeout,
        }
        if warm.ask(task) == "late":
            raise subprocess.TimeoutExpired(command, timeout)

    def close(self) -> None:
        """End all processes."""
        for warm in self._processes.values():
            warm.close()
