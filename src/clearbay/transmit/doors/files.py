"""One file into a home, whichever way it came: recognised by its source, taken in once, its faults written down."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clearbay import collect
from clearbay.collect.batch import BadValue, Batch
from clearbay.model.errors import BadInput
from clearbay.store import Home
from clearbay.transmit.intake import take_in

SHOWN = 1000
"""Bad values that a report of reasons lists one by one."""


@dataclass(frozen=True, slots=True)
class Reception:
    """How a file is read: the source's id (empty: told by the bytes) and its options."""

    source: str = ""
    options: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: ``known`` was here before; ``good`` readings were kept, ``bad`` left out."""

    name: str
    known: bool
    new: int = 0
    revised: int = 0
    duplicate: int = 0
    bad: tuple[BadValue, ...] = ()
    batch: Batch | None = None

    @property
    def good(self) -> int:
        """Readings that are in the home now."""
        return self.new + self.revised + self.duplicate

    @property
    def reasons(self) -> str:
        """The bad values as a text, a line each; empty where there are none."""
        if not self.bad or self.batch is None:
            return ""
        lines = [f"{self.name}: {self.good} readings are kept, {len(self.bad)} values were left out", ""]
        for one in self.bad[:SHOWN]:
            lines.append(f"line {self.batch.line(one.row)}, {one.column}: {one.value!r} {one.why}; {one.mend}")
        if len(self.bad) > SHOWN:
            lines.append(f"and {len(self.bad) - SHOWN} more")
        return "\n".join(lines) + "\n"


def receive(home: Home, data: bytes, name: str, how: Reception) -> Taken:
    """Take a file's bytes into a home; the same bytes a second time change nothing.

    Raises ``BadInput`` where nothing of it can be read, ``StoreError`` where the store cannot take it now.
    """
    options = {key: str(value) for key, value in (how.options or {}).items()}
    source = collect.source(how.source or recognised(data, name))
    digest = hashlib.sha256(data + repr(sorted(_meant(options).items())).encode()).hexdigest()
    if home.known_file(digest, source.id):
        return Taken(name, known=True)
    batch = source.read(data, name=name, options=options)
    done = take_in(home, batch, sha256=digest, name=name)
    return Taken(name, done.known, done.new, done.revised, done.duplicate, (*batch.bad, *done.refused), batch)


def recognised(data: bytes, name: str) -> str:
    """The source that these bytes look like; ``BadInput`` where none claims them."""
    found = [one.id for one in collect.sources().values() if one.sniff(data)]
    if len(found) != 1:
        raise BadInput(
            f"this looks like {' and '.join(found)}" if found else "no source recognises this file",
            where=name,
            mend="name the source; a table of your own needs --source table and --mapping",
        )
    return found[0]


def _meant(options: Mapping[str, str]) -> dict[str, str]:
    """The options with the mapping's words in place of its path: a mapping corrected in place reads the file anew."""
    mapping = options.get("mapping", "")
    if not mapping or "\n" in mapping or not Path(mapping).is_file():
        return dict(options)
    return {**options, "mapping": Path(mapping).read_text(encoding="utf-8", errors="replace")}
