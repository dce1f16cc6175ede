"""A check, in the background at start, that the files of every dataset are as they were written."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
from pathlib import Path

from app.store import Dataset, Store

logger = logging.getLogger(__name__)

_FOUND = "damaged.json"
# Between two datasets, so that requests go first.
_PAUSE_S = 0.02


class FileCheck:
    """
    Check the files of all datasets once, the newest first, in one of the processes that share a data directory.

    Parameters
    ----------
    store
        Of all agencies.
    directory
        The data directory, where every process finds the result.
    """

    def __init__(self, store: Store, directory: Path) -> None:
        self._store = store
        self._directory = directory
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="file check", daemon=True)

    def start(self) -> None:
        """Start the check."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the check, if it still runs."""
        self._ended.set()
        self._thread.join(timeout=10)

    def wait(self) -> None:
        """Wait until the check is done."""
        self._thread.join()

    def _run(self) -> None:
        lock = os.open(self._directory / "check.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._check()
        except BlockingIOError:
            pass  # another process reads
        except Exception:
            logger.exception("the files of datasets could not be checked")
        finally:
            os.close(lock)

    def _check(self) -> None:
        found: list[str] = []
        self._keep(found)
        for dataset_id, scenario_hash in self._store.scenario_hashes():
            if self._ended.wait(_PAUSE_S):
                return
            fault = self._store.scenario_files.check(scenario_hash)
            # Its files are deleted with the last dataset that has them.
            if fault and self._store.has(Dataset, dataset_id):
                logger.error("the files of the dataset %s are damaged: %s", dataset_id, fault)
                found.append(dataset_id)
                self._keep(found)

    def _keep(self, found: list[str]) -> None:
        part = self._directory / f"{_FOUND}.part"
        part.touch(mode=0o600)
        part.write_text(json.dumps(found), encoding="utf-8")
        part.rename(self._directory / _FOUND)


def damaged_datasets(store: Store, directory: Path) -> list[str]:
    """The datasets whose files were found damaged when the service started, and that are still there."""
    try:
        found = json.loads((directory / _FOUND).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [each for each in found if store.has(Dataset, each)]
