"""The database: durable, private, and without traces of what was deleted."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.store import IngestedDataset, open_store
from tests.databases import is_postgres
from tests.examples.service_requests import running_service, toy_uploads

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_outlives_the_process(tmp_path: Path, ending: signal.Signals) -> None:
    script = (
        "import sys, tests.databases\n"
        "from app.store import IngestedDataset, open_store; from pathlib import Path\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "kept = store.add_dataset('Kept', IngestedDataset(report={}, scenario=b'bytes'))\n"
        "print(kept.id, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        dataset_id = process.stdout.readline().strip()
        process.send_signal(ending)
    store = open_store(tmp_path)
    assert store.scenario(dataset_id) == b"bytes"
    store.close()


def test_the_database_is_for_the_user_of_the_service_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running_service(folder) as client:
        client.post("/datasets", files=toy_uploads())
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()}
        assert set(modes.values()) <= {0o600}, modes
        assert "feeder_zones.sqlite" in modes or is_postgres()
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_deleted_is_gone_from_the_disk(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    secret = b"exact counts of a small school" * 1_000
    dataset = store.add_dataset("Toy", IngestedDataset(report={}, scenario=secret))
    held = [path for path in tmp_path.rglob("*") if path.is_file() and secret[:60] in path.read_bytes()]
    assert held, "the control: it was there"
    store.delete_dataset(dataset.id)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and secret[:60] in path.read_bytes()] == []
    store.close()
