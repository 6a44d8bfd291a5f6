"""From a data packet to readings: property, UTC, the property's unit, QARTOD flag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa

from clearbay import packs
from clearbay.collect.batch import ROW_READINGS
from clearbay.collect.hj212.codes import pollutants
from clearbay.collect.hj212.commands import AVERAGING, CN, CN_2025, MEASURED
from clearbay.collect.hj212.packet import Packet
from clearbay.collect.hj212.quality import qartod
from clearbay.model.errors import UnknownName
from clearbay.model.observation import Depth

CHINA = timezone(timedelta(hours=8))
"""Devices print their own clock without a zone; the mainland has one time, eight hours ahead of UTC."""

NO_RESULT = 9999.99
"""Sent where a value corrected for oxygen cannot be worked out (HJ 212-2025, one secondary source, unverified)."""


class LeftOut(NamedTuple):
    """A row of ``Packet.data`` that became no reading, and why."""

    row: int
    code: str
    kind: str
    why: str


Row = tuple[str, str, str, str, datetime, float, str, int, int]
"""A reading as ROW_READINGS has it: station, property, depth, averaging, time, value, censoring, flag, row."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Readings of a packet as rows, and the rows of the packet that became none."""

    rows: list[Row]
    left_out: tuple[LeftOut, ...]


def table(rows: Iterable[Row]) -> pa.Table:
    """Readings as a table; those of many packets at once cost little more than those of one."""
    columns = list(zip(*rows, strict=True)) or [()] * len(ROW_READINGS)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, ROW_READINGS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=ROW_READINGS)


def readings(
    packet: Packet,
    station: str,
    *,
    depth: Depth = "",
    units: Mapping[str, str] | None = None,
    zone: timezone = CHINA,
) -> pa.Table:
    """The readings of one packet as a table; see ``take``."""
    return table(take(packet, station, depth=depth, units=units, zone=zone).rows)


def take(
    packet: Packet,
    station: str,
    *,
    depth: Depth = "",
    units: Mapping[str, str] | None = None,
    zone: timezone = CHINA,
) -> Taken:
    """Turn the rows of a data packet (2011, 2051, 2061, 2031) into readings of a station.

    One value a code: the instant's (``Rtd``) or the period's mean (``Avg``), at DataTime, which for a period is its
    start. ``units`` gives, by code, the unit a device reports in where it differs from the standard's default or where
    none was read (``{"a21026": "ug/m3"}``). A flag T (above the range) makes the value a lower bound (``>``). The last
    column, ``row``, is the place in ``packet.data``, where kind and original flag stand.

    Readings of a minute, an hour and a day may carry the same property and time: ``averaging`` tells them apart.
    """
    kind = MEASURED.get(packet.cn)
    if kind is None:
        name = CN.get(packet.cn) or CN_2025.get(packet.cn) or "unknown"
        why = f"command {packet.cn} ({name}) carries no concentrations"
        return Taken([], tuple(LeftOut(place, row.code, row.kind, why) for place, row in enumerate(packet.data)))
    averaging = AVERAGING[packet.cn]
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    another = f"not the value of the instant or period ({kind})"
    printed = moment = None
    for place, (time, code, found, value, letter) in enumerate(packet.data):
        if found != kind:
            left_out.append(LeftOut(place, code, found, another))
            continue
        known = scaling(code, units.get(code, "") if units else "")
        if isinstance(known, str):
            why = known
        elif time is None:
            why = "no DataTime"
        elif not isinstance(value, float):
            why = "no value" if value is None else f"{value[:40]!r} is no number"
        elif packet.version == "2025" and value == NO_RESULT:
            why = f"{NO_RESULT} stands for a value that could not be worked out (unverified)"
        elif (time != printed or moment is None) and (moment := _utc(time, zone)) is None:
            why = f"{time} is no time in UTC"
        else:
            printed = time
            name, scale, offset = known
            amount = value * scale + offset
            mark = ">" if letter == "T" else ""
            rows.append((station, name, depth, averaging, moment, amount, mark, qartod(letter), place))
            continue
        left_out.append(LeftOut(place, code, found, why))
    return Taken(rows, tuple(left_out))


def _utc(time: datetime, zone: timezone) -> datetime | None:
    try:
        return time.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:  # the first hours of the year 1: a clock that was never set
        return None


@lru_cache(maxsize=4096)
def scaling(code: str, stated: str) -> tuple[str, float, float] | str:
    """Property, scale and offset of a code in the unit stated, or else in its own; the reason where there is none."""
    known = pollutants().get(code)
    if known is None:
        return "no property is known for this code"
    unit = stated or known.unit
    if not unit:
        return "the unit of this code was not read anywhere: state the device's"
    return known.property, *packs.unit_factor(unit, packs.properties()[known.property].unit, known.property)


def check_units(units: Mapping[str, str]) -> Mapping[str, str]:
    """Check the units stated for a device when it is registered, not when its first packet comes.

    Raises ``UnknownName`` for a code without a property, ``BadInput`` for a unit that does not fit it.
    """
    for code, unit in units.items():
        known = pollutants().get(code)
        if known is None:
            raise UnknownName(f"no property is known for code {code!r}", where="units", mend="leave it out")
        packs.unit_factor(unit, packs.properties()[known.property].unit, known.property)
    return MappingProxyType(dict(units))
