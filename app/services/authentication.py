"""Who sends a request: by API key, session of the pages, token of an identity provider, or a trusted proxy's word."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Literal

from starlette.datastructures import Headers

from app.services.oidc import TokenVerifier
from app.settings import Settings, is_loopback
from app.store import ApiKey, Caller, caller_of, known_roles
from app.store.access_store import KEY_PREFIX, AccessStore

SESSION_COOKIE = "feeder_zones_session"
# Browsers keep this one to https and to the host that set it.
SECURE_SESSION_COOKIE = f"__Host-{SESSION_COOKIE}"

_KEPT_S = 3.0  # a revoked key is refused after so long at most
_MAXIMUM_KEPT = 10_000
_MAXIMUM_CREDENTIAL = 8_192

Kind = Literal["token", "session", "proxy"]


@dataclass(frozen=True)
class Credential:
    """
    What a request says about who sends it.

    Parameters
    ----------
    kind
        A bearer token, the cookie of a session, or the words of a trusted proxy.
    text
        As it was sent; of a proxy, user, agency and roles in lines.
    """

    kind: Kind
    text: str

    def tag(self) -> bytes:
        """What it is kept under in memory, where no secret is to lie."""
        return hashlib.sha256(f"{self.kind}\n{self.text}".encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True)
class Identified:
    """
    Somebody the service knows.

    Parameters
    ----------
    caller
        Who.
    requests_per_minute
        Most that are answered; 0 for any number.
    """

    caller: Caller
    requests_per_minute: int = 0


class Authenticator:
    """
    Finds out who sends a request; what was found is kept for a few seconds.

    Parameters
    ----------
    access
        Agencies, keys, sessions and people, of all agencies.
    settings
        Of the service.
    """

    def __init__(self, access: AccessStore, settings: Settings) -> None:
        self.access = access
        self._settings = settings
        self._verifier = TokenVerifier(settings) if settings.oidc_issuer else None
        self._kept: dict[bytes, tuple[Identified, float]] = {}
        self._lock = threading.Lock()
        self._has_keys, self._asked_at = False, float("-inf")
        self._longest = timedelta(hours=settings.session_hours)
        access.end_lapsed_sessions(self._longest)

    def credential_of(self, headers: Headers, client: str) -> Credential | None:
        """What a request says about who sends it; ``client`` is the address that connects. ``None`` if nothing."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return Credential("token", token.strip())
        names = self._settings
        if names.proxy_user_header and self.is_proxy(client):
            wanted = (names.proxy_user_header, names.proxy_agency_header, names.proxy_roles_header)
            sent = [headers.getlist(name) if name else [] for name in wanted]
            # Of a header that comes twice, one may be the client's.
            if sent[0] and all(len(each) <= 1 for each in sent) and sent[0][0].strip():
                return Credential("proxy", "\n".join(each[0].strip() if each else "" for each in sent))
        cookies = _cookies(headers)
        token = cookies.get(SECURE_SESSION_COOKIE) or cookies.get(SESSION_COOKIE) or ""
        return Credential("session", token) if token else None

    def is_proxy(self, client: str) -> bool:
        """Whether an address is that of a trusted proxy."""
        try:
            address = ip_address(client)
        except ValueError:
            return False
        return any(address in network for network in self._settings.proxy_addresses)

    def kept(self, credential: Credential) -> Identified | None:
        """Who it was found to be within the last few seconds."""
        known = self._kept.get(credential.tag())
        return known[0] if known is not None and known[1] > time.monotonic() else None

    def identify(self, credential: Credential) -> Identified | None:
        """Look up who it is; ``None`` if it is nobody, or no longer somebody. It may wait for the database."""
        if len(credential.text) > _MAXIMUM_CREDENTIAL:
            return None
        lasts = _KEPT_S
        if credential.kind == "token" and not credential.text.startswith(f"{KEY_PREFIX}_"):
            found, lasts = self._by_identity_token(credential.text)
        elif credential.kind == "token":
            found = self._of_key(self.access.key_of(credential.text))
        elif credential.kind == "session":
            idle = timedelta(minutes=self._settings.session_idle_minutes)
            found = self._of_key(self.access.key_of_session(credential.text, idle=idle, longest=self._longest))
        else:
            found = self._by_proxy(credential.text)
        if found is not None:
            with self._lock:
                if len(self._kept) >= _MAXIMUM_KEPT:
                    self._kept.clear()
                self._kept[credential.tag()] = (found, time.monotonic() + lasts)
        return found

    def forget(self, credential: Credential) -> None:
        """Look it up anew the next time."""
        with self._lock:
            self._kept.pop(credential.tag(), None)

    def is_open(self, server: str | None) -> bool:
        """
        Whether requests without credentials are answered.

        Parameters
        ----------
        server
            The address at which the request arrived; ``None`` for a socket that is a file.

        Returns
        -------
        is_open
            Only this machine reaches the address, nobody else signs users in, and there are no keys, or the settings
            leave this machine out. Every few seconds the database is asked.
        """
        settings = self._settings
        own = is_loopback(settings.host) and (server is None or is_loopback(server))
        if not own or settings.others_sign_users_in:
            return False
        return settings.open_on_loopback or not self._knows_keys()

    def _knows_keys(self) -> bool:
        if not self._has_keys and time.monotonic() - self._asked_at > _KEPT_S:
            self._has_keys, self._asked_at = self.access.has_keys(), time.monotonic()
        return self._has_keys

    def _of_key(self, key: ApiKey | None) -> Identified | None:
        if key is None:
            return None
        self.access.note_use(key)
        limit = key.requests_per_minute
        return Identified(caller_of(key), self._settings.requests_per_minute if limit is None else limit)

    def _by_identity_token(self, token: str) -> tuple[Identified | None, float]:
        read = None if self._verifier is None else self._verifier.read(token)
        if read is None:
            return None, 0.0
        caller, until = read
        return self._with_roles(caller), min(_KEPT_S, max(0.0, until - time.time()))

    def _by_proxy(self, words: str) -> Identified | None:
        name, agency, roles = words.split("\n")
        return self._with_roles(Caller(agency, name, known_roles(roles)))

    def _with_roles(self, caller: Caller) -> Identified | None:
        """A caller whom others named: by their words if they gave agency and roles, else by the table of people."""
        known: Caller | None = caller
        if not caller.name:
            return None
        if not caller.agency_id or not caller.roles:
            known = self.access.person(caller.name)
        elif not self.access.has_agency(caller.agency_id):
            known = None
        return None if known is None else Identified(known, self._settings.requests_per_minute)


def _cookies(headers: Headers) -> dict[str, str]:
    pairs = (each.strip().partition("=") for each in headers.get("cookie", "").split(";"))
    return {name: value.strip('"') for name, _, value in pairs}
