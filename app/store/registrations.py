"""Registrations: the schools, years and protections of datasets, and whether an upload is a second cut of one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store.contents import PUBLIC, STAFF, CountedContent, StoredProtection
from app.store.release_tables import BaseProtection, RegisteredFact, Registration, Secret
from app.store.sessions import TableAccess
from app.store.tables import Dataset
from clustering import CountFact, PackedFact, SharedCounts, pack_fact, school_year_text, shared_counts, unpack_fact

_HASH_KEY = "hash key"
_KEY_BYTES = 32
_MAXIMUM_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """
    A registered dataset that holds counts of the same students.

    Parameters
    ----------
    registration
        Of that dataset.
    name
        Of the dataset; blank if it was deleted.
    shared
        What both hold counts of.
    """

    registration: Registration
    name: str
    shared: SharedCounts

    def document(self) -> dict[str, Any]:
        """Write it as plain values, without the schools, of which there may be many."""
        ended = self.registration.ended_at
        return {
            "dataset_id": self.registration.id,
            "name": self.name or None,
            "deleted_at": None if ended is None else ended.isoformat(),
            "counts_of": list(self.shared.kinds),
            "schools": len(self.shared.schools),
            "years": list(self.shared.years),
            "has_unknown_years": self.shared.has_unknown_years,
        }


class Registrations(TableAccess):
    """Facts and protections of datasets, deleted ones among them."""

    def hash_key(self) -> bytes:
        """The key of hashes that the service keeps for itself; made when it is first needed."""
        with self._writing() as session:
            secret = session.get(Secret, _HASH_KEY)
            if secret is None:
                secret = Secret(name=_HASH_KEY, value=secrets.token_bytes(_KEY_BYTES))
                session.add(secret)
            return secret.value

    def protections(self, dataset_id: str) -> dict[str, StoredProtection]:
        """How the bases of a dataset are made, by audience; none for a dataset that is not registered."""
        with self._sessions() as session:
            rows = session.scalars(select(BaseProtection).where(BaseProtection.registration_id == dataset_id)).all()
        return {row.audience: _protection_of(row) for row in rows}

    def unregistered(self) -> Sequence[str]:
        """Datasets of an earlier version that are not registered, oldest first."""
        with self._sessions() as session:
            listed = select(Dataset.id).where(Dataset.id.not_in(select(Registration.id)))
            return session.scalars(listed.order_by(Dataset.created_at)).all()

    def register_earlier(self, dataset_id: str, counted: CountedContent) -> None:
        """Register a dataset that is stored already, whatever counts it shares with others."""
        with self._writing() as session:
            if session.get(Dataset, dataset_id) is not None and session.get(Registration, dataset_id) is None:
                add_registration(session, dataset_id, counted)

    def released_overlaps(self, dataset_id: str) -> list[Overlap]:
        """
        Find other datasets that were released and hold other counts of the same students as this one, newest first.

        There is none where the dataset was released before: a further release of its base says nothing new.
        """
        with self._sessions() as session:
            if session.get(BaseProtection, (dataset_id, PUBLIC)) is not None:
                return []
            own = [_fact_of(row) for row in session.scalars(_rows_of(dataset_id)).all()]
            public = select(BaseProtection.registration_id).where(BaseProtection.audience == PUBLIC)
            others = {*session.scalars(public)} - {dataset_id}
            return [each for each in find_overlaps(session, own) if each.registration.id in others]


def find_registered(session: Session, content_tag: str) -> Registration | None:
    """The registration of the same inputs: of a stored dataset if there is one, never of one that was replaced."""
    same = select(Registration).where(Registration.content_tag == content_tag, Registration.is_replaced.is_(False))
    found = session.scalars(same.order_by(Registration.registered_at)).all()
    return next((each for each in found if each.ended_at is None), found[0] if found else None)


def find_overlaps(session: Session, facts: Sequence[CountFact]) -> list[Overlap]:
    """Registered datasets that hold other counts of the same students, newest first."""
    found = []
    for registration_id in _candidates(session, facts):
        if (shared := shared_counts(facts, _facts_of(session, registration_id, facts))) is not None:
            registration = session.get_one(Registration, registration_id)
            dataset = session.get(Dataset, registration_id)
            name = "" if dataset is None else dataset.name
            found.append(Overlap(registration=registration, name=name, shared=shared))
    return found


def find_same_promotions(session: Session, facts: Sequence[CountFact]) -> StoredProtection | None:
    """The protection for staff of the oldest dataset with the same promotions or residents: equal counts share it."""
    promotions = [fact for fact in facts if not fact.kind.startswith("rates")]
    own = {(fact.kind, fact.year): int(fact.tags[0]) for fact in promotions}  # all tags of such a fact are equal
    for registration_id in reversed(_candidates(session, promotions)):
        theirs = _facts_of(session, registration_id, promotions)
        if any(own.get((each.kind, each.year)) == int(each.tags[0]) for each in theirs):
            return protection_for_staff(session, registration_id)
    return None


def protection_for_staff(session: Session, dataset_id: str) -> StoredProtection | None:
    """How the base for staff of a registered dataset is made."""
    row = session.get(BaseProtection, (dataset_id, STAFF))
    return None if row is None else _protection_of(row)


def _candidates(session: Session, facts: Sequence[CountFact]) -> list[str]:
    """Registrations with facts of the same kinds and years, newest first; their schools are not looked at."""
    years: dict[str, set[int | None]] = {}
    for fact in facts:
        years.setdefault(fact.kind, set()).add(fact.year)
    listed = (
        select(RegisteredFact.registration_id, RegisteredFact.kind, RegisteredFact.year)
        .join(Registration)
        .where(RegisteredFact.kind.in_(years))
        .order_by(Registration.registered_at.desc())
    )
    rows = session.execute(listed).all()
    met = (row[0] for row in rows if row[2] is None or {row[2], None} & years[row[1]])
    return list(dict.fromkeys(met))


def _facts_of(session: Session, registration_id: str, facts: Sequence[CountFact]) -> Sequence[CountFact]:
    kinds = {fact.kind for fact in facts}
    return [_fact_of(row) for row in session.scalars(_rows_of(registration_id).where(RegisteredFact.kind.in_(kinds)))]


def _rows_of(registration_id: str) -> Select[RegisteredFact]:
    return select(RegisteredFact).where(RegisteredFact.registration_id == registration_id)


def add_registration(session: Session, dataset_id: str, counted: CountedContent) -> None:
    """Keep the facts and the protection of a dataset."""
    session.add(Registration(id=dataset_id, content_tag=counted.content_tag))
    session.flush()
    session.add_all(map(_row_of, [dataset_id] * len(counted.facts), counted.facts))
    add_protection(session, dataset_id, STAFF, counted.protection)


def add_protection(session: Session, dataset_id: str, audience: str, protection: StoredProtection) -> None:
    """Keep how the base of an audience is made, for good."""
    own = {"policy": protection.policy, "method": protection.method, "key": protection.key, "audit": protection.audit}
    session.add(BaseProtection(registration_id=dataset_id, audience=audience, **own))


def end_registration(session: Session, dataset_id: str, *, is_replaced: bool = False) -> None:
    """Mark a dataset as gone. Schools and years stay; hashes of single counts do not."""
    registration = session.get(Registration, dataset_id)
    if registration is None:
        return
    registration.ended_at, registration.is_replaced = datetime.now(UTC), is_replaced
    ended = update(RegisteredFact).where(RegisteredFact.registration_id == dataset_id)
    session.execute(ended.values(tags=b""))


def refusal_of(overlaps: Sequence[Overlap], *, may_release: bool) -> ServiceError:
    """
    Name the registered datasets that an upload is a second cut of, and what can be done.

    Parameters
    ----------
    overlaps
        One or more.
    may_release
        Whether the service lets anybody decide otherwise.

    Returns
    -------
    error
        409, with ``second_cut_of``.
    """
    detail = (
        "A registered dataset holds other counts of the same students as these files: of the same schools and school"
        " years. From two cuts of the same students, small counts can be worked out. Nothing was stored. The"
        " remedy says what can be done next."
    )
    return _second_cut_error(detail, overlaps, lambda overlap: _remedy(overlap, may_release))


def second_release_error(overlaps: Sequence[Overlap]) -> ServiceError:
    """Name the released datasets that a release would be a second cut of: 409, with ``second_cut_of``."""
    anyway = "second_cut=release to release this one too; the ledger keeps it."
    detail = "Other counts of the same students were released. From two cuts, small counts can be worked out."
    instead = f"Release proposals of that dataset instead. Or send {anyway}"
    return _second_cut_error(
        detail, overlaps, lambda overlap: f"Send {anyway}" if overlap.registration.ended_at else instead
    )


def _second_cut_error(detail: str, overlaps: Sequence[Overlap], remedy_for: Callable[[Overlap], str]) -> ServiceError:
    named = overlaps[:_MAXIMUM_NAMED]
    own = {"table": "request", "column": "second_cut"}
    problems = [{**own, "message": _describe(each), "remedy": remedy_for(each)} for each in named]
    shown = [each.document() for each in named]
    extra = {"problems": problems, "problem_count": len(overlaps), "second_cut_of": shown}
    return ServiceError(409, detail, extra=extra, type_name="second-cut")


def _describe(overlap: Overlap) -> str:
    shared = overlap.shared
    years = ", ".join(map(school_year_text, shared.years)) or "years that are not given"
    unknown = ", and one of the two gives no years" if shared.has_unknown_years and shared.years else ""
    count = len(shared.schools)
    schools = f"{count:,} school{'' if count == 1 else 's'}"
    ended = overlap.registration.ended_at
    other = f'the dataset "{overlap.name}"' if ended is None else f"a dataset that was deleted on {ended:%Y-%m-%d}"
    return f"{' and '.join(shared.kinds).capitalize()} of {schools} in {years}{unknown} are in {other} too."


def _remedy(overlap: Overlap, may_release: bool) -> str:
    setting = "" if may_release else ", where the setting FEEDER_ZONES_ALLOW_RELEASE is on,"
    others = (
        "If these are schools of another state or district that have the same identifiers, put its name in front of"
        " each identifier in all of its files, such as NC-0001, and upload them again."
    )
    decide = (
        f"Or someone with the right admin{setting} uploads the same files with second_cut=replace, which deletes the"
        " registered datasets of these students with what was computed from them, or with second_cut=release, which"
        " keeps both; by and why then say who decides, and for which reason."
    )
    if overlap.registration.ended_at is not None:
        return f"Upload the same files as then, or files of other schools or years. {others} {decide}"
    use = f"Use the dataset {overlap.registration.id}: its years are a parameter, its crosswalk can be confirmed there."
    return f"{use} {others} {decide}"


def _row_of(registration_id: str, fact: CountFact) -> RegisteredFact:
    packed = pack_fact(fact)
    own = {"schools": packed.schools, "tags": packed.tags}
    return RegisteredFact(registration_id=registration_id, kind=fact.kind, year=fact.year, **own)


def _fact_of(row: RegisteredFact) -> CountFact:
    return unpack_fact(PackedFact(schools=row.schools, tags=row.tags), kind=row.kind, year=row.year)


def _protection_of(row: BaseProtection) -> StoredProtection:
    return StoredProtection(policy=row.policy, method=row.method, key=bytes(row.key), audit=row.audit)


def with_protection(counted: CountedContent, protection: StoredProtection | None) -> CountedContent:
    """The same content, with another protection if there is one."""
    return counted if protection is None else replace(counted, protection=protection)
