"""Tokens of an OpenID Connect provider, checked as a resource server does (RFC 9068, RFC 8725)."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

from app.errors import ServiceError
from app.settings import Settings
from app.store import Caller, known_roles

# Signatures with a private key of the issuer. No HMAC: its key would be the public one (RFC 8725, 2.1).
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_KEPT_S = 600.0
_TRIED_EVERY_S = 10.0
_TIMEOUT_S = 5.0
_MAXIMUM_BYTES = 1_000_000
_LEEWAY_S = 30


class _NoRedirects(HTTPRedirectHandler):
    """Follows nothing: the keys are where the settings say."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Refuse."""


class TokenVerifier:
    """
    Reads tokens of one issuer.

    Parameters
    ----------
    settings
        The issuer, the audience, the keys, and the names of claims.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._keys: Any = None
        self._read_at = self._tried_at = float("-inf")

    def read(self, token: str) -> tuple[Caller, float] | None:
        """
        Read a token.

        Parameters
        ----------
        token
            As it was sent.

        Returns
        -------
        caller
            Its agency is blank and it has no roles where the token names none; and until when it holds, in seconds
            since 1970. ``None`` for a token that is not of this issuer for this audience, or has lapsed.

        Raises
        ------
        ServiceError
            503 if the keys of the issuer cannot be read.
        """
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415

        claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._settings.oidc_issuer},
            aud={"essential": True, "value": self._settings.oidc_audience},
            exp={"essential": True},
            nbf={"essential": False},
        )
        for is_again in (False, True):
            try:
                decoded = jwt.decode(token, self._key_set(fresh=is_again), algorithms=_ALGORITHMS)
                claims.validate(decoded.claims)
            except (JoseError, ValueError, KeyError, TypeError):
                continue  # once more with fresh keys: the issuer may have changed them
            return self._caller(decoded.claims), float(decoded.claims["exp"])
        return None

    def _caller(self, claims: dict[str, Any]) -> Caller:
        names = self._settings
        agency, name = claims.get(names.oidc_agency_claim), claims.get(names.oidc_name_claim)
        roles = known_roles(claims.get(names.oidc_roles_claim))
        return Caller(agency if isinstance(agency, str) else "", name if isinstance(name, str) else "", roles)

    def _key_set(self, *, fresh: bool) -> Any:
        from joserfc.jwk import KeySet  # noqa: PLC0415

        with self._lock:
            now = time.monotonic()
            is_due = fresh or now - self._read_at > _KEPT_S
            if is_due and now - self._tried_at > _TRIED_EVERY_S:
                self._tried_at = now
                try:
                    self._keys = KeySet.import_key_set(json.loads(_fetch(self._settings.oidc_keys)))
                    self._read_at = now
                except (OSError, ValueError, KeyError, TypeError):
                    if self._keys is None:
                        self._tried_at = float("-inf")
            if self._keys is None:
                raise ServiceError(
                    503, "The keys of the identity provider cannot be read.", headers={"Retry-After": "10"}
                )
            return self._keys


def _fetch(address: str) -> bytes:
    if not address.startswith("https://"):
        return Path(address).read_bytes()
    with build_opener(_NoRedirects).open(address, timeout=_TIMEOUT_S) as answer:
        data: bytes = answer.read(_MAXIMUM_BYTES)
    return data
