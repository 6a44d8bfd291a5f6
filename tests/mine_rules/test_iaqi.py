"""Sub-indices read off the breakpoints of both versions."""

from __future__ import annotations

import math

import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.iaqi import aqi_rule, index_of, line, rounded, sub_index, top_of
from clearbay.model.errors import BadInput

VERSIONS = ("cn.hj633-2012", "cn.hj633-2026")
TABLES = [(id, table) for id in VERSIONS for table in aqi_rule(packs.rule(id)).tables]


@pytest.mark.parametrize(("id", "table"), TABLES)
def test_a_breakpoint_gives_its_level_exactly(id: str, table: str) -> None:
    """The concentration of a breakpoint is worth the level it stands for, no point more."""
    rule = packs.rule(id)
    points = aqi_rule(rule).tables[table]
    assert sub_index(points, table, rule).tolist() == list(aqi_rule(rule).levels[: len(points)])


@pytest.mark.parametrize(("id", "table"), TABLES)
def test_just_above_a_breakpoint_is_one_point_more(id: str, table: str) -> None:
    """Sub-indices are rounded up: the least step that the version sees beyond a level is worth a whole point."""
    rule = packs.rule(id)
    version = aqi_rule(rule)
    points = version.tables[table][:-1]
    code = next(item.property for items in version.items.values() for item in items if item.table == table)
    step = 10.0 ** -version.decimals[code] if version.decimals else 1e-6
    above = sub_index([point + step for point in points], table, rule)
    for point, index, level in zip(points, above, version.levels, strict=False):
        assert index >= level + 1, (point, index)


def test_worked_values() -> None:
    """Straight lines between breakpoints, worked by hand."""
    old, new = packs.rule("cn.hj633-2012"), packs.rule("cn.hj633-2026")
    # PM2.5 of 90: 2012 between 75 (100) and 115 (150): 100 + 15 * 50/40 = 118.75; 2026 between 60 and 115: 127.27…
    assert sub_index([90], "PM2_5_day", old)[0] == 119
    assert sub_index([90], "PM2_5_day", new)[0] == 128
    # PM10 of 100: 2012 50 + 50 * 50/100 = 75; 2026 50 + 50 * 50/70 = 85.7…
    assert sub_index([100], "PM10_day", old)[0] == 75
    assert sub_index([100], "PM10_day", new)[0] == 86
    # CO of 1.25 mg/m3 a day: 31.25 in 2012; 2026 rounds it to 1.2 first (half to even): 30.
    assert sub_index([1.25], "CO_day", old)[0] == 32
    assert sub_index([1.25], "CO_day", new)[0] == 30
    # PM2.5 of 35.5 rounds to 36 in 2026 (half to even), and of 34.5 to 34.
    assert sub_index([35.5, 34.5], "PM2_5_day", new).tolist() == [52.0, 49.0]


def test_beyond_the_tables() -> None:
    """SO2 (1 h) and O3 (8 h) above 800 have no sub-index in 2012, 200 and 300 in 2026; the others stay at 500."""
    old, new = packs.rule("cn.hj633-2012"), packs.rule("cn.hj633-2026")
    assert math.isnan(sub_index([801], "SO2_hour", old)[0])
    assert math.isnan(sub_index([801], "O3_8h", old)[0])
    assert (sub_index([801], "SO2_hour", new)[0], sub_index([801], "O3_8h", new)[0]) == (200, 300)
    assert sub_index([5000], "PM10_day", old)[0] == sub_index([5000], "PM10_day", new)[0] == 500
    assert top_of(aqi_rule(new), "SO2_hour") == 200


def test_the_primary_pollutant_and_its_ties() -> None:
    """Above 50 the largest sub-index names the primary pollutant; ties are listed together; at 50 there is none."""
    rule = packs.rule("cn.hj633-2026")
    clean = dict.fromkeys(("SO2_day", "NO2_day", "CO_day", "PM10_day", "PM2_5_day", "O3_8h"), 0.0)
    assert index_of(clean | {"PM10_day": 50, "PM2_5_day": 35}, rule, "daily").primary == ()
    tied = index_of(clean | {"PM10_day": 120, "PM2_5_day": 60, "NO2_day": 80}, rule, "daily")
    assert (tied.aqi, tied.primary) == (100, ("NO2", "PM10", "PM2_5"))


def test_a_missing_item_hides_a_low_index_in_2026() -> None:
    """With an item missing the 2026 index is published only above 100, unless the item is exempt."""
    new, old = packs.rule("cn.hj633-2026"), packs.rule("cn.hj633-2012")
    part = {"SO2_day": 10.0, "NO2_day": 20.0, "PM10_day": 60.0, "PM2_5_day": 30.0, "O3_8h": 80.0}
    hidden = index_of(part, new, "daily")
    assert (hidden.aqi, hidden.missing, hidden.primary) == (None, ("CO",), ())
    assert index_of(part, new, "daily", exempt=["CO"]).aqi == 58
    assert index_of(part | {"PM2_5_day": 70.0}, new, "daily").aqi == 110
    assert index_of(part, old, "daily").aqi == 55


def test_so2_falls_back_to_its_day_in_2012() -> None:
    """Above 800 in an hour, 2012 takes SO2 by its 24-hour mean; below, by the hour."""
    rule = packs.rule("cn.hj633-2012")
    assert index_of({"SO2_hour": 900, "SO2_day": 475}, rule, "hourly").aqi == 150
    assert index_of({"SO2_hour": 150, "SO2_day": 475}, rule, "hourly").aqi == 50
    assert index_of({"SO2_hour": 900}, rule, "hourly").aqi is None


@given(st.sampled_from(TABLES), st.lists(st.floats(0, 5000), min_size=2, max_size=40))
def test_dirtier_air_never_has_a_lower_sub_index(which: tuple[str, str], values: list[float]) -> None:
    """Sub-indices never fall as a concentration grows, as far as the table goes."""
    id, table = which
    rule = packs.rule(id)
    inside = sorted(value for value in values if value <= aqi_rule(rule).tables[table][-1])
    index = sub_index(inside, table, rule).tolist() if inside else []
    assert index == sorted(index)
    assert all(0 <= one <= 500 for one in index)


@given(st.sampled_from(TABLES), st.lists(st.decimals(-1, 1500, places=3).map(float), min_size=1, max_size=30))
def test_the_column_does_the_same_arithmetic(which: tuple[str, str], values: list[float]) -> None:
    """The column expression gives what the array gives, value by value."""
    id, table = which
    rule = packs.rule(id)
    version = aqi_rule(rule)
    item = next(item for items in version.items.values() for item in items if item.table == table)
    frame = nw.from_native(pa.table({"c": pa.array(values, pa.float64())}))
    found = frame.with_columns(c=rounded(version, item, "c")).select(i=line(version, item, "c"))
    expected = [None if math.isnan(one) else one for one in sub_index(values, table, rule)]
    assert found["i"].to_list() == expected


def test_another_kind_of_rule_is_refused() -> None:
    """Only an air index has sub-indices, and only of tables it knows."""
    with pytest.raises(BadInput, match="no air quality index"):
        aqi_rule(packs.rule("cn.gb3095-2012"))
    with pytest.raises(BadInput, match="no breakpoints"):
        sub_index([1], "PM1_day", packs.rule("cn.hj633-2026"))
