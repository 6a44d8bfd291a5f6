"""Where each target stands: the indicator computed from what the home holds, or why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import narwhals.stable.v2 as nw

from clearbay import packs
from clearbay.apply import grounds
from clearbay.apply.assessments import Assessments
from clearbay.apply.catalogue import Catalogue, Entry
from clearbay.apply.groups import groups
from clearbay.apply.judging import offsets
from clearbay.apply.wording import filled
from clearbay.mine.frames import period_number, to_arrow, usable, with_local_time
from clearbay.model.target import Target
from clearbay.model.text import LANGUAGES, Text
from clearbay.store import Home

State = Literal["reached", "not_reached", "undecided", "no_data"]
"""``undecided``: the number is met, over fewer places than the target speaks of."""


@dataclass(frozen=True, slots=True)
class Year:
    """The indicator in one year: its value, the places it rests on, and which of them stand against the target."""

    year: str
    value: float
    places: int
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """A target with the latest year that has data, the years before it, and in words what the state rests on."""

    target: Target
    state: State
    value: float | None
    year: str | None
    places: int
    years: tuple[Year, ...]
    why: Text


def _text(zh_hans: str, zh_hant: str, en: str, pt: str) -> Text:
    return dict(zip(LANGUAGES, (zh_hans, zh_hant, en, pt), strict=True))


_NO_STATION = _text(
    "没有数据：{place}没有监测该指标的站点。",
    "沒有數據：{place}沒有監測該指標的站點。",
    "No data: no station of {place} measures this.",
    "Sem dados: nenhuma estação de {place} mede este indicador.",
)
_ABOVE = _text(
    "没有数据：{place}没有监测该指标的站点；{above}另有{count}个站点，其所属城市不明，未予推定。",
    "沒有數據：{place}沒有監測該指標的站點；{above}另有{count}個站點，其所屬城市不明，未予推定。",
    "No data: no station of {place} measures this. {above} has {count} of unknown city; none is assigned by guess.",
    "Sem dados: nenhuma estação de {place} mede este indicador. {above} tem {count} cuja cidade não se conhece; "
    "nenhuma é atribuída por suposição.",
)
_NO_YEAR = _text(
    "没有数据：有{count}个站点，但没有可评价的年份。",
    "沒有數據：有{count}個站點，但沒有可評價的年份。",
    "No data: there are {count} stations, but no year of theirs can be assessed.",
    "Sem dados: há {count} estações, mas nenhum ano seu pode ser avaliado.",
)
_COMPUTED = _text(
    "由{count}个站点（河流）{year}年的数据计算。",
    "由{count}個站點（河流）{year}年的數據計算。",
    "Computed from {count} places in {year}.",
    "Calculado a partir de {count} locais em {year}.",
)
_FEWER = _text(
    "{year}年只有{count}条（个）有数据，目标所说为{wanted}，不足以证明达标。",
    "{year}年只有{count}條（個）有數據，目標所說為{wanted}，不足以證明達標。",
    "In {year} only {count} of the {wanted} places that the target speaks of have data: that does not show it reached.",
    "Em {year} só {count} dos {wanted} locais de que a meta fala têm dados: não basta para a mostrar atingida.",
)


def progress(home: Home, assessments: Assessments, now: Catalogue, target: Target) -> Progress:
    """Where one target stands."""
    members = groups(now, "city").get(target.jurisdiction)
    entries = [now.entries[one] for one in members.stations] if members else []
    entries = [entry for entry in entries if entry.station.medium in target.media and _measures(entry, target)]
    if not entries:
        return Progress(target, "no_data", None, None, 0, (), _absent(now, target))
    years = _means(home, entries, target) if target.measured == "annual_mean" else _graded(assessments, entries, target)
    if not years:
        return Progress(target, "no_data", None, None, 0, (), filled(_NO_YEAR, count=str(len(entries))))
    last = years[-1]
    met = last.value <= target.limit if target.op == "le" else last.value >= target.limit
    enough = target.places is None or last.places >= target.places
    words = _COMPUTED if enough else _FEWER
    why = filled(words, count=str(last.places), year=last.year, wanted=str(target.places))
    state: State = "not_reached" if not met else "reached" if enough else "undecided"
    return Progress(target, state, last.value, last.year, last.places, years, why)


def _measures(entry: Entry, target: Target) -> bool:
    return not target.property or any(one.property == target.property for one in entry.judged)


def _means(home: Home, entries: list[Entry], target: Target) -> tuple[Year, ...]:
    """Mean over the stations of their annual means; stored values are in the target's unit or converted to it."""
    factor, shift = 1.0, 0.0
    stored = packs.properties()[target.property].unit
    if stored != target.unit:
        factor, shift = packs.unit_factor(stored, target.unit, target.property)
    frame = grounds.rows(home.reader())
    here = frame.filter(
        nw.col("station").is_in([entry.station.id for entry in entries]), nw.col("property") == target.property
    )
    local = with_local_time(usable(here), offsets(tuple(entries)))
    yearly = local.with_columns(year=period_number("year")).group_by("station", "year").agg(nw.col("value").mean())
    found: dict[int, dict[str, float]] = {}
    for row in to_arrow(yearly).to_pylist():
        found.setdefault(row["year"], {})[row["station"]] = row["value"] * factor + shift
    return tuple(
        Year(f"{year:04d}", sum(values.values()) / len(values), len(values), _against(values, target))
        for year, values in sorted(found.items())
    )


