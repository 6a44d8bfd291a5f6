"""What assessments rest on: samples and hourly means, and nothing that stands for another time.

Everything that judges reads through here, so that a reading of the moment, a minute's or a day's mean never enters a
verdict beside the hours it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay.model.observation import JUDGED
from clearbay.store import Reader


def rows(reader: Reader) -> Any:
    """Every observation that may be judged, as a lazy frame."""
    return nw.from_native(reader.relation(averagings=JUDGED))


def readings(
    reader: Reader, *, stations: Iterable[str], properties: Iterable[str], start: datetime, end: datetime
) -> pa.Table:
    """The observations of some stations and properties that may be judged, in order."""
    return reader.observations(stations=stations, properties=properties, averagings=JUDGED, start=start, end=end)
