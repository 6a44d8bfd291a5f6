"""The one intake: validate, flag, register stations, de-duplicate, commit, acknowledge.

Everything that enters a home passes here, whichever way it came. What returns has been committed; what was refused is
listed with the row it came from, and the rest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay import packs
from clearbay.collect.batch import LISTED, BadValue, Batch
from clearbay.model.errors import BadInput
from clearbay.model.observation import READINGS, Averaging, Censoring, Depth, Flag
from clearbay.model.property import OWN_PROPERTY
from clearbay.model.station import Station
from clearbay.store import Home, ImportedFile
from clearbay.store.clock import now as this_moment
from clearbay.store.review import Reviews

EARLIEST = datetime(1800, 1, 1)
"""Nothing was measured with instruments before: an earlier time is a misread year, or a spreadsheet's day zero."""

AHEAD = timedelta(days=1)
"""How far a time may lie ahead of the clock here: a wrong time zone is at most 14 hours off."""


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of a batch; ``new + revised + duplicate + refused_rows`` is the number of its readings.

    ``known``: this very file had been taken in before, and nothing was done. ``refused`` lists what was refused and
    why, ``conflicts`` counts the observations for which the batch contradicts itself, ``stations`` those registered.
    """

    source: str
    known: bool = False
    new: int = 0
    revised: int = 0
    duplicate: int = 0
    conflicts: int = 0
    stations: int = 0
    refused_rows: int = 0
    refused: tuple[BadValue, ...] = field(default=(), repr=False)
    data_version: int = 0

    @property
    def changed(self) -> bool:
        """True where the home holds something that it did not hold before."""
        return self.new + self.revised > 0


def take_in(
    home: Home,
    batch: Batch,
    *,
    sha256: str = "",
    name: str = "",
    result_time: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
    now: datetime | None = None,
    check: Callable[[pa.Table], pa.Table] | None = None,
) -> IntakeResult:
    """Take a batch into a home; returns when it is safe on disk.

    With ``sha256``, the file is remembered in the same transaction, and known at once the next time. ``result_time`` is
    when the values became known (the present, if None); ``now`` is the clock that times are held against. ``check`` is
    quality control (``transmit.quality``); flags that a person has set are kept without it too.
    Raises ``BadInput`` where the batch has no usable columns, ``StoreError`` where the store cannot take it now; then
    nothing of it was stored.
    """
    if sha256 and home.known_file(sha256, batch.source):
        return IntakeResult(batch.source, known=True, data_version=home.data_version)
    readings = flagged(batch.readings)
    candidates = _candidates(home, readings, batch.stations)
    refused, bad = refusals(readings, candidates.ids(), now or this_moment())
    accepted = readings.filter(pa.array(~refused)) if refused.any() else readings
    used = set(pc.unique(accepted["station"]).to_pylist())
    arriving = [station for station in candidates.arriving if station.id in used]
    registered = home.register_stations(arriving) if arriving else 0
    accepted = check(accepted) if check is not None else Reviews(home).kept(accepted)
    file = ImportedFile(sha256, batch.source, name, accepted.num_rows) if sha256 else None
    done = home.ingest(accepted, source=batch.source, result_time=result_time, progress=progress, file=file)
    return IntakeResult(
        batch.source,
        new=done.new,
        revised=done.revised,
        duplicate=done.duplicate,
        conflicts=done.conflicts,
        stations=registered,
        refused_rows=int(refused.sum()),
        refused=bad,
        data_version=done.data_version,
    )


def flagged(readings: pa.Table) -> pa.Table:
    """Readings with a flag and an averaging each: "not evaluated" and "" where the source gives none, or none for a
    row."""
    missing = [name for name in READINGS.names if name not in (*readings.schema.names, "flag", "averaging")]
    if missing:
        raise BadInput(
            f"the readings have no column {', '.join(missing)}",
            where="readings",
            mend=f"give the columns {', '.join(READINGS.names)}",
        )
    if "averaging" not in readings.schema.names:
        readings = readings.append_column(READINGS.field("averaging"), pa.repeat("", readings.num_rows))
    elif readings["averaging"].null_count:
        place = readings.schema.get_field_index("averaging")
        readings = readings.set_column(place, READINGS.field("averaging"), readings["averaging"].fill_null(""))
    none = pa.scalar(int(Flag.NOT_EVALUATED), pa.int8())
    if "flag" not in readings.schema.names:
        return readings.append_column(READINGS.field("flag"), pa.repeat(none, readings.num_rows))
    place = readings.schema.get_field_index("flag")
    return readings.set_column(place, READINGS.field("flag"), readings["flag"].cast(pa.int8()).fill_null(none))


@dataclass(frozen=True)
class _Candidates:
    """Stations that readings may name: those registered here, and those that arrive with the batch or its register,
    new or moved."""

    registered: frozenset[str]
    arriving: tuple[Station, ...]

    def ids(self) -> set[str]:
        return {*self.registered, *(station.id for station in self.arriving)}


@cache
def _shipped() -> Mapping[str, Station]:
    return {station.id: station for station in packs.stations()}


def _candidates(home: Home, readings: pa.Table, given: Iterable[Station]) -> _Candidates:
    named = set(pc.unique(readings["station"]).to_pylist()) - {None}
    missing = named - home.registered(named)
    shipped = _shipped()
    # A register knows more of a station than the file that mentions it.
    told = {station.id: station for station in given if station.id in named and station.id not in shipped}
    arriving = {id: one for id in missing if (one := shipped.get(id) or told.get(id))}
    if any(told[id].longitude is not None for id in told.keys() - missing):  # else nothing can have moved
        here = {station.id: station for station in home.stations() if station.id in told}
        arriving |= {id: one for id, old in here.items() if (one := moved(old, told[id])) != old}
    return _Candidates(frozenset(named - missing), tuple(arriving[id] for id in sorted(arriving)))


def moved(old: Station, new: Station) -> Station:
    """A known station where a newer file puts it; a file without positions moves nothing, nor renames anything."""
    if new.longitude is None or new.latitude is None:
        return old
    return replace(old, longitude=new.longitude, latitude=new.latitude)


def refusals(
    readings: pa.Table, stations: set[str], now: datetime
) -> tuple[npt.NDArray[np.bool_], tuple[BadValue, ...]]:
    """Which rows cannot be stored, and for each the first reason."""
    latest = now + AHEAD
    refused = np.zeros(readings.num_rows, dtype=bool)
    bad: list[BadValue] = []
    for column, good, why, mend in (
        ("station", _among(list(stations)), "no station is registered under this id", "register the station first"),
        ("property", _known_property, "no property has this code", "use a code of the property list"),
        ("depth", _words("depth"), "no such depth", "write surface, middle, bottom or nothing"),
        ("averaging", _words("averaging"), "no such averaging", "write instant, minute, hour, day or nothing"),
        ("censoring", _words("censoring"), "no such censoring", "write <, > or nothing"),
        ("flag", _words("flag"), "no QARTOD flag", "write 1, 2, 3, 4 or 9"),
        ("value", pc.is_finite, "not a finite number", "leave missing values out"),
        ("time", _between(EARLIEST, latest), f"not between {EARLIEST:%Y-%m-%d} and {latest:%Y-%m-%d %H:%M} UTC",
         "check the year, the date order and the time zone"),
    ):  # fmt: skip
        passed = good(readings[column]).fill_null(False).combine_chunks().to_numpy(zero_copy_only=False)
        failed = ~passed & ~refused
        for place in np.flatnonzero(failed)[: LISTED - len(bad)].tolist():
            value = readings[column][place].as_py()
            bad.append(BadValue(_row(readings, place), column, "" if value is None else str(value), why, mend))
        refused |= failed
    return refused, tuple(sorted(bad, key=lambda one: one.row))


def _known_property(column: pa.ChunkedArray) -> Any:
    """Codes of the packs, and those that only this home knows."""
    known = _words("property")(column)
    return known if pc.all(known).as_py() else pc.or_(known, pc.starts_with(column, OWN_PROPERTY))


def _among(words: Sequence[Any]) -> Callable[[pa.ChunkedArray], Any]:
    return lambda column: pc.is_in(column, pa.array(words, column.type))


_WORDS: Mapping[str, Callable[[], Sequence[Any]]] = {
    "property": lambda: list(packs.properties()),
    "depth": lambda: get_args(Depth),
    "averaging": lambda: get_args(Averaging),
    "censoring": lambda: get_args(Censoring),
    "flag": lambda: [int(flag) for flag in Flag],
}


@cache
def _known(column: str, kind: pa.DataType) -> pa.Array:
    return pa.array(_WORDS[column](), kind)


def _words(name: str) -> Callable[[pa.ChunkedArray], Any]:
    """Whether the words of a column are among those that exist; they are the same for every group of readings."""
    return lambda column: pc.is_in(column, _known(name, column.type))


def _between(first: datetime, last: datetime) -> Callable[[pa.ChunkedArray], Any]:
    def passes(column: pa.ChunkedArray) -> Any:
        if column.type.tz:
            column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.timestamp("us"))
        edges = [pa.scalar(edge, pa.timestamp("us")) for edge in (first, last)]
        column = column if column.type == edges[0].type else column.cast(pa.timestamp("us"))
        return pc.and_(pc.greater_equal(column, edges[0]), pc.less_equal(column, edges[1]))

    return passes


def _row(readings: pa.Table, place: int) -> int:
    return int(readings["row"][place].as_py()) if "row" in readings.schema.names else place
