"""A standard's items as one small table that a query can join: the limits of every class, tolerances worked in.

All comparisons of this room are ``fails a class when value < low or value > high``. Which of the two an item has, and
whether meeting the limit exactly is enough (``le``, ``ge``) or not (``lt``, ``gt``), is worked into the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clearbay.model.errors import BadInput
from clearbay.model.standard import Item, Standard

SLACK = 1e-9
"""Relative width of a limit. A mean of 0.1, 0.2 and 0.6 comes out as 0.30000000000000004 in binary and must still meet
a limit of 0.3; no laboratory reports nine digits."""

UNBOUNDED = 1.7e308
"""Stands for no limit: beyond every value, yet finite (SQL literals for infinity differ between engines)."""

GEOMETRIC = frozenset({"E_coli", "FecalColi", "Coliform"})
"""Properties whose mean is geometric. Sourced for E. coli under the Hong Kong objectives (annual geometric mean); that
the two coliform counts follow it in other rule sets is clearbay's own convention: they are the same kind of count."""


@dataclass(frozen=True, slots=True)
class LimitTable:
    """The judged items of a class standard in columns, one row an item (and water type, where limits differ by it).

    ``classes`` are the grades that have limits, best first; one more grade, the last, is worse than all of them.
    ``by_water_type`` says that rows carry a ``kind`` (``river``, ``lake``) to join on. ``alternatives`` lists
    (property, substitute, grade index, lower limit, upper limit): the substitute's value between both satisfies the
    class in the property's stead.
    """

    classes: tuple[str, ...]
    grades: tuple[str, ...]
    order: tuple[str, ...]
    by_water_type: bool
    columns: Mapping[str, list[object]]
    types: Mapping[str, str]
    alternatives: tuple[tuple[str, str, int, float, float], ...] = ()
    separate: tuple[str, ...] = field(default=())


def bounds(op: str, limit: float | tuple[float, float] | None) -> tuple[float, float]:
    """(low, high) such that a value fails when below low or above high, slack worked in.

    >>> bounds("gt", 6.0)[0] > 6.0 > bounds("ge", 6.0)[0]
    True
    """
    if limit is None:
        return -UNBOUNDED, UNBOUNDED
    if isinstance(limit, tuple):
        low, high = limit
        return low - _slack(low), high + _slack(high)
    if op in ("le", "lt"):
        return -UNBOUNDED, limit + (_slack(limit) if op == "le" else -_slack(limit))
    if op in ("ge", "gt"):
        return limit + (_slack(limit) if op == "gt" else -_slack(limit)), UNBOUNDED
    raise BadInput(f"an item with op {op} cannot be compared with a single number", mend="mark it judged: false")


def _slack(limit: float) -> float:
    return max(abs(limit) * SLACK, 1e-15)


def separate_items(standard: Standard) -> tuple[str, ...]:
    """Properties that have limits but do not decide the class (assessed separately), by the standard's own word."""
    listed = standard.parameters.get("assessed_separately", ())
    return tuple(str(code) for code in listed) if isinstance(listed, list | tuple) else ()


def judged_items(standard: Standard) -> tuple[Item, ...]:
    """Items that decide the class, in the standard's order."""
    apart = separate_items(standard)
    return tuple(
        item
        for item in standard.items
        if item.judged and item.op != "not_judged" and item.limits and item.property not in apart
    )


def target_class(standard: Standard, target: str | None = None) -> str | None:
    """The class whose limit multiples are counted from: the one asked for, else the one the standard names."""
    named = target or standard.parameters.get("multiple_class")
    if named is None:
        return None
    if not any(grade.id == named for grade in standard.grades):
        raise BadInput(f"{standard.id} has no class {named}", mend="one of " + ", ".join(g.id for g in standard.grades))
    return str(named)


def limit_table(standard: Standard, target: str | None = None) -> LimitTable:
    """The limit table of a class standard; ``target`` as in ``target_class``."""
    if standard.kind != "class":
        raise BadInput(f"{standard.id} has no classes ({standard.kind})", mend="use objective_results or aqhi")
    grades = tuple(grade.id for grade in standard.grades)
    classes, items = grades[:-1], judged_items(standard)
    aim = target_class(standard, target)
    split = any(item.lake_limits is not None or item.water_types for item in items)
    rows: list[dict[str, object]] = []
    for position, item in enumerate(items):
        stray = [name for name in item.limits if name not in classes]
        if stray:
            raise BadInput(
                f"{standard.id}: {item.property} limits a class {stray[0]} that is no grade", where=standard.file
            )
        for kind in ("river", "lake") if split else ("",):
            if item.water_types and not _applies(item, kind):
                continue
            rows.append(_row(item, position, kind, classes, aim))
    if len(items) > 62:
        raise BadInput(f"{standard.id} judges {len(items)} items, more than 62", where=standard.file)
    names = ["property", "kind", "item", "bit", "target"]
    names += [f"{stem}{g}" for g in range(len(classes)) for stem in ("low", "high", "least", "most")]
    types = {name: "float" for name in names} | {"property": "str", "kind": "str", "item": "int", "bit": "int"}
    return LimitTable(
        classes=classes,
        grades=grades,
        order=tuple(item.property for item in items),
        by_water_type=split,
        columns={name: [row[name] for row in rows] for name in names},
        types=types,
        alternatives=tuple(_alternatives(items, classes)),
        separate=separate_items(standard),
    )


def _applies(item: Item, kind: str) -> bool:
    return kind in item.water_types or (kind == "lake" and "reservoir" in item.water_types)


def _row(item: Item, position: int, kind: str, classes: tuple[str, ...], aim: str | None) -> dict[str, object]:
    limits: Mapping[str, float | tuple[float, float]] = item.limits
    if kind == "lake" and item.lake_limits is not None:
        limits = item.lake_limits
    row: dict[str, object] = {"property": item.property, "kind": kind, "item": position, "bit": 2**position}
    for g, name in enumerate(classes):
        limit = limits.get(name)
        row[f"low{g}"], row[f"high{g}"] = bounds(item.op, limit)
        row[f"least{g}"], row[f"most{g}"] = _printed(item.op, limit)
    at_target = limits.get(aim) if aim else None
    counts = item.multiple and item.op in ("le", "lt") and not isinstance(at_target, tuple) and bool(at_target)
    row["target"] = at_target if counts else None
    return row


def _printed(op: str, limit: float | tuple[float, float] | None) -> tuple[float | None, float | None]:
    """(least, most) as the standard prints them, without slack."""
    if limit is None or isinstance(limit, tuple):
        return limit or (None, None)
    return (limit, None) if op in ("ge", "gt") else (None, limit)


def _alternatives(items: tuple[Item, ...], classes: tuple[str, ...]) -> list[tuple[str, str, int, float, float]]:
    found = []
    for item in items:
        if item.alternative is not None:
            substitute, op, limits = item.alternative
            found += [(item.property, substitute, classes.index(name), *bounds(op, x)) for name, x in limits.items()]
    return found
