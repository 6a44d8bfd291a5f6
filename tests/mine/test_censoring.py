"""What a censored value stands for."""

from __future__ import annotations

import math

from clearbay.mine.censoring import FAR, logarithms, mean_ends, single_ends
from clearbay.mine.frames import frame_of, to_arrow

from .tables import readings


def test_ends_enclose_the_number_that_counts(engine):
    """The number used lies between the ends; a value that is not censored is all three."""
    table = engine(readings(("a", "X", 4.0), ("b", "X", "<4.0"), ("c", "X", ">4.0")))
    for ends in (single_ends(), mean_ends()):
        rows = to_arrow(frame_of(table).with_columns(**ends)).sort_by("station").to_pylist()
        assert [row["_low"] <= row["_at"] <= row["_high"] for row in rows] == [True, True, True]
        assert (rows[0]["_low"], rows[0]["_at"], rows[0]["_high"]) == (4.0, 4.0, 4.0)
        assert (rows[1]["_low"], rows[1]["_at"]) == (0.0, 2.0)
        assert 3.999 < rows[1]["_high"] < 4.0
        assert rows[2]["_high"] == FAR


def test_above_a_limit_breaks_that_limit_alone_but_enters_a_mean_as_it(engine):
    """``>U`` judged alone lies above U, in a mean it is U."""
    table = engine(readings(("c", "X", ">4.0")))
    alone = to_arrow(frame_of(table).with_columns(**single_ends())).to_pylist()[0]
    in_mean = to_arrow(frame_of(table).with_columns(**mean_ends())).to_pylist()[0]
    assert alone["_at"] > 4.0
    assert in_mean["_at"] == 4.0


def test_zero_has_a_logarithm(engine):
    """A count of zero enters as half a count; the lower end of ``<1`` lies far down."""
    frame = frame_of(engine(readings(("a", "E_coli", 0.0), ("b", "E_coli", 1.0), ("c", "E_coli", "<1"))))
    logs = to_arrow(frame.select("station", **logarithms(mean_ends()))).sort_by("station").to_pylist()
    assert [row["_at"] for row in logs] == [math.log(0.5), 0.0, math.log(0.5)]
    assert logs[2]["_low"] < -600
