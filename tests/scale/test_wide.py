"""Tables with one row a sample."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine import samples_classes, to_arrow
from clearbay.mine.wide import wide_classes
from clearbay.model.errors import BadInput
from tests.mine.standards import SEA, SURFACE
from tests.mine.tables import decimals

FRESH, MARINE = packs.standard("cn.gb3838-2002"), packs.standard("cn.gb3097-1997")
CODES = {
    "pH": ("5", "10", 1), "DO": ("0", "12", 1), "DO_sat": ("40", "120", 0), "CODMn": ("0", "20", 1),
    "NH3N": ("0", "3", 2), "TP": ("0", "0.5", 3), "TN": ("0", "3", 1), "DIN": ("0", "1", 2), "DIP": ("0", "0.06", 3),
    "Hg": ("0", "0.002", 5), "Coliform": ("0", "20000", 0),
}  # fmt: skip
cell = {
    code: st.none() | st.tuples(decimals(*span), st.sampled_from(["", "", "<", ">"])) for code, span in CODES.items()
}
sample = st.fixed_dictionaries({"station": st.sampled_from(["river", "lake"]), **cell})


def wide(rows: list[dict]) -> pa.Table:
    columns = {"row": pa.array(range(len(rows)), pa.int64()), "station": pa.array([row["station"] for row in rows])}
    for code in CODES:
        columns[code] = pa.array([row[code] and row[code][0] for row in rows], pa.float64())
        columns[f"{code}_censoring"] = pa.array([row[code] and row[code][1] for row in rows], pa.string())
    return pa.table(columns)


def long(rows: list[dict]) -> pa.Table:
    cells = [(i, row["station"], code, *row[code]) for i, row in enumerate(rows) for code in CODES if row[code]]
    names = ("row", "station", "property", "value", "censoring")
    types = (pa.int64(), pa.string(), pa.string(), pa.float64(), pa.string())
    columns = list(zip(*cells, strict=True)) or [()] * 5
    return pa.table({name: pa.array(values, kind) for name, values, kind in zip(names, columns, types, strict=True)})


@pytest.mark.parametrize("standard", [FRESH, MARINE, SURFACE, SEA], ids=lambda one: one.id)
@given(rows=st.lists(sample, min_size=1, max_size=30), kind=st.sampled_from(["river", "lake", "by station"]))
@settings(deadline=None, max_examples=12)
def test_a_wide_table_gets_the_verdicts_of_its_values(standard, rows, kind):
    """Each sample has the class, determinants, number of items and mark that its values one by one give it."""
    types = {"lake": "lake"} if kind == "by station" else kind
    expected = to_arrow(samples_classes(long(rows), standard, keys=("row",), water_type=types)).sort_by("row")
    found = wide_classes(wide(rows), standard, keys=("row",), water_type=types)
    assert found.select(expected.column_names).to_pylist() == expected.to_pylist()


@pytest.mark.parametrize("sign", ["", "<", ">"])
@pytest.mark.parametrize("saturation", [89.0, 90.0, 91.0, 180.0])
def test_a_censored_substitute_speaks_as_it_counts(saturation, sign):
    """ "Saturation below 91 %" is no proof of 90 %: a substitute counts as any censored value does."""
    rows = [{"station": "river", **dict.fromkeys(CODES), "DO": (7.4, ""), "DO_sat": (saturation, sign)}]
    expected = to_arrow(samples_classes(long(rows), FRESH, keys=("row",), water_type="river"))
    found = wide_classes(wide(rows), FRESH, keys=("row",), water_type="river")
    assert found.select(expected.column_names).to_pylist() == expected.to_pylist()


def test_what_was_not_measured_counts_for_nothing():
    """A row without any judged item has no verdict; NaN is no value."""
    table = pa.table({"station": ["a", "b"], "CODMn": [float("nan"), 5.0], "NH3N": [None, None]})
    table = table.set_column(2, "NH3N", pa.nulls(2, pa.float64()))
    (row,) = wide_classes(table, FRESH, keys=("station",)).to_pylist()
    assert (row["station"], row["class"], row["n_items"]) == ("b", "III", 1)


def test_a_table_without_items_is_refused():
    """With no column that is judged the refusal shows what columns are called."""
    with pytest.raises(BadInput, match="no column that"):
        wide_classes(pa.table({"station": ["a"]}), FRESH, keys=("station",))
