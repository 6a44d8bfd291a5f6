"""Columns of many packets: the same readings as packet by packet, for whatever comes."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay.collect.hj212 import acknowledgement, read, take
from clearbay.collect.hj212.columns import Columns, Origin, micros
from clearbay.collect.hj212.packet import head_of
from clearbay.collect.hj212.readings import CHINA
from clearbay.model.errors import BadInput

ORIGIN = Origin("A", "surface", (("a21026", "ug/m3"),), 480)

CODES = st.sampled_from(["w01018", "w21003", "w20111", "w01001", "a21026", "a01001", "zzz", "w00000"])
KINDS = st.sampled_from(["Rtd", "Avg", "Min", "Max", "Cou", "ZsAvg"])
NUMBERS = st.one_of(
    st.floats(-1e6, 1e6).map(lambda value: f"{value:.3f}"),
    st.sampled_from(["", "nan", "1_0", "1e400", "9999.99", "-0", "x", ".5", "５"]),
)
FLAGS = st.sampled_from(["N", "T", "D", "", "NN", "Z", "é", None])


@st.composite
def contents(draw: st.DrawFn) -> str:
    groups = ["DataTime=" + draw(st.sampled_from(["20240101080000", "20240101080000123", "20241301000000", "now"]))]
    for _ in range(draw(st.integers(0, 5))):
        code, flag = draw(CODES), draw(FLAGS)
        items = [
            f"{code}-{kind}={draw(NUMBERS)}" for kind in draw(st.lists(KINDS, min_size=1, max_size=3, unique=True))
        ]
        groups.append(",".join([*items, *([] if flag is None else [f"{code}-Flag={flag}"])]))
    if draw(st.booleans()):
        groups.append("RtdInterval=30")
    return ";".join(groups)


def segment(cp: str, command: str, flag: str) -> bytes:
    return f"QN=20240101080000001;ST=32;CN={command};PW=1;MN=M;Flag={flag};CP=&&{cp}&&".encode()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(contents(), st.sampled_from(["2011", "2051", "2061", "2031"]), st.sampled_from("159"))))
def test_columns_are_what_take_gives(packets: list[tuple[str, str, str]]) -> None:
    """Whatever the content, the fast way and the long way give the same readings, and refuse the same packets."""
    columns, rows = Columns(), []
    for cp, command, flag in packets:
        raw = segment(cp, command, flag)
        try:
            taken = take(read(raw), "A", depth="surface", units=dict(ORIGIN.units), zone=CHINA).rows
        except BadInput:
            with pytest.raises(BadInput):
                columns.add(head_of(raw), ORIGIN)
            continue
        columns.add(head_of(raw), ORIGIN)
        rows += [row[:-1] for row in taken]
    table = columns.table()
    assert len(columns) == table.num_rows == len(rows)
    found = [tuple(row.values())[:-1] for row in table.to_pylist()]
    assert sorted(found) == sorted((*row[:-1], int(row[-1])) for row in rows)
    assert table["row"].to_pylist() == list(range(len(rows)))


def test_what_is_left_out_is_told() -> None:
    """A value without property or unit is no reading, and its packet says so."""
    columns = Columns()
    cp = "DataTime=20240101080000;zzz-Avg=1,zzz-Flag=N;w01018-Avg=2,w01018-Flag=N;w21003-Avg=3,w21003-Flag=N"
    assert "1 values" in columns.add(head_of(segment(cp, "2061", "5")), ORIGIN)
    assert len(columns) == 2


def test_the_station_of_a_row() -> None:
    """A row of the table leads back to whose it is, whichever way it came."""
    columns = Columns()
    cp = "DataTime=20240101080000;w01018-Avg={};w21003-Avg=3"
    for station, value in (("A", "1"), ("B", "2"), ("C", "x")):
        columns.add(head_of(segment(cp.format(value), "2061", "5")), Origin(station))
    assert [columns.origin_of(row) for row in range(len(columns))] == columns.table()["station"].to_pylist()


def test_times_are_told_in_utc() -> None:
    """DataTime is the device's own clock."""
    assert micros("19700101080000", 480) == 0
    assert micros("19700101000000123", 0) == 123_000


@pytest.mark.parametrize(("flag", "command"), list(product("0159", ["2011", "1013", "2021"])))
def test_an_answer_is_the_same_from_head_and_packet(flag: str, command: str) -> None:
    """The answer to a head is the answer to the packet."""
    raw = segment("DataTime=20240101080000", command, flag)
    assert acknowledgement(head_of(raw)) == acknowledgement(read(raw))
