"""One process per task: it ends at its limits, when it is cancelled, and with the service."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.errors import ServiceError
from app.jobs import ProcessLimits, run_isolated
from tests.faulty_files import slow_tasks

ROOT = Path(__file__).resolve().parents[3]
LIMITS = ProcessLimits(time_limit_s=60, memory_mb=8192)


def test_isolated_processes_do_not_outlive_a_service_that_is_killed() -> None:
    script = (
        "from app.jobs import ProcessLimits, run_isolated\n"
        "from tests.faulty_files import slow_tasks\n"
        "report = lambda stage, fraction: print(stage, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    limits = ProcessLimits(time_limit_s=600, memory_mb=8192)\n"
        "    run_isolated(slow_tasks.report_process_and_sleep, limits=limits, progress=report)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        os.kill(child, 0)
        process.kill()
    deadline = time.monotonic() + 20
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_process_that_wants_too_much_memory_or_dies_is_an_error_with_a_remedy() -> None:
    with pytest.raises(ServiceError) as caught:
        run_isolated(slow_tasks.allocate, limits=ProcessLimits(time_limit_s=60, memory_mb=2048))
    assert (caught.value.status, caught.value.type_name) == (422, "memory-limit")
    assert "2,048 MB" in caught.value.detail
    # The system kills what the machine has no memory for.
    with pytest.raises(ServiceError) as caught:
        run_isolated(slow_tasks.die, limits=LIMITS)
    assert (caught.value.status, caught.value.type_name) == (422, "memory-limit")
    with pytest.raises(ServiceError) as caught:
        run_isolated(slow_tasks.end_early, limits=LIMITS)
    assert caught.value.status == 500


def test_a_stopped_process_is_gone() -> None:
    cancelled, processes = threading.Event(), []

    def report(stage: str, fraction: float) -> None:
        processes.append(int(stage))
        cancelled.set()

    with pytest.raises(ServiceError, match="cancelled"):
        run_isolated(slow_tasks.report_process_and_sleep, limits=LIMITS, progress=report, cancelled=cancelled)
    with pytest.raises(ProcessLookupError):
        os.kill(processes[0], 0)
