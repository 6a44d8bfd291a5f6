"""The one shape of an observation, as columns.

A source yields *readings* (``READINGS``): who, what, where in the water, when, how much. The intake turns
them into *observations* of a datastream, with a revision; nothing is ever overwritten.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

import pyarrow as pa

Depth = Literal["", "surface", "middle", "bottom"]
"""Position in the water column; empty where the medium has none (rivers sampled at one depth, air)."""

Censoring = Literal["", "<", ">"]
"""``<``: below the detection limit given as value; ``>``: above the upper limit given as value."""


Averaging = Literal["", "instant", "minute", "hour", "day"]
"""What a value stands for in time: empty, a sample or survey value; ``instant``, real-time telemetry; ``minute``,
``hour`` and ``day``, the mean over that period starting at ``time``."""

JUDGED: tuple[Averaging, ...] = ("", "hour")
"""The averagings that assessments judge: samples and hourly means. A reading of the moment is no statement about an
hour, and a day's mean beside its hours would count them twice."""


class Flag(IntEnum):
    """QARTOD primary flags."""

    PASS = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


READINGS = pa.schema(
    [
        pa.field("station", pa.string(), nullable=False),
        pa.field("property", pa.string(), nullable=False),
        pa.field("depth", pa.string(), nullable=False),
        pa.field("averaging", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("censoring", pa.string(), nullable=False),
        pa.field("flag", pa.int8(), nullable=False),
    ]
)
"""What every source in ``collect`` yields. ``time`` is UTC without a zone (DuckDB hands out TIMESTAMPTZ only with
pytz); ``value`` is in the property's unit; missing values are not rows."""

OBSERVATIONS = pa.schema(
    [
        *READINGS,
        pa.field("revision", pa.int32(), nullable=False),
        pa.field("result_time", pa.timestamp("us"), nullable=False),
    ]
)
"""What the store's reader yields: the newest revision of each (station, property, depth, averaging, time), or the
one known as of an earlier ``result_time``."""
