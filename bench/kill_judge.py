"""What ``bench.kill`` compares: what the service has with what it acknowledged."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from bench.kill_clients import Notes
from bench.servers import get

_UNFINISHED = ("queued", "running")
_STATUSES = {*_UNFINISHED, "succeeded", "failed", "cancelled"}
_PARTS = {"": "{", "/zones": "{", "/schools": "{", "/members?f=csv": "", "/links?f=csv": "", "/map": "<"}


def judge(port: int, notes: Notes, *, is_end: bool = False) -> list[str]:
    """
    Compare what a service has with what it acknowledged.

    Parameters
    ----------
    port
        Of the service.
    notes
        What it acknowledged.
    is_end
        Whether to read every part of every proposal and release too.

    Returns
    -------
    wrong
        A sentence for each difference.
    """
    wrong = [f"a request was answered with {each}" for each in notes.refusals]
    notes.refusals.clear()
    for dataset_id, name in list(notes.datasets.items()):
        found = _read(port, f"/datasets/{dataset_id}", wrong)
        if found is not None and found["name"] != name:
            wrong.append(f"dataset {name} is called {found['name']}")
    wrong += _judge_record(port, notes)
    for release_id, title in notes.releases.items():
        found = _read(port, f"/releases/{release_id}", wrong)
        if found is not None and found["title"] != title:
            wrong.append(f"release {title} is called {found['title']}")
        if found is not None and is_end:
            for proposal in found["proposals"]:
                _read(port, proposal["links"]["zones"], wrong)
    for job_id in notes.jobs:
        if notes.job_statuses.get(job_id, "queued") in _UNFINISHED or is_end:
            wrong += _judge_job(port, job_id, notes, is_end=is_end)
    return wrong


def unfinished_jobs(port: int, notes: Notes) -> list[str]:
    """The acknowledged jobs that have not ended."""
    for job_id in notes.jobs:
        if notes.job_statuses.get(job_id, "queued") in _UNFINISHED:
            _judge_job(port, job_id, notes, is_end=False)
    return [job_id for job_id in notes.jobs if notes.job_statuses.get(job_id, "queued") in _UNFINISHED]


def _judge_record(port: int, notes: Notes) -> list[str]:
    """The history of the record: no gap, every acknowledged change under its revision, at most one more at a time."""
    wrong: list[str] = []
    # As CSV it is whole, as JSON in pages.
    code, history = get(port, f"/records/{notes.record_id}/history?f=csv")
    record = _read(port, f"/records/{notes.record_id}", wrong)
    if code != 200:
        wrong.append(f"the history of the record is answered with {code}")
    if code != 200 or record is None:
        return wrong
    rows = csv.DictReader(io.StringIO(history.decode()))
    reasons = {int(each["revision"]): each["why"] for each in rows}
    if sorted(reasons) != list(range(1, len(reasons) + 1)) or record["revision"] != len(reasons):
        wrong.append(f"the record is at revision {record['revision']}, its history has {sorted(reasons)}")
    lost = {revision for revision, why in notes.changes.items() if reasons.get(revision) != why}
    return [*wrong, *([f"changes {sorted(lost)} of the record are lost"] if lost else [])]


def _judge_job(port: int, job_id: str, notes: Notes, *, is_end: bool) -> list[str]:
    wrong: list[str] = []
    job = _read(port, f"/jobs/{job_id}", wrong)
    if job is None:
        notes.job_statuses[job_id] = "lost"
        return wrong
    status = notes.job_statuses[job_id] = job["status"]
    if status not in _STATUSES:
        wrong.append(f"job {job_id} is {status}")
    if status == "failed":
        wrong.append(f"job {job_id} failed: {job['problem']}")
    if status == "succeeded":
        for part, first in _PARTS.items() if is_end else [("/zones", "{")]:
            code, body = get(port, f"{job['links']['proposal']}{part}")
            if code != 200 or not body.decode().lstrip().startswith(first) or (first == "{" and not json.loads(body)):
                wrong.append(f"the proposal of job {job_id} has no {part or 'document'}: {code}")
    return wrong


def _read(port: int, path: str, wrong: list[str]) -> dict[str, Any] | None:
    code, body = get(port, path)
    if code != 200:
        wrong.append(f"{path} is answered with {code}: {body[:200].decode(errors='replace')}")
        return None
    return dict(json.loads(body))
