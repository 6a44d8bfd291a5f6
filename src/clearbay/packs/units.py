"""Units of measurement as people write them, and the way from one to another.

Units are parsed into a scale and a dimension, in exact fractions, so that a conversion there and back is the value
itself. Spellings are those met in monitoring files: ``µg/L``, ``ug/l``, ``毫克/升``, ``mg·L-1``, ``cfu/100 mL``,
``10μg/m3``. What cannot be converted without a fact the unit does not state (ppm, a chemical basis, an unknown word) is
refused with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from clearbay.model.errors import BadInput, UnknownName

Dimension = tuple[tuple[str, int], ...]

_MILLI, _MICRO, _NANO, _PICO = (Fraction(1, 1000**n) for n in (1, 2, 3, 4))
_LITRE = Fraction(1, 1000)  # cubic metres


def _prefixed(symbol: str, base: Fraction, axis: tuple[str, int], kilo: bool = True) -> dict[str, _Atom]:
    prefixes = {"": Fraction(1), "d": Fraction(1, 10), "c": Fraction(1, 100), "m": _MILLI, "u": _MICRO, "n": _NANO}
    prefixes |= {"p": _PICO, "k": Fraction(1000)} if kilo else {}
    return {prefix + symbol: (base * scale, (axis,)) for prefix, scale in prefixes.items()}


_Atom = tuple[Fraction, Dimension]

_ATOMS: dict[str, _Atom] = {
    **_prefixed("g", Fraction(1), ("mass", 1)),
    **_prefixed("L", _LITRE, ("length", 3), kilo=False),
    **_prefixed("m", Fraction(1), ("length", 1)),
    **_prefixed("mol", Fraction(1), ("amount", 1)),
    **_prefixed("S", Fraction(1), ("conductance", 1)),
    **_prefixed("Bq", Fraction(1), ("activity", 1)),
    "t": (Fraction(1000_000), (("mass", 1),)),
    "s": (Fraction(1), (("time", 1),)),
    "min": (Fraction(60), (("time", 1),)),
    "h": (Fraction(3600), (("time", 1),)),
    "d": (Fraction(86400), (("time", 1),)),
    "%": (Fraction(1, 100), ()),
    "[pH]": (Fraction(1), (("pH", 1),)),
    "[NTU]": (Fraction(1), (("turbidity", 1),)),
    "[PSU]": (Fraction(1), (("salinity", 1),)),
    "Cel": (Fraction(1), (("temperature", 1),)),
    "K": (Fraction(1), (("temperature", 1),)),
    "[degF]": (Fraction(5, 9), (("temperature", 1),)),
}

_ZERO = {"Cel": Fraction(0), "K": Fraction(-27315, 100), "[degF]": Fraction(-160, 9)}
"""Degrees Celsius at the unit's zero: a temperature is the only quantity here whose zero differs between units."""

_WORDS = {
    "℃": "Cel", "°c": "Cel", "degc": "Cel", "deg c": "Cel", "deg_c": "Cel", "celsius": "Cel", "c": "Cel", "cel": "Cel",
    "摄氏度": "Cel", "攝氏度": "Cel", "k": "K", "kelvin": "K", "°f": "[degF]", "degf": "[degF]", "deg f": "[degF]",
    "fahrenheit": "[degF]", "[degf]": "[degF]",
    "ph": "[pH]", "[ph]": "[pH]", "ph unit": "[pH]", "ph units": "[pH]", 
    "无量纲": "1", "無量綱": "1", "-": "1", "1": "1",
    "ntu": "[NTU]", "[ntu]": "[NTU]", "ntus": "[NTU]",
    "psu": "[PSU]", "[psu]": "[PSU]", "pss-78": "[PSU]", "‰": "[PSU]", "ppt": "[PSU]", "g/kg": "[PSU]",
    "%saturation": "%", "% saturation": "%", "%sat": "%", "% sat": "%", "%饱和度": "%", "percent": "%", "per cent": "%",
}  # fmt: skip
"""Whole units by the words people use, in lower case. ``ppt``, ``‰`` and ``g/kg`` are read as practical salinity and
fit no other property, so that parts per trillion cannot slip through."""

