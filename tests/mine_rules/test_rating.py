"""Ratings by the shares of classes."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.frames import to_arrow
from clearbay.mine.rating import by_item_means, rate, rated, rating_rule, section_means, share_of
from clearbay.model.errors import BadInput

RIVER, SEA = packs.rule("cn.2011-22"), packs.rule("cn.hj442-2020")
GB3838 = packs.standard("cn.gb3838-2002")
Engine = Callable[[pa.Table], Any]


@pytest.mark.parametrize(
    ("good", "worst", "grade"),
    [
        (90, 10, "excellent"), (89, 11, "good"), (75, 25, "good"), (74, 19, "light"), (74, 20, "moderate"),
        (60, 39, "moderate"), (60, 40, "heavy"), (0, 0, "light"), (0, 100, "heavy"),
    ],
)  # fmt: skip
def test_river_ratings_turn_where_the_table_says(good: int, worst: int, grade: str) -> None:
    """90, 75 per cent of class I to III and 20, 40 per cent worse than V divide the five grades."""
    assert rate({"II": good, "V+": worst, "IV": 100 - good - worst}, RIVER) == grade


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ({"1": 60, "2": 30, "3": 10}, "excellent"),
        ({"1": 59, "2": 31, "3": 10}, "good"),
        ({"1": 40, "2": 40, "4+": 20}, "good"),
        ({"1": 40, "2": 39, "4": 21}, "fair"),
        ({"1": 30, "2": 30, "4+": 30, "4": 10}, "fair"),
        ({"1": 30, "2": 29, "3": 31, "4": 10}, "fair"),
        ({"1": 30, "2": 29, "3": 30, "4": 11}, "poor"),
        ({"1": 30, "2": 35, "4+": 35}, "poor"),
        ({"1": 60, "4+": 40}, "poor"),
        ({"1": 59, "4+": 41}, "very_poor"),
    ],
)
def test_sea_ratings_take_the_best_grade_that_holds(counts: dict[str, int], grade: str) -> None:
    """HJ 442's alternatives overlap: the best grade whose rule holds is taken; above 40 % worse than 4 is very poor."""
    assert rate(counts, SEA) == grade


def test_no_section_has_no_grade_and_a_strange_class_is_refused() -> None:
    """Nothing assessed is nothing rated; a class of another standard is an error."""
    assert rate({}, RIVER) == ""
    with pytest.raises(BadInput, match="no class 4"):
        rate({"4": 3}, RIVER)
    with pytest.raises(BadInput, match="is no rating"):
        rating_rule(packs.rule("cn.hj633-2026"))


@pytest.mark.parametrize("rule", [RIVER, SEA], ids=lambda rule: rule.id)
@given(data=st.data())
def test_every_mix_of_classes_has_a_grade(rule: Any, data: st.DataObject) -> None:
    """The rules leave no gap: any counts get exactly one of the grades."""
    names = rating_rule(rule).classes
    counts = data.draw(st.fixed_dictionaries(dict.fromkeys(names, st.integers(0, 60))))
    grades = [grade for grade, _ in rating_rule(rule).grades]
    assert rate(counts, rule) in (["", *grades] if not sum(counts.values()) else grades)


@pytest.mark.parametrize("rule", [RIVER, SEA], ids=lambda rule: rule.id)
@given(data=st.data())
def test_worse_sections_never_rate_better(rule: Any, data: st.DataObject) -> None:
    """When one section falls into a worse class, the grade of the whole never improves."""
    names = rating_rule(rule).classes
    counts = data.draw(st.fixed_dictionaries(dict.fromkeys(names, st.integers(0, 30))))
    better, worse = sorted(data.draw(st.tuples(st.integers(0, len(names) - 1), st.integers(0, len(names) - 1))))
    counts[names[better]] += 1
    after = dict(counts) | {}
    after[names[better]] -= 1
    after[names[worse]] += 1
    grades = [grade for grade, _ in rating_rule(rule).grades]
    assert grades.index(rate(after, rule)) >= grades.index(rate(counts, rule))


def test_shares_are_exact() -> None:
    """27 of 30 sections are 90 per cent, not a hair less."""
    assert share_of({"I": 27, "V": 3}, ["I"]) == 90.0


@pytest.mark.parametrize("rule", [RIVER, SEA], ids=lambda rule: rule.id)
def test_the_column_rates_like_the_counts(rule: Any, engine: Engine) -> None:
    """Groups of a table get the grade that their counts get, whatever the order of the rows and the engine."""
    draw = random.Random(11)
    names, rows = rating_rule(rule).classes, []
    for group in range(40):
        weights = [draw.random() ** 3 for _ in names]
        rows += [(f"g{group}", name) for name in draw.choices(names, weights, k=draw.randint(5, 40))]
    rows += [("g0", ""), ("g1", "")]
    draw.shuffle(rows)
    table = pa.table({"basin": [row[0] for row in rows], "class": [row[1] for row in rows]})
    found = {row["basin"]: row for row in to_arrow(rated(engine(table), rule, by=["basin"])).to_pylist()}
    for group, row in found.items():
        counts = {name: sum(one == (group, name) for one in rows) for name in names}
        assert row["rating"] == rate(counts, rule)
        assert row["n"] == sum(counts.values())
        assert [row[f"n{i}"] for i in range(len(names))] == list(counts.values())


def test_few_sections_are_rated_by_their_means(engine: Engine) -> None:
    """Four sections: shares are not asked; each item is averaged over them, and the worst mean has its word."""
    values = [0.2, 0.4, 2.4, 3.0]
    table = pa.table(
        {
            "river": ["R"] * 4, "station": [f"s{i}" for i in range(4)], "property": ["NH3N"] * 4,
            "value": values, "censoring": [""] * 4,
        }
    )  # fmt: skip
    means = section_means(engine(table), GB3838, keys=["river", "station"])
    few = to_arrow(by_item_means(means, GB3838, RIVER, by=["river"])).to_pylist()
    assert few == [{"river": "R", "class": "IV", "determinants": "NH3N", "rating": "light"}]
    classes = pa.table({"river": ["R"] * 4, "class": ["II", "II", "V+", "V+"]})
    row = to_arrow(rated(engine(classes), RIVER, by=["river"])).to_pylist()[0]
    assert (row["few"], row["rating"]) == (True, None)
    five = pa.table({"river": ["R"] * 5, "class": ["II", "II", "V+", "V+", "II"]})
    row = to_arrow(rated(engine(five), RIVER, by=["river"])).to_pylist()[0]
    assert (row["few"], row["rating"]) == (False, "heavy")


def test_a_section_where_nothing_was_found_stays_below_its_limit() -> None:
    """The mean of values all below the detection limit is itself below one, and weighs half of it."""
    table = pa.table({"station": ["a", "a", "b", "b"], "property": ["TP"] * 4, "value": [0.2, 0.2, 0.2, 0.3],
                      "censoring": ["<", "<", "<", ""]})  # fmt: skip
    rows = to_arrow(section_means(table, GB3838, keys=["station"])).sort_by("station").to_pylist()
    assert [(row["value"], row["censoring"]) for row in rows] == [(0.2, "<"), (0.2, "")]


def test_thresholds_are_growing() -> None:
    """The shares named by the river's rules lie in order."""
    bounds = [c.ge for _, alternatives in rating_rule(RIVER).grades[:2] for group in alternatives for c in group]
    assert list(accumulate(bounds, min)) == bounds  # type: ignore[arg-type]
