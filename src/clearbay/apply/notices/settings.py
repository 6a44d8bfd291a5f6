"""How this node reaches people: ``notices.toml`` of the home, and the environment over it.

``url`` is where people reach this node (links in messages begin with it); ``[email]`` host, port, security
(``starttls``, ``tls`` or ``none``), user, password, sender; ``[push] subject`` a contact for push services;
``[outside] allow`` networks that webhooks and pushed messages may reach although they are private or loopback.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clearbay.model.errors import BadInput

FILE = "notices.toml"
SECURITIES = ("starttls", "tls", "none")
_ENV = {
    "CLEARBAY_SMTP_HOST": "host",
    "CLEARBAY_SMTP_PORT": "port",
    "CLEARBAY_SMTP_SECURITY": "security",
    "CLEARBAY_SMTP_USER": "user",
    "CLEARBAY_SMTP_PASSWORD": "password",
    "CLEARBAY_SMTP_SENDER": "sender",
}
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "email": ("host", "port", "security", "user", "password", "sender"),
    "push": ("subject",),
    "outside": ("allow",),
}
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server. ``security``: ``starttls`` (587), ``tls`` from the first byte (465), or none at all."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = ""

    @property
    def address(self) -> str:
        """The sender's address without a name."""
        return address_of(self.sender)


@dataclass(frozen=True, slots=True)
class Settings:
    """How this node reaches people; ``mail`` None: no e-mail is sent."""

    url: str = ""
    mail: Mail | None = None
    subject: str = ""
    allow: tuple[Network, ...] = ()


def settings(home: Path) -> Settings:
    """What file and environment say; ``BadInput`` with the place of the first mistake."""
    path = home / FILE
    try:
        stat = path.stat()
        state = (stat.st_mtime_ns, stat.st_size)
    except OSError:
        state = (0, 0)
    given = {name: os.environ[name] for name in (*_ENV, "CLEARBAY_URL") if os.environ.get(name)}
    return _read(path, state, tuple(sorted(given.items())))


@lru_cache(maxsize=32)
def _read(path: Path, state: tuple[int, int], environment: tuple[tuple[str, str], ...]) -> Settings:
    content: dict[str, Any] = {}
    if state != (0, 0):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadInput(
                f"it cannot be read: {error}", where=str(path), mend="write it in TOML, see docs/notices.md"
            ) from None
    where = str(path)
    for name, value in content.items():
        if name not in (*_KNOWN, "url"):
            raise BadInput(f"{name} means nothing here", where=where, mend=f"known: url, {', '.join(_KNOWN)}")
        if name in _KNOWN:
            if not isinstance(value, dict):
                raise BadInput(f"{name} is no table", where=where, mend=f"write [{name}]")
            if unknown := set(value) - set(_KNOWN[name]):
                raise BadInput(
                    f"{name}.{min(unknown)} means nothing here", where=where, mend=f"known: {', '.join(_KNOWN[name])}"
                )
    over = dict(environment)
    email = {**content.get("email", {}), **{_ENV[name]: text for name, text in over.items() if name in _ENV}}
    return Settings(
        _url(over.get("CLEARBAY_URL", content.get("url", "")), where),
        _mail(email, where) if email else None,
        str(content.get("push", {}).get("subject", "")),
        _networks(content.get("outside", {}).get("allow", []), where),
    )


def _mail(given: Mapping[str, Any], where: str) -> Mail:
    for name in ("host", "sender"):
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise BadInput(f"email.{name} is missing", where=where, mend=f"say [email] {name}")
    security = str(given.get("security", "starttls"))
    if security not in SECURITIES:
        raise BadInput(f"email.security is {security!r}", where=where, mend=f"one of {', '.join(SECURITIES)}")
    usual = {"starttls": 587, "tls": 465, "none": 25}[security]
    try:
        port = int(given.get("port", usual))
    except (TypeError, ValueError):
        port = 0
    if not 1 <= port <= 65535:
        raise BadInput(f"email.port is {given.get('port')!r}", where=where, mend="1 to 65535")
    sender = given["sender"]
    if not address_of(sender):
        raise BadInput(f"email.sender is {sender!r}", where=where, mend="such as clearbay <alerts@bay.example>")
    user, password = str(given.get("user", "")), str(given.get("password", ""))
    if user and security == "none":
        raise BadInput("a password is not sent in the open", where=where, mend="security = starttls or tls")
    return Mail(given["host"].strip(), port, security, sender, user, password)


def address_of(text: str) -> str:
    """The address in ``Name <address>`` or alone; empty where it is none.

    >>> address_of("clearbay <alerts@bay.example>"), address_of("a@b"), address_of("x\\ny@z"), address_of("nobody")
    ('alerts@bay.example', 'a@b', '', '')
    """
    inner = text.rpartition("<")[2].removesuffix(">") if text.endswith(">") else text
    try:
        found = Address(addr_spec=inner.strip())
    except (ValueError, IndexError):
        return ""
    fine = found.username and found.domain and inner.isprintable() and " " not in found.addr_spec
    return found.addr_spec if fine else ""


def _url(given: object, where: str) -> str:
    if not given:
        return ""
    text = str(given).rstrip("/")
    split = urlsplit(text)
    if split.scheme not in ("http", "https") or not split.hostname or split.query or split.fragment:
        raise BadInput(f"url is {text!r}", where=where, mend="such as https://bay.example")
    return text


def _networks(given: object, where: str) -> tuple[Network, ...]:
    if not isinstance(given, list):
        raise BadInput("outside.allow is no list", where=where, mend='such as ["10.1.0.0/16"]')
    try:
        return tuple(ipaddress.ip_network(str(one)) for one in given)
    except ValueError as error:
        raise BadInput(f"outside.allow: {error}", where=where, mend='such as ["10.1.0.0/16"]') from None
