"""A standard's limits as a table."""

from __future__ import annotations

import pytest

from clearbay import packs
from clearbay.mine.limits import UNBOUNDED, bounds, judged_items, limit_table, target_class
from clearbay.model.errors import BadInput

from .standards import SEA, SURFACE, grades, item, standard


@pytest.mark.parametrize(
    ("op", "limit", "inside", "outside"),
    [
        ("le", 0.3, [0.0, 0.3, 0.1 + 0.2], [0.3001]),
        ("lt", 0.3, [0.2999], [0.3, 0.3001]),
        ("ge", 5.0, [5.0, 9.0], [4.999]),
        ("gt", 5.0, [5.001], [5.0, 4.0]),
        ("range", (6.0, 9.0), [6.0, 9.0], [5.99, 9.01]),
        ("le", None, [1e300, -1e300], []),
    ],
)
def test_bounds_hold_what_meets_the_limit(op, limit, inside, outside):
    """A value meets a limit exactly when it lies between the bounds; the noise of binary sums does not count."""
    low, high = bounds(op, limit)
    assert all(low <= value <= high for value in inside)
    assert not any(low <= value <= high for value in outside)


def test_an_operator_that_compares_nothing_is_refused():
    """``not_judged`` has no bounds."""
    with pytest.raises(BadInput, match="not_judged"):
        bounds("not_judged", 1.0)


def test_rows_differ_by_water_type_only_where_the_standard_does():
    """Surface water has river and lake rows, and total nitrogen for lakes alone; sea water has one row an item."""
    table = limit_table(SURFACE)
    rows = set(zip(table.columns["property"], table.columns["kind"], strict=True))
    assert ("TN", "lake") in rows
    assert ("TN", "river") not in rows
    assert {("TP", "lake"), ("TP", "river")} <= rows
    assert set(limit_table(SEA).columns["kind"]) == {""}


def test_multiples_have_a_target_only_where_the_standard_defines_one():
    """Surface water counts multiples from class III, but not for pH and oxygen; sea water defines none."""
    table = limit_table(SURFACE)
    targets = dict(zip(table.columns["property"], table.columns["target"], strict=True))
    assert targets["CODMn"] == 6
    assert targets["pH"] is None
    assert targets["DO"] is None
    assert set(limit_table(SEA).columns["target"]) == {None}
    assert target_class(SEA, "2") == "2"
    with pytest.raises(BadInput, match="no class VI"):
        target_class(SURFACE, "VI")


def test_items_assessed_apart_do_not_decide():
    """What a standard assesses separately is not among the items that decide its class."""
    codes = {one.property for one in judged_items(packs.standard("cn.gb3838-2002"))}
    assert len(codes) == 21
    assert not codes & {"TN", "FecalColi", "water_temp"}


def test_a_limit_for_an_unknown_class_is_refused():
    """A limit that names no grade would be lost silently."""
    odd = standard("made.odd", "class", grades=grades("1", "1+"), items=(item("DO", "ge", {"9": 1.0}),))
    with pytest.raises(BadInput, match="9"):
        limit_table(odd)


def test_every_class_pack_has_a_table():
    """Every class standard that ships can be laid out, with no open bound where it has a limit."""
    for one in packs.standards().values():
        if one.kind == "class":
            table = limit_table(one)
            assert len(table.grades) == len(table.classes) + 1
            for low, high in zip(table.columns["low0"], table.columns["high0"], strict=True):
                assert (low, high) != (-UNBOUNDED, UNBOUNDED)
