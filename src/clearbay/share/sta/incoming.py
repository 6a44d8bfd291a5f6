"""Observations as clients send them, made into readings of the store: one by one, or as arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.collect.batch import ROW_READINGS
from clearbay.model.errors import BadInput
from clearbay.model.observation import Flag
from clearbay.share.sta.attributes import stamp
from clearbay.share.sta.expression import Interval, interval
from clearbay.share.sta.graph import TRUTH, Stream
from clearbay.store.clock import micros, now
from clearbay.store.entities import KEY, Extra

_TICK = timedelta(microseconds=1)
_NUMBER = re.compile(r"\s*([<>]?)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*")
_FLAGS = {int(flag) for flag in Flag}
_WORDS = {"pass": 1, "good": 1, "not_evaluated": 2, "unknown": 2, "suspect": 3, "fail": 4, "bad": 4, "missing": 9}
PLAIN = frozenset({"phenomenonTime", "result", "resultTime", "resultQuality"})


@dataclass(slots=True)
class Arrived:
    """One observation that came: where it belongs, when (microseconds UTC), how much in the store's unit."""

    stream: Stream
    time: int
    value: float
    censoring: str = ""
    flag: int = int(Flag.NOT_EVALUATED)
    feature: str | None = None
    carried: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The observation's id."""
        return f"{self.stream.id}-{self.time}"

    @property
    def extra(self) -> Extra | None:
        """What is kept beside the value, where there is anything."""
        if not self.carried and self.feature is None:
            return None
        return Extra(int(self.stream.id), self.time, self.feature, self.carried)


def arrived(body: Mapping[str, Any], stream: Stream) -> Arrived:
    """Read one observation; ``BadInput`` says which attribute is wrong. Features are the caller's care."""
    if "result" not in body:
        raise BadInput("an observation needs a result", where="result", mend="leave out what was not measured")
    found = Arrived(stream, 0, 0.0)
    _take_time(found, body.get("phenomenonTime"))
    _take_result(found, body["result"])
    _take_quality(found, body.get("resultQuality"))
    if (given := body.get("resultTime")) is not None:
        time = _time(given, "resultTime")
        moment = micros(time.end if isinstance(time, Interval) else time)
        if moment != found.time + (stream.period or timedelta()) // _TICK:
            found.carried["resultTime"] = stamp(moment)
    if (given := body.get("validTime")) is not None:
        _time(given, "validTime")
        found.carried["validTime"] = given
    if (given := body.get("parameters")) is not None:
        _take_parameters(found, given)
    return found


def _take_time(found: Arrived, given: Any) -> None:
    period = found.stream.period
    if given is None:
        found.time = micros(now()) - (period or timedelta()) // _TICK
        return
    time = _time(given, "phenomenonTime")
    if isinstance(time, datetime):
        found.time = micros(time)
        return
    found.time = micros(time.start)
    if period is not None:
        if abs(time.end - time.start - period) > timedelta(seconds=1):
            raise BadInput(
                f"it lasts {time.end - time.start}, and this datastream holds means over {period}",
                where="phenomenonTime",
                mend="post it to a Datastream with another properties.averaging",
            )
    elif time.start != time.end:
        found.carried["phenomenonTime"] = f"{stamp(micros(time.start))}/{stamp(micros(time.end))}"


def _time(given: Any, where: str) -> datetime | Interval:
    try:
        return interval(str(given))
    except (ValueError, OverflowError):
        mend = "write 2019-07-15T00:00:00Z, or two such times with a slash between"
        raise BadInput(f"'{str(given)[:60]}' is no time", where=where, mend=mend) from None


def _take_result(found: Arrived, given: Any) -> None:
    stream = found.stream
    if isinstance(given, bool) and stream.kind == TRUTH:
        given = int(given)
    if isinstance(given, str) and (match := _NUMBER.fullmatch(given)):
        found.censoring, given = match[1], float(match[2])
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise BadInput(
            f"the result {str(given)[:60]!r} is no number",
            where="result",
            mend="this server keeps measurements, counts and truth values; leave out what was not measured",
        )
    found.value = float(given) * stream.scale + stream.offset


