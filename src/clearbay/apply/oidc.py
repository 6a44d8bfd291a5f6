"""Signing in at an identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

What comes back counts only from the browser that went (a cookie of its own), once, within ten minutes. The ID token is
verified against the provider's published keys: signature (never ``none``, never a shared secret), issuer, audience,
times, nonce. Then the operator's own table says what the claims mean here. Two accounts are never joined by a name:
an identity is its subject at the provider.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, func, insert, select

from clearbay.apply.identity import Provider, check_address
from clearbay.model.errors import BadInput, Conflict, NotAllowed, StoreError
from clearbay.model.person import Person
from clearbay.model.playbook import ROLES
from clearbay.model.territory import covers
from clearbay.store import Home, audit
from clearbay.store.people import People
from clearbay.store.sessions import hashed
from clearbay.store.tables_people import sign_in_flow
from clearbay.store.trouble import told

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a private key; one made with a secret that both sides know, or none, is refused."""

LASTS = 600
"""Seconds that a sign-in may take at the provider."""
MOST = 10_000
"""Sign-ins under way at once."""
FRESH = 3600.0
"""Seconds for which a provider's description and keys are believed."""
AGAIN = 60.0
"""Seconds before keys are asked for again because of one that is not among them."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
_LARGEST = 1024 * 1024


@dataclass
class _Described:
    """What a provider says of itself, and its keys, as last read."""

    document: Mapping[str, Any] = field(default_factory=dict)
    keys: KeySet | None = None
    at: float = -FRESH
    keys_at: float = -FRESH


class Oidc:
    """The identity providers of one home. Safe to share between threads."""

    def __init__(self, home: Home, known: Mapping[str, Provider]) -> None:
        self._home, self.providers = home, dict(known)
        self._lock = threading.Lock()
        self._described = {id: _Described() for id in known}

    def begin(self, provider: Provider, redirect: str) -> tuple[str, str]:
        """Where to send a browser, and the mark that it must bring back in a cookie."""
        document = self._document(provider)
        state, nonce, browser, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        moment = int(time.time())
        row = {
            "state": hashed(state), "provider": provider.id, "browser": hashed(browser), "nonce": hashed(nonce),
            "verifier": verifier, "made": moment,
        }  # fmt: skip
        with told("begin a sign-in"), self._home.records.write() as connection:
            connection.execute(delete(sign_in_flow).where(sign_in_flow.c.made < moment - LASTS))
            if int(connection.scalar(select(func.count()).select_from(sign_in_flow)) or 0) >= MOST:
                raise StoreError("too many sign-ins are under way; try again in some minutes")
            connection.execute(insert(sign_in_flow), [row])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": provider.client_id, "redirect_uri": redirect,
            "scope": " ".join(provider.scopes), "state": state, "nonce": nonce, "code_challenge": challenge,
            "code_challenge_method": "S256",
        }  # fmt: skip
        address = str(document["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", browser

    def finish(
        self, provider: Provider, *, state: str, code: str, browser: str, redirect: str, issuer: str = "",
        refused: str = "", address: str = "",
    ) -> Person:  # fmt: skip
        """The person for whom a provider vouches. Raises ``NotAllowed`` for what does not hold, and notes it."""
        try:
            nonce, verifier = self._taken(provider, state, browser)
            if issuer and issuer != provider.issuer:
                raise NotAllowed("another provider has answered", where="iss", mend="begin the sign-in anew")
            if refused or not code:
                raise NotAllowed(f"the provider says {refused or 'nothing'}", where="code", mend="begin anew")
            claims = self._claims(provider, code, verifier, redirect, nonce)
            return self._person(provider, claims)
        except BadInput as error:
            data = {"via": f"oidc {provider.id}", "why": error.what[:300], "address": address[:200]}
            with told("sign in"), self._home.records.write() as connection:
                audit.note(self._home, connection, "sign-in failed", by=None, about="", data=data)
            raise

    def _taken(self, provider: Provider, state: str, browser: str) -> tuple[str, str]:
        """Nonce (hashed) and verifier of a sign-in under way, which is over with this."""
        with told("sign in"), self._home.records.write() as connection:
            where = sign_in_flow.c.state == hashed(state)
            row = connection.execute(select(sign_in_flow).where(where)).first()
            connection.execute(delete(sign_in_flow).where(where))
        good = row is not None and row.provider == provider.id and time.time() - row.made <= LASTS
        if row is None or not good or not secrets.compare_digest(row.browser, hashed(browser)):
            raise NotAllowed(
                "this sign-in was not begun here, or too long ago", where="state", mend="begin the sign-in anew"
            )
        return row.nonce, row.verifier

    def _claims(self, provider: Provider, code: str, verifier: str, redirect: str, nonce: str) -> Mapping[str, Any]:
        document = self._document(provider)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not provider.client_secret or "client_secret_basic" not in methods:
            form["client_id"] = provider.client_id
        if provider.client_secret and "client_secret_basic" in methods:
            pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif provider.client_secret:
            form["client_secret"] = provider.client_secret
        answer = _fetch(str(document["token_endpoint"]), urlencode(form).encode(), headers)
        text = answer.get("id_token")
        if not isinstance(text, str):
            raise NotAllowed("the provider gave no ID token", where="id_token", mend="see its log")
        return self.verified(provider, text, nonce)

    def verified(self, provider: Provider, text: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token that holds; ``nonce`` as its hash."""
        try:
            claims = self._decoded(provider, text)
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": provider.issuer},
                aud={"essential": True, "value": provider.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True},
            ).validate(dict(claims))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            why = str(error) or type(error).__name__
            raise NotAllowed(f"the ID token does not hold: {why}"[:300], where="id_token", mend="begin anew") from None
        audience = claims["aud"]
        alone = isinstance(audience, str) or len(audience) == 1
        if (not alone or "azp" in claims) and claims.get("azp") != provider.client_id:
            raise NotAllowed("the ID token was made for another", where="azp", mend="begin the sign-in anew")
        if not secrets.compare_digest(hashed(str(claims["nonce"])), nonce):
            raise NotAllowed("the ID token belongs to another sign-in", where="nonce", mend="begin the sign-in anew")
        return claims

    def _decoded(self, provider: Provider, text: str) -> Mapping[str, Any]:
        try:
            return jwt.decode(text, self._keys(provider), algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError):
            if not self._renew_keys(provider):
                raise
        return jwt.decode(text, self._keys(provider), algorithms=list(ALGORITHMS)).claims

    def _person(self, provider: Provider, claims: Mapping[str, Any]) -> Person:
        """Who that is here: the account of this subject, made or brought up to date as the operator's table says."""
        email = str(claims.get("email") or "")
        if provider.domains:
            domain = email.rpartition("@")[2].casefold()
            if domain not in provider.domains or claims.get("email_verified") is not True:
                raise NotAllowed("e-mail addresses like this are not let in", where="email", mend="ask the operator")
        subject, people = str(claims["sub"]), People(self._home)
        rights = _rights(provider, claims)
        known = people.by_subject(provider.id, subject)
        if known is not None:
            if known.disabled:
                raise NotAllowed("this account is disabled", where="account", mend="ask the operator")
            changes = rights if any(getattr(known, name) != value for name, value in rights.items()) else {}
            return people.change(known.id, by=None, **changes) if changes else known
        if not provider.create or "roles" not in rights:
            raise NotAllowed("nobody here has this identity", where="account", mend="ask the operator for an account")
        name = str(claims.get("name") or claims.get(provider.login) or subject)[:100]
        login = _login(str(claims.get(provider.login) or email.partition("@")[0]))
        one = Person(login, name, email=email, provider=provider.id, subject=subject, **rights)
        try:
            return people.add(one, by=None)
        except Conflict:
            raise NotAllowed(
                f"the login {login!r} is somebody else's here", where="account", mend="ask the operator to link them"
            ) from None

    # -- what a provider says of itself ------------------------------------------------------------------------------

    def _document(self, provider: Provider) -> Mapping[str, Any]:
        held = self._described[provider.id]
        with self._lock:
            if time.monotonic() - held.at < FRESH:
                return held.document
        found = _fetch(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != provider.issuer:
            raise NotAllowed("the provider calls itself by another name", where="issuer", mend="correct oidc.toml")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            check_address(str(found.get(name, "")), name)
        with self._lock:
            held.document, held.at = found, time.monotonic()
        return found

    def _keys(self, provider: Provider) -> KeySet:
        held = self._described[provider.id]
        with self._lock:
            if held.keys is not None and time.monotonic() - held.keys_at < FRESH:
                return held.keys
        content = _fetch(str(self._document(provider)["jwks_uri"]))
        usable = [one for one in content.get("keys", ()) if one.get("use", "sig") == "sig" and one.get("kty") != "oct"]
        keys = KeySet.import_key_set({"keys": usable})
        with self._lock:
            held.keys, held.keys_at = keys, time.monotonic()
        return keys

    def _renew_keys(self, provider: Provider) -> bool:
        """Whether keys are worth another look: the provider may have changed them since."""
        held = self._described[provider.id]
        with self._lock:
            if time.monotonic() - held.keys_at < AGAIN:
                return False
            held.keys = None
        return True


def _rights(provider: Provider, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Roles and jurisdiction by the operator's table; nothing where it has none, and the account's own stand."""
    found: dict[str, Any] = {}
    if provider.roles:
        given = claims.get(provider.roles_claim)
        words = given if isinstance(given, list) else [given]
        roles = {provider.roles[one] for one in words if isinstance(one, str) and one in provider.roles}
        if not roles:
            raise NotAllowed("none of your groups has a role here", where="role", mend="ask the operator")
        found["roles"] = tuple(role for role in ROLES if role in roles)
        found["jurisdiction"] = provider.jurisdiction
    if provider.jurisdiction_claim:
        place = str(claims.get(provider.jurisdiction_claim) or "")
        if not covers(provider.jurisdiction, place) or not re.fullmatch(r"[1-9]\d{5}(\d{3})?", place):
            raise NotAllowed(f"{place[:40]!r} is not within {provider.jurisdiction}", where="jurisdiction")
        found["jurisdiction"] = place
    return found


def _login(text: str) -> str:
    plain = re.sub(r"[^a-z0-9._-]+", "-", text.casefold()).strip("-._")[:41]
    return plain if len(plain) > 1 else f"u-{secrets.token_hex(4)}"


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what a provider names is where it is."""

    def redirect_request(self, *_: Any) -> None:
        """None of them."""
        return


_OPENER = urllib.request.build_opener(_Straight)


def _fetch(address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """A JSON object from a provider; ``StoreError`` where it cannot be had."""
    check_address(address, "provider")
    request = urllib.request.Request(address, body, dict(headers or {"Accept": "application/json"}))
    try:
        with _OPENER.open(request, timeout=10) as answer:
            content = answer.read(_LARGEST + 1)
    except urllib.error.HTTPError as error:
        if body is not None and error.code in (400, 401, 403):
            raise NotAllowed("the provider refused the code", where="code", mend="begin the sign-in anew") from None
        raise StoreError(f"the identity provider answers {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        raise StoreError(f"the identity provider cannot be reached ({error})") from None
    try:
        found = json.loads(content) if len(content) <= _LARGEST else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise StoreError("the identity provider answers something else than JSON")
    return found
