"""Tokens of an identity provider: only its own, for this service, signed with a private key, and in time."""

from __future__ import annotations

import base64
import hmac
import json
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.errors import ServiceError
from app.services.oidc import TokenVerifier
from app.settings import Settings

ISSUER, AUDIENCE = "https://id.example", "feeder-zones"
RSA_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
EC_KEY = ECKey.generate_key("P-256", {"kid": "two"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


def claims(**own: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "agency": "nc", "roles": ["analyst"], "exp": now + 300}
    return {name: value for name, value in {**whole, **own}.items() if value is not None}


def in_base64(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> TokenVerifier:
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(json.dumps({"keys": [RSA_KEY.as_dict(private=False), EC_KEY.as_dict(private=False)]}))
    return TokenVerifier(Settings(oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_keys=str(file)))


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA_KEY), ("PS256", RSA_KEY), ("ES256", EC_KEY)])
def test_a_token_names_its_holder(verifier: TokenVerifier, algorithm: str, key: Any) -> None:
    read = verifier.read(jwt.encode({"alg": algorithm, "kid": key.kid}, claims(), key, algorithms=[algorithm]))
    assert read is not None
    caller, until = read
    assert (caller.agency_id, caller.name, caller.roles) == ("nc", "ann", {"analyst"})
    assert until > time.time()


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["another", "one more"]},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"exp": "never"},
        {"nbf": int(time.time()) + 3600},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_for_others_or_of_another_time_is_refused(verifier: TokenVerifier, wrong: dict[str, Any]) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "one"}, claims(**wrong), RSA_KEY, algorithms=["RS256"])
    assert verifier.read(token) is None


def test_a_token_that_is_not_signed_by_the_issuer_is_refused(verifier: TokenVerifier) -> None:
    signed = ".".join(map(in_base64, ({"alg": "HS256", "kid": "one"}, claims())))
    code = hmac.digest(RSA_KEY.as_pem(private=False), signed.encode(), "sha256")
    confused = f"{signed}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"
    stolen = jwt.encode({"alg": "RS256", "kid": "one"}, claims(), OTHER_KEY, algorithms=["RS256"])
    header, body = in_base64({"alg": "none", "typ": "JWT"}), in_base64(claims(sub="ben"))
    right = jwt.encode({"alg": "RS256", "kid": "one"}, claims(), RSA_KEY, algorithms=["RS256"])
    changed = right.split(".")[0] + "." + body + "." + right.rsplit(".", 1)[1]
    own_key = jwt.encode(
        {"alg": "RS256", "jwk": OTHER_KEY.as_dict(private=False)}, claims(), OTHER_KEY, algorithms=["RS256"]
    )
    for token in (confused, stolen, f"{header}.{body}.", f"{header}.{body}.x", changed, own_key, "", "a.b.c", "ü"):
        assert verifier.read(token) is None, token


def test_odd_claims_give_no_rights(verifier: TokenVerifier) -> None:
    odd = claims(agency={"a": 1}, roles=["superuser", {"admin": 1}], sub=7)
    odd["sub"] = "ann"
    read = verifier.read(jwt.encode({"alg": "RS256", "kid": "one"}, odd, RSA_KEY, algorithms=["RS256"]))
    assert read is not None
    assert (read[0].agency_id, read[0].roles) == ("", frozenset())


def test_a_service_without_the_keys_says_so(tmp_path: Path) -> None:
    missing = Settings(oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_keys=str(tmp_path / "none.json"))
    token = jwt.encode({"alg": "RS256", "kid": "one"}, claims(), RSA_KEY, algorithms=["RS256"])
    with pytest.raises(ServiceError) as refused:
        TokenVerifier(missing).read(token)
    assert refused.value.status == 503


@pytest.mark.parametrize(
    "half",
    [
        {"oidc_issuer": ISSUER},
        {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE},
        {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_keys": "http://id.example/keys"},
        {"proxy_roles_header": "X-Roles"},
    ],
    ids=str,
)
def test_half_a_way_to_sign_in_is_refused(half: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"oidc|OpenID|proxy"):
        Settings(**half)  # type: ignore[arg-type]
