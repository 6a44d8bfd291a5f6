"""Properties of one sample against each other: what is part of a whole cannot exceed it, what follows must follow.

A rule looks at the values of one station, depth and moment. Where it is broken, every value it used is suspect: the
rule cannot tell which of them is wrong. A value below a detection limit counts as anything from nothing to the limit,
so that a rule is broken only where no value within the limits could keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clearbay.mine.quality.flags import NOT_EVALUATED, PASS, SUSPECT, Flags
from clearbay.mine.quality.seawater import COEFFICIENT_25, oxygen_solubility, practical_salinity
from clearbay.mine.quality.series import Values
from clearbay.model.errors import BadInput

Bounds = tuple[Values, Values]
"""The least and the greatest that each value may be; NaN where there is none."""

Judgement = Callable[["Rule", Mapping[str, Bounds]], tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]
"""Which samples can be judged, and which of those break the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule between properties.

    ``whole`` and ``parts`` are property codes; ``needed`` of the parts must be there at least. ``relative`` and
    ``absolute`` (in the whole's unit) are how much may be missing before the rule counts as broken.
    """

    id: str
    kind: str
    whole: str
    parts: tuple[str, ...]
    relative: float
    absolute: float = 0.0
    needed: int = 1

    @property
    def properties(self) -> tuple[str, ...]:
        """Every property that the rule may use."""
        return (self.whole, *self.parts)


def _parts(rule: Rule, values: Mapping[str, Bounds]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The parts that are there add up to no more than the whole."""
    greatest = values[rule.whole][1]
    least = np.stack([values[code][0] for code in rule.parts])
    there = ~np.isnan(least)
    known = ~np.isnan(greatest) & (there.sum(axis=0) >= rule.needed)
    total = np.where(there, least, 0.0).sum(axis=0)
    return known, total > greatest * (1 + rule.relative) + rule.absolute


def _oxygen(rule: Rule, values: Mapping[str, Bounds]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Saturation in per cent follows from oxygen and temperature; salinity from 0 to 40 where it was not measured."""
    oxygen, temperature, salinity = (values[code] for code in rule.parts[:3])
    none = np.isnan(salinity[0])
    fresh = np.where(none, 0.0, np.clip(salinity[0], 0, None))
    salt = np.where(none, 40.0, salinity[1])
    most = oxygen[1] / oxygen_solubility(temperature[0], salt) * 100
    fewest = oxygen[0] / oxygen_solubility(temperature[0], fresh) * 100
    given = values[rule.whole]
    known = ~np.isnan(most + fewest + given[0] + given[1])
    slack = rule.absolute
    high = given[0] > most * (1 + rule.relative) + slack
    return known, high | (given[1] < fewest * (1 - rule.relative) - slack)


def _salinity(rule: Rule, values: Mapping[str, Bounds]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Salinity follows from conductivity, read as measured at the water's temperature or as referred to 25 Cel."""
    conductivity, temperature = (values[code][0] for code in rule.parts[:2])
    given = values[rule.whole][0]
    readings = [
        practical_salinity(conductivity, temperature),
        practical_salinity(conductivity, np.full_like(conductivity, COEFFICIENT_25)),
    ]
    known = ~np.isnan(given) & ~np.isnan(readings[1])
    known &= ~np.isnan(readings[0]) | np.isnan(temperature)
    wrong = np.ones(len(given), dtype=bool)
    for one in readings:
        wrong &= ~(np.abs(one - given) <= np.abs(given) * rule.relative + rule.absolute)
    return known, wrong


KINDS: Mapping[str, Judgement] = {"parts": _parts, "oxygen_saturation": _oxygen, "salinity": _salinity}
"""How a rule judges, by the word that packs and configurations use."""


def judge(rules: Sequence[Rule], values: Mapping[str, Bounds]) -> dict[str, tuple[Flags, npt.NDArray[np.int64]]]:
    """For each property its flag in each sample, and as bits which of the rules are broken there."""
    count = len(next(iter(values.values()))[0]) if values else 0
    nothing = np.full(count, np.nan)
    full = {code: values.get(code, (nothing, nothing)) for rule in rules for code in rule.properties}
    found = {code: (np.full(count, NOT_EVALUATED, np.int8), np.zeros(count, np.int64)) for code in full}
    for number, rule in enumerate(rules):
        known, broken = KINDS[rule.kind](rule, full)
        broken &= known
        for code in rule.properties:
            flags, bits = found[code]
            here = known & ~np.isnan(full[code][0])
            flags[here & ~broken & (flags == NOT_EVALUATED)] = PASS
            flags[here & broken] = SUSPECT
            bits[here & broken] |= 1 << (number % 62)
    return found


def rule_of(form: Mapping[str, object]) -> Rule:
    """A rule from a configuration; ``BadInput`` where it is none."""
    name, kind = str(form.get("id", "")), str(form.get("kind", "parts"))
    where = f"consistency {name}"
    if kind not in KINDS:
        raise BadInput(f"no rule is of kind {kind!r}", where=where, mend=f"use {', '.join(KINDS)}")
    parts = form.get("parts", ())
    if not name or not form.get("whole") or not isinstance(parts, (list, tuple)) or not parts:
        raise BadInput("a rule needs id, whole and parts", where=where, mend="see docs/quality.md")
    expected = {"oxygen_saturation": 3, "salinity": 2}.get(kind, 0)
    if expected and len(parts) != expected:
        raise BadInput(f"a rule of kind {kind} has {expected} parts", where=where, mend="see docs/quality.md")
    numbers = {}
    for key in ("relative", "absolute", "needed"):
        value = form.get(key, {"needed": 1}.get(key, 0.0))
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise BadInput(f"{key} must be a number from zero on", where=where, mend=f"write {key}: 0.1")
        numbers[key] = value
    return Rule(
        name, kind, str(form["whole"]), tuple(map(str, parts)), float(numbers["relative"]), float(numbers["absolute"]),
        int(numbers["needed"]),
    )  # fmt: skip
