"""Identity providers: who may vouch for people here, and what their words mean. From ``oidc.toml`` of the home.

    [city]                              # its id in addresses
    name = "City portal"
    issuer = "https://login.example.gov"
    client_id = "clearbay"
    client_secret = "…"                 # or the environment variable CLEARBAY_OIDC_CITY_SECRET
    public = "https://bay.example.gov"  # where this server is reached; left out: as the request says
    domains = ["example.gov"]           # e-mail domains that are let in; left out: all
    create = true                       # make an account at the first sign-in
    login = "preferred_username"        # the claim that becomes the login
    roles_claim = "groups"
    jurisdiction = "440300"             # nobody gets beyond it
    jurisdiction_claim = "district"     # left out: everybody gets the above

    [city.roles]
    "EPB duty" = "duty_officer"

Without the file one provider, ``oidc``, may be given by the environment: CLEARBAY_OIDC_ISSUER, _CLIENT_ID,
_CLIENT_SECRET, _NAME, _PUBLIC, _DOMAINS (commas), _ROLES (``EPB duty=duty_officer``, commas), _ROLES_CLAIM,
_JURISDICTION, _JURISDICTION_CLAIM, _LOGIN, _CREATE.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clearbay.model.errors import BadInput
from clearbay.model.playbook import ROLES
from clearbay.model.territory import COUNTRY, is_code

FILE = "oidc.toml"
_ID = re.compile(r"[a-z][a-z0-9-]{0,30}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, as the operator has described it."""

    id: str
    issuer: str
    client_id: str
    name: str = ""
    client_secret: str = field(default="", repr=False)
    public: str = ""
    domains: tuple[str, ...] = ()
    create: bool = False
    login: str = "preferred_username"
    roles_claim: str = "groups"
    roles: Mapping[str, str] = field(default_factory=dict)
    jurisdiction: str = COUNTRY
    jurisdiction_claim: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")


def providers(home: Path, environment: Mapping[str, str] | None = None) -> dict[str, Provider]:
    """The providers of a home by id; ``BadInput`` names the file and what is wrong in it."""
    given = os.environ if environment is None else environment
    path = home / FILE
    if path.exists():
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"this is no TOML ({error})", where=str(path), mend="see docs/people.md") from None
        return {id: _read(id, table, given, str(path)) for id, table in content.items()}
    if given.get("CLEARBAY_OIDC_ISSUER"):
        return {"oidc": _read("oidc", _from(given), given, "CLEARBAY_OIDC_…")}
    return {}


def _from(given: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(Provider):
        text = given.get(f"CLEARBAY_OIDC_{one.name.upper()}", "")
        if not text or one.name == "id":
            continue
        if one.name == "roles":
            found["roles"] = dict(part.strip().rpartition("=")[::2] for part in text.split(","))
        elif one.name in ("domains", "scopes"):
            found[one.name] = [part.strip() for part in text.split(",")]
        elif one.name == "create":
            found["create"] = text.casefold() in ("1", "true", "yes")
        else:
            found[one.name] = text
    return found


def _read(id: str, table: Any, environment: Mapping[str, str], where: str) -> Provider:
    def wrong(what: str, mend: str) -> BadInput:
        return BadInput(f"provider {id[:40]!r}: {what}", where=where, mend=mend)

    if not _ID.fullmatch(id) or not isinstance(table, Mapping):
        raise wrong("this is no provider", "a table such as [city], its name of a-z, 0-9 and dash")
    known = {one.name for one in fields(Provider)} - {"id"}
    if unknown := sorted(set(table) - known):
        raise wrong(f"nothing is called {unknown[0]!r}", f"use {', '.join(sorted(known))}")
    held = dict(table)
    held["client_secret"] = environment.get(f"CLEARBAY_OIDC_{id.upper().replace('-', '_')}_SECRET") or held.get(
        "client_secret", ""
    )
    for name in ("domains", "scopes"):
        if name in held:
            held[name] = tuple(str(one).casefold() if name == "domains" else str(one) for one in held[name])
    for name in ("issuer", "client_id"):
        if not isinstance(held.get(name), str) or not held[name]:
            raise wrong(f"{name} is missing", f"say {name} = …")
    check_address(held["issuer"], where)
    for role in dict(held.get("roles", {})).values():
        if role not in ROLES:
            raise wrong(f"no role is called {role!r}", f"one of {', '.join(ROLES)}")
    if not is_code(held.get("jurisdiction", COUNTRY)):
        raise wrong(f"{held['jurisdiction']!r} is no jurisdiction", "a code such as 440300")
    return Provider(id, name=held.pop("name", "") or id, **held)


def check_address(address: str, where: str) -> str:
    """An address to which secrets may be sent: over TLS, or on this very machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise BadInput(f"{address[:200]!r} is not https", where=where, mend="give an https address")
    return address