_CHINESE = (
    ("微西门子", "uS"), ("毫西门子", "mS"), ("西门子", "S"),
    ("毫克", "mg"), ("微克", "ug"), ("纳克", "ng"), ("納克", "ng"), ("千克", "kg"), ("公斤", "kg"), ("克", "g"),
    ("立方厘米", "cm3"), ("立方分米", "dm3"), ("立方米", "m3"), ("毫升", "mL"), ("升", "L"),
    ("厘米", "cm"), ("毫米", "mm"), ("公里", "km"), ("米", "m"), ("贝可", "Bq"),
    ("微摩尔", "umol"), ("毫摩尔", "mmol"), ("摩尔", "mol"),
    ("小时", "h"), ("小時", "h"), ("分钟", "min"), ("分鐘", "min"), ("秒", "s"), ("天", "d"), ("日", "d"),
    ("细胞", "{cells}"), ("細胞", "{cells}"), ("个", "{count}"), ("個", "{count}"), ("每", "/"),
    ("万", "10000 "), ("萬", "10000 "), ("亿", "100000000 "), ("億", "100000000 "),
)  # fmt: skip

_COUNTS = {"count", "counts", "cell", "cells", "cfu", "cfus", "mpn", "ind", "inds", "no", "org"}
"""Things counted: dimensionless in UCUM. A colony-forming unit and a most probable number are taken for one count."""

_PARTS = {"ppm", "ppb", "ppmv", "ppbv", "pphm"}

_WEIGHTS = {"H": Fraction("1.008"), "N": Fraction("14.007"), "O": Fraction("15.999"), "P": Fraction("30.974")}
_WEIGHTS["Si"] = Fraction("28.085")
"""Atomic weights, g/mol: IUPAC abridged standard values."""

_SPECIES = {
    "N": _WEIGHTS["N"],
    "NH3": _WEIGHTS["N"] + 3 * _WEIGHTS["H"],
    "NH4": _WEIGHTS["N"] + 4 * _WEIGHTS["H"],
    "NO3": _WEIGHTS["N"] + 3 * _WEIGHTS["O"],
    "NO2": _WEIGHTS["N"] + 2 * _WEIGHTS["O"],
    "P": _WEIGHTS["P"],
    "PO4": _WEIGHTS["P"] + 4 * _WEIGHTS["O"],
    "P2O5": (2 * _WEIGHTS["P"] + 5 * _WEIGHTS["O"]) / 2,
    "SiO2": _WEIGHTS["Si"] + 2 * _WEIGHTS["O"],
    "Si": _WEIGHTS["Si"],
    "O2": 2 * _WEIGHTS["O"],
}
"""Grams that hold one mole of the element (of O2 for oxygen)."""

_BASES = {
    "NH3N": ("N", "NH3", "NH4"),
    "NH3_un": ("N", "NH3"),
    "NO3N": ("N", "NO3"),
    "NO2N": ("N", "NO2"),
    "DIN": ("N",),
    "TN": ("N",),
    "TKN": ("N",),
    "DIP": ("P", "PO4", "P2O5"),
    "TP": ("P", "PO4", "P2O5"),
    "silica": ("SiO2", "Si"),
    "DO": ("O2",),
    "BOD5": ("O2",),
    "CODMn": ("O2",),
    "CODCr": ("O2",),
    "CODMn_alk": ("O2",),
}
"""By property: the basis in which its values stand, then the others a file may state."""

