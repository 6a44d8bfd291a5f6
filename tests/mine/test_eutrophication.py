"""The eutrophication index."""

from __future__ import annotations

import pytest

from clearbay.mine.eutrophication import eutrophication_grade, eutrophication_index, eutrophication_periods
from clearbay.packs import standard

from .tables import readings, records


@pytest.mark.parametrize(("name", "published"), [("1", 1.3), ("2", 6.0), ("3", 10.7), ("4", 25.0)])
def test_the_limits_of_each_class_give_the_published_thresholds(name, published):
    """With the limits of GB 3097's classes the formula gives 1.3, 6, 10.7 and 25, as published."""
    limits = {item.property: item.limits.get(name) for item in standard("cn.gb3097-1997").items}
    dip = {"3": 0.03}.get(name, limits["DIP"])
    index = eutrophication_index(limits["CODMn_alk"], limits["DIN"], dip)
    assert round(index, 1) == published


def test_a_period_needs_all_three(engine):
    """The index is that of the period's means; a year without one of the three has none."""
    rows = [
        ("a", "CODMn_alk", 2.0),
        ("a", "CODMn_alk", 4.0, "", 1),
        ("a", "DIN", 0.3),
        ("a", "DIP", 0.03),
        ("b", "DIN", 1.0),
    ]
    found = records(eutrophication_periods(engine(readings(*rows))))
    assert [(row["station"], row["period"], row["index"], row["grade"], row["n"]) for row in found] == [
        ("a", "2020", 6.0, "medium", 1)
    ]


@pytest.mark.parametrize(
    ("index", "grade"),
    [(0.99, "none"), (1.0, "light"), (3.0, "light"), (3.01, "medium"), (9.0, "medium"), (9.1, "heavy")],
)
def test_grades_follow_the_index(engine, index, grade):
    """Grades begin at 1, above 3 and above 9, in the number form and in the column form."""
    rows = [("a", "CODMn_alk", index * 4500), ("a", "DIN", 0.001), ("a", "DIP", 0.001)]
    assert eutrophication_grade(index) == grade
    assert records(eutrophication_periods(engine(readings(*rows))))[0]["grade"] == grade
