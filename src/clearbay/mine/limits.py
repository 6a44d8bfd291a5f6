"""A standard's items as one small table that a query can join: the limits of every class, tolerances worked in.

All comparisons of this room are ``fails a class when value < low or value > high``. Which of the two an item has, and
whether meeting the limit exactly is enough (``le``, ``ge``) or not (``lt``, ``gt``), is worked into the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from clearbay.model.errors import BadInput
from clearbay.model.standard import Item, Standard
from clearbay.packs import properties

SLACK = 1e-9
"""Relative width of a limit. A mean of 0.1, 0.2 and 0.6 comes out as 0.30000000000000004 in binary and must still meet
a limit of 0.3; no laboratory reports nine digits."""

UNBOUNDED = 1.7e308
"""Stands for no limit: beyond every value, yet finite (SQL literals for infinity differ between engines)."""

GEOMETRIC = frozenset({"E_coli", "FecalColi", "Coliform"})
"""Properties whose mean is geometric. Sourced for E. coli under the Hong Kong objectives (annual geometric mean); that
the two coliform counts follow it in other rule sets is clearbay's own convention: they are the same kind of count."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A substitute (``spare``) that satisfies a class (``grade``) in a property's stead, between its limits.

    ``decimals``: how a statistic of it is rounded first, None for not at all.
    """

    property: str
    spare: str
    grade: int
    low: float
    high: float
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class LimitTable:
    """The judged items of a class standard in columns, one row an item (and water type, where limits differ by it).

    ``classes`` are the grades that have limits, best first; one more grade, the last, is worse than all of them.
    ``by_water_type`` says that rows carry a ``kind`` (``river``, ``lake``) to join on. ``rounds`` says that statistics
    are rounded before comparison, each to its ``scale`` (10 to the number of decimals).
    """

    classes: tuple[str, ...]
    grades: tuple[str, ...]
    order: tuple[str, ...]
    by_water_type: bool
    columns: Mapping[str, list[object]]
    types: Mapping[str, str]
    rounds: bool = False
    alternatives: tuple[Alternative, ...] = ()
    separate: tuple[str, ...] = field(default=())

    @property
    def wanted(self) -> frozenset[str]:
        """Properties that a table to judge must be read for: the judged ones and their substitutes."""
        return frozenset((*self.order, *(one.spare for one in self.alternatives)))


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
    places = rounding_places(standard)
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
            scale = 10.0 ** places[item.property] if item.property in places else None
            rows.append(_row(item, position, kind, classes, aim) | {"scale": scale})
    if len(items) > 62:
        raise BadInput(f"{standard.id} judges {len(items)} items, more than 62", where=standard.file)
    names = ["property", "kind", "item", "bit", "target", "scale"]
    names += [f"{stem}{g}" for g in range(len(classes)) for stem in ("low", "high", "least", "most")]
    types = {name: "float" for name in names} | {"property": "str", "kind": "str", "item": "int", "bit": "int"}
    return LimitTable(
        classes=classes,
        grades=grades,
        order=tuple(item.property for item in items),
        by_water_type=split,
        columns={name: [row[name] for row in rows] for name in names},
        types=types,
        rounds=bool(places),
        alternatives=tuple(_alternatives(items, classes, places)),
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


def _alternatives(items: tuple[Item, ...], classes: tuple[str, ...], places: Mapping[str, int]) -> list[Alternative]:
    found = []
    for item in items:
        if item.alternative is not None:
            spare, op, limits = item.alternative
            for name, limit in limits.items():
                low, high = bounds(op, limit)
                found.append(Alternative(item.property, spare, classes.index(name), low, high, places.get(spare)))
    return found


def rounding_places(standard: Standard) -> dict[str, int]:
    """Decimals to round each property's statistic to before comparison; empty where full values are compared.

    A pack that names GB/T 8170 asks for rounding but the number of decimals was read in no text. Ours: as many as the
    property is usually reported with, and never fewer than its finest limit has. A pack may state them
    (``parameters.rounding_decimals``).
    """
    stated = standard.parameters.get("rounding_decimals", {})
    places: dict[str, int] = {}
    if "GB/T 8170" in standard.rounding:
        usual = properties()
        for item in standard.items:
            finest = max((_decimals(limit) for limit in _numbers(item)), default=0)
            places[item.property] = max(usual[item.property].decimals, finest) if item.property in usual else finest
            if item.alternative is not None and item.alternative[0] in usual:
                places[item.alternative[0]] = usual[item.alternative[0]].decimals
    return places | ({str(code): int(n) for code, n in stated.items()} if isinstance(stated, Mapping) else {})


def _numbers(item: Item) -> list[float]:
    limits = [*item.limits.values(), *(item.lake_limits or {}).values()]
    return [number for limit in limits for number in (limit if isinstance(limit, tuple) else (limit,))]


def _decimals(number: float) -> int:
    """Decimals of a number as it is written: 0.045 has three, 5e-05 five."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return max(0, -int(exponent))
