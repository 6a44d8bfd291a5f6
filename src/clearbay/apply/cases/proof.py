"""What proves a case: files that people bring, and results that the store holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from clearbay.apply.cases import access, conditions
from clearbay.apply.cases.drafts import Upload
from clearbay.apply.cases.work import Work, check_position, check_words
from clearbay.mine.remeasure import Result, Verdict, judge
from clearbay.model.case import Actor, Case, Evidence
from clearbay.model.errors import BadInput
from clearbay.model.observation import JUDGED
from clearbay.model.playbook import EVIDENCE_KINDS, Remeasure
from clearbay.store import Home
from clearbay.store.cases import Cases
from clearbay.store.evidence import LARGEST, Files, Kept

if TYPE_CHECKING:
    from clearbay.apply.cases.casework import Change


class Proof:
    """The part of the engine that deals with evidence; mixed into ``Casework``."""

    home: Home

    if TYPE_CHECKING:

        def change(self, actor: Actor, id: str, change: Change, *, version: int | None = None, key: str = "") -> Case:
            """See ``Casework``."""
            ...

        def get(self, actor: Actor, id: str) -> Case:
            """See ``Casework``."""
            ...

    def attach(self, actor: Actor, id: str, upload: Upload, *, largest: int = LARGEST, key: str = "") -> Evidence:
        """Keep a file as evidence of a case.

        The file is on the disk, whole, before the case names it. Sent twice under one key it is added once; the same
        bytes are kept once. ``BadInput`` for an empty or too large file.
        """
        self.get(actor, id)  # who may not see the case sends nothing to this disk
        return self.attach_kept(actor, id, upload, Files(self.home).keep(upload.parts, largest=largest), key=key)

    def attach_kept(self, actor: Actor, id: str, upload: Upload, kept: Kept, *, key: str = "") -> Evidence:
        """As ``attach``, for a file that is on the disk already; the upload's parts are not looked at."""
        added: list[Evidence] = []

        def change(work: Work) -> None:
            access.check_power(work.actor, work.case, work.playbook, work.parties, "attach")
            made = work.writing.add_evidence(work.case.number, _evidence(work, upload, kept.sha256, kept.size))
            added.append(made)
            work.record("attach", text=made.note, data={"file": made.name}, evidence=(made,))

        case = self.change(actor, id, change, key=key)
        return added[0] if added else self._attached(case, kept.sha256)

    def remeasure(self, actor: Actor, id: str, *, key: str = "") -> tuple[Case, Verdict]:
        """Hold the results since the work was done against the case's limit, and record the verdict."""
        verdicts: list[Verdict] = []

        def change(work: Work) -> None:
            work.must_be_open()
            work.power("remeasure", "measured")
            verdict = self.measured(work)
            if verdict is None:
                raise BadInput(
                    f"{id} has no station, property and limit",
                    where="case",
                    mend="open it with them, or close it otherwise",
                )
            verdicts.append(verdict)
            work.record("remeasure", data=conditions.told(verdict))

        case = self.change(actor, id, change, key=key)
        if not verdicts:
            raise BadInput("this was measured under the same key before", where="key", mend="see the case's timeline")
        return case, verdicts[0]

    def measured(self, work: Work) -> Verdict | None:
        """What the results since the case came into its present state say; None where nothing can be measured."""
        return self.judged(work.case, work.playbook.remeasure, work.now)

    def judged(self, case: Case, rule: Remeasure | None, until: datetime) -> Verdict | None:
        """As ``measured``, for a case that nobody is changing."""
        if rule is None or case.limit is None or not case.station or not case.property:
            return None
        results = self.results(case.station, case.property, since=case.entered, until=until)
        return judge(results, case.limit, rule)

    def results(self, station: str, property: str, *, since: datetime, until: datetime) -> list[Result]:
        """The results of a property at a station after ``since``, up to ``until``, in the order of time."""
        table = self.home.reader().observations(
            stations=[station], properties=[property], start=since, end=until + timedelta(microseconds=1)
        )
        return results_of(table.to_pylist(), since)

    def _attached(self, case: Case, sha256: str) -> Evidence:
        with Cases(self.home).read() as reading:
            return next(one for one in reading.evidence(case.number) if one.sha256 == sha256)


def results_of(rows: Sequence[dict[str, Any]], since: datetime) -> list[Result]:
    """Rows of ``OBSERVATIONS`` as results in the order of time: only what limits are held against."""
    found = [
        Result(row["time"].replace(tzinfo=UTC), row["value"], row["censoring"], row["flag"])
        for row in rows
        if row["averaging"] in JUDGED and row["time"].replace(tzinfo=UTC) > since
    ]
    return sorted(found, key=lambda one: one.time)


def _evidence(work: Work, upload: Upload, sha256: str, size: int) -> Evidence:
    if upload.kind not in EVIDENCE_KINDS:
        raise BadInput(
            f"{upload.kind!r} is no kind of evidence", where="kind", mend=f"one of {', '.join(EVIDENCE_KINDS)}"
        )
    taken = upload.taken
    if taken is not None and taken.tzinfo is None:
        taken = taken.replace(tzinfo=UTC)
    return Evidence(
        id=0,
        seq=work.case.version + 1,
        sha256=sha256,
        name=file_name(upload.name),
        media_type=check_words(upload.media_type, "media type")[:100] or "application/octet-stream",
        size=size,
        kind=upload.kind,
        added=work.now,
        by=work.actor.id,
        taken=taken,
        place=check_position(upload.place),
        note=check_words(upload.note, "note"),
    )


def file_name(name: str) -> str:
    """A name that is only a name: no directory, no control character, at most 120 characters.

    >>> file_name("../../etc/passwd"), file_name("C:\\\\photos\\\\a.jpg"), file_name("")
    ('passwd', 'a.jpg', 'file')
    """
    last = PurePath(name.replace("\\", "/")).name
    clean = "".join(one for one in last if one.isprintable() and one not in '<>:"|?*').strip(". ")
    return clean[-120:] or "file"
