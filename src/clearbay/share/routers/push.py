"""``/api/push``."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from clearbay.collect.batch import Batch
from clearbay.model.errors import BadInput
from clearbay.share import encode
from clearbay.share.context import Services, noun
from clearbay.share.guard import tasked
from clearbay.share.intake import intake
from clearbay.share.problems import Denied, documented
from clearbay.transmit.committer import Parcel
from clearbay.transmit.doors import push as door

router = noun("push")

MOST = 64 * 1024 * 1024
"""Bytes of a push at most."""
_WAIT = 120.0


class Refused(BaseModel):
    """One value, or one row, that was left out."""

    row: int = Field(description="Place in the list, or data row of the table, from 0")
    column: str
    value: str
    why: str
    mend: str


class Pushed(BaseModel):
    """What became of a push; what was accepted is durable."""

    accepted: int = Field(description="Readings that are stored now, also those that were here before")
    refused: list[Refused]
    data_version: int


@router.post(
    "/push",
    operation_id="push",
    summary="Send readings",
    dependencies=[Depends(tasked("observations.push"))],
    responses={200: {"model": Pushed}, **documented(401, 403, 422, 503)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["station", "property", "time", "value"],
                            "properties": {name: {} for name in door.FIELDS},
                        },
                    }
                },
                "text/csv": {"schema": {"type": "string"}},
            },
        }
    },
)
async def push(
    request: Request,
    desk: Services,
    mapping: Annotated[
        str,
        Query(
            description="For a table (CSV, XLSX, Parquet): the mapping of the home by which it is read.", max_length=80
        ),
    ] = "",
) -> Response:
    """Take in a JSON list of readings, or a table by a mapping of the home; answers once they are durable.

    A reading has station, property, time (with its zone) and value, and may have depth, averaging, unit, censoring and
    flag. Rows that cannot be taken are listed with the reason and the way out; the others are kept. Sending the same
    again changes nothing.
    """
    data = await _bytes(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind.endswith("json") or (not mapping and data.lstrip()[:1] in (b"[", b"{"))
    batch = await run_in_threadpool(_read, data, is_json, desk.home.path, mapping, kind)
    committer = await run_in_threadpool(lambda: intake(request.app).committer)
    if committer.full:
        await committer.room()
    parcel = Parcel(door.SOURCE, batch.readings, door.known_stations(batch))
    outcome = await asyncio.wait_for(asyncio.wrap_future(committer.submit(parcel)), _WAIT)
    refused = door.refusals(batch, outcome.refused)
    rows = {one.row for one in outcome.refused}
    answer: dict[str, Any] = {"accepted": batch.readings.num_rows - len(rows), "refused": refused}
    return encode.answer(answer | {"data_version": outcome.data_version})


def _read(data: bytes, is_json: bool, home: Any, mapping: str, kind: str) -> Batch:
    if not is_json:
        name = "pushed.xlsx" if "spreadsheet" in kind else "pushed.parquet" if "parquet" in kind else "pushed.csv"
        return door.read_table(data, home, mapping=mapping, name=name)
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the body is no JSON ({error})", where="body", mend="or send a table, with mapping=") from None
    return door.read_json(body)


async def _bytes(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST:
            raise Denied(413, "the push is too long", where="body", mend=f"send at most {MOST >> 20} MiB at once")
        parts.append(part)
    return b"".join(parts)
