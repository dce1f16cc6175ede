"""A generated state with a register of Lead Partners, loaded once, so that there is something to look at."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TypeAlias

from app.cli.demo_records import begin_demo_records
from app.jobs import capacity_tasks, run_isolated, run_job, tasks
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.services.service import job_limits
from app.settings import Settings
from app.store import Dataset, Proposal, Store, open_store
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
}
_REGISTER_ROLES = ("partners", "preferences")
Files: TypeAlias = dict[str, list[NamedFile]]


def load_demo(settings: Settings) -> str:
    """
    Make sure that the store has the generated state, a proposal for it, records of two of its Zones and a register.

    Parameters
    ----------
    settings
        The service's.

    Returns
    -------
    proposal_id
        The newest proposal for the generated state. A match and a year plan of it are made when the service starts.
    """
    store = open_store(settings.data_directory)
    try:
        known = next((each for each in store.datasets() if each.name == DEMO_NAME), None)
        has_register = any(each.name == REGISTER_NAME for each in store.capacity.registers())
        with tempfile.TemporaryDirectory() as folder:
            files = {} if known and has_register else _write_files(Path(folder))
            dataset = known or _load_dataset(store, settings, files)
            proposal_id = _load_proposal(store, settings, dataset)
            if not has_register:
                _load_register(store, settings, store.proposal(proposal_id), files)
        return proposal_id
    finally:
        store.close()


def _load_dataset(store: Store, settings: Settings, files: Files) -> Dataset:
    state = {role: each for role, each in files.items() if role not in _REGISTER_ROLES}
    return store.add_dataset(DEMO_NAME, run_isolated(tasks.ingest, state, {}, limits=job_limits(settings)))


def _load_proposal(store: Store, settings: Settings, dataset: Dataset) -> str:
    if not store.proposals(dataset.id):
        parameters = ProposalParameters().as_dict()
        job = store.add_job(dataset.id, parameters, maximum_waiting=settings.maximum_queued_jobs)
        run_job(store, job, partial(run_isolated, limits=job_limits(settings)))
        begin_demo_records(store, store.proposals(dataset.id)[0].id)
    return store.proposals(dataset.id)[0].id


def _load_register(store: Store, settings: Settings, proposal: Proposal, files: Files) -> None:
    """Keep the register, and leave the jobs that use it to the service, which need not wait for them."""
    own = {role: files[role] for role in _REGISTER_ROLES}
    reading, scenario = {"encoding": None, "options": ()}, store.scenario(proposal.dataset_id)
    checked = run_isolated(capacity_tasks.check_register, own, reading, scenario, limits=job_limits(settings))
    register = store.capacity.add_register(REGISTER_NAME, checked)
    for kind in CAPACITY_KINDS.values():
        store.add_job(
            proposal.dataset_id,
            kind.parameters().as_dict(),
            maximum_waiting=settings.maximum_queued_jobs,
            kind=kind.name,
            inputs={"proposal_id": proposal.id, "register_id": register.id},
        )


def _write_files(folder: Path) -> Files:
    """The generated state as files, by the role each is read in: the same bytes as in data/sample."""
    files: Files = {}
    for path in write_state(generate_state(), folder):
        for start, role in _ROLES.items():
            if path.name.startswith(start):
                files.setdefault(role, []).append(NamedFile(path, path.name))
    return files
