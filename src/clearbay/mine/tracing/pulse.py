"""What one curve says by itself: its peak, width, lead and dose, and what is wrong with it.

Definitions after Jobson 1996: *width* is the area of the curve over its peak, the reciprocal of the unit-peak
concentration; *lead* is the time from the leading edge (2 % of the peak) to the peak; *dose* is discharge times area,
the mass that passed. A curve with a flat top is read by its rising front, which for a long release is the running sum
of the pulse that an instantaneous one would have given (superposition).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.curve import FEWEST, Curve
from clearbay.mine.tracing.literature import SKEWNESS
from clearbay.mine.tracing.notes import note

EDGE = 0.02
"""Fraction of the peak at which the leading edge is read: about the first detection in dye tests."""
CUT = 0.10
"""Fraction of the peak above which the record's first or last sample means that the curve was cut."""
FLAT_TOP = 0.50
"""Time above 80 % over time above 20 % of the peak beyond which a release lasted.

A normal curve has 0.37, the standard pulse 0.36; a release twice as long as the pulse's width gives 0.5. Shorter ones
pass for instantaneous, and the cloud for older than it is.
"""


@dataclass(frozen=True)
class Pulse:
    """The measures of one curve; times in h, dose in concentration unit times m3, spreads as logarithms.

    ``duration_h`` is 0 for a pulse, else the time over which the release must have lasted; ``complete`` is false when
    the dose is only what was seen or extrapolated; ``lead_h`` is NaN where the front was not seen.
    """

    section: str
    distance_km: float
    discharge_m3s: float
    peak_h: float
    peak_error_h: float
    peak: float
    background: float
    noise: float
    width_h: float
    width_spread: float
    lead_h: float
    lead_spread: float
    dose: float
    dose_spread: float
    duration_h: float
    complete: bool
    warnings: tuple[str, ...]


