"""The clients of ``bench.kill``: they upload, propose, edit and release, and note what was acknowledged."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Self

from bench.load_service import form, send
from clustering import generate_state, write_state

WHO = {"by": "The clerk", "why": "It is tried"}
_JSON = {"Content-Type": "application/json"}
_ZONE = {"zone_id": "west", "name": "West Zone", "school_ids": ["0010", "0001"], "anchor_ids": ["0010"]}


@dataclass
class Notes:
    """
    What the service acknowledged.

    Parameters
    ----------
    datasets
        Names by id.
    jobs
        Ids of jobs.
    record_id
        The record that is edited.
    changes
        Reasons of the acknowledged changes by revision.
    releases
        Titles by id.
    refusals
        Answers that were neither an acknowledgement nor 503, of which there should be none.
    job_statuses
        How jobs stood when they were last looked at.
    """

    datasets: dict[str, str] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    record_id: str = ""
    changes: dict[int, str] = field(default_factory=dict)
    releases: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    job_statuses: dict[str, str] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many of each kind were acknowledged."""
        kinds = {"datasets": self.datasets, "jobs": self.jobs, "changes": self.changes, "releases": self.releases}
        return {name: len(kind) for name, kind in kinds.items()}

    def summary(self) -> str:
        """The counts as text."""
        return ", ".join(f"{count} {name}" for name, count in self.counts().items())


class Clients:
    """
    Four clients, each in a thread, from entering to leaving.

    Parameters
    ----------
    port
        Of the service.
    notes
        What was acknowledged, before too.
    seed
        Tells apart what the clients send in each round.
    """

    def __init__(self, port: int, notes: Notes, *, seed: int) -> None:
        self.port = port
        self.notes = notes
        self.seed = seed
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(work,), daemon=True)
            for work in (self._upload, self._propose, self._edit, self._release)
        ]

    def prepare(self) -> None:
        """Make what the clients begin with: a dataset and a record."""
        self._upload(-1)
        document = self._post("/records", {**WHO, "zone": _ZONE})
        if document is None or not self.notes.datasets:
            raise RuntimeError(f"the first requests were refused: {self.notes.refusals}")
        self.notes.record_id = document["record_id"]
        self.notes.changes[1] = WHO["why"]

    def __enter__(self) -> Self:
        """Begin."""
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End; requests that wait for a killed service end by themselves."""
        self._stop.set()
        for each in self._threads:
            each.join(timeout=60)

    def _repeat(self, work: Callable[[int], None]) -> None:
        number = 0
        while not self._stop.is_set():
            try:
                work(number)
            except (OSError, HTTPException, ValueError):  # killed: what it said last was no acknowledgement
                self._stop.wait(0.05)
            number += 1

    def _upload(self, number: int) -> None:
        name = f"State {self.seed}-{number}"
        with tempfile.TemporaryDirectory() as folder:
            write_state(generate_state(schools=40, seed=1_000 * self.seed + number + 2), Path(folder))
            files = {role: (Path(folder) / file).read_bytes() for role, file in _FILES.items()}
        status, answer = send(self.port, "POST", "/datasets", *form(files, name=name, second_cut="release", **WHO))
        document = self._acknowledged(status, answer)
        if document is not None and status == 201:
            self.notes.datasets[document["id"]] = name

    def _propose(self, number: int) -> None:
        share = 0.01 + (self.seed * 100 + number) % 900 / 10_000
        asked = {"dataset_id": next(iter(self.notes.datasets)), "parameters": {"minimum_link_share": share}}
        document = self._post("/proposals", asked)
        if document is not None:
            self.notes.jobs.append(document["id"])
        self._stop.wait(0.15)

    def _edit(self, number: int) -> None:
        own = f"/records/{self.notes.record_id}"
        record = self._acknowledged(*send(self.port, "GET", own))
        if record is None:
            return
        seen = record["revision"]
        why = f"Round {self.seed}, change {number}"
        condition = {"condition_id": "time-calendar", "state": ("agreed", "lapsed")[seen % 2]}
        body = {**WHO, "why": why, "kind": "condition", "content": condition}
        document = self._post(f"{own}/changes", body, **{"If-Match": f'"{seen}"'})
        if document is not None:
            self.notes.changes[document["revision"]] = why

    def _release(self, number: int) -> None:
        title = f"Release {self.seed}-{number}"
        body = {**WHO, "title": title, "parameters": [{}], "second_cut": "release"}
        document = self._post(f"/datasets/{next(iter(self.notes.datasets))}/releases", body)
        if document is not None:
            self.notes.releases[document["id"]] = title

    def _post(self, path: str, document: dict[str, Any], **headers: str) -> dict[str, Any] | None:
        return self._acknowledged(*send(self.port, "POST", path, json.dumps(document).encode(), {**_JSON, **headers}))

    def _acknowledged(self, status: int, answer: bytes) -> dict[str, Any] | None:
        if status in (200, 201, 202):
            return dict(json.loads(answer))
        if status != 503:
            self.notes.refusals.append(f"{status}: {answer[:300].decode(errors='replace')}")
        return None


_FILES = {"schools": "schools.csv", "flows": "promotions.csv"}
