"""How a zone stands under a rule set, period by period: grades of its stations, objectives attained, worst places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.apply.assessments import Assessments, Matrix
from clearbay.apply.catalogue import BBox, Catalogue
from clearbay.model.standard import Objective, Standard


@dataclass(frozen=True, slots=True)
class Attainment:
    """The share of a zone's judged stations that attained an objective, by period; None where none was judged."""

    objective: Objective
    periods: tuple[str, ...]
    share: tuple[float | None, ...]
    stations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A zone under a rule set.

    ``counts`` holds the stations of each grade by period, ``judged`` how many had a verdict and ``completeness`` that
    number over all stations of the zone that the rule set's media cover. ``worst`` is the station with the worst
    verdict: the most determinants decide a tie, then the order of ids. None where nothing was judged, or where every
    station has the best grade.
    """

    standard: Standard
    granularity: str
    depth: str
    periods: tuple[str, ...]
    grades: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    samples: tuple[int, ...]
    judged: tuple[int, ...]
    completeness: tuple[float, ...]
    worst: tuple[str | None, ...]
    attainments: tuple[Attainment, ...]


def portrait(
    assessments: Assessments,
    now: Catalogue,
    stations: tuple[str, ...],
    standard: Standard,
    granularity: str,
    depth: str,
) -> Portrait:
    """The portrait of the zone that holds ``stations``."""
    members = frozenset(stations)
    matrix = assessments.matrix(standard, granularity, depth).only(members, None, None)
    filled = [i for i in range(len(matrix.periods)) if (matrix.grade[:, i] >= 0).any()]
    periods = matrix.periods[filled[0] : filled[-1] + 1] if filled else ()
    matrix = matrix.only(None, periods[0], periods[-1]) if filled else matrix
    covered = sum(now.entries[one].station.medium in standard.media for one in stations)
    counts = np.array([(matrix.grade == grade).sum(axis=0) for grade in range(len(matrix.grades))])
    judged = tuple(int(n) for n in (matrix.grade >= 0).sum(axis=0)) if filled else ()
    return Portrait(
        standard=standard,
        granularity=granularity,
        depth=depth,
        periods=periods,
        grades=matrix.grades,
        counts=tuple(tuple(int(n) for n in counts[:, i]) for i in range(len(periods))),
        samples=tuple(int(n) for n in matrix.samples.sum(axis=0)) if filled else (),
        judged=judged,
        completeness=tuple(round(n / covered, 4) if covered else 0.0 for n in judged),
        worst=_worst(assessments, matrix, periods),
        attainments=_attainments(assessments, members, periods, standard, granularity, depth),
    )


def box(now: Catalogue, stations: tuple[str, ...]) -> BBox | None:
    """The box around the located ones of these stations; None where none is."""
    places = [
        (one.longitude, one.latitude)
        for one in (now.entries[name].station for name in stations)
        if one.longitude is not None and one.latitude is not None
    ]
    if not places:
        return None
    longitudes, latitudes = zip(*places, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _worst(assessments: Assessments, matrix: Matrix, periods: tuple[str, ...]) -> tuple[str | None, ...]:
    if not periods:
        return ()
    table = assessments.select(
        matrix.standard,
        matrix.granularity,
        matrix.depth,
        stations=frozenset(matrix.stations),
        first=periods[0],
        last=periods[-1],
    )
    best: dict[str, tuple[int, int, str]] = {}
    columns = (table.column(name).to_pylist() for name in ("period", "grade", "determinants", "station"))
    for period, grade, determinants, station in zip(*columns, strict=True):
        rank = (-grade, -len(determinants), station)
        if grade > 0 and rank < best.get(period, (0, 0, "")):
            best[period] = rank
    return tuple(best[period][2] if period in best else None for period in periods)


def _attainments(
    assessments: Assessments,
    members: frozenset[str],
    periods: tuple[str, ...],
    standard: Standard,
    granularity: str,
    depth: str,
) -> tuple[Attainment, ...]:
    if standard.kind != "attainment" or not periods:
        return ()
    items = assessments.judged(standard, granularity, depth).items
    items = items.filter(pc.is_in(items.column("station"), pa.array(sorted(members), pa.string())))
    found: dict[tuple[str, str], list[int]] = {}
    columns = (items.column(name).to_pylist() for name in ("rule", "period", "grade"))
    for rule, period, grade in zip(*columns, strict=True):
        found.setdefault((rule, period), []).append(grade)
    attainments = []
    for objective in standard.objectives:
        judged = [found.get((objective.id, period), []) for period in periods]
        if any(judged):
            share = tuple(round(grades.count(0) / len(grades), 4) if grades else None for grades in judged)
            attainments.append(Attainment(objective, periods, share, tuple(map(len, judged))))
    return tuple(attainments)