def _against(values: Mapping[str, float], target: Target) -> tuple[str, ...]:
    """Stations whose own mean misses the target's number, in order."""
    sign = 1.0 if target.op == "le" else -1.0
    return tuple(sorted(one for one, value in values.items() if sign * (value - target.limit) > 0))


def _graded(assessments: Assessments, entries: list[Entry], target: Target) -> tuple[Year, ...]:
    """Places with one of the grades, or their share in per cent; of a water the worst station counts."""
    place = {
        entry.station.id: f"{entry.station.programme}.{entry.station.water['en']}"
        if entry.station.water and target.places is not None
        else entry.station.id
        for entry in entries
    }
    worst: dict[str, dict[str, int]] = {}
    names: dict[str, list[str]] = {}
    for standard in packs.versions(target.standard):
        names[standard.id] = [grade.id for grade in standard.grades]
        table = assessments.select(standard, "year", "mean", stations=frozenset(place))
        for row in table.select(["station", "period", "grade"]).to_pylist():
            year = int(row["period"])
            last = standard.in_force_to.year if standard.in_force_to else 9999
            if standard.in_force_from.year <= year <= last:
                own = worst.setdefault(row["period"], {})
                own[place[row["station"]]] = max(own.get(place[row["station"]], -1), row["grade"])
    order = next(iter(names.values()), [])
    found = []
    for label, grades in sorted(worst.items()):
        hit = tuple(sorted(one for one, grade in grades.items() if order[grade] in target.grades))
        share = target.measured == "share_of_grades"
        value = 100.0 * len(hit) / len(grades) if share else float(len(hit))
        against = tuple(sorted(set(grades) - set(hit))) if target.op == "ge" else hit
        found.append(Year(label, value, len(grades), against))
    return tuple(found)


def _absent(now: Catalogue, target: Target) -> Text:
    known = packs.jurisdictions()
    place = known[target.jurisdiction]
    above = known.get(place.parent)
    if above is not None:
        loose = [
            entry
            for entry in now.entries.values()
            if entry.station.jurisdiction == above.code
            and entry.station.medium in target.media
            and _measures(entry, target)
        ]
        if loose:
            return filled(_ABOVE, place=place.name, above=above.name, count=str(len(loose)))
    return filled(_NO_STATION, place=place.name)