def _standard() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The standard pulse (gamma of the skewness of rivers): time in its own widths, height, running sum, lead time."""
    shape = (2.0 / SKEWNESS.value) ** 2
    time = np.linspace(0.0, 14.0, 4001)[1:]
    height = np.exp((shape - 1.0) * np.log(time) - time)
    height /= height.max()
    step = time[1] - time[0]
    area = height.sum() * step
    return time / area, height, np.cumsum(height) * step / area, (time[height.argmax()] - time) / area


_TIME, _HEIGHT, _SUM, _LEAD = _standard()
STANDARD_VARIANCE = float(np.average((_TIME - np.average(_TIME, weights=_HEIGHT)) ** 2, weights=_HEIGHT))
"""Variance of the standard pulse, in squared widths."""
_FRONT = slice(0, int(_HEIGHT.argmax()) + 1)


def _front_lead(fraction: float) -> float:
    """Lead of the standard pulse, in its widths, read at this fraction of the peak."""
    return float(np.interp(fraction, _HEIGHT[_FRONT], _LEAD[_FRONT]))


_FRONT_SPAN = float(np.interp(0.84, _SUM, _TIME) - np.interp(0.16, _SUM, _TIME))
"""Time between 16 and 84 % of the running sum of the standard pulse, in its widths."""
_FRONT_MODE = float(_SUM[_HEIGHT.argmax()])
"""Running sum of the standard pulse at its peak."""


def find_pulse(curve: Curve) -> Pulse | None:
    """The pulse in a curve, or None when nothing stands out of background and noise."""
    time, value = curve.time_h, curve.concentration
    if len(time) < FEWEST:
        return None
    warnings: list[str] = []
    name = curve.section
    background, noise, roughness = _background(value)
    raised = value - background
    top = float(raised.max())
    if (
        top <= max(5.0 * noise, 5.0 * roughness, 1e-12 * abs(background))
        or np.count_nonzero(raised > max(0.05 * top, 3.0 * noise)) < 3
    ):
        return None
    keep = _main_pulse(raised, noise)
    if np.count_nonzero(raised[~keep] > 0.35 * raised.max()) >= 2:
        warnings.append(note("several_pulses", section=name))
    time, raised = time[keep], raised[keep]
    if len(time) < FEWEST:
        return None
    index, peak_h, peak = _peak(time, raised)
    step = float(np.median(np.diff(time[max(index - 3, 0) : index + 4])))
    area, tail, cut_front, cut_tail, peak_seen = _area(time, raised, index, peak)
    if not peak_seen:
        warnings.append(note("no_peak", section=name))
    if cut_front:
        warnings.append(note("cut_front", section=name))
    if cut_tail and peak_seen:
        warnings.append(note("cut_tail", section=name, share=f"{tail:.0%}"))
    if np.count_nonzero(raised > 0.5 * peak) < 3:
        warnings.append(note("few_samples", section=name))
    duration = _duration(time, raised, peak)
    width = area / peak
    width_variance = 0.05**2 + (0.35 * tail) ** 2 + (0.3 * step / width) ** 2
    lead, lead_variance = _lead(time, raised, index, peak_h, peak, noise, width)
    peak_error = float(np.hypot(0.3 * step, 0.03 * width))
    if duration > 0.0:
        warnings.append(note("flat_top", section=name, hours=f"{duration:.3g}"))
        width, peak_h = _front(time, raised, peak)
        width_variance += 0.2**2
        lead, lead_variance = float("nan"), float("inf")
        peak_error = float(np.hypot(0.5 * step, 0.1 * width))
    if not peak_seen:
        width_variance += 0.8**2
        lead, lead_variance = float("nan"), float("inf")
        peak_error = float(np.hypot(peak_error, 0.7 * width))
    return Pulse(
        section=curve.section,
        distance_km=curve.distance_km,
        discharge_m3s=curve.discharge_m3s,
        peak_h=peak_h,
        peak_error_h=peak_error,
        peak=peak,
        background=background,
        noise=noise,
        width_h=width,
        width_spread=float(np.sqrt(width_variance)),
        lead_h=lead,
        lead_spread=float(np.sqrt(lead_variance)),
        dose=area * 3600.0 * curve.discharge_m3s,
        dose_spread=float(np.sqrt((0.5 * tail) ** 2 + (0.3 * step / width) ** 2 + (0.0 if peak_seen else 0.5**2))),
        duration_h=duration,
        complete=peak_seen and tail < 0.3,
        warnings=tuple(warnings),
    )


def _background(value: NDArray[np.float64]) -> tuple[float, float, float]:
    """Level and noise of the samples before the cloud, and the roughness of all low samples.

    With fewer than three samples before the cloud the level is that of the lowest tenth, and the noise unknown (0).
    """
    calm = value.copy()
    if len(value) >= 7:
        calm[2:-2] = np.sort(np.stack([value[shift : len(value) - 4 + shift] for shift in range(5)]), axis=0)[2]
        calm[:2], calm[-2:] = np.median(value[:3]), np.median(value[-3:])
    top = int(calm.argmax())
    low = float(np.quantile(calm, 0.1))
    height = float(calm[top]) - low
    bends = value[1:-1] - 0.5 * (value[:-2] + value[2:])
    quiet = calm[1:-1] < low + 0.3 * height
    roughness = float(1.4826 * np.median(np.abs(bends[quiet])) / np.sqrt(1.5)) if np.count_nonzero(quiet) > 4 else 0.0
    foot = low + max(0.03 * height, 2.0 * roughness)
    rise = top
    while rise > 0 and calm[rise - 1] > foot:
        rise -= 1
    # The last sample before the rise may already be its foot.
    before = value[: max(rise - 1, 0)]
    if len(before) >= 3:
        level = float(np.median(before))
        return level, float(1.4826 * np.median(np.abs(before - level))), roughness
    return float(np.median(np.sort(value)[: max(len(value) // 10, 3)])), 0.0, roughness


def _main_pulse(raised: NDArray[np.float64], noise: float) -> NDArray[np.bool_]:
    """The samples that belong to the highest pulse: cut at the valleys that part it from another."""
    calm = raised.copy()
    if len(calm) > 6:
        calm[1:-1] = np.sort(np.stack([raised[:-2], raised[1:-1], raised[2:]]), axis=0)[1]
    top = int(calm.argmax())
    keep = np.ones(len(raised), dtype=bool)
    floor = max(0.1 * calm[top], 3.0 * noise)
    for step, end in ((-1, -1), (1, len(calm))):
        lowest, place = calm[top], top
        for index in range(top + step, end, step):
            if calm[index] < lowest:
                lowest, place = calm[index], index
            elif calm[index] > max(0.3 * calm[top], 2.0 * lowest) and calm[index] - lowest > floor:
                keep[: place + 1 if step < 0 else 0] = False
                keep[place if step > 0 else len(keep) :] = False
                break
    return keep


def _peak(time: NDArray[np.float64], raised: NDArray[np.float64]) -> tuple[int, float, float]:
    """Index, time and height of the peak: the vertex of a parabola through the logarithms of the top 40 %."""
    index = int(raised.argmax())
    top = float(raised[index])
    first, last = index, index
    while first > 0 and raised[first - 1] > 0.6 * top:
        first -= 1
    while last < len(raised) - 1 and raised[last + 1] > 0.6 * top:
        last += 1
    first, last = max(min(first, index - 1), 0), min(max(last, index + 1), len(raised) - 1)
    near = slice(first, last + 1)
    if last - first >= 2 and np.all(raised[near] > 0):
        scale = float(time[last] - time[first])
        a, b, c = np.polyfit((time[near] - time[index]) / scale, np.log(raised[near]), 2)
        if a < 0:
            vertex = -b / (2.0 * a) * scale
            if time[first] <= time[index] + vertex <= time[last]:
                height = float(np.exp(c - b * b / (4.0 * a)))
                return index, float(time[index] + vertex), float(np.clip(height, 0.8 * top, 1.3 * top))
    return index, float(time[index]), top


def _area(
    time: NDArray[np.float64], raised: NDArray[np.float64], index: int, peak: float
) -> tuple[float, float, bool, bool, bool]:
    """Area under the curve, the share of it that was extrapolated, and where the record was cut."""
    seen = max(float(np.trapezoid(raised, time)), 1e-30)
    peak_seen = 0 < index < len(raised) - 1
    first, last = float(raised[0]), float(raised[-1])
    cut_front, cut_tail = first > CUT * peak, last > CUT * peak
    added = 0.0
    half = float(np.ptp(time[raised > 0.5 * peak])) if np.count_nonzero(raised > 0.5 * peak) > 1 else 0.0
    half = max(half, float(np.median(np.diff(time))))
    if cut_front:
        added += 0.4 * first * half
    if cut_tail:
        falling = np.arange(len(raised)) > index
        falling &= (raised < 0.7 * peak) & (raised > 0)
        rate = 0.0
        if np.count_nonzero(falling) >= 3:
            rate = -float(np.polyfit(time[falling], np.log(raised[falling]), 1)[0])
        added += last * (min(1.0 / rate, 2.0 * half) if rate > 0 else half)
    if not peak_seen:
        added += 0.7 * seen
    return seen + added, added / (seen + added), cut_front, cut_tail, peak_seen


def _lead(
    time: NDArray[np.float64],
    raised: NDArray[np.float64],
    index: int,
    peak_h: float,
    peak: float,
    noise: float,
    width: float,
) -> tuple[float, float]:
    """Lead in h and the variance of its logarithm; read higher up, and scaled, where noise or a cut hides the edge."""
    fraction = max(EDGE, 4.0 * noise / peak, 1.05 * float(max(raised[0], 0.0)) / peak)
    if fraction > 0.5 or index == 0:
        return float("nan"), float("inf")
    place = index
    while place > 0 and raised[place - 1] >= fraction * peak:
        place -= 1
    if place == 0:
        return float("nan"), float("inf")
    below, above = raised[place - 1], raised[place]
    edge = time[place - 1] + (time[place] - time[place - 1]) * (fraction * peak - below) / (above - below)
    scale = _front_lead(EDGE) / _front_lead(fraction)
    lead = (peak_h - float(edge)) * scale
    if lead <= 0.05 * width:
        return float("nan"), float("inf")
    step = float(time[place] - time[place - 1])
    return lead, 0.1**2 + (0.4 * step / lead) ** 2 + (0.4 * (scale - 1.0)) ** 2


def _duration(time: NDArray[np.float64], raised: NDArray[np.float64], peak: float) -> float:
    """How long the release must have lasted, from a flat top; 0 for a pulse."""
    inside = np.flatnonzero(raised > 0.2 * peak)
    top = np.flatnonzero(raised > 0.8 * peak)
    # Noise widens a top made of few samples, so that a flat one needs some.
    if len(top) < 6 or len(inside) < 8:
        return 0.0
    low = float(time[inside[-1]] - time[inside[0]])
    high = float(time[top[-1]] - time[top[0]])
    return float(np.ptp(time[raised > 0.5 * peak])) if high > FLAT_TOP * low else 0.0


def _front(time: NDArray[np.float64], raised: NDArray[np.float64], peak: float) -> tuple[float, float]:
    """Width and peak time of the pulse whose running sum the rising front is."""
    level = float(np.median(raised[raised > 0.8 * peak]))
    first = int(np.flatnonzero(raised > 0.8 * level)[0])
    rising = np.maximum.accumulate(raised[: first + 1])
    later = np.flatnonzero(raised >= 0.97 * level)
    last = int(later[later >= first][0]) if np.any(later >= first) else first
    rising = np.maximum.accumulate(raised[: last + 1]) / level
    clock = time[: last + 1] + 1e-9 * np.arange(last + 1)
    early, middle, late = (float(np.interp(part, rising, clock)) for part in (0.16, _FRONT_MODE, 0.84))
    return max((late - early) / _FRONT_SPAN, 1e-6), middle
