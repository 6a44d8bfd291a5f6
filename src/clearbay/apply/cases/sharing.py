"""Cases between jurisdictions and between each other: handed over, handled jointly, merged, split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clearbay.apply.cases import access, clocks
from clearbay.apply.cases.work import Work, check_words
from clearbay.model.case import Actor, Case, Party
from clearbay.model.errors import BadInput, NotAllowed
from clearbay.model.territory import common, covers

if TYPE_CHECKING:
    from clearbay.apply.cases.casework import Change
    from clearbay.model.playbook import Playbook
    from clearbay.store.cases import Cases, Reading, Writing


class Sharing:
    """The part of the engine that moves cases between hands; mixed into ``Casework``."""

    if TYPE_CHECKING:
        cases: Cases

        def change(self, actor: Actor, id: str, change: Change, *, version: int | None = None, key: str = "") -> Case:
            """See ``Casework``."""
            ...

        def check_place(self, actor: Actor, jurisdiction: str) -> None:
            """See ``Casework``."""

        def _seen(self, reading: Reading, actor: Actor, id: str) -> tuple[Case, tuple[Party, ...]]: ...

        def _work(
            self, reading: Reading, actor: Actor, case: Case, parties: tuple[Party, ...], request: str = ""
        ) -> Work: ...

        def _created(self, writing: Writing, actor: Actor, playbook: Playbook, case: Case, request: str) -> Work: ...

    def transfer(
        self, actor: Actor, id: str, to: str, *, reason: str, version: int | None = None, key: str = ""
    ) -> Case:
        """Hand a case to another jurisdiction; its clocks run on under the new calendar, or anew, as the playbook says.

        Where the case comes back to one that held it before, the two disagree: the smallest jurisdiction around both
        is called upon.
        """

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("transfer", reason)
            self.check_place(actor, to)
            before = work.case.jurisdiction
            if to == before:
                raise BadInput(f"{id} is held by {to} already", where="to", mend="name another")
            disputed = any(one.part == "former" and one.jurisdiction == to for one in work.parties)
            work.put(clocks.handed_over(work.playbook, work.clocks, to, work.now))
            work.writing.drop_party(work.case.number, to)
            work.writing.put_party(work.case.number, Party(before, "former", "", work.now))
            data = {"from": before, "to": to, "disputed": disputed}
            if disputed and (judge := common(before, to)) not in (before, to):
                work.writing.put_party(work.case.number, Party(judge, "superior", "dispute", work.now))
                data["decides"] = judge
            raised = work.case.escalated + 1 if disputed else work.case.escalated
            work.case = replace(work.case, jurisdiction=to, assignee="", assignee_name="", escalated=raised)
            work.record("transfer", text=reason, data=data)

        return self.change(actor, id, change, version=version, key=key)

    def join(
        self, actor: Actor, id: str, jurisdiction: str, task: str, *, version: int | None = None, key: str = ""
    ) -> Case:
        """Ask another jurisdiction to handle a part of a case; it closes only when that part is reported done."""

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("join", task)
            self.check_place(actor, jurisdiction)
            if covers(jurisdiction, work.case.jurisdiction) and covers(work.case.jurisdiction, jurisdiction):
                raise BadInput(f"{jurisdiction} holds the case itself", where="jurisdiction", mend="name another")
            if not check_words(task):
                raise BadInput("what are they asked to do?", where="task", mend="say it in words")
            work.writing.put_party(work.case.number, Party(jurisdiction, "joint", check_words(task), work.now))
            work.record("join", text=task, data={"jurisdiction": jurisdiction})

        return self.change(actor, id, change, version=version, key=key)

    def contribute(
        self, actor: Actor, id: str, text: str, *, jurisdiction: str = "", version: int | None = None, key: str = ""
    ) -> Case:
        """Report the part of one's jurisdiction as done."""

        def change(work: Work) -> None:
            work.must_be_open()
            wanted = ("", *(one.jurisdiction for one in work.parties)) if not jurisdiction else (jurisdiction,)
            mine = [
                one
                for one in work.parties
                if one.part == "joint"
                and one.done is None
                and one.jurisdiction in wanted
                and covers(actor.jurisdiction, one.jurisdiction)
            ]
            if not mine or not actor.has(("duty_officer", "handler", "inspector", "reviewer")):
                raise NotAllowed(f"no open part of {id} is yours", where="jurisdiction", mend="see the case's parties")
            if not check_words(text):
                raise BadInput("what was done?", where="text", mend="say it in words")
            work.writing.put_party(work.case.number, replace(mine[0], done=work.now))
            work.record("contribute", text=text, data={"jurisdiction": mine[0].jurisdiction})

        return self.change(actor, id, change, version=version, key=key)

    def release(
        self, actor: Actor, id: str, jurisdiction: str, *, reason: str, version: int | None = None, key: str = ""
    ) -> Case:
        """Ask another jurisdiction's part no longer."""

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("join", reason)
            if not any(one.jurisdiction == jurisdiction and one.part == "joint" for one in work.parties):
                raise BadInput(
                    f"{jurisdiction} has no part in {id}", where="jurisdiction", mend="see the case's parties"
                )
            work.writing.drop_party(work.case.number, jurisdiction)
            work.record("release", text=reason, data={"jurisdiction": jurisdiction})

        return self.change(actor, id, change, version=version, key=key)

    def check_joint(self, work: Work) -> None:
        """``BadInput`` while a jurisdiction that was asked for a part has not reported it done."""
        left = [one.jurisdiction for one in work.parties if one.part == "joint" and one.done is None]
        if left:
            raise BadInput(
                f"{', '.join(left)} has not reported its part done", where="parties", mend="wait for it, or release it"
            )

    def merge(
        self, actor: Actor, id: str, into: str, *, reason: str, version: int | None = None, key: str = ""
    ) -> Case:
        """End a case in another that goes on for both: returns that other. Its clocks are the other's from now on."""
        with self.cases.write() as writing:
            one, parties = self._seen(writing, actor, id)
            other, others = self._seen(writing, actor, into)
            request = f"{actor.id}\n{key}" if key else ""
            if request and writing.acted(one.number, request):
                return other
            access.check_version(writing.actions, one, version)
            if one.id == other.id:
                raise BadInput("a case cannot go on in itself", where="into", mend="name another")
            ends = self._work(writing, actor, one, parties, request)
            goes_on = self._work(writing, actor, other, others)
            for work in (ends, goes_on):
                work.must_be_open()
                work.power("merge", reason)
            ends.now = goes_on.now = max(ends.now, goes_on.now)
            ends.resume()
            ends.put(clocks.voided(ends.clocks, ends.now))
            ends.case = replace(ends.case, status="merged", closed=ends.now, merged_into=other.id)
            ends.record("merge", text=reason, data={"into": other.id})
            for part in parties:
                if part.part == "joint" and all(held.jurisdiction != part.jurisdiction for held in others):
                    writing.put_party(other.number, part)
            raised = min(one.severity, other.severity)
            worse = goes_on.now if raised < other.severity else other.worse
            goes_on.case = replace(goes_on.case, severity=raised, worse=worse)
            goes_on.record("absorb", text=reason, data={"case": one.id})
            return goes_on.case

    def split(
        self,
        actor: Actor,
        id: str,
        title: str,
        *,
        reason: str,
        jurisdiction: str = "",
        fields: Mapping[str, str] | None = None,
        evidence: Sequence[int] = (),
        version: int | None = None,
        key: str = "",
    ) -> Case:
        """Make a case of its own of a part of a case; returns the new one.

        It begins in the same state, with the deadlines that run already: splitting never buys time. ``evidence`` are
        the numbers of the pieces that go along (they stay in the old case too).
        """
        with self.cases.write() as writing:
            one, parties = self._seen(writing, actor, id)
            request = f"{actor.id}\n{key}" if key else ""
            if request and (held := writing.requested(request)) is not None:
                return held
            access.check_version(writing.actions, one, version)
            work = self._work(writing, actor, one, parties)
            work.must_be_open()
            work.power("split", reason)
            if not check_words(title):
                raise BadInput("the new case has no title", where="title", mend="say what it is about")
            place = jurisdiction or one.jurisdiction
            self.check_place(actor, place)
            pieces = {piece.id: piece for piece in writing.evidence(one.number)}
            if unknown := [number for number in evidence if number not in pieces]:
                raise BadInput(f"{id} has no evidence {unknown[0]}", where="evidence", mend="see its evidence")
            part = replace(
                one, number=writing.next_number(work.now), title=check_words(title)[:300], jurisdiction=place,
                version=0, split_from=one.id, updated=work.now, opened_by=actor.id, assignee="", assignee_name="",
                reopened=0,
            )  # fmt: skip
            made = self._created(writing, actor, work.playbook, part, request)
            made.now = work.now
            made.set_fields(fields or {})
            inherited = clocks.inherited(work.clocks)
            if place != one.jurisdiction:
                inherited = clocks.handed_over(work.playbook, inherited, place, work.now)
            made.put(inherited)
            copies = tuple(
                writing.add_evidence(made.case.number, replace(pieces[number], seq=1)) for number in evidence
            )
            made.record("open", text=reason, data={"title": title, "split_from": one.id}, evidence=copies)
            work.record("split", text=reason, data={"case": made.case.id, "jurisdiction": place})
            return made.case
