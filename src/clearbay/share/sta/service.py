"""The service as an ASGI application: root, reading, writing, data arrays, batches."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import orjson
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from clearbay.model.errors import BadInput, ClearbayError, StoreError, UnknownName
from clearbay.share import problems
from clearbay.share.guard import admit_to
from clearbay.share.intake import Intake
from clearbay.share.problems import Denied
from clearbay.share.sta import options, writing
from clearbay.share.sta.address import Target, resolve
from clearbay.share.sta.graph import Stream
from clearbay.share.sta.reading import FLAGS, NoContent, Reading
from clearbay.share.sta.shapes import CONFORMANCE, SHAPES, VERSION
from clearbay.share.sta.state import State
from clearbay.share.sta.writing import Sent, Writing
from clearbay.store import Home

_log = logging.getLogger(__name__)
_WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})

BODY = 64 * 1024 * 1024
"""Bytes of a request at most: a data array of a million observations fits."""
LONGEST = 300.0
"""Seconds in which a request has to be here."""


class Service:
    """SensorThings over one home; mounted at ``/sta``. ``brokers`` are told in the root, for clients of MQTT."""

    def __init__(self, home: Home, intake: Intake, *, brokers: Iterable[str] = ()) -> None:
        self.state = State(home)
        self.intake = intake
        self.writing = Writing(self.state, intake)
        self.gatherer = writing.Gatherer(intake)
        self.brokers = tuple(brokers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        try:
            answer = await self._serve(request)
        except Exception as error:
            answer = told(error, str(scope.get("path", "")))
        if request.method == "HEAD":
            answer = Response(status_code=answer.status_code, headers=dict(answer.headers))
        await answer(scope, receive, send)

    async def _serve(self, request: Request) -> Response:
        whole = request.scope["path"].removeprefix(request.scope.get("app_root_path", ""))
        path = whole.partition("/sta")[2].strip("/")
        version, _, rest = path.partition("/")
        base = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('app_root_path', '')}/sta/{VERSION}"
        if version != VERSION:
            if version == "" and request.method in ("GET", "HEAD"):
                return _json({"versions": [{"version": "1.1", "url": base}]})
            raise UnknownName(f"this server speaks {VERSION}", where="path", mend=f"ask under /sta/{VERSION}")
        if request.method in ("GET", "HEAD"):
            return await run_in_threadpool(self.read, rest, request.scope["query_string"], base)
        if request.method == "POST":
            await admit_to(request, "observations.push")
            return await self._post(request, rest, base)
        if request.method in ("PATCH", "PUT", "DELETE"):
            await admit_to(request, "observations.push" if rest.startswith("Observations") else "things.change")
            return await self._change(request, rest, base)
        raise Denied(
            405,
            f"{request.method} is not offered here",
            where="method",
            mend="use GET, POST, PATCH, DELETE",
            headers={"Allow": "GET, HEAD, POST, PATCH, PUT, DELETE"},
        )

    def read(self, path: str, query: bytes, base: str) -> Response:
        """The answer to a GET below the service root."""
        if not path:
            return _json(root(base, self.brokers))
        asked = options.read(query)
        graph = self.state.now()
        target = resolve(graph, path)
        reading = Reading(graph, self.state.home.reader(), self.state.entities, base)
        try:
            found = reading.answer(target, asked, _written(path))
        except NoContent:
            return Response(status_code=204)
        if target.is_value:
            text = found if isinstance(found, str) else orjson.dumps(found).decode()
            return Response(text, media_type="text/plain; charset=utf-8")
        return _json(found)

    async def _post(self, request: Request, path: str, base: str) -> Response:
        body = await _body(request)
        if self.intake.committer.full:
            await self.intake.committer.room()
        if path in ("Observations", "CreateObservations", "$batch") or path.endswith("/Observations"):
            if path == "CreateObservations":
                return await self._arrays(body, base)
            if path == "$batch":
                from clearbay.share.sta.batch import run

                return _json(await run(self, request, body, base))
            stream = self._stream_of(path)
            if stream is not None or path == "Observations":
                one = self.writing.quick(body, stream)
                if one is not None:
                    await asyncio.wait_for(self.gatherer.keep(one), writing.WAIT)
                    return await _created(f"Observations('{one.id}')", [], base)
        address, many = await run_in_threadpool(self.writing.create, path, body)
        return await _created(address, many, base)

    def _stream_of(self, path: str) -> Stream | None:
        """The datastream of ``Datastreams(5)/Observations``, from memory."""
        if not path.startswith("Datastreams("):
            return None
        found = self.state.last.find("Datastreams", path[len("Datastreams(") :].partition(")")[0].strip("'"))
        return found if isinstance(found, Stream) and path.count("/") == 1 else None

    async def _arrays(self, body: Any, base: str) -> Response:
        found = await run_in_threadpool(writing.send_arrays, self.writing, body)
        outcomes: dict[int, dict[int, str]] = {}
        for _, sent in found:
            if isinstance(sent, Sent) and id(sent) not in outcomes:
                outcome = await _durable(sent)
                outcomes[id(sent)] = {bad.row: f"error: {bad.column}: {bad.why}" for bad in outcome.refused}
        links = [
            sent if isinstance(sent, str) else outcomes[id(sent)].get(at) or f"{base}/Observations('{sent.ids[at]}')"
            for at, sent in found
        ]
        return _json(links, 201)

    async def _change(self, request: Request, path: str, base: str) -> Response:
        if request.method == "DELETE":
            await run_in_threadpool(self.writing.remove, path)
            return Response(status_code=200)
        body = await _body(request)
        is_patch = request.headers.get("content-type", "").startswith("application/json-patch+json")
        whole = request.method == "PUT"
        address, many = await run_in_threadpool(self.writing.alter, path, body, whole=whole, is_patch=is_patch)
        for sent in many:
            writing.refuse(await _durable(sent))
        return await run_in_threadpool(self.read, address, b"", base)


class Front:
    """ASGI wrapper around a whole application that takes what is written to SensorThings past the layers that only
    pages and answers to GET need: a single observation is small, and there are many.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._service: Service = app.state.sensorthings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith("/sta/") and scope["method"] in _WRITES:
            scope["app"] = self._app
            await self._service(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def root(base: str, brokers: tuple[str, ...]) -> dict[str, Any]:
    """The service root: the entity sets, what this server conforms to, and what it does in its own way."""
    settings: dict[str, Any] = {"conformance": list(CONFORMANCE)}
    if brokers:
        for part in ("create-observations-via-mqtt/observations-creation", "receive-updates-via-mqtt/receive-updates"):
            settings[f"http://www.opengis.net/spec/iot_sensing/1.1/req/{part}"] = {"endpoints": list(brokers)}
    settings["clearbay"] = {
        "pageSize": options.TOP,
        "mostPageSize": options.MOST,
        "resultQuality": {"scheme": "QARTOD", "codes": FLAGS},
        "revisions": "an observation is never overwritten: PATCH, or a POST at the same time, makes its next revision",
    }
    return {"value": [{"name": name, "url": f"{base}/{name}"} for name in SHAPES], "serverSettings": settings}


def told(error: Exception, path: str) -> Response:
    """A failure as a problem, with the standard's own status codes: 400 for what cannot be read."""
    if isinstance(error, UnknownName):
        answer = problems.problem(404, error.what, where=error.where, mend=error.mend)
    elif isinstance(error, BadInput):
        answer = problems.problem(400, error.what, where=error.where, mend=error.mend)
    elif isinstance(error, Denied):
        answer = problems.problem(error.status_code, str(error.detail), where=error.where, mend=error.mend)
        answer.headers.update(error.headers or {})
    elif isinstance(error, HTTPException):
        answer = problems.problem(error.status_code, str(error.detail))
    elif isinstance(error, ClearbayError):
        answer = problems.problem(503, str(error), where="store", mend="nothing of it was stored; send it again")
    elif isinstance(error, TimeoutError):
        answer = problems.problem(
            503, "the store is busy", where="store", mend="send it again: a second copy does no harm"
        )
    else:
        _log.exception("unforeseen failure at %r", path, exc_info=error)
        answer = problems.problem(
            500, "the server failed on this request", mend="the operator finds the reason in the log"
        )
    return answer


async def _created(address: str, many: list[Sent], base: str) -> Response:
    for sent in many:
        writing.refuse(await _durable(sent))
    link = f"{base}/{address}"
    number = unquote(address[address.index("(") + 1 : -1])
    body = {"@iot.id": number[1:-1] if number.startswith("'") else int(number), "@iot.selfLink": link}
    return Response(orjson.dumps(body), 201, {"Location": link}, "application/json")


async def _durable(sent: Sent) -> Any:
    return await asyncio.wait_for(asyncio.wrap_future(sent.future), writing.WAIT)


async def _body(request: Request) -> Any:
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > BODY:
        raise Denied(413, "the request is too long", where="body", mend=f"send at most {BODY >> 20} MiB at once")
    parts, size = [], 0
    try:
        async with asyncio.timeout(LONGEST):
            async for part in request.stream():
                size += len(part)
                if size > BODY:
                    raise Denied(
                        413, "the request is too long", where="body", mend=f"send at most {BODY >> 20} MiB at once"
                    )
                parts.append(part)
    except TimeoutError:
        raise Denied(408, "the rest of the request did not come", where="body", mend="send it again") from None
    try:
        return orjson.loads(b"".join(parts))
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the body is no JSON ({error})", where="body") from None


def _written(path: str) -> str:
    """A decoded path as it goes into a link."""
    from urllib.parse import quote

    return quote(path, safe="/'():$,@*!;=+~")


def _json(value: Mapping[str, Any] | list[Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-cache"}
    return Response(
        orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY),
        status,
        headers,
        "application/json",
    )


__all__ = ["Service", "StoreError", "Target", "root", "told"]
