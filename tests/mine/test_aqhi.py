"""Hong Kong's hourly health index."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from clearbay import packs
from clearbay.mine import added_risk, aqhi, aqhi_periods, aqhi_rule, to_arrow
from clearbay.model.errors import BadInput

from .standards import SEA
from .tables import records

OLD, NEW = packs.standard("hk.aqhi-2013"), packs.standard("hk.aqhi-2025")
NOON = datetime(2018, 6, 1, 4)
CLEAN = {"NO2": 40.0, "SO2": 5.0, "O3": 50.0, "PM10": 40.0, "PM2_5": 30.0}


def hours(*tables: tuple[datetime, dict[str, float]], station: str = "a") -> pa.Table:
    rows = [(station, code, "", moment, value, "") for moment, values in tables for code, value in values.items()]
    names = ("station", "property", "depth", "time", "value", "censoring")
    types = (pa.string(), pa.string(), pa.string(), pa.timestamp("us"), pa.float64(), pa.string())
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, zip(*rows, strict=True), types, strict=True)})


def later(count: int) -> datetime:
    return NOON + timedelta(hours=count)


def test_the_risk_is_the_sum_over_gases_and_the_larger_particulate(engine):
    """Sum of (exp(beta C) - 1) * 100 over the gases and the larger particulate, C the mean of three hours."""
    table = hours(*[(later(n), {code: value + n for code, value in CLEAN.items()}) for n in range(3)])
    row = records(aqhi(engine(table), [OLD]), "time")[-1]
    beta = OLD.parameters["beta"]
    risk = {code: (math.exp(beta[code] * (value + 1)) - 1) * 100 for code, value in CLEAN.items()}
    expected = risk["NO2"] + risk["SO2"] + risk["O3"] + max(risk["PM10"], risk["PM2_5"])
    assert row["ar"] == pytest.approx(expected)
    assert row["ar"] == pytest.approx(added_risk({code: value + 1 for code, value in CLEAN.items()}, OLD))
    assert (row["time"], row["standard"]) == (later(2), "hk.aqhi-2013")


def test_two_of_three_hours_are_enough_and_one_is_not(engine):
    """An hour with one reading behind it has no index; a gap in the table stays a gap."""
    table = hours((NOON, CLEAN), (later(1), CLEAN), (later(4), CLEAN), (later(5), CLEAN))
    assert [row["time"] for row in records(aqhi(engine(table), [OLD]), "time")] == [later(1), later(2), later(5)]


def test_one_particulate_is_enough_and_a_gas_is_not_dispensable(engine):
    """Without one particulate the other counts; without both, or without a gas, there is no index."""
    for missing, expected in ((("PM10",), 1), (("PM2_5",), 1), (("PM10", "PM2_5"), 0), (("O3",), 0)):
        values = {code: value for code, value in CLEAN.items() if code not in missing}
        assert len(records(aqhi(engine(hours((NOON, values), (later(1), values))), [OLD]))) == expected


@pytest.mark.parametrize("standard", [OLD, NEW], ids=lambda one: one.id)
def test_a_band_ends_with_its_upper_bound(engine, standard):
    """Every band includes its upper end, and beyond the last the index is 10+."""
    rule = aqhi_rule(standard)
    beta = rule.beta["NO2"]
    tables, expected = [], []
    for position, (name, top) in enumerate(rule.bands):
        for step, text in ((0.999, name), (1.001, rule.bands[position + 1][0] if position < 9 else rule.above)):
            station = f"{position}{step}"
            values = dict.fromkeys(("SO2", "O3", "PM10"), 0.0) | {"NO2": math.log1p(top * step / 100) / beta}
            moment = datetime(2026, 1, 1) if standard is NEW else NOON
            tables.append(hours((moment, values), (moment + timedelta(hours=1), values), station=station))
            expected.append((station, text))
    found = records(aqhi(engine(pa.concat_tables(tables)), [standard]), "station")
    assert [(row["station"], row["aqhi"]) for row in found] == sorted(expected)


def test_each_hour_has_the_version_in_force_on_its_day(engine):
    """The coefficients change with 22 March 2025; hour 24 belongs to the day it closes."""
    midnight = datetime(2025, 3, 21, 16)
    moments = [midnight + timedelta(hours=n) for n in (-1, 0, 1, 2)]
    found = records(aqhi(engine(hours(*[(moment, CLEAN) for moment in moments])), [OLD, NEW]), "time")
    assert [row["standard"] for row in found] == ["hk.aqhi-2013", "hk.aqhi-2025", "hk.aqhi-2025"]
    assert date(2025, 3, 22) == NEW.in_force_from


def test_a_period_has_its_highest_hour(engine):
    """10+ is above 10, and 10 above 9; the number of hours is given."""
    table = pa.table(
        {
            "station": ["a"] * 4,
            "time": pa.array([NOON, later(1), later(2), later(24)], pa.timestamp("us")),
            "aqhi": ["9", "10", "10+", "3"],
        }
    )
    days = records(aqhi_periods(engine(table), granularity="day"), "period")
    assert [(row["period"], row["aqhi"], row["hours"]) for row in days] == [
        ("2018-06-01", "10+", 3),
        ("2018-06-02", "3", 1),
    ]
    assert records(aqhi_periods(engine(table), granularity="month"))[0]["period"] == "2018-06"


def test_what_is_no_index_is_refused():
    """A standard without the parameters of an index is refused, and so is an index without any version."""
    with pytest.raises(BadInput, match="no health index"):
        aqhi_rule(SEA)
    with pytest.raises(BadInput, match="version"):
        aqhi(hours((NOON, CLEAN)), [])
    with pytest.raises(BadInput, match="O3"):
        added_risk({"NO2": 1.0, "SO2": 1.0, "PM10": 1.0}, OLD)


def test_every_engine_gives_the_same_index(engines):
    """Index and risk are equal on all engines, to twelve digits."""
    table = hours(*[(later(n), {code: value * (1 + n % 7) for code, value in CLEAN.items()}) for n in range(30)])
    found = {name: records(aqhi(put(table), [OLD, NEW]), "time") for name, put in engines.items()}
    assert len(found["duckdb"]) == 29
    assert all(rows == found["duckdb"] for rows in found.values())
    assert to_arrow(aqhi(table, [OLD])).num_rows == 29
