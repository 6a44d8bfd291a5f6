"""Watching one place's sensors side by side: a score and an event for every moment, taught by labels or by none.

The score is made in four steps, each of which can be shown: every sensor's residual against two baselines of its own
past (``baseline``); how rare that is among its quiet past (``surprise``); whether it lasts and whether a second sensor
agrees (``features.plain``); and, where labelled events taught it, a share of a learner's log odds (``boosting``), as
large as blocks of the labelled time that it had not seen say it deserves, which may be nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from clearbay.mine.detection.baseline import Baseline, Floats, resolution
from clearbay.mine.detection.boosting import Boosted, boost
from clearbay.mine.detection.features import Shape, plain
from clearbay.mine.detection.levels import Levels
from clearbay.mine.detection.relations import Relations
from clearbay.mine.detection.surprise import Surprise
from clearbay.mine.detection.threshold import Mask, Threshold, alarms, by_labels, by_rate, runs

WINDOWS = (60, 120)
"""Samples of the two baselines: at one a minute, an hour and two."""
HOLD = 300
"""Samples a sensor may stay away before that is its new normal."""
WARM = 120
"""Samples at the start that teach nothing and raise nothing: the baselines are still forming."""
BLOCKS = 5
"""Contiguous stretches of the labelled time, each judged by what the others taught."""
SHARES = (0.0, 0.15, 0.4)
"""Of the learner's log odds in the score, tried in the blocks; it never outweighs the plain score, since blocks of the
same season flatter a learner."""
GAPS = (0.0, 0.5, 1.0)
"""Between the score that begins an event and the one that ends it."""
PLAIN = (2.5, 5.0)
"""Bounds of a threshold that no label set: rarer than one moment in 300 for three moments on end, and not so high that
the unlabelled events of the time learnt from hide the next ones."""
LEAST_EVENTS = 6
"""Labelled events below which no learner is taught: two blocks would hold none."""
NOTABLE = 1.3
"""A sensor contributes from this mean surprise on: one in twenty."""
LEVEL_SHARES = (0.15, 0.4, 1.0)
"""The same where levels are watched: their blocks were judged by what was learnt elsewhere."""
LEVEL_GAIN = 0.1
"""In F1 over the blocks, before levels are watched: what drifts may hold for a while."""
HELD = (0.25, 0.7)
"""Without labels levels are trusted where at most this share of rows is beyond ``PLAIN``'s upper bound in blocks that
they were not learnt from, and the median scores of these blocks lie no further apart than that: in the plants tried,
relations that held kept within 0.1 to 0.6, and sensors that drift were 1.2 to 1.8 apart."""
CLEAR_GAIN = 0.02
"""In F1 over the blocks, before a learner is preferred to the plain score."""


@dataclass(frozen=True)
class Taught:
    """All that was learnt of a place, ready to watch it. ``basis`` says from what: ``labels`` or ``quiet``.

    ``levels``, where they proved to hold, are watched too, with how rare what they leave is (``strange``); ``alone``:
    they alone make the score.
    """

    names: tuple[str, ...]
    step: Floats
    surprises: tuple[Surprise, ...]
    relations: Relations
    threshold: Threshold
    learner: Boosted | None = None
    share: float = 0.0
    basis: str = "quiet"
    expected_f1: float = float("nan")
    levels: Levels | None = None
    strange: Surprise | None = None
    alone: bool = False


@dataclass(frozen=True)
class Watched:
    """``score`` and ``event`` of every row, and each sensor's mean surprise over three rows (``sensors``)."""

    score: Floats
    event: Mask
    sensors: Floats
    residuals: Floats

    def contributors(self, names: tuple[str, ...], row: int) -> list[str]:
        """The sensors that make this row's score, most surprised first."""
        order = np.argsort(-self.sensors[row], kind="stable")
        return [names[sensor] for sensor in order if self.sensors[row, sensor] >= NOTABLE]


