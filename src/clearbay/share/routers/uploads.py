"""``/api/uploads``: files in parts over a bad line, by tus 1.0.0 (core, creation, termination, expiration).

A part that breaks off is kept up to its last byte that came; the sender asks (HEAD) how much is here and goes on. When
the file is whole it becomes evidence of its case, once.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Path, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from clearbay.apply.cases import Casework, complaints, sending
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, Conflict, UnknownName
from clearbay.share import encode
from clearbay.share.context import Services, noun
from clearbay.share.guard import admit
from clearbay.share.problems import Denied, documented
from clearbay.share.routers.casefiles import moment_of
from clearbay.share.routers.complaints import known_by
from clearbay.store import Home
from clearbay.store.cases import iso
from clearbay.store.evidence import LARGEST
from clearbay.store.uploads import Coming, Locked, Part, Promise, Uploads

router = noun("uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PARTS = "application/offset+octet-stream"

STALL = 30.0
"""Seconds without a byte after which a part is given up: its sender goes on from what came."""
HAND_OVER = 5.0
"""Seconds that a question for the offset waits for a part of a line that broke to be given up."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_METADATA = 8192


class UploadShape(BaseModel):
    """A file on its way in."""

    offset: int = Field(description="Bytes that are here")
    length: int = Field(description="Bytes of the whole file")
    expires: str = Field(description="Until when it may be finished")
    evidence: int | None = Field(description="Its number in the case once it is whole")


@dataclass(frozen=True, slots=True)
class Mine:
    """A file on its way in, and who sends it."""

    actor: Actor
    coming: Coming


async def mine(
    request: Request, desk: Services, id: Annotated[str, Path(description="Id of the upload.", max_length=64)]
) -> Mine:
    """The upload of an address, for its own sender alone. One that belongs to a complaint is known by its address,
    which nobody guesses (192 bits); any other needs who began it.
    """
    coming = await run_in_threadpool(_find, desk.home, id)
    if coming is not None and coming.promise.complaint:
        work = Casework(desk.home)
        return Mine(await run_in_threadpool(complaints.reporter, work, coming.promise.complaint), coming)
    actor = (await admit(request, "operate")).actor
    if coming is None or coming.promise.owner != actor.id:
        raise UnknownName("no upload has this address", where="id", mend="begin it anew: POST /api/uploads")
    return Mine(actor, coming)


async def sender(request: Request) -> Actor | None:
    """Who begins a file; None where its words name a complaint, whose code then says who."""
    if "complaint" in metadata(request.headers.get("upload-metadata", "")):
        return None
    return (await admit(request, "operate")).actor


mine.access = sender.access = "key operate"  # type: ignore[attr-defined] # what is asked for without a complaint

Sender = Annotated[Mine, Depends(mine)]
Beginner = Annotated[Actor | None, Depends(sender)]


@router.options("/uploads", operation_id="upload_options", summary="What this server speaks", status_code=204)
def options() -> Response:
    """Version, extensions and the largest file of the protocol."""
    return _answer(204, {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(LARGEST)})


@router.post(
    "/uploads",
    operation_id="begin_upload",
    summary="Begin a file",
    status_code=201,
    responses=documented(401, 403, 404, 409, 412, 413, 422, 429, 503),
)
async def begin(request: Request, desk: Services, actor: Beginner) -> Response:
    """`Upload-Length` and `Upload-Metadata` (filename, filetype, case or complaint, kind, taken, longitude, latitude,
    place, note, sha256, key) say what will come; `Location` is where to send it. With the same `key` it is begun once:
    the answer is the file begun before, whole or not.
    """
    _speak(request)
    said = metadata(request.headers.get("upload-metadata", ""))
    length = request.headers.get("upload-length", "")
    if not length.isdecimal() or len(length) > 15:
        raise BadInput("how long is the file?", where="Upload-Length", mend="give its bytes")
    if int(length) > LARGEST:
        raise Denied(413, f"a file has at most {LARGEST:,} bytes", where="Upload-Length", mend="send a smaller one")
    work = Casework(desk.home)
    promise = _promise(said, int(length), owner=actor.id if actor else "")
    if actor is None:
        known = await known_by(request, desk, said["complaint"])
        coming = await run_in_threadpool(complaints.begin_file, work, known, promise)
    else:
        coming = await run_in_threadpool(sending.begin, work, actor, promise)
    headers = await run_in_threadpool(_state, Uploads(desk.home), coming)
    return _answer(201, {"Location": f"/api/uploads/{coming.id}", **headers})


