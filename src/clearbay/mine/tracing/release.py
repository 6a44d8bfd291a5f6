"""How long the release lasted and how old the cloud is, weighed together.

A release of duration D adds D^2/12 to the variance of a curve and half of D to its lead, so a curve of a given width
is an old cloud of a short release or a younger one of a long release. Where travel times are known from elsewhere the
two part; here each duration keeps its own likelihood of the age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.pulse import STANDARD_VARIANCE, Pulse
from clearbay.mine.tracing.spread import age_likelihood

DURATIONS_H = np.array([0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
"""Durations tried: at once, then doubling from half an hour."""
AT_ONCE = 0.25
"""Probability beforehand of a release within minutes; the rest is spread evenly over the other durations."""
LEFT = 0.04
"""Least part of a curve's squared width that must be left to the river, whatever the duration."""


@dataclass(frozen=True)
class Ages:
    """Log-likelihood by duration (rows) and age (columns), prior of the duration included."""

    age_h: NDArray[np.float64]
    duration_h: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]


def ages_and_durations(pulses: Sequence[Pulse], age_h: NDArray[np.float64]) -> Ages:
    """Likelihood of the age of the cloud's middle at the first of ``pulses``, for each duration of the release."""
    lasting = [pulse.duration_h for pulse in pulses if pulse.duration_h > 0.0]
    if lasting:
        # A flat top shows it; the pulse is then that of the rising front already.
        duration = np.array([min(lasting)])
        return Ages(age_h, duration, age_likelihood(pulses, age_h, float(duration[0]))[None, :])
    rows = []
    for duration_h in DURATIONS_H.tolist():
        shown = [_shorn(pulse, duration_h) for pulse in pulses]
        if any(one is None for one in shown):
            rows.append(np.full(len(age_h), -np.inf))
            continue
        stretch = sum(one[1] for one in shown if one is not None)
        rows.append(age_likelihood([one[0] for one in shown if one is not None], age_h) + stretch)
    prior = np.full(len(DURATIONS_H), (1.0 - AT_ONCE) / (len(DURATIONS_H) - 1))
    prior[0] = AT_ONCE
    return Ages(age_h, DURATIONS_H, np.array(rows) + np.log(prior)[:, None])


def _shorn(pulse: Pulse, duration_h: float) -> tuple[Pulse, float] | None:
    """The pulse that an instantaneous release would have made, and the logarithm of the stretching of its measures."""
    if duration_h == 0.0:
        return pulse, 0.0
    squared = pulse.width_h**2
    left = squared - duration_h**2 / 12.0 / STANDARD_VARIANCE
    if left < LEFT * squared:
        return None
    stretch = float(np.log(squared / left))
    lead, spread = pulse.lead_h, pulse.lead_spread
    if np.isfinite(lead):
        own = lead - 0.5 * duration_h
        if own > 0.1 * lead:
            # What is left of the lead is as uncertain as the whole was.
            stretch += float(np.log(lead / own))
            lead, spread = own, float(np.hypot(spread * lead / own, 0.15))
        else:
            lead, spread = float("nan"), float("inf")
            stretch -= 2.0
    width_spread = float(np.hypot(pulse.width_spread * squared / left, 0.05))
    return replace(
        pulse, width_h=float(np.sqrt(left)), width_spread=width_spread, lead_h=lead, lead_spread=spread
    ), stretch
