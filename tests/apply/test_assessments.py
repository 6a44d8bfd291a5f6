from threading import Thread

import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest

from clearbay import mine, packs
from clearbay.apply import judging
from clearbay.apply.desk import Desk
from clearbay.apply.explain import explain
from clearbay.mine.frames import to_arrow
from clearbay.model.errors import BadInput
from clearbay.store import Home
from clearbay.store.clock import now as this_moment

CASES = [
    ("cn.gb3097-1997", "year", "mean"),
    ("cn.gb3097-1997", "season", "bottom"),
    ("cn.gb3097-1997", "month", "surface"),
    ("cn.gb3838-2002", "year", "mean"),
    ("cn.gb3838-2002", "month", "mean"),
    ("hk.wqo-marine", "year", "mean"),
    ("hk.aqhi-2013", "month", "mean"),
    ("hk.aqhi-2013", "day", "mean"),
]


def standard(name):
    return packs.standards()[name]


def frame(desk, rule_set):
    entries = judging.stations_of(desk.catalogue(), rule_set)
    rows = nw.from_native(desk.home.reader().relation())
    return rows.filter(nw.col("station").is_in([entry.station.id for entry in entries])), entries


@pytest.mark.parametrize(("name", "granularity", "depth"), [case for case in CASES if case[0].startswith("cn.")])
def test_verdicts_by_class_are_those_of_mine(desk, name, granularity, depth):
    """The kept verdicts are what mine answers when it is asked directly."""
    rule_set = standard(name)
    rows, entries = frame(desk, rule_set)
    types = judging.water_types(entries)
    items = mine.period_items(rows, rule_set, granularity=granularity, depth=depth, offset=480, water_type=types)
    classes = to_arrow(mine.period_classes(items, rule_set)).to_pylist()
    expected = {
        (row["station"], row["period"]): (row["class"], [code for code in row["determinants"].split(";") if code])
        for row in classes
    }
    found = desk.assessments.verdicts(rule_set, granularity, depth).to_pylist()
    assert len(found) == len(expected) > 0
    for row in found:
        assert expected[row["station"], row["period"]] == (rule_set.grades[row["grade"]].id, row["determinants"])


def test_verdicts_of_objectives_are_those_of_mine(desk):
    """A station attains when every objective that applies and was sampled does."""
    rule_set = standard("hk.wqo-marine")
    rows, entries = frame(desk, rule_set)
    results = to_arrow(mine.objective_results(rows, rule_set, judging.zones(entries), offset=480)).to_pylist()
    missed: dict[tuple[str, str], set[str]] = {}
    for row in results:
        place = missed.setdefault((row["station"], str(row["year"])), set())
        place.update([] if row["attained"] else [row["property"]])
    found = desk.assessments.verdicts(rule_set, "year", "mean").to_pylist()
    assert len(found) == len(missed) > 0
    for row in found:
        assert set(row["determinants"]) == missed[row["station"], row["period"]]
        assert row["grade"] == (1 if row["determinants"] else 0)


@pytest.mark.parametrize(("name", "granularity", "depth"), CASES)
def test_the_matrix_says_what_the_rows_say(desk, name, granularity, depth):
    """Every row is a cell of the matrix, and every other cell says that there is no verdict."""
    rule_set = standard(name)
    rows = desk.assessments.verdicts(rule_set, granularity, depth).to_pylist()
    matrix = desk.assessments.matrix(rule_set, granularity, depth)
    cells = {}
    for i, station in enumerate(matrix.stations):
        for j, period in enumerate(matrix.periods):
            if matrix.grade[i, j] >= 0:
                worst = matrix.worst[i, j]
                cells[station, period] = (
                    matrix.grades[matrix.grade[i, j]],
                    matrix.properties[worst] if worst >= 0 else None,
                    matrix.samples[i, j],
                )
            else:
                assert matrix.worst[i, j] == -1
                assert matrix.samples[i, j] == 0
    assert rows
    items = desk.assessments.judged(rule_set, granularity, depth).items
    foremost = {(row["station"], row["period"]): row["property_first"] for row in judging.foremost(items).to_pylist()}
    if rule_set.kind == "index":
        foremost = {}
    assert cells == {
        (row["station"], row["period"]): (
            rule_set.grades[row["grade"]].id,
            foremost.get((row["station"], row["period"])),
            row["samples"],
        )
        for row in rows
    }
    for row in rows:
        assert foremost.get((row["station"], row["period"])) in (row["determinants"] or [None])


@pytest.mark.parametrize(
    ("name", "code"), [("cn.gb3097-1997", "DIN"), ("cn.gb3838-2002", "TP"), ("hk.wqo-marine", "DO")]
)
def test_a_verdict_by_one_property_is_never_worse_than_by_all(desk, name, code):
    """Judged by one property alone, water is as good as or better than judged by all, and all names it where equal."""
    rule_set = standard(name)
    every = {
        (row["station"], row["period"]): row for row in desk.assessments.verdicts(rule_set, "year", "mean").to_pylist()
    }
    one = desk.assessments.verdicts(rule_set, "year", "mean", code).to_pylist()
    assert one
    for row in one:
        by_all = every[row["station"], row["period"]]
        assert row["grade"] <= by_all["grade"]
        assert row["determinants"] == ([code] if row["grade"] else [])
        if row["grade"] == by_all["grade"] > 0:
            assert code in by_all["determinants"]


