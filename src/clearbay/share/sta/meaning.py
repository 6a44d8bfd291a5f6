"""What a client's observed property and unit mean here: which property of the packs, in which unit, or one of its own.

A property that the packs do not know is kept under a code of its own (``x.luminous-flux``): stored, revised and served
like any other, but no rule set judges it, and its unit is what the client says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from clearbay import packs
from clearbay.apply.names import closest
from clearbay.collect.words import property_of
from clearbay.model.errors import BadInput
from clearbay.model.property import OWN_PROPERTY
from clearbay.share.sta.graph import slug

_VAGUE = {"temperature", "temp", "温度", "溫度", "temperatura"}
"""Names that do not say of what: the temperature of air must not be stored as that of water."""

_UNITLESS = {"", "1", "[pH]"}


@cache
def _spelled() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for code, one in packs.properties().items():
        for word in (code, one.cf, one.hj):
            if word:
                known.setdefault(word.lower(), code)
    return known


def code_of(body: Mapping[str, Any], number: str) -> str:
    """The code of an observed property as a client describes it: by ``properties.code``, its definition, its name."""
    properties = body.get("properties")
    told = properties.get("code") if isinstance(properties, Mapping) else None
    if isinstance(told, str) and told:
        if told.lower() in _spelled():
            return _spelled()[told.lower()]
        near = closest(told, packs.properties())
        raise BadInput(
            f"no property has the code '{told[:60]}'",
            where="properties.code",
            mend=(f"did you mean {' or '.join(near)}? " if near else "") + "leave it out for a property of your own",
        )
    definition = str(body.get("definition") or "")
    last = definition.rstrip("/#").replace("#", "/").replace(":", "/").rpartition("/")[2]
    if last.lower() in _spelled():
        return _spelled()[last.lower()]
    name = str(body.get("name") or "")
    for word in (last, name):
        if word and word.strip().lower() not in _VAGUE and (found := property_of(word)) is not None:
            return found
    return OWN_PROPERTY + (slug(name) or f"property-{number}")


def unit_of(code: str, unit: Any) -> tuple[float, float]:
    """Scale and offset from a client's unit to the one stored; ``BadInput`` where it does not fit the property."""
    known = packs.properties().get(code)
    if known is None:
        return 1.0, 0.0
    told = unit if isinstance(unit, Mapping) else {}
    words = [str(told.get(name) or "") for name in ("symbol", "definition", "name")]
    words[1] = words[1].replace("ucum:", "#").rpartition("#")[2]
    given = [word for word in words if word]
    if not given and known.unit in _UNITLESS:
        return 1.0, 0.0
    why = "no unit is given"
    for word in given:
        try:
            scale, offset = packs.unit_factor(word, known.unit, code)
        except BadInput as error:
            why = why if why != "no unit is given" else error.what
            continue
        return float(scale), float(offset)
    raise BadInput(
        f"the unit does not fit {known.name['en']}: {why}",
        where="unitOfMeasurement",
        mend=f"give the UCUM symbol {known.unit}, or one that converts to it; or describe another observed property",
    )
