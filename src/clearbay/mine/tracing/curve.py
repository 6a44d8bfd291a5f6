"""A concentration curve at one section, and how rows of a table become curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.notes import note
from clearbay.model.errors import BadInput

COLUMNS = ("section", "distance_km", "discharge_m3s", "time_h", "concentration")
MISSING = frozenset({"", "NaN", "nan", "NA", "N/A", "--", "*", "None", "null"})
SAME_PLACE_KM = 0.5
"""Distances of one section that differ by less are one."""
FEWEST = 5
"""Samples below which a curve has no shape: a rise, a peak and a fall need five."""


@dataclass(frozen=True)
class Curve:
    """Concentration over time at one section.

    ``distance_km`` grows downstream; ``discharge_m3s`` is the median over the record (NaN when nobody measured it);
    ``time_h`` ascends strictly; ``concentration`` in any unit, the same for all sections; ``remarks`` tell what was
    mended on the way in.
    """

    section: str
    distance_km: float
    discharge_m3s: float
    time_h: NDArray[np.float64]
    concentration: NDArray[np.float64]
    remarks: tuple[str, ...] = field(default=())


def make_curve(
    section: str,
    distance_km: float,
    discharge_m3s: float,
    time_h: Iterable[float],
    concentration: Iterable[float],
    remarks: Sequence[str] = (),
) -> Curve:
    """A curve from samples in any order: sorted, samples of one time averaged, lone spikes taken out."""
    time = np.asarray(list(time_h), dtype=float)
    value = np.asarray(list(concentration), dtype=float)
    good = np.isfinite(time) & np.isfinite(value)
    time, value = time[good], value[good]
    notes = list(remarks)
    if np.any(np.diff(time) < 0):
        notes.append(note("unordered", section=section))
    order = np.argsort(time, kind="stable")
    time, value = time[order], value[order]
    unique, inverse, count = np.unique(time, return_inverse=True, return_counts=True)
    if len(unique) < len(time):
        notes.append(note("averaged", section=section, count=len(time) - len(unique)))
        value = np.bincount(inverse, value) / count
        time = unique
    spikes = lone_spikes(value)
    if spikes.any():
        notes.append(note("spikes", section=section, count=int(spikes.sum())))
        time, value = time[~spikes], value[~spikes]
    return Curve(str(section), float(distance_km), float(discharge_m3s), time, value, tuple(notes))


def lone_spikes(value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Samples more than 2.5 times both neighbours inside a broad pulse: a slip of the pen, not a peak.

    Only where at least six other samples stand above a tenth of the sample's neighbours' maximum, so that the sharp
    peak of a coarse record is never taken for one.
    """
    spikes = np.zeros(len(value), dtype=bool)
    if len(value) < 12:
        return spikes
    around = np.maximum(value[:-2], value[2:])
    suspect = np.flatnonzero((value[1:-1] > 2.5 * around) & (np.minimum(value[:-2], value[2:]) > 0)) + 1
    rest = np.delete(value, suspect)
    if not len(suspect) or not len(rest):
        return spikes
    top = float(rest.max())
    for index in suspect:
        inside = around[index - 1] > 0.5 * top
        if inside and np.count_nonzero(rest > 0.1 * top) >= 6:
            spikes[index] = True
    return spikes


def curves_from_rows(rows: Iterable[Mapping[str, Any]], *, where: str = "") -> tuple[Curve, ...]:
    """Curves from rows with the columns ``section, distance_km, discharge_m3s, time_h, concentration``.

    Further columns are ignored. A blank concentration is a missing sample; "<0.5" is read as half of it. Sections come
    back in order of distance. Raises BadInput naming the row and column of what cannot be read.
    """
    samples: dict[str, list[tuple[float, float, float, float]]] = {}
    remarks: dict[str, list[str]] = {}
    seen = False
    for number, row in enumerate(rows, start=2):
        seen = True
        if number == 2:
            missing = [name for name in COLUMNS if name not in row]
            if missing:
                raise BadInput(
                    f"column {', '.join(missing)} is missing",
                    where=where,
                    mend=f"give the columns {', '.join(COLUMNS)}",
                )
        section = str(row["section"] or "").strip()
        place = f"{where} row {number}".strip()
        if not section:
            raise BadInput("the section has no name", where=f"{place}, column section", mend="name every section")
        text = _text(row["concentration"])
        when = _text(row["time_h"])
        if text in MISSING or when in MISSING:
            remarks.setdefault(section, []).append("blank")
            continue
        if text.startswith("<"):
            concentration = _number(text[1:], f"{place}, column concentration") / 2.0
            remarks.setdefault(section, []).append("censored")
        else:
            concentration = _number(text, f"{place}, column concentration")
        flow_text, place_text = _text(row["discharge_m3s"]), _text(row["distance_km"])
        samples.setdefault(section, []).append(
            (
                _number(when, f"{place}, column time_h"),
                concentration,
                _number(place_text, f"{place}, column distance_km") if place_text not in MISSING else float("nan"),
                _number(flow_text, f"{place}, column discharge_m3s") if flow_text not in MISSING else float("nan"),
            )
        )
    if not seen or not samples:
        raise BadInput("no samples", where=where, mend=f"give rows with the columns {', '.join(COLUMNS)}")
    curves = [_curve(section, np.array(values), remarks.get(section, [])) for section, values in samples.items()]
    curves.sort(key=lambda curve: (curve.distance_km, -len(curve.time_h)))
    kept = curves[:1]
    for curve in curves[1:]:
        if curve.distance_km > kept[-1].distance_km:
            kept.append(curve)
        else:  # two curves of one place tell no velocity: the one with more samples speaks for both
            remark = f"section {curve.section} lies where {kept[-1].section} does, which was used in its place"
            kept[-1] = replace(kept[-1], remarks=(*kept[-1].remarks, remark))
    return tuple(kept)


def _curve(section: str, values: NDArray[np.float64], marks: list[str]) -> Curve:
    time, concentration, distance, discharge = values.T
    distance = distance[np.isfinite(distance)]
    if not len(distance):
        raise BadInput(
            f"section {section} has no distance", where="column distance_km", mend="say where each section lies"
        )
    notes = []
    if np.ptp(distance) > SAME_PLACE_KM:
        raise BadInput(
            f"section {section} has several distances ({distance.min():g} to {distance.max():g} km)",
            where="column distance_km",
            mend="a section lies at one distance",
        )
    if np.ptp(distance) > 0:
        notes.append(f"section {section}: its distances differ a little, the middle one was taken")
    flows = discharge[np.isfinite(discharge) & (discharge > 0)]
    if np.any(discharge <= 0):
        notes.append(f"section {section}: discharges of zero or less were left out")
    if marks.count("blank"):
        notes.append(f"section {section}: {marks.count('blank')} blank concentration(s) were left out")
    if marks.count("censored"):
        notes.append(f"section {section}: {marks.count('censored')} value(s) below the limit were read as half of it")
    return make_curve(
        section,
        float(np.median(distance)),
        float(np.median(flows)) if len(flows) else float("nan"),
        time,
        concentration,
        notes,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _number(text: object, where: str) -> float:
    try:
        value = float(str(text).strip())
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise BadInput(f"{text!r} is not a number", where=where, mend="write a number with a decimal point")
    return value
