"""A generated state with Lead Partners, readiness and progress, loaded once, so that there is something to look at."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from app.cli.demo_records import DemoPartner, begin_demo_records
from app.jobs import capacity_tasks, dataset_tasks, indicator_tasks, run_isolated, run_job
from app.queries.capacity_kinds import CAPACITY_KINDS, MATCHES
from app.services.memory_shares import job_limits
from app.services.registration import registering
from app.settings import Settings
from app.store import Dataset, Proposal, SecondCut, Store, open_settings_store
from clustering import NamedFile, ProposalParameters, generate_state, write_state

DEMO_NAME = "Generated state (fictional)"
REGISTER_NAME = "Lead Partners of the generated state (fictional)"

# The beginning of each file's name, and the role in which it is read.
_ROLES = {
    "schools": "schools",
    "ccd_sch_129": "schools",
    "promotions": "flows",
    "acgr": "performance",
    "accountability": "performance",
    "lead_partners": "partners",
    "partner_preferences": "preferences",
    "indicators": "progress",
    "readiness": "assessments",
}
_REGISTER_ROLES = ("partners", "preferences")
_INDICATOR_ROLES = ("progress", "assessments")
_READING: Mapping[str, Any] = {"encoding": None, "options": ()}
Files: TypeAlias = dict[str, list[NamedFile]]


def load_demo(settings: Settings) -> str:
    """
    Make sure that the store has the generated state, all that goes with it, and records of three of its Zones.

    Parameters
    ----------
    settings
        The service's.

    Returns
    -------
    proposal_id
        The newest proposal for the generated state. It has a match with a register of Lead Partners, assessments of
        readiness and indicators of progress. A year plan of it is made when the service starts.
    """
    store = open_settings_store(settings)
    try:
        known = next((each for each in store.datasets() if each.name == DEMO_NAME), None)
        has_register = any(each.name == REGISTER_NAME for each in store.capacity.registers())
        has_indicators = known is not None and bool(store.indicator_uploads.history(known.id, "progress"))
        with tempfile.TemporaryDirectory() as folder:
            files = {} if known and has_register and has_indicators else _write_files(Path(folder))
            dataset = known or _load_dataset(store, settings, files)
            proposal_id = _load_proposal(store, settings, dataset)
            # Neither needs the other, and each has a process of its own.
            with ThreadPoolExecutor(2) as threads:
                loading = [] if has_indicators else [threads.submit(_load_indicators, store, settings, dataset, files)]
                if not has_register:
                    proposal = store.proposal(proposal_id)
                    loading.append(threads.submit(_load_register, store, settings, proposal, files))
                for each in loading:
                    each.result()
        if not store.records.records(proposal_id=proposal_id):
            begin_demo_records(store, proposal_id, _matched_partners(store, proposal_id))
        return proposal_id
    finally:
        store.close()


def _load_dataset(store: Store, settings: Settings, files: Files) -> Dataset:
    state = {role: each for role, each in files.items() if role not in (*_REGISTER_ROLES, *_INDICATOR_ROLES)}
    own = registering(store, settings)
    ingested = run_isolated(dataset_tasks.ingest, state, {}, own, limits=job_limits(settings))
    # Nobody is there to decide, and the students of a generated state are nobody's secret.
    decided = SecondCut(choice="release", by="zones serve --demo", why="The state is generated.")
    return store.register_dataset(DEMO_NAME, ingested, second_cut=decided, may_release=True).dataset


def _load_proposal(store: Store, settings: Settings, dataset: Dataset) -> str:
    if not store.proposals(dataset.id):
        parameters = ProposalParameters().as_dict()
        job = store.add_job(dataset.id, parameters, maximum_waiting=settings.maximum_queued_jobs)
        run_job(store, job, partial(run_isolated, limits=job_limits(settings)))
    return store.proposals(dataset.id)[0].id


def _load_indicators(store: Store, settings: Settings, dataset: Dataset, files: Files) -> None:
    """Keep the assessments of readiness and the indicators of progress."""
    scenario, limits = store.scenario(dataset.id), job_limits(settings)
    uploads = {role: {"file": files[role]} for role in _INDICATOR_ROLES}
    progress = run_isolated(indicator_tasks.read_progress_file, scenario, uploads["progress"], _READING, limits=limits)
    store.indicator_uploads.add(dataset.id, "progress", progress.summary, progress.content)
    assessments = run_isolated(
        indicator_tasks.read_assessments_file, scenario, (), uploads["assessments"], _READING, limits=limits
    )
    store.indicator_uploads.add(dataset.id, "assessments", assessments.summary, assessments.content)


def _load_register(store: Store, settings: Settings, proposal: Proposal, files: Files) -> None:
    """Keep the register, make the match that records rest on, and leave the year plan to the service."""
    own = {role: files[role] for role in _REGISTER_ROLES}
    limits = job_limits(settings)
    scenario = store.scenario(proposal.dataset_id)
    checked = run_isolated(capacity_tasks.check_register, own, _READING, scenario, limits=limits)
    register = store.capacity.add_register(REGISTER_NAME, checked)
    jobs = {
        name: store.add_job(
            proposal.dataset_id,
            kind.parameters().as_dict(),
            maximum_waiting=settings.maximum_queued_jobs,
            kind=name,
            inputs={"proposal_id": proposal.id, "register_id": register.id},
        )
        for name, kind in CAPACITY_KINDS.items()
    }
    run_job(store, jobs[MATCHES.name], partial(run_isolated, limits=limits))


def _matched_partners(store: Store, proposal_id: str) -> dict[str, DemoPartner]:
    """Zone to the partner of the newest match of a proposal; none without a match."""
    for result in store.capacity.results(MATCHES.name, proposal_id=proposal_id)[:1]:
        matches = json.loads(store.capacity.part(result.id, MATCHES.document.file))["matches"]
        return {each["zone_id"]: DemoPartner(each["partner_id"], each["partner_name"]) for each in matches}
    return {}


def _write_files(folder: Path) -> Files:
    """The generated state as files, by the role each is read in: the same bytes as in data/sample."""
    files: Files = {}
    for path in write_state(generate_state(), folder):
        for start, role in _ROLES.items():
            if path.name.startswith(start):
                files.setdefault(role, []).append(NamedFile(path, path.name))
    return files
