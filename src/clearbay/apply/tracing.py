"""From an event at a section to ranked suspects: the observations of the time, traced over the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clearbay import packs
from clearbay.apply.network import Basin, Waters
from clearbay.apply.tracing_words import noted, said
from clearbay.mine.network import Reached, Site, downstream, points_of, upstream
from clearbay.mine.tracing import Curve, Estimate, find_pulse, make_curve
from clearbay.mine.tracing.chain import Chain, Section, read_chain
from clearbay.mine.tracing.evidence import Other
from clearbay.mine.tracing.forecast import Arrival, arrivals
from clearbay.mine.tracing.incident import Incident, trace_incident
from clearbay.mine.tracing.notes import note
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import Flag
from clearbay.store import Home

Floats = NDArray[np.float64]

BEFORE = timedelta(hours=48)
"""How long before the alarm is read: the background, and what passed sections above."""
BELOW_KM = 400.0
ORDER = ("hour", "minute", "instant", "", "day")
"""Which averaging is read where a section has several: the steadiest that still shows a cloud first."""
LEAST = 1e-4
"""Probability below which a reach is not listed."""
UNUSUAL = 3.0
"""Times its own median from which an outlet's own record counts as out of the ordinary."""
SHOWN_REACHES = 4000
MOST_SAMPLES = 1500


@dataclass(frozen=True)
class Alarm:
    """What is to be traced: a section, a property, and the time from the first sign on. UTC without a zone."""

    station: str
    property: str
    start: datetime
    end: datetime
    event: str | None = None


@dataclass(frozen=True)
class Finding:
    """A traced alarm; hours count from ``zero``."""

    alarm: Alarm
    basin: Basin
    incident: Incident
    arrivals: list[Arrival]
    zero: datetime
    warnings: tuple[str, ...]

    def time(self, hours: float) -> str | None:
        """A clock time in UTC, to the minute."""
        if not np.isfinite(hours) or abs(hours) > 1e6:
            return None
        return (self.zero + timedelta(hours=hours)).replace(second=0, microsecond=0).isoformat() + "Z"

    def times(self, estimate: Estimate) -> dict[str, Any]:
        """An estimate of a time."""
        return {
            "median": self.time(estimate.median),
            "interval": [self.time(estimate.low), self.time(estimate.high)],
        }

    @property
    def as_of(self) -> float:
        """Hours of the newest value that was read of the sections that the cloud passed."""
        return max(float(one.curve.time_h[-1]) for one in self.incident.sections)

    def as_dict(self, *, lines: bool = False, texts: bool = False) -> dict[str, Any]:
        """The shape that files and interfaces carry; ``lines`` adds the points of every reach named, ``texts`` gives
        the warnings in the four languages (else in English)."""
        found, network = self.incident, self.basin.network
        reached = found.reached
        best = int(found.probability.argmax())
        shown = np.flatnonzero(found.probability > LEAST)
        shown = shown[np.argsort(-found.probability[shown], kind="stable")]
        far = reached.near_km + network.length_km[reached.reach]
        far[0] = network.length_km[reached.reach[0]] - found.section.site.place.below_km
        near = _drawn(found)
        answer: dict[str, Any] = {
            "event": self.alarm.event,
            "network": self.basin.record.id,
            "generated": self.basin.record.generated,
            "section": _place(found.section.site),
            "property": self.alarm.property,
            "sections": [one.site.id for one in found.sections],
            "identifiable": found.identifiable,
            "as_of": self.time(self.as_of),
            "passed": [
                {**_place(one.site), "peak": self.time(pulse.peak_h)}
                for one, pulse in zip(found.sections, found.pulses, strict=True)
            ],
            "warnings": [self._noted(text, texts) for text in (*self.warnings, *found.warnings)],
            "where": {
                "reach": network.name(int(reached.reach[best])),
                "km": found.distance_km.median,
                "interval": [found.distance_km.low, found.distance_km.high],
            },
            "when": self.times(found.time_h),
            "duration_h": found.duration_h.as_dict(),
            "age_h": found.age_h.as_dict(),
            "mass": {**found.mass.as_dict(), "unit": "g", "property": self.alarm.property} if found.mass else None,
            "posterior": [
                {
                    "reach": network.name(int(reached.reach[k])),
                    "from_km": float(reached.near_km[k]),
                    "to_km": float(far[k]),
                    "p": float(found.probability[k]),
                }
                for k in shown.tolist()
            ],
            "isochrones": [
                {"reach": network.name(int(reached.reach[k])), "hours": float(found.hours[k])} for k in near.tolist()
            ],
            "suspects": [self._suspect(number) for number in range(len(found.suspects))],
            "none_of_them": found.unknown,
            "downstream": [
                {
                    **_place(one.site),
                    "kind": one.site.kind,
                    "km": one.distance_km,
                    "arrival": self.times(one.arrival_h),
                    "peak": self.times(one.peak_h),
                    "end": self.times(one.end_h),
                    "concentration": one.peak.as_dict() if one.peak is not None else None,
                }
                for one in self.arrivals
            ],
        }
        if lines:
            table = self.basin.tables["lines"]
            drawn = dict.fromkeys([*shown.tolist(), *near.tolist()])
            answer["lines"] = {
                network.name(int(reached.reach[k])): np.round(
                    points_of(table, int(reached.reach[k])).astype(float), 5
                ).tolist()
                for k in drawn
            }
        return answer

    def _noted(self, text: str, texts: bool) -> Any:
        if not texts:
            return str(text)
        names = {site.id: site.name for site in self.basin.sites}
        return dict(noted(text, names.get))

    def _suspect(self, number: int) -> dict[str, Any]:
        one = self.incident.suspects[number]
        return {
            "outlet": one.site.id,
            **{key: value for key, value in _place(one.site).items() if key != "id"},
            "industry": one.site.details.get("industry"),
            "probability": one.probability,
            "distance_km": one.distance_km,
            "travel_time_h": one.travel_h.as_dict(),
            "release": self.times(one.release_h),
            "evidence": [
                {"kind": clue.kind, "what": dict(said(clue, self.alarm.property)), "weight": clue.weight}
                for clue in one.clues
            ],
        }


