"""A Dask cluster on the loopback address: its processes are forked from one that has imported everything once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Cluster:
    """A scheduler and workers of one thread each, by name; any of them can be killed and started again."""

    def __init__(self, starter: subprocess.Popen[str], port: int) -> None:
        self.address = f"tcp://127.0.0.1:{port}"
        self._starter = starter
        self._processes: dict[str, int] = {}

    def start(self, *names: str) -> None:
        """Start processes: ``scheduler``, or a worker of any other name."""
        for name in names:
            print(name, file=self._starter.stdin, flush=True)
            assert self._starter.stdout is not None
            self._processes[name] = int(self._starter.stdout.readline())

    def kill(self, *names: str) -> None:
        """Kill processes that were started."""
        for name in names:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._processes.pop(name), signal.SIGKILL)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster in which nothing is started yet; at the end, all that is started ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.examples.dask_cluster", str(port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as starter:  # type: ignore[call-overload]
        yield Cluster(starter, port)


def _start_processes(port: int) -> None:
    """Fork a process for each name that is read, and answer with its number; at the end of input, kill them all."""
    from app.jobs import dask_engine, start_server_process  # noqa: F401, PLC0415

    start_server_process()
    # The forked workers use the server process of this one.
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[attr-defined, method-assign]
    started = []
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            asyncio.run(_serve(line.strip(), port))
            os._exit(0)
        started.append(process)
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    # The server process of the workers ends with the last process that knows it.
    os._exit(0)


async def _serve(name: str, port: int) -> None:
    from distributed import Scheduler, Worker  # noqa: PLC0415

    own = {"host": "127.0.0.1", "dashboard": False}
    if name == "scheduler":
        async with Scheduler(port=port, **own) as scheduler:
            await scheduler.finished()
    else:
        async with Worker(f"tcp://127.0.0.1:{port}", name=name, nthreads=1, memory_limit=0, **own) as worker:
            await worker.finished()


if __name__ == "__main__":
    _start_processes(int(sys.argv[1]))
