"""How well problems are found in labelled time: learnt on one half of a series, judged on the other, never shuffled.

Run with ``python benchmarks/detect.py [--file FILE.csv.gz --time COL --label COL]``. The series that comes with the
repository is the GECCO 2018 challenge's (one-minute drinking water of Thueringer Fernwasserversorgung, 51 labelled
events, most of them put into the record by hand; CC BY 4.0, https://doi.org/10.5281/zenodo.3884398). It is drinking
water, not a river.

For each half: F1 over rows, share of events met, false alarms a week and median delay at the threshold that the method
chose on the other half; then the share of events met where the score is cut at one false alarm a week. Beside it: a
robust z-score (median and MAD of the learning half, threshold of the best F1 there), and boosted trees on values, lags
and rolling statistics (scikit-learn's, where it is installed; it is no dependency of clearbay).
"""

from __future__ import annotations

import argparse
import time as clock
from pathlib import Path

import numpy as np

from clearbay.cli.detect import _labels, _order, _read, _sensors, _times
from clearbay.mine.detection.baseline import Floats
from clearbay.mine.detection.threshold import Mask, alarms, at_rate, by_labels, skill
from clearbay.mine.detection.watch import Watch, teach

DATA = Path(__file__).parent / "data" / "gecco_2018_water_quality.csv.gz"
WEEK = np.timedelta64(7, "D")


def lagged(values: Floats) -> Floats:
    """Values, their steps over 1, 5 and 30 rows, and distance from the mean of the last 60."""
    parts = [values]
    for back in (1, 5, 30):
        step = np.full_like(values, np.nan)
        step[back:] = values[back:] - values[:-back]
        parts.append(step)
    sums = np.cumsum(np.nan_to_num(values), axis=0)
    mean = sums.copy()
    mean[60:] = (sums[60:] - sums[:-60]) / 60
    mean[:60] /= np.arange(1, 61)[:, None]
    parts.append(values - mean)
    return np.concatenate(parts, axis=1)


def robust_z(values: Floats, learn: slice) -> Floats:
    """The largest distance from the learning half's median, in its MADs."""
    centre = np.nanmedian(values[learn], axis=0)
    spread = np.nanmedian(np.abs(values[learn] - centre), axis=0) * 1.4826
    floor = np.nanstd(values[learn], axis=0) * 0.01 + 1e-12
    return np.nan_to_num(np.abs((values - centre) / np.maximum(spread, floor))).max(axis=1)


def shown(name: str, labels: Mask, score: Floats, alarmed: Mask, weeks: float, seconds: float) -> None:
    """One line of the table."""
    own = skill(labels, alarmed, weeks)
    rated = at_rate(labels, score, weeks, 1.0, 0.0)
    delay = "  -" if np.isnan(own.delay) else f"{own.delay:3.0f}"
    print(
        f"  {name:<28} F1 {own.f1:.3f}  events {own.recall:4.0%}  false/week {own.false_per_week:6.2f}  delay {delay}"
        f"  | at one false alarm a week: events {rated.recall:4.0%}  ({seconds:.0f} s)",
        flush=True,
    )


def main() -> None:
    """Both halves, one after the other."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--file", type=Path, default=DATA)
    options.add_argument("--time", default="Time")
    options.add_argument("--label", default="EVENT")
    given = options.parse_args()
    table = _read(given.file, given.time)
    stamps = _times(table, given.time, given.file.name)
    names, values, _ = _sensors(table, {given.time, given.label}, given.file.name)
    labels = _labels(table, given.label, given.file.name)
    order = _order(stamps)
    stamps, values, labels = stamps[order], values[order], labels[order]
    half = len(values) // 2
    first, second = slice(0, half), slice(half, None)
    for title, learn, judge in (("first half -> second", first, second), ("second half -> first", second, first)):
        weeks = float((stamps[judge].max() - stamps[judge].min()) / WEEK)
        span = float((stamps[learn].max() - stamps[learn].min()) / WEEK)
        print(f"{title}: {int(labels[judge].sum())} rows of events in {len(labels[judge])}, {weeks:.1f} weeks")
        for name, known in (("clearbay, labels", labels[learn]), ("clearbay, no labels", None)):
            start = clock.monotonic()
            taught = teach(names, values[learn], known, weeks=span)
            whole = values if learn == first else values[judge]  # judged as it would arrive: after what was learnt
            found = Watch(taught).push(whole)
            score, event = (found.score[judge], found.event[judge]) if learn == first else (found.score, found.event)
            shown(name, labels[judge], score, event, weeks, clock.monotonic() - start)
        start = clock.monotonic()
        score = robust_z(values, learn)
        threshold, _ = by_labels(score[learn], labels[learn], (0.0,))
        shown(
            "robust z-score",
            labels[judge],
            score[judge],
            alarms(score[judge], threshold),
            weeks,
            clock.monotonic() - start,
        )
        _trees(values, labels, learn, judge, weeks)


def _trees(values: Floats, labels: Mask, learn: slice, judge: slice, weeks: float) -> None:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError:
        print("  boosted trees: scikit-learn is not installed")
        return
    for name, features in (("boosted trees, values", values), ("boosted trees, lags", lagged(values))):
        start = clock.monotonic()
        model = HistGradientBoostingClassifier(max_iter=200, random_state=0).fit(features[learn], labels[learn])
        score = model.predict_proba(features[judge])[:, 1]
        shown(name, labels[judge], score, score >= 0.5, weeks, clock.monotonic() - start)


if __name__ == "__main__":
    main()
