"""What the store answers to those who write into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of the rows of one batch; ``new + revised + duplicate`` is the number of rows given.

    ``new``: first value of its datastream and time. ``revised``: stored as a further revision, which now wins.
    ``duplicate``: said nothing new. ``conflicts``: datastream and time pairs for which the batch contradicts itself
    (all its values are kept as revisions, the last row wins). ``data_version`` is the store's version after the batch.
    """

    new: int
    revised: int
    duplicate: int
    conflicts: int
    data_version: int

    @property
    def changed(self) -> bool:
        """True where the batch left the store different from before."""
        return self.new + self.revised > 0


@dataclass(frozen=True, slots=True)
class CompactResult:
    """What a compaction moved: hot rows into history, in how many months, and the files it wrote."""

    rows: int
    months: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class KeepResult:
    """What background upkeep did: ``joined`` blocks laid together, ``moved`` rows into history, files ``removed``."""

    joined: int
    moved: int
    removed: int


class FileOutcome(Protocol):
    """What became of a file's rows, as any result that counts them says."""

    @property
    def new(self) -> int: ...  # noqa: D102
    @property
    def revised(self) -> int: ...  # noqa: D102
    @property
    def duplicate(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that was taken in as a whole, known again by its SHA-256 and its source."""

    sha256: str
    source: str
    name: str
    rows: int
    new: int = 0
    revised: int = 0
    duplicate: int = 0
    imported_at: datetime | None = None
