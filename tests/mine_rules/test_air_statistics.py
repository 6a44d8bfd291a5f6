"""Statistics of a year of air, on small tables and on a real year."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.air_statistics import daily_values, exceedances, percentiles, year_statistics
from clearbay.mine.frames import to_arrow
from clearbay.mine.statistics import percentile
from tests.mine_rules import air

OLD, NEW = packs.rule("cn.hj663-2013"), packs.rule("cn.hj663-2026")
LIMITS, FINAL = packs.rule("cn.gb3095-2026"), packs.rule("cn.gb3095-2026-final")
Engine = Callable[[pa.Table], Any]


def _year(code: str, values: list[float], station: str = "A") -> pa.Table:
    days = [f"{date(2027, 1, 1) + timedelta(days=n)}" for n in range(len(values))]
    return pa.table({"station": [station] * len(days), "property": [code] * len(days), "day": days, "value": values})


def test_a_year_attains_by_mean_and_percentile() -> None:
    """PM2.5 at 30 every day attains grade II of 2026 by both, and grade I by neither."""
    table = year_statistics(_year("PM2_5", [30.0] * 365), NEW, LIMITS)
    rows = {row["statistic"]: row for row in table.to_pylist()}
    assert (rows["mean"]["value"], rows["mean"]["limit"], rows["mean"]["attained"]) == (30, 30, True)
    assert (rows["percentile"]["per_cent"], rows["percentile"]["limit"], rows["percentile"]["attained"]) == (
        95,
        60,
        True,
    )
    assert rows["mean"]["valid"]
    strict = year_statistics(_year("PM2_5", [30.0] * 365), NEW, LIMITS, grade="I").column("attained").to_pylist()
    assert strict == [False, True]
    final = year_statistics(_year("PM2_5", [30.0] * 365), NEW, FINAL).column("attained").to_pylist()
    assert final == [False, True]


def test_carbon_monoxide_and_ozone_go_by_the_percentile_alone() -> None:
    """CO has no annual limit; O3 goes by the 90th percentile of its daily largest 8-hour means, against 160."""
    table = pa.concat_tables([_year("CO", [1.0] * 365), _year("O3", [float(n) for n in range(1, 366)])])
    rows = year_statistics(table, NEW, LIMITS).to_pylist()
    assert [(row["property"], row["statistic"], row["per_cent"]) for row in rows] == [
        ("CO", "percentile", 95), ("O3", "percentile", 90)
    ]  # fmt: skip
    # k = 1 + 364 * 0.9 = 328.6: between 328 and 329.
    assert rows[1]["value"] == pytest.approx(328.6)
    assert (rows[1]["limit"], rows[1]["attained"]) == (160, False)


def test_2026_rounds_the_statistic_before_it_compares() -> None:
    """A mean of 30.04 is 30.0 in 2026 and attains 30; in 2013 the full value is compared."""
    table = _year("PM2_5", [30.04] * 365)
    new = year_statistics(table, NEW, LIMITS).to_pylist()[0]
    old = year_statistics(table, OLD, LIMITS).to_pylist()[0]
    assert (new["compared"], new["attained"]) == (30.0, True)
    assert (old["attained"], old["value"]) == (False, pytest.approx(30.04))


def test_too_few_days_are_said() -> None:
    """A year of 300 days is not valid, and its short months are named."""
    row = year_statistics(_year("SO2", [10.0] * 300), NEW, LIMITS).to_pylist()[0]
    assert (row["days"], row["valid"], row["short_months"]) == (300, False, "11;12")


def test_an_empty_table_gives_an_empty_one() -> None:
    """No days, no statistics."""
    empty = _year("SO2", [1.0]).slice(1)
    assert year_statistics(empty, NEW, LIMITS).num_rows == 0


@given(
    st.lists(st.lists(st.floats(0, 500), min_size=1, max_size=40), min_size=1, max_size=6),
    st.sampled_from([90, 95, 98]),
)
def test_percentiles_of_groups_are_those_of_each(groups: list[list[float]], share: int) -> None:
    """Every group's percentile equals that of its own values alone, and lies among them."""
    ordered = [sorted(group) for group in groups]
    starts = np.cumsum([0, *[len(group) for group in ordered[:-1]]])
    found = percentiles(np.concatenate(ordered), starts, np.full(len(ordered), float(share)))
    for one, group in zip(found, groups, strict=True):
        assert one == pytest.approx(percentile(group, share), abs=1e-9)
        assert min(group) - 1e-9 <= one <= max(group) + 1e-9


def test_a_real_year_on_every_engine(engine: Engine) -> None:
    """Dongsi 2016: the engines agree, and PM2.5 equals the plain mean of days with 20 hours."""
    days = daily_values(engine(air.dongsi()), OLD, label="start")
    table = year_statistics(days, OLD, packs.rule("cn.gb3095-2012"))
    rows = {(row["property"], row["statistic"]): row for row in table.to_pylist() if row["year"] == 2016}
    hours: dict[str, list[float]] = {}
    for row in air.dongsi().to_pylist():
        if row["property"] == "PM2_5":
            hours.setdefault(f"{row['time'] + timedelta(hours=8):%Y-%m-%d}", []).append(row["value"])
    means = [float(np.mean(values)) for values in hours.values() if len(values) >= 20]
    mean = rows["PM2_5", "mean"]
    assert mean["value"] == pytest.approx(float(np.mean(means)), rel=1e-12)
    assert (mean["days"], mean["attained"], mean["valid"], mean["short_months"]) == (len(means), False, False, "7")
    assert rows["PM2_5", "percentile"]["value"] == pytest.approx(float(np.percentile(means, 95)), rel=1e-9)
    assert len(rows) == 10


def test_the_order_of_days_is_irrelevant() -> None:
    """Days shuffled give the same year."""
    table = pa.concat_tables([_year("SO2", [float(n % 50) for n in range(365)]), _year("O3", [80.0] * 200, "B")])
    order = list(range(table.num_rows))
    random.Random(3).shuffle(order)
    assert year_statistics(table.take(order), NEW, LIMITS).equals(year_statistics(table, NEW, LIMITS))


def test_hong_kong_allows_a_number_of_exceedances(engine: Engine) -> None:
    """NO2 above 200 in 18 hours of a year attains the objective, in 19 it does not; the annual mean is compared."""
    for count, attained in ((18, True), (19, False)):
        values: list[float | None] = [201.0 if hour < count else 10.0 for hour in range(240)]
        rows = to_arrow(exceedances(engine(air.day({"NO2": values}, datetime(2022, 3, 1))), packs.rule("hk.aqo-2022"),
                                    grade="attained")).to_pylist()  # fmt: skip
        found = {row["averaging"]: row for row in rows if row["property"] == "NO2"}
        assert (found["hour"]["over"], found["hour"]["allowed"], found["hour"]["attained"]) == (count, 18, attained)
        assert (found["year"]["over"], found["year"]["attained"], found["year"]["n"]) == (0, True, 10)


def test_a_mainland_limit_has_no_number_of_exceedances() -> None:
    """The hours above a limit of GB 3095 are counted and decide nothing by themselves."""
    rows = to_arrow(exceedances(air.day({"O3": [250.0] * 24}, datetime(2027, 7, 1)), LIMITS, grade="II")).to_pylist()
    found = {row["averaging"]: row for row in rows}
    assert (found["hour"]["over"], found["hour"]["attained"]) == (24, None)
    assert (found["mda8"]["over"], found["mda8"]["n"]) == (1, 1)
