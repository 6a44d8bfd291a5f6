"""Small tables of readings, written as tuples."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from clearbay.mine.frames import to_arrow

NEW_YEAR = datetime(2019, 12, 31, 16)
"""2020-01-01 00:00 in Hong Kong."""


def readings(*rows: tuple[Any, ...]) -> pa.Table:
    """(station, property, value[, depth[, days after the new year[, flag]]]) each; a value may be ``<0.5``."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("station", "property", "depth", "time", "value", "censoring", "flag", "row")
    }
    for station, code, value, *rest in rows:
        depth, day, flag = (*rest, *("", 0, 2)[len(rest) :])
        text = str(value)
        columns["station"].append(station)
        columns["property"].append(code)
        columns["depth"].append(depth)
        columns["time"].append(NEW_YEAR + timedelta(days=day))
        columns["censoring"].append(text[0] if text[0] in "<>" else "")
        columns["value"].append(float(text.lstrip("<>")))
        columns["flag"].append(flag)
        columns["row"].append(len(columns["row"]))
    types = {"time": pa.timestamp("us"), "value": pa.float64(), "flag": pa.int8(), "row": pa.int64()}
    return pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()})


def records(frame: Any, *order: str) -> list[dict[str, Any]]:
    """Rows of a result, sorted by the named columns; floats to twelve digits, so that engines compare."""
    rows = to_arrow(frame).to_pylist()
    tidy = [{k: float(f"{v:.12g}") if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    return sorted(tidy, key=lambda row: tuple(str(row[name]) for name in order))


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[float]:
    """Numbers as a laboratory writes them: with so many decimals."""
    return st.decimals(Decimal(low), Decimal(high), places=places).map(float)
