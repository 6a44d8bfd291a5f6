"""Keyset cursors: a page says where it ended, and the next page starts right after it, however deep it lies.

A cursor is opaque to callers. It carries the key of the last row, the total counted on the first page and a mark
of the query it belongs to, so that a cursor used with other filters is refused instead of answering nonsense.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import orjson

from clearbay.model.errors import BadInput

Part = str | int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last page ended, and how many rows the whole query has."""

    total: int
    key: tuple[Part, ...]


def mark(filters: Sequence[object]) -> str:
    """Short fingerprint of the filters of a query."""
    return blake2b(repr(tuple(filters)).encode(), digest_size=6).hexdigest()


def write(cursor: Cursor, belongs_to: str) -> str:
    """The cursor as text that is safe in an address."""
    data = orjson.dumps([belongs_to, cursor.total, *cursor.key])
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read(text: str | None, belongs_to: str, shape: tuple[type, ...]) -> Cursor | None:
    """The cursor written by ``write``; BadInput where it is broken or belongs to another query."""
    if not text:
        return None
    mend = "take the cursor from 'next' of the page before, with the same filters, or leave it out"
    try:
        data = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise BadInput("the cursor is broken", where="cursor", mend=mend) from None
    whole = isinstance(data, list) and len(data) == 2 + len(shape)
    if not whole or not isinstance(data[1], int) or not all(map(isinstance, data[2:], shape)):
        raise BadInput("the cursor is broken", where="cursor", mend=mend)
    if data[0] != belongs_to:
        raise BadInput("the cursor belongs to a query with other filters", where="cursor", mend=mend)
    return Cursor(data[1], tuple(data[2:]))


_EPOCH = datetime(1970, 1, 1)


def micros(time: datetime) -> int:
    """A UTC time as microseconds since 1970, exactly."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def moment(since: int) -> datetime:
    """The time that lies ``since`` microseconds after 1970; BadInput where no calendar has it."""
    try:
        return _EPOCH + timedelta(microseconds=since)
    except OverflowError:
        raise BadInput("the cursor is broken", where="cursor", mend="take it from 'next' of the page before") from None
