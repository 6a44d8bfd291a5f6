"""What every group of readings passes before it is stored, in order."""

from __future__ import annotations

from clearbay.store import Home
from clearbay.transmit.committer import Stage
from clearbay.transmit.detection import DetectionStage
from clearbay.transmit.quality import QualityStage


def stages(home: Home) -> list[Stage]:
    """The stages for a home's committers."""
    return [QualityStage(home), DetectionStage(home)]
