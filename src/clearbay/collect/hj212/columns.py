"""Readings of many packets as columns: what a gateway takes in a second, at a few microseconds a packet.

What a shape of content yields for a device is worked out once, by the rules of ``readings``; from then on only the
values that become readings are taken from their places. Whatever is out of the ordinary goes the long way through
``take``, so both ways give the same readings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from itertools import chain
from math import isfinite
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from clearbay.collect.batch import ROW_READINGS
from clearbay.collect.hj212 import shape
from clearbay.collect.hj212.commands import AVERAGING, MEASURED
from clearbay.collect.hj212.content import parse_time
from clearbay.collect.hj212.packet import Head, Packet, packet_of
from clearbay.collect.hj212.quality import FLAGS
from clearbay.collect.hj212.readings import Row, scaling, take
from clearbay.model.observation import Depth, Flag

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QARTOD = np.full(256, int(Flag.NOT_EVALUATED), dtype=np.int8)
for _letter, _flag in FLAGS.items():
    _QARTOD[ord(_letter)] = int(_flag.qartod)


class Origin(NamedTuple):
    """Whose values they are: the station, the depth, the units that differ from the standard's, and the clock."""

    station: str
    depth: Depth = ""
    units: tuple[tuple[str, str], ...] = ()
    utc_offset: int = 480


