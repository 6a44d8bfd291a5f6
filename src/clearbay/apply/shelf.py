"""Assessments on disk, so that a restarted server is warm: Parquet under the home's ``cache``."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from clearbay.apply.judging import Judged

_log = logging.getLogger(__name__)


def read(folder: Path, name: str) -> Judged | None:
    """What was kept under ``name``; None where nothing is, or where it cannot be read."""
    try:
        return Judged(*(parquet.read_table(folder / f"{name}.{part}.parquet") for part in ("items", "verdicts")))
    except (OSError, pa.ArrowException):
        return None


def write(folder: Path, name: str, judged: Judged) -> None:
    """Keep ``judged`` under ``name``, and clear what older data versions left. A disk that refuses costs only time."""
    try:
        if not folder.exists():
            _clear(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for part, table in (("items", judged.items), ("verdicts", judged.verdicts)):
            beside = folder / f".{name}.{part}.{os.getpid()}"
            parquet.write_table(table, beside, compression="zstd")
            os.replace(beside, folder / f"{name}.{part}.parquet")
    except OSError as error:
        _log.warning("assessments are not kept on disk: %s", error)


def _clear(folder: Path) -> None:
    if folder.parent.is_dir():
        for old in folder.parent.iterdir():
            if old != folder:
                with contextlib.suppress(OSError):
                    shutil.rmtree(old)
