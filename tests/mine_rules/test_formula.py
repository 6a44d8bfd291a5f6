"""Indices written as formulas: trophic level, organic pollution, eutrophication."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.eutrophication import eutrophication_grade, eutrophication_index
from clearbay.mine.formula import evaluate, evaluated, formula_of, grade_at
from clearbay.mine.frames import to_arrow
from clearbay.mine.organic import organic_pollution_index, organic_pollution_indices
from clearbay.mine.trophic import trophic_index, trophic_indices
from clearbay.model.errors import BadInput
from tests.mine_rules.air import table

TLI, E, A = packs.rule("cn.tli"), packs.rule("cn.eutrophication"), packs.rule("cn.organic-pollution")
GB3097 = packs.standard("cn.gb3097-1997")
Engine = Callable[[pa.Table], Any]
LAKE = {"chla": 20.0, "TP": 0.08, "TN": 1.2, "secchi": 0.7, "CODMn": 4.5}


def test_a_lake_worked_by_hand() -> None:
    """Chlorophyll-a 20 mg/m3, TP 0.08, TN 1.2, CODMn 4.5 mg/L, transparency 0.7 m: levels, weights and index."""
    found = trophic_index(LAKE, TLI)
    # chla: 10 (2.5 + 1.086 * 2.995732) = 57.5337; TP: 10 (9.436 + 1.624 * -2.525729) = 53.3422
    # TN: 10 (5.453 + 1.694 * 0.182322) = 57.6185; SD: 10 (5.118 - 1.94 * -0.356675) = 58.0995
    # CODMn: 10 (0.109 + 2.661 * 1.504077) = 41.1135
    by_hand = {"chla": 57.5337, "TP": 53.3422, "TN": 57.6185, "secchi": 58.0995, "CODMn": 41.1135}
    assert found.levels == pytest.approx(by_hand, abs=5e-4)
    # 0.2663 * 57.5337 + 0.1879 * 53.3422 + 0.1790 * 57.6185 + 0.1834 * (58.0995 + 41.1135) = 53.8534
    assert found.index == pytest.approx(53.8534, abs=1e-3)
    assert (found.grade, found.missing) == ("light", ())
    assert math.fsum(found.weights.values()) == pytest.approx(1.0)


def test_the_index_is_50_where_the_scale_says() -> None:
    """Chlorophyll-a of 10 mg/m3 has a level of 50.0: ln 10 * 1.086 + 2.5 is five to the third digit."""
    assert trophic_index({"chla": 10.0}, TLI).index == pytest.approx(50.0, abs=0.01)


@pytest.mark.parametrize(
    ("index", "grade"),
    [(29.99, "oligotrophic"), (30.0, "mesotrophic"), (50.0, "mesotrophic"), (50.01, "light"), (60.0, "light"),
     (60.01, "moderate"), (70.0, "moderate"), (70.01, "heavy"), (math.nan, "")],
)  # fmt: skip
def test_trophic_grades(index: float, grade: str) -> None:
    """Below 30, to 50, 60, 70 and above: the bands of the method, their ends where it puts them."""
    assert grade_at(index, formula_of(TLI)) == grade


def test_a_missing_item_is_weighted_away() -> None:
    """Without transparency the other weights are stretched to one, and it is named."""
    part = {code: value for code, value in LAKE.items() if code != "secchi"}
    found = trophic_index(part, TLI)
    assert found.missing == ("secchi",)
    assert math.fsum(found.weights.values()) == pytest.approx(1.0)
    expected = sum(found.levels[code] * found.weights[code] for code in part)
    assert found.index == pytest.approx(expected)
    assert trophic_index(LAKE | {"TP": 0.0}, TLI).missing == ("TP",)
    assert trophic_index({}, TLI).grade == ""


@given(
    st.fixed_dictionaries({code: st.floats(1e-3, 50) for code in LAKE}), st.sampled_from(list(LAKE)), st.floats(1.01, 9)
)
def test_worse_water_is_never_less_eutrophic(values: dict[str, float], code: str, times: float) -> None:
    """More of a nutrient, or less transparency, never lowers the index."""
    worse = values | {code: values[code] / times if code == "secchi" else values[code] * times}
    assert trophic_index(worse, TLI).index >= trophic_index(values, TLI).index


def test_the_eutrophication_pack_says_what_the_function_computes() -> None:
    """The formula of the pack and the function agree, and so do their grades: 1.3, 6, 10.7, 25 for classes 1 to 4."""
    formula = formula_of(E)
    for cod, din, dip, published in (
        (2, 0.2, 0.015, 1.3),
        (3, 0.3, 0.03, 6.0),
        (4, 0.4, 0.03, 10.7),
        (5, 0.5, 0.045, 25.0),
    ):
        index = evaluate({"CODMn_alk": cod, "DIN": din, "DIP": dip}, formula)
        assert index == pytest.approx(eutrophication_index(cod, din, dip))
        assert round(index, 1) == published
        assert grade_at(index, formula) == eutrophication_grade(index)
    for index in (0.999, 1.0, 3.0, 3.001, 9.0, 9.001):
        assert grade_at(index, formula) == eutrophication_grade(index)
    assert math.isnan(evaluate({"CODMn_alk": 1, "DIN": 1}, formula))


def test_organic_pollution_worked_by_hand() -> None:
    """COD 3, DIN 0.5, DIP 0.03, DO 5.4: 1.5 + 2.5 + 2 - 0.9 = 5.1, serious."""
    index, grade = organic_pollution_index({"CODMn_alk": 3, "DIN": 0.5, "DIP": 0.03, "DO": 5.4}, A, GB3097)
    assert (index, grade) == (pytest.approx(5.1), "serious")
    clean, word = organic_pollution_index({"CODMn_alk": 0.4, "DIN": 0.04, "DIP": 0.003, "DO": 9.0}, A, GB3097)
    assert (clean, word) == (pytest.approx(-0.9), "good")
    assert organic_pollution_index({"DO": 5.0}, A, GB3097)[1] == ""


SEA = {"CODMn_alk": st.floats(0, 9), "DIN": st.floats(0, 3), "DIP": st.floats(0, 1), "DO": st.floats(0, 15)}


@given(st.fixed_dictionaries(SEA), st.sampled_from(list(SEA)), st.floats(0, 5))
def test_worse_sea_water_never_has_a_better_grade(values: dict[str, float], code: str, by: float) -> None:
    """More of a pollutant, or less oxygen, never improves the grade."""
    worse = values | {code: values[code] - by if code == "DO" else values[code] + by}
    grades = [grade.id for grade in A.grades]
    before, after = (organic_pollution_index(one, A, GB3097)[1] for one in (values, worse))
    assert grades.index(after) >= grades.index(before)


def _rows(values: dict[str, dict[str, float]]) -> pa.Table:
    return table([(s, code, datetime(2020, 1, 1), value) for s, one in values.items() for code, value in one.items()])


def test_the_column_computes_what_the_function_does(engine: Engine) -> None:
    """Index, grade and what is missing of many samples, on every engine, whatever the order of the rows."""
    draw = random.Random(5)
    lakes = {
        f"s{n}": {code: round(value * draw.uniform(0.1, 4), 4) for code, value in LAKE.items() if draw.random() > 0.2}
        for n in range(60)
    }
    lakes = {name: one for name, one in lakes.items() if one}
    rows = _rows(lakes)
    order = draw.sample(range(rows.num_rows), rows.num_rows)
    found = to_arrow(trophic_indices(engine(rows.take(order)), TLI)).to_pylist()
    assert len(found) == len(lakes)
    for row in found:
        expected = trophic_index(lakes[row["station"]], TLI)
        assert row["index"] == pytest.approx(expected.index, rel=1e-12)
        assert (row["grade"], row["missing"]) == (expected.grade, ";".join(expected.missing))


def test_forms_that_need_all_their_items_have_no_index_without(engine: Engine) -> None:
    """A sample that lacks oxygen has no organic pollution index, and says what is missing."""
    sea = {
        "a": {"CODMn_alk": 3.0, "DIN": 0.5, "DIP": 0.03, "DO": 5.4},
        "b": {"CODMn_alk": 3.0, "DIN": 0.5, "DIP": 0.03},
    }
    found = to_arrow(organic_pollution_indices(engine(_rows(sea)), A, GB3097)).sort_by("station").to_pylist()
    assert [(row["grade"], row["missing"]) for row in found] == [("serious", ""), (None, "DO")]
    assert found[0]["index"] == pytest.approx(5.1)
    eutrophic = to_arrow(evaluated(engine(_rows(sea)), formula_of(E), keys=["station"])).sort_by("station").to_pylist()
    assert [row["index"] for row in eutrophic] == [pytest.approx(10.0), pytest.approx(10.0)]


def test_a_unit_change_never_changes_the_index() -> None:
    """Chlorophyll-a stands in ug/L and the formula in mg/m3, the same number; a factor would be applied once."""
    formula = formula_of(TLI)
    assert {term.property: term.factor for term in formula.terms} == pytest.approx(dict.fromkeys(LAKE, 1.0))


def test_what_cannot_be_a_formula_is_refused() -> None:
    """Another kind of rule, and a sum of ratios without the limits it divides by."""
    with pytest.raises(BadInput, match="no formula"):
        formula_of(packs.rule("cn.hj633-2026"))
    with pytest.raises(BadInput, match="needs the limit"):
        formula_of(A)
