"""Expressions on entities: a tree becomes a function of an entity.

A path through a relation to many yields many values; a comparison holds where it holds for any of them, as in
``Things?$filter=Datastreams/ObservedProperty/name eq 'pH'``. What is missing is null: it equals null alone, and orders
with nothing.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from clearbay.model.errors import BadInput
from clearbay.share.sta.attributes import attribute
from clearbay.share.sta.expression import SPATIAL, Call, Interval, Literal, Node, Path, arithmetic, interval
from clearbay.share.sta.graph import Entity, Graph
from clearbay.share.sta.shapes import SHAPES

Values = Callable[[Entity], list[Any]]

_TEXT: dict[str, Callable[..., Any]] = {
    "substringof": lambda part, text: part in text,
    "contains": lambda text, part: part in text,
    "endswith": lambda text, part: text.endswith(part),
    "startswith": lambda text, part: text.startswith(part),
    "length": len,
    "indexof": lambda text, part: text.find(part),
    "substring": lambda text, start, count=None: text[start : None if count is None else start + count],
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "concat": lambda first, second: first + second,
}
_DATES: dict[str, Callable[[datetime], Any]] = {
    "year": lambda time: time.year,
    "month": lambda time: time.month,
    "day": lambda time: time.day,
    "hour": lambda time: time.hour,
    "minute": lambda time: time.minute,
    "second": lambda time: time.second,
    "fractionalseconds": lambda time: time.microsecond / 1e6,
    "date": lambda time: datetime(time.year, time.month, time.day),
    "time": lambda time: time - datetime(time.year, time.month, time.day),
    "totaloffsetminutes": lambda time: 0,
}
_ROUND: dict[str, Callable[[float], Any]] = {
    "round": lambda value: float(int(value + (0.5 if value >= 0 else -0.5))),
    "floor": lambda value: value // 1,
    "ceiling": lambda value: -(-value // 1),
}
_SPACE: dict[str, Callable[..., Any]] = {
    "geo.distance": shapely.distance,
    "geo.length": shapely.length,
    "geo.intersects": shapely.intersects,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_intersects": shapely.intersects,
    "st_contains": shapely.contains,
    "st_relate": lambda first, second, pattern: shapely.relate_pattern(first, second, pattern),
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_TIMES: dict[str, Callable[[Interval, Interval], bool]] = {
    "before": lambda a, b: a.end <= b.start if a.start < a.end else a.end < b.start,
    "after": lambda a, b: a.start >= b.end if b.start < b.end else a.start > b.end,
    "meets": lambda a, b: a.end == b.start or b.end == a.start,
    "during": lambda a, b: a.start >= b.start and a.end <= b.end,
    "overlaps": lambda a, b: a.start < b.end and b.start < a.end,
    "starts": lambda a, b: a.start == b.start,
    "finishes": lambda a, b: a.end == b.end,
}
_SHAPED = re.compile(r"-?\d{4,}-\d\d-\d\dT")


def predicate(graph: Graph, set: str, node: Node) -> Callable[[Entity], bool]:
    """A filter on the entities of a set; ``BadInput`` where it names what the set does not have."""
    values = _compile(graph, set, node)
    return lambda entity: any(one is True for one in values(entity))


def value(graph: Graph, set: str, node: Node) -> Callable[[Entity], Any]:
    """What an expression is for an entity: the first of many, None for none."""
    values = _compile(graph, set, node)
    return lambda entity: next(iter(values(entity)), None)


def order_key(found: Any) -> tuple[int, Any]:
    """A key that sorts numbers, times and texts among themselves, and null before all."""
    if found is None:
        return 0, 0
    if isinstance(found, bool | int | float):
        return 1, found
    if isinstance(found, Interval):
        return 2, found.start
    return (2, found) if isinstance(found, datetime) else (3, str(found))


def _compile(graph: Graph, set: str, node: Node) -> Values:
    if isinstance(node, Literal):
        constant = [node.value]
        return lambda _: constant
    if isinstance(node, Path):
        return _path(graph, set, node.parts)
    args = [_compile(graph, set, one) for one in node.args]
    if node.name in ("and", "or", "not"):
        return _logic(node.name, args)
    if node.name == "in":
        first, *others = args
        return lambda entity: [
            any(_compared("eq", one, two) for other in others for two in other(entity)) for one in first(entity)
        ]
    apply = _function(node)
    return lambda entity: [apply(*given) for given in _combined([one(entity) for one in args])]


def _logic(name: str, args: list[Values]) -> Values:
    def holds(values: Values, entity: Entity) -> bool:
        return any(one is True for one in values(entity))

    if name == "and":
        return lambda entity: [holds(args[0], entity) and holds(args[1], entity)]
    if name == "or":
        return lambda entity: [holds(args[0], entity) or holds(args[1], entity)]
    return lambda entity: [not holds(args[0], entity)]


def _combined(lists: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    if not lists:
        yield ()
        return
    for first in lists[0]:
        for rest in _combined(lists[1:]):
            yield (first, *rest)


def _function(node: Call) -> Callable[..., Any]:
    name = node.name
    if name in _COMPARE:
        return lambda left, right: _compared(name, left, right)
    if name in ("add", "sub", "mul", "div", "mod"):
        return _safe(lambda left, right: arithmetic(name, timed(left), timed(right)))
    if name in _TEXT:
        return _safe(_TEXT[name])
    if name in _DATES:
        return _safe(lambda time: _DATES[name](_start(timed(time))))
    if name in _ROUND:
        return _safe(_ROUND[name])
    if name in _TIMES:
        return _safe(lambda left, right: _TIMES[name](_span(timed(left)), _span(timed(right))))
    if name in SPATIAL:
        return _safe(lambda *given: _spatial(name, *given))
    raise BadInput(f"{name} has no place here", where="$filter")


def _safe(apply: Callable[..., Any]) -> Callable[..., Any]:
    """Null where an argument is null or of another type."""

    def careful(*given: Any) -> Any:
        try:
            return None if any(one is None for one in given) else apply(*given)
        except (TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError, shapely.errors.GEOSException):
            return None

    return careful


def _spatial(name: str, *given: Any) -> Any:
    found = _SPACE[name](*(shape(one) if isinstance(one, dict) else one for one in given))
    return found.item() if hasattr(found, "item") else found


def timed(found: Any) -> Any:
    """Texts that spell a time or an interval as such; anything else as it is."""
    if isinstance(found, str) and _SHAPED.match(found):
        try:
            return interval(found)
        except ValueError:
            return found
    return found


def _start(time: Any) -> datetime:
    found: datetime = time.start if isinstance(time, Interval) else time
    return found


def _span(time: Any) -> Interval:
    return time if isinstance(time, Interval) else Interval(time, time)


def _compared(name: str, left: Any, right: Any) -> bool | None:
    if isinstance(left, datetime | Interval | timedelta) or isinstance(right, datetime | Interval | timedelta):
        left, right = timed(left), timed(right)
        if isinstance(left, Interval) or isinstance(right, Interval):
            return compare_times(name, left, right)
    if left is None or right is None:
        return {"eq": left is right, "ne": left is not right}.get(name, False)
    if isinstance(left, BaseGeometry | dict) and isinstance(right, BaseGeometry | dict):
        return bool(_COMPARE[name](left, right)) if name in ("eq", "ne") else False
    if isinstance(left, str) is not isinstance(right, str):
        left, right = str(left), str(right)  # ids are numbers or texts: '5' is asked for as 5
    try:
        return bool(_COMPARE[name](left, right))
    except TypeError:
        return False


def compare_times(name: str, left: Any, right: Any) -> bool:
    """Compare where a side is an interval: ``lt`` ends before the other begins, ``ge`` begins no earlier."""
    if not isinstance(left, datetime | Interval) or not isinstance(right, datetime | Interval):
        return False
    a, b = _span(left), _span(right)
    match name:
        case "lt":
            return a.end <= b.start and a.start < b.start
        case "gt":
            return a.start >= b.end and a.end > b.end
        case "le":
            return a.start <= b.start and a.end <= b.end
        case "ge":
            return a.start >= b.start and a.end >= b.end
        case "eq":
            return a == b
    return a != b


def _path(graph: Graph, set: str, parts: tuple[str, ...]) -> Values:
    shape_ = SHAPES[set]
    first, *rest = parts
    if first in shape_.relations:
        leads_to, many = shape_.relations[first]
        if leads_to == "Observations":
            raise BadInput(
                "a filter does not look into observations from here",
                where="$filter",
                mend="ask for /Observations and filter on Datastream/…",
            )
        behind = _path(graph, leads_to, tuple(rest) or ("id",))

        def follow(entity: Entity) -> list[Any]:
            found = graph.related(entity, first)
            entities = found if isinstance(found, list) else [] if found is None else [found]
            return [one for other in entities for one in behind(other)] or ([None] if not many else [])

        return follow
    if first not in shape_.attributes and first not in ("id", "@iot.id", "selfLink", "@iot.selfLink"):
        known = ", ".join(("id", *shape_.attributes, *shape_.relations))
        raise BadInput(f"{shape_.one} has no '{first[:60]}'", where="$filter", mend=f"it has {known}")

    def read(entity: Entity) -> list[Any]:
        found = attribute(graph, entity, first)
        for part in rest:
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and part.isdecimal():
                found = found[int(part)] if int(part) < len(found) else None
            else:
                return [None]
        return [found]

    return read
