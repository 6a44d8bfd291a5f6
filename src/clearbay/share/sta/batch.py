"""``$batch``: many requests in one, as JSON (OGC 18-088, clause 13; OData JSON Format 4.01, clause 19).

Requests run in order and may name what an earlier one made: ``$id`` at the start of a url, or as the id of a link.
Those of one ``atomicityGroup`` change entities in one transaction, all or none. Observations are committed together at
the end of the batch, or of their group.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from clearbay.model.errors import BadInput
from clearbay.share.guard import admit_to
from clearbay.share.problems import Denied
from clearbay.share.sta import service, writing
from clearbay.share.sta.address import Observed, resolve
from clearbay.share.sta.creation import Creation, alter, remove
from clearbay.share.sta.graph import Stream

MOST = 10_000
"""Requests in one batch."""


async def run(server: service.Service, request: Request, body: Any, base: str) -> dict[str, Any]:
    """Answer every request of a batch."""
    wanted = body.get("requests") if isinstance(body, Mapping) else None
    if not isinstance(wanted, list) or any(not isinstance(one, Mapping) for one in wanted):
        raise BadInput("a batch is a list of requests", where="body", mend='write {"requests": [{"id": …}]}')
    if len(wanted) > MOST:
        raise BadInput(f"more than {MOST:,} requests", where="requests", mend="send them in parts")
    if any(str(one.get("method", "")).upper() in ("PATCH", "PUT", "DELETE") for one in wanted):
        await admit_to(request, "things.change")
    made: dict[str, str] = {}
    found: list[tuple[dict[str, Any], list[writing.Sent]]] = []
    for group, members in groupby(wanted, lambda one: one.get("atomicityGroup")):
        if group is None:
            for one in members:
                found.append(await run_in_threadpool(_alone, server, one, base, made))
        else:
            found += await run_in_threadpool(_together, server, list(members), base, made)
    for answer, many in found:
        try:
            for sent in many:
                writing.refuse(await asyncio.wait_for(asyncio.wrap_future(sent.future), writing.WAIT))
        except Exception as error:
            answer.pop("location", None)
            answer |= _failure(error, "$batch")
    return {"responses": [answer for answer, _ in found]}


def _alone(
    server: service.Service, one: Mapping[str, Any], base: str, made: dict[str, str]
) -> tuple[dict[str, Any], list[writing.Sent]]:
    answer: dict[str, Any] = {"id": one.get("id")}
    try:
        method, path, query, body = _request(one, base, made)
        if method == "GET":
            return answer | _shown(server.read(path, query.encode(), base)), []
        if method == "POST":
            address, many = server.writing.create(path, body)
            made[str(one.get("id"))] = address
            return answer | {"status": 201, "location": f"{base}/{address}"}, many
        if method in ("PATCH", "PUT"):
            address, many = server.writing.alter(path, body, whole=method == "PUT", is_patch=_is_patch(one))
            return answer | {"status": 200, "location": f"{base}/{address}"}, many
        if method == "DELETE":
            server.writing.remove(path)
            return answer | {"status": 200}, []
        raise Denied(405, f"{method} is not offered here", where="method")
    except Exception as error:
        return answer | _failure(error, str(one.get("url"))), []


def _together(
    server: service.Service, members: list[Mapping[str, Any]], base: str, made: dict[str, str]
) -> list[tuple[dict[str, Any], list[writing.Sent]]]:
    """Requests that happen all or not at all."""
    answers: list[dict[str, Any]] = []
    own: dict[str, str] = {}
    at = 0
    try:
        with server.writing.changing() as creation:
            for one in members:
                at = len(answers)
                answers.append({"id": one.get("id")} | _step(creation, one, base, made | own, own))
    except Exception as error:
        failed = {"status": 424, "body": {"detail": f"request {members[at].get('id')} of its group failed"}}
        return [
            ({"id": one.get("id")} | (_failure(error, str(one.get("url"))) if place == at else failed), [])
            for place, one in enumerate(members)
        ]
    made |= own
    many = server.writing.deep(creation)
    return [(answer, many if place == len(answers) - 1 else []) for place, answer in enumerate(answers)]


def _step(
    creation: Creation, one: Mapping[str, Any], base: str, made: Mapping[str, str], own: dict[str, str]
) -> dict[str, Any]:
    method, path, _, body = _request(one, base, made)
    graph = creation.graph
    if method == "POST" and (path == "Observations" or path.endswith("/Observations")):
        link = body.get("Datastream") if isinstance(body, Mapping) else None
        id = path.partition("(")[2].partition(")")[0] if path != "Observations" else str((link or {}).get("@iot.id"))
        creation.observations.append((body, creation.known("Datastreams", id)))  # type: ignore[arg-type]
        return {"status": 201}
    if method == "POST":
        parent, _, name = path.rpartition("/")
        around = {}
        if parent:
            set, _, id = parent.partition("(")
            around = {set.rstrip("s"): creation.known(set, id.rstrip(")").strip("'"))}
        made_ = creation.create(name, body, around)
        own[str(one.get("id"))] = made_.address
        return {"status": 201, "location": f"{base}/{made_.address}"}
    item = resolve(graph, path).item
    if item is None or isinstance(item, Observed) or method not in ("PATCH", "PUT", "DELETE"):
        raise BadInput(f"{method} {path} cannot be part of a group", where="atomicityGroup", mend="send it on its own")
    if method == "DELETE":
        remove(creation, item)
    else:
        alter(creation, item, body, whole=method == "PUT")
    return {"status": 200, "location": f"{base}/{item.address}"}


def _request(one: Mapping[str, Any], base: str, made: Mapping[str, str]) -> tuple[str, str, str, Any]:
    """Method, path below the root, query and body of a request, references put in."""
    url = str(one.get("url", ""))
    for start in (base, "/sta/v1.1", "/v1.1"):
        url = url.removeprefix(start)
    url = url.lstrip("/")
    if url.startswith("$"):
        name, slash, rest = url.partition("/")
        url = _made(name, made) + slash + rest
    path, _, query = url.partition("?")
    from urllib.parse import unquote

    return str(one.get("method", "")).upper(), unquote(path), query, _linked(one.get("body"), made)


def _linked(body: Any, made: Mapping[str, str]) -> Any:
    if isinstance(body, Mapping):
        return {
            key: _id(value, made)
            if key == "@iot.id" and isinstance(value, str) and value.startswith("$")
            else _linked(value, made)
            for key, value in body.items()
        }
    return [_linked(one, made) for one in body] if isinstance(body, list) else body


def _id(name: str, made: Mapping[str, str]) -> str:
    address = _made(name, made)
    return address[address.index("(") + 1 : -1].strip("'")


def _made(name: str, made: Mapping[str, str]) -> str:
    if name[1:] not in made:
        raise BadInput(f"no earlier request has made {name[:40]}", where="url", mend="refer to the id of one before it")
    return made[name[1:]]


def _is_patch(one: Mapping[str, Any]) -> bool:
    headers: Iterable[tuple[str, Any]] = (one.get("headers") or {}).items()
    return any(name.lower() == "content-type" and "json-patch" in str(value) for name, value in headers)


def _shown(response: Response) -> dict[str, Any]:
    body = bytes(response.body)
    return {"status": response.status_code} | ({"body": orjson.loads(body)} if body else {})


def _failure(error: Exception, url: str) -> dict[str, Any]:
    return _shown(service.told(error, url))


__all__ = ["Stream", "run"]
