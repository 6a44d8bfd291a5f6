"""Computed tables on disk, so that a restarted server is warm: Parquet under the home's ``cache``."""

from __future__ import annotations

import contextlib
import glob
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
    """The tables of one release, in a folder of their own under ``root``; of each name the newest state is kept.

    ``stamp`` says what a table was computed from (``Catalogue.stamp``): one of another stamp is not read. A table that
    cannot be read is made anew; a disk that refuses to keep one costs only time.
    """

    def __init__(self, root: Path, release: str) -> None:
        self._root = root
        self._folder = root / release

    @classmethod
    def of(cls, home: Home) -> Shelf:
        """The shelf of a home, for this release."""
        return cls(home.path / "cache", fingerprint())

    def read(self, name: str, stamp: str) -> pa.Table | None:
        """The table kept under ``name``; None where there is none of this stamp, or where it cannot be read."""
        try:
            return parquet.read_table(self._folder / f"{name}@{stamp}.parquet")
        except (OSError, pa.ArrowException):
            return None

    def write(self, name: str, stamp: str, table: pa.Table) -> None:
        """Keep ``table``, whole or not at all, in place of other stamps; the first table of a new folder clears
        other releases away."""
        beside = self._folder / f".{name}.{os.getpid()}"
        path = self._folder / f"{name}@{stamp}.parquet"
        try:
            if not self._folder.exists():
                self._clear()
            self._folder.mkdir(parents=True, exist_ok=True)
            parquet.write_table(table, beside, compression="zstd")
            os.replace(beside, path)
            for old in self._folder.glob(f"{glob.escape(name)}@*.parquet"):
                if old != path:
                    old.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("assessments are not kept on disk: %s", error)
            with contextlib.suppress(OSError):
                beside.unlink()

    def _clear(self) -> None:
        """Remove other releases that nobody has written to for a day.

        Two releases may serve one home side by side for a while; they must not take each other's tables away.
        """
        for old in self._root.iterdir() if self._root.is_dir() else ():
            with contextlib.suppress(OSError):
                if time.time() - old.stat().st_mtime > _DAY:
                    shutil.rmtree(old)
