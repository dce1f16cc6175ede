"""The database: opening it, and all that is read from it and written to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from app.errors import ServiceError
from app.store.access_store import AccessStore
from app.store.agency_scope import AGENCY
from app.store.audit_store import AuditStore
from app.store.capacity_store import CapacityStore, starts_from
from app.store.contents import DOCUMENT_FORMATS, PROPOSAL, UNFINISHED, IngestedDataset, RenderedResult, SecondCut
from app.store.earlier_documents import EarlierDocuments, refuse_earlier
from app.store.existence import Existence
from app.store.features import Features, keep_schools, keep_zones
from app.store.indicator_uploads import IndicatorUploads
from app.store.ledger import Ledger
from app.store.record_store import RecordStore
from app.store.register_dataset import MadeFrom, Registered, dataset_row, register_dataset, register_made
from app.store.registrations import Registrations, end_registration
from app.store.release_store import ReleaseStore
from app.store.scenario_files import ScenarioFiles, StagedScenario
from app.store.sessions import MAXIMUM_LISTED, TableAccess, found
from app.store.tables import CapacityResult, Dataset, Job, Proposal
from app.store.usage import Usage
from clustering import with_protections


class Store(TableAccess):
    """
    Datasets, jobs and proposals.

    Registers, matches and year plans are under ``capacity``, records of Zones under ``records``, and files of
    indicators under ``indicator_uploads``. ``earlier_documents`` writes documents anew after an upgrade.
    ``registrations`` knows of which students datasets are or were, and how their bases are made; ``releases`` has what
    is public, and ``ledger`` who did what. ``features`` are rows with geometry for programs that read the database.
    ``access`` has agencies and keys, ``audit`` the audit trail.

    Parameters
    ----------
    engine
        Of a database that is at its newest migration.
    directory
        The data directory, for the files next to the database.
    with_exact
        As for :class:`TableAccess`.
    """

    def __init__(self, engine: Engine, directory: Path, *, with_exact: bool = False) -> None:
        super().__init__(engine, with_exact=with_exact)
        self._directory = directory
        self.scenario_files = ScenarioFiles(directory)
        self.capacity = CapacityStore(engine, with_exact=with_exact)
        self.earlier_documents = EarlierDocuments(engine)
        self.features = Features(engine)
        self.indicator_uploads = IndicatorUploads(self._sessions, self._writing)
        self.records = RecordStore(reading=self._sessions, writing=self._writing)
        self.registrations = Registrations(engine)
        self.releases = ReleaseStore(engine)
        self.ledger = Ledger(engine)
        self.access = AccessStore(engine)
        self.audit = AuditStore(engine)
        self.usage = Usage(engine, self.scenario_files)
        self._views: dict[tuple[str, bool], Store] = {}

    def of_agency(self, agency_id: str, *, with_exact: bool | None = None) -> Store:
        """
        Show the rows of one agency alone, and give all new rows to it.

        Parameters
        ----------
        agency_id
            The agency.
        with_exact
            Whether what rests on exact counts may be read too; as for this store if not given.

        Returns
        -------
        store
            Over the same connections. What belongs to other agencies is as if it had never been.
        """
        is_exact = self._with_exact if with_exact is None else with_exact
        key = (agency_id, is_exact)
        if key not in self._views:
            engine = self._engine.execution_options(**{AGENCY: agency_id})
            self._views[key] = Store(engine, self._directory, with_exact=is_exact)
        return self._views[key]

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def open_existence(self) -> Existence:
        """Open a connection that tells whether rows exist; whoever opens it closes it."""
        return Existence(self._engine)

    def check(self) -> None:
        """Ask the database something trivial."""
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def add_dataset(self, name: str, ingested: IngestedDataset) -> Dataset:
        """Keep validated inputs as they are; the service registers them when it starts."""
        with self._staged(ingested) as staged, self._writing() as session:
            dataset = dataset_row(name, ingested)
            session.add(dataset)
            session.flush()
            keep_schools(session, dataset, ingested.schools)
            self.scenario_files.keep(staged)
        return dataset

    def register_dataset(
        self,
        name: str,
        ingested: IngestedDataset,
        *,
        second_cut: SecondCut,
        may_release: bool,
        made_from: MadeFrom | None = None,
    ) -> Registered:
        """
        Keep validated inputs and register of which students they hold counts.

        Parameters
        ----------
        name
            Of the dataset.
        ingested
            The inputs.
        second_cut, may_release
            As for ``register_dataset.register_dataset``.
        made_from
            The dataset that the service made it of.

        Returns
        -------
        registered
            The dataset, or the one that is registered with the same inputs.

        Raises
        ------
        ServiceError
            409 if it is a second cut of the same students that is to be refused.
        """
        if ingested.counted is None:
            return Registered(dataset=self.add_dataset(name, ingested), is_new=True)
        with self._staged(ingested) as staged, self._writing() as session:
            work = (session, name, ingested, ingested.counted)
            if made_from is not None:
                registered = register_made(*work, made_from)
            else:
                registered = register_dataset(*work, second_cut=second_cut, may_release=may_release)
            if registered.is_new:
                self.scenario_files.keep(staged)
        if registered.replaced:
            self._wipe()
            self.remove_unused_files()
        return registered

    @contextmanager
    def _staged(self, ingested: IngestedDataset) -> Iterator[StagedScenario]:
        """Have the inputs on the disk before the write lock is taken; they go again unless they are kept."""
        staged = self.scenario_files.stage(ingested.scenario)
        try:
            yield staged
        finally:
            self.scenario_files.discard(staged)

    def remove_unused_files(self) -> list[str]:
        """Remove the files of inputs that no dataset has any more; gives their hashes."""
        # Other agencies may have a dataset of the same inputs.
        with self._writing_little(of_service=True) as session:
            return self.scenario_files.remove_unused(used_hashes(session))

    def datasets(self) -> Sequence[Dataset]:
        """All datasets, newest first."""
        with self._sessions() as session:
            listed = select(Dataset).options(defer(Dataset.report)).order_by(Dataset.created_at.desc(), Dataset.id)
            return session.scalars(listed.limit(MAXIMUM_LISTED)).all()

    def dataset(self, dataset_id: str) -> Dataset:
        """One dataset; 404 if there is none."""
        with self._sessions() as session:
            return found(session.get(Dataset, dataset_id), "dataset")

    def scenario(self, dataset_id: str) -> bytes:
        """The inputs of a dataset, with how its bases are made; 404 if there is none."""
        data = self.scenario_files.read(self.dataset(dataset_id).scenario_hash)
        stored = self.registrations.protections(dataset_id)
        return with_protections(data, {audience: each.document() for audience, each in stored.items()})

    def delete_dataset(self, dataset_id: str) -> None:
        """Delete a dataset with its jobs and proposals; that it was there stays known. 404 if there is none."""
        with self._writing_little() as session:
            session.delete(found(session.get(Dataset, dataset_id), "dataset"))
            end_registration(session, dataset_id)
        self._wipe()
        self.remove_unused_files()

    def proposals(self, dataset_id: str | None = None) -> Sequence[Proposal]:
        """Proposals, newest first, of one dataset or of all."""
        listed = select(Proposal).order_by(Proposal.created_at.desc(), Proposal.id)
        if dataset_id is not None:
            listed = listed.where(Proposal.dataset_id == dataset_id)
        with self._sessions() as session:
            return session.scalars(self._listable(listed, Proposal).limit(MAXIMUM_LISTED)).all()

    def proposal(self, proposal_id: str) -> Proposal:
        """One proposal without its large parts; 404 if there is none, 403 for exact counts that may not be read."""
        with self._sessions() as session:
            return self._readable(session, found(session.get(Proposal, proposal_id), "proposal"))

    def proposal_part(self, proposal_id: str, column: str) -> bytes:
        """One part of a proposal, by its column (``PROPOSAL_PARTS``); 404 and 403 as for :meth:`proposal`."""
        with self._sessions() as session:
            self._readable(session, found(session.get(Proposal, proposal_id), "proposal"))
            part = select(getattr(Proposal, column)).where(Proposal.id == proposal_id)
            return bytes(found(session.execute(part).scalar_one_or_none(), "proposal"))

    def proposal_document(self, proposal_id: str) -> bytes:
        """The document of a proposal for further work: as :meth:`proposal`; 409 if an earlier version wrote it."""
        refuse_earlier(self.proposal(proposal_id))
        return self.proposal_part(proposal_id, "document")

    def add_proposal(self, dataset_id: str, parameters: dict[str, Any], rendered: RenderedResult) -> Proposal:
        """Keep a proposal that no job made; 404 for an unknown dataset."""
        with self._writing() as session:
            found(session.get(Dataset, dataset_id), "dataset")
            proposal = proposal_row(dataset_id, parameters, rendered)
            session.add(proposal)
            session.flush()
            keep_zones(session, proposal)
        return proposal

    def delete_proposal(self, proposal_id: str) -> None:
        """Delete a proposal; 404 if there is none. What jobs say of exact counts goes with it."""
        with self._writing_little() as session:
            proposal = found(session.get(Proposal, proposal_id), "proposal")
            if proposal.parameters.get("disclosure") == "exact":
                session.execute(delete(Job).where(starts_from("proposal_id", proposal_id)))
            session.delete(proposal)
        self._wipe()

    def add_job(
        self,
        dataset_id: str,
        parameters: dict[str, Any],
        *,
        maximum_waiting: int,
        kind: str = "proposal",
        inputs: Mapping[str, str] | None = None,
        name: str = "",
    ) -> Job:
        """
        Queue a request.

        Parameters
        ----------
        dataset_id, parameters
            Of the request.
        maximum_waiting
            Most jobs that may be unfinished.
        kind
            One of ``app.jobs.kinds.JOB_KINDS``.
        inputs
            What else the job starts from: ids, such as ``register_id``.
        name
            Of the result, for lists; blank for none.

        Returns
        -------
        job
            Waiting.

        Raises
        ------
        ServiceError
            404 for an unknown dataset, 503 if too many wait already.
        """
        with self._writing() as session:
            found(session.get(Dataset, dataset_id), "dataset")
            if self._count_unfinished() >= maximum_waiting:
                raise ServiceError(503, "Too many jobs are waiting.", headers={"Retry-After": "30"})
            own = {"kind": kind, "inputs": dict(inputs or {}), "name": name}
            job = Job(dataset_id=dataset_id, parameters=parameters, **own)
            session.add(job)
        return job

    def _count_unfinished(self) -> int:
        """Jobs of all agencies that wait or run: the queue is one."""
        with self._sessions_of_service() as session:
            return session.scalar(select(func.count(Job.id)).where(Job.status.in_(UNFINISHED))) or 0

    def job(self, job_id: str) -> Job:
        """One job; 404 if there is none, 403 for exact counts that may not be read."""
        with self._sessions() as session:
            return self._readable(session, found(session.get(Job, job_id), "job"))

    def jobs(self, dataset_id: str | None = None) -> Sequence[Job]:
        """Jobs, newest first, of one dataset or of all."""
        listed = select(Job).order_by(Job.created_at.desc(), Job.id)
        if dataset_id is not None:
            listed = listed.where(Job.dataset_id == dataset_id)
        with self._sessions() as session:
            return session.scalars(self._listable(listed, Job).limit(MAXIMUM_LISTED)).all()

    def job_states(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._sessions() as session:
            rows = session.execute(select(Job.status, func.count()).group_by(Job.status)).all()
        return {row[0]: row[1] for row in rows}

    def unfinished_jobs(self, dataset_id: str | None = None, *, proposal_id: str | None = None) -> Sequence[str]:
        """Jobs that wait or run, or that ran when the service stopped, of a dataset, proposal or all; oldest first."""
        listed = select(Job.id).where(Job.status.in_(UNFINISHED)).order_by(Job.created_at)
        if dataset_id is not None:
            listed = listed.where(Job.dataset_id == dataset_id)
        if proposal_id is not None:
            listed = listed.where(starts_from("proposal_id", proposal_id))
        with self._sessions() as session:
            return session.scalars(listed).all()

    def note_progress(self, job_id: str, stage: str, progress: float) -> None:
        """Keep how far a job has come."""
        self._change_job(job_id, status="running", stage=stage, progress=progress)

    def finish_job(self, job_id: str, make_row: Callable[[Job], Proposal | CapacityResult]) -> str | None:
        """
        Keep the result of a job and mark the job done, both or neither.

        Parameters
        ----------
        job_id
            The job.
        make_row
            Makes the row of the result.

        Returns
        -------
        result_id
            ``None`` if the job is not unfinished, or no longer there: then nothing is kept.

        Raises
        ------
        ServiceError
            409 if what the result rests on was deleted meanwhile.
        """
        with self._writing() as session:
            job = session.get(Job, job_id)
            if job is None or job.status not in UNFINISHED:
                return None
            row = make_row(job)
            row.made_by = job.made_by
            session.add(row)
            try:
                session.flush()
            except IntegrityError:
                raise ServiceError(409, "The proposal or the register of this job was deleted meanwhile.") from None
            job.status, job.stage, job.progress, job.finished_at = "succeeded", "Done", 1.0, datetime.now(UTC)
            if isinstance(row, Proposal):
                keep_zones(session, row)
                job.proposal_id = row.id
            else:
                job.capacity_result_id = row.id
            return row.id

    def end_job(self, job_id: str, status: str, problem: dict[str, Any]) -> None:
        """Mark a job ``failed`` or ``cancelled``, with its problem document."""
        self._change_job(
            job_id, status=status, stage=status.capitalize(), problem=problem, finished_at=datetime.now(UTC)
        )

    def _change_job(self, job_id: str, **values: Any) -> None:
        with self._writing_little() as session:
            session.execute(update(Job).where(Job.id == job_id, Job.status.in_(UNFINISHED)).values(**values))


def used_hashes(session: Session) -> set[str]:
    """Hashes of the inputs of every dataset, whoever it belongs to."""
    return set(session.scalars(select(Dataset.scenario_hash)))


def proposal_row(dataset_id: str, parameters: dict[str, Any], rendered: RenderedResult) -> Proposal:
    """Make the row of a proposal."""
    own = {"summary": rendered.summary, "document_format": DOCUMENT_FORMATS[PROPOSAL], **rendered.parts}
    return Proposal(dataset_id=dataset_id, parameters=parameters, **own)
