"""One change of one case, from what it was to what is recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from clearbay.apply.cases import access, clocks
from clearbay.apply.notices.telling import announce
from clearbay.model.case import Action, Actor, Case, Evidence, Party, Place, Running
from clearbay.model.errors import BadInput
from clearbay.model.playbook import ENDS, Playbook
from clearbay.store.cases import Writing, iso

WORDS = 20_000
"""Characters of the longest text that is taken."""


@dataclass
class Work:
    """A case under change: within one transaction, by one actor, at one moment."""

    writing: Writing
    playbook: Playbook
    case: Case
    actor: Actor
    now: datetime
    clocks: tuple[Running, ...]
    parties: tuple[Party, ...]
    request: str = ""

    def power(self, name: str, reason: str) -> None:
        """Check that the actor may do it, and gives the reason that it takes."""
        if access.check_power(self.actor, self.case, self.playbook, self.parties, name) and not reason.strip():
            raise BadInput(f"'{name}' needs a reason", where="reason", mend="say why, in words")

    def must_be_open(self) -> None:
        """``BadInput`` for a case in which nothing more is done."""
        if self.case.status != "open":
            raise BadInput(f"{self.case.id} is {self.case.status}", where="case", mend="reopen it first")

    def enter(self, state: str) -> None:
        """Bring the case into a state: clocks are met and started, an end closes it and begins the watch."""
        target = self.playbook.states[state]
        ends = target.stage in ENDS
        self.case = replace(self.case, state=state, stage=target.stage, entered=self.now)
        if ends:
            self.resume()
        self.put(clocks.entered(self.playbook, self.clocks, self.case, self.now, ends=ends))
        watch = self.playbook.watch if target.stage == "closed" else None
        watched = watch is not None and self.case.station and self.case.property and self.case.limit is not None
        self.case = replace(
            self.case,
            status="closed" if ends else "open",
            closed=self.now if ends else None,
            watch_until=self.now + timedelta(days=watch.days) if watch is not None and watched else None,
            watch_seen=self.now if watched else None,
        )

    def resume(self) -> None:
        """Let the clocks of a suspended case run again; nothing where none stands still."""
        if self.case.suspended is not None:
            self.put(clocks.resumed(self.playbook, self.clocks, self.now))
            self.case = replace(self.case, suspended=None, suspended_for="")

    def put(self, changed: tuple[Running, ...]) -> None:
        """Take on changed clocks."""
        before = {one.id: one for one in self.clocks}
        self.writing.put_clocks(self.case.number, [one for one in changed if before.get(one.id) != one])
        self.clocks = changed

    def set_fields(self, given: Mapping[str, str]) -> dict[str, str]:
        """Fill fields of the case; returns those that changed. ``BadInput`` for one the playbook does not know."""
        checked = {name: check_field(self.playbook, name, text) for name, text in given.items()}
        changed = {name: text for name, text in checked.items() if self.case.fields.get(name, "") != text}
        self.case = replace(self.case, fields={**self.case.fields, **checked})
        return changed

    def record(
        self,
        kind: str,
        *,
        before: str = "",
        text: str = "",
        data: Mapping[str, Any] | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> Action:
        """Count the change as done: one action in the chain, the case one version on."""
        due, name = clocks.nearest(self.clocks)
        self.case = replace(self.case, version=self.case.version + 1, updated=self.now, due=due, due_for=name)
        content = {
            "kind": kind,
            "from": before or self.case.state,
            "to": self.case.state,
            "text": check_words(text),
            "data": dict(data or {}),
            "actor": {
                "id": self.actor.id,
                "name": self.actor.name,
                "roles": sorted(self.actor.roles),
                "jurisdiction": self.actor.jurisdiction,
            },
            "evidence": [described(one) for one in evidence],
        }
        request, self.request = self.request, ""  # a change that records twice is known by its first action
        made = self.writing.record(self.case, content, time=self.now, clocks=self.clocks, request=request)
        announce(self.writing.connection, self.writing.home, self.playbook, self.case, made)
        return made


def described(one: Evidence) -> dict[str, Any]:
    """A piece of evidence as the chain says it."""
    return {
        "id": one.id,
        "sha256": one.sha256,
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "kind": one.kind,
        "added": iso(one.added),
        "by": one.by,
        "taken": iso(one.taken),
        "place": {"longitude": one.place.longitude, "latitude": one.place.latitude, "text": one.place.text},
        "note": one.note,
    }


def check_words(text: str, where: str = "text") -> str:
    """Text of a person, within bounds and without control characters; ``BadInput`` for what is too long."""
    if len(text) > WORDS:
        raise BadInput(f"the text has {len(text):,} characters", where=where, mend=f"at most {WORDS:,}; attach a file")
    return "".join(
        one for one in text if one in "\n\t" or (one.isprintable() and not 0xD800 <= ord(one) < 0xE000)
    ).strip()


def check_field(playbook: Playbook, name: str, text: str) -> str:
    """A field's text in its one spelling; ``BadInput`` for a field or a value that the playbook does not know."""
    field = playbook.fields.get(name)
    if field is None:
        known = ", ".join(playbook.fields) or "none"
        raise BadInput(f"{playbook.id} has no field {name!r}", where=name, mend=f"fields: {known}")
    text = check_words(str(text), name)
    if not text:
        return ""
    if field.kind == "choice" and text not in field.choices:
        raise BadInput(f"{name} is {text[:80]!r}", where=name, mend=f"one of {', '.join(field.choices)}")
    if field.kind == "yes_no" and text not in ("yes", "no"):
        raise BadInput(f"{name} is {text[:80]!r}", where=name, mend="yes or no")
    if field.kind in ("number", "integer"):
        return _number(name, text, whole=field.kind == "integer")
    if field.kind == "date":
        try:
            return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
        except ValueError:
            raise BadInput(f"{name} is {text[:80]!r}", where=name, mend="write it as 2026-03-01") from None
    return text


def _number(name: str, text: str, *, whole: bool) -> str:
    try:
        value = float(text)
    except ValueError:
        raise BadInput(f"{name} is {text[:80]!r}, no number", where=name, mend="write digits, with a point") from None
    if not abs(value) < 1e15 or (whole and value != int(value)):
        raise BadInput(f"{name} is {text[:80]!r}", where=name, mend="write a whole number" if whole else "")
    return str(int(value)) if whole else repr(value)


def check_position(place: Place) -> Place:
    """A place within WGS 84, its words in bounds; both degrees or neither."""
    if (place.longitude is None) != (place.latitude is None):
        raise BadInput("a position has both degrees", where="place", mend="give longitude and latitude, or neither")
    if place.longitude is not None and place.latitude is not None:
        inside = -180 <= place.longitude <= 180 and -90 <= place.latitude <= 90
        if not inside:
            raise BadInput(
                f"{place.longitude}, {place.latitude} is not on the Earth", where="place", mend="WGS 84 degrees"
            )
    return replace(place, text=check_words(place.text, "place"))