class _Plan(NamedTuple):
    """Which tokens of a shape become readings, in which property and unit."""

    properties: tuple[str, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    values: Callable[[list[str]], Any]
    flags: Callable[[list[str]], Any]
    left_out: int


class Columns:
    """Readings that gather until ``table`` is asked for."""

    def __init__(self) -> None:
        self._origins: list[Origin] = []
        self._counts: list[int] = []
        self._moments: list[int] = []
        self._averaging: list[str] = []
        self._plans: list[_Plan] = []
        self._values: list[float] = []
        self._letters: list[str] = []
        self._slow: list[Row] = []

    def __len__(self) -> int:
        return len(self._values) + len(self._slow)

    def add(self, head: Head, origin: Origin, crc: str = "", check: str = "standard") -> str:
        """Take the readings of a data packet (2011, 2051, 2061, 2031).

        Returns what was left out of it, in words, empty where nothing was that stands for an instant or a period.
        Raises ``BadInput`` where the content cannot be read: then nothing of it was taken.
        """
        cp = head.cp
        if cp.isascii() and "_" not in cp and head.version != "2025":
            found, tokens = shape.shape_of(cp)
            if found is not None:
                plan = _plan(found, head.cn, origin.units)
                try:
                    values = tuple(map(float, plan.values(tokens)))
                except ValueError:
                    return self.add_packet(packet_of(head, crc, check), origin)
                letters = plan.flags(tokens)
                if isfinite(sum(values)) and all(map(_plain, letters)):
                    moment = micros(tokens[1], origin.utc_offset)
                    self._origins.append(origin)
                    self._counts.append(len(values))
                    self._moments.append(moment)
                    self._averaging.append(AVERAGING[head.cn])
                    self._plans.append(plan)
                    self._values += values
                    self._letters += letters
                    return f"{plan.left_out} values have no property or no unit" if plan.left_out else ""
        return self.add_packet(packet_of(head, crc, check), origin)

    def add_packet(self, packet: Packet, origin: Origin) -> str:
        """Take the readings of a packet that was read; the long way of ``add``."""
        zone = timezone(timedelta(minutes=origin.utc_offset))
        taken = take(packet, origin.station, depth=origin.depth, units=dict(origin.units), zone=zone)
        self._slow += taken.rows
        kind = MEASURED.get(packet.cn)
        why = {one.why for one in taken.left_out if one.kind == kind}
        return "; ".join(sorted(why)[:3])

    def table(self) -> pa.Table:
        """Everything gathered, as ``ROW_READINGS``; ``row`` is the number of the row in this very table."""
        readings = self._fast()
        if self._slow:
            arrays = [
                pa.array(column, part.type)
                for column, part in zip(zip(*self._slow, strict=True), ROW_READINGS, strict=True)
            ]
            readings = pa.concat_tables([readings, pa.Table.from_arrays(arrays, schema=ROW_READINGS)])
        place = readings.schema.get_field_index("row")
        return readings.set_column(place, ROW_READINGS.field("row"), pa.array(np.arange(readings.num_rows)))

    def origin_of(self, row: int) -> str:
        """The station of a row of the table."""
        ends = np.cumsum(self._counts)
        if row < len(self._values):
            return self._origins[int(np.searchsorted(ends, row, side="right"))].station
        return self._slow[row - len(self._values)][0]

    def _fast(self) -> pa.Table:
        plans, counts = self._plans, np.array(self._counts, dtype=np.int64)
        letters = np.frombuffer("".join([letter or " " for letter in self._letters]).encode("latin-1"), dtype=np.uint8)
        values = np.array(self._values, dtype=np.float64)
        values *= np.fromiter(chain.from_iterable(plan.scales for plan in plans), np.float64, len(values))
        values += np.fromiter(chain.from_iterable(plan.offsets for plan in plans), np.float64, len(values))
        columns = {
            "station": _repeated([origin.station for origin in self._origins], counts),
            "property": pa.array(list(chain.from_iterable(plan.properties for plan in plans)), pa.string()),
            "depth": _repeated([origin.depth for origin in self._origins], counts),
            "averaging": _repeated(self._averaging, counts),
            "time": pa.array(np.repeat(np.array(self._moments, dtype=np.int64), counts)).cast(pa.timestamp("us")),
            "value": pa.array(values),
            "censoring": pa.array(np.where(letters == ord("T"), ">", ""), pa.string()),
            "flag": pa.array(_QARTOD[letters]),
            "row": pa.array(np.zeros(len(values), dtype=np.int64)),
        }
        return pa.Table.from_arrays([columns[part.name] for part in ROW_READINGS], schema=ROW_READINGS)


@lru_cache(maxsize=4096)
def micros(printed: str, utc_offset: int) -> int:
    """A device's DataTime as microseconds UTC since 1970; ``BadInput`` where it is no time."""
    time = parse_time(printed).replace(tzinfo=UTC)
    return (time - _EPOCH) // timedelta(microseconds=1) - utc_offset * 60_000_000


def _plain(letter: str) -> bool:
    return len(letter) <= 1 and letter.isascii()


def _repeated(words: list[str], counts: Any) -> pa.Array:
    places: dict[str, int] = {}
    index = [places.setdefault(word, len(places)) for word in words]
    return pa.array(list(places), pa.string()).take(pa.array(np.repeat(np.array(index, dtype=np.int64), counts)))


_plans: dict[tuple[int, str, tuple[tuple[str, str], ...]], tuple[shape.Shape, _Plan]] = {}
_MOST_PLANS = 4096


def _plan(found: shape.Shape, command: str, units: tuple[tuple[str, str], ...]) -> _Plan:
    # By identity: a tuple of forty names is costly to hash. The shape is kept beside the plan, so that no other one
    # can take its place in memory.
    key = (id(found), command, units)
    known = _plans.get(key)
    if known is not None:
        return known[1]
    if len(_plans) >= _MOST_PLANS:
        _plans.clear()
    plan = _planned(found, command, dict(units))
    _plans[key] = found, plan
    return plan


def _planned(found: shape.Shape, command: str, units: Mapping[str, str]) -> _Plan:
    kind = MEASURED[command]
    chosen, left_out = [], 0
    for row, (code, name) in enumerate(zip(found.codes, found.kinds, strict=True)):
        if name != kind:
            continue
        known = scaling(code, units.get(code, ""))
        if isinstance(known, str):
            left_out += 1
        else:
            chosen.append((row, *known))
    rows = tuple(row for row, *_ in chosen)
    return _Plan(
        tuple(name for _, name, _, _ in chosen),
        tuple(scale for *_, scale, _ in chosen),
        tuple(offset for *_, offset in chosen),
        _getter([found.value_places[row] for row in rows]),
        _getter([found.flag_places[row] for row in rows]),
        left_out,
    )


def _getter(places: list[int]) -> Callable[[list[str]], Any]:
    if not places:
        return lambda _: ()
    if len(places) == 1:
        only = places[0]
        return lambda tokens: (tokens[only],)
    return itemgetter(*places)
