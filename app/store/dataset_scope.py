"""
Keys that open single datasets of an agency: for them, what belongs to other datasets does not exist.

A session of such a key adds a condition to every SELECT, UPDATE and DELETE of the object-relational mapper. The
condition follows from the foreign keys of each table, so that it holds for tables that are added later. A second check
refuses statements without a condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, Table, event, false, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.errors import ServiceError
from app.store.agency_scope import AgencySession, OfAgency, ScopeError, agency_tables, is_by_key
from app.store.tables import Base

# Name of the option of an engine that holds the identifiers of the datasets, sorted; none for all of the agency.
DATASETS = "feeder_zones_datasets"
# Option of a statement that reads the rows of the whole agency, whatever the caller may see of it.
WHOLE_AGENCY = {"feeder_zones_whole_agency": True}
_WHOLE, _IS_KEPT, _CRITERIA = "feeder_zones_whole_agency", "feeder_zones_kept_to_datasets", "of_datasets"
# These have the identifier of a dataset as their own.
_BY_IDENTIFIER = ("dataset", "registration")
# How these name a second proposal.
_SECOND: dict[str, Callable[[Any], ColumnElement[Any]]] = {
    "answer": lambda columns: columns.other_proposal_id,
    "job": lambda columns: _OtherProposal(columns.inputs),
}


class _OtherProposal(FunctionElement[str]):
    """The second proposal in the inputs of a job; an index of JSON cannot be part of a condition of the mapper."""

    type = String()
    inherit_cache = True


@compiles(_OtherProposal, "sqlite")
def _in_sqlite(element: _OtherProposal, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **options)}, '$.other_proposal_id')"


@compiles(_OtherProposal, "postgresql")
def _in_postgresql(element: _OtherProposal, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract_path_text({compiler.process(element.clauses, **options)}, 'other_proposal_id')"


def dataset_information(agency_id: str, dataset_ids: Iterable[str] | None) -> dict[str, Any]:
    """What the sessions of a key for single datasets need to know; nothing for any other key."""
    if dataset_ids is None:
        return {}
    known = sorted(dataset_ids)
    return {DATASETS: frozenset(known), _CRITERIA: tuple(_criteria(agency_id, known))}


def _criteria(agency_id: str, dataset_ids: list[str]) -> Iterable[LoaderCriteriaOption]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, OfAgency):
            condition = _condition(mapper.class_.__table__, agency_id, dataset_ids)  # type: ignore[attr-defined]
            yield with_loader_criteria(mapper.class_, false() if condition is None else condition, include_aliases=True)


def _condition(table: Table, agency_id: str, dataset_ids: list[str]) -> ColumnElement[bool] | None:
    """The condition for rows that belong to one of the datasets; ``None`` for a table whose rows belong to none."""
    if table.name in _BY_IDENTIFIER:
        return table.c.id.in_(dataset_ids)
    if "dataset_id" in table.c:
        own = table.c.dataset_id.in_(dataset_ids)
        return own & _second_is_shown(table, agency_id, dataset_ids) if table.name in _SECOND else own
    for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
        whole = key.column.table
        condition = _condition(whole, agency_id, dataset_ids)
        if condition is not None:
            kept = select(key.column).where(whole.c.agency_id == agency_id, condition)
            return key.parent.in_(kept.correlate(None))
    return None


def _second_is_shown(table: Table, agency_id: str, dataset_ids: list[str]) -> ColumnElement[bool]:
    """A comparison belongs to the dataset of its first proposal; the second, which it shows, may be of another."""
    proposal = Base.metadata.tables["proposal"]
    shown = select(proposal.c.id).where(proposal.c.agency_id == agency_id, proposal.c.dataset_id.in_(dataset_ids))
    second = func.coalesce(_SECOND[table.name](table.c), "")
    return or_(second == "", second.in_(shown.correlate(None)))


@event.listens_for(AgencySession, "do_orm_execute")
def _add_criteria(state: ORMExecuteState) -> None:
    criteria = state.session.info.get(_CRITERIA)
    if criteria is None or not (state.is_select or state.is_update or state.is_delete):
        return
    state.update_execution_options(**{_IS_KEPT: True})
    # A column of a row that was found already, or a count over the agency, needs no condition.
    if not state.is_column_load and not state.execution_options.get(_WHOLE):
        state.statement = state.statement.options(*criteria)


@event.listens_for(AgencySession, "before_flush")
def _refuse_rows(session: AgencySession, _context: Any, _instances: Any) -> None:
    dataset_ids: frozenset[str] | None = session.info.get(DATASETS)
    if dataset_ids is None:
        return
    for row in session.new:
        if isinstance(row, OfAgency) and not _may_add(row, dataset_ids):
            raise beyond_datasets()


def _may_add(row: Any, dataset_ids: frozenset[str]) -> bool:
    if row.__tablename__ in _BY_IDENTIFIER:
        return False
    if "dataset_id" in row.__table__.c:
        return row.dataset_id in dataset_ids
    # A part of a row that was found, so it belongs to one of the datasets.
    return _condition(row.__table__, "", []) is not None


def beyond_datasets() -> ServiceError:
    """403: what a key for single datasets cannot add."""
    detail = "Your key opens single datasets. Adding others, or what the agency shares, needs another key."
    return ServiceError(403, detail)


def refuse_statements_without_datasets(engine: Engine) -> None:
    """
    Refuse statements of a key for single datasets to which the mapper added no condition.

    Parameters
    ----------
    engine
        Of the database; connections of engines derived from it are looked at too.
    """
    names = "|".join(agency_tables(Base))
    named = re.compile(rf'\b(?:FROM|JOIN|UPDATE|INTO) "?(?:{names})"?(?!\w)')

    def check(connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        """Refuse a statement."""
        if connection.get_execution_options().get(DATASETS) is None or statement.startswith("INSERT"):
            return
        is_kept = context is not None and context.execution_options.get(_IS_KEPT)
        if not is_kept and named.search(statement) and not is_by_key(statement, names):
            raise ScopeError(f"a statement has no condition for the datasets of its key: {statement}")

    event.listen(engine, "before_cursor_execute", check)
