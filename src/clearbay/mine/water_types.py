"""River or lake: which limits of GB 3838 a section is held against, and how that was decided.

The law gives lakes and reservoirs limits of their own (total phosphorus), but no list of which sections are lakes; the
authority decides, and judges many reservoirs as rivers. So a section's type is taken, in this order, from

1. what the user says (``option``);
2. the register: the station's own entry, or the register of section types learned from published classes
   (``benchmarks/learn_water_types.py``), where a section stands under its name in its province;
3. what it measures (``measured``): the national network measures chlorophyll-a and algae at lakes and reservoirs. Of
   the sections whose type published classes reveal, 96 of 105 lakes report either, and 17 of 1,428 rivers;
4. its name: a word for the middle of a lake, or, where the table has no chlorophyll-a or algae of any section, a 湖 or
   岛 and no word for a mouth, sluice or bridge. Of the names that end in 水库 (reservoir) 15 of 26 belong to sections
   that are judged as rivers, so that word decides nothing. What the name does not tell is a river.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import narwhals.stable.v2 as nw

from clearbay import packs
from clearbay.mine.frames import frame_of, to_arrow
from clearbay.model.errors import BadInput
from clearbay.model.station import Station

Kind = Literal["river", "lake"]
DecidedBy = Literal["option", "register", "measured", "name"]

NATIONAL = "cn.cnemc."
"""Station ids of the national network: this, then province, a dot and the section."""

LAKE_ITEMS = ("chla", "algae")
"""What the national network measures at lakes and reservoirs only."""

_MIDDLE = re.compile("湖心|湖中|库心|库中|湖区|湖库|坝上")
_OUTSIDE = re.compile("入湖|出湖|湖口|入库|出库|出口|出水|下游|[闸桥河沟站厂村场]|渡口")
_LAKE = re.compile("[湖岛]|海中|滇池|洱海|邛海|海子")


@dataclass(frozen=True, slots=True)
class WaterType:
    """A section's type and what decided it."""

    kind: Kind
    decided_by: DecidedBy


def water_type_by_name(section: str, *, cautious: bool = False) -> Kind:
    """What a section's Chinese name says; ``cautious``: only a word for the middle of a lake counts.

    >>> [water_type_by_name(name) for name in ("太湖湖心", "某湖", "新薛河入湖口", "大冶湖闸", "某某水库", "某某桥")]
    ['lake', 'lake', 'river', 'river', 'river', 'river']
    """
    if _MIDDLE.search(section):
        return "lake"
    if cautious or _OUTSIDE.search(section):
        return "river"
    return "lake" if _LAKE.search(section) else "river"


def water_types(
    stations: Iterable[str], option: str = "auto", *, readings: object | None = None
) -> dict[str, WaterType]:
    """The type of each station; ``option`` is ``river`` or ``lake`` for all of them, or ``auto``.

    ``readings`` (station, property) tells what each section measures; without it only register and name speak.
    """
    if option in ("river", "lake"):
        return {station: WaterType(option, "option") for station in stations}  # type: ignore[arg-type]
    if option != "auto":
        raise BadInput(f"no such water type: {option}", where="water type", mend="use river, lake or auto")
    known = {station.id: station for station in packs.stations()}
    measuring = frozenset[str]() if readings is None else measuring_lake_items(readings)
    return {station: _decide(station, known, measuring) for station in stations}


def measuring_lake_items(readings: object) -> frozenset[str]:
    """Sections of the national network that report chlorophyll-a or algae."""
    frame = frame_of(readings)
    chosen = frame.filter(nw.col("property").is_in(list(LAKE_ITEMS)), nw.col("station").str.starts_with(NATIONAL))
    return frozenset(to_arrow(chosen.select("station").unique()).column("station").to_pylist())


def _decide(station: str, known: Mapping[str, Station], measuring: frozenset[str]) -> WaterType:
    if station in known:
        entry = known[station]
        if entry.water_type:
            return WaterType(entry.water_type, "register")
        return WaterType("lake" if entry.medium == "lake" else "river", "register")
    province, section = section_of(station)
    for spelling in _spellings(section):
        kind = packs.water_type("cnemc", province, spelling)
        if kind:
            return WaterType(kind, "register")  # type: ignore[arg-type]
    if station in measuring:
        return WaterType("lake", "measured")
    return WaterType(water_type_by_name(section, cautious=bool(measuring)), "name")


def section_of(station: str) -> tuple[str, str]:
    """(province, section) of a station of the national network; for any other, an empty province and the whole id."""
    if not station.startswith(NATIONAL):
        return "", station
    province, _, section = station.removeprefix(NATIONAL).partition(".")
    return province, section


def _spellings(section: str) -> list[str]:
    """The name as written; with brackets and widths made uniform; without what stands in brackets."""
    uniform = unicodedata.normalize("NFKC", section).replace(" ", "")
    bare = re.sub(r"\(.*?\)$", "", uniform)
    return list(dict.fromkeys((section, uniform, bare)))
