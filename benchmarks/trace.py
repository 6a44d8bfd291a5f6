"""How well the tracing does: blind on a real dye test, and on generated rivers and curves.

Run with ``python benchmarks/trace.py [--rivers N]``. Three parts, told apart in the output:

1. REAL: the dye test of 1970-03-24 in Antietam Creek (8 curves, one release at 0 km, 0 h, which the solver is not
   told). Nothing was fitted to it; but one river on one day is one sample of rivers, whatever the count of curves.
2. GENERATED RIVERS: independent of the regressions the solver uses: channel geometry by Manning, dispersion by
   Fischer's formula, transient storage, all varying along the river. They test whether intervals keep their word.
3. GENERATED CURVES: one advection-dispersion solution with 5 % noise. They test the arithmetic, not the field.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing import Curve, Trace, curves_from_rows, make_curve, trace
from clearbay.mine.tracing.literature import stem_length

DATA = Path(__file__).parents[1] / "src" / "clearbay" / "data" / "tracer" / "antietam_btc_tidy.csv"


def antietam(column: str = "c_observed") -> tuple[Curve, ...]:
    """The eight curves; discharge and distance as published."""

    def rows() -> Iterator[dict[str, str]]:
        with DATA.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield {
                    "section": row["series"].rsplit(" ", 1)[-1],
                    "distance_km": row["distance_km"],
                    "discharge_m3s": row["discharge_m3s"],
                    "time_h": row["time_since_injection_h"],
                    "concentration": row[column],
                }

    return curves_from_rows(rows())


class River:
    """A generated river: cells of 0.5 km with their own width, slope, dispersion and storage.

    Discharge log-normal about 6 m3/s, growing downstream; width 6 Q^0.5 m; slope about 0.001; depth by Manning. The
    middle values of roughness (0.09, the bends and pools of a reach included), of the factor of Fischer's dispersion
    v^2 w^2 / (h u*) (0.006) and of the storage zones (12 % of the flow area, 20 minutes) were set so that velocity and
    width lie where dye tests lie on average; how they scatter, and how clouds grow along the way, is this model's own:
    its clouds grow more slowly, and lose more skewness, than measured ones do.
    """

    CELL = 500.0

    def __init__(self, rng: np.random.Generator, length_km: float = 135.0) -> None:
        count = int(length_km * 1000 / self.CELL)
        mean_flow = float(np.clip(np.exp(rng.normal(np.log(6.0), 0.7)), 1.0, 16.0))
        growth = rng.uniform(0.0, 1.2)
        self.flow = mean_flow * (1.0 + growth * np.linspace(0.0, 1.0, count))
        width = 6.0 * np.exp(rng.normal(0, 0.25)) * np.sqrt(self.flow) * np.exp(self._field(rng, count, 0.3))
        slope = 1e-3 * np.exp(rng.normal(0, 0.7)) * np.exp(self._field(rng, count, 0.5))
        manning = 0.09 * np.exp(rng.normal(0, 0.3))
        depth = (self.flow * manning / (width * np.sqrt(slope))) ** 0.6
        self.velocity = self.flow / (width * depth)
        shear = np.sqrt(9.81 * depth * slope)
        self.dispersion = 0.006 * self.velocity**2 * width**2 / (depth * shear)
        self.dispersion *= np.exp(rng.normal(0, 0.6) + self._field(rng, count, 0.4))
        self.storage = 0.12 * np.exp(rng.normal(0, 0.6) + self._field(rng, count, 0.4))
        self.residence = 1200.0 * np.exp(rng.normal(0, 0.8) + self._field(rng, count, 0.5))

    @staticmethod
    def _field(rng: np.random.Generator, count: int, spread: float, memory: float = 10.0) -> NDArray[np.float64]:
        keep = np.exp(-1.0 / memory)
        noise = rng.standard_normal(count)
        values = np.empty(count)
        values[0] = noise[0]
        for index in range(1, count):
            values[index] = keep * values[index - 1] + np.sqrt(1 - keep**2) * noise[index]
        return spread * values

    def curve(
        self, rng: np.random.Generator, distance_km: float, *, samples: int = 35, noise: float = 0.03, loss: float = 0.0
    ) -> Curve:
        """The curve of 1 kg released at 0 km, 0 h (concentration in ug/L), sampled as field crews do."""
        cells = slice(0, max(int(distance_km * 1000 / self.CELL), 1))
        v, k, r, tau = self.velocity[cells], self.dispersion[cells], self.storage[cells], self.residence[cells]
        mean = float(np.sum(self.CELL / v * (1 + r)))
        variance = float(np.sum(2 * k * self.CELL / v**3 * (1 + r) ** 2 + 2 * r * tau * self.CELL / v))
        spread = np.sqrt(variance)
        period = 40.0 * spread
        count = 4096
        omega = 2j * np.pi * np.fft.rfftfreq(count, period / count)
        start = max(mean - 12.0 * spread, 0.0)
        slow = omega[:, None] * (1.0 + r / (1.0 + omega[:, None] * tau))
        log_transfer = np.sum(v * self.CELL / (2 * k) * (1.0 - np.sqrt(1.0 + 4.0 * k * slow / v**2)), axis=1)
        density = np.fft.irfft(np.exp(log_transfer + omega * start), count) * count / period
        clock = start + np.arange(count) * period / count
        density = np.maximum(density, 0.0)
        high = np.flatnonzero(density > 0.004 * density.max())
        times = np.linspace(clock[max(high[0] - 2, 0)], clock[high[-1]], samples)
        flow = float(self.flow[cells][-1])
        value = 1e6 / flow * np.interp(times, clock, density) * np.exp(-loss * times / 3600.0)
        value = value * (1 + noise * rng.standard_normal(samples)) + 0.003 * value.max() * rng.standard_normal(samples)
        return make_curve(f"{distance_km:g} km", distance_km, flow, times / 3600.0, np.maximum(value, 0.0))


def uniform_curves(
    rng: np.random.Generator,
    distances: Sequence[float],
    *,
    velocity: float = 0.5,
    dispersion: float = 20.0,
    samples: int = 40,
    noise: float = 0.05,
    of_peak: bool = False,
    origin: float = 10.0,
) -> list[Curve]:
    """Curves of one advection-dispersion solution; noise in proportion to the value, or to the peak."""
    curves = []
    for distance in distances:
        age = distance / 3.6 / velocity
        spread = np.sqrt(2 * dispersion * age * 3600) / velocity / 3600
        times = np.linspace(max(age - 4 * spread, 0.01 * age), age + 6 * spread, samples)
        seconds = times * 3600
        value = np.exp(-((distance * 1000 - velocity * seconds) ** 2) / (4 * dispersion * seconds))
        value *= 1000 / np.sqrt(4 * np.pi * dispersion * seconds)
        value = value + noise * (value.max() if of_peak else value) * rng.standard_normal(samples)
        curves.append(make_curve(f"{distance:g}", origin + distance, 10.0, times, value))
    return curves


class Score:
    """Errors, coverage and times of many solves."""

    def __init__(self) -> None:
        self.place: list[float] = []
        self.moment: list[float] = []
        self.covered: list[tuple[bool, bool]] = []
        self.mass: list[float] = []
        self.weighed: list[bool] = []
        self.milliseconds: list[float] = []
        self.factor: list[float] = []

    def solve(
        self, curves: Sequence[Curve], location: float = 0.0, hour: float = 0.0, mass: float | None = None
    ) -> Trace:
        """Trace and count against the truth; errors relative to distance and age at the first section used."""
        begin = time.perf_counter()
        result = trace(curves)
        self.milliseconds.append((time.perf_counter() - begin) * 1e3)
        distance = min(curve.distance_km for curve in curves) - location
        self.place.append((location - result.location_km.median) / distance)
        self.moment.append((hour - result.time_h.median) / (result.pulses[0].peak_h - hour))
        self.covered.append(
            (
                result.location_km.low <= location <= result.location_km.high,
                result.time_h.low <= hour <= result.time_h.high,
            )
        )
        self.factor.append(result.distance_km.high / result.distance_km.low)
        if mass is not None and result.mass is not None:
            self.mass.append(result.mass.median / mass - 1.0)
            self.weighed.append(result.mass.low <= mass <= result.mass.high)
        return result

    def line(self, name: str) -> str:
        """One line of the report."""
        place, moment = np.abs(self.place), np.abs(self.moment)
        covered = np.array(self.covered)
        return (
            f"{name:<44} n={len(place):<4} location {np.median(place):6.1%}"
            f" (9 in 10 below {np.quantile(place, 0.9):6.1%})  time {np.median(moment):6.1%}"
            f"  in 90 % interval: place {covered[:, 0].mean():4.0%},"
            f" time {covered[:, 1].mean():4.0%}"
            + (f", mass {np.mean(self.weighed):4.0%} (error {np.median(np.abs(self.mass)):.0%})" if self.mass else "")
            + f"  interval x{np.median(self.factor):.3g}"
            f"  {np.median(self.milliseconds):.0f} ms (max {max(self.milliseconds):.0f})"
        )


def real() -> None:
    """The dye test: every section alone, every adjacent pair, every adjacent three, all."""
    print("REAL  Antietam Creek, USGS dye test of 1970-03-24, release unknown to the solver, nothing calibrated on it")
    for column in ("c_observed", "c_discharge_adjusted"):
        curves = antietam(column)
        for count, name in (
            (1, "one section"),
            (2, "two adjacent sections"),
            (3, "three adjacent sections"),
            (8, "all"),
        ):
            score = Score()
            for start in range(len(curves) - count + 1):
                score.solve(curves[start : start + count])
            print(" ", score.line(f"{name} ({column})"))
            print("     signed location errors:", " ".join(f"{error:+.0%}" for error in score.place))


def rivers(count: int) -> None:
    """Generated rivers: one section at random, and the next ones 4 to 15 km apart."""
    print(f"GENERATED RIVERS  {count} rivers with transient storage, 3 % noise; not field accuracy")
    rng = np.random.default_rng(11)
    scores = {"one section": Score(), "two adjacent sections": Score(), "three adjacent sections": Score()}
    for _ in range(count):
        river = River(rng)
        # The release lies anywhere on the main stem above the first section, as likely here as there.
        first = float(rng.uniform(2.0, min(stem_length(float(river.flow[0])), 105.0)))
        places = [first, first + float(rng.uniform(4.0, 15.0))]
        places.append(places[1] + float(rng.uniform(4.0, 15.0)))
        # Half the substances are conservative; the others are lost by 0.05 to 0.5 a day. Gauging is 6 % off.
        loss = 0.0 if rng.random() < 0.5 else float(np.exp(rng.uniform(np.log(0.05 / 24), np.log(0.5 / 24))))
        gauged = [np.exp(0.06 * rng.standard_normal()) for _ in places]
        curves = [river.curve(rng, place, loss=loss) for place in places]
        curves = [replace(one, discharge_m3s=one.discharge_m3s * by) for one, by in zip(curves, gauged, strict=True)]
        for number, score in enumerate(scores.values(), start=1):
            score.solve(curves[:number], mass=1e6)
    for name, score in scores.items():
        print(" ", score.line(name))


def random_curves(count: int = 200) -> None:
    """Generated curves with everything drawn: velocity, dispersion, sections, samples, origin."""
    print(f"GENERATED CURVES  {count} random cases, 5 % noise of each value; not field accuracy")
    rng = np.random.default_rng(17)
    score, kinds = Score(), {2: 0, 3: 0, 4: 0}
    for _ in range(count):
        number = int(rng.integers(2, 5))
        kinds[number] += 1
        gaps = rng.uniform(2.0, 12.0, number)
        score.solve(
            uniform_curves(
                rng,
                np.cumsum(gaps).tolist(),
                velocity=float(rng.uniform(0.2, 1.2)),
                dispersion=float(np.exp(rng.uniform(np.log(5.0), np.log(80.0)))),
                samples=int(rng.integers(30, 101)),
                origin=10.0,
            ),
            10.0,
            0.0,
        )
    place, moment = np.abs(score.place), np.abs(score.moment)
    print(" ", score.line(", ".join(f"{cases} with {number} sections" for number, cases in kinds.items())))
    print(f"     within 2.5 %: place {np.mean(place <= 0.025):.0%}, time {np.mean(moment <= 0.025):.0%}")


def curves(count: int = 100) -> None:
    """Generated curves of one advection-dispersion solution."""
    print("GENERATED CURVES  one advection-dispersion solution, 5 % noise; not field accuracy")
    for of_peak in (False, True):
        for distances in ((5.0, 10.0), (5.0, 10.0, 20.0), (8.0, 12.0, 16.0, 20.0)):
            for samples in (30, 100):
                rng = np.random.default_rng(7)
                score = Score()
                for _ in range(count):
                    score.solve(uniform_curves(rng, distances, samples=samples, of_peak=of_peak), 10.0, 0.0)
                kind = "of the peak" if of_peak else "of the value"
                print(" ", score.line(f"{len(distances)} sections, {samples} samples, 5 % {kind}"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivers", type=int, default=200, help="how many generated rivers")
    chosen = parser.parse_args()
    real()
    rivers(chosen.rivers)
    random_curves()
    curves()
