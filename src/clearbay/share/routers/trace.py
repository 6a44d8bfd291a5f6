"""``/api/trace``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from clearbay.apply.alarms import SPAN, alarm_of
from clearbay.apply.tracing import Alarm, known_property
from clearbay.model.errors import BadInput
from clearbay.share import encode, parameters, river_shapes
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("trace")


@router.get(
    "/trace",
    openapi_extra={"x-try": False},  # what can be traced is different in every home
    operation_id="trace",
    summary="Where a pollution came from",
    responses={200: {"model": river_shapes.TraceShape}, **documented(404, 422, 503)},
)
def trace(
    desk: Services,
    event: Annotated[
        str | None, Query(description="Id of an event: its section, property and time.", max_length=64)
    ] = None,
    station: Annotated[
        str | None, Query(description="Without an event: the section that saw it.", max_length=100)
    ] = None,
    property_: Annotated[
        str | None, Query(alias="property", description="... and what it saw: a property code.", max_length=40)
    ] = None,
    from_: parameters.From = None,
    to: parameters.To = None,
    network: Annotated[str | None, Query(description="Which network, where there are several.", max_length=64)] = None,
    lines: Annotated[bool, Query(description="Add the points of every reach named, to be drawn.")] = False,
) -> Response:
    """Place, time and mass of a release with 90 % intervals, the outlets ranked with their evidence, what is hit next.

    The observations of the section, of those above it and of those on its way down are read; sections above that saw
    nothing shut out what lies above them.
    """
    if event is not None:
        alarm = alarm_of(desk.home, event)
    else:
        if station is None or property_ is None or from_ is None:
            raise BadInput("nothing to trace", where="event", mend="give event, or station, property, from and to")
        start = parameters.instant(from_, where="from", utc_offset=0)
        end = parameters.instant(to, where="to", utc_offset=0, last=True)
        assert start is not None
        alarm = Alarm(station, known_property(property_), start, end or start + SPAN)
    return encode.answer(desk.tracer.trace(alarm, network=network).as_dict(lines=lines, texts=True))
