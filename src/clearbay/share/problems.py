"""Errors as ``application/problem+json`` (RFC 9457) with two members of our own: ``where`` and ``mend``.

BadInput -> 422, UnknownName -> 404, StoreError -> 503; anything unforeseen -> 500 without inner details.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from clearbay.model.errors import BadInput, ClearbayError, Conflict, NotAllowed, UnknownName

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, where, and how to mend it."""

    type: str = Field(description="Kind of problem, an anchor in this reference", examples=["/docs#unknown-name"])
    title: str = Field(description="The kind in words", examples=["Unknown name"])
    status: int = Field(description="HTTP status", examples=[404])
    detail: str = Field(description="What is wrong", examples=["no station is called 'hk.epd.marine.DM9'"])
    where: str = Field(description="Parameter or part of the request", examples=["station"])
    mend: str = Field(description="The way out", examples=["did you mean hk.epd.marine.DM1?"])


class Denied(HTTPException):
    """A request refused for what it is or who sent it (401, 403, 405, 409, 429), told as a problem."""

    def __init__(
        self, status: int, what: str, *, where: str = "", mend: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        given = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        super().__init__(status, what, {**given, **(headers or {})})
        self.where, self.mend = where, mend


KINDS: dict[int, tuple[str, str]] = {
    401: ("key", "Sign-in or key needed"),
    403: ("role", "Not allowed to you"),
    404: ("unknown-name", "Unknown name"),
    405: ("method", "Method not allowed"),
    408: ("slow", "Too slow"),
    409: ("conflict", "Against what is stored"),
    412: ("protocol", "Another protocol spoken"),
    413: ("too-large", "Too large"),
    415: ("media-type", "Another kind of body expected"),
    422: ("bad-input", "Bad input"),
    423: ("locked", "In use"),
    429: ("too-many", "Too many attempts"),
    500: ("server", "Server error"),
    503: ("store", "Store not available"),
}


def problem(status: int, detail: str, *, where: str = "", mend: str = "") -> Response:
    """The answer that carries a problem; never cached."""
    kind, title = KINDS.get(status, ("http", HTTPStatus(status).phrase))
    body = Problem(type=f"/docs#{kind}", title=title, status=status, detail=detail, where=where, mend=mend)
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "5"} if status == 503 else {})
    return Response(orjson.dumps(body.model_dump()), status, headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route for its problems, for the OpenAPI document."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": KINDS[status][1], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }


def install(app: FastAPI) -> None:
    """Make every failure of ``app`` a problem."""

    @app.exception_handler(ClearbayError)
    async def ours(_: Request, error: ClearbayError) -> Response:
        for kind, status in ((Conflict, 409), (NotAllowed, 403)):
            if isinstance(error, kind):
                return problem(status, error.what, where=error.where, mend=error.mend)
        if isinstance(error, UnknownName):
            return problem(404, error.what, where=error.where, mend=error.mend)
        if isinstance(error, BadInput):
            return problem(422, error.what, where=error.where, mend=error.mend)
        return problem(503, str(error), where="store", mend="try again in a moment; the operator finds more in the log")

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = str(first["loc"][-1]) if first["loc"] else ""
        given = first.get("input")
        shown = f" (given: {str(given)[:80]!r})" if isinstance(given, str | int | float) else ""
        return problem(422, f"{first['msg']}{shown}", where=where, mend=_mend(first))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if isinstance(error, Denied):
            answer = problem(error.status_code, str(error.detail), where=error.where, mend=error.mend)
            answer.headers.update(error.headers or {})
            return answer
        if error.status_code == 404:
            return problem(
                404,
                f"nothing lives at {str(request.scope.get('path', ''))[:200]}",
                where="path",
                mend="/docs lists all paths",
            )
        if error.status_code == 405:
            offered = (error.headers or {}).get("Allow") or "GET"
            if "GET" in offered and "HEAD" not in offered:  # every GET is answered as HEAD too
                offered = offered.replace("GET", "GET, HEAD")
            answer = problem(405, f"{request.method} is not offered here", where="method", mend=f"use {offered}")
            answer.headers["Allow"] = offered
            return answer
        if error.status_code == 400:  # the framework's word for a body that no parser takes
            return problem(422, "the body cannot be read", where="body", mend="send JSON, nested less deeply")
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        _log.exception("unforeseen failure at %r", request.scope.get("path"), exc_info=error)
        return problem(500, "the server failed on this request", mend="the operator finds the reason in the log")


def _mend(error: dict[str, Any]) -> str:
    context = error.get("ctx") or {}
    if "expected" in context:
        return f"use one of {context['expected']}"
    bounds = [f"{word} {context[key]}" for key, word in (("ge", "at least"), ("le", "at most")) if key in context]
    if bounds:
        return "use a number of " + " and ".join(bounds)
    return "see /docs for what this parameter takes"