@dataclass
class Watch:
    """A stream of rows through what was taught; cutting the stream anywhere changes no figure."""

    taught: Taught
    _baselines: tuple[Baseline, ...] = field(init=False)
    _shapes: tuple[Shape, ...] = field(init=False)
    _rows: int = field(init=False, default=0)
    _on: bool = field(init=False, default=False)
    _recent: Floats = field(init=False)

    def __post_init__(self) -> None:
        sensors = len(self.taught.names)
        self._baselines = tuple(Baseline(self.taught.step, window, HOLD) for window in WINDOWS)
        self._shapes = tuple(Shape(sensors) for _ in range(len(WINDOWS) + 1))
        self._level_shape = Shape(sensors)
        self._recent = np.zeros((2, sensors))

    def push(self, values: Floats) -> Watched:
        """Judge the next rows (samples x sensors; NaN where a sensor is silent)."""
        residuals = [baseline.push(values) for baseline in self._baselines]
        blocks = _blocks(residuals, self.taught.relations)
        surprises = [known.of(block) for known, block in zip(self.taught.surprises, blocks, strict=True)]
        early = np.arange(self._rows, self._rows + len(values)) < WARM
        for surprise in surprises:
            surprise[early] = 0.0
        features = [shape.push(surprise) for shape, surprise in zip(self._shapes, surprises, strict=True)]
        score = _plain(features, len(self.taught.names))
        shown = np.maximum(surprises[0], surprises[1])
        if self.taught.levels is not None and self.taught.strange is not None:
            strange = self.taught.strange.of(self.taught.levels.unexplained(values))
            features.append(self._level_shape.push(strange))
            level = plain(features[-1], len(self.taught.names))
            score = level if self.taught.alone else np.maximum(score, level)
            shown = strange if self.taught.alone else np.maximum(shown, strange)
        if self.taught.learner is not None and self.taught.share:
            score = score + self.taught.share * self.taught.learner.margin(np.concatenate(features, axis=1))
        event = alarms(score, self.taught.threshold, self._on)
        if len(event):
            self._on = bool(event[-1])
        known = np.concatenate([self._recent, shown])
        self._recent = known[len(known) - 2 :]
        sensors = (known[2:] + known[1:-1] + known[:-2]) / 3.0
        self._rows += len(values)
        return Watched(score, event, sensors, residuals[-1])


def teach(
    names: tuple[str, ...],
    values: Floats,
    labels: Mask | None = None,
    *,
    weeks: float,
    alarms_per_week: float = 1.0,
) -> Taught:
    """Learn a place's quiet and, with ``labels`` (True in an event), how its events look.

    ``weeks`` is the time the rows span. Without labels all rows count as quiet, and the threshold is where they would
    have given ``alarms_per_week``; with labels it is that of the best F1 over blocks of time.
    """
    step = resolution(values)
    residuals = [Baseline(step, window, HOLD).push(values) for window in WINDOWS]
    quiet = np.ones(len(values), dtype=bool) if labels is None else ~labels
    quiet[:WARM] = False
    relations = Relations.learn(residuals[-1][quiet])
    blocks = _blocks(residuals, relations)
    surprises = tuple(Surprise.learn(block[quiet]) for block in blocks)
    found = [known.of(block) for known, block in zip(surprises, blocks, strict=True)]
    for surprise in found:
        surprise[:WARM] = 0.0
    features = [Shape(len(names)).push(surprise) for surprise in found]
    score = _plain(features, len(names))
    if labels is None or len(runs(labels)) == 0:
        block = _even(len(values))
        unseen, _ = unseen_levels(values, quiet, block)
        middles = [float(np.median(unseen[block == one])) for one in range(BLOCKS)]
        held = float(np.mean(unseen > PLAIN[1])) <= HELD[0] and max(middles) - min(middles) <= HELD[1]
        if held:
            score = np.maximum(score, unseen)
        told = by_rate(score, quiet, weeks, alarms_per_week, GAPS[1])
        high = min(max(told.high, PLAIN[0]), PLAIN[1])
        threshold = Threshold(high, high - GAPS[1])
        taught = Taught(names, step, surprises, relations, threshold)
        return replace(taught, **_levelled(values, quiet)) if held else taught
    threshold, reached = by_labels(score, labels, GAPS)
    plainly = Taught(names, step, surprises, relations, threshold, basis="labels", expected_f1=reached)
    seen = np.concatenate(features, axis=1)
    known = _with_learner(plainly, seen, score, labels) if len(runs(labels)) >= LEAST_EVENTS else plainly
    return _with_levels(known, seen, score, values, labels)


