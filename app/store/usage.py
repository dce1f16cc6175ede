"""How much of the database is an agency's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, LargeBinary, Select, func, select

from app.store.agency_scope import OfAgency
from app.store.contents import UNFINISHED
from app.store.dataset_scope import WHOLE_AGENCY
from app.store.scenario_files import ScenarioFiles
from app.store.sessions import TableAccess
from app.store.tables import Base, Dataset, Job


class Usage(TableAccess):
    """
    What is stored, of an agency or of all; never of single datasets, for quotas are of the agency.

    Parameters
    ----------
    engine
        As for :class:`TableAccess`.
    files
        Where the inputs of datasets are.
    """

    def __init__(self, engine: Engine, files: ScenarioFiles) -> None:
        super().__init__(engine)
        self._files = files

    def datasets(self) -> int:
        """How many datasets."""
        return self._count(select(func.count(Dataset.id)))

    def unfinished_jobs(self) -> int:
        """How many jobs wait or run."""
        return self._count(select(func.count(Job.id)).where(Job.status.in_(UNFINISHED)))

    def _count(self, counted: Select[Any]) -> int:
        with self._sessions() as session:
            return session.scalar(counted.execution_options(**WHOLE_AGENCY)) or 0

    def stored_bytes(self) -> int:
        """Size of all that was uploaded and made [bytes]; reports and lists in JSON are left out, being small."""
        total = 0
        with self._sessions() as session:
            for mapper in Base.registry.mappers:
                if not issubclass(mapper.class_, OfAgency):
                    continue
                held = [
                    getattr(mapper.class_, each.key) for each in mapper.columns if isinstance(each.type, LargeBinary)
                ]
                if held:
                    sizes = select(*(func.sum(func.length(each)) for each in held)).execution_options(**WHOLE_AGENCY)
                    total += sum(int(size or 0) for size in session.execute(sizes).one())
            kept = select(Dataset.scenario_hash).distinct().execution_options(**WHOLE_AGENCY)
            hashes = session.scalars(kept).all()
        return total + sum(map(self._files.size, hashes))
