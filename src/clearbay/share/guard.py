"""Who may do what over HTTP: a person by their session, a program by its key, this machine itself where it is open.

A person signs in (``/api/session``) and is known by the cookie ``clearbay_session``; what changes anything must then
come from our own pages, with the session's token in ``X-Clearbay-CSRF``. A program sends ``Authorization: Bearer
clearbay_…``; ``Authorization: Basic`` with the key as password does as well. A server opened with ``--open`` lets
everything through that comes from this very machine, by its own name and from its own pages.

Every route that is not for everybody has one of these dependencies: ``allowed(role)`` for cases, where the engine
judges roles; ``tasked(task)`` for what ``apply.people.TASKS`` lists; ``looking(task)`` for what is open to all in a
home without accounts; ``signed()`` for what belongs to a person alone.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

from clearbay.apply.people import TASKS, may
from clearbay.apply.signin import network_of
from clearbay.model.case import Actor
from clearbay.model.person import Person
from clearbay.model.territory import COUNTRY
from clearbay.share.problems import Denied
from clearbay.store.keys import Keys, Role, covers
from clearbay.store.people import People
from clearbay.store.sessions import Session, Sessions

FAILURES = 10
"""Wrong keys that one address may send in ``WINDOW`` seconds before it is answered 429. A good key always passes:
with 256 bits nothing can be guessed, so the limit only spares the server, and locks nobody behind a gateway out."""
WINDOW = 60.0
_ADDRESSES = 10_000

COOKIE = "clearbay_session"
CSRF = "x-clearbay-csrf"
"""The header that shows that a request was made by our own pages: no other site can read the token in it."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_ACCOUNTS_LOOKED = 5.0
"""Seconds for which it is believed that a home has no account."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_NAMES = {"localhost", "127.0.0.1", "::1", "[::1]"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a request: a person, a key, this machine on an open server, or (where anybody may look) nobody.

    ``role`` is the level of a key; a person counts as ``operate``, for what they may do is a matter of their own roles.
    ``actor`` is who acts in cases.
    """

    id: str
    name: str
    role: Role
    actor: Actor
    via: Literal["key", "session", "open", "none"]
    person: Person | None = None
    session: Session | None = None
    csrf: str = ""


OPEN = Caller("", "open", "operate", Actor("open", "open", frozenset({"operator"}), COUNTRY), "open")
"""The caller of a server that asks for no key."""
NOBODY = Caller("", "", "read", Actor("", "", frozenset(), ""), "none")
"""Somebody who shows nothing."""
LOOKER = Caller("", "", "read", Actor("", "", frozenset({"auditor"}), COUNTRY), "none")
"""Somebody who shows nothing, where everybody may look."""


@dataclass
class Gate:
    """The keys and sessions of an application, whether it is open, and who failed lately."""

    keys: Keys
    sessions: Sessions
    people: People
    is_open: bool = False
    failures: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)
    accounts: tuple[bool, float] = (False, -_ACCOUNTS_LOOKED)

    def failed(self, address: str) -> float:
        """Count a failure; returns the seconds to wait where there were too many, else 0."""
        moment = time.monotonic()
        since, count = self.failures.pop(address, (moment, 0))
        if moment - since > WINDOW:
            since, count = moment, 0
        self.failures[address] = since, count + 1
        while len(self.failures) > _ADDRESSES:
            self.failures.popitem(last=False)
        return WINDOW - (moment - since) if count + 1 > FAILURES else 0.0

    def opens(self, request: Request) -> bool:
        """Whether this request may act without an account or a key, because it comes from this very machine."""
        return self.is_open and _at_home(request)

    def has_accounts(self) -> bool:
        """Whether the home has people. Once it has, it is believed for good; may read the database."""
        known, at = self.accounts
        if not known and time.monotonic() - at > _ACCOUNTS_LOOKED:
            known = self.people.any()
            self.accounts = known, time.monotonic()
        return known


