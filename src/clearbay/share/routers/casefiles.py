"""``/api/cases/{id}/evidence``, ``/bundle`` and ``/warning``: what goes into a case and what leaves it, as files."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path as Disk
from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from clearbay.apply.cases import Casework, Upload, cap
from clearbay.apply.cases import bundle as sealing
from clearbay.apply.cases.work import described
from clearbay.model.case import Place
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.text import Language
from clearbay.share import case_pdf, encode, exports
from clearbay.share import case_shapes as shapes
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller, tasked
from clearbay.share.problems import Denied, documented
from clearbay.share.routers.cases import Id, Operator, Reader
from clearbay.store.evidence import LARGEST, Arrival, Files

router = noun("evidence")

Warner = Annotated[Caller, Depends(tasked("cases.warn"))]

Number = Annotated[int, Path(description="Number of the evidence in its case.", ge=1, le=10**9)]

SAFE = ("image/jpeg", "image/png", "image/webp", "video/mp4", "application/pdf", "text/plain")
"""Media types that are handed out as what they are; everything else is a download of plain bytes."""


@router.post(
    "/cases/{id}/evidence",
    operation_id="attach_evidence",
    summary="Add evidence",
    openapi_extra={
        "requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    },
    responses={200: {"model": shapes.EvidenceShape}, **documented(401, 403, 404, 413, 422, 429, 503)},
)
async def attach(
    desk: Services,
    caller: Operator,
    request: Request,
    id: Id,
    name: Annotated[str, Query(description="Name of the file.", min_length=1, max_length=300)],
    kind: Annotated[
        Literal["photo", "video", "document", "frame", "reading", "sample", "other"], Query(description="What it is.")
    ] = "other",
    taken: Annotated[str, Query(description="When it was taken, with an offset.", max_length=40)] = "",
    longitude: Annotated[float | None, Query(ge=-180, le=180, description="Where, degrees east.")] = None,
    latitude: Annotated[float | None, Query(ge=-90, le=90, description="Where, degrees north.")] = None,
    note: Annotated[str, Query(description="What it shows.", max_length=2000)] = "",
    key: Annotated[str, Query(description="Your own name for this request.", max_length=100)] = "",
) -> Response:
    """The body is the file itself. It is hashed as it comes and chained when it is whole; sent twice under one `key` it
    is added once. 413: larger than the node takes.
    """
    work, who = Casework(desk.home), caller.actor
    await run_in_threadpool(work.get, who, id)  # before a single byte of the body is kept
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > LARGEST:
        raise _too_large()
    upload = Upload(
        (), name, kind, request.headers.get("content-type", "") or "application/octet-stream", moment_of(taken),
        Place(longitude, latitude), note,
    )  # fmt: skip
    arrival = Arrival(Files(desk.home))
    try:
        async for part in request.stream():
            if arrival.size + len(part) > LARGEST:
                raise _too_large()
            if part:
                await run_in_threadpool(arrival.write, part)
        kept = await run_in_threadpool(arrival.finish)
    finally:
        await run_in_threadpool(arrival.abandon)
    made = await run_in_threadpool(work.attach_kept, who, id, upload, kept, key=key)
    return encode.answer(described(made))


@router.get(
    "/cases/{id}/evidence/{number}",
    operation_id="evidence",
    summary="A piece of evidence",
    response_class=Response,
    responses={200: {"content": {"*/*": {}}}, **documented(401, 403, 404, 422, 429, 503)},
)
def evidence(desk: Services, caller: Reader, id: Id, number: Number) -> Response:
    """The file as it came. Only pictures, films, PDF and plain text keep their type: nothing runs in a browser."""
    found = Casework(desk.home).dossier(caller.actor, id).evidence
    one = next((each for each in found if each.id == number), None)
    if one is None:
        raise UnknownName(f"{id} has no evidence {number}", where="number", mend="see the case's evidence")
    path = Files(desk.home).path(one.sha256)
    media = one.media_type if one.media_type in SAFE else "application/octet-stream"
    headers = {
        "Content-Disposition": exports.disposition(one.name, "attachment"),
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(path, media_type=media, headers=headers)


@router.get(
    "/cases/{id}/bundle",
    operation_id="case_bundle",
    summary="A case as one sealed file",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **documented(401, 403, 404, 422, 429, 503)},
)
def bundle(
    desk: Services,
    caller: Reader,
    id: Id,
    language: Annotated[Language | None, Query(alias="lang", description="Language of its page.")] = None,
) -> Response:
    """Page, evidence, chain and manifest, signed by this node; `clearbay verify FILE.zip` checks it anywhere."""
    handle = tempfile.NamedTemporaryFile(prefix="clearbay-", suffix=".zip", delete=False)  # noqa: SIM115
    handle.close()
    path = Disk(handle.name)
    try:
        sealing.bundle(Casework(desk.home), caller.actor, id, path, lambda dossier: case_pdf.pdf(dossier, language))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    headers = {
        "Content-Disposition": exports.disposition(f"{id}.zip", "attachment"),
        "Cache-Control": "private, no-store",
    }
    return FileResponse(
        path, media_type="application/zip", headers=headers, background=BackgroundTask(path.unlink, missing_ok=True)
    )


@router.get(
    "/cases/{id}/warning",
    operation_id="case_warning",
    summary="A case as a CAP 1.2 warning",
    response_class=Response,
    responses={200: {"content": {"application/cap+xml": {}}}, **documented(401, 403, 404, 422, 429, 503)},
)
def warning(
    desk: Services,
    caller: Warner,
    id: Id,
    sender: Annotated[str, Query(description="Who warns; no spaces.", min_length=1, max_length=200)],
    status: Annotated[
        Literal["Actual", "Exercise", "System", "Test", "Draft"], Query(description="Of the message.")
    ] = "Draft",
) -> Response:
    """The case as a message of the Common Alerting Protocol, in four languages; one made from generated data is a
    test, whatever is asked for."""
    work = Casework(desk.home)
    content = cap.alert(work.dossier(caller.actor, id), cap.Notice(sender, status=status), sent=work.clock())
    return Response(content, media_type="application/cap+xml", headers={"Cache-Control": "private, no-store"})


def _too_large() -> Denied:
    return Denied(
        413, f"a file has at most {LARGEST:,} bytes", where="body", mend="make it smaller, or send it in parts"
    )


def moment_of(text: str) -> datetime | None:
    """A time as people and cameras write it, in UTC; None for none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"'{text}' is not a time", where="taken", mend="write 2026-03-02T08:00:00+08:00") from None
