"""One module a kind of source: ``SETTINGS`` names its keys, ``check`` refuses wrong ones, ``fetch`` brings its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol


class Unreachable(Exception):
    """The other end did not answer, or refused; the text says what it said."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the other end said of the file fetched last, by which it tells whether there is a newer one."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's bytes, a name for it, and what the other end said of it."""

    data: bytes
    name: str
    etag: str = ""
    modified: str = ""


class Kind(Protocol):
    """The one shape of every module here."""

    @property
    def SETTINGS(self) -> tuple[str, ...]:
        """The keys of sources.yaml that are its own."""

    def check(self, settings: Mapping[str, Any], where: str) -> None:
        """Raise ``BadInput`` for settings that cannot be."""

    def fetch(self, settings: Mapping[str, Any], known: Known) -> Fetched | None:
        """The file as it is now; None where it is the one known. ``Unreachable`` where it cannot be had."""


@cache
def kinds() -> Mapping[str, Kind]:
    """The kinds of sources by name."""
    from clearbay.transmit.doors.fetching import http

    return {"http": http}
