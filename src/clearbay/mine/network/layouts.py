"""The layouts in which river networks come: HydroRIVERS, OpenStreetMap waterways, and anybody's own columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clearbay.mine.network.csr import Index
from clearbay.mine.network.distance import line_km
from clearbay.mine.network.network import Floats, Reaches
from clearbay.mine.network.topology import joined
from clearbay.mine.network.velocity import BASES
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Shapes

Layout = Literal["hydrorivers", "osm", "generic"]
LAYOUTS: tuple[Layout, ...] = ("hydrorivers", "osm", "generic")

FLOWING = frozenset({"river", "stream", "canal", "drain", "ditch", "tidal_channel", "wadi", "brook", "fairway"})
"""Values of OpenStreetMap's ``waterway`` (Geofabrik: ``fclass``) that carry water; dams, weirs and docks do not."""

_ID = ("id", "reach_id", "reachid", "code", "comid", "objectid", "fid", "ogc_fid", "名称编码", "河段编码")
_NEXT = (
    "next_down",
    "next",
    "nextdownid",
    "next_id",
    "downstream",
    "down_id",
    "to_reach",
    "to_id",
    "tonode_reach",
    "下游",
)
_LENGTH_KM = ("length_km", "lengthkm")
_LENGTH_M = ("length_m",)
_FLOW = ("discharge_m3s", "discharge", "dis_av_cms", "q_mean", "qmean", "flow_m3s")
_AREA = ("upland_skm", "area_km2", "totdasqkm", "drainage_km2")
_VELOCITY = ("velocity_ms", "velocity")
_BASIS = ("velocity_basis", "basis")
_RIVER = ("river", "name", "name:zh", "gnis_name", "river_name", "河流")


@dataclass(frozen=True)
class Survey:
    """Reaches read from a file, with their lines and the layout they came in."""

    layout: Layout
    reaches: Reaches
    xy: NDArray[np.float64]
    start: NDArray[np.int64]


def recognised(shapes: Shapes) -> Layout:
    """The layout that the columns show."""
    if shapes.column("HYRIV_ID") is not None and shapes.column("NEXT_DOWN") is not None:
        return "hydrorivers"
    if shapes.column("waterway") is not None:
        return "osm"
    kinds = shapes.column("fclass")
    if kinds is not None and set(map(str, kinds)) & FLOWING:
        return "osm"
    return "generic"


def survey(shapes: Shapes, layout: Layout | None = None, *, join_m: float = 0.0) -> Survey:
    """Reaches from the lines of a file.

    Where a column names the reach below (``NEXT_DOWN``, ``next``, ``to`` …; several apart by ``;``) it decides;
    otherwise the ends of the lines do, water running as drawn. Raises BadInput for other geometries, columns missing,
    ids given twice, or a reach below that is not in the file in more than half of the rows.
    """
    if shapes.geometry != "line":
        raise BadInput(f"it holds {shapes.geometry}s, no lines", where=shapes.name, mend="a river network is of lines")
    chosen = layout or recognised(shapes)
    if chosen == "hydrorivers":
        for name in ("HYRIV_ID", "NEXT_DOWN"):
            if shapes.column(name) is None:
                raise BadInput(f"the column {name} is missing", where=shapes.name, mend="take HydroRIVERS as published")
        return _by_column(shapes, chosen, ("HYRIV_ID",), ("NEXT_DOWN",))
    if chosen == "osm":
        return _by_ends(_waterways(shapes), chosen, join_m)
    if shapes.column(*_NEXT) is not None and shapes.column(*_ID) is not None:
        return _by_column(shapes, chosen, _ID, _NEXT)
    return _by_ends(shapes, chosen, join_m)


def _waterways(shapes: Shapes) -> Shapes:
    kinds = shapes.column("waterway", "fclass")
    if kinds is None:
        raise BadInput("the column waterway (or fclass) is missing", where=shapes.name, mend="use --layout generic")
    flows = np.array([str(kind) in FLOWING for kind in kinds])
    if not flows.any():
        raise BadInput("no waterway in it flows", where=shapes.name, mend=f"known are: {', '.join(sorted(FLOWING))}")
    if flows.all():
        return shapes
    parts = np.flatnonzero(flows[shapes.feature])
    number = np.cumsum(flows) - 1
    points = np.concatenate([np.arange(shapes.start[k], shapes.start[k + 1]) for k in parts])
    return Shapes(
        shapes.name,
        shapes.geometry,
        {
            key: [value for value, keep in zip(values, flows, strict=True) if keep]
            for key, values in shapes.columns.items()
        },
        shapes.xy[points],
        np.concatenate([[0], np.cumsum(np.diff(shapes.start)[parts])]),
        number[shapes.feature[parts]],
        int(flows.sum()),
        (*shapes.notes, f"{shapes.name}: {int((~flows).sum())} lines that carry no water were left out"),
    )


