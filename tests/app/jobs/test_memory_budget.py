"""One budget of memory for several processes, which a killed process gives back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import ServiceError
from app.jobs import MemoryBudget

ROOT = Path(__file__).resolve().parents[3]


def test_what_another_process_took_is_free_again_when_it_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from app.jobs.memory_budget import MemoryBudget\n"
        "held = MemoryBudget(Path(sys.argv[1]), 1024).reserve(640)\n"
        "print(held is not None, flush=True); time.sleep(600)"
    )
    budget = MemoryBudget(tmp_path, 1024)
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        # 1,024 less 640 are 384: six slots of 64.
        assert budget.free_mb() == 384
        assert budget.reserve(448) is None
        own = budget.reserve(384)
        assert own is not None
        assert budget.free_mb() == 0
        own.give_back()
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert budget.free_mb() == 1024


def test_jobs_leave_memory_for_uploads(tmp_path: Path) -> None:
    budget = MemoryBudget(tmp_path, 1024)
    first = budget.reserve(512, keep_free_mb=256)
    assert first is not None
    assert budget.reserve(320, keep_free_mb=256) is None
    with budget.reserved(512), pytest.raises(ServiceError) as refused, budget.reserved(64):
        raise AssertionError("nothing was free")
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "5")
    first.give_back()
    # Nothing needs more than there is: it gets all, and leaves nothing.
    whole = budget.reserve(4096, keep_free_mb=256)
    assert whole is not None
    assert budget.free_mb() == 0