def test_rows_are_in_order_and_select_narrows(desk):
    """Rows come by station and period; a selection is the rows that meet it."""
    rule_set = standard("cn.gb3097-1997")
    rows = desk.assessments.verdicts(rule_set, "month", "mean").to_pylist()
    keys = [(row["station"], row["period"]) for row in rows]
    assert keys == sorted(set(keys))
    some = frozenset({"hk.epd.marine.DM1", "hk.epd.marine.VM1"})
    part = desk.assessments.select(rule_set, "month", "mean", stations=some, first="2018-03", last="2018-09")
    assert part.to_pylist() == [
        row for row in rows if row["station"] in some and "2018-03" <= row["period"] <= "2018-09"
    ]


def test_hours_need_one_station_and_a_span(desk):
    """Hourly verdicts for everything at once are refused; for one station and a span they are given."""
    rule_set = standard("hk.aqhi-2013")
    with pytest.raises(BadInput, match="one station"):
        desk.assessments.select(rule_set, "hour", "mean")
    rows = desk.assessments.select(
        rule_set,
        "hour",
        "mean",
        stations=frozenset({"hk.epd.air.Central"}),
        first="2017-01-10T00",
        last="2017-01-10T23",
    )
    assert [row["period"] for row in rows.to_pylist()] == [f"2017-01-10T{hour:02d}" for hour in range(24)]


def test_a_restart_is_warm(home_path, monkeypatch):
    """What was computed before a restart is read from the disk after it, equal to the last row."""
    rule_set = standard("cn.gb3097-1997")
    with Home.open(home_path) as home:
        before = Desk(home).assessments.judged(rule_set, "year", "mean")

    def never(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(judging, "judge", never)
    with Home.open(home_path) as home:
        after = Desk(home).assessments.judged(rule_set, "year", "mean")
        assert after.items.equals(before.items)
        assert after.verdicts.equals(before.verdicts)


def test_new_data_make_new_verdicts_and_old_ones_leave_the_disk(home_path):
    """After a batch the next request judges anew, and the tables of the version before are gone."""
    rule_set = standard("cn.gb3097-1997")
    with Home.open(home_path) as home:
        desk = Desk(home)
        before = desk.assessments.verdicts(rule_set, "year", "mean").to_pylist()
        readings = (
            home.reader()
            .observations(stations=["hk.epd.marine.DM1"], properties=["DIN"])
            .select(["station", "property", "depth", "time", "value", "censoring", "flag"])
        )
        lower = readings.set_column(4, "value", [[0.001] * readings.num_rows])
        home.ingest(lower.cast(readings.schema), source="test", result_time=this_moment())
        after = desk.assessments.verdicts(rule_set, "year", "mean").to_pylist()
        assert before != after
        assert "DIN" not in {code for row in after if row["station"].endswith("DM1") for code in row["determinants"]}
        assert len(list((home_path / "cache").iterdir())) == 1


def test_many_at_once_compute_once(home_path, monkeypatch):
    """Ten requests for the same assessment at the same time judge the data one time."""
    rule_set = standard("cn.gb3838-2002")
    calls, real = [], judging.judge

    def counted(*given):
        calls.append(1)
        return real(*given)

    monkeypatch.setattr(judging, "judge", counted)
    with Home.open(home_path) as home:
        desk, found = Desk(home), []
        threads = [
            Thread(target=lambda: found.append(desk.assessments.matrix(rule_set, "year", "mean"))) for _ in range(10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(calls) == 1
    assert len(found) == 10
    assert len({id(one) for one in found}) == 1


def test_the_map_and_the_arithmetic_name_the_same_item(desk):
    """The item that the matrix names is, of those that decide, the one whose explanation lies furthest beyond."""
    rule_set = standard("cn.gb3097-1997")
    matrix = desk.assessments.matrix(rule_set, "year", "mean")
    several = 0
    for i, station in enumerate(matrix.stations):
        for j, period in enumerate(matrix.periods):
            if matrix.worst[i, j] < 0:
                continue
            entry = desk.catalogue().entry(station)
            found = explain(desk.home, desk.assessments, entry, rule_set, period, "mean")
            deciding = {item.property: item.beyond for item in found.items if item.grade == found.grade}
            assert set(deciding) == set(found.determinants)
            assert deciding[matrix.properties[matrix.worst[i, j]]] == max(deciding.values()) > 0
            several += matrix.properties[matrix.worst[i, j]] != found.determinants[0]
    assert several > 0


def test_how_far_beyond_is_a_share_of_the_limit_or_the_laws_own_multiple():
    """(rounded - limit) / limit, downwards as well as upwards; where the law defines a multiple, that."""
    items = pa.table(
        {
            "value": [0.36, 1.0, 9.0, 5.0, 5.0],
            "rounded": [0.4, None, 9.0, 5.0, 5.0],
            "limit": [0.2, 4.0, 15.0, None, 0.0],
            "multiple": [None, None, 0.5, None, None],
        }
    )
    assert judging.beyond(items).to_pylist() == pytest.approx([1.0, 0.75, 0.5, 0.0, 0.0])
