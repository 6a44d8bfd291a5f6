"""``$filter`` and ``$orderby`` as trees: the grammar of OData 4 as far as SensorThings 1.1 takes it, and ``in``.

A tree is made of ``Literal``, ``Path`` and ``Call``; operators are calls of their names (``eq``, ``and``, ``add``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import shapely
from shapely.geometry.base import BaseGeometry

from clearbay.model.errors import BadInput
from clearbay.store.clock import naive_utc


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: number, text, bool, None, ``datetime`` (naive UTC), ``Interval``, ``timedelta`` or a geometry."""

    value: Any


@dataclass(frozen=True, slots=True)
class Interval:
    """A time from ``start`` to ``end``, naive UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Path:
    """A way through relations to an attribute: ``Datastream/Thing/name``, ``properties/owner``."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function with its arguments."""

    name: str
    args: tuple[Node, ...]


Node: TypeAlias = Literal | Path | Call

FUNCTIONS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("substringof", "endswith", "startswith", "contains", "indexof", "concat"), (2,)),
    **dict.fromkeys(("length", "tolower", "toupper", "trim"), (1,)),
    "substring": (2, 3),
    **dict.fromkeys(("year", "month", "day", "hour", "minute", "second", "fractionalseconds", "date", "time"), (1,)),
    "totaloffsetminutes": (1,),
    **dict.fromkeys(("now", "mindatetime", "maxdatetime"), (0,)),
    **dict.fromkeys(("round", "floor", "ceiling"), (1,)),
    **dict.fromkeys(("before", "after", "meets", "during", "overlaps", "starts", "finishes"), (2,)),
    **dict.fromkeys(("geo.distance", "geo.intersects"), (2,)),
    "geo.length": (1,),
    **dict.fromkeys(
        (
            "st_equals", "st_disjoint", "st_touches", "st_within", "st_overlaps", "st_crosses", "st_intersects",
            "st_contains",
        ),
        (2,),
    ),
    "st_relate": (3,),
}  # fmt: skip
"""Functions and how many arguments they take."""

COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
SPATIAL = frozenset(name for name in FUNCTIONS if name.startswith(("geo.", "st_")))

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<typed>(?:geography|geometry|duration|datetimeoffset|datetime)'(?:[^']|'')*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<time>-?\d{4,}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\- ]\d\d:?\d\d)?)?)
    |(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[@A-Za-z_\u0080-\uffff][\w.@\-\u0080-\uffff]*)
    |(?P<sign>[(),/])
    )""",
    re.VERBOSE,
)
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<d>\d+(?:\.\d+)?)D)?(?:T(?:(?P<h>\d+(?:\.\d+)?)H)?(?:(?P<m>\d+(?:\.\d+)?)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_BINARY = (("or",), ("and",), ("eq", "ne", "gt", "ge", "lt", "le", "in"), ("add", "sub"), ("mul", "div", "mod"))
_DEEP = 60


def parse(text: str, *, where: str = "$filter") -> Node:
    """Read an expression; ``BadInput`` says at which character it cannot be understood."""
    reader = _Reader(text, where)
    node = reader.level(0)
    reader.end()
    return node


def parse_order(text: str) -> list[tuple[Node, bool]]:
    """Read ``$orderby``: expressions, each with whether it descends."""
    reader = _Reader(text, "$orderby")
    found = []
    while True:
        node = reader.level(3)
        word = reader.word("asc", "desc", "ASC", "DESC")  # clients write both
        found.append((node, word in ("desc", "DESC")))
        if not reader.sign(","):
            reader.end()
            return found


def moment(text: str) -> datetime:
    """An ISO 8601 time as naive UTC; one without an offset is UTC. Raises ValueError.

    >>> moment("2019-07-15T08:30:00+08:00")
    datetime.datetime(2019, 7, 15, 0, 30)
    """
    # A plus sign that nobody encoded arrives as a space.
    return naive_utc(datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", text.strip())))


def interval(text: str) -> Interval | datetime:
    """A time, or two with a slash between; raises ValueError."""
    first, slash, last = text.partition("/")
    if not slash:
        return moment(first)
    start, end = moment(first), moment(last)
    if end < start:
        raise ValueError("it ends before it starts")
    return Interval(start, end)


def duration(text: str) -> timedelta:
    """An ISO 8601 duration in days, hours, minutes and seconds; raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise ValueError("no duration")
    parts = {key: float(value) for key, value in match.groupdict().items() if value and key != "sign"}
    found = timedelta(
        days=parts.get("d", 0), hours=parts.get("h", 0), minutes=parts.get("m", 0), seconds=parts.get("s", 0)
    )
    return -found if match["sign"] else found


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self._text, self._where = text, where
        self._at = 0
        self._deep = 0
        self._tokens: list[tuple[str, str, int]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise self._wrong(position)
            self._tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            position = match.end()

    def level(self, depth: int) -> Node:
        """One level of precedence: operators of the same level bind from the left."""
        if depth == len(_BINARY):
            return self._unary()
        node = self.level(depth + 1)
        while (word := self.word(*_BINARY[depth])) is not None:
            behind = self._list() if word == "in" else [self.level(depth + 1)]
            node = Call(word, (node, *behind))
        return node

    def word(self, *wanted: str) -> str | None:
        kind, value, _ = self._peek()
        if kind == "word" and value in wanted:
            self._at += 1
            return value
        return None

    def sign(self, wanted: str) -> bool:
        if self._peek()[:2] == ("sign", wanted):
            self._at += 1
            return True
        return False

    def end(self) -> None:
        kind, _, position = self._peek()
        if kind:
            raise self._wrong(position)

    def _peek(self) -> tuple[str, str, int]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("", "", len(self._text))

    def _expect(self, wanted: str) -> None:
        if not self.sign(wanted):
            raise self._wrong(self._peek()[2], f"'{wanted}' is missing")

    def _unary(self) -> Node:
        self._deep += 1
        if self._deep > _DEEP:
            raise self._wrong(self._peek()[2], "it is nested too deep")
        try:
            if self.word("not") is not None:
                return Call("not", (self._unary(),))
            return self._primary()
        finally:
            self._deep -= 1

    def _primary(self) -> Node:
        kind, value, position = self._peek()
        self._at += 1
        if kind == "sign" and value == "(":
            node = self.level(0)
            self._expect(")")
            return node
        if kind == "text":
            return Literal(value[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(float(value) if re.search(r"[.eE]", value) else int(value))
        if kind == "time":
            return self._time(value, position)
        if kind == "typed":
            return self._typed(value, position)
        if kind == "word":
            return self._name(value, position)
        raise self._wrong(position)

    def _time(self, value: str, position: int) -> Node:
        try:
            if not self.sign("/"):
                return Literal(moment(value))
            kind, last, _ = self._peek()
            if kind != "time":
                raise ValueError
            self._at += 1
            return Literal(interval(f"{value}/{last}"))
        except (ValueError, OverflowError):
            raise self._wrong(position, f"'{value}' is no time") from None

    def _typed(self, value: str, position: int) -> Node:
        kind, _, rest = value.partition("'")
        text = rest[:-1].replace("''", "'")
        try:
            if kind == "duration":
                return Literal(duration(text))
            if kind.startswith("datetime"):
                return Literal(interval(text))
            return Literal(_geometry(text))
        except (ValueError, OverflowError, shapely.errors.GEOSException):
            raise self._wrong(position, f"'{text[:60]}' is no {kind}") from None

    def _name(self, value: str, position: int) -> Node:
        if value in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[value])
        if self._peek()[:2] == ("sign", "(") and value.lower() in FUNCTIONS:
            return self._call(value.lower(), position)
        parts = [value]
        while self.sign("/"):
            kind, part, at = self._peek()
            if kind not in ("word", "number"):
                raise self._wrong(at)
            self._at += 1
            parts.append(part)
        return Path(tuple(parts))

    def _call(self, name: str, position: int) -> Node:
        args = self._list()
        if len(args) not in FUNCTIONS[name]:
            count = " or ".join(map(str, FUNCTIONS[name]))
            raise self._wrong(position, f"{name} takes {count} arguments")
        return Call(name, tuple(args))

    def _list(self) -> list[Node]:
        self._expect("(")
        args: list[Node] = []
        if self.sign(")"):
            return args
        while True:
            args.append(self.level(0))
            if self.sign(")"):
                return args
            self._expect(",")

    def _wrong(self, position: int, why: str = "it cannot be understood") -> BadInput:
        rest = self._text[position : position + 30]
        place = f"at character {position + 1} ('{rest}')" if rest else "at its end"
        return BadInput(f"{why} {place}", where=self._where, mend="docs/sensorthings.md lists what filters take")


def _geometry(text: str) -> BaseGeometry:
    text = re.sub(r"^SRID=\d+;", "", text)
    found: BaseGeometry = shapely.from_wkt(text)
    return found


def fold(node: Node, now: datetime | None = None) -> Node:
    """The tree with the constant parts worked out: ``now() sub duration'P1D'`` becomes a time."""
    if not isinstance(node, Call):
        return node
    args = tuple(fold(one, now) for one in node.args)
    if node.name == "now":
        return Literal(now or datetime.now(UTC).replace(tzinfo=None))
    if node.name == "mindatetime":
        return Literal(datetime.min)
    if node.name == "maxdatetime":
        return Literal(datetime.max)
    if node.name in ("add", "sub", "mul", "div", "mod") and all(isinstance(one, Literal) for one in args):
        left, right = (one.value for one in args if isinstance(one, Literal))
        try:
            return Literal(arithmetic(node.name, left, right))
        except (TypeError, ZeroDivisionError, OverflowError):
            raise BadInput(f"{node.name} cannot be worked out on {left} and {right}", where="$filter") from None
    return Call(node.name, args)


def arithmetic(name: str, left: Any, right: Any) -> Any:
    """``add``, ``sub``, ``mul``, ``div`` or ``mod`` of two values."""
    if name == "add":
        return left + right
    if name == "sub":
        return left - right
    if name == "mul":
        return left * right
    if name == "div":
        return left / right
    return left % right


def paths(node: Node) -> set[tuple[str, ...]]:
    """Every path in a tree."""
    if isinstance(node, Path):
        return {node.parts}
    if isinstance(node, Call):
        return {path for one in node.args for path in paths(one)}
    return set()
