"""What a learner sees of a moment: how surprising, on how many sensors, for how long; never which sensor.

Sensors change their roles: a spill moves conductivity this month and redox the next. A learner that saw names would
know only the spills it was taught, so the surprises are sorted before it looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from clearbay.mine.detection.baseline import Floats

SPANS = (1, 3, 10, 30)
"""Samples over which surprise is averaged."""
SLOW = (60.0, 1440.0)
"""Longer means (exponential, alpha = 2 / (span + 1)) of the sensor that now surprises most: how restless it is."""
TOP = 3
"""So many of the most surprised sensors are seen one by one, the others in a sum."""
_LAST = 5


@dataclass
class Shape:
    """Features of a stream of surprises (samples x sensors), carried on from call to call."""

    sensors: int
    _past: Floats = field(init=False)
    _slow: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._past = np.zeros((max(SPANS) - 1, self.sensors))
        self._slow = np.zeros((len(SLOW), self.sensors))

    @property
    def width(self) -> int:
        """How many features there are."""
        return len(SPANS) * (min(TOP, self.sensors) + 1) + len(SLOW) + 2

    def push(self, surprise: Floats) -> Floats:
        """Features (samples x ``width``) of the next surprises."""
        count = len(surprise)
        known = np.concatenate([self._past, surprise])
        past = len(self._past)
        self._past = known[len(known) - past :]
        means = [_mean(known, past, span) for span in SPANS]
        parts = []
        for mean in means:
            ordered = -np.sort(-mean, axis=1)
            parts += [ordered[:, :TOP], _total(ordered)[:, None]]
        leader = means[1].argmax(axis=1)
        parts.append(self._restless(surprise, leader))
        most = known.max(axis=1)
        parts += [_least(most, past, span)[:, None] for span in (_LAST, 3)]
        return np.concatenate(parts, axis=1) if count else np.empty((0, self.width))

    def _restless(self, surprise: Floats, leader: np.ndarray) -> Floats:
        found = np.empty((len(surprise), len(SLOW)))
        rate = (2.0 / (np.array(SLOW) + 1.0))[:, None]
        slow = self._slow
        for row in range(len(surprise)):
            slow = slow + rate * (surprise[row] - slow)
            found[row] = slow[:, leader[row]]
        self._slow = slow
        return found


def plain(features: Floats, sensors: int) -> Floats:
    """One number from ``Shape``'s features, where nothing was taught: steady surprise, more if a second sensor agrees.

    The least of the last three surprises, so that one bad value is not an event, and half of the second sensor's mean.
    """
    steady = features[:, -1]
    second = features[:, min(TOP, sensors) + 1 + 1] if sensors > 1 else 0.0
    return steady + 0.5 * second


def _mean(known: Floats, past: int, span: int) -> Floats:
    """Means of the last ``span`` rows, added one by one so that the figure does not depend on how a stream is cut."""
    total = known[past:].copy()
    for back in range(1, span):
        total += known[past - back : len(known) - back]
    return total / span


def _least(most: Floats, past: int, span: int) -> Floats:
    found = most[past:].copy()
    for back in range(1, span):
        found = np.minimum(found, most[past - back : len(most) - back])
    return found


def _total(ordered: Floats) -> Floats:
    total = ordered[:, 0].copy()
    for column in range(1, ordered.shape[1]):
        total += ordered[:, column]
    return total
