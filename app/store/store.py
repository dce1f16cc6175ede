"""The database: opening it, and all that is read from it and written to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session, defer

from app.store.access_store import AccessStore
from app.store.agency_scope import AGENCY
from app.store.answers import Answers
from app.store.audit_store import AuditStore, note_removal
from app.store.capacity_store import CapacityStore
from app.store.contents import DOCUMENT_FORMATS, PROPOSAL, IngestedDataset, RenderedResult, SecondCut
from app.store.dataset_scope import DATASETS
from app.store.dependents import refuse_what_others_use, say_what_goes
from app.store.earlier_documents import EarlierDocuments, refuse_earlier
from app.store.existence import Existence
from app.store.features import Features, keep_schools, keep_zones
from app.store.idempotency import KeyedAnswers
from app.store.indicator_uploads import IndicatorUploads
from app.store.job_inputs import starts_from_proposal
from app.store.job_store import JobTable
from app.store.leases import Leases
from app.store.ledger import Ledger
from app.store.paging import Page, Rows, read_rows
from app.store.record_store import RecordStore
from app.store.register_dataset import MadeFrom, Registered, dataset_row, register_dataset, register_made
from app.store.registrations import Registrations, end_registration
from app.store.release_store import ReleaseStore
from app.store.scenario_files import ScenarioFiles, StagedScenario
from app.store.sessions import MAXIMUM_LISTED, found
from app.store.tables import Dataset, Job, Proposal
from app.store.usage import Usage
from clustering import with_protections

# Of a store that are kept; each is for an agency, or for a key of single datasets.
MAXIMUM_VIEWS = 1_000


class Store(JobTable):
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
        self.answers = Answers(engine, with_exact=with_exact)
        self.leases = Leases(engine, with_exact=with_exact)
        self.earlier_documents = EarlierDocuments(engine)
        self.features = Features(engine)
        self.indicator_uploads = IndicatorUploads(self._sessions, self._writing)
        self.records = RecordStore(reading=self._sessions, writing=self._writing)
        self.registrations = Registrations(engine)
        self.releases = ReleaseStore(engine)
        self.ledger = Ledger(engine)
        self.access = AccessStore(engine)
        self.keyed_answers = KeyedAnswers(engine)
        self.audit = AuditStore(engine)
        self.usage = Usage(engine, self.scenario_files)
        self._views: dict[tuple[str, bool, frozenset[str] | None], Store] = {}

    def of_agency(
        self, agency_id: str, *, with_exact: bool | None = None, dataset_ids: frozenset[str] | None = None
    ) -> Store:
        """
        Show the rows of one agency alone, and give all new rows to it.

        Parameters
        ----------
        agency_id
            The agency.
        with_exact
            Whether what rests on exact counts may be read too; as for this store if not given.
        dataset_ids
            The only datasets of it that are shown, with what hangs on them; ``None`` for all.

        Returns
        -------
        store
            Over the same connections. What belongs to others is as if it had never been.
        """
        is_exact = self._with_exact if with_exact is None else with_exact
        key = (agency_id, is_exact, dataset_ids)
        if key not in self._views:
            if len(self._views) >= MAXIMUM_VIEWS:
                self._views.clear()
            engine = self._engine.execution_options(**{AGENCY: agency_id, DATASETS: dataset_ids})
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

    def datasets(self, page: Page | None = None) -> Rows[Dataset]:
        """All datasets, newest first."""
        with self._sessions() as session:
            listed = select(Dataset).options(defer(Dataset.report))
            return read_rows(session, listed, Dataset, page, maximum=MAXIMUM_LISTED)

    def dataset(self, dataset_id: str) -> Dataset:
        """One dataset; 404 if there is none."""
        with self._sessions() as session:
            return found(session.get(Dataset, dataset_id), "dataset")

    def scenario_hashes(self) -> Sequence[tuple[str, str]]:
        """Identifier of each dataset and hash of its inputs, newest first."""
        with self._sessions() as session:
            listed = select(Dataset.id, Dataset.scenario_hash).order_by(Dataset.created_at.desc(), Dataset.id)
            return [(row[0], row[1]) for row in session.execute(listed)]

    def scenario(self, dataset_id: str) -> bytes:
        """The inputs of a dataset, with how its bases are made; 404 if there is none."""
        data = self.scenario_files.read(self.dataset(dataset_id).scenario_hash)
        stored = self.registrations.protections(dataset_id)
        return with_protections(data, {audience: each.document() for audience, each in stored.items()})

    def refuse_deletion(self, table: type[Dataset | Proposal], row_id: str) -> None:
        """Raise what deleting a dataset or proposal would raise, before anything is done for it."""
        with self._sessions() as session:
            row: Any = session.get(table, row_id)
            refuse_what_others_use(session, found(row, table.__tablename__))

    def goes_with(self, dataset_id: str) -> list[str]:
        """Proposals, matches, year plans, files of indicators and jobs that are deleted with a dataset, in words."""
        with self._sessions() as session:
            return say_what_goes(session, dataset_id)

    def delete_dataset(self, dataset_id: str) -> None:
        """
        Delete a dataset with its jobs and proposals; that it was there stays known.

        Raises
        ------
        ServiceError
            404 if there is none, 403 and 409 as for :func:`refuse_what_others_use`.
        """
        with self._writing_little() as session:
            dataset = found(session.get(Dataset, dataset_id), "dataset")
            refuse_what_others_use(session, dataset)
            session.delete(dataset)
            end_registration(session, dataset_id)
        self._wipe()
        self.remove_unused_files()

    def proposals(self, dataset_id: str | None = None, page: Page | None = None) -> Rows[Proposal]:
        """Proposals, newest first, of one dataset, which is 404 if it is not there, or of all."""
        listed = select(Proposal)
        with self._sessions() as session:
            if dataset_id is not None:
                listed = listed.where(Proposal.dataset_id == dataset_id)
                found(session.scalar(select(Dataset.id).where(Dataset.id == dataset_id)), "dataset")
            return read_rows(session, self._listable(listed, Proposal), Proposal, page, maximum=MAXIMUM_LISTED)

    def proposal(self, proposal_id: str) -> Proposal:
        """One proposal without its large parts; 404 if there is none, 403 for exact counts that may not be read."""
        with self._sessions() as session:
            return self._readable(session, found(session.get(Proposal, proposal_id), "proposal"))

    def has(self, table: type[Dataset | Proposal], row_id: str) -> bool:
        """Whether a dataset or proposal is there, whatever it holds: what costs least to know."""
        with self._sessions() as session:
            return session.scalar(select(table.id).where(table.id == row_id)) is not None

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
        """Delete a proposal, with what jobs say of exact counts; errors as for :meth:`delete_dataset`."""
        with self._writing_little() as session:
            proposal = found(session.get(Proposal, proposal_id), "proposal")
            refuse_what_others_use(session, proposal)
            if proposal.parameters.get("disclosure") == "exact":
                note_removal(session.connection(), Job, starts_from_proposal(proposal_id))
                session.execute(delete(Job).where(starts_from_proposal(proposal_id)))
            session.delete(proposal)
        self._wipe()


def used_hashes(session: Session) -> set[str]:
    """Hashes of the inputs of every dataset, whoever it belongs to."""
    return set(session.scalars(select(Dataset.scenario_hash)))


def proposal_row(dataset_id: str, parameters: dict[str, Any], rendered: RenderedResult) -> Proposal:
    """Make the row of a proposal."""
    own = {"summary": rendered.summary, "document_format": DOCUMENT_FORMATS[PROPOSAL], **rendered.parts}
    return Proposal(dataset_id=dataset_id, parameters=parameters, **own)
