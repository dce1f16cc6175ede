"""The same request gives the same bytes, whatever the hashes of a process and the order of the rows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.answers_in_bytes import ANSWERS, digest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def digests_elsewhere() -> dict[str, str]:
    """Digests of all answers from a process with hashes and an order of rows of its own, and with no environment."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.examples.answers_in_bytes", "1"],
        cwd=ROOT,
        env={"PATH": "", "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    digests: dict[str, str] = json.loads(done.stdout)
    return digests


@pytest.mark.parametrize("name", ANSWERS)
def test_processes_with_other_hashes_and_other_orders_of_rows_answer_in_the_same_bytes(
    name: str, digests_elsewhere: dict[str, str]
) -> None:
    assert digests_elsewhere[name] == digest(name, 3)