def _by_column(shapes: Shapes, layout: Layout, own: Sequence[str], below: Sequence[str]) -> Survey:
    ids, nexts = shapes.column(*own), shapes.column(*below)
    assert ids is not None
    assert nexts is not None
    names = [_text(value) for value in ids]
    row = {name: at for at, name in enumerate(names)}
    if len(row) < len(names):
        twice = next(name for at, name in enumerate(names) if row[name] != at)
        raise BadInput(f"the id {twice} is given twice", where=shapes.name, mend="give each reach an id of its own")
    start: list[int] = []
    end: list[int] = []
    lost: list[str] = []
    for at, value in enumerate(nexts):
        for part in _text(value).replace(",", ";").split(";"):
            name = part.strip()
            if name in {"", "0", "-1", "None", "nan"} and name not in row:
                continue
            if name in row:
                start.append(at)
                end.append(row[name])
            else:
                lost.append(name)
    if len(lost) > 0.5 * len(names):
        raise BadInput(
            f"{len(lost)} of {len(names)} reaches flow into one that is not in the file (the first: {lost[0]})",
            where=shapes.name,
            mend="name ids of this file; an empty cell or 0 is a mouth",
        )
    warnings = list(shapes.notes)
    if lost:
        warnings.append(f"{len(lost)} reaches flow into one that is not in the file ({lost[0]}, …): taken as mouths")
    # A reach of several lines is one line after the other.
    bounds = np.append(shapes.start[:-1][np.searchsorted(shapes.feature, np.arange(shapes.features))], len(shapes.xy))
    reaches = _reaches(
        shapes,
        np.arange(shapes.features),
        pa.array(names),
        line_km(shapes.xy, shapes.start),
        shapes.feature,
        np.array(start, dtype=np.int32),
        np.array(end, dtype=np.int32),
        warnings,
    )
    return Survey(layout, reaches, shapes.xy, bounds.astype(np.int64))


def _by_ends(shapes: Shapes, layout: Layout, join_m: float) -> Survey:
    drawn = joined(shapes.xy, shapes.start, join_m=join_m)
    feature = shapes.feature[drawn.line]
    ids = shapes.column("osm_id", "@id", "full_id", *_ID)
    names = [_text(value) for value in ids] if ids is not None else [str(at + 1) for at in range(shapes.features)]
    if len(set(names)) < len(names):
        names = [f"{name}#{at + 1}" for at, name in enumerate(names)]
    total = np.bincount(feature, minlength=shapes.features)
    nth = np.arange(len(feature)) - np.searchsorted(feature, feature)
    pieces = [
        names[at] if total[at] == 1 else f"{names[at]}:{k + 1}"
        for at, k in zip(feature.tolist(), nth.tolist(), strict=True)
    ]
    reaches = _reaches(
        shapes,
        feature,
        pa.array(pieces),
        line_km(drawn.xy, drawn.start),
        np.arange(len(feature)),
        drawn.link_from,
        drawn.link_to,
        [*shapes.notes, *drawn.warnings],
        split=total[feature] > 1,
    )
    return Survey(layout, reaches, drawn.xy, drawn.start)


def _reaches(
    shapes: Shapes,
    feature: NDArray[np.int64],
    ids: pa.Array,
    drawn_km: Floats,
    owner: NDArray[np.int64],
    link_from: Index,
    link_to: Index,
    warnings: list[str],
    split: NDArray[np.bool_] | None = None,
) -> Reaches:
    measured = np.bincount(owner, weights=drawn_km, minlength=len(feature))
    said = _numbers(shapes, _LENGTH_KM, feature)
    if np.isnan(said).all():
        said = _numbers(shapes, _LENGTH_M, feature) / 1000.0
    whole = np.isfinite(said) & (said > 0) & (True if split is None else ~split)
    length = np.where(whole, said, measured)
    if whole.any():
        off = np.abs(np.log(np.maximum(said[whole], 1e-9) / np.maximum(measured[whole], 1e-9))) > 0.7
        if off.mean() > 0.1:
            warnings.append(
                f"{off.mean():.0%} of the lengths given differ from their lines by more than a factor of two: "
                "is the column in km?"
            )
    basis = np.full(len(feature), BASES.index("modelled"), dtype=np.int8)
    how = shapes.column(*_BASIS)
    if how is not None:
        codes = [BASES.index(str(value).strip().lower()) if str(value).strip().lower() in BASES else 1 for value in how]
        basis = np.array(codes, dtype=np.int8)[feature]
    rivers = shapes.column(*_RIVER)
    river = pa.array([str(value) if value else "" for value in rivers], pa.string()) if rivers is not None else None
    return Reaches(
        id=ids,
        length_km=length,
        link_from=link_from,
        link_to=link_to,
        discharge=_numbers(shapes, _FLOW, feature),
        slope=_numbers(shapes, ("slope",), feature),
        velocity=_numbers(shapes, _VELOCITY, feature),
        basis=basis,
        area_km2=_numbers(shapes, _AREA, feature),
        river=river.take(pa.array(feature)) if river is not None else pa.array([""] * len(feature)),
        warnings=tuple(warnings),
    )


def _numbers(shapes: Shapes, names: Sequence[str], feature: NDArray[np.int64]) -> Floats:
    values = shapes.column(*names)
    if values is None:
        return np.full(len(feature), np.nan)
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        numbers = np.array([_number(value) for value in values])
    value: Floats = numbers[feature]
    return value


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else ("" if np.isnan(value) else str(value))
    return str(value).strip()
