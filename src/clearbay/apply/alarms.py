"""What is to be traced, from an event of a home or from what a person types."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from clearbay.apply.events import Events
from clearbay.apply.tracing import Alarm
from clearbay.model.errors import BadInput
from clearbay.store import Home

SPAN = timedelta(hours=72)
"""How long after its first sign an alarm is read where no end is given: a cloud and its tail."""
AFTER = timedelta(hours=24)
"""How long after its end an event is read on, for the tail and for sections below."""


def moment(text: str, where: str) -> datetime:
    """A time as naive UTC; without an offset it is UTC."""
    try:
        value = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise BadInput(f"{text!r} is no time", where=where, mend="write it like 2026-03-01T08:00") from None
    return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)


def alarm_of(home: Home, event: str) -> Alarm:
    """The alarm that an event of the home is: the section, property and time of its leading member."""
    view = Events(home).get(event)
    leading = view.leading
    if not leading.property:
        raise BadInput(f"event {event} is of no property that a river carries", where="event", mend="choose another")
    start = datetime(1970, 1, 1) + timedelta(microseconds=leading.since)
    ended = view.record.ended
    newest = datetime(1970, 1, 1) + timedelta(microseconds=view.record.updated)
    end = datetime(1970, 1, 1) + timedelta(microseconds=ended) + AFTER if ended is not None else start + SPAN
    end = max(end, newest + AFTER)
    return Alarm(leading.station, leading.property, start, end, event)
