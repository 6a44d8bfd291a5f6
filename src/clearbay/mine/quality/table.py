"""Quality control of a whole table at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pyarrow as pa

from clearbay.mine.quality.config import Config
from clearbay.mine.quality.stream import Stream


def batch(
    table: pa.Table,
    config: Config,
    *,
    order: Literal["time", "arrival"] = "time",
    medium: Callable[[str], str] | None = None,
    homes: Callable[[str], tuple[float, float]] | None = None,
) -> pa.Table:
    """The flags of each row, in the table's own order: one int8 column a test, and ``aggregate``.

    ``order``: ``time`` sorts the rows first, so that none is late (of two with the same time the second is);
    ``arrival`` takes them as they come, as ``Stream`` does. Columns as for ``Stream.push``.
    """
    stream = Stream(config, medium=medium, homes=homes)
    if order == "arrival":
        return stream.push(table, keep=False).flags
    time = table["time"]
    micros = (
        time if pa.types.is_integer(time.type) else time.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    ).to_numpy()
    if len(micros) < 2 or (np.diff(micros) >= 0).all():
        return stream.push(table, keep=False).flags
    sorted_ = np.argsort(micros, kind="stable")
    back = np.empty(len(sorted_), dtype=np.int64)
    back[sorted_] = np.arange(len(sorted_))
    return stream.push(table.take(pa.array(sorted_)), keep=False).flags.take(pa.array(back))
