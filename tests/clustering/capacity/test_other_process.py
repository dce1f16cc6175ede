"""A register, matches and a plan are the same bytes in another process, where sets have another order."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from clustering import read_register, register_to_bytes
from tests.clustering.capacity.matching.test_documents import SEEDS, written
from tests.clustering.capacity.plan_years.test_plan import shuffled_plan
from tests.examples.register_files import partner_table
from tests.oracles.match_by_enumeration import random_instance

ROOT = Path(__file__).resolve().parents[3]


def hashes() -> dict[str, str]:
    register = read_register(partner_table())
    contents = {
        "register": register_to_bytes(register).decode() + register.content_sha256,
        "matches": "".join(written(random_instance(seed)) for seed in SEEDS),
        "year plan": shuffled_plan(1),
    }
    return {name: hashlib.sha256(content.encode()).hexdigest() for name, content in contents.items()}


def test_another_process_writes_the_same_bytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import hashes; print(hashes())"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(hashes())
