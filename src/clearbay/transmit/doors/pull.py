"""Files fetched on a schedule: ``sources.yaml`` of a home says what, from where, and how often.

One module a kind of source (``transmit.doors.fetching``), with one signature. What has not changed at the other end is
not fetched twice (ETag, Last-Modified), and not stored twice in any case. A source that fails is asked less and less
often, up to once a day, and again as usual once it answers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert, select, update

from clearbay.collect.source import closest
from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home
from clearbay.store.clock import micros, now
from clearbay.store.tables_pull import pulled_source
from clearbay.store.trouble import told
from clearbay.transmit.doors import fetching
from clearbay.transmit.doors.fetching import Fetched, Known, Unreachable
from clearbay.transmit.doors.files import Reception, Taken, receive

SOURCES = "sources.yaml"
LONGEST = 24 * 3600.0
"""Seconds between two tries of a source that fails, at most."""

EXAMPLE = """\
sources:
  - id: county-lab                       # its name here
    kind: http                           # how it is fetched
    url: https://lab.example/latest.csv
    every_minutes: 30
    source: table                        # how it is read; left out: recognised by its bytes
    mapping: mappings/lab.yaml           # for a table; relative to the home
    header_env: {Authorization: LAB_TOKEN}   # headers out of environment variables: no secret in this file
  - id: buoy
    kind: http
    url: https://buoy.example/api/values
    every_minutes: 5
    items: data.values                   # JSON: where its list of objects lies
    mapping: mappings/buoy.yaml
"""
_KEYS = ("id", "kind", "every_minutes", "source", "mapping", "options")


@dataclass(frozen=True, slots=True)
class Pulled:
    """One source of ``sources.yaml``: ``settings`` are those of its kind."""

    id: str
    kind: str
    every: float
    how: Reception
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try: ``taken`` (None: nothing new, or it failed), ``why`` it failed, when it is due again."""

    source: Pulled
    taken: Taken | None
    why: str
    wait: float


def load(home: Path) -> tuple[Pulled, ...]:
    """Read ``sources.yaml`` of a home; ``BadInput`` names the key that is wrong."""
    path = home / SOURCES
    if not path.is_file():
        raise BadInput(f"there is no {SOURCES}", where=str(path), mend="docs/doors.md shows one")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.YAMLError as error:
        raise BadInput(f"it is no valid YAML ({getattr(error, 'problem', None) or error})", where=str(path)) from error
    listed = data.get("sources") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not listed:
        raise BadInput("no sources are listed", where=str(path), mend="write sources: and a list under it")
    found = tuple(_source(home, one, f"{SOURCES}: source {at + 1}") for at, one in enumerate(listed))
    if len({one.id for one in found}) < len(found):
        raise BadInput("two sources have the same id", where=str(path), mend="give each its own")
    return found


def _source(home: Path, given: Any, where: str) -> Pulled:
    if not isinstance(given, dict):
        raise BadInput("a source is a table of keys", where=where, mend=f"keys: {', '.join(_KEYS)}")
    kind = str(given.get("kind", "http"))
    kinds = fetching.kinds()
    if kind not in kinds:
        raise BadInput(f"no kind of source is called {kind!r}", where=where, mend=f"known: {', '.join(kinds)}")
    known = (*_KEYS, *kinds[kind].SETTINGS)
    for key in given:
        if key not in known:
            near = closest(str(key), known)
            raise BadInput(f"no key is called {key!r}" + (f"; did you mean {near!r}?" if near else ""), where=where,
                           mend=f"keys: {', '.join(known)}")  # fmt: skip
    if not given.get("id"):
        raise BadInput("it has no id", where=where, mend="write id: a short name")
    try:
        every = float(given.get("every_minutes", 60)) * 60
    except (TypeError, ValueError):
        every = 0.0
    if every < 1:
        raise BadInput("every_minutes is no time", where=where, mend="write a number such as 30")
    options = {str(key): str(value) for key, value in (given.get("options") or {}).items()}
    if given.get("mapping"):
        options["mapping"] = str(home / str(given["mapping"]))
        if not Path(options["mapping"]).is_file():
            raise BadInput("there is no such mapping", where=f"{where}: {given['mapping']}",
                           mend="`clearbay mapping FILE` drafts one")  # fmt: skip
    source = str(given.get("source") or ("table" if given.get("mapping") else ""))
    settings = {key: value for key, value in given.items() if key in kinds[kind].SETTINGS}
    kinds[kind].check(settings, where)
    return Pulled(str(given["id"]), kind, every, Reception(source, options), settings)