def _take_quality(found: Arrived, given: Any) -> None:
    if given is None:
        return
    word = given.strip().lower() if isinstance(given, str) else given
    if isinstance(word, str):
        word = _WORDS.get(word, int(word) if word.isdecimal() else word)
    if isinstance(word, int) and not isinstance(word, bool) and word in _FLAGS:
        found.flag = word
    else:
        found.carried["resultQuality"] = given


def _take_parameters(found: Arrived, given: Any) -> None:
    if not isinstance(given, Mapping):
        raise BadInput("parameters are names with values", where="parameters", mend='write {"name": value}')
    told = dict(given)
    if (sign := told.pop("censoring", None)) is not None:
        if sign not in ("", "<", ">"):
            raise BadInput(f"'{str(sign)[:20]}' is no censoring", where="parameters.censoring", mend="write < or >")
        found.censoring = sign
    told.pop("revision", None)  # ours: it comes back with an observation that was read here
    if told:
        found.carried["parameters"] = told


def readings(many: Sequence[Arrived]) -> pa.Table:
    """Observations as the committer takes them."""
    keys = [one.stream.key for one in many]
    columns: dict[str, Any] = {name: pa.array([key[at] for key in keys], pa.string()) for at, name in enumerate(KEY)}
    columns["time"] = pa.array([one.time for one in many], pa.int64()).cast(pa.timestamp("us"))
    columns["value"] = pa.array([one.value for one in many], pa.float64())
    columns["censoring"] = pa.array([one.censoring for one in many], pa.string())
    columns["flag"] = pa.array([one.flag for one in many], pa.int8())
    columns["row"] = pa.array(range(len(many)), pa.int64())
    return pa.table({name: columns[name] for name in ROW_READINGS.names}, schema=ROW_READINGS)


@dataclass(slots=True)
class Block:
    """A block of a data array as readings: times and, by row, why it was refused."""

    stream: Stream
    table: pa.Table
    times: list[int]
    wrong: dict[int, str] = field(default_factory=dict)
    extras: list[Extra] = field(default_factory=list)


def quick(stream: Stream, components: Sequence[str], data: Sequence[Sequence[Any]]) -> Block | None:
    """A whole block at once where it holds plain numbers at plain times; None where it must be read row by row."""
    if not data or not set(components) <= PLAIN or "result" not in components or "phenomenonTime" not in components:
        return None
    try:
        columns = dict(zip(components, zip(*data, strict=True), strict=True))
        if any(type(one) not in (int, float) for one in columns["result"]):
            return None
        values = np.array(columns["result"], dtype=np.float64) * stream.scale + stream.offset
        times = _column(columns["phenomenonTime"])
        if "resultTime" in columns and columns["resultTime"] != columns["phenomenonTime"]:
            given = columns["resultTime"]
            if any(one is not None for one in given):
                late = pa.scalar(stream.period or timedelta(), pa.duration("us"))
                if not pc.all(pc.equal(_column(given), pc.add(times, late))).as_py():
                    return None
        flags = np.full(len(values), int(Flag.NOT_EVALUATED), dtype=np.int8)
        if "resultQuality" in columns and any(one is not None for one in columns["resultQuality"]):
            if any(type(one) is not int or one not in _FLAGS for one in columns["resultQuality"]):
                return None
            flags = np.array(columns["resultQuality"], dtype=np.int8)
    except (pa.ArrowInvalid, ValueError, TypeError, OverflowError):
        return None
    rows = len(values)
    made: dict[str, Any] = {name: pa.repeat(stream.key[at], rows) for at, name in enumerate(KEY)}
    made |= {"time": times, "value": pa.array(values), "censoring": pa.repeat("", rows), "flag": pa.array(flags)}
    made["row"] = pa.array(np.arange(rows, dtype=np.int64))
    table = pa.table({name: made[name] for name in ROW_READINGS.names}, schema=ROW_READINGS)
    return Block(stream, table, times.cast(pa.int64()).to_pylist())


def _column(texts: Sequence[Any]) -> pa.Array:
    """ISO 8601 times with an offset as UTC; raises ArrowInvalid for any other."""
    return pa.array(texts, pa.string()).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