def _place(site: Site) -> dict[str, Any]:
    return {"id": site.id, "name": dict(site.name), "longitude": site.longitude, "latitude": site.latitude}


def _drawn(found: Incident) -> NDArray[np.int64]:
    """The reaches whose travel time is worth drawing: within the age that the cloud may have, the largest ways."""
    most = max(2.0 * found.age_h.high, 24.0)
    within = np.flatnonzero(found.hours <= most)
    if len(within) <= SHOWN_REACHES:
        return within
    # The nearest first would cut the main stems short; the likeliest and then the nearest keep them.
    order = np.lexsort((found.hours[within], found.probability[within] <= LEAST))
    return np.sort(within[order[:SHOWN_REACHES]])


class Tracer:
    """Traces alarms over the networks of a home."""

    def __init__(self, home: Home, waters: Waters) -> None:
        self._home, self._waters = home, waters

    def trace(self, alarm: Alarm, *, network: str | None = None) -> Finding:
        """Trace an alarm. Raises UnknownName for a station that is on no network, BadInput where nothing rose."""
        return self.trace_in(self._waters.basin(network, holding=alarm.station), alarm)

    def trace_in(self, basin: Basin, alarm: Alarm) -> Finding:
        """Trace an alarm on a network in hand."""
        site = basin.section(alarm.station)
        if site is None:
            raise UnknownName(
                f"the station {alarm.station!r} is no section of the network {basin.record.id}",
                where="station",
                mend="put it there with `clearbay network snap`",
            )
        above = upstream(basin.network, site.place)
        sections = self._sections(basin, site, above)
        start, end = alarm.start - BEFORE, alarm.end
        series = self._series([one.station or one.id for one in sections], [alarm.property], start, end, zero=start)
        warnings: list[str] = []
        read = [
            Section(one, curve)
            for one in sections
            if (curve := self._curve(basin, one, series.get((one.station or one.id, alarm.property)))) is not None
        ]
        if not any(one.site.id == site.id for one in read):
            raise BadInput(
                f"there are no observations of {alarm.property} at {alarm.station} from {start:%Y-%m-%d %H:%M} "
                f"to {end:%Y-%m-%d %H:%M}",
                where="--from, --to",
                mend="choose a time and a property that were measured",
            )
        if len(read) < len(sections):
            unwatched = len(sections) - len(read)
            warnings.append(note("unwatched", count=unwatched, all=len(sections), property=alarm.property))
        chain = read_chain(basin.network, read, site.id)
        others = self._others(chain, alarm, start, end)
        outlets = self._outlets(basin, chain, alarm, start, end)
        incident = trace_incident(basin.network, read, outlets, code=alarm.property, others=others, chain=chain)
        ahead = [one for one in basin.sites if one.kind in {"section", "intake", "beach"}]
        passed = {one.site.id for one in incident.sections}
        coming = arrivals(basin.network, incident, [one for one in ahead if one.id not in passed], within_km=BELOW_KM)
        return Finding(alarm, basin, incident, coming, start, tuple(warnings))

    def _sections(self, basin: Basin, site: Site, above: Reached) -> list[Site]:
        """The alarm's section, all above it, and those on its way down."""
        below = downstream(basin.network, site.place, BELOW_KM)
        wanted = {*above.reach.tolist(), *below.reach.tolist()}
        return [one for one in basin.sites if one.kind == "section" and one.place.reach in wanted]

    def _series(
        self, stations: Iterable[str], properties: Iterable[str] | None, start: datetime, end: datetime, zero: datetime
    ) -> dict[tuple[str, str], tuple[Floats, Floats]]:
        """Hours since ``zero`` and values by station and property, one averaging each, bad values left out."""
        table = self._home.reader().observations(
            stations=list(dict.fromkeys(stations)),
            properties=None if properties is None else list(properties),
            start=start,
            end=end,
        )
        table = table.filter(
            pc.is_in(
                table["flag"],
                pa.array([int(Flag.PASS), int(Flag.NOT_EVALUATED), int(Flag.SUSPECT)], table["flag"].type),
            )
        )
        if not table.num_rows:
            return {}
        value = table["value"].to_numpy()
        value = np.where(np.asarray(table["censoring"].to_pylist()) == "<", 0.5 * value, value)
        since = np.datetime64(zero, "us")
        hours = (table["time"].to_numpy().astype("datetime64[us]") - since).astype(np.int64) / 3.6e9
        keys = pc.binary_join_element_wise(table["station"], table["property"], table["averaging"], "\x1f")
        coded = keys.combine_chunks().dictionary_encode()
        names, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy()
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
        found: dict[tuple[str, str], tuple[int, int, Floats, Floats]] = {}
        for number, name in enumerate(names):
            station, code, averaging = name.split("\x1f")
            rows = order[bounds[number] : bounds[number + 1]]
            rank = (len(rows) >= 8, -ORDER.index(averaging) if averaging in ORDER else -len(ORDER))
            old = found.get((station, code))
            if old is None or rank > (bool(old[0]), old[1]):
                found[station, code] = (int(rank[0]), rank[1], hours[rows], value[rows])
        return {key: (entry[2], entry[3]) for key, entry in found.items()}

    @staticmethod
    def _curve(basin: Basin, site: Site, series: tuple[Floats, Floats] | None) -> Curve | None:
        if series is None or len(series[0]) < 3:
            return None
        hours, value = series
        if len(hours) > MOST_SAMPLES:
            step = -(-len(hours) // MOST_SAMPLES)
            edges = np.arange(0, len(hours), step)
            count = np.diff(np.append(edges, len(hours)))
            hours, value = np.add.reduceat(hours, edges) / count, np.add.reduceat(value, edges) / count
        return make_curve(site.id, 0.0, float("nan"), hours, value)

    def _others(self, chain: Chain, alarm: Alarm, start: datetime, end: datetime) -> dict[str, Other]:
        """What the uppermost section says of the other properties while the cloud passed."""
        top, pulse = chain.sections[0].site, chain.pulses[0]
        station = top.station or top.id
        flow = pulse.discharge_m3s
        series = self._series([station], None, start, end, zero=start)
        found: dict[str, Other] = {}
        for (_, code), (hours, value) in series.items():
            if code == alarm.property or code in _NOT_CARRIED or len(hours) < 8:
                continue
            other = find_pulse(make_curve(top.id, 0.0, flow, hours, value))
            noise = 1.4826 * float(np.median(np.abs(value - np.median(value))))
            together = (
                other is not None
                and abs(other.peak_h - pulse.peak_h) < 2.0 * pulse.width_h
                and other.peak > 4.0 * noise
            )
            least = 5.0 * noise * flow * 3600.0 * pulse.width_h
            found[code] = Other(other.dose if other is not None and together else 0.0, least)
        return found

    def _outlets(self, basin: Basin, chain: Chain, alarm: Alarm, start: datetime, end: datetime) -> list[Site]:
        """The outlets of the network, those with records of their own read for the time before the alarm."""
        outlets = [one for one in basin.sites if one.kind == "outlet"]
        above = set(upstream(basin.network, chain.sections[0].site.place).reach.tolist())
        # Of those elsewhere no record is read: they are no suspects.
        kept = [one.station for one in outlets if one.station and one.place.reach in above]
        if not kept:
            return outlets
        early = start - timedelta(days=5)
        series = self._series(kept, [alarm.property, "flow"], early, end, zero=start)
        return [
            one if one.station is None else replace(one, windows=_windows(one.station, alarm.property, series))
            for one in outlets
        ]


_NOT_CARRIED = frozenset({"pH", "DO", "DO_sat", "water_temp", "flow", "level", "secchi"})
"""Properties that are no mass carried by the water."""


def _windows(
    station: str, code: str, series: Mapping[tuple[str, str], tuple[Floats, Floats]]
) -> tuple[tuple[float, float], ...] | None:
    """Hours in which an outlet's own concentration or flow was out of the ordinary; None without a record."""
    found: list[tuple[float, float]] = []
    read = False
    for key in (code, "flow"):
        hours, value = series.get((station, key), (np.zeros(0), np.zeros(0)))
        if len(hours) < 8:
            continue
        read = True
        step = float(np.median(np.diff(hours)))
        high = np.flatnonzero(value > UNUSUAL * max(float(np.median(value)), 1e-12))
        for part in np.split(high, np.flatnonzero(np.diff(high) > 1) + 1):
            if len(part):
                found.append((float(hours[part[0]]) - step, float(hours[part[-1]]) + step))
    return tuple(sorted(found)) if read else None


def known_property(code: str) -> str:
    """A property code, checked."""
    if code not in packs.properties():
        raise UnknownName(f"no property {code!r}", where="property", mend="see /api/meta: NH3N, TP, CODMn")
    return code
