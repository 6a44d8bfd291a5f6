"""What the cloud does next."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing import passage, trace
from clearbay.mine.tracing.literature import typical_velocity
from clearbay.model.errors import BadInput
from tests.mine_tracing.clouds import usual


def test_the_next_section_is_foretold() -> None:
    """The peak 20 km on arrives at the river's own velocity, within the interval, edge before peak before end."""
    found = passage(trace([usual(20.0), usual(30.0)]), 50.0)
    true = 50 / 3.6 / float(typical_velocity(np.array(8.0)))
    assert found.peak_h.low < true < found.peak_h.high
    assert found.arrival_h.median < found.peak_h.median < found.end_h.median
    assert found.peak is not None
    assert found.peak.low < usual(50.0).concentration.max() < found.peak.high


def test_one_section_foretells_with_more_doubt() -> None:
    """From one section the interval is wider than from two."""
    one, two = (passage(trace(curves), 50.0) for curves in ([usual(30.0)], [usual(20.0), usual(30.0)]))
    assert one.peak_h.high - one.peak_h.low > two.peak_h.high - two.peak_h.low


def test_only_places_below_the_last_section() -> None:
    """A place the cloud has passed is not foretold."""
    with pytest.raises(BadInput, match="not below"):
        passage(trace([usual(20.0)]), 10.0)


def test_the_same_seed_gives_the_same_answer() -> None:
    """Draws are fixed by the seed."""
    result = trace([usual(20.0)])
    assert passage(result, 40.0) == passage(result, 40.0)
