"""Files that come into a case in parts: who may begin one, and how a whole one becomes evidence, once."""

from __future__ import annotations

import secrets

from clearbay.apply.cases import access
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.drafts import Upload
from clearbay.apply.cases.work import check_position, check_words
from clearbay.model.case import Actor, Place
from clearbay.model.errors import BadInput
from clearbay.model.playbook import EVIDENCE_KINDS
from clearbay.store.uploads import Coming, Promise, Uploads


def begin(work: Casework, actor: Actor, promise: Promise) -> Coming:
    """Begin a file for a case, or find the one begun under the same key.

    Who may not add evidence to the case is told before the first byte is sent. ``BadInput`` for what could not become
    evidence; for the quota see ``Uploads``.
    """
    dossier = work.dossier(actor, promise.case)
    access.check_power(actor, dossier.case, dossier.playbook, dossier.parties, "attach")
    if promise.kind not in EVIDENCE_KINDS:
        kinds = ", ".join(EVIDENCE_KINDS)
        raise BadInput(f"{promise.kind[:40]!r} is no kind of evidence", where="kind", mend=f"one of {kinds}")
    check_position(Place(promise.longitude, promise.latitude, promise.place))
    check_words(promise.note, "note")
    return Uploads(work.home).begin(secrets.token_urlsafe(24), promise, work.clock())


def finish(work: Casework, actor: Actor, coming: Coming) -> int:
    """Make evidence of a file that is whole; returns its number in the case. To be called under the part's lock.

    Done twice (an answer was lost, the process died in between) it is evidence once: the case knows the file's key.
    """
    if coming.evidence is not None:
        return coming.evidence
    said, uploads = coming.promise, Uploads(work.home)
    kept = uploads.whole(coming)
    place = Place(said.longitude, said.latitude, said.place)
    given = Upload((), said.name, said.kind, said.media_type, said.taken, place, said.note)  # type: ignore[arg-type]
    made = work.attach_kept(actor, said.case, given, kept, key=f"upload {said.key}")
    uploads.done(coming, made.id)
    return made.id
