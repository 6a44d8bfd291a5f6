"""A watched folder: every file that is put there is taken in once, and moved to ``done`` or ``refused``.

A file is read when it has not changed for a while. What was left out of it, or why all of it was refused, stands in a
text file beside it. A death at any moment is harmless: the file is known by its hash when it is met again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home
from clearbay.transmit.doors.files import Reception, Taken, receive

DONE, REFUSED = "done", "refused"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".swp", "~")
"""Endings by which programs mark a file that they still write."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one file of the folder: where it lies now, and the reasons beside it (None: there are none)."""

    path: Path
    taken: Taken | None
    reasons: Path | None
    why: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it was kept."""
        return self.taken is None


@dataclass
class Folder:
    """A folder under watch; ``settle`` is how many seconds a file must stay as it is before it is read."""

    path: Path
    home: Home
    how: Reception
    settle: float = 2.0
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def ready(self, now: float) -> Iterator[Path]:
        """Files that have not changed for ``settle`` seconds, oldest first."""
        present = {path: signature for path in self._files() if (signature := _signature(path)) is not None}
        self._seen = {path: seen for path, seen in self._seen.items() if path in present}
        found = []
        for path, signature in present.items():
            seen = self._seen.get(path)
            if seen is None or seen[0] != signature:
                self._seen[path] = seen = (signature, now)
            if now - seen[1] >= self.settle:
                found.append((signature[1], path))
        yield from (path for _, path in sorted(found))

    def take(self, path: Path) -> Moved:
        """Take one file in and move it away; ``StoreError`` leaves it where it is, for the next time."""
        try:
            taken = receive(self.home, path.read_bytes(), path.name, self.how)
        except BadInput as error:
            return self._move(path, REFUSED, f"{path.name} was refused: {error}\n", None, str(error))
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror}; check its rights") from error
        if taken.bad and not taken.good:
            return self._move(path, REFUSED, taken.reasons, None, f"none of its {len(taken.bad)} values can be read")
        return self._move(path, DONE, taken.reasons, taken, "")

    def _move(self, path: Path, where: str, reasons: str, taken: Taken | None, why: str) -> Moved:
        folder = self.path / where
        folder.mkdir(exist_ok=True)
        target = _free(folder, path.name)
        beside = None
        if reasons:  # first the reasons: a file without them would look as if all of it were well
            beside = target.with_name(target.name + ".txt")
            beside.write_text(reasons, encoding="utf-8")
        os.replace(path, target)
        self._seen.pop(path, None)
        return Moved(target, taken, beside, why)

    def _files(self) -> Iterator[Path]:
        for entry in os.scandir(self.path):
            hidden = entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED)
            if entry.is_file(follow_symlinks=False) and not hidden:
                yield Path(entry.path)


def watch(
    folder: Folder,
    told: Callable[[Moved], None],
    stopped: Callable[[float], bool],
    *,
    every: float = 2.0,
    once: bool = False,
    trouble: Callable[[StoreError], None] = lambda error: None,
) -> None:
    """Look again and again until ``stopped(seconds)``, which waits so long, says so.

    ``once``: until every file there has been dealt with. Trouble of the store is told, and waited for.
    """
    if not folder.path.is_dir():
        raise BadInput("there is no such folder", where=str(folder.path), mend="make it first")
    waits = every
    while True:
        try:
            for path in folder.ready(time.monotonic()):
                told(folder.take(path))
            waits = every
        except StoreError as error:
            trouble(error)
            if once:
                raise
            waits = min(waits * 2, 300.0)
        if once and not list(folder._files()):
            return
        if stopped(min(waits, max(folder.settle, 0.05)) if once else waits):
            return


def _signature(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that no file has yet: a second file of the same name gets a number."""
    target, number = folder / name, 2
    while target.exists():
        stem, dot, ending = name.partition(".")
        target = folder / f"{stem}-{number}{dot}{ending}"
        number += 1
    return target
