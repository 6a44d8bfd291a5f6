"""Turns what databases and disks say into a ``StoreError`` that tells an operator the way out."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import sqlalchemy.exc

from clearbay.model.errors import ClearbayError, StoreError

_LOCKED = ("database is locked", "lock timeout", "locknotavailable", "canceling statement due to lock")
_FULL = ("database or disk is full", "no space left", "disk quota", "could not extend file", "out of disk space")
_REFUSED = ("disk i/o error",)
_AWAY = (
    "connection refused",
    "could not connect",
    "connection failed",
    "server closed",
    "connection is lost",
    "terminating connection",
    "no such file or directory",
    "could not translate host name",
    "does not exist",
)
_READ_ONLY = ("readonly database", "read-only", "permission denied")
_FULL_ERRNO = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def locked(error: StoreError) -> bool:
    """Whether what is told is only that another process is writing."""
    return any(word in str(error.__cause__).lower() for word in _LOCKED)


def said(error: BaseException, doing: str) -> StoreError:
    """The ``StoreError`` for a low-level ``error`` met while ``doing``."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()
    first = reason[0] if reason else type(error).__name__
    text = " ".join((type(getattr(error, "orig", error)).__name__, *reason)).lower()
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL_ERRNO or any(word in text for word in _FULL):
        way = "the disk is full: nothing was changed; free some space (or raise the limit) and run it again"
    elif any(word in text for word in _REFUSED):
        way = (
            "the disk refuses to be written: nothing was changed; look for a limit on the size of files, a quota, a"
            " full or a failing disk, and run it again"
        )
    elif any(word in text for word in _LOCKED):
        way = "another process is writing into this home: nothing was changed; wait for it to finish and run it again"
    elif number in {errno.EACCES, errno.EPERM, errno.EROFS} or any(word in text for word in _READ_ONLY):
        way = "this user may not write here: check the owner and the rights of the home directory"
    elif isinstance(error, (duckdb.OutOfMemoryException, MemoryError)):
        way = "memory ran out: raise the reader's memory limit, or ask for fewer stations or a shorter time"
    elif isinstance(error, sqlalchemy.exc.OperationalError) and any(word in text for word in _AWAY):
        way = "the records database cannot be reached: check that it runs and that its address is right"
    else:
        way = "run `clearbay doctor` on this home"
    return StoreError(f"cannot {doing}: {first}; {way}")


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Run a block; whatever database, disk or engine complains about leaves it as a ``StoreError``."""
    try:
        yield
    except ClearbayError:
        raise
    except (sqlalchemy.exc.DBAPIError, sqlalchemy.exc.TimeoutError, duckdb.Error, OSError, MemoryError) as error:
        raise said(error, doing) from error
