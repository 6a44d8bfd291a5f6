"""Events in the records: written in the intake's transaction, read by anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from clearbay.store.home import Home
from clearbay.store.tables import meta
from clearbay.store.tables_events import event, event_target
from clearbay.store.trouble import told

_VERSION = "events_version"


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A row of ``event``; ``id`` is None for one that is not stored yet."""

    id: int | None
    family: str
    kind: str
    station: str
    property: str
    severity: int
    worst: int
    opened: int
    found: int
    updated: int
    ended: int | None
    sure: float
    change: str
    origin: str
    generated: bool
    content: Mapping[str, Any]
    version: int = 0


def save(connection: Connection, records: Iterable[EventRecord]) -> list[int]:
    """Insert or update events inside a writer's transaction; returns their ids in order."""
    records = list(records)
    if not records:
        return []
    version = _bumped(connection)
    ids = []
    for record in records:
        values = _values(record, version)
        if record.id is None:
            ids.append(int(connection.execute(insert(event).values(**values)).inserted_primary_key[0]))  # type: ignore[index]
        else:
            kept = {name: value for name, value in values.items() if name not in ("found", "origin")}
            if not connection.execute(update(event).where(event.c.id == record.id).values(**kept)).rowcount:
                # Its first transaction was rolled back, or a scan has put others in its place.
                connection.execute(insert(event).values(id=record.id, **values))
            ids.append(record.id)
    return ids


def _values(record: EventRecord, version: int) -> dict[str, Any]:
    """The columns of an event but for its id."""
    names = (column.name for column in event.columns if column.name not in ("id", "version"))
    return {name: getattr(record, name) for name in names} | {"version": version, "content": dict(record.content)}


def events_version(connection: Connection) -> int:
    """The version of the events as a transaction sees it; 0 before the first."""
    return int(connection.execute(select(meta.c.value).where(meta.c.key == _VERSION)).scalar_one_or_none() or 0)


def changed_since(connection: Connection, version: int, recent: int) -> list[EventRecord]:
    """Events that changed after a version, oldest first; before the first look (a negative version) only those that
    are open, and those that ended less than ``recent`` microseconds before the newest change."""
    where = event.c.version > version
    if version < 0:
        newest = connection.execute(select(func.max(event.c.updated))).scalar_one_or_none() or 0
        where = or_(event.c.ended.is_(None), event.c.ended >= newest - recent)
    rows = connection.execute(select(event).where(where).order_by(event.c.opened, event.c.id))
    return [EventRecord(**row._mapping) for row in rows]


def _bumped(connection: Connection) -> int:
    found = connection.execute(select(meta.c.value).where(meta.c.key == _VERSION)).scalar_one_or_none()
    version = int(found or 0) + 1
    if found is None:
        connection.execute(insert(meta).values(key=_VERSION, value=str(version)))
    else:
        connection.execute(update(meta).where(meta.c.key == _VERSION).values(value=str(version)))
    return version


class Events:
    """The events of a home."""

    def __init__(self, home: Home) -> None:
        self.home = home

    @property
    def version(self) -> int:
        """Grows with every transaction that changes an event; 0 before the first."""
        with told("read the version of the events"), self.home.records.read() as connection:
            return int(connection.execute(select(meta.c.value).where(meta.c.key == _VERSION)).scalar_one_or_none() or 0)

    def get(self, id: int) -> EventRecord | None:
        """One event."""
        with told("read an event"), self.home.records.read() as connection:
            row = connection.execute(select(event).where(event.c.id == id)).one_or_none()
            return EventRecord(**row._mapping) if row is not None else None

    def find(
        self,
        *,
        status: str = "all",
        kinds: Sequence[str] | None = None,
        stations: Sequence[str] | None = None,
        start: int | None = None,
        end: int | None = None,
        since_version: int | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[list[EventRecord], int]:
        """Events that were on between ``start`` and ``end``, open ones first, newest first; and how many there are."""
        where: list[ColumnElement[bool]] = []
        if status == "open":
            where.append(event.c.ended.is_(None))
        elif status == "ended":
            where.append(event.c.ended.is_not(None))
        if kinds is not None:
            where.append(event.c.kind.in_(kinds))
        if stations is not None:
            where.append(event.c.station.in_(stations))
        if start is not None:
            where.append(or_(event.c.ended.is_(None), event.c.ended >= start))
        if end is not None:
            where.append(event.c.opened <= end)
        if since_version is not None:
            where.append(event.c.version > since_version)
        query = select(event).where(*where)
        query = query.order_by(event.c.ended.is_not(None), event.c.opened.desc(), event.c.id.desc())
        with told("read the events"), self.home.records.read() as connection:
            total = connection.execute(select(func.count()).select_from(event).where(*where)).scalar_one()
            rows = connection.execute(query.limit(limit).offset(offset) if limit is not None else query)
            return [EventRecord(**row._mapping) for row in rows], int(total)

    def save(self, records: Iterable[EventRecord]) -> list[int]:
        """Insert or update events in a transaction of their own."""
        with told("write events"), self.home.records.write() as connection:
            return save(connection, records)

    def replace_scanned(
        self, records: Iterable[EventRecord], stations: Sequence[str] | None, start: int, end: int
    ) -> int:
        """Put the events of a scan in the place of those that an earlier scan found in the same stations and time.

        Events found live or by a person stay. Returns how many there are of the scan now.
        """
        records = list(records)
        with told("write the events of a scan"), self.home.records.write() as connection:
            old = delete(event).where(event.c.origin == "scan", event.c.opened >= start, event.c.opened <= end)
            if stations is not None:
                old = old.where(event.c.station.in_(stations))
            connection.execute(old)
            if records:
                version = _bumped(connection)
                connection.execute(insert(event), [_values(record, version) for record in records])
            return len(records)

    def targets(self) -> dict[str, tuple[str, str]]:
        """The family of standards and the class asked of stations that somebody has given one."""
        with told("read the classes asked of stations"), self.home.records.read() as connection:
            return {row.station: (row.family, row.grade) for row in connection.execute(select(event_target))}

    def set_target(self, station: str, family: str, grade: str) -> None:
        """Ask a class of a station."""
        with told("keep the class asked of a station"), self.home.records.write() as connection:
            connection.execute(delete(event_target).where(event_target.c.station == station))
            connection.execute(insert(event_target).values(station=station, family=family, grade=grade))
