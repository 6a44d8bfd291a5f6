"""Effluents against the limits of their level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.discharge import discharge_days, judge_discharge, limits_for
from clearbay.mine.exceptions import in_case
from clearbay.mine.frames import to_arrow
from clearbay.mine.single_factor import samples_classes
from clearbay.model.errors import BadInput
from tests.mine_rules.air import table

RULE = packs.rule("cn.gb18918-2002")
Engine = Callable[[pa.Table], Any]


def _one(values: dict[str, float], level: str = "1A", **known: Any) -> Any:
    return judge_discharge(values, RULE, level, **known)[0]


def test_a_limit_itself_is_met() -> None:
    """50 mg/L of COD meets grade 1A, 50.1 exceeds it by its multiple."""
    assert _one({"CODCr": 50}).exceeded is False
    over = _one({"CODCr": 60})
    assert (over.exceeded, over.multiple) == (True, pytest.approx(0.2))


def test_ammonia_by_temperature() -> None:
    """6 mg/L exceeds 5 in warm water and meets 8 at 12 degrees; without a temperature it is open, 9 never is."""
    assert _one({"NH3N": 6}, temperature=12.1).exceeded is True
    assert _one({"NH3N": 6}, temperature=12.0).exceeded is False
    unknown = _one({"NH3N": 6})
    assert (unknown.exceeded, unknown.open, len(unknown.limits)) == (None, ("temperature",), 2)
    assert _one({"NH3N": 9}).exceeded is True
    assert _one({"NH3N": 4}).exceeded is False


def test_phosphorus_by_date_of_construction() -> None:
    """0.8 mg/L meets the limit of a plant built in 2005 and exceeds that of 2006; unknown, it is open."""
    assert _one({"TP": 0.8}, built=date(2005, 12, 31)).exceeded is False
    assert _one({"TP": 0.8}, built=date(2006, 1, 1)).exceeded is True
    assert _one({"TP": 0.8}).open == ("built",)


def test_ph_has_two_ends() -> None:
    """pH 6 to 9, both included, and no multiple."""
    assert [_one({"pH": value}).exceeded for value in (5.9, 6, 9, 9.1)] == [True, False, False, True]
    assert _one({"pH": 9.5}).multiple is None


def test_what_a_level_does_not_limit_is_left_out() -> None:
    """Grade 2 has no total nitrogen; a level that there is not is refused."""
    assert judge_discharge({"TN": 100}, RULE, "2") == ()
    with pytest.raises(BadInput, match="no level 1C"):
        limits_for(RULE, "1C")
    with pytest.raises(BadInput, match="no level"):
        limits_for(packs.rule("cn.hj633-2026"), "1A")


@given(
    st.sampled_from(["CODCr", "BOD5", "SS", "NH3N", "TP", "Oil", "LAS"]), st.floats(0, 200), st.floats(0, 200),
    st.sampled_from(["1A", "1B", "2", "3"]), st.sampled_from([None, 5.0, 20.0]),
)  # fmt: skip
def test_dirtier_effluent_never_complies_where_cleaner_did_not(
    code: str, one: float, other: float, level: str, temperature: float | None
) -> None:
    """A larger value is never judged better than a smaller one."""
    low, high = sorted((one, other))
    rank = {False: 0, None: 1, True: 2}
    verdicts = [judge_discharge({code: value}, RULE, level, temperature=temperature) for value in (low, high)]
    if verdicts[0]:
        assert rank[verdicts[0][0].exceeded] <= rank[verdicts[1][0].exceeded]


def test_days_on_every_engine(engine: Engine) -> None:
    """Daily means, each with the temperature of its day; a day without one has open ammonia."""
    rows = [
        ("P", "NH3N", datetime(2020, 1, 1, 1), 5.0), ("P", "NH3N", datetime(2020, 1, 1, 5), 7.0),
        ("P", "water_temp", datetime(2020, 1, 1, 1), 11.0), ("P", "NH3N", datetime(2020, 1, 2, 1), 6.0),
        ("P", "water_temp", datetime(2020, 1, 2, 1), 18.0), ("P", "NH3N", datetime(2020, 1, 3, 1), 6.0),
        ("P", "CODCr", datetime(2020, 1, 3, 1), 75.0), ("P", "pH", datetime(2020, 1, 3, 1), 9.5),
    ]  # fmt: skip
    found = {
        (row["day"], row["property"]): row
        for row in to_arrow(discharge_days(engine(table(rows)), RULE, "1A", built=date(2010, 1, 1))).to_pylist()
    }
    ammonia = [found[f"2020-01-0{day}", "NH3N"] for day in (1, 2, 3)]
    assert [row["exceeded"] for row in ammonia] == [False, True, None]
    assert [(row["value"], row["least"], row["most"]) for row in ammonia] == [(6, 8, 8), (6, 5, 5), (6, 5, 8)]
    assert found["2020-01-03", "CODCr"]["multiple"] == pytest.approx(0.5)
    assert (found["2020-01-03", "pH"]["exceeded"], found["2020-01-03", "pH"]["multiple"]) == (True, None)
    assert ("2020-01-01", "water_temp") not in found


def test_an_oyster_has_its_own_copper() -> None:
    """80 mg/kg of copper is worse than class 3 in a mussel and class 3 in an oyster."""
    mussel = packs.standard("cn.gb18421-2001")
    sample = pa.table({"station": ["s"], "property": ["Cu_tissue"], "value": [80.0], "censoring": [""]})
    for standard, expected in ((mussel, "3+"), (in_case(mussel, "oyster"), "3")):
        assert to_arrow(samples_classes(sample, standard, keys=("station",))).to_pylist()[0]["class"] == expected
    with pytest.raises(BadInput, match="no exception for clam"):
        in_case(mussel, "clam")


def test_sediment_is_judged_by_its_worst_item() -> None:
    """Copper in class 2 and sulphide in class 3 make a sediment of class 3."""
    rows = {"Cu_sed": 60.0, "Sulfide_sed": 550.0, "Hg_sed": 0.1}
    sample = pa.table(
        {"station": ["s"] * 3, "property": list(rows), "value": list(rows.values()), "censoring": [""] * 3}
    )
    row = to_arrow(samples_classes(sample, packs.standard("cn.gb18668"), keys=("station",))).to_pylist()[0]
    assert (row["class"], row["determinants"]) == ("3", "Sulfide_sed")
