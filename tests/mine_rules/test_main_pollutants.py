"""What keeps a section or an area from class III."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clearbay import packs
from clearbay.mine.frames import to_arrow
from clearbay.mine.main_pollutants import MainPollutant, exceeding, of_area, of_section
from clearbay.mine.single_factor import sample_items
from clearbay.model.errors import BadInput

RULE, GB3838 = packs.rule("cn.2011-22"), packs.standard("cn.gb3838-2002")


def _items(**values: float) -> list[dict[str, object]]:
    table = pa.table({"station": ["s"] * len(values), "property": list(values), "value": list(values.values()),
                      "censoring": [""] * len(values)})  # fmt: skip
    return to_arrow(sample_items(table, GB3838, keys=("station",))).to_pylist()


def test_the_worst_classes_come_first_then_the_larger_multiple() -> None:
    """CODMn in class V comes before ammonia in IV; among class IV the larger multiple leads; three are named."""
    found = of_section(_items(CODMn=13.2, NH3N=1.2, TP=0.28, CODCr=22, BOD5=3), RULE, GB3838)
    assert [(one.property, one.grade) for one in found] == [("CODMn", "V"), ("TP", "IV"), ("NH3N", "IV")]
    assert [round(one.multiple, 3) for one in found if one.multiple is not None] == [1.2, 0.4, 0.2]


def test_cyanide_and_metals_come_first() -> None:
    """Lead above class III is named before a worse-classed item; within class III it is not named."""
    assert [one.property for one in of_section(_items(NH3N=3.0, Pb=0.08), RULE, GB3838)] == ["Pb", "NH3N"]
    assert [one.property for one in of_section(_items(NH3N=3.0, Pb=0.04), RULE, GB3838)] == ["NH3N"]


def test_oxygen_has_no_multiple() -> None:
    """Dissolved oxygen is named by its class and gets no multiple; with equal classes it comes last."""
    found = of_section(_items(DO=3.5, NH3N=1.2), RULE, GB3838)
    assert found == (
        MainPollutant("NH3N", "IV", pytest.approx(0.2)), MainPollutant("DO", "IV", None)
    )  # fmt: skip


def test_a_section_within_class_iii_has_none() -> None:
    """Class III and better name no main pollutant."""
    assert of_section(_items(NH3N=1.0, CODMn=6), RULE, GB3838) == ()


def test_an_area_names_what_most_sections_exceed() -> None:
    """The share of sections over class III decides, with the multiple of the worst section; good areas name none."""
    rows = []
    for station, values in {
        "a": {"NH3N": 2.5, "TP": 0.25}, "b": {"NH3N": 1.2, "TP": 0.25}, "c": {"NH3N": 0.5, "TP": 0.5},
        "d": {"CODMn": 8.0}, "e": {"CODMn": 2.0},
    }.items():  # fmt: skip
        for one in _items(**values):
            rows.append(one | {"station": station, "river": "R"})
    table = pa.Table.from_pylist(rows)
    over = to_arrow(exceeding(table, RULE, GB3838, by=["river"])).to_pylist()
    found = of_area(over, 5, "heavy", RULE, GB3838)
    assert [(one.property, one.share, one.sections, one.grade) for one in found] == [
        ("TP", 60.0, 3, "V+"), ("NH3N", 40.0, 2, "V+"), ("CODMn", 20.0, 1, "IV")
    ]  # fmt: skip
    assert found[0].multiple == pytest.approx(1.5)
    assert of_area(over, 5, "good", RULE, GB3838) == ()
    assert of_area(over, 5, "excellent", RULE, GB3838) == ()


def test_a_rule_without_them_is_refused() -> None:
    """HJ 442's pack names no main pollutants."""
    with pytest.raises(BadInput, match="no main pollutants"):
        of_section([], packs.rule("cn.hj442-2020"), packs.standard("cn.gb3097-1997"))
