"""How old a cloud is, from its width and lead: the likelihood of the age."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.literature import (
    DECLINE_PIVOT,
    DECLINE_SPREAD,
    LEAD_RIVER_SPREAD,
    LEAD_SECTION_SPREAD,
    RIVER_SPREAD,
    SECTION_SPREAD,
    SPREAD_MEMORY,
    YOUNG_AGE,
    lead,
    width,
)
from clearbay.mine.tracing.pulse import STANDARD_VARIANCE, Pulse

SHARED = 0.5
"""Correlation of a section's own deviations in width and in lead: both are made by the same reach."""


def age_likelihood(pulses: Sequence[Pulse], age_h: NDArray[np.float64], duration_h: float = 0.0) -> NDArray[np.float64]:
    """Log-likelihood of the age (h) of the peak at the first of ``pulses``.

    Widths and leads of all sections are one Gaussian in logarithms: a river keeps a deviation from the regression
    along its length, its exponent is its own, and each section deviates further, the more alike the nearer two
    sections are in age. That shared part is why two neighbouring sections know little more of the age than one, and
    the growth of the width between them is what they add.
    """
    lag = np.array([pulse.peak_h - pulses[0].peak_h for pulse in pulses])
    ages = age_h[:, None] + np.maximum(lag, 0.0)[None, :]
    log_age = np.log(ages)
    flat = np.array([pulse.duration_h > 0.0 for pulse in pulses])
    widths = np.array([pulse.width_h for pulse in pulses])
    if duration_h > 0.0:
        # A release of duration D adds D^2/12 to the variance of a curve.
        without = widths**2 - duration_h**2 / 12.0 / STANDARD_VARIANCE
        widths = np.where(flat, widths, np.sqrt(np.maximum(without, 0.1 * widths**2)))
    leads = np.array([pulse.lead_h if duration_h == 0.0 else np.nan for pulse in pulses])
    seen = np.isfinite(leads)
    residual = np.concatenate(
        [np.log(widths) - np.log(width(ages)), np.log(np.where(seen, leads, 1.0))[None, :] - np.log(lead(ages))], axis=1
    )
    # Smooth, not rough: a width is the sum of the whole way, so neighbours differ by little and in proportion.
    near = np.exp(-0.5 * ((log_age[:, :, None] - log_age[:, None, :]) / SPREAD_MEMORY.value) ** 2)
    young = np.sqrt(1.0 + YOUNG_AGE.value / ages)
    near = near * young[:, :, None] * young[:, None, :]
    arm = log_age - np.log(DECLINE_PIVOT.value)
    shared = RIVER_SPREAD.value**2 + DECLINE_SPREAD.value**2 * arm[:, :, None] * arm[:, None, :]
    ww = shared + SECTION_SPREAD.value**2 * near + np.diag([pulse.width_spread**2 for pulse in pulses])
    ll = shared + LEAD_RIVER_SPREAD.value**2 + LEAD_SECTION_SPREAD.value**2 * near
    ll = ll + np.diag([pulse.lead_spread**2 if ok else 0.0 for pulse, ok in zip(pulses, seen, strict=True)])
    wl = shared + SHARED * SECTION_SPREAD.value * LEAD_SECTION_SPREAD.value * near
    covariance = np.concatenate(
        [np.concatenate([ww, wl], axis=2), np.concatenate([wl.transpose(0, 2, 1), ll], axis=2)], axis=1
    )
    use = np.concatenate([np.ones(len(pulses), dtype=bool), seen])
    covariance = covariance[:, use][:, :, use]
    residual = residual[:, use]
    solved = np.linalg.solve(covariance, residual[..., None])[..., 0]
    _, log_determinant = np.linalg.slogdet(covariance)
    likelihood: NDArray[np.float64] = -0.5 * (np.sum(residual * solved, axis=1) + log_determinant)
    return likelihood
