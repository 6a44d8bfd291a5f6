"""How much was released: what passed the sections, and what may have been lost on the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.literature import FLUX_ERROR, LOSS_RATE, LOSS_SPREAD
from clearbay.mine.tracing.notes import note
from clearbay.mine.tracing.posterior import INTERVAL, Estimate, Posterior
from clearbay.mine.tracing.pulse import Pulse

RATES = np.concatenate([[0.0], np.exp(np.linspace(np.log(1e-4), np.log(1.0), 60))])
"""First-order loss rates tried, 1/h: conservative, then from hardly to gone within hours."""
CONSERVATIVE = 0.5
"""Probability beforehand that an unknown substance is not lost at all."""
_SCORES = np.array([-1.9, -1.2, -0.7, -0.25, 0.25, 0.7, 1.2, 1.9])
"""Points that stand for a normal spread; their variance is 1.28, so they are scaled."""
_SCORES = _SCORES / _SCORES.std()


def released_mass(
    posterior: Posterior, pulses: Sequence[Pulse], doses: NDArray[np.float64] | None = None
) -> tuple[Estimate | None, float, tuple[str, ...]]:
    """Mass (unit of concentration times m3), the median loss rate (1/h), and warnings.

    Several sections measure the loss between them; one leaves it to the prior. Without discharge there is no mass.
    """
    flows = np.array([pulse.discharge_m3s for pulse in pulses])
    amounts = np.array([pulse.dose for pulse in pulses]) if doses is None else doses
    good = np.isfinite(flows) & np.isfinite(amounts) & (amounts > 0)
    if not good.any():
        return None, float("nan"), (note("no_mass"),)
    log_dose = np.log(amounts[good])
    lag = np.array([pulse.peak_h - pulses[0].peak_h for pulse in pulses])[good]
    variance = np.array([FLUX_ERROR.value**2 + pulse.dose_spread**2 for pulse in pulses])[good]
    precision = 1.0 / variance
    ages, age_weight = posterior.ages()
    order = np.argsort(ages)
    # A few dozen ages suffice: the loss on the way is far less certain than the age.
    stride = max(len(ages) // 30, 1)
    ages, age_weight = ages[order], age_weight[order]
    starts = np.arange(0, len(ages), stride)
    ages = np.add.reduceat(ages * age_weight, starts) / np.maximum(np.add.reduceat(age_weight, starts), 1e-300)
    age_weight = np.add.reduceat(age_weight, starts)
    since = np.maximum(ages[:, None] + lag[None, :], 0.0)
    # Log mass by rate and age: each section's dose brought back to the release.
    backed = log_dose[None, None, :] + RATES[None, :, None] * since[:, None, :]
    mean = backed @ precision / precision.sum()
    misfit = ((backed - mean[..., None]) ** 2) @ precision
    prior = np.exp(-0.5 * ((np.log(RATES[1:]) - np.log(LOSS_RATE.value)) / LOSS_SPREAD.value) ** 2)
    prior = np.concatenate([[CONSERVATIVE], (1.0 - CONSERVATIVE) * prior / prior.sum()])
    rate_weight = prior[None, :] * np.exp(-0.5 * (misfit - misfit.min(axis=1, keepdims=True)))
    rate_weight /= rate_weight.sum(axis=1, keepdims=True)
    weight = age_weight[:, None] * rate_weight
    values = (mean[..., None] + _SCORES / np.sqrt(precision.sum())).ravel()
    weights = np.repeat(weight.ravel(), len(_SCORES))
    order = np.argsort(values)
    sums = np.cumsum(weights[order])
    low, median, high = np.exp(np.interp(INTERVAL, (sums - 0.5 * weights[order]) / sums[-1], values[order]))
    by_rate = np.cumsum(weight.sum(axis=0))
    rate = float(np.interp(0.5, by_rate / by_rate[-1], RATES))
    return Estimate(float(median), float(low), float(high)), rate, _remarks(log_dose, variance, pulses, good)


def _remarks(
    log_dose: NDArray[np.float64], variance: NDArray[np.float64], pulses: Sequence[Pulse], good: NDArray[np.bool_]
) -> tuple[str, ...]:
    if len(log_dose) == 1:
        return (note("loss_unknown"),)
    change = float(log_dose[-1] - log_dose[0])
    doubt = 2.0 * float(np.sqrt(variance[0] + variance[-1]))
    if change > doubt:
        return (note("dose_grows", share=f"{np.expm1(change):.0%}"),)
    if change < -doubt:
        return (note("dose_falls", share=f"{-np.expm1(change):.0%}"),)
    return ()
