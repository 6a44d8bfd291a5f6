"""Every function of the registry that runs over tables, in its variants, with readings that reach its corners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay import packs
from clearbay.mine import (
    aqhi,
    aqhi_periods,
    attainment_classes,
    eutrophication_periods,
    objective_results,
    period_classes,
    period_items,
    round_gbt8170,
    sample_items,
    samples_classes,
)
from clearbay.mine.air_statistics import daily_values, exceedances, year_statistics
from clearbay.mine.aqi import aqi_daily, aqi_hourly, aqi_of_days
from clearbay.mine.beach import beach_weeks, beach_years
from clearbay.mine.discharge import discharge_days
from clearbay.mine.frames import frame_of
from clearbay.mine.organic import organic_pollution_indices
from clearbay.mine.rating import by_item_means, rated, section_means
from clearbay.mine.river_wqi import river_wqi_samples
from clearbay.mine.shares import class_shares
from clearbay.mine.trophic import trophic_indices
from tests.mine.standards import OBJECTIVES, SEA, SURFACE
from tests.mine.tables import readings

FRESH, MARINE = packs.standard("cn.gb3838-2002"), packs.standard("cn.gb3097-1997")
AQHI = packs.versions("hk.aqhi")
RATING, BEACH = packs.rule("cn.2011-22"), packs.standard("hk.beach")
AIR_STATISTICS, AIR_LIMITS = packs.rule("cn.hj663-2026"), packs.rule("cn.gb3095-2026")
AQI_2012, AQI_2026 = packs.rule("cn.hj633-2012"), packs.rule("cn.hj633-2026")


@dataclass(frozen=True)
class Kernel:
    """A function over a table, ready to run: what it stands for in the registry, and the readings it gets."""

    function: Callable[..., Any]
    run: Callable[[Any], Any]
    table: Callable[[], pa.Table]
    """Made when asked for."""


def water() -> pa.Table:
    """Two rivers, a lake and a sea station with depths: values at limits, between them, censored, flagged, counted."""
    rows: list[tuple[Any, ...]] = []
    values = {
        "pH": (7.5, 6.0, 9.1), "DO": (7.5, 4.95, 2.4), "DO_sat": (91.0, 89.5, 60.0), "CODMn": (2.0, 6.1, "<0.5"),
        "NH3N": ("<0.025", 1.0, 2.35), "TP": (0.02, 0.055, ">0.4"), "TN": (0.2, 1.1, 2.5), "BOD5": (3.0, "<4.0", 6.0),
        "F": (1.0, 1.05, "<0.05"), "Hg": (0.00005, "<0.001", 0.0001), "DIN": (0.2, 0.305, 0.6),
        "DIP": (0.015, 0.0302, "<0.002"), "Coliform": (0.0, 10000.0, "<200"), "CODMn_alk": (2.0, 3.5, 5.0),
        "E_coli": (610.0, "<1", 5e4),
    }  # fmt: skip
    for code, own in values.items():
        for day, value in zip((0, 20, 200), own, strict=True):
            for station in ("a", "b", "lake"):
                rows.append((station, code, value, "", day + (3 if station == "b" else 0)))
            for depth in ("surface", "middle", "bottom")[: 1 + day // 100 + 1]:
                rows.append(("sea", code, value, depth, day))
    rows += [("a", "CODMn", 99.0, "", 40, 4), ("b", "NH3N", float("nan"), "", 5), ("a", "TP", 0.3, "", 366)]
    rows += [("a", "E_coli", 20.0 * 3**week, "", 100 + 7 * week) for week in range(6)]
    return readings(*rows)


def air() -> pa.Table:
    """Three days of hourly pollutants with gaps, across the change from one version of each index to the next."""
    changes = (datetime(2025, 3, 20, 4), datetime(2026, 2, 27, 4))
    rows = []
    for start in changes:
        for hour in range(72):
            for code, level in {"NO2": 40, "SO2": 9, "O3": 90, "CO": 0.9, "PM10": 80, "PM2_5": 45}.items():
                if (hour * 7 + len(code)) % 23:
                    rows.append(
                        ("air", code, "", start + timedelta(hours=hour), level * (0.2 + (hour * 5 % 17) / 6), "")
                    )
    names = ("station", "property", "depth", "time", "value", "censoring")
    types = (pa.string(), pa.string(), pa.string(), pa.timestamp("us"), pa.float64(), pa.string())
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, zip(*rows, strict=True), types, strict=True)})


def _classes(standard: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda data: period_classes(period_items(data, standard, **options), standard)


def _rounded(decimals: int) -> Callable[[Any], Any]:
    value = round_gbt8170(nw.col("value"), decimals)
    return lambda data: (
        frame_of(data).filter(~nw.col("value").is_nan()).select("station", "row", value.alias("rounded"))
    )


def _shares(data: Any) -> Any:
    return class_shares(_classes(FRESH)(data), {"a": "north", "b": "north", "lake": "south"})


def _rating(data: Any) -> Any:
    return rated(_classes(FRESH)(data), RATING, by=["period"])


def _air_year(data: Any) -> Any:
    return year_statistics(daily_values(data, AIR_STATISTICS), AIR_STATISTICS, AIR_LIMITS)


_ZONES = {"sea": "z", "a": "z.inner"}
_LAKE = {"lake": "lake"}
_PERIODS = [
    (f"{granularity}-{depth}", {"granularity": granularity, "depth": depth})
    for granularity, depth in (
        ("year", "mean"), ("season", "mean"), ("month", "mean"), ("year", "surface"), ("year", "middle"),
        ("month", "bottom"),
    )
]  # fmt: skip


def _bind(function: Callable[..., Any], *arguments: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda data: function(data, *arguments, **options)


def _kernels() -> dict[str, Kernel]:
    of_water, of_air = partial(Kernel, table=water), partial(Kernel, table=air)
    found = {
        "samples-fresh-river": of_water(samples_classes, _bind(samples_classes, FRESH)),
        "samples-fresh-lake": of_water(samples_classes, _bind(samples_classes, FRESH, water_type="lake")),
        "samples-fresh-by-station": of_water(samples_classes, _bind(samples_classes, FRESH, water_type=_LAKE)),
        "samples-sea": of_water(samples_classes, _bind(samples_classes, MARINE)),
        "samples-by-row": of_water(samples_classes, _bind(samples_classes, FRESH, keys=("row",))),
        "samples-made": of_water(samples_classes, _bind(samples_classes, SURFACE)),
        "items-fresh": of_water(samples_classes, _bind(sample_items, FRESH)),
        "items-target": of_water(samples_classes, _bind(sample_items, FRESH, target="II")),
        "items-sea": of_water(samples_classes, _bind(sample_items, MARINE)),
        "objectives": of_water(objective_results, _bind(objective_results, OBJECTIVES, _ZONES)),
        "objectives-attained": of_water(
            objective_results, lambda data: attainment_classes(objective_results(data, OBJECTIVES, _ZONES), OBJECTIVES)
        ),
        "eutrophication-year": of_water(eutrophication_periods, eutrophication_periods),
        "eutrophication-month": of_water(eutrophication_periods, _bind(eutrophication_periods, granularity="month")),
        "shares-of-areas": of_water(class_shares, _shares),
        "rating": of_water(rated, _rating),
        "rating-by-item-means": of_water(by_item_means, _bind(by_item_means, FRESH, RATING, by=["station"])),
        "section-means": of_water(section_means, _bind(section_means, FRESH, keys=["station"])),
        "trophic": of_water(trophic_indices, _bind(trophic_indices, packs.rule("cn.tli"))),
        "organic": of_water(
            organic_pollution_indices, _bind(organic_pollution_indices, packs.rule("cn.organic-pollution"), MARINE)
        ),
        "river-wqi": of_water(river_wqi_samples, _bind(river_wqi_samples, packs.rule("hk.river-wqi"))),
        "beach-years": of_water(beach_years, _bind(beach_years, BEACH)),
        "beach-weeks": of_water(beach_weeks, _bind(beach_weeks, BEACH)),
        "discharge": of_water(discharge_days, _bind(discharge_days, packs.rule("cn.gb18918-2002"), "1A")),
        "air-year": of_air(year_statistics, _air_year),
        "air-exceedances": of_air(exceedances, _bind(exceedances, AIR_LIMITS, grade="II")),
        "aqhi-2013": of_air(aqhi, _bind(aqhi, AQHI[:1])),
        "aqhi-by-date": of_air(aqhi, _bind(aqhi, AQHI)),
        "aqhi-day": of_air(aqhi, lambda data: aqhi_periods(aqhi(data, AQHI), granularity="day")),
        "aqhi-month": of_air(aqhi, lambda data: aqhi_periods(aqhi(data, AQHI), granularity="month")),
        "aqi-hourly-2012": of_air(aqi_hourly, _bind(aqi_hourly, [AQI_2012], by_date=False)),
        "aqi-hourly-2026": of_air(aqi_hourly, _bind(aqi_hourly, [AQI_2026], by_date=False)),
        "aqi-daily-by-date": of_air(aqi_daily, _bind(aqi_daily, [AQI_2012, AQI_2026])),
        "aqi-of-days": of_air(aqi_of_days, _bind(aqi_of_days, [AQI_2026], by_date=False)),
    }
    for name, standard, options in (("fresh", FRESH, {"water_type": _LAKE}), ("sea", MARINE, {}), ("made", SEA, {})):
        for words, period in _PERIODS if name == "fresh" else _PERIODS[::2]:
            both = {**options, **period}
            found[f"period-{name}-{words}"] = of_water(period_items, _bind(period_items, standard, **both))
            found[f"class-{name}-{words}"] = of_water(period_classes, _classes(standard, **both))
    for name, profiles in (("some-profiles", {"sea"}), ("no-profiles", ())):
        found[f"period-fresh-{name}"] = of_water(period_items, _bind(period_items, FRESH, profiles=profiles))
        found[f"period-sea-{name}"] = of_water(period_items, _bind(period_items, MARINE, profiles=profiles))
    for decimals in (0, 2, -2):
        found[f"rounding-{decimals}"] = of_water(round_gbt8170, _rounded(decimals))
    return found


KERNELS: Mapping[str, Kernel] = _kernels()
