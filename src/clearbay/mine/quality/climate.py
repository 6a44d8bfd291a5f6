"""A climatology from a station's own history: the span of each month's values, as a configuration of the test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from clearbay.mine.quality.point import months
from clearbay.model.errors import BadInput

LEAST = 30
"""Values of a month below which no span is derived: clearbay's choice, no text was found."""


def derived(
    table: pa.Table, *, usual: tuple[float, float] = (0.01, 0.99), least: int = LEAST, utc_offset: int = 0
) -> dict[str, Any]:
    """The test ``climatology`` for one series (columns time, value): each month's span between two quantiles.

    What lies outside is rare for the station, which is all that it says: derived, not laid down, and suspect at most.
    Months with fewer than ``least`` values are left out, and not evaluated. ``BadInput`` where none has enough.
    """
    value = table["value"].cast(pa.float64()).fill_null(np.nan).to_numpy()
    month = months(table["time"].cast(pa.timestamp("us"), safe=False).cast(pa.int64()).to_numpy(), utc_offset)
    entries = []
    for number in range(12):
        known = value[(month == number) & np.isfinite(value)]
        if len(known) >= least:
            low, high = np.quantile(known, usual).tolist()
            entries.append({"months": [number + 1], "vspan": [low, high]})
    if not entries:
        raise BadInput(
            f"no month has {least} values", where="climatology", mend="give a longer history, or spans of your own"
        )
    return {"climatology": {"config": entries}}
