"""What rivers have taught others: every number that the tracing takes from literature, with source and confidence.

Nothing here was fitted to a data set that clearbay ships. ``confidence`` says how the number reached this file: *high*,
read in the source or in two independent renderings of it; *medium*, from a secondary source or derived by the formula
given; *low*, an engineering judgement that no source at hand confirms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

JOBSON = (
    "Jobson, H.E., 1996, Prediction of traveltime and longitudinal dispersion in rivers and streams, USGS WRIR 96-4013"
)
GONZALEZ = (
    "González-Pinzón, R., Haggerty, R., Dentz, M., 2013, Water Resour. Res. 49, 4071-4088, doi:10.1002/wrcr.20280"
)
HACK = "Hack, J.T., 1957, Studies of longitudinal stream profiles in Virginia and Maryland, USGS Prof. Paper 294-B"
FUNKHOUSER = (
    "USGS SIR 2004-5064, traveltime prediction for streams in Arkansas (33 sites against the national equation)"
)
RUNOFF = (
    "Global runoff 359 mm a year, Hydrology Research 51(6), 1238, 2020; 330 mm, Clark et al., J. Hydromet. 16(4), 2015"
)
BOWIE = (
    "Bowie, G.L., et al., 1985, Rates, constants, and kinetics formulations in surface water quality modeling, "
    "EPA/600/3-85/040 (decay of organic matter and nitrification, mostly 0.1 to 0.5 a day)"
)
SAUER = "Sauer, V.B., Meyer, R.W., 1992, Determination of error in individual discharge measurements, USGS OFR 92-144"
JUDGEMENT = "engineering judgement"


@dataclass(frozen=True)
class Fact:
    """One number from outside: its name, value, unit, meaning, source and how far it can be trusted."""

    name: str
    value: float
    unit: str
    meaning: str
    source: str
    confidence: str


UNIT_PEAK = Fact(
    "unit peak", 857.0, "1e-6/s", "unit-peak concentration 1 h after an instantaneous release", JOBSON, "high"
)
UNIT_PEAK_DECLINE = Fact(
    "unit-peak decline", 0.760, "1", "exponent of its decline with the age of the peak, at mean flow", JOBSON, "high"
)
DECLINE_SPREAD = Fact(
    "decline spread",
    0.13,
    "1",
    "standard deviation of that exponent between rivers: 95 % from 0.5, Fickian, to 1.0, width in proportion to age",
    JUDGEMENT,
    "low",
)
DECLINE_PIVOT = Fact(
    "decline pivot", 10.0, "h", "age about which a river's exponent turns: the middle of dye tests", JUDGEMENT, "low"
)
LEADING_EDGE = Fact(
    "leading edge", 0.89, "1", "age of the leading edge over age of the peak, average of rivers", JOBSON, "high"
)
LEADING_EDGE_AGE = Fact(
    "leading-edge age",
    24.0,
    "h",
    "below it the lead shrinks as the width does: long travel times decide a regression through the origin",
    JUDGEMENT,
    "low",
)
SKEWNESS = Fact("skewness", 1.18, "1", "coefficient of skewness of 384 curves of 44 streams", GONZALEZ, "high")
RIVER_SPREAD = Fact(
    "river spread", 0.33, "ln", "scatter of a river's widths about the regression, at the pivot", JUDGEMENT, "low"
)
SECTION_SPREAD = Fact(
    "section spread", 0.20, "ln", "scatter of a section's width about its river's own law", JUDGEMENT, "low"
)
LEAD_RIVER_SPREAD = Fact("lead river spread", 0.20, "ln", "further scatter of a river's leads", JUDGEMENT, "low")
LEAD_SECTION_SPREAD = Fact("lead section spread", 0.30, "ln", "scatter of a section's lead", JUDGEMENT, "low")
SPREAD_MEMORY = Fact(
    "spread memory", 0.6, "ln", "ratio of ages (logarithm) over which a section's deviation is kept", JUDGEMENT, "low"
)
YOUNG_AGE = Fact(
    "young age",
    6.0,
    "h",
    "age at which a section's own deviations have twice their final variance: a young cloud has seen few reaches; "
    "checked on generated rivers only",
    JUDGEMENT,
    "low",
)
VELOCITY_FLOOR = Fact(
    "velocity floor", 0.020, "m/s", "constant of the velocity regression without slope", JOBSON, "high"
)
VELOCITY_FACTOR = Fact("velocity factor", 0.051, "1", "factor of the same regression", JOBSON, "high")
VELOCITY_AREA = Fact("velocity area", 0.821, "1", "exponent of its dimensionless drainage area", JOBSON, "high")
VELOCITY_FLOW = Fact("velocity flow", -0.465, "1", "exponent of its relative discharge Q/Qa", JOBSON, "high")
VELOCITY_RIVER = Fact(
    "velocity river",
    0.42,
    "ln",
    "scatter of a river's velocity about the regression (46 % standard error after regional fitting)",
    FUNKHOUSER,
    "medium",
)
VELOCITY_REACH = Fact("velocity reach", 0.27, "ln", "scatter of places along one river", JUDGEMENT, "low")
VELOCITY_MEMORY = Fact(
    "velocity memory",
    4.0,
    "km/(m3/s)^0.5",
    "length over which a river keeps its velocity, for 1 m3/s: some 500 channel widths",
    JUDGEMENT,
    "low",
)
SPECIFIC_RUNOFF = Fact("specific runoff", 0.011, "m3/s/km2", "mean runoff of the land", RUNOFF, "medium")
STEM_FACTOR = Fact("stem factor", 1.27, "km", "main stem of 1 km2 (Hack's 1.4 in miles)", HACK, "medium")
STEM_EXPONENT = Fact("stem exponent", 0.6, "1", "growth of the main stem with drainage area", HACK, "high")
STEM_SPREAD = Fact(
    "stem spread", 0.65, "ln", "uncertainty of the stem's length from one discharge of one day", JUDGEMENT, "low"
)
LOSS_RATE = Fact("loss rate", 0.005, "1/h", "median first-order loss of a substance that is lost", BOWIE, "medium")
LOSS_SPREAD = Fact("loss spread", 1.0, "ln", "spread of that rate: 90 % from 0.02 to 0.6 a day", BOWIE, "medium")
FLUX_ERROR = Fact(
    "flux error", 0.10, "ln", "error of a section's dose: gauging of 3 to 6 %, mixing, calibration", SAUER, "medium"
)

FACTS: tuple[Fact, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Fact))

GRAVITY = 9.81


def peak_velocity(discharge: float, drainage_km2: float, mean_annual: float) -> float:
    """Velocity of the peak in m/s by Jobson's regression without slope.

    ``discharge`` and ``mean_annual`` in m3/s, ``drainage_km2`` in km2. The report's worked example, 1068 m3/s of
    730 m3/s a year from 48,000 km2, gives 1.01 m/s.
    """
    area = drainage_km2 * 1e6
    dimensionless = area**1.25 * math.sqrt(GRAVITY) / mean_annual
    relative = discharge / mean_annual
    return float(
        VELOCITY_FLOOR.value
        + VELOCITY_FACTOR.value * dimensionless**VELOCITY_AREA.value * relative**VELOCITY_FLOW.value * discharge / area
    )


def typical_velocity(discharge: NDArray[np.float64]) -> NDArray[np.float64]:
    """Velocity of the peak in m/s when only the discharge (m3/s) is known.

    The regression with the day's flow taken as the mean and the drainage area as flow over specific runoff. The area
    nearly cancels: velocity is then 0.02 + 0.21 Q^0.205 whatever the runoff (its exponent is -0.026), so that one
    measured number is enough. Low flows run slower than this, floods faster ((Q/Qa)^0.33): that is in the scatter.
    """
    flow = np.maximum(np.asarray(discharge, dtype=float), 1e-4)
    unit = peak_velocity(1.0, 1.0 / SPECIFIC_RUNOFF.value, 1.0) - VELOCITY_FLOOR.value
    exponent = 1.25 * VELOCITY_AREA.value - VELOCITY_AREA.value
    velocity: NDArray[np.float64] = VELOCITY_FLOOR.value + unit * flow**exponent
    return velocity


def stem_length(discharge: float) -> float:
    """Length in km of the main stem above a place with this discharge (m3/s): mean runoff, then Hack's law."""
    return float(STEM_FACTOR.value * (max(discharge, 1e-4) / SPECIFIC_RUNOFF.value) ** STEM_EXPONENT.value)


def width(age_h: NDArray[np.float64]) -> NDArray[np.float64]:
    """Effective width in h (area of the curve over its peak) of a cloud whose peak is ``age_h`` old."""
    law: NDArray[np.float64] = 1e6 / 3600.0 / UNIT_PEAK.value * np.asarray(age_h, float) ** UNIT_PEAK_DECLINE.value
    return law


def lead(age_h: NDArray[np.float64]) -> NDArray[np.float64]:
    """Time in h by which the leading edge runs before a peak that is ``age_h`` old."""
    age = np.asarray(age_h, float)
    young = np.minimum(age / LEADING_EDGE_AGE.value, 1.0) ** (UNIT_PEAK_DECLINE.value - 1.0)
    law: NDArray[np.float64] = (1.0 - LEADING_EDGE.value) * age * young
    return law
