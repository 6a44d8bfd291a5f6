"""Times as files print them, turned into UTC.

Local time is read in the zone stated: an offset (``+08:00``) or an IANA name (``Asia/Hong_Kong``). A date alone stands
for the start of that local day. ``24:00`` is midnight at the day's end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from clearbay.collect.numbers import tidy
from clearbay.model.errors import BadInput

BAY = "+08:00"
"""Time of the bay: China, Hong Kong and Macao keep it, without summer time since 1991, 1979 and 1979."""

STAMP = pa.timestamp("us")

FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
    "%Y.%m.%d %H:%M", "%Y.%m.%d", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d",
    "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H时%M分", "%Y年%m月%d日%H时", "%Y年%m月%d日",
    "%Y-%m", "%Y年%m月",
)  # fmt: skip
"""Layouts tried where none is stated. Day and month are never guessed: ``3/4/2020`` needs a stated format."""

_ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$"
_MIDNIGHT = re.compile(r"(?<=[ T日])24(?=(?:[:时時](?:00)?(?::00|分)?)?$)")
_OFFSET = re.compile(r"^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$")
_ZONED = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_EXCEL = datetime(1899, 12, 30)
# Day 0 of spreadsheets: they take 1900 for a leap year, so that from 1900-03-01 on this is the right zero.


def zone_minutes(zone: str) -> int | None:
    """Minutes east of UTC of a fixed zone (``+08:00``, ``UTC``), or None for a name that needs the zone database."""
    if zone.upper() in ("UTC", "Z", "GMT"):
        return 0
    if match := _OFFSET.match(zone):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return minutes if match[1] == "+" else -minutes
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            f"no time zone is called {zone!r}", where="zone", mend="write +08:00, UTC or a name such as Asia/Hong_Kong"
        ) from error
    return None


def to_utc(local: pa.Array, zone: str) -> pa.Array:
    """Local wall-clock times to UTC. Where clocks go back the earlier of the two instants is taken."""
    minutes = zone_minutes(zone)
    if minutes is None:
        zoned = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest")
        return zoned.cast(pa.timestamp("us", "UTC")).cast(STAMP)
    return pc.subtract(local, pa.scalar(timedelta(minutes=minutes), pa.duration("us")))


def instants(texts: pa.Array | pa.ChunkedArray, *, formats: Sequence[str] = FORMATS, zone: str = BAY) -> pa.Array:
    """Read a column of times into UTC; null where a cell cannot be read.

    ``formats`` are those of ``strptime``; besides them ``excel`` (days since 1899-12-30), ``epoch`` and ``epoch_ms``
    (both UTC) may be named. A cell that carries its own zone (``…Z``, ``…+08:00``) keeps it.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if pa.types.is_timestamp(texts.type) or pa.types.is_date(texts.type):
        if getattr(texts.type, "tz", None):
            return texts.cast(pa.timestamp("us", "UTC")).cast(STAMP)
        return to_utc(texts.cast(STAMP), zone)
    encoded = texts.cast(pa.string()).dictionary_encode()
    distinct = _distinct(encoded.dictionary, formats, zone)
    return distinct.take(encoded.indices)


def _distinct(texts: pa.Array, formats: Sequence[str], zone: str) -> pa.Array:
    if any("%Y-%m-%d" in form for form in formats) and len(texts):
        iso = pc.match_substring_regex(texts, _ISO)
        if pc.all(iso).as_py():
            try:
                return to_utc(texts.cast(STAMP), zone)
            except pa.ArrowInvalid:
                pass  # one date does not exist (30 February): read them one by one
    local: list[datetime | None] = []
    zoned: list[datetime | None] = []
    for text in texts.to_pylist():
        moment = _read(tidy(text), formats)
        aware = moment is not None and moment.tzinfo is not None
        local.append(None if aware else moment)
        zoned.append(moment.astimezone(UTC).replace(tzinfo=None) if moment is not None and aware else None)
    return pc.coalesce(to_utc(pa.array(local, STAMP), zone), pa.array(zoned, STAMP))


def _read(text: str, formats: Sequence[str]) -> datetime | None:
    for form in formats:
        if form in ("excel", "epoch", "epoch_ms"):
            try:
                number = float(text)
                if form == "excel":
                    return _EXCEL + timedelta(microseconds=round(number * 86_400_000) * 1000)
                return datetime.fromtimestamp(number / (1000 if form == "epoch_ms" else 1), UTC)
            except (ValueError, OverflowError, OSError):
                continue
        late = _MIDNIGHT.search(text)
        plain = _MIDNIGHT.sub("00", text) if late else text
        try:
            moment = datetime.strptime(plain, form)
        except ValueError:
            continue
        return moment + timedelta(days=1) if late else moment
    if _ZONED.search(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return None
