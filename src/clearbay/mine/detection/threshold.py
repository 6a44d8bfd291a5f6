"""From a score to alarms: hysteresis, how alarms are counted, and where to put the threshold.

An alarm begins where the score reaches ``high`` and lasts until it falls below ``low``; it is false when it touches no
labelled event. Alarms are counted as runs, since people are called by runs and not by rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clearbay.mine.detection.baseline import Floats

Mask = npt.NDArray[np.bool_]

_TRIES = 80
_AS_GOOD = 0.01


@dataclass(frozen=True)
class Threshold:
    """Where an alarm begins, and below which score it ends."""

    high: float
    low: float


def runs(mask: Mask) -> npt.NDArray[np.int64]:
    """Starts and ends (exclusive) of the runs of True, as rows."""
    edges = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)


def alarms(score: Floats, threshold: Threshold, on: bool = False) -> Mask:
    """Hysteresis; ``on`` is whether an alarm was on before the first score."""
    starts, stays = score >= threshold.high, score >= threshold.low
    moments = np.where(starts, np.arange(len(score)), -1)
    breaks = np.where(~stays, np.arange(len(score)), -1)
    last_start = np.maximum.accumulate(moments) if len(score) else moments
    last_break = np.maximum.accumulate(breaks) if len(score) else breaks
    return (last_start > last_break) | (on & (last_break < 0))


def f1(labels: Mask, alarmed: Mask) -> float:
    """Harmonic mean of precision and recall over rows."""
    both = int((labels & alarmed).sum())
    return 2.0 * both / max(1, int(labels.sum()) + int(alarmed.sum()))


def candidates(score: Floats, most: float = 0.1) -> Floats:
    """Scores worth trying as a threshold, from a share ``most`` of the rows to the rarest, and evenly between those."""
    ranks = np.quantile(score, 1.0 - np.geomspace(most, 1.0 / max(len(score), 11), _TRIES))
    return np.unique(np.concatenate([ranks, np.linspace(ranks[0], ranks[-1], _TRIES)]))


def by_labels(score: Floats, labels: Mask, gaps: tuple[float, ...]) -> tuple[Threshold, float]:
    """The threshold of the best F1, with that F1; ``gaps`` are the distances from high to low that are tried.

    Where a stretch of thresholds is as good as the best (within ``_AS_GOOD``), the middle of it is taken: as far from
    the quiet as from the events.
    """
    best, found = -1.0, Threshold(np.inf, np.inf)
    tries = candidates(score, min(max(0.1, 2.0 * float(labels.mean())), 0.9))
    for gap in gaps:
        reached = np.array([f1(labels, alarms(score, Threshold(high, high - gap))) for high in tries])
        top = int(reached.argmax())
        if reached[top] > best:
            worse = np.flatnonzero(reached < reached[top] - _AS_GOOD)
            first = int(worse[worse < top].max(initial=-1)) + 1
            last = int(worse[worse > top].min(initial=len(tries))) - 1
            high = float(tries[first] + tries[last]) / 2.0
            best, found = float(reached[top]), Threshold(high, high - gap)
    return found, best


def by_rate(score: Floats, quiet: Mask, weeks: float, per_week: float, gap: float) -> Threshold:
    """The lowest threshold at which ``quiet`` rows give at most ``per_week`` alarms a week."""
    allowed = max(per_week * weeks, 1.0)
    found = Threshold(np.inf, np.inf)
    for high in candidates(score)[::-1]:
        threshold = Threshold(float(high), float(high - gap))
        alarmed = runs(alarms(score, threshold))
        counted = np.concatenate([[0], np.cumsum(quiet)])
        false = sum(bool(counted[end] - counted[start] == end - start) for start, end in alarmed)
        if false > allowed:
            break
        found = threshold
    return found


@dataclass(frozen=True)
class Skill:
    """How well alarms meet labelled events: rows (``f1``), events (``recall``), runs (``false_per_week``), and
    ``delay``, the median rows from an event's start to its alarm (NaN where none is found)."""

    f1: float
    recall: float
    false_per_week: float
    delay: float


def skill(labels: Mask, alarmed: Mask, weeks: float) -> Skill:
    """Count alarms against labels."""
    events = runs(labels)
    met = [int(np.argmax(alarmed[start:end])) for start, end in events if alarmed[start:end].any()]
    counted = np.concatenate([[0], np.cumsum(labels)])
    false = sum(bool(counted[end] == counted[start]) for start, end in runs(alarmed))
    return Skill(
        f1(labels, alarmed),
        len(met) / max(1, len(events)),
        false / weeks if weeks else 0.0,
        float(np.median(met)) if met else float("nan"),
    )


def at_rate(labels: Mask, score: Floats, weeks: float, per_week: float, gap: float) -> Skill:
    """The skill at the threshold with the best recall among those with at most ``per_week`` false alarms a week."""
    best = Skill(0.0, 0.0, 0.0, float("nan"))
    for high in candidates(score):
        reached = skill(labels, alarms(score, Threshold(float(high), float(high - gap))), weeks)
        if reached.false_per_week <= per_week and reached.recall > best.recall:
            best = reached
    return best
