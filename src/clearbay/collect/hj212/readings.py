"""From a data packet to readings: property, UTC, the property's unit, QARTOD flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from types import MappingProxyType

import pyarrow as pa

from clearbay import packs
from clearbay.collect.batch import ROW_READINGS
from clearbay.collect.hj212.codes import pollutants
from clearbay.collect.hj212.commands import CN, CN_2025, MEASURED
from clearbay.collect.hj212.content import Datum
from clearbay.collect.hj212.packet import Packet
from clearbay.collect.hj212.quality import qartod
from clearbay.model.errors import UnknownName
from clearbay.model.observation import Depth

CHINA = timezone(timedelta(hours=8))
"""Devices print their own clock without a zone; the mainland has one time, eight hours ahead of UTC."""

NO_RESULT = 9999.99
"""Sent where a value corrected for oxygen cannot be worked out (HJ 212-2025, one secondary source, unverified)."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of ``Packet.data`` that became no reading, and why."""

    row: int
    code: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Readings of a packet, and the rows that became none."""

    readings: pa.Table
    left_out: tuple[LeftOut, ...]


def readings(
    packet: Packet,
    station: str,
    *,
    depth: Depth = "",
    units: Mapping[str, str] | None = None,
    zone: timezone = CHINA,
) -> pa.Table:
    """The readings of a packet alone; see ``take``."""
    return take(packet, station, depth=depth, units=units, zone=zone).readings


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
    none was read (``{"a21026": "ug/m3"}``). A flag T (above the range) makes the value a lower bound (``>``). Column
    ``row`` is the place in ``packet.data``, where kind and original flag stand.

    Readings of a minute, an hour and a day carry the same property and may carry the same time: whoever keeps more than
    one gives each a station or home of its own.
    """
    kind = MEASURED.get(packet.cn)
    if kind is None:
        name = CN.get(packet.cn) or CN_2025.get(packet.cn) or "unknown"
        why = f"command {packet.cn} ({name}) carries no concentrations"
        left = tuple(LeftOut(place, row.code, row.kind, why) for place, row in enumerate(packet.data))
        return Taken(ROW_READINGS.empty_table(), left)
    stated = units or {}
    rows, left_out = [], []
    for place, row in enumerate(packet.data):
        why = _why_not(row, kind, stated, packet.version)
        if why:
            left_out.append(LeftOut(place, row.code, row.kind, why))
            continue
        assert row.time is not None
        assert isinstance(row.value, float)
        known = pollutants()[row.code]
        unit = stated.get(row.code) or known.unit
        scale, offset = packs.unit_factor(unit, packs.properties()[known.property].unit, known.property)
        time = row.time.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
        value = row.value * scale + offset if (scale, offset) != (1.0, 0.0) else row.value
        censoring = ">" if row.flag == "T" else ""
        rows.append((station, known.property, depth, time, value, censoring, int(qartod(row.flag)), place))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in ROW_READINGS]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, ROW_READINGS, strict=True)]
    return Taken(pa.Table.from_arrays(arrays, schema=ROW_READINGS), tuple(left_out))


def _why_not(row: Datum, kind: str, units: Mapping[str, str], version: str) -> str:
    if row.kind != kind:
        return f"not the value of the instant or period ({kind})"
    known = pollutants().get(row.code)
    if known is None:
        return "no property is known for this code"
    if not (row.code in units or known.unit):
        return "the unit of this code was not read anywhere: state the device's"
    if row.time is None:
        return "no DataTime"
    if not isinstance(row.value, float):
        return "no value" if row.value is None else f"{row.value[:40]!r} is no number"
    if version == "2025" and row.value == NO_RESULT:
        return f"{NO_RESULT} stands for a value that could not be worked out (unverified)"
    return ""


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
