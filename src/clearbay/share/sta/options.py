"""The query options of a request: ``$filter``, ``$select``, ``$expand`` (nested), ``$orderby``, ``$top`` and others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote_plus

from clearbay.model.errors import BadInput
from clearbay.share.sta.expression import Node, parse, parse_order

TOP = 100
"""Entities on a page where nobody says how many."""
MOST = 10_000
"""Entities on a page at most; more are reached by ``@iot.nextLink``."""
KNOWN = ("$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$resultFormat", "$skiptoken")
_DEEPEST = 8
"""Levels of ``$expand``, each a step from entity to entity."""
_INNER = ("$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count")


@dataclass(frozen=True)
class Options:
    """What is asked of one list. ``given`` are the options as written, for links; ``expand`` by relation."""

    filter: Node | None = None
    select: tuple[str, ...] = ()
    expand: tuple[tuple[str, Options], ...] = ()
    order: tuple[tuple[Node, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    array: bool = False
    token: str = ""
    given: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def size(self) -> int:
        """Entities on this page."""
        return TOP if self.top is None else min(self.top, MOST)

    def following(self, *, skip: int | None = None, token: str = "") -> str:
        """The query string of the page behind this one."""
        kept = [(key, value) for key, value in self.given if key not in ("$skip", "$skiptoken", "$top")]
        top = [("$top", str(self.size))] if self.top is not None else []
        last = [("$skiptoken", token)] if token else [("$skip", str(skip))]
        return "&".join(f"{key}={quote(value, safe=_SAFE)}" for key, value in (*kept, *top, *last))


_SAFE = "$(),/';=:@*"


def read(query: bytes | str) -> Options:
    """The options of a query string; ``BadInput`` for one that is unknown, repeated or wrong."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    pairs: list[tuple[str, str]] = []
    for part in text.split("&"):
        if part:
            key, _, value = part.partition("=")
            pairs.append((unquote_plus(key), unquote_plus(value) if "%" in value or "+" in value else value))
    return _options(pairs, KNOWN)


def _options(pairs: list[tuple[str, str]], known: tuple[str, ...], deep: int = 0) -> Options:
    found = Options(given=tuple(pairs))
    seen: set[str] = set()
    for key, value in pairs:
        key = key.strip()
        if key not in known:
            raise BadInput(f"no option is called '{key[:60]}'", where=key[:60], mend=f"known here: {', '.join(known)}")
        if key in seen:
            raise BadInput(f"{key} is given more than once", where=key, mend="give it once")
        seen.add(key)
        found = replace(found, **_one(key, value, deep))
    return found


def _one(key: str, value: str, deep: int) -> dict[str, Any]:
    match key:
        case "$filter":
            return {"filter": parse(value)}
        case "$orderby":
            return {"order": tuple(parse_order(value))}
        case "$select":
            return {"select": tuple(part.strip() for part in value.split(",") if part.strip())}
        case "$expand":
            return {"expand": _expand(value, deep)}
        case "$top":
            return {"top": _number(key, value)}
        case "$skip":
            return {"skip": _number(key, value)}
        case "$count":
            if value.strip().lower() not in ("true", "false"):
                raise BadInput(f"'{value[:40]}' is neither true nor false", where=key, mend="write true or false")
            return {"count": value.strip().lower() == "true"}
        case "$resultFormat":
            if value.strip() not in ("dataArray", "DataArray", "default"):
                raise BadInput(
                    f"no format is called '{value[:40]}'", where=key, mend="write dataArray, or leave it out"
                )
            return {"array": value.strip() != "default"}
    return {"token": value}


def _number(key: str, value: str) -> int:
    if not value.strip().isdecimal() or len(value) > 12:
        raise BadInput(f"'{value[:40]}' is no number of entities", where=key, mend="write a whole number from 0")
    return int(value)


def _expand(text: str, deep: int) -> tuple[tuple[str, Options], ...]:
    found: dict[str, Options] = {}
    for item in split(text, ","):
        name, bracket, rest = item.partition("(")
        first, *behind = [part.strip() for part in name.strip().split("/")]
        if deep + len(behind) >= _DEEPEST:
            raise BadInput("it is nested too deep", where="$expand", mend=f"expand at most {_DEEPEST} levels")
        if bracket and not rest.rstrip().endswith(")"):
            raise BadInput(f"a bracket is not closed in '{item[:60]}'", where="$expand")
        pairs = []
        for part in split(rest.rstrip()[:-1], ";") if bracket else ():
            key, equals, value = part.partition("=")
            if not equals:
                raise BadInput(f"'{part[:60]}' is no option", where="$expand", mend="write ($top=1;$orderby=…)")
            pairs.append((key.strip(), value))
        options = _options(pairs, _INNER, deep + 1 + len(behind))
        for part in reversed(behind):
            options = Options(expand=((part, options),), given=())
        if not first:
            raise BadInput("a name is missing", where="$expand")
        held = found.get(first)
        # Datastreams/Sensor,Datastreams/Thing: both below the one list.
        found[first] = options if held is None else replace(held, expand=(*held.expand, *options.expand))
    return tuple(found.items())


def split(text: str, sign: str) -> Iterator[str]:
    """The parts of a list, not split within brackets or quoted text."""
    depth, quoted, start = 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif letter == sign and depth == 0:
            if text[start:at].strip():
                yield text[start:at].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()