_SPELT = (
    r"(?P<species>(?:NH[34]|NO[23]|PO4|SiO[23])[\^+\d-]*?-(?:N|P|Si)|NH[34]|NO[23]|N|P2O5|PO4|P|SiO2|Si|O2)"
    r"(?:\^?\d?[+-])?"
)
LONGEST = 100
"""Characters of a unit."""
_BASIS = re.compile(
    rf"(?P<head>.*?)(?:\s*\(\s*(?:as\s+|以)?|[\s,]+(?:as\s+)?|\s*以){_SPELT}\s*计?\s*\)?$", re.IGNORECASE
)
_INNER = re.compile(rf"(?P<unit>[mun]?g)[\s\-.·]*\(?{_SPELT}\)?(?P<tail>\s*[/·. ].*)$", re.IGNORECASE)
_PER_NUMBER = re.compile(r"/\s*(\d+(?:\.\d+)?)\s*\.?\s*([A-Za-z]+)")
_TOKEN = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?(?:(?:\^|\*{1,2})-?\d+)?)|(\{[^}]*\})|(\[[A-Za-z]+\]|[A-Za-z]+|%)(?:\^|\*\*)?([+-]?\d+)?|([/.·*()]))"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A parsed unit: ``scale`` to the base unit of its ``dimension``, and the chemical ``basis`` it states, if any."""

    text: str
    scale: Fraction
    dimension: Dimension
    zero: Fraction = Fraction(0)
    basis: str = ""


def _tidied(text: str) -> str:
    tidy = unicodedata.normalize("NFKC", text).replace("μ", "u").replace("−", "-").strip()
    for word, symbol in _CHINESE:
        tidy = tidy.replace(word, symbol)
    return tidy


def _unknown(text: str) -> UnknownName:
    return UnknownName(
        f"unit {text!r} is not known",
        where="unit",
        mend="write UCUM or a usual spelling: mg/L, ug/L, ng/L, ug/m3, cfu/100 mL, uS/cm, m3/s, Cel, NTU, psu, %",
    )


def _atom(name: str, text: str) -> _Atom:
    if name.lower() in _COUNTS:
        return Fraction(1), ()
    # Case decides first (s is a second, S a siemens); then mg/l, MG/L, M, us/cm as people type them.
    folded = {"us": "uS", "ms": "mS", "ns": "nS", "bq": "Bq", "cel": "Cel"}
    lower = name.lower()
    for candidate in (name, folded.get(lower, lower), lower[:-1] + "L" if lower.endswith("l") else lower):
        if candidate in _ATOMS:
            return _ATOMS[candidate]
    if lower in _WORDS and _WORDS[lower] in _ATOMS:
        return _ATOMS[_WORDS[lower]]
    raise _unknown(text)


def _tokens(body: str, text: str) -> Iterator[tuple[str, Fraction, Dimension]]:
    position = 0
    while position < len(body):
        match = _TOKEN.match(body, position)
        if match is None or match.end() == position:
            raise _unknown(text)
        position = match.end()
        number, annotation, name, power, mark = match.groups()
        if mark:
            yield mark, Fraction(1), ()
        elif number:
            base, _, power = number.replace("**", "^").replace("*", "^").partition("^")
            if not Fraction(base):
                raise _unknown(text)
            yield "", Fraction(base) ** _exponent(power, text), ()
        elif annotation:
            yield "", Fraction(1), ()
        else:
            scale, dimension = _atom(name, text)
            exponent = _exponent(power, text)
            yield "", scale**exponent, tuple((axis, n * exponent) for axis, n in dimension)


def _exponent(power: str | None, text: str) -> int:
    """Read a power; one of more than two digits is a slip, and would take for ever to work out."""
    if power and len(power.lstrip("+-")) > 2:
        raise _unknown(text)
    return int(power or 1)


def _product(body: str, text: str) -> tuple[Fraction, Dimension]:
    scale, powers = Fraction(1), dict[str, int]()
    sign, frames = 1, [1]
    for mark, factor, dimension in _tokens(body, text):
        if mark == "/":
            sign = -1
        elif mark == "(":
            frames.append(frames[-1] * sign)
            sign = 1
        elif mark == ")":
            if len(frames) == 1:
                raise _unknown(text)
            frames.pop()
            sign = 1
        elif not mark:
            power = frames[-1] * sign
            scale *= factor**power
            for axis, n in dimension:
                powers[axis] = powers.get(axis, 0) + n * power
            sign = 1
    if len(frames) != 1 or sign != 1:
        raise _unknown(text)
    return scale, tuple(sorted((axis, n) for axis, n in powers.items() if n))