def _blocks(residuals: list[Floats], relations: Relations) -> list[Floats]:
    return [*residuals, relations.unexplained(residuals[-1])]


def _plain(features: list[Floats], sensors: int) -> Floats:
    """Mean of the plain scores over the two baselines; what relations leave unexplained is for the learner alone."""
    total = plain(features[0], sensors)
    for one in features[1 : len(WINDOWS)]:
        total = total + plain(one, sensors)
    return total / len(WINDOWS)


def _with_learner(
    plainly: Taught, features: Floats, score: Floats, labels: Mask, shares: tuple[float, ...] = SHARES[1:]
) -> Taught:
    """Let blocks of unseen time decide how much a learner adds."""
    block = _block_of(labels)
    rows, weights = _telling(score, labels)
    unseen = np.zeros(len(labels))
    for number in range(BLOCKS):
        others = rows[block[rows] != number]
        here = block == number
        unseen[here] = boost(features[others], labels[others], weights[others]).margin(features[here])
    best = plainly
    for share in shares:
        threshold, reached = by_labels(score + share * unseen, labels, GAPS)
        if reached > best.expected_f1 + (CLEAR_GAIN if best is plainly else 0.0):
            learner = best.learner or boost(features[rows], labels[rows], weights[rows])
            best = replace(plainly, threshold=threshold, learner=learner, share=share, expected_f1=reached)
    return best


def unseen_levels(values: Floats, quiet: Mask, block: np.ndarray) -> tuple[Floats, Floats]:
    """The score of levels in every block by what the others taught, and its features."""
    sensors = values.shape[1]
    strange = np.zeros_like(values)
    for number in range(BLOCKS):
        here, others = block == number, quiet & (block != number)
        if here.any() and others.sum() > 2 * sensors:
            levels = Levels.learn(values[others])
            rare = Surprise.learn(levels.unexplained(values[others]))
            strange[here] = rare.of(levels.unexplained(values[here]))
    features = Shape(sensors).push(strange)
    return plain(features, sensors), features


def _levelled(values: Floats, quiet: Mask) -> dict[str, Any]:
    levels = Levels.learn(values[quiet])
    return {"levels": levels, "strange": Surprise.learn(levels.unexplained(values[quiet]))}


def _even(rows: int) -> np.ndarray:
    return np.minimum(np.arange(rows) * BLOCKS // max(rows, 1), BLOCKS - 1)


def _with_levels(known: Taught, seen: Floats, score: Floats, values: Floats, labels: Mask) -> Taught:
    """Watch levels too, or alone, where that does clearly better in blocks that they were not learnt from."""
    few = len(runs(labels)) < LEAST_EVENTS
    block = _even(len(labels)) if few else _block_of(labels)
    unseen, features = unseen_levels(values, ~labels, block)
    best, base = known, score
    for alone, both in ((True, unseen), (False, np.maximum(score, unseen))):
        threshold, reached = by_labels(both, labels, GAPS)
        if reached > best.expected_f1 + (LEVEL_GAIN if best is known else 0.0):
            best = replace(
                known, threshold=threshold, expected_f1=reached, learner=None, share=0.0, alone=alone,
                **_levelled(values, ~labels),
            )  # fmt: skip
            base = both
    if best is known or few:
        return best
    return _with_learner(best, np.concatenate([seen, features], axis=1), base, labels, LEVEL_SHARES)


def _block_of(labels: Mask) -> np.ndarray:
    """The block of each row: contiguous, with equally many events in each, cut in the quiet between events."""
    events = runs(labels)
    block = np.zeros(len(labels), dtype=np.int64)
    for number in range(1, BLOCKS):
        first = events[min(round(number * len(events) / BLOCKS), len(events) - 1)]
        before = events[max(0, round(number * len(events) / BLOCKS) - 1)]
        block[(before[1] + first[0]) // 2 :] = number
    return block


def _telling(score: Floats, labels: Mask) -> tuple[np.ndarray, Floats]:
    """Rows to learn from: every event, every quiet row that scores high, and a tenth of the dull ones, counted ten."""
    dull = ~labels & (score <= np.quantile(score[~labels], 0.9))
    kept = ~dull | (np.arange(len(labels)) % 10 == 0)
    weights = np.where(dull, 10.0, 1.0)
    return np.flatnonzero(kept), weights
