"""Computed tables on disk, so that a restarted server is warm: Parquet under the home's ``cache``."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from clearbay.apply.release import fingerprint
from clearbay.store import Home

_log = logging.getLogger(__name__)

_DAY = 86_400.0


class Shelf:
    """The tables of one data version and release, in a folder of their own under ``root``.

    A table that cannot be read is made anew; a disk that refuses to keep one costs only time.
    """

    def __init__(self, root: Path, version: int, release: str) -> None:
        self._root = root
        self._version = version
        self._folder = root / f"{version}-{release}"

    @classmethod
    def of(cls, home: Home, version: int) -> Shelf:
        """The shelf of a home at a data version, for this release."""
        return cls(home.path / "cache", version, fingerprint())

    def read(self, name: str) -> pa.Table | None:
        """The table kept under ``name``; None where there is none, or where it cannot be read."""
        try:
            return parquet.read_table(self._folder / f"{name}.parquet")
        except (OSError, pa.ArrowException):
            return None

    def write(self, name: str, table: pa.Table) -> None:
        """Keep ``table``, whole or not at all; the first table of a new folder clears the older folders away."""
        beside = self._folder / f".{name}.{os.getpid()}"
        try:
            if not self._folder.exists():
                self._clear()
            self._folder.mkdir(parents=True, exist_ok=True)
            parquet.write_table(table, beside, compression="zstd")
            os.replace(beside, self._folder / f"{name}.parquet")
        except OSError as error:
            _log.warning("assessments are not kept on disk: %s", error)
            with contextlib.suppress(OSError):
                beside.unlink()

    def _clear(self) -> None:
        """Remove what older data versions left, and other releases that nobody has written to for a day.

        Two releases may serve one home side by side for a while; they must not take each other's tables away.
        """
        for old in self._root.iterdir() if self._root.is_dir() else ():
            version = old.name.partition("-")[0]
            with contextlib.suppress(OSError):
                stale = time.time() - old.stat().st_mtime > _DAY
                if not version.isdigit() or int(version) < self._version or stale:
                    shutil.rmtree(old)
