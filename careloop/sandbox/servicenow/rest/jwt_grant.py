"""The grant for a signed token: whom a JSON Web Token names, and whether it may.

Tables, claims and algorithms: ServiceNow docs configure-an-oauth-jwt-bearer-grant.md and jwt-bearer-grant.md,
of which one names the application as the audience and one the token endpoint. The columns of
`jwt_verifier_map` are as people have filled them over REST; that a token without `kid` is tried with every
key of its application is what they found too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jwt
from cryptography.x509 import load_pem_x509_certificate
from jwt.types import Options
from starlette.datastructures import Headers

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.store.database import Row

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TABLE = "oauth_jwt"

_SHARED = ("HS256", "HS384", "HS512")
_SIGNED = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
_CHECKED: Options = {
    "require": ["iss", "sub", "aud", "exp"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
"""What is left to the library: the sandbox clock tells the time."""


def user_named(engine: Engine, client: Row, form: Mapping[str, str], headers: Headers) -> str:
    """Return the user that a token proves to an application of table `oauth_jwt`, empty for nobody.

    The token comes as `assertion`, or in the header `Authentication` in which PySNC sends it.
    """
    token = form.get("assertion") or headers.get("authentication", "").removeprefix("Bearer ")
    host, client_id = headers.get("host", ""), _get(client, "client_id")
    audience = [client_id, f"http://{host}/oauth_token.do", f"https://{host}/oauth_token.do"]
    claims = _claims(engine, client, token, audience)
    if not claims or not _is_fresh(engine, client, claims):
        return ""
    column = _get(client, "user_field")
    if column not in engine.db.dictionary["sys_user"].columns:
        return ""
    row = next(engine.db.where("sys_user", **{column: str(claims["sub"])}), None)
    return _get(row, "user_name") if row else ""


def _claims(engine: Engine, client: Row, token: str, audience: list[str]) -> Mapping[str, Any]:
    """Return what a token says when a key of the application has signed it; its times are not looked at."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError:
        return {}
    issuer = _get(client, "client_id")
    for key, algorithms in _keys(engine, client, kid):
        try:
            return jwt.decode(
                token, key, algorithms=algorithms, audience=audience, issuer=issuer, options=_CHECKED
            )
        except (jwt.InvalidTokenError, jwt.InvalidKeyError):
            continue
    return {}


def _keys(engine: Engine, client: Row, kid: str | None) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for verifier in engine.db.where("jwt_verifier_map", oauth_jwt=_get(client, "sys_id")):
        if kid and _get(verifier, "kid") != kid:
            continue
        if shared := _get(verifier, "shared_key"):
            yield shared, _SHARED
        certificate = engine.db.find("sys_certificate", _get(verifier, "sys_certificate"))
        if certificate and _get(certificate, "active") == "true":
            try:
                read = load_pem_x509_certificate(_get(certificate, "pem_certificate").encode())
            except ValueError:
                continue
            yield read.public_key(), _SIGNED


def _is_fresh(engine: Engine, client: Row, claims: Mapping[str, Any]) -> bool:
    """Return whether a token is neither over nor too early, give or take the clock skew, nor used before."""
    now, skew = engine.clock.now().timestamp(), int(_get(client, "clock_skew") or 0)
    try:
        if now > float(claims["exp"]) + skew or now < float(claims.get("nbf", 0)) - skew:
            return False
    except (TypeError, ValueError):
        return False
    if _get(client, "enable_jti_verification") != "true":
        return True
    token_id = claims.get(_get(client, "jti_claim"))
    return bool(token_id) and engine.users.tokens.spend(_get(client, "client_id"), str(token_id))


def _get(row: Row, name: str) -> str:
    return row[0].value(row[1], name)
