"""The same request gives the same bytes, whatever the hashes of a process and the order of the rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.answers_in_bytes import ANSWERS, digest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def digests_elsewhere() -> list[dict[str, str]]:
    """Digests of all answers from two processes with hashes and orders of rows of their own; one has no environment."""
    found = []
    for hash_seed, order, environment in (("1", "1", {"PATH": ""}), ("4711", "2", dict(os.environ))):
        done = subprocess.run(
            [sys.executable, "-m", "tests.examples.answers_in_bytes", order],
            cwd=ROOT,
            env={**environment, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_processes_with_other_hashes_and_other_orders_of_rows_answer_in_the_same_bytes(
    name: str, digests_elsewhere: list[dict[str, str]]
) -> None:
    assert [digests[name] for digests in digests_elsewhere] == [digest(name, 3)] * 2