@lru_cache(maxsize=1024)
def parse(text: str) -> Unit:
    """Read a unit as people write it.

    Raises ``UnknownName`` for a word it does not know and ``BadInput`` for parts per million and its kin, which say
    nothing without the density of the sample (water) or temperature and molar mass (air).
    """
    if len(text) > LONGEST:  # the patterns below take the third power of the length
        raise _unknown(f"{text[:40]}…")
    tidy = _tidied(text)
    if not tidy:
        raise UnknownName("no unit is given", where="unit", mend='state one; write "1" for a pure number')
    if tidy.lower() in _PARTS:
        raise BadInput(
            f"{text!r} does not say of what: mass, volume or moles",
            where="unit",
            mend="convert the values first and state mg/L or ug/m3, with the temperature used for a gas",
        )
    word = _WORDS.get(tidy.lower(), tidy)
    if word in _ZERO:
        return Unit(word, *_ATOMS[word], zero=_ZERO[word])
    basis = ""
    if (match := _BASIS.match(word)) or (match := _INNER.match(word)):
        parts = match.groupdict()
        # NO3-N is nitrate counted as nitrogen: what stands after the hyphen is the basis.
        species = parts["species"].rpartition("-")[2].lower()
        basis = next(name for name in _SPECIES if name.lower() == species)
        word = parts.get("head") or parts.get("unit", "") + parts.get("tail", "")
    body = _PER_NUMBER.sub(r"/(\1.\2)", word)
    scale, dimension = _product(body, text)
    return Unit(word, scale, dimension, basis=basis)


def is_known(text: str) -> bool:
    """Say whether a unit can be read at all."""
    try:
        parse(text)
    except UnknownName:
        return False
    except BadInput:
        return True
    return True


def _mole(code: str, basis: str) -> Fraction | None:
    """Grams a mole of the property's element weighs on the given basis (the property's own when none is stated)."""
    bases = _BASES.get(code, ())
    return _SPECIES[basis or bases[0]] if bases else None


def _refusal(given: Unit, wanted: Unit, code: str, why: str) -> BadInput:
    return BadInput(
        f"{given.text!r} cannot be converted to {wanted.text!r} for {code}: {why}",
        where="unit",
        mend=f"state the unit in which the values of {code} really stand, or convert them first",
    )


def factor(given_text: str, wanted_text: str, code: str) -> tuple[float, float]:
    """Return (scale, offset) so that ``value * scale + offset`` stands in the wanted unit; see ``unit_factor``."""
    given, wanted = parse(given_text), parse(wanted_text)
    if given.dimension == () and given.scale == 1 and wanted.dimension == (("pH", 1),):
        given = wanted  # pH is printed with no unit at all as often as with one
    scale = given.scale / wanted.scale
    if given.dimension != wanted.dimension:
        mole = _mole(code, "")
        molar = dict(given.dimension).get("amount") == 1 and not given.basis
        as_mass = tuple(sorted({**dict(given.dimension), "mass": 1, "amount": 0}.items()))
        as_mass = tuple((axis, n) for axis, n in as_mass if n)
        if mole is None or not molar or as_mass != wanted.dimension:
            raise _refusal(given, wanted, code, "they measure different things")
        scale *= mole
    if given.basis:
        bases = _BASES.get(code, ())
        if given.basis not in bases:
            raise _refusal(given, wanted, code, f"values of {code} cannot stand as {given.basis}")
        scale *= _SPECIES[bases[0]] / _SPECIES[given.basis]
    offset = (given.zero - wanted.zero) / wanted.scale
    return float(scale), float(offset)
