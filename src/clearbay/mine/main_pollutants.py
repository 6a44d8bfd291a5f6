"""Main pollutants of a section, and of a river, basin or city (环办[2011]22号, one source).

Of a section that is worse than class III: its worst-classed items, ties by their multiple over class III, up to three;
cyanide, lead and chromium come first when they exceed it. Of an area that is rated worse than good: the items that most
of its sections exceed, up to three, with that share. Temperature, pH and dissolved oxygen have no multiple.

Ours: among items that equally many sections exceed, the larger multiple comes first, then the order of the standard;
the multiple told for an area is that of its worst section. With fewer sections than shares ask for, the rule names the
pollutants section by section.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from clearbay.mine.frames import Frame, frame_of, need
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule
from clearbay.model.standard import Standard


@dataclass(frozen=True, slots=True)
class MainPollutant:
    """An item that keeps a section or area from class III.

    ``grade`` is its class there (the worst one, for an area), ``multiple`` (C - S)/S over class III, None where the
    item has none; ``share`` the per cent of sections that exceed class III, None for a single section.
    """

    property: str
    grade: str
    multiple: float | None
    share: float | None = None
    sections: int | None = None


def of_section(items: Iterable[Mapping[str, Any]], rule: Rule, standard: Standard) -> tuple[MainPollutant, ...]:
    """The main pollutants of one section from its judged items (``property``, ``grade`` as position, ``multiple``)."""
    count, bound, first = _asked(rule, standard)
    order = [item.property for item in standard.items]
    names = [grade.id for grade in standard.grades]
    over = [one for one in items if one["grade"] > bound]

    def rank(one: Mapping[str, Any]) -> tuple[bool, int, float, int]:
        return one["property"] not in first, -one["grade"], -_multiple(one["multiple"]), order.index(one["property"])

    return tuple(
        MainPollutant(one["property"], names[one["grade"]], one["multiple"]) for one in sorted(over, key=rank)[:count]
    )


def exceeding(items: object, rule: Rule, standard: Standard, *, by: Sequence[str]) -> Frame:
    """One row a group and property that some section exceeds: ``by``, property, over (sections), worst, multiple.

    ``items`` has one row a section and property: ``by``, property, grade (as position) and multiple.
    """
    _, bound, _ = _asked(rule, standard)
    frame = frame_of(items)
    need(frame, [*by, "property", "grade", "multiple"], "the table of items")
    over = frame.filter(nw.col("grade") > bound)
    grouped = over.group_by(*by, "property").agg(
        over=nw.len(), worst=nw.col("grade").max(), multiple=nw.col("multiple").max()
    )
    return grouped.with_columns(nw.col("over").cast(nw.Int64), nw.col("worst").cast(nw.Int64))


def of_area(
    rows: Iterable[Mapping[str, Any]], sections: int, rating: str, rule: Rule, standard: Standard
) -> tuple[MainPollutant, ...]:
    """The main pollutants of one area from its rows of ``exceeding``; none where it is rated good or better."""
    count, bound, _ = _asked(rule, standard)
    names = [grade.id for grade in standard.grades]
    words: Any = rule.parameters.get("class_grades", {})
    if rating in {words.get(name) for name in names[: bound + 1]}:
        return ()
    order = [item.property for item in standard.items]

    def rank(one: Mapping[str, Any]) -> tuple[int, float, int]:
        return -one["over"], -_multiple(one["multiple"]), order.index(one["property"])

    return tuple(
        MainPollutant(
            one["property"], names[one["worst"]], one["multiple"], 100.0 * one["over"] / sections, int(one["over"])
        )
        for one in sorted(rows, key=rank)[:count]
    )


def _multiple(value: float | None) -> float:
    return -1.0 if value is None or value != value else value


def _asked(rule: Rule, standard: Standard) -> tuple[int, int, tuple[str, ...]]:
    """(how many, position of the last class that counts as met, properties that come first)."""
    given: Any = rule.parameters.get("main_pollutants")
    if not isinstance(given, Mapping):
        raise BadInput(f"{rule.id} names no main pollutants", where=rule.file, mend="use cn.2011-22")
    names = [grade.id for grade in standard.grades]
    met = max(names.index(name) for name in given["none_in"])
    return int(given["count"]), met, tuple(given["first"])
