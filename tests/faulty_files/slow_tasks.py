"""Tasks for child processes that do not behave."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from app.jobs.tasks import Tell


def sleep_for_ever(tell: Tell, *arguments: Any) -> None:
    """Take longer than any limit."""
    tell("Sleeping", 0.0)
    while True:
        tell("Sleeping", 0.5)
        time.sleep(0.1)


def allocate(tell: Tell) -> int:
    """Want more memory than is allowed."""
    return len(bytearray(8 * 2**30))


def die(tell: Tell) -> None:
    """End without an answer."""
    os.kill(os.getpid(), signal.SIGKILL)


def tell_process_and_sleep(tell: Tell) -> None:
    """Tell the number of this process, then never end."""
    tell(str(os.getpid()), 0.0)
    time.sleep(600)
