"""Answers about what is stored: analyses and comparisons. They are started, computed as jobs, kept, and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.errors import ServiceError
from app.jobs import COMPARISON
from app.queries.analysis import Analysis, AnalysisParameters
from app.queries.capacity_kinds import CAPACITY_KINDS, CapacityKind
from app.services.proposals import read_document
from app.services.request_keys import request_key
from app.services.service import Service
from app.store import ANALYSIS, Job, KeptForm, Origin, result_id_name


@dataclass(frozen=True, kw_only=True)
class Question:
    """
    Something that can be computed about what is stored.

    Parameters
    ----------
    dataset_id
        Of the inputs.
    inputs
        ``question``, and the ids of what it is about.
    parameters
        As plain values.
    """

    dataset_id: str
    inputs: Mapping[str, str]
    parameters: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Of everything that the answer rests on: what is stored never changes under its id."""
        return request_key(ANALYSIS, self.inputs, self.parameters)


def question_of_proposal(
    service: Service, proposal_id: str, analysis: Analysis, parameters: AnalysisParameters
) -> Question:
    """
    Ask for an analysis of a proposal.

    Parameters
    ----------
    service
        The service.
    proposal_id
        The proposal.
    analysis, parameters
        What to compute.

    Returns
    -------
    question
        That the caller may ask.

    Raises
    ------
    ServiceError
        403 for exact counts that the service no longer gives, 404 if there is no such proposal, 409 if an earlier
        version made it.
    """
    read_document(service, proposal_id)
    return Question(
        dataset_id=service.store.proposal(proposal_id).dataset_id,
        inputs={"question": analysis.name, "proposal_id": proposal_id},
        parameters=parameters.model_dump(mode="json"),
    )


def question_of_result(
    service: Service, kind: CapacityKind, result_id: str, analysis: Analysis, parameters: AnalysisParameters
) -> Question:
    """Ask for an analysis of a match or a year plan; errors as for :func:`question_of_proposal`."""
    result = service.store.capacity.result(result_id, kind.name)
    read_document(service, result.proposal_id)
    return Question(
        dataset_id=result.dataset_id,
        inputs={"question": analysis.name, **result.inputs, result_id_name(kind.name): result_id},
        parameters=parameters.model_dump(mode="json"),
    )


def question_of_pair(service: Service, first_id: str, second_id: str) -> Question:
    """Ask for the comparison of two proposals; errors as for :func:`question_of_proposal`."""
    for each in (first_id, second_id):
        read_document(service, each)
    return Question(
        dataset_id=service.store.proposal(first_id).dataset_id,
        inputs={"question": COMPARISON, "proposal_id": first_id, "other_proposal_id": second_id},
        parameters={},
    )


def start(service: Service, question: Question) -> Job:
    """
    Start to compute an answer.

    Parameters
    ----------
    service
        The service.
    question
        As one of the functions above asks it.

    Returns
    -------
    job
        Waiting; or the one that computes or computed the same answer.

    Raises
    ------
    ServiceError
        503 if too many jobs wait.
    """
    job = service.store.add_job(
        question.dataset_id,
        dict(question.parameters),
        maximum_waiting=service.settings.maximum_queued_jobs,
        kind=ANALYSIS,
        inputs=question.inputs,
        origin=Origin(request_key=question.key),
    )
    service.queue.submit(job.id)
    return job


def find(service: Service, question: Question, form: str = "json") -> KeptForm | None:
    """An answer in one of its forms, if it was computed."""
    return service.store.answers.form(question.key, form)


def read(service: Service, question: Question, form: str = "json") -> KeptForm:
    """
    Read an answer.

    Parameters
    ----------
    service
        The service.
    question
        That the caller may ask.
    form
        ``json``, or a table as CSV: ``csv`` of an analysis, ``moves`` or ``zones`` of a comparison.

    Returns
    -------
    kept
        As it was computed.

    Raises
    ------
    ServiceError
        404, ``not-computed``, if nobody started it yet or it is not done.
    """
    kept = find(service, question, form)
    if kept is None:
        detail = "This was not computed yet. Send POST to the same address to start it; GET then reads the answer."
        raise ServiceError(404, detail, type_name="not-computed")
    return kept


def address_of_answer(job: Job, *, is_page: bool = False) -> str:
    """
    Find where the answer of a job can be read.

    Parameters
    ----------
    job
        Of the kind ``analysis``.
    is_page
        Whether people read it.

    Returns
    -------
    address
        Path and query.
    """
    question, proposal = job.inputs["question"], f"/proposals/{job.inputs['proposal_id']}"
    start, query = ("/browse" if is_page else ""), urlencode(job.parameters, doseq=True)
    if question == COMPARISON:
        other = job.inputs["other_proposal_id"]
        own = f"{proposal}/comparison"
        return f"{start}{own}?other_id={other}" if is_page else f"{own}/{other}"
    for kind in CAPACITY_KINDS.values():
        if (result_id := job.inputs.get(result_id_name(kind.name))) is not None:
            proposal = f"/{kind.path}/{result_id}"
    return f"{start}{proposal}/{question}" + (f"?{query}" if query else "")
