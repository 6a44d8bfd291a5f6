"""A source: one layout of data that clearbay can read, with whom to thank for it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from clearbay.collect.batch import Batch
from clearbay.model.errors import BadInput
from clearbay.model.text import Text


class Reader(Protocol):
    """The one signature of every source."""

    def __call__(self, data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch:
        """Read the bytes of one file called ``name``; raise ``BadInput`` if nothing of it can be read."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Metadata of a source, and its reader.

    ``example`` is the name of a typical file; ``sniff`` tells from a file's bytes whether it looks like this source;
    ``options`` names what ``read`` understands, with a line of help each; ``programme`` is the one that its stations
    belong to, empty where the file's owner decides.
    """

    id: str
    title: Text
    licence: str
    attribution: str
    example: str
    sniff: Callable[[bytes], bool]
    read: Reader
    options: Mapping[str, str] = field(default_factory=dict)
    programme: str = ""


def closest(name: str, known: Iterable[str]) -> str:
    """The known name most like ``name``, or an empty string where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return near[0] if near else ""


def checked(options: Mapping[str, str] | None, known: Mapping[str, str], source: str) -> Mapping[str, str]:
    """Give back the options, refusing one that the source does not have (a typing error would pass unseen)."""
    given = dict(options or {})
    for option in given:
        if option not in known:
            near = closest(option, known)
            raise BadInput(
                f"{source} has no option {option!r}" + (f"; did you mean {near!r}?" if near else ""),
                where="options",
                mend=f"known: {', '.join(sorted(known))}" if known else "this source takes no options",
            )
    return given
