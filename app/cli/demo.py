"""A generated state, loaded once, so that there is something to look at."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from app.jobs import run_isolated, run_job, tasks
from app.services.service import job_limits
from app.settings import Settings
from app.store import open_store
from clustering import NamedFile, ProposalParameters, generate_state, write_state

DEMO_NAME = "Generated state (fictional)"


def load_demo(settings: Settings) -> str:
    """
    Make sure that the store has the generated state and a proposal for it.

    Parameters
    ----------
    settings
        The service's.

    Returns
    -------
    proposal_id
        The newest proposal for the generated state.
    """
    store = open_store(settings.data_directory)
    limits = job_limits(settings)
    try:
        known = next((each for each in store.datasets() if each.name == DEMO_NAME), None)
        if known is None:
            with tempfile.TemporaryDirectory() as folder:
                ingested = run_isolated(tasks.ingest, _write_files(folder), {}, limits=limits)
            known = store.add_dataset(DEMO_NAME, ingested)
        done = store.proposals(known.id)
        if done:
            return done[0].id
        parameters = ProposalParameters().as_dict()
        job = store.add_job(known.id, parameters, maximum_waiting=settings.maximum_queued_jobs)
        run_job(store, job, partial(run_isolated, limits=limits))
        return store.proposals(known.id)[0].id
    finally:
        store.close()


def _write_files(folder: str) -> dict[str, list[NamedFile]]:
    """The generated state as files, by the role each is read in: the same bytes as in data/sample."""
    roles = {"ccd_sch_029": "schools", "ccd_sch_129": "schools", "EDGE": "schools", "promotions": "flows"}
    roles |= {"acgr": "performance", "accountability": "performance"}
    files: dict[str, list[NamedFile]] = {}
    for path in write_state(generate_state(), Path(folder)):
        for start, role in {**roles, "identified": "performance"}.items():
            if path.name.startswith(start):
                files.setdefault(role, []).append(NamedFile(path, path.name))
    return files
