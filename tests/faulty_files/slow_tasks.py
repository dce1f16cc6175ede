"""Tasks for isolated processes that do not behave."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from app.jobs import tasks
from app.jobs.parts import PartsExecutor
from app.queries.analysis import Progress


def sleep_for_ever(progress: Progress, *arguments: Any) -> None:
    """Take longer than any limit."""
    progress("Sleeping", 0.0)
    while True:
        progress("Sleeping", 0.5)
        time.sleep(0.1)


def allocate(progress: Progress) -> int:
    """Want more memory than is allowed."""
    return len(bytearray(8 * 2**30))


def die(progress: Progress) -> None:
    """End without an answer."""
    os.kill(os.getpid(), signal.SIGKILL)


def end_early(progress: Progress) -> None:
    """End as a process does that finds itself broken."""
    os._exit(3)


def report_process_and_sleep(progress: Progress) -> None:
    """Report the number of this process, then never end."""
    progress(str(os.getpid()), 0.0)
    time.sleep(600)


def propose_the_second_time(progress: Progress, *arguments: Any, folder: str) -> Any:
    """Never end the first time, and propose the second time; a file in the folder marks the first."""
    progress("Starting", 0.0)
    try:
        Path(folder, "begun").touch(exist_ok=False)
    except FileExistsError:
        return tasks.propose(progress, *arguments)
    while True:
        time.sleep(0.1)


def propose_after_a_while(progress: Progress, *arguments: Any, folder: str) -> Any:
    """Propose as soon as the file ``go on`` is in the folder."""
    progress("Starting", 0.0)
    while not Path(folder, "go on").exists():
        time.sleep(0.05)
    return tasks.propose(progress, *arguments)


def analyse_in_many_parts(progress: Progress, *arguments: Any) -> Any:
    """Analyse as if calls of other workers took no time."""
    PartsExecutor.call_costs_s = 0.0
    return tasks.analyse(progress, *arguments)