@router.get(
    "/uploads/{id}",
    operation_id="upload",
    summary="How much of a file is here",
    responses={200: {"model": UploadShape}, **documented(401, 403, 404, 422, 423, 429, 503)},
)
async def offset(request: Request, desk: Services, sender: Sender) -> Response:
    """In the headers too, and so by HEAD: `Upload-Offset`, `Upload-Length`, `Upload-Expires`, and `X-Evidence` once it
    is evidence. A part that a broken line has left hanging is given up first.
    """
    coming, uploads = sender.coming, Uploads(desk.home)
    await _Pouring.of(request.app).give_up(coming.id)
    here = await run_in_threadpool(uploads.here, coming)
    if coming.evidence is None and here == coming.promise.length:
        coming = await run_in_threadpool(_finished, uploads, sender)
    headers = await run_in_threadpool(_state, uploads, coming)
    answer = encode.answer(
        {
            "offset": int(headers["Upload-Offset"]),
            "length": coming.promise.length,
            "expires": iso(coming.expires),
            "evidence": coming.evidence,
        }
    )
    answer.headers.update({"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers})
    return answer


@router.patch(
    "/uploads/{id}",
    operation_id="continue_upload",
    summary="Send the next part",
    status_code=204,
    openapi_extra={"requestBody": {"content": {PARTS: {"schema": {"type": "string", "format": "binary"}}}}},
    responses=documented(401, 403, 404, 409, 412, 415, 422, 423, 429, 503),
)
async def send(request: Request, desk: Services, sender: Sender) -> Response:
    """The body goes on from `Upload-Offset`; 409 where that is not what is here, 423 while another request sends it.
    What comes is kept even where the line breaks in the middle. With the last byte it becomes evidence: `X-Evidence`.
    """
    _speak(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PARTS:
        raise Denied(415, "a part is sent as what it is", where="Content-Type", mend=f"say {PARTS}")
    text = request.headers.get("upload-offset", "")
    if not text.isdecimal() or len(text) > 15:
        raise BadInput("from where does this part go on?", where="Upload-Offset", mend="ask by HEAD, and say it")
    coming, uploads = sender.coming, Uploads(desk.home)
    coming, part = await run_in_threadpool(_opened, uploads, coming)
    if part is None:
        if int(text) == coming.promise.length:
            return _answer(204, await run_in_threadpool(_state, uploads, coming))
        raise _elsewhere(coming.promise.length)
    try:
        if part.size != int(text):
            raise _elsewhere(part.size)
        stated = request.headers.get("content-length", "")
        if stated.isdecimal() and part.size + int(stated) > coming.promise.length:
            raise BadInput(
                f"the file is longer than the {coming.promise.length:,} bytes that were said",
                where="Content-Length",
                mend="begin it anew",
            )
        with _Pouring.of(request.app).going(coming.id) as stop:
            try:
                await _pour(request, part, stop)
            finally:
                await run_in_threadpool(part.flush)
        if part.size == coming.promise.length:
            evidence = await run_in_threadpool(sending.finish, Casework(desk.home), sender.actor, coming)
            coming = Coming(coming.id, coming.promise, coming.created, coming.expires, evidence)
        headers = {"Upload-Offset": str(part.size), **_lasting(coming)}
    finally:
        part.close()
    return _answer(204, headers)


@router.delete(
    "/uploads/{id}",
    operation_id="delete_upload",
    summary="Give a file up",
    status_code=204,
    responses=documented(401, 403, 404, 412, 422, 423, 429, 503),
)
async def delete(request: Request, desk: Services, sender: Sender) -> Response:
    """What came of it is deleted. What has become evidence stays."""
    _speak(request)
    await _Pouring.of(request.app).give_up(sender.coming.id)
    await run_in_threadpool(Uploads(desk.home).drop, sender.coming)
    return _answer(204, {})


def metadata(header: str) -> dict[str, str]:
    """What ``Upload-Metadata`` says: names with values in base64, between commas.

    >>> metadata("filename b3V0bGV0LmpwZw==,note")
    {'filename': 'outlet.jpg', 'note': ''}
    """
    if len(header) > _LONGEST_METADATA:
        raise BadInput("that is too long", where="Upload-Metadata", mend=f"at most {_LONGEST_METADATA:,} characters")
    found: dict[str, str] = {}
    for pair in filter(None, (one.strip() for one in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadInput(f"{name[:40]!r} cannot be read", where="Upload-Metadata", mend="UTF-8 in base64") from None
        if name in found:
            raise BadInput(f"{name[:40]!r} is said twice", where="Upload-Metadata", mend="say it once")
        found[name] = text
    return found


# -- inside ------------------------------------------------------------------------------------------------------------


class _Pouring:
    """The parts that are coming in right now, each with a way to tell it to stop."""

    def __init__(self) -> None:
        self._now: dict[str, tuple[asyncio.Event, asyncio.Event]] = {}

    @classmethod
    def of(cls, app: FastAPI) -> _Pouring:
        found: _Pouring | None = getattr(app.state, "pouring", None)
        if found is None:
            found = app.state.pouring = cls()
        return found

    def going(self, id: str) -> _Going:
        return _Going(self._now, id)

    async def give_up(self, id: str) -> None:
        """Tell a part to stop, and wait until it has."""
        if (found := self._now.get(id)) is not None:
            found[0].set()
            try:
                await asyncio.wait_for(found[1].wait(), HAND_OVER)
            except TimeoutError:
                raise _locked(Locked("another request is sending this file")) from None


class _Going:
    """One part while it comes in."""

    def __init__(self, now: dict[str, tuple[asyncio.Event, asyncio.Event]], id: str) -> None:
        self._now, self._id, self._pair = now, id, (asyncio.Event(), asyncio.Event())

    def __enter__(self) -> asyncio.Event:
        self._now[self._id] = self._pair
        return self._pair[0]

    def __exit__(self, *_: object) -> None:
        if self._now.get(self._id) is self._pair:
            del self._now[self._id]
        self._pair[1].set()


async def _pour(request: Request, part: Part, stop: asyncio.Event) -> None:
    """Take the body in until it ends, its line breaks, it stalls, or somebody asks how much is here."""
    stream: AsyncIterator[bytes] = request.stream()
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while True:
            coming = asyncio.ensure_future(anext(stream, None))
            await asyncio.wait({coming, stopping}, timeout=STALL, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                raise Conflict("this part was given up", where="body", mend="ask how much is here, and go on")
            try:
                data = coming.result()
            except ClientDisconnect:
                raise Conflict("the line broke", where="body", mend="ask how much is here, and go on") from None
            if data is None:
                return
            if data:
                await run_in_threadpool(part.write, data)
    finally:
        stopping.cancel()


def _find(home: Home, id: str) -> Coming | None:
    try:
        return Uploads(home).get(id)
    except UnknownName:
        return None


def _opened(uploads: Uploads, coming: Coming) -> tuple[Coming, Part | None]:
    """A file as it stands now, and its part; None where it has become evidence. 423 where somebody else has it."""
    if coming.evidence is None:
        try:
            return coming, uploads.open(coming)
        except Locked as error:
            raise _locked(error) from None
        except UnknownName:
            coming = uploads.get(coming.id)
            if coming.evidence is None:
                raise
    return coming, None


def _finished(uploads: Uploads, sender: Mine) -> Coming:
    """Make evidence of what is whole but was never finished: the process died, or its sender went away."""
    coming, part = _opened(uploads, sender.coming)
    if part is None:
        return coming
    try:
        evidence = sending.finish(Casework(uploads.home), sender.actor, coming)
    finally:
        part.close()
    return Coming(coming.id, coming.promise, coming.created, coming.expires, evidence)


def _promise(said: Mapping[str, str], length: int, owner: str = "") -> Promise:
    sha256, key = said.get("sha256", "").lower(), said.get("key", "")
    if sha256 and not _SHA256.fullmatch(sha256):
        raise BadInput("that is no SHA-256", where="sha256", mend="64 hexadecimal digits, or nothing")
    for name, most in (("key", 100), ("filename", 300), ("note", 2000), ("place", 500), ("case", 60)):
        if len(said.get(name, "")) > most:
            raise BadInput(f"{name} is longer than {most} characters", where=name, mend="make it shorter")
    return Promise(
        owner=owner,
        key=key,
        case=said.get("case", ""),
        length=length,
        name=said.get("filename", ""),
        kind=said.get("kind", "") or "other",
        media_type=said.get("filetype", "")[:100] or "application/octet-stream",
        sha256=sha256,
        taken=moment_of(said.get("taken", "")[:40]),
        longitude=_degrees(said, "longitude"),
        latitude=_degrees(said, "latitude"),
        place=said.get("place", ""),
        note=said.get("note", ""),
    )


def _degrees(said: Mapping[str, str], name: str) -> float | None:
    text = said.get(name, "")
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,12})?", text):
        raise BadInput(f"{text[:40]!r} is no number of degrees", where=name, mend="write 114.0612")
    return float(text)


def _speak(request: Request) -> None:
    """412 for another version of the protocol."""
    if request.headers.get("tus-resumable", "") != VERSION:
        raise Denied(
            412, "this speaks tus 1.0.0", where="Tus-Resumable", mend=f"say {VERSION}", headers={"Tus-Version": VERSION}
        )


def _state(uploads: Uploads, coming: Coming) -> dict[str, str]:
    return {"Upload-Offset": str(uploads.here(coming)), "Upload-Length": str(coming.promise.length), **_lasting(coming)}


def _lasting(coming: Coming) -> dict[str, str]:
    evidence = {} if coming.evidence is None else {"X-Evidence": str(coming.evidence)}
    return {"Upload-Expires": format_datetime(coming.expires, usegmt=True), **evidence}


def _answer(status: int, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers})


def _elsewhere(here: int) -> Denied:
    return Denied(
        409,
        f"{here:,} bytes are here",
        where="Upload-Offset",
        mend="go on from there",
        headers={"Upload-Offset": str(here), "Tus-Resumable": VERSION},
    )


def _locked(error: Locked) -> Denied:
    return Denied(423, error.what, where="id", mend="wait a moment", headers={"Retry-After": "1"})
