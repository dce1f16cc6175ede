"""
The process that a fork for each file comes from.

Run as a script by ``clustering.readers.isolation.warm_children``, in the interpreter and the environment of a real
child. It imports what a child imports, and knows nothing else: only its fork hears of a file, which sets its walls
itself, for it runs the script of a real child from its first line.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import runpy
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

# From this number on are the descriptors of this process itself, which no fork keeps; a child has no more than 64.
OWN_DESCRIPTORS = 100


def aside(descriptor: int) -> int:
    """The descriptor under a number that no child has."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, OWN_DESCRIPTORS)
    if descriptor > 1:
        os.close(descriptor)
    return moved


def import_as_a_child(start: dict[str, Any]) -> None:
    """Import the modules as a child would; what only says where modules are is put back, for a child sets it itself."""
    library = ModuleType("clustering")
    library.__path__ = [start["library"]]
    sys.modules["clustering"] = library
    importlib.import_module("clustering.readers.isolation.child.reading")
    unneeded = importlib.import_module("clustering.readers.isolation.child.unneeded_packages")
    path, finders = list(sys.path), list(sys.meta_path)
    sys.path.extend(folder for folder in start["packages"] if folder not in sys.path)
    sys.meta_path.insert(0, unneeded.UnneededPackages())
    hidden: dict[str, Any] = {"pyproj": None}
    sys.modules.update(hidden)
    for name in start["modules"]:
        importlib.import_module(name)
    del sys.modules["pyproj"]
    sys.path[:], sys.meta_path[:] = path, finders


def run_script(task: dict[str, Any], request: int) -> None:
    """In the fork: take the folder, environment and descriptors of a real child, and run its script."""
    status = 1
    # Whatever is raised, the fork must not return to the loop of the process that it was forked from.
    with suppress(BaseException):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        os.dup2(request, 0)
        for descriptor in (1, 2):
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, descriptor)
            os.close(nothing)
        # Below are the files that the parsers keep open, in a child too.
        os.closerange(OWN_DESCRIPTORS, os.sysconf("SC_OPEN_MAX"))
        os.chdir(task["folder"])
        # The rest of the environment is this process's own, with what the parsers set when they were imported.
        os.environ.update(task["folders"])
        runpy.run_path(task["script"], run_name="__main__")
        status = 0
    os._exit(status)


def fork_for(task: dict[str, Any]) -> str:
    """Fork for one request; how the fork ended, or that its time was up."""
    reading, writing = map(aside, os.pipe())
    request = json.dumps({**task["request"], "parent": os.getpid()}).encode()
    child = os.fork()
    if child == 0:
        run_script(task, reading)
    os.close(reading)
    late = False

    def stop(*_: object) -> None:
        """End a child whose time is over."""
        nonlocal late
        late = True
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, task["time_limit_s"])
    # After the fork and within its time: a request has names of any length, and a full pipe waits for its reader.
    with suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
        pipe.write(request)
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return "late" if late else str(os.waitstatus_to_exitcode(status))


def serve() -> None:
    """Fork for each line of standard input, one after the other; the first line says what to import."""
    # Not sys.stdin itself: what it read ahead would be in every fork.
    with os.fdopen(aside(0), "rb") as tasks, os.fdopen(aside(1), "wb", buffering=0) as answers:
        import_as_a_child(json.loads(tasks.readline()))
        # A fork has one thread. The only other one that an import starts gives memory back, and is ready for forks.
        threads = [name.read_text().strip() for name in Path("/proc/self/task").glob("*/comm")]
        if len(threads) - threads.count("jemalloc_bg_thd") > 1:
            raise RuntimeError(f"of these threads a fork would have one: {threads}")
        gc.freeze()
        while line := tasks.readline():
            answers.write(fork_for(json.loads(line)).encode() + b"\n")


if __name__ == "__main__":
    serve()
