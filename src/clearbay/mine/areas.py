"""Rivers, basins, cities and sea areas rated section by section: classes, rating, main pollutants, all in one answer.

From readings to sections (each item averaged over its samplings, judged by the worst) to areas (``rating``,
``main_pollutants``). Where classes are given instead of readings the rating needs no items; what cannot be told without
them (few sections, main pollutants) is said to be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay.mine.frames import to_arrow
from clearbay.mine.main_pollutants import MainPollutant, exceeding, of_area, of_section
from clearbay.mine.rating import by_item_means, rate, rating_rule, section_means, share_of
from clearbay.mine.single_factor import sample_items, samples_classes
from clearbay.model.rule import Rule
from clearbay.model.standard import Standard


@dataclass(frozen=True, slots=True)
class SectionRating:
    """One section: its class, the items that decide it, its main pollutants; class empty where nothing was judged."""

    section: str
    grade: str
    determinants: tuple[str, ...]
    main_pollutants: tuple[MainPollutant, ...]


@dataclass(frozen=True, slots=True)
class AreaRating:
    """One area. ``basis`` is ``shares``, or ``item_means`` where it has too few sections for shares.

    ``counts`` are its sections by class, ``shares`` the same in per cent; ``rating`` is empty where it cannot be told:
    ``missing`` says what for. ``grade`` and ``determinants`` are those of the means (for ``item_means`` only).
    ``main_pollutants`` of an area with few sections stand with its sections.
    """

    area: str
    sections: tuple[SectionRating, ...]
    counts: Mapping[str, int]
    shares: Mapping[str, float]
    basis: str
    rating: str
    grade: str
    determinants: tuple[str, ...]
    main_pollutants: tuple[MainPollutant, ...]
    missing: tuple[str, ...]


def rate_areas(
    readings: object,
    areas: Mapping[str, str],
    rule: Rule,
    standard: Standard,
    *,
    water_types: Mapping[str, str] | None = None,
    classes: Mapping[str, str] | None = None,
) -> tuple[AreaRating, ...]:
    """Rate every area that ``areas`` names (section -> area), in the order in which it names them.

    ``readings`` has station, property, value and censoring; ``classes`` (section -> class) are taken as they are in
    place of those that the readings would give.
    """
    known = rating_rule(rule)
    means = section_means(readings, standard, keys=["station"])
    judged = to_arrow(samples_classes(means, standard, keys=("station",), water_type=water_types)).to_pylist()
    items = to_arrow(sample_items(means, standard, keys=("station",), water_type=water_types)).to_pylist()
    verdicts = {row["station"]: row for row in judged}
    by_section: dict[str, list[dict[str, Any]]] = {}
    for row in items:
        by_section.setdefault(row["station"], []).append(row)
    named = "main_pollutants" in rule.parameters
    sections = {}
    for section in areas:
        verdict = verdicts.get(section, {})
        grade = (classes or {}).get(section) or str(verdict.get("class", ""))
        determining = tuple(filter(None, str(verdict.get("determinants", "")).split(";")))
        main = of_section(by_section.get(section, ()), rule, standard) if named else ()
        sections[section] = SectionRating(section, grade, determining, main)
    found = []
    for area in dict.fromkeys(areas.values()):
        of = [sections[section] for section, where in areas.items() if where == area]
        counts = {name: sum(one.grade == name for one in of) for name in known.classes}
        lake = bool(water_types) and all((water_types or {}).get(one.section) == "lake" for one in of)
        found.append(_area(area, of, counts, means, by_section, rule, standard, "lake" if lake else "river"))
    return tuple(found)


def _area(
    area: str,
    sections: list[SectionRating],
    counts: Mapping[str, int],
    means: Any,
    items: Mapping[str, list[dict[str, Any]]],
    rule: Rule,
    standard: Standard,
    water_type: str,
) -> AreaRating:
    known, total = rating_rule(rule), sum(counts.values())
    here = {one.section for one in sections}
    own = [row | {"area": area} for section in here for row in items.get(section, ())]
    missing = [] if own else ["items"]
    shares = {name: share_of(counts, [name]) for name in known.classes} if total else {}
    few = 0 < total < known.min_sections
    rating, grade, determining, main = "", "", tuple[str, ...](), tuple[MainPollutant, ...]()
    if few:
        if own:
            rating, grade, determining = _by_means(area, here, means, rule, standard, water_type)
    elif total:
        rating = rate(counts, rule)
        if own and "main_pollutants" in rule.parameters:
            rows = _rows(own, rule, standard)
            main = of_area(rows, total, rating, rule, standard)
    else:
        missing.append("classes")
    basis = "item_means" if few else "shares"
    return AreaRating(area, tuple(sections), counts, shares, basis, rating, grade, determining, main, tuple(missing))


def _rows(own: list[dict[str, Any]], rule: Rule, standard: Standard) -> list[dict[str, Any]]:
    columns = ("area", "property", "grade", "multiple")
    types = (pa.string(), pa.string(), pa.int64(), pa.float64())
    cells = {name: pa.array([row[name] for row in own], kind) for name, kind in zip(columns, types, strict=True)}
    table = pa.table(cells)
    rows: list[dict[str, Any]] = to_arrow(exceeding(table, rule, standard, by=["area"])).to_pylist()
    return rows


def _by_means(
    area: str, sections: set[str], means: Any, rule: Rule, standard: Standard, water_type: str
) -> tuple[str, str, tuple[str, ...]]:
    """(rating, class, determining items) of the means over the sections of one area."""
    own = means.filter(nw.col("station").is_in(sorted(sections))).with_columns(area=nw.lit(area))
    rows = to_arrow(by_item_means(own, standard, rule, by=["area"], water_type=water_type)).to_pylist()
    if not rows:
        return "", "", ()
    return rows[0]["rating"] or "", rows[0]["class"], tuple(filter(None, rows[0]["determinants"].split(";")))
