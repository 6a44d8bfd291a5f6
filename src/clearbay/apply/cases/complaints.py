"""Complaints of people without an account: made from a form, followed by a code of 120 bits that is shown once.

Whoever holds the code acts in the case as its reporter, with the role ``public``, and the engine judges what that may
do. What they are shown is the public part alone: where it stands, the terms that run and what they rest on, the answer,
what they said and sent themselves; no names of people, no other parties, no internal words.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from clearbay import packs
from clearbay.apply.cases import casejson, complaint_words, sending
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.dossier import Dossier
from clearbay.apply.cases.drafts import Draft
from clearbay.apply.cases.where import OFFSHORE, offered, whose
from clearbay.model.case import NOWHERE, Action, Actor, Place
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.playbook import Playbook
from clearbay.model.territory import COUNTRY
from clearbay.model.text import LANGUAGES, Text
from clearbay.store.cases import iso
from clearbay.store.complaints import Complaints, Known
from clearbay.store.node_key import NodeKey
from clearbay.store.uploads import Coming, Promise, Uploads

PLAYBOOK = "public-complaint"

FILES, FILE_BYTES, ALL_BYTES = 10, 64 * 1024**2, 200 * 1024**2
"""What may be sent with one complaint, ever: files, bytes of each, bytes of all."""

SHORTEST, LONGEST = 10, 4000
"""Characters of what somebody complains of."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U (Crockford): nobody mistakes one for another, and no words come out."""
_CODE = 24

