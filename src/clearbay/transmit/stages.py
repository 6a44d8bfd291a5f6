"""What every group of readings passes before it is stored, in order."""

from __future__ import annotations

from datetime import timedelta

from clearbay.store import Home
from clearbay.transmit.committer import Stage
from clearbay.transmit.detection import MOST_AGE, DetectionStage
from clearbay.transmit.quality import QualityStage


def stages(home: Home, *, most_age: timedelta | None = MOST_AGE) -> list[Stage]:
    """The stages for a home's committers; readings older than ``most_age`` open no event (None: all may)."""
    return [QualityStage(home), DetectionStage(home, most_age=most_age)]
