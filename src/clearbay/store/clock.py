"""Times as the store keeps them: UTC, microseconds, without a zone; and months as yyyymm."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

_EPOCH = datetime(1970, 1, 1)


def naive_utc(moment: datetime) -> datetime:
    """A moment as naive UTC; a naive one is taken to be UTC already."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def now() -> datetime:
    """This moment as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, exact over the whole range of ``datetime``.

    >>> micros(datetime(1970, 1, 2))
    86400000000
    """
    delta = naive_utc(moment) - _EPOCH
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def months_of(times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The month (yyyymm) of each time in microseconds since the epoch.

    >>> months_of(np.array([0, -1])).tolist()
    [197001, 196912]
    """
    count = times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return np.asarray((count // 12 + 1970) * 100 + count % 12 + 1, dtype=np.int64)


def month_of(moment: datetime) -> int:
    """The month (yyyymm) of a moment."""
    moment = naive_utc(moment)
    return moment.year * 100 + moment.month


def month_start(month: int) -> int:
    """The first microsecond of a month (yyyymm).

    >>> month_start(197002) // 86_400_000_000
    31
    """
    return micros(datetime(month // 100, month % 100, 1))


def month_end(month: int) -> int:
    """The first microsecond after a month (yyyymm)."""
    year, number = divmod(month, 100)
    return month_start(month + 1) if number < 12 else month_start((year + 1) * 100 + 1)
