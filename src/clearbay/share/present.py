"""Values of the model as the objects that the API shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clearbay import packs
from clearbay.apply import rules
from clearbay.apply.catalogue import Catalogue, Entry
from clearbay.collect import source_of
from clearbay.model.property import Property
from clearbay.model.standard import Item, Objective, Standard
from clearbay.model.text import LANGUAGES, Text
from clearbay.share.encode import time
from clearbay.share.exports import Credit

MEDIA: Mapping[str, Text] = {
    "sea": {"zh-Hans": "海水", "zh-Hant": "海水", "en": "Sea water", "pt": "Água do mar"},
    "river": {"zh-Hans": "河流", "zh-Hant": "河溪", "en": "Rivers", "pt": "Rios"},
    "lake": {"zh-Hans": "湖库", "zh-Hant": "湖泊及水塘", "en": "Lakes and reservoirs", "pt": "Lagos e albufeiras"},
    "air": {"zh-Hans": "空气", "zh-Hant": "空氣", "en": "Air", "pt": "Ar"},
    "effluent": {"zh-Hans": "排水口", "zh-Hant": "排放口", "en": "Outlets", "pt": "Descargas"},
}


def same(text: str) -> Text:
    """One spelling for every language (codes, proper names without a translation)."""
    return dict.fromkeys(LANGUAGES, text)


def summary(standard: Standard) -> dict[str, Any]:
    """A rule set in brief."""
    return {
        "id": standard.id,
        "code": standard.code,
        "family": standard.family,
        "name": standard.name,
        "short": same(standard.code),
        "kind": standard.kind,
        "media": standard.media,
        "jurisdiction": standard.jurisdiction,
        "in_force_from": standard.in_force_from,
        "in_force_to": standard.in_force_to,
        "confidence": standard.confidence,
        "grades": [
            {
                "id": grade.id,
                "name": grade.name,
                "short": grade.short or grade.id,
                "colour": grade.colour,
                "colour_dark": grade.colour_dark,
            }
            for grade in standard.grades
        ],
        "granularities": rules.granularities(standard),
        "properties": rules.judged(standard),
        "depths": rules.depths(standard),
    }


def detail(standard: Standard) -> dict[str, Any]:
    """A rule set in full."""
    return summary(standard) | {
        "issued": standard.issued,
        "rounding": standard.rounding,
        "sources": sources(standard),
        "items": [_item(item) for item in standard.items],
        "objectives": [_objective(objective) for objective in standard.objectives],
        "parameters": plain(standard.parameters),
        "notes": standard.notes,
    }


def sources(standard: Standard) -> list[dict[str, str]]:
    """Where the numbers of a rule set were read."""
    return [{"id": source.id, "ref": source.ref, "note": source.note} for source in standard.sources]


def _item(item: Item) -> dict[str, Any]:
    alternative = item.alternative
    return {
        "property": item.property,
        "op": item.op,
        "unit": item.unit,
        "limits": item.limits,
        "lake_limits": item.lake_limits,
        "alternative": alternative and {"property": alternative[0], "op": alternative[1], "limits": alternative[2]},
        "water_types": item.water_types,
        "clause": item.clause,
        "confidence": item.confidence,
        "sources": item.sources,
        "judged": item.judged and item.op != "not_judged",
        "note": item.note,
        "confidence_by_class": item.confidence_by_class,
    }


def _objective(objective: Objective) -> dict[str, Any]:
    return {
        "id": objective.id,
        "name": objective.name,
        "property": objective.property,
        "op": objective.op,
        "unit": objective.unit,
        "statistic": objective.statistic,
        "depth": objective.depth,
        "share": objective.share,
        "zones": objective.zones,
        "clause": objective.clause,
        "confidence": objective.confidence,
        "sources": objective.sources,
        "note": objective.note,
        "confidence_by_zone": objective.confidence_by_zone,
    }


def property_(one: Property) -> dict[str, Any]:
    """An observed property."""
    return {
        "code": one.code,
        "name": one.name,
        "unit": one.unit,
        "unit_label": one.unit_label,
        "hj": one.hj,
        "hj_confidence": one.hj_confidence,
        "cf": one.cf,
        "decimals": one.decimals,
        "group": one.group,
    }


def station(entry: Entry) -> dict[str, Any]:
    """A station with what the home holds of it, in brief."""
    one = entry.station
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name,
        "medium": one.medium,
        "programme": one.programme,
        "jurisdiction": one.jurisdiction,
        "zone": one.zone,
        "water": one.water,
        "longitude": one.longitude,
        "latitude": one.latitude,
        "water_type": one.water_type,
        "utc_offset": one.utc_offset,
        "first": time(entry.first),
        "last": time(entry.last),
        "observations": entry.observations,
    }


def data_source(programme: str) -> dict[str, Any]:
    """Title, licence and attribution of a programme: by its register, else by the source that reads its files.

    They are empty where neither knows it: a table of somebody's own.
    """
    if register := packs.registers().get(programme):
        title, known = register.name, (register.licence, register.attribution)
    elif source := source_of(programme):
        title, known = source.title, (source.licence, source.attribution)
    else:
        title, known = same(programme), ("", "")
    return {"id": programme, "title": title, "licence": known[0], "attribution": known[1]}


def credit(entries: Iterable[Entry]) -> Credit:
    """Whom to thank for the data of these stations."""
    found = [data_source(programme) for programme in dict.fromkeys(entry.station.programme for entry in entries)]
    return Credit(
        tuple(dict.fromkeys(one["attribution"] for one in found if one["attribution"])),
        tuple(dict.fromkeys(one["licence"] for one in found if one["licence"])),
    )


def media(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The media that the home has stations in."""
    entries = catalogue.entries.values()
    return [
        {
            "id": medium,
            "name": name,
            "stations": sum(entry.station.medium == medium for entry in entries),
            "located": sum(entry.station.medium == medium and entry.located for entry in entries),
        }
        for medium, name in MEDIA.items()
        if any(entry.station.medium == medium for entry in entries)
    ]


def plain(value: Any) -> Any:
    """Nested mappings and sequences of a pack as plain objects with text keys."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