class Puller:
    """Asks every source of a home when it is due. What it knows of them survives it."""

    def __init__(self, home: Home, sources: tuple[Pulled, ...]) -> None:
        self.home, self.sources = home, sources
        self._states = {one.id: _state(home, one.id) for one in sources}

    def due(self, moment: float | None = None) -> Iterator[Pulled]:
        """Sources whose time has come."""
        at = micros(now()) if moment is None else int(moment * 1_000_000)
        return (one for one in self.sources if self._states[one.id]["due"] <= at)

    def wait(self) -> float:
        """Seconds until the next source is due."""
        return max(0.0, float(min(one["due"] for one in self._states.values()) - micros(now())) / 1_000_000)

    def ask(self, source: Pulled) -> Tried:
        """Fetch a source and take in what it has; never raises for what the other end or its file does wrong.

        ``StoreError`` where the store cannot take it now: then the source is due again at once.
        """
        state = self._states[source.id]
        taken: Taken | None = None
        why = ""
        try:
            known = Known(state["etag"] or "", state["modified"] or "")
            fetched = fetching.kinds()[source.kind].fetch(source.settings, known)
            if fetched is not None:
                taken = receive(self.home, fetched.data, fetched.name, source.how)
                state |= {"etag": fetched.etag, "modified": fetched.modified}
        except (Unreachable, BadInput) as error:
            why = str(error)
        failures = 0 if not why else state["failures"] + 1
        wait = source.every if not why else min(source.every * 2**failures, max(LONGEST, source.every))
        wait *= 1 + random.uniform(0, 0.05)  # sources of one server must not all come in the same second
        state |= {"failures": failures, "due": micros(now()) + int(wait * 1_000_000), "trouble": why}
        _remember(self.home, source.id, state)
        return Tried(source, taken, why, wait)


def pull(
    puller: Puller, told_: Callable[[Tried], None], stopped: Callable[[float], bool], *, once: bool = False,
    trouble: Callable[[StoreError], None] = lambda error: None,
) -> None:  # fmt: skip
    """Ask sources as they become due until ``stopped(seconds)``, which waits so long; ``once``: each of them now."""
    if once:
        for source in puller.sources:
            told_(puller.ask(source))
        return
    patience = 1.0
    while True:
        try:
            for source in puller.due():
                told_(puller.ask(source))
            patience = 1.0
        except StoreError as error:
            trouble(error)
            patience = min(patience * 2, 300.0)
            if stopped(patience):
                return
        if stopped(min(puller.wait(), 60.0)):
            return


def _state(home: Home, id: str) -> dict[str, Any]:
    with told("read what is known of the source"), home.records.read() as connection:
        row = connection.execute(select(pulled_source).where(pulled_source.c.id == id)).first()
    nothing = {"etag": None, "modified": None, "failures": 0, "due": 0, "trouble": ""}
    return nothing if row is None else {key: row._mapping[key] for key in nothing}


def _remember(home: Home, id: str, state: Mapping[str, Any]) -> None:
    with told("remember the source"), home.records.write() as connection:
        table = pulled_source
        if not connection.execute(update(table).where(table.c.id == id).values(**state)).rowcount:
            connection.execute(insert(table).values(id=id, **state))


__all__ = ["EXAMPLE", "Fetched", "Pulled", "Puller", "Tried", "load", "pull"]
