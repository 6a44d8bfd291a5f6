"""The engine of cases: it opens them, and lets people act on them as their playbook allows.

Every action is one transaction and one link of the audit chain. ``version`` is the version of the case that the person
looked at: where somebody has changed it since, they get a ``Conflict`` and nothing is done. ``key`` is a client's own
name for the request: sent twice, it is done once. What somebody may not see is told in the words of what is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from clearbay import packs
from clearbay.apply.cases import access, clocks, conditions, grading
from clearbay.apply.cases.dossier import Dossier
from clearbay.apply.cases.drafts import Draft
from clearbay.apply.cases.proof import Proof
from clearbay.apply.cases.sharing import Sharing
from clearbay.apply.cases.work import Work, check_position, check_words
from clearbay.model.case import Actor, Case, Limit, Party, Place
from clearbay.model.errors import BadInput, NotAllowed, UnknownName
from clearbay.model.playbook import ENDS, Playbook
from clearbay.model.station import Station
from clearbay.model.territory import is_code, stem
from clearbay.store import Home
from clearbay.store.cases import Cases, Reading, Writing, unknown

Change = Callable[[Work], None]


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Casework(Proof, Sharing):
    """The cases of a home. Safe to share between threads; any number of processes may work on the same home.

    ``clock`` tells the time (tests set it); times never run backwards within a case.
    """

    def __init__(self, home: Home, *, clock: Callable[[], datetime] = now) -> None:
        self.home = home
        self.cases = Cases(home)
        self.clock = clock

    # -- playbooks -------------------------------------------------------------------------------------------------

    def playbooks(self) -> Mapping[str, Playbook]:
        """The playbooks for new cases: the shipped ones and those in ``playbooks/`` of the home."""
        directory = self.home.path / "playbooks"
        state = _state(directory)
        return _own(directory, state) if state else packs.playbooks()

    def playbook(self, id: str) -> Playbook:
        """The playbook of that id as it is now; ``UnknownName`` with those that there are."""
        found = self.playbooks().get(id)
        if found is None:
            known = ", ".join(self.playbooks())
            raise UnknownName(f"no playbook is called {id!r}", where="playbook", mend=f"there are: {known}")
        return found

    def playbook_of(self, reading: Reading, case: Case) -> Playbook:
        """The playbook under which a case was opened, in the version of that day."""
        text = reading.playbook(case.playbook, case.playbook_version)
        return packs.parse_playbook(text, f"{case.playbook} version {case.playbook_version}")

    def playbook_of_case(self, case: Case) -> Playbook:
        """As ``playbook_of``, by a reading of its own."""
        with self.cases.read() as reading:
            return self.playbook_of(reading, case)

    def playbooks_of(self, cases: Sequence[Case]) -> list[Playbook]:
        """The playbook of each case, by one reading."""
        with self.cases.read() as reading:
            found: dict[tuple[str, int], Playbook] = {}
            for one in cases:
                key = (one.playbook, one.playbook_version)
                if key not in found:
                    found[key] = self.playbook_of(reading, one)
            return [found[one.playbook, one.playbook_version] for one in cases]

    # -- looking ---------------------------------------------------------------------------------------------------

    def get(self, actor: Actor, id: str) -> Case:
        """The case of that id; ``UnknownName`` where there is none that this person may see."""
        with self.cases.read() as reading:
            return self._seen(reading, actor, id)[0]

    def dossier(self, actor: Actor, id: str) -> Dossier:
        """A case with everything that belongs to it."""
        with self.cases.read() as reading:
            case, parties = self._seen(reading, actor, id)
            return Dossier(
                case,
                self.playbook_of(reading, case),
                parties,
                reading.clocks(case.number),
                reading.actions(case.number),
                reading.evidence(case.number),
            )

    def moves(self, actor: Actor, id: str) -> tuple[conditions.Move, ...]:
        """The steps that lead on from here, whether this person may take them, and what is still missing."""
        with self.cases.read() as reading:
            case, parties = self._seen(reading, actor, id)
            work = self._work(reading, actor, case, parties)
            if case.status != "open":
                return ()
            return tuple(
                conditions.Move(
                    one, actor.has(one.by) and access.holds(actor, case), conditions.missing(self, work, one)
                )
                for one in work.playbook.moves(case.state)
            )

    # -- acting ----------------------------------------------------------------------------------------------------

    def open(self, actor: Actor, draft: Draft, *, key: str = "") -> Case:
        """Open a case. ``BadInput`` for what cannot be one, ``NotAllowed`` where the playbook lets others open it."""
        with self.cases.write() as writing:
            return self.open_within(writing, actor, draft, key=key)

    def open_within(self, writing: Writing, actor: Actor, draft: Draft, *, key: str = "") -> Case:
        """As ``open``, within a transaction in hand."""
        playbook = self.playbook(draft.playbook)
        if not actor.has(playbook.opened_by):
            raise access.refused(actor, "open", playbook.opened_by)
        station = self._station(draft.station)
        jurisdiction = draft.jurisdiction or (station.jurisdiction if station else actor.jurisdiction)
        self.check_place(actor, jurisdiction)
        # The request's key is the caller's own: another's case under the same key is never shown.
        request = f"{actor.id}\n{key}" if key else ""
        if request and (held := writing.requested(request)) is not None:
            return held
        writing.keep_playbook(playbook.id, playbook.version, playbook.text)
        case = self._fresh(writing, actor, playbook, draft, jurisdiction, station)
        work = self._created(writing, actor, playbook, case, request)
        work.set_fields(draft.fields)
        if lacking := [one.id for one in playbook.fields.values() if one.required and not work.case.fields.get(one.id)]:
            raise BadInput(f"{', '.join(lacking)} must be filled", where=lacking[0], mend="fill it and open again")
        grading.regrade(work)
        work.put(clocks.entered(playbook, (), work.case, work.now, ends=False))
        said = {"title": work.case.title, "playbook": f"{playbook.id} {playbook.version}", "origin": draft.origin}
        work.record("open", before="", text=draft.text, data=said)
        return work.case

    def act(
        self,
        actor: Actor,
        id: str,
        transition: str,
        *,
        reason: str = "",
        assignee: tuple[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        version: int | None = None,
        key: str = "",
    ) -> Case:
        """Take a case one step on. ``assignee`` is (id, name); ``fields`` are filled before the step is checked.

        Raises ``NotAllowed`` for who may not, ``BadInput`` naming everything that is missing.
        """

        def change(work: Work) -> None:
            step = work.playbook.transitions.get(transition)
            names = ", ".join(one.id for one in work.playbook.moves(work.case.state)) or "none"
            if step is None:
                raise UnknownName(
                    f"{work.playbook.id} knows no step {transition!r}", where="action", mend=f"now: {names}"
                )
            work.must_be_open()
            if work.case.state not in step.leaves:
                now_in = work.case.state
                raise BadInput(f"'{transition}' does not lead on from {now_in}", where="action", mend=f"now: {names}")
            if not actor.has(step.by):
                raise access.refused(actor, transition, step.by)
            if not access.holds(actor, work.case):
                raise NotAllowed(
                    f"{id} is held by {work.case.jurisdiction}", where="action", mend="ask whoever holds it"
                )
            if work.case.suspended is not None:
                raise BadInput(f"{id} is suspended", where="action", mend="resume it first")
            data: dict[str, Any] = {}
            if assignee is not None:
                data["assignee"] = _assign(work, assignee)
            if changed := work.set_fields(fields or {}):
                data["fields"] = changed
                grading.regrade(work)
            lacking = conditions.missing(self, work, step, reason=reason)
            if lacking:
                raise BadInput("; ".join(lacking), where=transition, mend="bring what is missing and try again")
            if step.needs.remeasured:
                data["remeasured"] = conditions.told(self.measured(work))
            if step.to in work.playbook.states and work.playbook.states[step.to].stage == "closed":
                self.check_joint(work)
            before = work.case.state
            work.enter(step.to)
            work.record(transition, before=before, text=reason, data=data)

        return self.change(actor, id, change, version=version, key=key)

    def comment(self, actor: Actor, id: str, text: str, *, key: str = "") -> Case:
        """Say something about a case; allowed on a closed one too."""

        def change(work: Work) -> None:
            work.power("comment", "said")
            if not check_words(text):
                raise BadInput("there is nothing in it", where="text", mend="write something")
            work.record("comment", text=text)

        return self.change(actor, id, change, key=key)

    def assign(
        self,
        actor: Actor,
        id: str,
        assignee: tuple[str, str],
        *,
        reason: str = "",
        version: int | None = None,
        key: str = "",
    ) -> Case:
        """Give a case to a person, (id, name); an empty id takes it from whoever has it."""

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("assign", reason)
            given = _assign(work, assignee)
            work.record("assign", text=reason, data={"assignee": given})

        return self.change(actor, id, change, version=version, key=key)

    def edit(
        self,
        actor: Actor,
        id: str,
        fields: Mapping[str, str],
        *,
        reason: str = "",
        version: int | None = None,
        key: str = "",
    ) -> Case:
        """Fill or correct fields without a step; whoever may comment and holds the case may."""

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("comment", reason or "edited")
            if not access.holds(work.actor, work.case):
                raise NotAllowed(f"{id} is held by {work.case.jurisdiction}", where="action", mend="comment instead")
            changed = work.set_fields(fields)
            if changed:
                grading.regrade(work)
                work.record("edit", text=reason, data={"fields": changed, "grade": work.case.grade})

        return self.change(actor, id, change, version=version, key=key)

    def aim(
        self,
        actor: Actor,
        id: str,
        station: str,
        property: str,
        limit: Limit | None,
        *,
        reason: str = "",
        version: int | None = None,
        key: str = "",
    ) -> Case:
        """Say what shows that the water is clean: which property, at which station, against which limit.

        For cases that were opened without it; a case that has all three keeps them, so that nobody closes one by moving
        the mark.
        """

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("remeasure", reason or "aimed")
            if not access.holds(work.actor, work.case):
                raise NotAllowed(f"{id} is held by {work.case.jurisdiction}", where="action", mend="comment instead")
            one = work.case
            if one.station and one.property and one.limit is not None:
                raise BadInput(f"{id} is measured at {one.station} already", where="station", mend="open another case")
            if not station or not property or limit is None:
                raise BadInput("a station, a property and a limit are needed", where="limit", mend="give all three")
            if property not in packs.properties():
                raise UnknownName(f"no property is called {property!r}", where="property", mend="such as NH3N")
            self._station(station)
            work.case = replace(one, station=station, property=property, limit=limit)
            data = {"station": station, "property": property, "op": limit.op, "limit": limit.value, "unit": limit.unit}
            work.record("aim", text=reason, data={**data, "standard": limit.standard, "grade": limit.grade})

        return self.change(actor, id, change, version=version, key=key)

    def suspend(
        self, actor: Actor, id: str, why: str, *, reason: str = "", version: int | None = None, key: str = ""
    ) -> Case:
        """Stop the clocks of a case, for one of the playbook's reasons (its id) and in words."""

        def change(work: Work) -> None:
            rule = self._suspension(work, why)
            if work.case.suspended is not None:
                raise BadInput(f"{id} is suspended already", where="action", mend="resume it first")
            work.put(clocks.paused(work.playbook, work.clocks, work.now))
            work.case = replace(work.case, suspended=work.now, suspended_for=why)
            data = {"why": why, "longest_days": rule}
            work.record("suspend", text=reason, data=data)

        return self.change(actor, id, change, version=version, key=key)

    def resume(self, actor: Actor, id: str, *, reason: str = "", version: int | None = None, key: str = "") -> Case:
        """Let the clocks of a suspended case run again."""

        def change(work: Work) -> None:
            self._suspension(work, work.case.suspended_for)
            if work.case.suspended is None:
                raise BadInput(f"{id} is not suspended", where="action", mend="nothing needs to be done")
            since = work.case.suspended
            work.resume()
            work.record("resume", text=reason, data={"days": (work.now - since).days})

        return self.change(actor, id, change, version=version, key=key)

    def reopen(
        self, actor: Actor, id: str, *, reason: str, state: str = "", version: int | None = None, key: str = ""
    ) -> Case:
        """Open a closed case again, in the state that the playbook's watch names, or its first, or a given open one."""

        def change(work: Work) -> None:
            if work.case.status != "closed":
                raise BadInput(f"{id} is {work.case.status}", where="action", mend="only a closed case is reopened")
            work.power("reopen", reason)
            self.reopen_work(work, state, text=reason)

        return self.change(actor, id, change, version=version, key=key)

    def reopen_work(self, work: Work, state: str = "", *, kind: str = "reopen", text: str, data: Any = None) -> None:
        """Reopen a case under change."""
        book = work.playbook
        target = state or (book.watch.reopen if book.watch else book.initial)
        if target not in book.states or book.states[target].stage in ENDS:
            raise BadInput(f"{target!r} is no open state of {book.id}", where="state", mend=f"such as {book.initial}")
        before = work.case.state
        work.case = replace(work.case, reopened=work.case.reopened + 1, escalated=0, worse=work.now)
        work.enter(target)
        work.record(kind, before=before, text=text, data=data)

    def grade(
        self, actor: Actor, id: str, grade: str, *, reason: str, version: int | None = None, key: str = ""
    ) -> Case:
        """Give a case a grade other than its fields do; the grade that they do is recorded beside it."""

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("grade", reason)
            found = next((one for one in work.playbook.grades if one.id == grade), None)
            if found is None:
                known = ", ".join(one.id for one in work.playbook.grades) or "none"
                raise BadInput(f"{grade!r} is no grade of {work.playbook.id}", where="grade", mend=f"grades: {known}")
            computed = grading.computed(work.playbook, work.case.fields)
            grading.put(work, found)
            work.record("grade", text=reason, data={"grade": grade, "computed": computed.id if computed else ""})

        return self.change(actor, id, change, version=version, key=key)

    # -- inside ----------------------------------------------------------------------------------------------------

    def change(self, actor: Actor, id: str, change: Change, *, version: int | None = None, key: str = "") -> Case:
        """Carry out one change of one case as one transaction; nothing is stored where it raises."""
        with self.cases.write() as writing:
            return self.change_within(writing, actor, id, change, version=version, key=key)

    def change_within(
        self, writing: Writing, actor: Actor, id: str, change: Change, *, version: int | None = None, key: str = ""
    ) -> Case:
        """As ``change``, within a transaction in hand."""
        case, parties = self._seen(writing, actor, id)
        request = f"{actor.id}\n{key}" if key else ""
        if request and writing.acted(case.number, request):
            return case
        access.check_version(writing.actions, case, version)
        work = self._work(writing, actor, case, parties, request)
        before = case.version
        change(work)
        if work.case.version == before and work.case != case:
            raise RuntimeError(f"a change of {id} was not recorded")
        return work.case

    def _work(self, reading: Reading, actor: Actor, case: Case, parties: tuple[Party, ...], request: str = "") -> Work:
        moment = max(self.clock(), case.updated)
        return Work(
            reading,  # type: ignore[arg-type] # whoever only looks calls nothing that writes
            self.playbook_of(reading, case),
            case,
            actor,
            moment,
            reading.clocks(case.number),
            parties,
            request,
        )

    def _created(self, writing: Writing, actor: Actor, playbook: Playbook, case: Case, request: str) -> Work:
        # By the place itself, down to the street: a district must not read in its numbers what another has to do.
        place = stem(case.jurisdiction) or "0"
        series = f"{playbook.prefix}-{_local_year(case)}-{place}"
        serial = writing.next_serial(series)
        case = replace(case, id=f"{series}-{serial:05d}")
        writing.create(case, series, serial, request)
        return Work(writing, playbook, case, actor, case.opened, (), ())

    def _fresh(
        self,
        writing: Writing,
        actor: Actor,
        playbook: Playbook,
        draft: Draft,
        jurisdiction: str,
        station: Station | None,
    ) -> Case:
        title = check_words(draft.title, "title").replace("\n", " ")
        if not title or len(title) > 300:
            raise BadInput("a case has a title of 1 to 300 characters", where="title", mend="say what it is about")
        if draft.property and draft.property not in packs.properties():
            raise UnknownName(f"no property is called {draft.property!r}", where="property", mend="such as NH3N")
        if draft.severity not in (0, 1, 2, 3, 4):
            raise BadInput(f"{draft.severity} is no severity", where="severity", mend="1 (most severe) to 4")
        if draft.origin not in playbook.opens:
            raise BadInput(f"{playbook.id} is not opened by {draft.origin}", where="origin", mend="open it by hand")
        place = check_position(draft.place)
        if place.longitude is None and station is not None:
            place = Place(station.longitude, station.latitude, place.text)
        moment = self.clock()
        return Case(
            number=writing.next_number(moment),
            id="",
            playbook=playbook.id,
            playbook_version=playbook.version,
            title=title,
            text=check_words(draft.text),
            state=playbook.initial,
            stage=playbook.states[playbook.initial].stage,
            status="open",
            severity=draft.severity or playbook.severity,
            grade="",
            jurisdiction=jurisdiction,
            assignee="",
            assignee_name="",
            station=draft.station,
            property=draft.property,
            limit=draft.limit,
            place=place,
            event=check_words(draft.event, "event"),
            origin=draft.origin,
            fields={},
            opened=moment,
            opened_by=actor.id,
            entered=moment,
            updated=moment,
            version=0,
            generated=draft.generated or (station is not None and station.generated),
        )

    def check_place(self, actor: Actor, jurisdiction: str) -> None:
        """Refuse a jurisdiction that lies nowhere; the public may report to any."""
        if not is_code(jurisdiction):
            raise BadInput(f"{jurisdiction!r} is no jurisdiction", where="jurisdiction", mend="a code such as 440300")
        packs.calendar_of(jurisdiction)

    def _station(self, id: str) -> Station | None:
        if not id:
            return None
        found = next((one for one in self.home.stations() if one.id == id), None)
        if found is None:
            raise UnknownName(f"no station is called {id!r}", where="station", mend="see /api/stations")
        return found

    def _suspension(self, work: Work, why: str) -> int | None:
        rule = work.playbook.suspension
        work.must_be_open()
        if rule is None:
            raise NotAllowed(f"the clocks of {work.playbook.id} cannot be stopped", where="action")
        if not work.actor.has(rule.by):
            raise access.refused(work.actor, "suspend", rule.by)
        if not access.holds(work.actor, work.case):
            raise NotAllowed(f"{work.case.id} is held by {work.case.jurisdiction}", where="action")
        if why and why not in rule.reasons:
            raise BadInput(f"{why!r} is no reason", where="why", mend=f"one of {', '.join(rule.reasons)}")
        if not why and work.case.suspended is None:
            raise BadInput("a clock stops for a reason", where="why", mend=f"one of {', '.join(rule.reasons)}")
        return rule.longest_days

    def _seen(self, reading: Reading, actor: Actor, id: str) -> tuple[Case, tuple[Party, ...]]:
        # As much work for a case that is hidden as for none, so that the time taken tells nothing either.
        hands = reading.hands(id)
        parties = reading.parties(-1 if hands is None else hands.number)
        if hands is None or not access.sees(actor, hands, parties):
            raise unknown(id)
        return reading.case(id), parties


def _assign(work: Work, assignee: tuple[str, str]) -> dict[str, str]:
    id, name = check_words(assignee[0], "assignee"), check_words(assignee[1], "assignee")
    work.case = replace(work.case, assignee=id, assignee_name=name if id else "")
    return {"id": id, "name": work.case.assignee_name}


def _local_year(case: Case) -> int:
    offset = packs.calendar_of(case.jurisdiction).utc_offset
    return (case.opened + timedelta(minutes=offset)).year


@lru_cache(maxsize=16)
def _own(directory: Path, _: tuple[tuple[str, int, int], ...]) -> Mapping[str, Playbook]:
    return packs.home_playbooks(directory)


def _state(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """What a directory's playbooks look like from outside; empty where there are none."""
    if not directory.is_dir():
        return ()
    found = [(path.name, path.stat()) for path in sorted(directory.glob("*.yaml"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)
