from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.sheet import fold, read_delimited
from clearbay.model.errors import BadInput

plain = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=6
)


@given(
    st.lists(
        st.lists(st.one_of(plain, st.just('say "x", y'), st.just("two\nlines")), min_size=3, max_size=3), max_size=8
    )
)
def test_cells_are_read_as_the_csv_module_writes_them(rows: list[list[str]]) -> None:
    """Whatever the csv module writes, quotes and line breaks in cells included, comes back cell by cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    sheet = read_delimited(out.getvalue().encode(), name="x.csv", needed=("a",), encoding="utf-8", delimiter=",")
    assert [list(row.values()) for row in sheet.table.to_pylist()] == rows
    assert sheet.bad == ()


def test_broken_lines_keep_their_row() -> None:
    """A line with too few or too many cells is listed with its data row; the rows behind it keep their numbers."""
    sheet = read_delimited(b"a,b\n1,2\n\n3\n4,5\n6,7,8\n9,10\n", name="x", needed=("a",))
    assert sheet.column("a").to_pylist() == ["1", None, "4", None, "9"]
    assert [(bad.row, bad.value) for bad in sheet.bad] == [(1, "3"), (3, "6,7,8")]


def test_an_open_quotation_mark_does_not_swallow_the_file() -> None:
    """A quotation mark that is never closed costs its own line at most."""
    sheet = read_delimited(b'a,b\n1,"2\n3,4\n5,6\n', name="x", needed=("a",))
    assert sheet.column("a").to_pylist() == ["1", "3", "5"]


def test_the_header_may_stand_lower() -> None:
    """Remarks above the header are passed over; lines are counted with them."""
    sheet = read_delimited("说明：试行\n单位,mg/L\n断面,氨氮\nA,1\n".encode(), name="x", needed=("断面", "氨氮"))
    assert sheet.first_line == 4
    assert sheet.headers == ["断面", "氨氮"]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_separators_are_recognised(mark: str) -> None:
    """Comma, tab, semicolon and bar are told by which splits the first lines most."""
    data = "\n".join(mark.join(row) for row in (["a", "b", "c"], ["1", "2", "3"]))
    assert read_delimited(data.encode(), name="x", needed=("b",)).column("b").to_pylist() == ["2"]


def test_two_headers_of_one_name() -> None:
    """A second column of the same name is kept apart, an empty name is numbered."""
    assert read_delimited(b"a,a,\n1,2,3\n", name="x", needed=("a",)).headers == ["a", "a#2", "column 3"]


def test_a_missing_column_names_the_nearest() -> None:
    """The error says which column, what there is, what is near."""
    with pytest.raises(BadInput) as caught:
        read_delimited("断面名,监测时间\nA,1\n".encode(), name="x.csv", needed=("断面名称", "监测时间"))
    assert "'断面名称'" in caught.value.what
    assert "closest: '断面名'" in caught.value.what
    assert caught.value.where == "x.csv"


@pytest.mark.parametrize(
    ("one", "other"), [("溶解氧（mg/L）", "溶解氧(mg/L)"), ("PH ", "pH"), ("Chl (μg/L)", "chl(µg/L)")]
)
def test_headers_are_compared_without_width_case_and_blanks(one: str, other: str) -> None:
    """Spellings that only a machine tells apart are one."""
    assert fold(one) == fold(other)


def test_a_header_and_nothing_else() -> None:
    """A file of a header alone has no rows and nothing bad."""
    assert read_delimited(b"a,b\n", name="x", needed=("a",)).table.num_rows == 0
