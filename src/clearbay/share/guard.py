"""Who may do what over HTTP: ``Authorization: Bearer clearbay_…`` against the keys of the home.

``Authorization: Basic`` with the key as password does as well. ``allowed(role)`` is the one dependency for every route
that writes. A server opened with ``--open`` lets everything through that comes from this very machine, by its own name
and from its own pages; anything else still needs a key.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

from clearbay.share.problems import Denied
from clearbay.store.keys import Keys, Role

FAILURES = 10
"""Wrong keys that one address may send in ``WINDOW`` seconds before it is answered 429. A good key always passes:
with 256 bits nothing can be guessed, so the limit only spares the server, and locks nobody behind a gateway out."""
WINDOW = 60.0
_ADDRESSES = 10_000

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_NAMES = {"localhost", "127.0.0.1", "::1", "[::1]"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a request: the key's id and name, or nobody in particular on an open server."""

    id: str
    name: str
    role: Role


OPEN = Caller("", "open", "operate")
"""The caller of a server that asks for no key."""


@dataclass
class Gate:
    """The keys of an application, whether it is open, and who failed lately."""

    keys: Keys
    is_open: bool = False
    failures: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

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


def install(app: FastAPI, keys: Keys, *, is_open: bool = False) -> None:
    """Put a gate into the application's state, where ``allowed`` finds it."""
    app.state.gate = Gate(keys, is_open)


def allowed(role: Role) -> Callable[[Request], Coroutine[Any, Any, Caller]]:
    """A dependency that lets a request pass whose key covers ``role`` and answers who is calling.

    ``caller: Annotated[Caller, Depends(allowed("operate"))]``. Without a key or with a wrong one the answer is 401,
    with a key of a lesser role 403, after too many wrong ones 429.
    """

    async def check(request: Request) -> Caller:
        return await admit(request, role)

    return check


async def admit(request: Request, role: Role) -> Caller:
    """What ``allowed`` does, for those who route by themselves."""
    gate: Gate = request.app.state.gate
    text = _sent(request.headers.get("authorization", ""))
    if not text and gate.is_open and _at_home(request):
        return OPEN
    if not text:
        raise Denied(
            401,
            "this needs an API key",
            where="Authorization",
            mend=f"send `Authorization: Bearer KEY`; the operator makes one with `clearbay key add NAME --role {role}`",
        )
    key = gate.keys.recall(text) or await run_in_threadpool(gate.keys.find, text)
    if key is None:
        wait = gate.failed(_address(request))
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
    if not key.may(role):
        raise Denied(
            403,
            f"the key '{key.name}' has the role {key.role}; this needs {role}",
            where="Authorization",
            mend=f"ask the operator for a key with the role {role}",
        )
    return Caller(key.id, key.name, key.role)


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


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _at_home(request: Request) -> bool:
    """Whether a request comes from this machine itself: not through a proxy, not from a page of another site, not by
    a foreign name that was made to point here.
    """
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        if not ipaddress.ip_address(_address(request)).is_loopback:
            return False
    except ValueError:
        return False
    host = request.headers.get("host", "")
    if (urlsplit(f"//{host}").hostname or "") not in _NAMES:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host
