"""Computed tables on disk, so that a restarted server is warm: Parquet under the home's ``cache``."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

_log = logging.getLogger(__name__)


class Shelf:
    """The tables of one data version and release, a folder; its siblings are those of older ones.

    A table that cannot be read is made anew; a disk that refuses to keep one costs only time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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
        if self._folder.parent.is_dir():
            for old in self._folder.parent.iterdir():
                with contextlib.suppress(OSError):
                    shutil.rmtree(old)
