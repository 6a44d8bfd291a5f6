"""From rows to curves."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing import curves_from_rows, make_curve
from clearbay.mine.tracing.curve import lone_spikes
from clearbay.model.errors import BadInput


def row(**change: object) -> dict[str, object]:
    """A good row with changes."""
    return {"section": "A", "distance_km": 3, "discharge_m3s": 2, "time_h": 1, "concentration": 4} | change


def test_samples_are_sorted_and_doubles_averaged() -> None:
    """Rows may come in any order; samples of one time are one sample; both are told."""
    (curve,) = curves_from_rows([row(time_h=2), row(time_h=1, concentration=1), row(time_h=1, concentration=3)])
    assert curve.time_h.tolist() == [1, 2]
    assert curve.concentration.tolist() == [2, 4]
    assert any("order" in remark for remark in curve.remarks)
    assert any("averaged" in remark for remark in curve.remarks)


def test_sections_come_in_order_of_distance() -> None:
    """The first curve is the one furthest upstream."""
    curves = curves_from_rows([row(section="B", distance_km=9), row()])
    assert [curve.section for curve in curves] == ["A", "B"]


def test_blank_and_censored_values() -> None:
    """A blank is a missing sample; "<0.5" is read as half of it; both are told."""
    (curve,) = curves_from_rows([row(concentration=""), row(time_h=2, concentration="<0.5"), row(time_h=3)])
    assert curve.concentration.tolist() == [0.25, 4]
    assert len(curve.remarks) == 2


def test_discharge_may_be_unknown() -> None:
    """A blank discharge is unknown, not zero."""
    (curve,) = curves_from_rows([row(discharge_m3s="")])
    assert np.isnan(curve.discharge_m3s)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([{"section": "A"}], "missing"),
        ([], "no samples"),
        ([row(time_h="noon")], "not a number"),
        ([row(section=" ")], "no name"),
        ([row(), row(distance_km=4)], "several distances"),
        ([row(distance_km="")], "no distance"),
    ],
)
def test_what_cannot_be_read_is_named(rows: list[dict[str, object]], word: str) -> None:
    """Bad input says what is wrong and how to mend it."""
    with pytest.raises(BadInput, match=word) as raised:
        curves_from_rows(rows)
    assert raised.value.mend


def test_a_slip_of_the_pen_is_no_peak() -> None:
    """A lone value far above its neighbours inside a broad cloud goes; the sharp peak of a coarse record stays."""
    broad = np.array([0, 1, 3, 8, 14, 18, 20, 71, 22, 18, 14, 9, 5, 2, 1, 0.5])
    assert np.flatnonzero(lone_spikes(broad)).tolist() == [7]
    assert not lone_spikes(np.array([0, 0, 0, 0, 1, 30, 9, 4, 1, 0, 0, 0, 0])).any()
    assert len(make_curve("A", 0, 1, range(16), broad).time_h) == 15
