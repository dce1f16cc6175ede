"""How much of the database is an agency's."""

from __future__ import annotations

from sqlalchemy import LargeBinary, func, select

from app.store.agency_scope import OfAgency
from app.store.sessions import TableAccess
from app.store.tables import Base, Dataset


class Usage(TableAccess):
    """What is stored, of an agency or of all."""

    def datasets(self) -> int:
        """How many datasets."""
        with self._sessions() as session:
            return session.scalar(select(func.count(Dataset.id))) or 0

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
                    sizes = select(*(func.sum(func.length(each)) for each in held))
                    total += sum(int(size or 0) for size in session.execute(sizes).one())
        return total
