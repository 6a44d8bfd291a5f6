"""The index hour by hour and day by day, on every engine."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clearbay import packs
from clearbay.mine.aqi import aqi_daily, aqi_hourly, aqi_of_days
from clearbay.mine.frames import to_arrow
from clearbay.mine.iaqi import index_of
from tests.mine_rules import air

OLD, NEW = packs.rule("cn.hj633-2012"), packs.rule("cn.hj633-2026")
Engine = Callable[[pa.Table], Any]
CLEAN = {"SO2": 10.0, "NO2": 20.0, "CO": 0.5, "O3": 60.0, "PM10": 40.0, "PM2_5": 30.0}


def _rows(frame: Any) -> list[dict[str, Any]]:
    return to_arrow(frame).sort_by([("station", "ascending"), ("time", "ascending")]).to_pylist()


def test_hours_are_judged_by_the_version_of_their_day(engine: Engine) -> None:
    """PM10 of 120 is worth 85 up to the end of 28 February 2026, and 100 from 1 March on; 24:00 closes the old day."""
    hours = {code: [value] * 30 for code, value in (CLEAN | {"PM10": 120.0}).items()}
    data = air.day(hours, datetime(2026, 2, 27, 20))
    rows = _rows(aqi_hourly(engine(data), packs.rule_versions("cn.hj633")))  # type: ignore[arg-type]
    by_hour = {row["time"] + timedelta(hours=8): row for row in rows}
    old, new = by_hour[datetime(2026, 2, 28, 16)], by_hour.get(datetime(2026, 3, 1, 1))
    assert (old["aqi"], old["primary"], old["standard"]) == (85, "PM10", "cn.hj633-2012")
    assert new is not None
    assert (new["aqi"], new["standard"]) == (100, "cn.hj633-2026")
    assert by_hour[datetime(2026, 3, 1, 0)]["standard"] == "cn.hj633-2012"


def test_particles_by_the_hour(engine: Engine) -> None:
    """2012 needs 20 of 24 hours for a particle's running mean; 2026 takes the hour as it is."""
    hours = {code: [value] * 24 for code, value in CLEAN.items()} | {"PM2_5": [30.0] * 23 + [150.0]}
    data = air.day(hours, datetime(2017, 5, 1))
    old = _rows(aqi_hourly(engine(data), [OLD]))
    assert [row["missing"] for row in old[:7]] == ["PM10;PM2_5"] * 7
    assert old[-1]["missing"] == ""
    assert old[-1]["iaqi_PM2_5"] == 50  # (23 * 30 + 150) / 24 = 35
    new = _rows(aqi_hourly(engine(data), [NEW], by_date=False))
    assert (new[-1]["aqi"], new[-1]["primary"], new[-1]["grade"]) == (200, "PM2_5", "4")
    assert new[0]["aqi"] == 43


def test_a_day_needs_20_hours_and_ozone_its_windows(engine: Engine) -> None:
    """With 19 hours there is no daily mean; the largest 8-hour mean lies within the day."""
    ozone = [200.0] * 4 + [20.0] * 12 + [160.0] * 8
    hours = {code: [value] * 24 for code, value in CLEAN.items()} | {"O3": ozone, "NO2": [20.0] * 19 + [None] * 5}
    rows = _rows(aqi_daily(engine(air.day(hours, datetime(2026, 6, 1))), [NEW]))
    assert len(rows) == 1
    assert (rows[0]["time"], rows[0]["missing"], rows[0]["aqi"]) == ("2026-06-01", "NO2", None)
    assert rows[0]["iaqi_O3"] == 100
    exempt = _rows(aqi_daily(engine(air.day(hours, datetime(2026, 6, 1))), [NEW], exempt=["NO2"]))
    assert (exempt[0]["aqi"], exempt[0]["primary"]) == (100, "O3")


def test_ozone_of_a_day_in_2012_counts_its_largest_hour_too(engine: Engine) -> None:
    """One hour of 300 is worth 150 in 2012 by its hourly table, where its 8-hour mean alone gives less."""
    hours = {code: [value] * 24 for code, value in CLEAN.items()} | {"O3": [20.0] * 23 + [300.0]}
    old = _rows(aqi_daily(engine(air.day(hours, datetime(2017, 6, 1))), [OLD]))
    new = _rows(aqi_daily(engine(air.day(hours, datetime(2017, 6, 1))), [NEW], by_date=False))
    assert (old[0]["aqi"], old[0]["primary"]) == (150, "O3")
    assert new[0]["iaqi_O3"] == 28  # (7 * 20 + 300) / 8 = 55


