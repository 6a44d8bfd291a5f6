"""``/api/zones``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response

from clearbay import packs
from clearbay.apply import portraits, rules
from clearbay.apply.catalogue import Catalogue, zone_of
from clearbay.model.station import Zone
from clearbay.share import encode, parameters, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("zones")

_Standard = Annotated[
    str | None,
    Query(description="Id of a rule set of /api/standards.", examples=["hk.wqo-marine"], max_length=100),
]


@router.get(
    "/zones",
    operation_id="zones",
    summary="Zones",
    responses={200: {"model": schemas.Listing[schemas.ZoneShape]}, **documented(404, 422, 503)},
)
def zones(
    desk: Services,
    standard: _Standard = None,
    granularity: parameters.Granularity = None,
    depth: parameters.AssessedDepth = None,
) -> Response:
    """Every zone with its stations; a zone holds the stations of its subzones too.

    With `standard`, only the stations of that rule set's media, and only the zones that have some; `granularity` and
    `depth` are checked against it and change nothing here.
    """
    now = desk.catalogue()
    media: tuple[str, ...] | None = None
    if standard:
        rule_set = rules.standard_of(standard)
        rules.check_granularity(rule_set, granularity)
        rules.check_depth(rule_set, depth)
        media = rule_set.media
    items = [_zone(now, zone, media) for zone in packs.zones().values()]
    if media is not None:
        items = [item for item in items if item["stations"]]
    return encode.page(items, len(items))


@router.get(
    "/zones/{id}",
    operation_id="zone",
    summary="How one zone stands",
    responses={200: {"model": schemas.ZoneDetail}, **documented(404, 422, 503)},
)
def zone(
    desk: Services,
    name: Annotated[str, Path(alias="id", description="Id of the zone.", examples=["hk.wcz.victoria-harbour"])],
    standard: Annotated[
        str,
        Query(description="Id of a rule set of /api/standards.", examples=["hk.wqo-marine"], max_length=100),
    ] = "hk.wqo-marine",
    granularity: Annotated[
        Literal["year", "season", "month", "day"] | None,
        Query(description="Length of a period; left out: the first that the rule set offers."),
    ] = None,
    depth: parameters.AssessedDepth = None,
) -> Response:
    """Stations of each grade by period, the share that attained each objective, the worst station, and how complete
    the picture is: stations judged over all of the zone's that the rule set's media cover."""
    now = desk.catalogue()
    area = zone_of(name, where="id")
    rule_set = rules.standard_of(standard)
    stations = now.zones.get(area.id, ())
    found = portraits.portrait(
        desk.assessments,
        now,
        stations,
        rule_set,
        rules.check_granularity(rule_set, granularity),
        rules.check_depth(rule_set, depth),
    )
    return encode.answer(
        _zone(now, area, None)
        | {
            "standard": rule_set.id,
            "granularity": found.granularity,
            "depth": found.depth,
            "periods": found.periods,
            "grades": found.grades,
            "counts": found.counts,
            "samples": found.samples,
            "judged": found.judged,
            "completeness": found.completeness,
            "objectives": [
                {
                    "id": one.objective.id,
                    "name": one.objective.name,
                    "periods": one.periods,
                    "attained_share": one.share,
                    "stations": one.stations,
                }
                for one in found.attainments
            ],
            "worst_station": found.worst,
        }
    )


def _zone(now: Catalogue, zone: Zone, media: tuple[str, ...] | None) -> dict[str, Any]:
    stations = now.zones.get(zone.id, ())
    if media is not None:
        stations = tuple(one for one in stations if now.entries[one].station.medium in media)
    return {
        "id": zone.id,
        "name": zone.name,
        "kind": zone.kind,
        "jurisdiction": zone.jurisdiction,
        "stations": stations,
        "bbox": portraits.box(now, stations),
    }
