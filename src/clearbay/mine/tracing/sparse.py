"""What a few samples say: no curve, so hardly when, and next to nothing of the age. Also: which pulses are none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clearbay.mine.tracing.curve import Curve
from clearbay.mine.tracing.notes import note
from clearbay.mine.tracing.pulse import Pulse

ALONE_H = 3.0
"""Width (h) taken for a lone sample, within a factor of seven."""
LEAST_ABOVE, LEAST_BELOW = 0.2, 0.002
"""Part of the largest dose that a pulse above it must have to be of the same cloud, for nothing is gained on the way
but what gauging misses; and one below it, which may have lost most."""


def sparse_pulse(curve: Curve) -> Pulse | None:
    """The highest of a few samples as if it were a peak; None where nothing stands out."""
    time, value = curve.time_h, curve.concentration
    if not len(value):
        return None
    background = float(value.min()) if len(value) >= 3 else 0.0
    top = int(value.argmax())
    height = float(value[top]) - background
    if height <= 1e-9 * max(abs(background), 1e-300) or height <= 0.0:
        return None
    apart = np.diff(time)
    gaps = [float(gap) for gap in (*apart[max(top - 1, 0) : top], *apart[top : top + 1])]
    width = max(gaps) if gaps else ALONE_H
    return Pulse(
        section=curve.section,
        distance_km=curve.distance_km,
        discharge_m3s=curve.discharge_m3s,
        peak_h=float(time[top]),
        peak_error_h=width,
        peak=height,
        background=background,
        noise=0.0,
        width_h=width,
        width_spread=1.2 if gaps else 2.0,
        lead_h=float("nan"),
        lead_spread=float("inf"),
        dose=height * width * 3600.0 * curve.discharge_m3s,
        dose_spread=1.0 if gaps else 1.5,
        duration_h=0.0,
        complete=False,
        warnings=(note("sparse", section=curve.section),),
    )


def of_one_cloud(pulses: Sequence[Pulse | None]) -> list[bool]:
    """Which pulses of a river, from up- to downstream, can be of the cloud with the largest dose.

    Noise passes for a pulse now and then; above the cloud it would put the release there.
    """
    doses = [_dose(pulse) for pulse in pulses]
    if not any(doses):
        return [False] * len(doses)
    top = int(np.argmax(doses))
    return [
        dose > 0.0 and dose >= (LEAST_ABOVE if at < top else LEAST_BELOW) * doses[top] for at, dose in enumerate(doses)
    ]


def _dose(pulse: Pulse | None) -> float:
    """Area of the curve; discharge changes it less than clouds and noise differ, and is not always known."""
    if pulse is None:
        return 0.0
    return pulse.peak * float(np.hypot(pulse.width_h, pulse.duration_h))