def install(app: FastAPI, keys: Keys, *, is_open: bool = False) -> None:
    """Put a gate into the application's state, where dependencies find it: the keys, and the people of their home."""
    app.state.gate = Gate(keys, Sessions(keys.home), People(keys.home), is_open)


Check = Callable[[Request], Coroutine[Any, Any, Caller]]


def allowed(role: Role) -> Check:
    """A dependency that lets signed-in people pass, and keys that cover ``role``; answers who is calling.

    ``caller: Annotated[Caller, Depends(allowed("operate"))]``. For cases, where the engine judges what a person's roles
    may do. Without a key or a session or with a wrong one the answer is 401, with a key of a lesser role 403, after too
    many wrong ones 429.
    """

    async def check(request: Request) -> Caller:
        return await admit(request, role)

    return _declared(check, f"key {role}")


def tasked(task: str) -> Check:
    """A dependency that lets people pass whose roles may do a task, and keys of the role that it asks for."""
    assert task in TASKS, task

    async def check(request: Request) -> Caller:
        return await admit_to(request, task)

    return _declared(check, f"task {task}")


def looking(task: str) -> Check:
    """As ``tasked``, but in a home without accounts everybody may look."""
    assert task in TASKS, task

    async def check(request: Request) -> Caller:
        caller = await who(request)
        gate: Gate = request.app.state.gate
        if caller.via == "none" and not await run_in_threadpool(gate.has_accounts):
            return LOOKER
        return _fit(caller, task)

    return _declared(check, f"look {task}")


def signed() -> Check:
    """A dependency that lets people pass who are signed in, whatever their roles, even before they have set the
    password that they must."""

    async def check(request: Request) -> Caller:
        caller = await who(request, unready=True)
        if caller.via != "session":
            raise Denied(401, "this is for people who are signed in", where="session", mend="sign in")
        return caller

    return _declared(check, "person")


def anybody() -> Check:
    """A dependency that lets everybody pass and answers who is calling; for ``/api/me`` and the door itself."""

    async def check(request: Request) -> Caller:
        return await who(request, unready=True)

    return _declared(check, "anybody")


def door() -> Check:
    """A dependency for where there is no session yet: everybody may knock, but no page of another site, so that nobody
    is signed in as somebody else without knowing."""

    async def check(request: Request) -> Caller:
        _check_origin(request)
        return NOBODY

    return _declared(check, "anybody")


def _declared(check: Check, access: str) -> Check:
    check.access = access  # type: ignore[attr-defined]
    return check


async def admit(request: Request, role: Role) -> Caller:
    """What ``allowed`` does, for those who route by themselves."""
    caller = await who(request)
    if caller.via == "none":
        raise _nobody(role)
    if not covers(caller.role, role):
        raise _lesser(caller, role)
    return caller


async def admit_to(request: Request, task: str) -> Caller:
    """What ``tasked`` does, for those who route by themselves."""
    return _fit(await who(request), task)


def _fit(caller: Caller, task: str) -> Caller:
    one = TASKS[task]
    if caller.via == "none":
        raise _nobody(one.key)
    if caller.via == "session":
        if not may(caller.actor.roles, task):
            held = ", ".join(sorted(caller.actor.roles))
            raise Denied(
                403,
                f"this is for {', '.join((*one.roles, 'operator'))}; {caller.name} is {held}",
                where="role",
                mend="ask somebody with that role",
            )
        if one.country and caller.actor.jurisdiction != COUNTRY:
            raise Denied(403, "this is bound to no place", where="role", mend="ask an operator of the whole country")
    elif not covers(caller.role, one.key):
        raise _lesser(caller, one.key)
    return caller


