"""Agencies, API keys, sessions of pages and people, in the database. No secret is kept, only its hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update

from app.errors import ServiceError
from app.store.access_tables import Agency, ApiKey, PageSession, Person
from app.store.audit_store import note_act
from app.store.callers import ADMIN, LOCAL_AGENCY, Caller, known_roles
from app.store.sessions import TableAccess, found
from app.store.tables import Dataset

KEY_PREFIX = "fz"
_KEY = re.compile(KEY_PREFIX + r"_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_SECRET_BYTES = 32
_AGENCY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# How often it is written down that a key or a session is in use.
_NOTE_USE_EVERY = timedelta(hours=1)
_NOTE_SIGHT_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    """
    A key that is to be made.

    Parameters
    ----------
    agency_id
        Whose data it opens.
    name
        Of the person or program that will hold it.
    roles
        Of ``ROLES``.
    days
        For which it holds; ``None`` for good.
    requests_per_minute
        Most that are answered; ``None`` for what the settings say.
    dataset_ids
        The only datasets that it opens; none for all that the agency has.
    """

    agency_id: str
    name: str
    roles: Iterable[str]
    days: int | None = 365
    requests_per_minute: int | None = None
    dataset_ids: Iterable[str] = ()


class AccessStore(TableAccess):
    """Who may do what."""

    def add_agency(self, agency_id: str, name: str) -> None:
        """Keep an agency: 422 for an identifier of other signs than a-z, 0-9 and hyphens, 409 if there is one."""
        if not _AGENCY.fullmatch(agency_id):
            raise ServiceError(422, "Give an identifier of at most 40 small letters, digits and hyphens.")
        with self._writing() as session:
            if agency_id == LOCAL_AGENCY or session.get(Agency, agency_id) is not None:
                raise ServiceError(409, "There is an agency with this identifier already.")
            session.add(Agency(id=agency_id, name=name))
            note_act(session, agency_id, "agency added", "agency", agency_id)

    def agencies(self) -> Sequence[Agency]:
        """Every agency that was added, by its identifier; ``local`` is always there and not among them."""
        with self._sessions() as session:
            return session.scalars(select(Agency).order_by(Agency.id)).all()

    def has_agency(self, agency_id: str) -> bool:
        """Whether there is an agency with this identifier."""
        with self._sessions() as session:
            return agency_id == LOCAL_AGENCY or session.get(Agency, agency_id) is not None

    def add_key(self, request: KeyRequest) -> str:
        """
        Make a key.

        Parameters
        ----------
        request
            For whom.

        Returns
        -------
        key
            As its holder sends it. It cannot be shown again.

        Raises
        ------
        ServiceError
            404 for an unknown agency or dataset, 422 without a name or a known role, and for an admin of single
            datasets: second cuts, releases and the audit trail concern all of the agency.
        """
        roles = sorted(known_roles(list(request.roles)))
        if not request.name.strip() or not roles:
            raise ServiceError(422, "Give the name of the person or program, and at least one role.")
        dataset_ids = sorted(set(request.dataset_ids))
        if dataset_ids and ADMIN in roles:
            raise ServiceError(422, "A key for single datasets cannot have the role admin, which is for the agency.")
        identifier, secret = secrets.token_hex(6), secrets.token_urlsafe(_SECRET_BYTES)
        now = datetime.now(UTC)
        with self._writing() as session:
            if request.agency_id != LOCAL_AGENCY:
                found(session.get(Agency, request.agency_id), "agency")
            own = select(Dataset.id).where(Dataset.agency_id == request.agency_id, Dataset.id.in_(dataset_ids))
            if unknown := sorted(set(dataset_ids) - set(session.scalars(own))):
                raise ServiceError(404, f"The agency has no dataset {', '.join(unknown)}.")
            session.add(
                ApiKey(
                    id=identifier,
                    agency_id=request.agency_id,
                    name=request.name.strip(),
                    roles=roles,
                    secret_hash=_hashed(secret),
                    requests_per_minute=request.requests_per_minute,
                    dataset_ids=dataset_ids or None,
                    created_at=now,
                    expires_at=None if request.days is None else now + timedelta(days=request.days),
                )
            )
            note_act(session, request.agency_id, f"key added for {', '.join(roles)}", "key", identifier)
        return f"{KEY_PREFIX}_{identifier}_{secret}"

    def keys(self, agency_id: str | None = None) -> Sequence[ApiKey]:
        """Keys of an agency or of all, revoked and expired ones among them, oldest first."""
        listed = select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)
        if agency_id is not None:
            listed = listed.where(ApiKey.agency_id == agency_id)
        with self._sessions() as session:
            return session.scalars(listed).all()

    def has_keys(self) -> bool:
        """Whether a key was ever made: a service whose last key is revoked does not open itself again."""
        with self._sessions() as session:
            return bool(session.scalar(select(func.count(ApiKey.id))))

    def revoke_key(self, key_id: str) -> None:
        """Revoke a key, and end the sessions that began with it; 404 if there is none."""
        with self._writing() as session:
            key = found(session.get(ApiKey, key_id), "key")
            key.revoked_at = key.revoked_at or datetime.now(UTC)
            note_act(session, key.agency_id, "key revoked", "key", key_id)
            session.execute(delete(PageSession).where(PageSession.key_id == key_id))

    def key_of(self, text: str) -> ApiKey | None:
        """The key that a text is, if it is one that still holds."""
        match = _KEY.fullmatch(text)
        with self._sessions() as session:
            key = session.get(ApiKey, match[1]) if match else None
        # An unknown key takes as long as a known one.
        expected = key.secret_hash if key is not None else bytes(32)
        is_right = hmac.compare_digest(bytes(expected), _hashed(match[2] if match else text))
        return key if key is not None and is_right and holds(key) else None

    def note_use(self, key: ApiKey) -> None:
        """Write down that a key is in use, once an hour at most."""
        now = datetime.now(UTC)
        if key.last_used_at is None or now - key.last_used_at > _NOTE_USE_EVERY:
            with self._writing() as session:
                session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))

    def begin_session(self, key: ApiKey) -> str:
        """Begin a session of the pages; the answer is what its cookie holds, and is not kept."""
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with self._writing() as session:
            session.add(PageSession(id=_hashed(token).hex(), agency_id=key.agency_id, key_id=key.id))
        return token

    def key_of_session(self, token: str, *, idle: timedelta, longest: timedelta) -> ApiKey | None:
        """The key with which a session began, if both still hold; what has lapsed is deleted."""
        now = datetime.now(UTC)
        identifier = _hashed(token).hex()
        with self._sessions() as session:
            row = session.get(PageSession, identifier)
            key = None if row is None else session.get(ApiKey, row.key_id)
        if row is None:
            return None
        if key is None or not holds(key) or now - row.seen_at > idle or now - row.created_at > longest:
            self.end_session(token)
            return None
        if now - row.seen_at > _NOTE_SIGHT_EVERY:
            with self._writing() as session:
                session.execute(update(PageSession).where(PageSession.id == identifier).values(seen_at=now))
        return key

    def end_session(self, token: str) -> None:
        """End a session; nothing happens if there is none."""
        with self._writing_little() as session:
            session.execute(delete(PageSession).where(PageSession.id == _hashed(token).hex()))

    def end_lapsed_sessions(self, longest: timedelta) -> None:
        """Delete sessions that began longer ago than any may last."""
        with self._writing_little() as session:
            session.execute(delete(PageSession).where(PageSession.created_at < datetime.now(UTC) - longest))

    def set_person(self, name: str, agency_id: str, roles: Iterable[str]) -> None:
        """Say what somebody may do whom a proxy or an identity provider names; without roles, nothing any more."""
        kept = sorted(known_roles(list(roles)))
        with self._writing() as session:
            if agency_id != LOCAL_AGENCY:
                found(session.get(Agency, agency_id), "agency")
            before = session.get(Person, name)
            if before is not None and not (kept and before.agency_id == agency_id):
                note_act(session, before.agency_id, "person's roles taken away", "person", name)
            session.execute(delete(Person).where(Person.name == name))
            if kept:
                session.add(Person(name=name, agency_id=agency_id, roles=kept))
                note_act(session, agency_id, f"person's roles set to {', '.join(kept)}", "person", name)

    def people(self) -> Sequence[Person]:
        """Everybody of whom it is said, by name."""
        with self._sessions() as session:
            return session.scalars(select(Person).order_by(Person.name)).all()

    def person(self, name: str) -> Caller | None:
        """What is said of somebody; ``None`` if nothing is."""
        with self._sessions() as session:
            row = session.get(Person, name)
        return None if row is None else Caller(row.agency_id, row.name, known_roles(row.roles))


def holds(key: ApiKey) -> bool:
    """Whether a key is neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > datetime.now(UTC))


def caller_of(key: ApiKey) -> Caller:
    """Who holds a key."""
    dataset_ids = None if key.dataset_ids is None else frozenset(key.dataset_ids)
    return Caller(key.agency_id, key.name, known_roles(key.roles), key.id, dataset_ids)


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
