"""Manual review: a person sets a flag over a span of a datastream; it can be taken back, and nothing is lost.

A review becomes new revisions of the same values with another flag, so that assessments see it, an assessment as of an
earlier time does not, and what was there before can always be read. The review itself says who, when and why; taking
it back is recorded beside it and gives each value the flag that it would have without it. While a review stands, values
that arrive in its span, sent again or late, get its flag too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, func, insert, select, update

from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import READINGS, Flag
from clearbay.store import audit
from clearbay.store.cases import iso
from clearbay.store.clock import micros, naive_utc, now
from clearbay.store.home import Home
from clearbay.store.records import bump
from clearbay.store.tables_review import review
from clearbay.store.trouble import told

EPOCH = datetime(1970, 1, 1)
SOURCE = "review"
"""The source under which reviewed flags are stored."""

LONGEST = 2000
"""Characters of a reason; of a name, a tenth of it."""


_MARK = select(func.count(), func.max(review.c.id), func.count(review.c.reverted))
"""What changes with every review made, and with every one taken back."""


@dataclass(frozen=True, slots=True)
class Review:
    """One review. Times are naive UTC; ``end`` is not part of the span; ``reverted`` None: it stands."""

    id: int
    station: str
    property: str
    depth: str
    averaging: str
    start: datetime
    end: datetime
    flag: Flag
    reason: str
    who: str
    key: str
    made: datetime
    changed: int
    reverted: datetime | None = None
    reverted_by: str = ""
    reverted_reason: str = ""
    reverted_changed: int = 0

    def series(self) -> tuple[str, str, str, str]:
        """Station, property, depth, averaging."""
        return self.station, self.property, self.depth, self.averaging


class Reviews:
    """The reviews of a home. Safe to share between threads and processes."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._known_standing: tuple[tuple[Any, ...], list[Review]] | None = None

    def add(
        self,
        datastream: tuple[str, str, str, str],
        start: datetime,
        end: datetime,
        flag: int,
        *,
        reason: str,
        who: str,
        key: str = "",
        by: Actor | None = None,
    ) -> Review:
        """Set a flag over a span of a datastream (``end`` not included); returns when it is stored.

        Raises ``UnknownName`` for a datastream that the home does not have, ``BadInput`` for a span, flag, reason or
        name that is none.
        """
        start, end = naive_utc(start), naive_utc(end)
        reason, who = _words(reason, who)
        if start >= end:
            raise BadInput("the span ends before it begins", where="from", mend="exchange from and to")
        if flag not in [int(one) for one in Flag]:
            raise BadInput(f"{flag} is no QARTOD flag", where="flag", mend="use 1, 2, 3, 4 or 9")
        self._known(datastream)
        with told("record a review"), self._home.records.write() as connection:
            number = int(connection.execute(select(func.coalesce(func.max(review.c.id), 0))).scalar_one()) + 1
            connection.execute(
                insert(review).values(
                    **dict(zip(("station", "property", "depth", "averaging"), datastream, strict=True)),
                    id=number, start=micros(start), end=micros(end), flag=int(flag), reason=reason, who=who, key=key,
                    made=micros(self._moment(connection)),
                )
            )  # fmt: skip
            bump(connection, "data_version")
            if by is not None:
                data = {"station": datastream[0], "property": datastream[1], "flag": int(flag), "reason": reason}
                data |= {"from": iso(start.replace(tzinfo=UTC)), "to": iso(end.replace(tzinfo=UTC))}
                audit.note(self._home, connection, "review set", by=by, about=f"review:{number}", data=data)
        self.settle()
        return self.get(number)

    def revert(self, id: int, *, reason: str, who: str, key: str = "", by: Actor | None = None) -> Review:
        """Take a review back: each value gets the flag that it would have without it.

        Raises ``UnknownName`` for no such review, ``BadInput`` where it was taken back before.
        """
        reason, who = _words(reason, who)
        found = self.get(id)
        if found.reverted is not None:
            raise BadInput(
                f"review {id} was taken back on {found.reverted:%Y-%m-%d %H:%M} UTC by {found.reverted_by}",
                where="id",
                mend="set the flag anew with another review",
            )
        with told("take a review back"), self._home.records.write() as connection:
            connection.execute(
                update(review)
                .where(review.c.id == id, review.c.reverted.is_(None))
                .values(
                    reverted=micros(self._moment(connection)), reverted_by=who, reverted_key=key, reverted_reason=reason
                )
            )
            bump(connection, "data_version")
            if by is not None:
                audit.note(
                    self._home, connection, "review reverted", by=by, about=f"review:{id}", data={"reason": reason}
                )
        self.settle()
        return self.get(id)

    def get(self, id: int) -> Review:
        """One review by its number."""
        with told("read a review"), self._home.records.read() as connection:
            row = connection.execute(select(review).where(review.c.id == id)).first()
        if row is None:
            raise UnknownName(f"there is no review {id}", where="id", mend="list them with /api/review/history")
        return _of(row)

    def every(self, station: str | None = None, property: str | None = None, *, standing: bool = False) -> list[Review]:
        """Reviews, newest first; ``standing``: only those that were not taken back."""
        query = select(review).order_by(review.c.id.desc())
        if station is not None:
            query = query.where(review.c.station == station)
        if property is not None:
            query = query.where(review.c.property == property)
        if standing:
            query = query.where(review.c.reverted.is_(None))
        with told("list the reviews"), self._home.records.read() as connection:
            return [_of(row) for row in connection.execute(query)]

    def kept(self, readings: pa.Table) -> pa.Table:
        """Readings about to be stored, with the flags of the reviews that stand over them."""
        standing = self._standing()
        if not standing or not readings.num_rows:
            return readings
        flags: npt.NDArray[np.int8] | None = None
        times = readings["time"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
        for one in reversed(standing):
            inside = (times >= micros(one.start)) & (times < micros(one.end))
            if not inside.any():
                continue
            for name, word in zip(("station", "property", "depth", "averaging"), one.series(), strict=True):
                if name in readings.schema.names:
                    inside &= pc.equal(readings[name], word).to_numpy(zero_copy_only=False)
            if inside.any():
                flags = readings["flag"].to_numpy().copy() if flags is None else flags
                flags[inside] = int(one.flag)
        if flags is None:
            return readings
        place = readings.schema.get_field_index("flag")
        return readings.set_column(place, readings.schema.field(place), pa.array(flags, pa.int8()))

    def _standing(self) -> list[Review]:
        """The reviews that stand, read again only where one was made or taken back since."""
        with told("look for reviews"), self._home.records.read() as connection:
            mark = tuple(connection.execute(_MARK).one())
        known = self._known_standing
        if known is None or known[0] != mark:
            known = self._known_standing = (mark, self.every(standing=True))
        return known[1]

    def settle(self) -> int:
        """Carry out what was recorded and not yet done, here or by a process that died; returns how many reviews."""
        with told("read the reviews"), self._home.records.read() as connection:
            query = select(review).where(review.c.changed.is_(None)).order_by(review.c.id)
            fresh = [_of(row) for row in connection.execute(query)]
            query = select(review).where(review.c.reverted.is_not(None), review.c.reverted_changed.is_(None))
            taken_back = [_of(row) for row in connection.execute(query.order_by(review.c.id))]
        for one in fresh:
            rows = self._rows(one.series(), one.start, one.end)
            flags = np.full(rows.num_rows, int(one.flag), dtype=np.int8)
            self._done(one, "changed", self._store(rows, flags, one.made))
        for one in taken_back:
            assert one.reverted is not None
            rows = self._rows(one.series(), one.start, one.end)
            self._done(one, "reverted_changed", self._store(rows, self._without(one, rows), one.reverted))
        return len(fresh) + len(taken_back)

    def _moment(self, connection: Connection) -> datetime:
        """Now, but later than any review: in what order they were made must never be in doubt."""
        newest = connection.execute(select(func.max(review.c.made), func.max(review.c.reverted))).one()
        latest = max((one for one in newest if one is not None), default=0)
        return max(now(), EPOCH + timedelta(microseconds=latest + 1))

    def _known(self, datastream: tuple[str, str, str, str]) -> None:
        table = self._home.reader().datastreams(datastream[0])
        names = ("station", "property", "depth", "averaging")
        there = set(zip(*(table[name].to_pylist() for name in names if name in table.schema.names), strict=True))
        if datastream[: len(next(iter(there), names))] not in there:
            known = ", ".join(sorted({one[1] for one in there}))
            raise UnknownName(
                f"there is no series {' '.join(word for word in datastream if word)}",
                where="datastream",
                mend=f"{datastream[0]} has {known}; state depth and averaging too" if known else "check the station",
            )

    def _rows(self, datastream: tuple[str, str, str, str], start: datetime, end: datetime, **how: Any) -> pa.Table:
        station, property_, depth, averaging = datastream
        return self._home.reader().observations(
            stations=[station],
            properties=[property_],
            depths=[depth],
            averagings=[averaging],
            start=start,
            end=end,
            **how,
        )

    def _store(self, rows: pa.Table, flags: npt.NDArray[np.int8], moment: datetime) -> int:
        """Store the flags as new revisions of the values; returns how many differ."""
        differs = rows["flag"].to_numpy() != flags
        if not differs.any():
            return 0
        place = rows.schema.get_field_index("flag")
        rows = rows.set_column(place, "flag", pa.array(flags, pa.int8())).filter(pa.array(differs))
        self._home.ingest(rows.select(READINGS.names), source=SOURCE, result_time=moment, exact_flags=True)
        return int(differs.sum())

    def _without(self, one: Review, rows: pa.Table) -> npt.NDArray[np.int8]:
        """The flag of each row if ``one`` had never been: that of the newest other review that stands over it, else
        what it had before the reviews; not evaluated where the value has changed since."""
        others = [
            other
            for other in self.every(one.station, one.property)
            if other.series() == one.series() and other.id != one.id and other.start < one.end and other.end > one.start
        ]
        flags: npt.NDArray[np.int8] = rows["flag"].to_numpy().copy()
        times = rows["time"].cast(pa.int64()).to_numpy()
        edges = sorted({one.start, one.end, *(max(min(edge, one.end), one.start) for other in others
                                             for edge in (other.start, other.end))})  # fmt: skip
        for start, end in pairwise(edges):
            inside = np.flatnonzero((times >= micros(start)) & (times < micros(end)))
            over = [other for other in others if other.start < end and other.end > start]
            standing = [other for other in over if other.reverted is None]
            if not len(inside):
                continue
            if standing:
                flags[inside] = int(max(standing, key=lambda other: other.id).flag)
                continue
            before = self._rows(one.series(), start, end, as_of=_before(one, over))
            flags[inside] = _same_values(rows.take(pa.array(inside)), before)
        return flags

    def _done(self, one: Review, column: str, values: int) -> None:
        with told("record a review as done"), self._home.records.write() as connection:
            connection.execute(update(review).where(review.c.id == one.id).values({column: values}))


def _before(one: Review, over: Sequence[Review]) -> datetime:
    """The last moment at which none of these reviews stood: before ``one``, and before those that stood when it was
    made."""
    moment = one.made
    for other in sorted(over, key=lambda other: other.id, reverse=True):
        if other.made < moment and (other.reverted is None or other.reverted > moment):
            moment = other.made
    return moment - timedelta(microseconds=1)


def _same_values(rows: pa.Table, before: pa.Table) -> npt.NDArray[np.int8]:
    """The flag that each row had before, where its value was the same then; else not evaluated."""
    known = {
        time: (value, censoring, flag)
        for time, value, censoring, flag in zip(
            *(before[name].to_pylist() for name in ("time", "value", "censoring", "flag")), strict=True
        )
    }
    flags = []
    for time, value, censoring in zip(
        *(rows[name].to_pylist() for name in ("time", "value", "censoring")), strict=True
    ):
        had = known.get(time)
        flags.append(had[2] if had is not None and had[:2] == (value, censoring) else int(Flag.NOT_EVALUATED))
    return np.array(flags, dtype=np.int8)


def _words(reason: str, who: str) -> tuple[str, str]:
    reason, who = reason.strip(), who.strip()
    for text, where, most in ((reason, "reason", LONGEST), (who, "who", LONGEST // 10)):
        if not text:
            raise BadInput(f"{where} is empty", where=where, mend="say why, and who you are: a review is kept for good")
        if len(text) > most:
            raise BadInput(f"{where} has more than {most:,} characters", where=where, mend="say it shorter")
    return reason, who


def _of(row: Any) -> Review:
    moments = {name: EPOCH + timedelta(microseconds=getattr(row, name)) for name in ("start", "end", "made")}
    return Review(
        id=row.id, station=row.station, property=row.property, depth=row.depth, averaging=row.averaging,
        start=moments["start"], end=moments["end"], flag=Flag(row.flag), reason=row.reason, who=row.who, key=row.key,
        made=moments["made"], changed=row.changed or 0,
        reverted=None if row.reverted is None else EPOCH + timedelta(microseconds=row.reverted),
        reverted_by=row.reverted_by or "", reverted_reason=row.reverted_reason or "",
        reverted_changed=row.reverted_changed or 0,
    )  # fmt: skip
