"""Documents of OGC API Processes: the process, its jobs and their results."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Any

from app.api.ogc.answers import GEOJSON, Link, link
from app.services.layers import PROPOSAL_LAYERS
from app.store import PROPOSAL, Job
from clustering import parameter_schema

PROCESS_ID = "propose-zones"
DATASET_INPUT = "dataset_id"
EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"
RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results"
_EXECUTE = "http://www.opengis.net/def/rel/ogc/1.0/execute"
_STATUSES = {
    "queued": "accepted",
    "running": "running",
    "succeeded": "successful",
    "failed": "failed",
    "cancelled": "dismissed",
}


def process_summary(base: str) -> dict[str, Any]:
    """The process in a list."""
    own = f"{base}/processes/{PROCESS_ID}"
    return {
        "id": PROCESS_ID,
        "title": "Propose Zones",
        "description": "Groups the low-performing high schools of a dataset and their feeders into protected Zones.",
        "version": version("feeder-zones"),
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["reference"],
        "links": [link("self", own, title="The process"), link(_EXECUTE, f"{own}/execution", title="Execute it")],
    }


def process_document(base: str) -> dict[str, Any]:
    """The process with its inputs, which are the dataset and the parameters of a proposal, and its outputs."""
    schema = parameter_schema()
    dataset = {
        "title": "Dataset",
        "description": "Identifier of a dataset that was uploaded (GET /datasets lists them).",
        "schema": {"type": "string"},
        "minOccurs": 1,
        "maxOccurs": 1,
    }
    parameters = {
        name: {
            "title": name.replace("_", " "),
            "description": own.get("description", ""),
            "schema": own,
            "minOccurs": 0,
            "maxOccurs": 1,
        }
        for name, own in schema["properties"].items()
    }
    return {**process_summary(base), "inputs": {DATASET_INPUT: dataset, **parameters}, "outputs": _outputs()}


def _outputs() -> dict[str, Any]:
    whole = {
        "title": "Proposal",
        "description": "Zones with members, measures and reasons.",
        "schema": {"type": "object", "contentMediaType": "application/json"},
    }
    layers = {
        name: {
            "title": title,
            "description": description,
            "schema": {"type": "object", "contentMediaType": GEOJSON},
        }
        for name, (title, description) in PROPOSAL_LAYERS.items()
    }
    return {"proposal": whole, **layers}


def status_document(job: Job, base: str) -> dict[str, Any]:
    """The state of a job (``statusInfo``)."""
    own = f"{base}/jobs/{job.id}"
    links = [link("self", own, title="This job"), link("monitor", own, title="How far it is")]
    if job.status == "succeeded":
        links.append(link(RESULTS, f"{own}/results", title="What it made"))
    message = str(job.problem["detail"]) if job.problem else job.stage
    return {
        "jobID": job.id,
        "processID": PROCESS_ID,
        "type": "process",
        "status": _STATUSES[job.status],
        "message": message,
        "progress": round(100 * job.progress),
        "created": _written(job.created_at),
        **({} if job.finished_at is None else {"finished": _written(job.finished_at)}),
        "links": links,
    }


def results_document(proposal_id: str, root: str, base: str) -> dict[str, Any]:
    """What a job made: a link for each output."""
    layers = {
        name: link("item", f"{base}/collections/{name}-{proposal_id}/items", GEOJSON, title)
        for name, (title, _) in PROPOSAL_LAYERS.items()
    }
    return {"proposal": link("item", f"{root}/proposals/{proposal_id}", title="Proposal"), **layers}


def is_of_process(job: Job) -> bool:
    """Whether a job is one of the process; others have no process here."""
    return job.kind == PROPOSAL


def list_links(base: str, links: list[Link]) -> list[Link]:
    """Links of the list of jobs."""
    return [*links, link("up", base, title="OGC interface")]


def _written(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