async def who(request: Request, *, unready: bool = False) -> Caller:
    """Who is calling; ``NOBODY`` where nothing is shown that still holds. 401 and 429 for a wrong key, 403 for a change
    that did not come from our own pages, and for one who must set a password first (unless ``unready``)."""
    gate: Gate = request.app.state.gate
    text = _sent(request.headers.get("authorization", ""))
    if text:
        return await _by_key(gate, request, text)
    cookie = request.cookies.get(COOKIE, "")
    if cookie:
        found = gate.sessions.recall(cookie) or await run_in_threadpool(gate.sessions.find, cookie)
        if found is not None:
            session, person = found
            token = csrf_of(cookie)
            if request.method not in _SAFE:
                _check_origin(request)
                if not hmac.compare_digest(request.headers.get(CSRF, "").encode(), token.encode()):
                    raise Denied(
                        403, "this did not come from our own page", where="X-Clearbay-CSRF", mend="load the page anew"
                    )
            if gate.sessions.due(session):
                await run_in_threadpool(gate.sessions.used, session)
            if person.must_change and not unready:
                raise Denied(
                    403, "set a password of your own first", where="password", mend="POST /api/me/password {old, new}"
                )
            return Caller(person.id, person.name, "operate", person.actor, "session", person, session, token)
    return OPEN if gate.opens(request) else NOBODY


async def _by_key(gate: Gate, request: Request, text: str) -> Caller:
    key = gate.keys.recall(text) or await run_in_threadpool(gate.keys.find, text)
    if key is None:
        wait = gate.failed(network_of(address(request)))
        if wait:
            raise Denied(
                429,
                "too many wrong keys from this address",
                where="Authorization",
                mend=f"wait {wait:.0f} seconds",
                headers={"Retry-After": str(int(wait) + 1)},
            )
        raise Denied(
            401,
            "this key is not known here, or was revoked",
            where="Authorization",
            mend="ask the operator; `clearbay key list` shows the good ones by name",
        )
    if gate.keys.due(key):
        await run_in_threadpool(gate.keys.used, key)
    # A key that operates acts as an operator of the whole country, any other only looks.
    role = "operator" if key.role == "operate" else "auditor"
    actor = Actor(f"key:{key.id}", key.name, frozenset({role}), COUNTRY)
    return Caller(key.id, key.name, key.role, actor, "key")


def _nobody(role: Role) -> Denied:
    return Denied(
        401,
        "this needs a sign-in, or an API key",
        where="Authorization",
        mend="sign in; a program sends `Authorization: Bearer KEY`, which the operator makes with "
        f"`clearbay key add NAME --role {role}`",
    )


def _lesser(caller: Caller, role: Role) -> Denied:
    return Denied(
        403,
        f"the key '{caller.name}' has the role {caller.role}; this needs {role}",
        where="Authorization",
        mend=f"ask the operator for a key with the role {role}",
    )


def csrf_of(cookie: str) -> str:
    """The token of a session: made of what only the cookie and our own pages know, and telling nothing of it."""
    return sha256(b"clearbay csrf " + cookie.encode()).hexdigest()


def _check_origin(request: Request) -> None:
    """403 for what the browser says was sent from another site."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        good = site in ("same-origin", "none")
    else:
        good = origin is None or _host_of(origin) == request.headers.get("host", "")
    if not good:
        raise Denied(403, "this came from a page of another site", where="Origin", mend="use our own page")


def _sent(header: str) -> str:
    """The key of an Authorization header. Clients that know only Basic send the key as the password."""
    scheme, _, text = header.partition(" ")
    text = text.strip()
    if scheme.casefold() == "basic":
        try:
            text = base64.b64decode(text, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            text = ""
    return text if scheme.casefold() in ("bearer", "basic") else ""


def address(request: Request) -> str:
    """The network address that a request came from."""
    return request.client.host if request.client else ""


def _at_home(request: Request) -> bool:
    """Whether a request comes from this machine itself: not through a proxy, not from a page of another site, not by
    a foreign name that was made to point here.
    """
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        if not ipaddress.ip_address(address(request)).is_loopback:
            return False
    except ValueError:
        return False
    host = request.headers.get("host", "")
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # half an address in brackets
        return False
    if name not in _NAMES or "@" in host:
        return False
    # A page of another site that shows an answer of ours as a picture or a script sends no Origin, but this.
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = request.headers.get("origin")
    return origin is None or _host_of(origin) == host


def _host_of(origin: str) -> str | None:
    """Host and port of an origin; None for what is none, such as ``null``."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
