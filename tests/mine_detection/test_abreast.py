from __future__ import annotations

import json
from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from clearbay.mine.detection.place import Moment, Together, together
from clearbay.mine.detection.signal import FAMILIES, Signal
from clearbay.mine.detection.stream import Stream
from clearbay.model.observation import READINGS
from tests.mine_detection.telemetry import HOUR, START, station

CODES = ("flow", "NH3N", "CODCr", "pH", "DO")
PLACES = {one.id: one for one in (station(f"s{place}", "effluent" if place % 3 else "river") for place in range(12))}
ASKED = {f"s{place}": ("cn.gb3838", "V") for place in range(0, 12, 2)}


@cache
def lively(seed: int = 0, hours: int = 24 * 24) -> pa.Table:
    """Telemetry of twelve stations with something of everything, in the order of its arrival: gaps, late and repeated
    values, two averagings, flags, censored values, shifts, runs of one value, values pinned under their limit, loads
    too even for their flow, trends, drops in office hours."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for number, place in enumerate(PLACES):
        flow = 1.0 + 0.4 * rng.standard_normal(hours).clip(-2, 2)
        for code in CODES:
            middle = {"flow": 1.0, "NH3N": 1.2, "CODCr": 30.0, "pH": 7.3, "DO": 6.0}[code]
            values = middle * (1 + 0.05 * rng.standard_normal(hours) + 0.1 * np.sin(np.arange(hours) / 24 * 2 * np.pi))
            begin = int(rng.integers(100, hours - 100))
            if code == "flow":
                values = flow
            elif number % 4 == 1:
                values[begin : begin + 30] *= 3
            elif number % 4 == 2 and code == "CODCr":
                values = 20 / flow
                values[begin : begin + 40] = 41.5
            elif number % 4 == 0 and code == "NH3N":
                values = 2.0 * rng.uniform(0.93, 0.999, hours)
            elif number % 4 == 3:
                values *= 1 + 0.02 * np.arange(hours) / 24
            if number == 5 and code == "CODCr":
                local = np.arange(hours) + 8
                values = np.where((local % 24 >= 9) & (local % 24 < 17), 0.4, 1.0) * values
            there = rng.random(hours) > 0.02
            there[200 : 200 + 12 * (number % 2)] = False
            for hour in np.flatnonzero(there).tolist():
                flag = 3 if rng.random() < 0.02 else 4 if rng.random() < 0.01 else 1
                censoring = "<" if rng.random() < 0.05 else ""
                averaging = "minute" if number == 7 and hour % 2 else "" if number == 10 else "hour"
                arrival = hour + (30 if rng.random() < 0.01 else 0)
                row = (place, code, "", averaging, START + hour * HOUR, float(values[hour]), censoring, flag)
                rows.append((arrival, *row))
                if rng.random() < 0.01:
                    rows.append((arrival, *row))
    rows.sort(key=lambda row: row[0])  # type: ignore[arg-type, return-value]
    columns = list(zip(*(row[1:] for row in rows), strict=True))
    arrays = [
        pa.array(column, pa.int64()).cast(part.type) if part.name == "time" else pa.array(column, part.type)
        for column, part in zip(columns, READINGS, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=READINGS)


def fed(table: pa.Table, abreast: list[int], cuts: list[int]) -> tuple[list[Signal], dict[str, object]]:
    """The signals of a table cut into pushes, each judged with the next of the widths, and what waits at the end."""
    stream, found, begin = Stream(PLACES.get, ASKED), [], 0
    for number, end in enumerate([*cuts, table.num_rows]):
        stream.abreast = abreast[number % len(abreast)]
        found += stream.push(table.slice(begin, end - begin))
        begin = end
    return found + stream.flush(), {one: repr(stream._silence[one]) for one in stream._silence}


ALONE, ABREAST = 10**9, 1


@cache
def cut() -> tuple[list[int], tuple[list[Signal], dict[str, object]]]:
    """Places to cut ``lively`` at, and what it says when every value is judged alone."""
    cuts = sorted(np.random.default_rng(1).integers(0, lively().num_rows, 40).tolist())
    return cuts, fed(lively(), [ALONE], cuts)


@pytest.mark.parametrize("widths", [[ABREAST], [ALONE, 24, ABREAST]])
def test_series_judged_abreast_say_what_each_says_alone(widths: list[int]) -> None:
    """Whichever way the waves go, and however it changes from push to push: the same signals, to the last bit."""
    cuts, expected = cut()
    same = fed(lively(), widths, cuts) == expected
    assert same
    assert {one.kind for one in expected[0]} == set(FAMILIES)


def test_a_signal_holds_plain_values() -> None:
    """Signals become JSON, however they were judged."""
    found, _ = fed(lively(hours=480), [ABREAST], [])
    assert json.dumps([[one.time, one.severity, one.sure, one.value, one.baseline, one.since, dict(one.detail)]
                       for one in found])  # fmt: skip
    assert {type(one.value) for one in found} <= {float, type(None)}


@pytest.mark.parametrize("size", [2, 3, 7, 8, 9, 17])
def test_stations_judged_together_are_judged_as_each_alone(size: int) -> None:
    """Sums run in the same order, however many stations there are."""
    rng = np.random.default_rng(size)
    series = tuple((f"s{place}", "TP", "", "hour") for place in range(size))
    mixing = rng.standard_normal((size, size))
    alone, many = ([Together(str(place)) for place in range(6)] for _ in range(2))
    told = 0
    for step in range(120):
        moments = []
        for place in range(6):
            some = series[: size - 1] if (step + place) % 13 == 0 else series
            residuals = (mixing @ rng.standard_normal(size))[: len(some)] * (8.0 if step > 100 else 1.0)
            moments.append(Moment(step, some, residuals, residuals))
        expected = [one.push(moment) for one, moment in zip(alone, moments, strict=True)]
        same = together(list(zip(many, moments, strict=True))) == expected
        assert same
        told += sum(one is not None for one in expected)
    assert told
