"""A dataset kept and registered in one step, so that two uploads at the same time cannot both be the first cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.contents import (
    DATASET,
    DOCUMENT_FORMATS,
    UNFINISHED,
    CountedContent,
    IngestedDataset,
    SecondCut,
    StoredProtection,
    summarise_report,
)
from app.store.features import keep_schools
from app.store.ledger import EXACT_CROSSWALK, RELEASED_CUT, REPLACED, note
from app.store.registrations import (
    Overlap,
    add_registration,
    end_registration,
    find_overlaps,
    find_registered,
    find_same_promotions,
    protection_for_staff,
    refusal_of,
    with_protection,
)
from app.store.release_store import withdraw_releases_of
from app.store.scenario_files import hash_of
from app.store.tables import Dataset, Job

_SERVICE = "the service"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """
    What became of an upload.

    Parameters
    ----------
    dataset
        As stored.
    is_new
        Whether it was stored now; else the same inputs were registered before, and this is that dataset.
    replaced
        Datasets that it takes the place of.
    stopped_jobs
        Jobs of theirs that were not finished.
    """

    dataset: Dataset
    is_new: bool
    replaced: Sequence[str] = ()
    stopped_jobs: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class MadeFrom:
    """
    The dataset from which the service makes another.

    Parameters
    ----------
    dataset_id
        That dataset.
    is_exact
        Whether its exact counts are used; else its base is, and the new dataset tells nothing more.
    """

    dataset_id: str
    is_exact: bool


def dataset_row(name: str, ingested: IngestedDataset) -> Dataset:
    """Make the row of a dataset."""
    report = ingested.report
    own = {"report": report, "summary": summarise_report(report), "scenario_hash": hash_of(ingested.scenario)}
    return Dataset(name=name, document_format=DOCUMENT_FORMATS[DATASET], **own)


def register_dataset(
    session: Session,
    name: str,
    ingested: IngestedDataset,
    counted: CountedContent,
    *,
    second_cut: SecondCut,
    may_release: bool,
) -> Registered:
    """
    Keep an upload, unless it is a second cut of the same students.

    Parameters
    ----------
    session
        That holds the write lock.
    name
        Of the dataset.
    ingested, counted
        What was read.
    second_cut
        What is to be done if it is one.
    may_release
        Whether the service lets anybody decide so; a refusal says it.

    Returns
    -------
    registered
        Inputs that are registered already lead to their dataset, unless both are to be kept. Inputs that were
        registered before, and inputs with the same promotions, get the same protection as then.

    Raises
    ------
    ServiceError
        409 if it is a second cut, and second cuts are to be refused.
    """
    same = find_registered(session, counted.content_tag)
    if same is not None and same.ended_at is None and second_cut.choice != "release":
        return Registered(dataset=session.get_one(Dataset, same.id), is_new=False)
    overlaps = [] if same is not None else find_overlaps(session, counted.facts)
    if overlaps and second_cut.choice == "refuse":
        raise refusal_of(overlaps, may_release=may_release)
    if same is not None:
        protection = protection_for_staff(session, same.id)
    else:
        protection = find_same_promotions(session, counted.facts)
    dataset = _keep(session, name, ingested, counted, protection)
    replaced, stopped = _replace(session, overlaps, second_cut) if second_cut.choice == "replace" else ((), ())
    if overlaps:
        act = REPLACED if second_cut.choice == "replace" else RELEASED_CUT
        note(session, act, by=second_cut.by, why=second_cut.why, dataset_id=dataset.id, content=_facts_of(overlaps))
    return Registered(dataset=dataset, is_new=True, replaced=replaced, stopped_jobs=stopped)


def register_made(
    session: Session, name: str, ingested: IngestedDataset, counted: CountedContent, made_from: MadeFrom
) -> Registered:
    """
    Keep a dataset that the service made from another.

    Parameters
    ----------
    session, name, ingested, counted
        As for :func:`register_dataset`.
    made_from
        The other dataset; the new one has its protection.

    Returns
    -------
    registered
        If it was made from exact counts, it is a second cut, and the ledger has a row of it.
    """
    same = find_registered(session, counted.content_tag)
    if same is not None and same.ended_at is None:
        return Registered(dataset=session.get_one(Dataset, same.id), is_new=False)
    dataset = _keep(session, name, ingested, counted, protection_for_staff(session, made_from.dataset_id))
    if made_from.is_exact:
        content = {"made_from": made_from.dataset_id}
        why = "Rows of a crosswalk were confirmed, and the service may use exact counts (setting allow_exact)."
        note(session, EXACT_CROSSWALK, by=_SERVICE, why=why, dataset_id=dataset.id, content=content)
    return Registered(dataset=dataset, is_new=True)


def _keep(
    session: Session,
    name: str,
    ingested: IngestedDataset,
    counted: CountedContent,
    protection: StoredProtection | None,
) -> Dataset:
    """Store a dataset and register it, with the protection of an earlier one if that is given."""
    dataset = dataset_row(name, ingested)
    session.add(dataset)
    session.flush()
    keep_schools(session, dataset, ingested.schools)
    add_registration(session, dataset.id, with_protection(counted, protection))
    return dataset


def _replace(
    session: Session, overlaps: Sequence[Overlap], second_cut: SecondCut
) -> tuple[Sequence[str], Sequence[str]]:
    """
    Delete the datasets that are replaced, with all that was computed from them, and withdraw their releases.

    Returns the datasets and their unfinished jobs.
    """
    gone: list[str] = []
    stopped: list[str] = []
    for overlap in overlaps:
        dataset_id = overlap.registration.id
        if (dataset := session.get(Dataset, dataset_id)) is not None:
            unfinished = select(Job.id).where(Job.dataset_id == dataset_id, Job.status.in_(UNFINISHED))
            stopped += session.scalars(unfinished)
            session.delete(dataset)
            end_registration(session, dataset_id, is_replaced=True)
            gone.append(dataset_id)
        # Releases of a deleted dataset can still be read.
        withdraw_releases_of(session, dataset_id, by=second_cut.by, why=f"Its dataset was replaced. {second_cut.why}")
    return gone, stopped


def _facts_of(overlaps: Sequence[Overlap]) -> dict[str, Any]:
    return {"second_cut_of": [overlap.document() for overlap in overlaps]}