_MARKUP = re.compile(r"<\s*[/!?]?\s*[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody complains of. ``jurisdiction`` is what they chose from the list; empty: by the position."""

    subject: str
    text: str
    place: Place = NOWHERE
    jurisdiction: str = ""
    contact: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint that was made: the code with which it is followed, which nobody can ask for again."""

    code: str
    known: Known


def file(work: Casework, given: Given, *, key: str = "") -> Filed:
    """Make a complaint. Sent twice with the same key and the same words, it is one complaint with one code.

    ``BadInput`` where words, subject or place are not as they should be, or lie outside.
    """
    text, contact = _plain(given.text, "text"), _plain(given.contact, "contact")
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadInput(f"{len(text):,} characters", where="text", mend=f"between {SHORTEST} and {LONGEST:,}")
    if len(contact) > 200:
        raise BadInput("that is too long", where="contact", mend="a telephone number or an address is enough")
    where = replace(given.place, text=_plain(given.place.text, "place")[:500])
    jurisdiction = _jurisdiction(given)
    # The code follows from the request and the node's own secret: an answer that was lost on a bad line can be asked
    # for again with the same request, and nowhere is anything kept by which the code could be found.
    said = "\n".join((key or secrets.token_hex(32), given.subject, text, contact, repr(where), jurisdiction))
    code = _spelled(hashlib.sha256(NodeKey.of(work.home).sign(f"complaint\n{said}".encode()).encode()).digest())
    known = Known(_reporter(code), "", given.language)
    fields = {"channel": "web", "subject": given.subject, "contact": contact}
    title = text.splitlines()[0]
    draft = Draft(
        PLAYBOOK,
        title if len(title) <= 80 else f"{title[:79]}…",
        text=text,
        jurisdiction=jurisdiction,
        place=where,
        fields={name: one for name, one in fields.items() if one},
        origin="public",
    )
    case = work.open(_actor(known), draft, key=known.reporter)
    known = replace(known, case=case.id)
    Complaints(work.home).add(_hash(code), known, case.opened)
    return Filed(code, known)


def find(work: Casework, code: str) -> Known:
    """The complaint of a code, however it is written. A wrong one costs the same work as one of no complaint."""
    found = Complaints(work.home).find(_hash(_normal(code)))
    if found is None:
        raise UnknownName("no complaint has this code", where="code", mend="look at it once more, letter by letter")
    return found


def reporter(work: Casework, id: str) -> Actor:
    """Who acts for the reporter of that id; ``UnknownName`` where there is none."""
    found = Complaints(work.home).of(id)
    if found is None:
        raise UnknownName("no complaint has this code", where="code", mend="look at it once more, letter by letter")
    return _actor(found)


def comment(work: Casework, known: Known, text: str, *, key: str = "") -> None:
    """Add words to a complaint."""
    work.comment(_actor(known), known.case, _words(text), key=key)


def reopen(work: Casework, known: Known, reason: str, *, key: str = "") -> None:
    """Ask for a closed or refused complaint to be taken up again; ``BadInput`` while it is open."""
    work.reopen(_actor(known), known.case, reason=_words(reason), key=key)


def begin_file(work: Casework, known: Known, promise: Promise) -> Coming:
    """Begin a file of a complaint; see ``sending.begin``. ``BadInput`` beyond what may be sent with one."""
    actor = _actor(known)
    if promise.length > FILE_BYTES:
        raise BadInput(
            f"a file has at most {FILE_BYTES >> 20} MiB here", where="Upload-Length", mend="send a smaller one"
        )
    uploads = Uploads(work.home)
    if uploads.begun(actor.id, promise.key) is None:
        count, size = uploads.of_complaint(known.reporter)
        if count >= FILES or size + promise.length > ALL_BYTES:
            raise BadInput(f"{count} files were sent with this complaint", where="quota", mend="say the rest in words")
    return sending.begin(work, actor, replace(promise, owner=actor.id, case=known.case, complaint=known.reporter))


def told(work: Casework, known: Known) -> dict[str, Any]:
    """What the holder of a code may see of a complaint."""
    actor = _actor(known)
    own = work.dossier(actor, known.case)
    now, followed = _followed(work, own), own.case
    state = now.playbook.states[now.case.state]
    plain = complaint_words.STATES.get(state.id) or complaint_words.STAGES[state.stage]
    events = [*_story(own, actor), *([] if now is own else _others(now, own))]
    answers = [one for one in events if one["answer"]]
    merged = now is not own
    is_open = now.case.status == "open"
    return {
        "id_shown": followed.id,
        "received": iso(followed.opened),
        "subject": followed.fields.get("subject", ""),
        "text": followed.text,
        "place": {
            "longitude": followed.place.longitude,
            "latitude": followed.place.latitude,
            "text": followed.place.text,
        },
        "authority": _name(now.case.jurisdiction),
        "state": dict(state.name),
        "plain": dict(complaint_words.STATES["merged"] if merged and is_open else plain),
        "stage": state.stage,
        "open": is_open,
        "due": iso(now.case.due),
        "clocks": [_clock(work, now, one.id) for one in now.clocks if one.outcome == "running"],
        "paused": now.case.suspended is not None,
        "reopened": followed.reopened,
        "timeline": events,
        "answer": answers[-1]["text"] if answers else "",
        "evidence": [
            {"name": one.name, "size": one.size, "kind": one.kind, "added": iso(one.added)}
            for one in own.evidence
            if one.by == actor.id
        ],
        "files_left": max(0, FILES - Uploads(work.home).of_complaint(known.reporter)[0]),
        "may": {"comment": not merged, "attach": not merged and is_open, "reopen": followed.status == "closed"},
        "generated": followed.generated,
    }


def places(longitude: float | None, latitude: float | None) -> dict[str, Any]:
    """The places that take complaints, and whose a position is, as far as the outlines tell."""
    found = None if longitude is None or latitude is None else whose(longitude, latitude)
    return {
        "items": [{"code": one.code, "name": dict(one.name)} for one in offered()],
        "here": found.code or None if found else None,
        "sure": found.sure if found else False,
        "outside": bool(found) and not found.code if found else False,
    }


# -- who and where -----------------------------------------------------------------------------------------------------


def _jurisdiction(given: Given) -> str:
    codes = {one.code for one in offered()}
    here = given.place
    found = None if here.longitude is None or here.latitude is None else whose(here.longitude, here.latitude)
    if found is not None and not found.code:
        raise BadInput(
            f"this place is more than {OFFSHORE:g} km from the nine cities, Hong Kong and Macao",
            where="place",
            mend="complain to the authority of that place",
        )
    if given.jurisdiction:
        if given.jurisdiction not in codes:
            raise BadInput(f"{given.jurisdiction!r} is not served here", where="jurisdiction", mend="see .../places")
        return given.jurisdiction
    if found is None:
        raise BadInput("where is it?", where="place", mend="give a position, or choose a city")
    return found.code


def _actor(known: Known) -> Actor:
    return Actor(known.reporter, "reporter", frozenset({"public"}), COUNTRY)


def _reporter(code: str) -> str:
    return f"reporter:{hashlib.sha256(f'reporter {code}'.encode()).hexdigest()[:20]}"


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _spelled(digest: bytes) -> str:
    number = int.from_bytes(digest[:15], "big")
    return "".join(_LETTERS[(number >> (5 * place)) & 31] for place in range(_CODE))


def grouped(code: str) -> str:
    """A code as it is written down.

    >>> grouped("0123456789ABCDEFGHJKMNPQ")
    '0123-4567-89AB-CDEF-GHJK-MNPQ'
    """
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _normal(code: str) -> str:
    plain = code.upper().translate(str.maketrans("OIL", "011"))
    return "".join(one for one in plain if one in _LETTERS)[: _CODE + 1]


def _plain(text: str, where: str) -> str:
    """Words without markup; ``BadInput`` for words that carry some."""
    if _MARKUP.search(text):
        raise BadInput("only plain words are taken here", where=where, mend="leave the < > marks out")
    return "".join(one for one in text if one in "\n\t" or one.isprintable()).strip()


def _words(text: str) -> str:
    words = _plain(text, "text")
    if not 1 <= len(words) <= LONGEST:
        raise BadInput(f"{len(words):,} characters", where="text", mend=f"between 1 and {LONGEST:,}")
    return words


# -- what is shown -----------------------------------------------------------------------------------------------------


def _followed(work: Casework, own: Dossier) -> Dossier:
    """The case in which a complaint goes on: its own, or the one it was merged into."""
    found = own
    for _ in range(10):
        if not found.case.merged_into:
            break
        found = work.dossier(Actor("clearbay", "clearbay", frozenset({"operator"}), COUNTRY), found.case.merged_into)
    return found


def _clock(work: Casework, now: Dossier, id: int) -> dict[str, Any]:
    one = next(each for each in now.clocks if each.id == id)
    said = casejson.clock(one, now.playbook, work.clock())
    origin, sources = said["origin"] or {}, now.playbook.sources
    return {
        "name": said["name"],
        "due": said["due"],
        "late": said["late"],
        "paused": said["paused"],
        "term": said["term"],
        "basis": origin.get("basis", "default"),
        "confidence": origin.get("confidence", "unverified"),
        "note": origin.get("note", ""),
        "sources": [sources[name].ref for name in origin.get("sources", ()) if name in sources],
        "may_move": bool(one.uncertain),
    }


def _story(own: Dossier, actor: Actor) -> Iterator[dict[str, Any]]:
    answer = ""
    for one in own.actions:
        answer = _answer_after(one, answer)
        found = _told(one, own.playbook, actor, answer)
        if found is not None:
            yield found


def _others(now: Dossier, own: Dossier) -> Iterator[dict[str, Any]]:
    """What happened in the case that a complaint was merged into, since then."""
    answer, since = "", own.case.closed
    nobody = Actor("", "", frozenset(), COUNTRY)
    for one in now.actions:
        answer = _answer_after(one, answer)
        found = _told(one, now.playbook, nobody, answer)
        if found is not None and since is not None and one.time > since and one.kind != "open":
            yield found


def _answer_after(one: Action, before: str) -> str:
    fields = one.data.get("fields")
    return str(fields["answer"]) if isinstance(fields, dict) and "answer" in fields else before


def _told(one: Action, playbook: Playbook, actor: Actor, answer: str) -> dict[str, Any] | None:
    """One entry of the timeline as the reporter may read it; None for what is not theirs to know."""
    words, mine, said = complaint_words.EVENTS, one.actor == actor.id, ""
    step, what, answers = playbook.transitions.get(one.kind), None, False
    if step is not None:
        what = playbook.states[step.to].name
        answers = "answer" in step.needs.fields
        said = answer if answers else ""
    elif one.kind == "open":
        what = words["open"]
    elif one.kind == "comment" and mine:
        what, said = words["wrote"], one.text
    elif one.kind == "attach" and mine:
        what, said = words["file"], str(one.data.get("file", ""))
    elif one.kind == "reopen" and mine:
        what, said = words["asked"], one.text
    elif one.kind in ("reopen", "rebound"):
        what = words["reopened"]
    elif one.kind == "transfer":
        what = _joined(words["transfer"], _name(str(one.data.get("to", ""))))
    elif one.kind == "suspend":
        reasons = playbook.suspension.reasons if playbook.suspension else {}
        why = reasons.get(str(one.data.get("why", "")))
        what = _joined(words["suspend"], why) if why else None
    elif one.kind in ("resume", "merge"):
        what = words[one.kind]
    if what is None:
        return None
    return {"time": iso(one.time), "what": dict(what), "text": said, "mine": mine, "answer": answers and bool(said)}


def _name(code: str) -> Text:
    known = packs.jurisdictions()
    return known[code].name if code in known else dict.fromkeys(LANGUAGES, code)


def _joined(one: Text, other: Text) -> Text:
    return {each: f"{one[each]}{'' if each.startswith('zh') else ' '}{other[each]}" for each in LANGUAGES}
