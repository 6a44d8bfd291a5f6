from __future__ import annotations

import time

from clearbay.collect.hj212 import MAX_FRAME
from tests.collect_hj212.fuzz import fuzz


def test_mutated_frames() -> None:
    """Ten thousand mutated frames: none crashes, none hangs, memory stays within one frame, some get through."""
    start = time.process_time()
    outcome = fuzz(10_000, seed=212)
    assert time.process_time() - start < 60
    assert outcome.held_most <= MAX_FRAME
    assert outcome.read > 500
    assert outcome.refused > 500