def test_days_without_a_version_have_no_row(engine: Engine) -> None:
    """Before 2016 no version was in force nationwide: by date there is nothing, by a version named there is."""
    hours = {code: [value] * 24 for code, value in CLEAN.items()}
    data = engine(air.day(hours, datetime(2015, 12, 31)))
    assert _rows(aqi_daily(data, [OLD, NEW])) == []
    assert len(_rows(aqi_daily(data, [OLD], by_date=False))) == 1


def test_daily_values_are_read_as_they_are(engine: Engine) -> None:
    """A table of daily means and ozone's largest 8-hour mean needs no hours."""
    data = air.table([("A", code, datetime(2026, 3, 31, 16), value) for code, value in CLEAN.items()])
    rows = _rows(aqi_of_days(engine(data), [NEW]))
    expected = index_of({"SO2_day": 10, "NO2_day": 20, "CO_day": 0.5, "O3_8h": 60, "PM10_day": 40, "PM2_5_day": 30},
                        NEW, "daily")  # fmt: skip
    assert [(row["time"], row["aqi"], row["missing"]) for row in rows] == [("2026-04-01", expected.aqi, "")]


def test_a_gap_stays_a_gap(engine: Engine) -> None:
    """A running mean goes by the clock: after a gap it has no value until its hours are there again."""
    values = [30.0] * 24 + [None] * 12 + [30.0] * 24
    hours: dict[str, list[float | None]] = {code: list(values) for code in CLEAN}
    rows = _rows(aqi_hourly(engine(air.day(hours, datetime(2017, 5, 1))), [OLD]))
    begun = {row["time"]: row["missing"] for row in rows}
    assert len(rows) == 48
    first = datetime(2017, 4, 30, 17)
    assert begun[first + timedelta(hours=23)] == ""
    assert "PM10" in begun[first + timedelta(hours=40)]
    assert begun[first + timedelta(hours=59)] == ""


@pytest.mark.parametrize("rule", [OLD, NEW], ids=lambda rule: rule.id)
def test_the_order_of_rows_is_irrelevant(rule: Any, engine: Engine) -> None:
    """Readings shuffled give the same index."""
    real = air.dongsi().filter(pc.less(air.dongsi().column("time"), pa.scalar(datetime(2016, 1, 20))))
    order = list(range(real.num_rows))
    random.Random(7).shuffle(order)
    for report in (aqi_hourly, aqi_daily):
        straight = _rows(report(engine(real), [rule], label="start", by_date=False))
        shuffled = _rows(report(engine(real.take(order)), [rule], label="start", by_date=False))
        assert straight == shuffled


@pytest.mark.parametrize("rule", [OLD, NEW], ids=lambda rule: rule.id)
def test_a_real_year_equals_a_plain_reading_of_the_rules(rule: Any) -> None:
    """Dongsi 2016, day by day: the same index as hours gathered and judged one day at a time in plain Python."""
    rows = _rows(aqi_daily(air.dongsi(), [rule], label="start", by_date=False))
    assert len(rows) > 355
    hours: dict[str, dict[str, dict[int, float]]] = {}
    for row in air.dongsi().to_pylist():
        begin = row["time"] + timedelta(hours=8)
        hours.setdefault(f"{begin:%Y-%m-%d}", {}).setdefault(row["property"], {})[begin.hour] = row["value"]
    for row in rows:
        means: dict[str, float] = {}
        for code, values in hours[row["time"]].items():
            if len(values) >= 20 and code != "O3":
                means[f"{code}_day"] = float(np.mean(list(values.values())))
            if code == "O3":
                windows = [[values[h] for h in range(end - 7, end + 1) if h in values] for end in range(7, 24)]
                valid = [float(np.mean(window)) for window in windows if len(window) >= 6]
                if valid:
                    means["O3_8h"] = max(valid)
                if len(values) >= 20:
                    means["O3_hour"] = max(values.values())
        expected = index_of(means, rule, "daily")
        assert (row["aqi"], tuple(filter(None, row["primary"].split(";")))) == (expected.aqi, expected.primary), row
        assert tuple(filter(None, row["missing"].split(";"))) == expected.missing
