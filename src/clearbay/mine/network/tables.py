"""A network as Arrow tables, and back without a copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clearbay.mine.network.network import Network

_NUMBERS = (
    "length_km",
    "discharge",
    "slope",
    "velocity",
    "basis",
    "spread",
    "area_km2",
    "main",
    "last",
    "mouth_km",
    "mouth_h",
    "mouth_doubt",
    "row",
)


def to_tables(network: Network, xy: NDArray[np.float64], start: NDArray[np.int64]) -> dict[str, pa.Table]:
    """Tables ``reaches``, ``links`` (the side arms) and ``lines`` (points by reach, in the network's order).

    ``xy`` and ``start`` are lines in the order of the file.
    """
    reaches = pa.table(
        {
            "id": network.id.cast(pa.string()),
            "river": network.river.cast(pa.string()).dictionary_encode(),
            **{name: pa.array(getattr(network, name)) for name in _NUMBERS},
        }
    )
    reaches = reaches.replace_schema_metadata({"warnings": "\n".join(network.warnings)})
    links = pa.table({"from": pa.array(network.side_from), "to": pa.array(network.side_to)})
    return {"reaches": reaches, "links": links, "lines": lines_table(xy, start, network.row)}


def lines_table(xy: NDArray[np.float64], start: NDArray[np.int64], order: NDArray[np.int32]) -> pa.Table:
    """Lines in another order, points as pairs of 32-bit degrees (under a metre)."""
    length = np.diff(start)[order]
    bounds = np.concatenate([[0], np.cumsum(length)])
    points = np.repeat(start[order] - bounds[:-1], length) + np.arange(bounds[-1])
    flat = pa.array(np.ascontiguousarray(xy[points], dtype=np.float32).ravel())
    return pa.table({"points": pa.LargeListArray.from_arrays(pa.array(2 * bounds), flat)})


def from_tables(tables: Mapping[str, pa.Table]) -> Network:
    """The network in these tables; its arrays are views into them."""
    reaches, links = tables["reaches"], tables["links"]
    columns: dict[str, Any] = {name: _view(reaches[name]) for name in _NUMBERS}
    said = (reaches.schema.metadata or {}).get(b"warnings", b"").decode()
    return Network(
        id=_whole(reaches["id"]),
        river=_whole(reaches["river"]),
        side_from=_view(links["from"]),
        side_to=_view(links["to"]),
        warnings=tuple(said.splitlines()),
        **columns,
    )


def points_of(lines: pa.Table, at: int) -> NDArray[np.float32]:
    """Longitudes and latitudes of one row of ``lines``."""
    value = _whole(lines["points"])
    low, high = value.offsets[at].as_py(), value.offsets[at + 1].as_py()
    points: NDArray[np.float32] = value.values.slice(low, high - low).to_numpy().reshape(-1, 2)
    return points


def bounds_of(lines: pa.Table) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """All points of ``lines``, and where those of each row begin."""
    value = _whole(lines["points"])
    return value.values.to_numpy().reshape(-1, 2), value.offsets.to_numpy() // 2


def _whole(column: pa.ChunkedArray) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _view(column: pa.ChunkedArray) -> Any:
    return _whole(column).to_numpy(zero_copy_only=False) if len(column) else np.zeros(0, dtype=np.int32)
