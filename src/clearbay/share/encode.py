"""Answers as bytes: orjson from columns and from values, never row by row through models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import pyarrow as pa
from starlette.responses import Response

from clearbay.share.exports import iso

JSON = "application/json"
_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def answer(value: object) -> Response:
    """Any value as a JSON answer."""
    return Response(orjson.dumps(value, default=_plain, option=_OPTIONS), media_type=JSON)


def records(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table as objects, times spelled with Z."""
    names = table.column_names
    columns = [(iso(column) if pa.types.is_timestamp(column.type) else column).to_pylist() for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def page(items: Sequence[object], total: int, following: str | None = None, **more: object) -> Response:
    """One page of a list."""
    return answer({"items": items, "total": total, "next": following, **more})


def time(value: datetime | None) -> str | None:
    """A UTC time without a zone as ISO 8601 with Z."""
    return None if value is None else f"{value.isoformat()}Z"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
