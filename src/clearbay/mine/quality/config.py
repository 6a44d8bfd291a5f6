"""Which tests a series gets, with which numbers: a configuration, read once, and the plan it makes for each series.

A configuration is a mapping as YAML gives it (docs/quality.md shows one)::

    tests: {gap: {suspect_threshold: 7200}}          # every series
    properties:
      pH: {gross_range: {fail_span: [0, 14]}}        # every series of a property
    stations:
      hk.epd.marine.DM1:
        pH: {spike: {suspect_threshold: 0.5}}        # one series
    consistency: [...]                               # rules between properties
    neighbours: [...]                                # stations that belong together

A test stated nearer to the series takes the place of one stated further off; ``false`` switches it off. The names of
ioos_qc's configurations (``gross_range_test``, ``qartod``, ``streams``) are understood.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearbay.mine.quality import consistency
from clearbay.mine.quality.catalogue import ALIASES, TESTS
from clearbay.mine.quality.consistency import Rule
from clearbay.mine.quality.sequence import AVERAGE, DEVIATION, DIFFERENTIAL, RANGE, RELATIVE
from clearbay.mine.quality.series import SECOND
from clearbay.model.errors import BadInput

MOST_POINTS = 2048
"""Points that a window looks back over at most: bounds the memory of a series."""

SEQUENCE = ("spike", "rate_of_change", "flat_line", "attenuated_signal", "gap", "held_value")
"""Tests that need the values before."""

_METHODS = {"average": AVERAGE, "differential": DIFFERENTIAL, "relative": RELATIVE}
_KINDS = {"std": DEVIATION, "range": RANGE}
_OPTIONS = (
    "tests", "properties", "stations", "consistency", "neighbours", "most_points", "utc_offset", "defaults",
    "qartod", "streams",
)  # fmt: skip

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Stations that belong together, and how far their values may lie apart."""

    stations: tuple[str, ...]
    property: str
    within: float
    suspect: float
    fail: float
    least: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The tests of one series as numbers, and how far they look back: so many points, so many microseconds."""

    tests: Mapping[str, Numbers]
    points: int = 0
    horizon: int = 0


@dataclass(frozen=True)
class Config:
    """A configuration that has been read; make one with ``Config.read``."""

    common: Mapping[str, Numbers] = field(default_factory=dict)
    by_property: Mapping[str, Mapping[str, Mapping[str, Numbers | None]]] = field(default_factory=dict)
    by_station: Mapping[str, Mapping[str, Mapping[str, Numbers | None]]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    neighbours: tuple[Neighbours, ...] = ()
    box: tuple[float, float, float, float] | None = None
    farthest: float = np.nan
    most_points: int = MOST_POINTS
    utc_offset: int = 0
    tests: tuple[str, ...] = ()
    identity: str = ""

    @classmethod
    def read(cls, form: Mapping[str, Any], *, base: Mapping[str, Any] | None = None) -> Config:
        """Read a configuration, on top of ``base`` (the shipped one) if given.

        Raises ``BadInput`` that names the key, says what is wrong with it and how to mend it.
        """
        if not isinstance(form, Mapping):
            raise BadInput("a configuration is a mapping", where="config", mend="see docs/quality.md")
        layers = [_Layer(one) for one in (base, form) if one]
        found = cls(
            common=_merged([layer.common for layer in layers], {}),
            by_property=_deep([layer.by_property for layer in layers]),
            by_station=_deep([layer.by_station for layer in layers]),
            rules=next((layer.rules for layer in reversed(layers) if layer.rules is not None), ()),
            neighbours=tuple(one for layer in layers for one in layer.neighbours),
            box=next((layer.box for layer in reversed(layers) if layer.box is not None), None),
            farthest=next((one.farthest for one in reversed(layers) if not np.isnan(one.farthest)), np.nan),
            most_points=next((one.most for one in reversed(layers) if one.most), MOST_POINTS),
            utc_offset=next((one.offset for one in reversed(layers) if one.offset is not None), 0),
        )
        named = {test for layer in layers for test in layer.named}
        identity = hashlib.sha256(repr((*vars(found).values(),)).encode()).hexdigest()[:16]
        ordered = tuple(test for test in TESTS if test in named)
        return cls(**{**vars(found), "tests": ordered, "identity": identity})

    def plan(self, station: str, property: str, depth: str = "", medium: str = "") -> Plan:
        """The tests of one series."""
        kind = self.by_property.get(property, {})
        own = self.by_station.get(station, {})
        parts = [kind.get("", {}), kind.get(medium, {}) if medium else {}, own.get("", {}), own.get(property, {})]
        tests = _merged(parts, dict(self.common))
        if "climatology" in tests:
            tests["climatology"] = _climate_for(tests["climatology"], depth)
        points, horizon = 0, 0.0
        for test, numbers in tests.items():
            points = max(
                points, {"spike": 2, "held_value": int(numbers[1]) if test == "held_value" else 0}.get(test, 0)
            )
            points = max(points, 1 if test in SEQUENCE else 0)
            if test == "flat_line":
                horizon = max(horizon, float(np.nanmax(numbers[:2])))
            if test == "attenuated_signal":
                horizon = max(horizon, numbers[2])
        return Plan(tests, min(points, self.most_points), int(min(horizon * SECOND, 2**61)))


def _merged(parts: list[Any], start: dict[str, Numbers]) -> dict[str, Numbers]:
    for part in parts:
        for test, numbers in part.items():
            if numbers is None:
                start.pop(test, None)
            else:
                start[test] = numbers
    return start


def _deep(parts: list[Any]) -> dict[str, dict[str, dict[str, Numbers | None]]]:
    found: dict[str, dict[str, dict[str, Numbers | None]]] = {}
    for part in parts:
        for one, inner in part.items():
            for two, tests in inner.items():
                found.setdefault(one, {}).setdefault(two, {}).update(tests)
    return found


class _Layer:
    """One configuration as it was written, checked."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        form = dict(form)
        self.named: set[str] = set()
        self.box: tuple[float, float, float, float] | None = None
        self.farthest = np.nan
        loose = {key: form.pop(key) for key in list(form) if ALIASES.get(key, key) in TESTS and key not in _OPTIONS}
        for key in form:
            if key == "contexts":
                raise BadInput("windows and regions are not read", where=key, mend="give its streams under `streams:`")
            if key not in _OPTIONS:
                raise BadInput(
                    "nothing is called so here",
                    where=key,
                    mend=f"use {', '.join(_OPTIONS)}, or a test: {', '.join(TESTS)}",
                )
        self.common = self._tests(_mapping(form.get("tests"), "tests"), "tests")
        self.common |= self._tests(_mapping(form.get("qartod"), "qartod"), "qartod")
        self.common |= self._tests(loose, "")
        self.by_property: dict[str, dict[str, dict[str, Numbers | None]]] = {}
        for code, inner in _mapping(form.get("properties"), "properties").items():
            self.by_property[str(code)] = self._media(_mapping(inner, f"properties.{code}"), f"properties.{code}")
        for name, inner in _mapping(form.get("streams"), "streams").items():
            given = _mapping(inner, f"streams.{name}")
            self.by_property[str(name)] = {
                "": self._tests(_mapping(given.get("qartod", given), name), f"streams.{name}")
            }
        self.by_station: dict[str, dict[str, dict[str, Numbers | None]]] = {}
        for station, given in _mapping(form.get("stations"), "stations").items():
            self.by_station[str(station)] = self._station(_mapping(given, str(station)), f"stations.{station}")
        self.rules = self._rules(form.get("consistency"))
        self.neighbours = [self._neighbours(one, place) for place, one in enumerate(form.get("neighbours") or ())]
        self.most = int(_number(form.get("most_points", 0), "most_points"))
        if form.get("most_points") is not None and not 2 <= self.most <= 1_000_000:
            raise BadInput("between 2 and 1,000,000 points", where="most_points", mend=f"the usual is {MOST_POINTS}")
        offset = form.get("utc_offset")
        self.offset = None if offset is None else int(_number(offset, "utc_offset"))

    def _media(self, form: Mapping[str, Any], where: str) -> dict[str, dict[str, Numbers | None]]:
        media = _mapping(form.get("media"), f"{where}.media")
        rest = {key: value for key, value in form.items() if key != "media"}
        rest = dict(_mapping(rest.get("qartod"), where)) if set(rest) == {"qartod"} else rest
        return {"": self._tests(rest, where)} | {
            str(medium): self._tests(_mapping(tests, where), f"{where}.media.{medium}")
            for medium, tests in media.items()
        }

    def _station(self, form: Mapping[str, Any], where: str) -> dict[str, dict[str, Numbers | None]]:
        own = {key: value for key, value in form.items() if ALIASES.get(key, key) in TESTS}
        found = {"": self._tests(own, where)}
        for code, inner in form.items():
            if code not in own:
                found[str(code)] = self._tests(_mapping(inner, f"{where}.{code}"), f"{where}.{code}")
        return found

    def _tests(self, form: Mapping[str, Any], where: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, given in form.items():
            test = ALIASES.get(str(name), str(name))
            place = f"{where}.{name}" if where else str(name)
            if test not in TESTS or test in ("neighbour", "consistency"):
                raise BadInput("no test is called so", where=place, mend=f"tests: {', '.join(TESTS)}")
            if given is False:
                found[test] = None
                continue
            parameters = _mapping(given if given is not True else {}, place)
            known = {one.name for one in TESTS[test].parameters} | (
                {"threshold"} if test == "rate_of_change" else set()
            )
            for key in parameters:
                if key not in known:
                    raise BadInput(
                        f"{test} has no parameter {key}", where=place, mend=f"it has {', '.join(sorted(known))}"
                    )
            self.named.add(test)
            if test == "location":
                self._place(parameters, place)
                found[test] = ()
            else:
                found[test] = _READERS[test](parameters, place)
        return found

    def _place(self, form: Mapping[str, Any], where: str) -> None:
        if form.get("box") is not None:
            box = form["box"]
            if not isinstance(box, (list, tuple)) or len(box) != 4:
                raise BadInput("a box is four numbers", where=where, mend="write [west, south, east, north]")
            west, south, east, north = (_number(one, where) for one in box)
            self.box = (west, south, east, north)
        self.farthest = _number(form.get("range_max"), where)

    def _rules(self, form: Any) -> tuple[Rule, ...] | None:
        if form is None:
            return None
        if form is False:
            return ()
        if not isinstance(form, (list, tuple)):
            raise BadInput("the rules are a list", where="consistency", mend="write - {id: …, whole: TN, parts: […]}")
        self.named.add("consistency")
        return tuple(consistency.rule_of(_mapping(one, "consistency")) for one in form)

    def _neighbours(self, form: Any, place: int) -> Neighbours:
        where = f"neighbours[{place}]"
        given = _mapping(form, where)
        stations, code = given.get("stations"), given.get("property")
        if not isinstance(stations, (list, tuple)) or len(stations) < 2 or not code:
            raise BadInput("needs two stations or more, and a property", where=where, mend="see docs/quality.md")
        numbers = [
            _number(given.get(key), f"{where}.{key}") for key in ("within", "suspect_threshold", "fail_threshold")
        ]
        if np.isnan(numbers[0]) or np.isnan(numbers[1:]).all():
            raise BadInput("needs within and a threshold", where=where, mend="give within: 3600, suspect_threshold: …")
        self.named.add("neighbour")
        return Neighbours(
            tuple(map(str, stations)), str(code), numbers[0], numbers[1], numbers[2], int(given.get("least", 1))
        )


def _mapping(given: Any, where: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise BadInput("this is a mapping of names to values", where=where, mend="indent its keys below it")
    return given


def _number(given: Any, where: str) -> float:
    if given is None:
        return float(np.nan)
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise BadInput(f"{given!r} is no number", where=where, mend="write a number, such as 0.5")
    return float(given)


def _span(given: Any, where: str) -> tuple[float, float]:
    if given is None:
        return float(np.nan), float(np.nan)
    if not isinstance(given, (list, tuple)) or len(given) != 2:
        raise BadInput("a span is two numbers", where=where, mend="write [least, greatest], null where it is open")
    low, high = (_number(one, where) for one in given)
    if low > high:
        raise BadInput(f"{low:g} lies above {high:g}", where=where, mend="write the lesser number first")
    return low, high


def _gross_range(form: Mapping[str, Any], where: str) -> Numbers:
    fail, user = (
        _span(form.get("fail_span"), f"{where}.fail_span"),
        _span(form.get("suspect_span"), f"{where}.suspect_span"),
    )
    if np.isnan([*fail, *user]).all():
        raise BadInput("says no span", where=where, mend="give fail_span: [0, 14], or suspect_span, or both")
    if user[0] < fail[0] or user[1] > fail[1]:
        raise BadInput("the user's span reaches beyond the sensor's", where=where, mend="widen fail_span")
    return (*fail, *user)


def _thresholds(form: Mapping[str, Any], where: str, *, least_first: bool = False) -> tuple[float, float]:
    first = "suspect_threshold" if form.get("suspect_threshold") is not None else "threshold"
    suspect = _number(form.get(first), f"{where}.{first}")
    fail = _number(form.get("fail_threshold"), f"{where}.fail_threshold")
    if np.isnan(suspect) and np.isnan(fail):
        raise BadInput("says no threshold", where=where, mend="give suspect_threshold, fail_threshold or both")
    if min(0.0 if np.isnan(one) else one for one in (suspect, fail)) < 0:
        raise BadInput("a threshold is not below zero", where=where, mend="write it without a sign")
    if (fail > suspect) if least_first else (fail < suspect):
        raise BadInput("fails before it is suspect", where=where, mend="exchange the two thresholds")
    return suspect, fail


def _spike(form: Mapping[str, Any], where: str) -> Numbers:
    return (*_thresholds(form, where), _word(form, "method", _METHODS, "average", where))


def _flat_line(form: Mapping[str, Any], where: str) -> Numbers:
    tolerance = _number(form.get("tolerance", 0.0), f"{where}.tolerance")
    return (*_thresholds(form, where), tolerance)


def _attenuated(form: Mapping[str, Any], where: str) -> Numbers:
    period = _number(form.get("test_period"), f"{where}.test_period")
    if not period > 0:
        raise BadInput("needs the length of its window", where=where, mend="give test_period in seconds, such as 86400")
    least = _number(form.get("min_obs", 2), f"{where}.min_obs")
    limits = _thresholds(form, where, least_first=True)
    return (*limits, period, least, _word(form, "check_type", _KINDS, "std", where))


def _word(form: Mapping[str, Any], key: str, words: Mapping[str, float], usual: str, where: str) -> float:
    word = form.get(key, usual)
    if word not in words:
        raise BadInput(f"{key} is {word!r}", where=f"{where}.{key}", mend=f"use {', '.join(words)}")
    return words[word]


def _held(form: Mapping[str, Any], where: str) -> Numbers:
    share, points, least = (
        _number(form.get(key, usual), f"{where}.{key}")
        for key, usual in (("share", 0.5), ("points", 48), ("least", 12))
    )
    if not (0 < share <= 1 and 2 <= points <= 1_000_000 and 1 <= least < points):
        raise BadInput(
            "share lies in (0, 1], least below points", where=where, mend="use share: 0.5, points: 48, least: 12"
        )
    return share, points, least


def _climatology(form: Mapping[str, Any], where: str) -> Numbers:
    """Four numbers a month and depth: of all depths first, then surface, middle, bottom."""
    table = np.full((len(_DEPTHS), 12, 4), np.nan)
    entries = form.get("config")
    if not isinstance(entries, (list, tuple)) or not entries:
        raise BadInput("needs a list of seasons", where=where, mend="config: [{months: [6, 7, 8], vspan: [20, 31]}]")
    for number, given in enumerate(entries):
        place = f"{where}.config[{number}]"
        entry = _mapping(given, place)
        for key in entry:
            if key not in ("months", "tspan", "period", "vspan", "fspan", "depths"):
                raise BadInput(f"a season has no {key}", where=place, mend="use months, vspan, fspan, depths")
        depths = entry.get("depths", [""])
        if not isinstance(depths, (list, tuple)) or any(depth not in _DEPTHS for depth in depths):
            raise BadInput("no such depth", where=f"{place}.depths", mend="use surface, middle, bottom")
        vspan, fspan = _span(entry.get("vspan"), f"{place}.vspan"), _span(entry.get("fspan"), f"{place}.fspan")
        for depth in depths:
            for month in _months(entry, place):
                table[_DEPTHS.index(depth), month - 1] = (*fspan, *vspan)
    return tuple(table.ravel().tolist())


_DEPTHS = ("", "surface", "middle", "bottom")


def _months(entry: Mapping[str, Any], where: str) -> list[int]:
    months = entry.get("months")
    if months is None and entry.get("tspan") is not None:
        low, high = (int(one) for one in _span(entry["tspan"], f"{where}.tspan"))
        period = entry.get("period")
        if period == "quarter":
            low, high = 3 * low - 2, 3 * high
        elif period != "month":
            raise BadInput("spans are by month or quarter", where=where, mend="write months: [1, 2, 3]")
        months = list(range(low, high + 1))
    if months is None:
        return list(range(1, 13))
    if not isinstance(months, (list, tuple)) or any(type(one) is not int or not 1 <= one <= 12 for one in months):
        raise BadInput("months are numbers from 1 to 12", where=where, mend="write months: [6, 7, 8]")
    return list(months)


def _climate_for(numbers: Numbers, depth: str) -> Numbers:
    """The twelve months of one depth; where it has no span of its own, that of all depths."""
    if len(numbers) == 48:
        return numbers
    table = np.array(numbers).reshape(len(_DEPTHS), 12, 4)
    own = table[_DEPTHS.index(depth)] if depth in _DEPTHS else table[0]
    known = ~np.isnan(own).all(axis=1)
    return tuple(np.where(known[:, None], own, table[0]).ravel().tolist())


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], Numbers]] = {
    "source_flag": lambda _form, _where: (),
    "gross_range": _gross_range,
    "climatology": _climatology,
    "spike": _spike,
    "rate_of_change": _thresholds,
    "flat_line": _flat_line,
    "attenuated_signal": _attenuated,
    "gap": _thresholds,
    "held_value": _held,
    "hour_coverage": lambda form, where: (_number(form.get("least", 45), where),),
}


def canonical(form: Mapping[str, Any]) -> str:
    """A configuration as text that is the same for the same meaning, to remember which one made a flag."""
    return json.dumps(form, sort_keys=True, default=str)
