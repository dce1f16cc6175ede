"""Registers of Lead Partners, matches and year plans in the database."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, undefer

from app.errors import ServiceError
from app.store.contents import DOCUMENT_FORMATS, REGISTER, UNFINISHED, CheckedRegister, RenderedResult
from app.store.dependents import refuse_what_others_use
from app.store.job_inputs import starts_from
from app.store.paging import Page, Rows, read_rows
from app.store.sessions import MAXIMUM_LISTED, TableAccess, found
from app.store.tables import CapacityPart, CapacityResult, Job, Proposal, Register


class CapacityStore(TableAccess):
    """Registers, matches and year plans."""

    def add_register(self, name: str, register: CheckedRegister) -> Register:
        """Keep a register."""
        with self._writing() as session:
            row = Register(
                name=name,
                report=register.report,
                summary=register.summary,
                content=register.content,
                document_format=DOCUMENT_FORMATS[REGISTER],
            )
            session.add(row)
        return row

    def registers(self, page: Page | None = None) -> Rows[Register]:
        """All registers, newest first."""
        with self._sessions() as session:
            listed = select(Register).options(defer(Register.report))
            return read_rows(session, listed, Register, page, maximum=MAXIMUM_LISTED)

    def register(self, register_id: str) -> Register:
        """One register; 404 if there is none."""
        with self._sessions() as session:
            return found(session.get(Register, register_id), "register")

    def register_content(self, register_id: str) -> bytes:
        """What matching reads of a register; 404 if there is none."""
        with self._sessions() as session:
            return found(session.get(Register, register_id, options=[undefer(Register.content)]), "register").content

    def partner_ids(self) -> frozenset[str] | None:
        """Identifiers of the partners of every register that can be read; ``None`` if there is none."""
        with self._sessions() as session:
            now = Register.document_format == DOCUMENT_FORMATS[REGISTER]
            listed = session.scalars(select(Register.report["partners"]).where(now)).all()
        return frozenset(partner["partner_id"] for partners in listed for partner in partners) if listed else None

    def delete_register(self, register_id: str) -> None:
        """Delete a register; 404 if there is none, 409 as long as a result or an unfinished job rests on it."""
        with self._writing_little() as session:
            register = found(session.get(Register, register_id), "register")
            results = select(func.count()).where(CapacityResult.register_id == register_id)
            jobs = select(func.count()).where(Job.status.in_(UNFINISHED), starts_from("register_id", register_id))
            if used := session.scalar(results) or session.scalar(jobs):
                what = "result rests" if used == 1 else "results rest"
                detail = f"{used} {what} on this register, or will when a job is done. Delete or cancel that first."
                raise ServiceError(409, detail)
            session.delete(register)
        self._wipe()

    def results(
        self,
        kind: str,
        *,
        proposal_id: str | None = None,
        register_id: str | None = None,
        page: Page | None = None,
    ) -> Rows[CapacityResult]:
        """Matches or year plans, newest first, of one proposal or register, 404 if it is not there, or of all."""
        listed = self._listable(select(CapacityResult).where(CapacityResult.kind == kind), CapacityResult)
        with self._sessions() as session:
            if proposal_id is not None:
                found(session.scalar(select(Proposal.id).where(Proposal.id == proposal_id)), "proposal")
                listed = listed.where(CapacityResult.proposal_id == proposal_id)
            if register_id is not None:
                found(session.scalar(select(Register.id).where(Register.id == register_id)), "register")
                listed = listed.where(CapacityResult.register_id == register_id)
            return read_rows(session, listed, CapacityResult, page, maximum=MAXIMUM_LISTED)

    def result(self, result_id: str, kind: str | None = None) -> CapacityResult:
        """One match or year plan without its parts; 404 if there is none of this kind, 403 for exact counts."""
        with self._sessions() as session:
            row = session.get(CapacityResult, result_id)
            own = found(row if row is None or kind in (None, row.kind) else None, kind or "result")
            return self._readable(session, own)

    def part(self, result_id: str, file: str) -> bytes:
        """One part of a match or a year plan, by the name of its file; 404 if there is none, 403 for exact counts."""
        with self._sessions() as session:
            self._readable(session, found(session.get(CapacityResult, result_id), "result"))
            return found(session.get(CapacityPart, (result_id, file)), "part").content

    def refuse_deletion(self, result_id: str, kind: str) -> None:
        """Raise what deleting a match or a year plan would raise, before anything is done for it."""
        with self._sessions() as session:
            refuse_what_others_use(session, _of_kind(session, result_id, kind))

    def delete_result(self, result_id: str, kind: str) -> None:
        """
        Delete a match or a year plan.

        Raises
        ------
        ServiceError
            404 if there is none of this kind, 403 and 409 as for :func:`refuse_what_others_use`.
        """
        with self._writing_little() as session:
            row = _of_kind(session, result_id, kind)
            refuse_what_others_use(session, row)
            session.delete(row)
        self._wipe()


def _of_kind(session: Session, result_id: str, kind: str) -> CapacityResult:
    row = session.get(CapacityResult, result_id)
    return found(row if row is None or row.kind == kind else None, kind)


def capacity_row(job: Job, rendered: RenderedResult) -> CapacityResult:
    """Make the row of a match or a year plan."""
    return CapacityResult(
        kind=job.kind,
        dataset_id=job.dataset_id,
        proposal_id=job.inputs["proposal_id"],
        register_id=job.inputs["register_id"],
        name=job.name,
        parameters=job.parameters,
        summary=rendered.summary,
        document_format=DOCUMENT_FORMATS[job.kind],
        parts=[CapacityPart(file=file, content=content) for file, content in rendered.parts.items()],
    )
