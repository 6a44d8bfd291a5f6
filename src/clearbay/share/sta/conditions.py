"""Filters on observations as SQL: what concerns the datastream is settled beforehand, stream by stream, the rest is
said in terms of the columns ``datastream, time, tend, result, flag, censoring, result_time`` (see ``rows``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clearbay.model.errors import BadInput
from clearbay.share.sta.evaluation import predicate
from clearbay.share.sta.expression import SPATIAL, Call, Interval, Literal, Node, Path, paths
from clearbay.share.sta.graph import Entity, Graph, Stream
from clearbay.store.scan import stamp

_OWN = {
    "phenomenonTime": "time",
    "result": "result",
    "resultTime": "result_time",
    "resultQuality": "flag",
}
_SQL: dict[str, str] = {
    "eq": "({} IS NOT DISTINCT FROM {})",
    "ne": "({} IS DISTINCT FROM {})",
    "gt": "({} > {})",
    "ge": "({} >= {})",
    "lt": "({} < {})",
    "le": "({} <= {})",
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "div": "({} / {})",
    "mod": "({} % {})",
    "round": "round({})",
    "floor": "floor({})",
    "ceiling": "ceil({})",
    "year": "year({})",
    "month": "month({})",
    "day": "day({})",
    "hour": "hour({})",
    "minute": "minute({})",
    "second": "second({})",
    "fractionalseconds": "((microsecond({}) % 1000000) / 1e6)",
    "date": "date_trunc('day', {})",
    "time": "CAST({} AS TIME)",
    "length": "length({})",
    "tolower": "lower({})",
    "toupper": "upper({})",
    "trim": "trim({})",
    "concat": "concat({}, {})",
    "contains": "contains({0}, {1})",
    "substringof": "contains({1}, {0})",
    "startswith": "starts_with({}, {})",
    "endswith": "ends_with({}, {})",
    "indexof": "(instr({}, {}) - 1)",
}
_TICK = timedelta(microseconds=1)
_FLIPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"}
_TIMES = {
    "before": "({end} <= {first} AND {start} < {first})",
    "after": "({start} >= {last})",
    "meets": "({end} = {first} OR {start} = {last})",
    "during": "({start} >= {first} AND {end} <= {last})",
    "overlaps": "({start} < {last} AND {end} > {first})",
    "starts": "({start} = {first})",
    "finishes": "({end} = {last})",
}


@dataclass(frozen=True)
class Condition:
    """A filter taken apart: the streams it leaves, bounds of the start time, and what remains as SQL (empty: nothing).

    ``start`` is included, ``end`` is not. What a comparison of the phenomenon time with a moment says is said by them
    alone; ``sql`` says everything else that is not about streams.
    """

    streams: tuple[Stream, ...]
    start: datetime | None = None
    end: datetime | None = None
    sql: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every observation of the streams is meant."""
        return not self.sql and self.start is None and self.end is None


Exceptions = Callable[[], Iterable[tuple[int, int, str]]]
"""Datastream, time and feature of the observations that have a feature of their own."""


def take_apart(graph: Graph, streams: Iterable[Stream], node: Node | None, exceptions: Exceptions) -> Condition:
    """A filter on the observations of some streams."""
    kept = tuple(streams)
    if node is None:
        return Condition(kept)
    start: datetime | None = None
    end: datetime | None = None
    said: list[str] = []
    compiler = _Compiler(graph, kept, exceptions)
    for part in _conjuncts(node):
        where = compiler.concerns(part)
        if where == "Datastream":
            holds = predicate(graph, "Datastreams", _behind(part))
            kept = tuple(one for one in kept if holds(one))
            compiler = _Compiler(graph, kept, exceptions)
            continue
        low, high = _bounds(part)
        start = low if start is None else max(start, low) if low is not None else start
        end = high if end is None else min(end, high) if high is not None else end
        if not _only_bounds(part):
            said.append(compiler.truth(part))
    return Condition(kept, start, end, " AND ".join(said))


def order(graph: Graph, streams: Iterable[Stream], terms: Iterable[tuple[Node, bool]]) -> str:
    """``$orderby`` of observations as SQL."""
    compiler = _Compiler(graph, tuple(streams), lambda: ())
    return ", ".join(
        f"{compiler.value(node)} {'DESC NULLS LAST' if down else 'ASC NULLS FIRST'}" for node, down in terms
    )


def _conjuncts(node: Node) -> list[Node]:
    if isinstance(node, Call) and node.name == "and":
        return [part for one in node.args for part in _conjuncts(one)]
    return [node]


def _bounds(node: Node) -> tuple[datetime | None, datetime | None]:
    """What a comparison of the phenomenon time with a constant says of the time at which an observation starts."""
    longest = timedelta(days=1)
    if not isinstance(node, Call) or len(node.args) != 2:
        return None, None
    left, right, name = node.args[0], node.args[1], node.name
    if isinstance(right, Path) and name in _FLIPPED:
        left, right, name = right, left, _FLIPPED[name]
    if left != Path(("phenomenonTime",)) or not isinstance(right, Literal):
        return None, None
    held = right.value
    if isinstance(held, datetime):
        held = Interval(held, held)
    if not isinstance(held, Interval):
        return None, None
    try:
        low, high = held.start - longest, held.end + timedelta(microseconds=1)
    except OverflowError:
        return None, None
    if name in ("eq", "during", "starts", "overlaps", "finishes", "meets"):
        return low, high
    if name in ("gt", "ge", "after"):
        return held.start + (_TICK if name == "gt" and held.start == held.end else 0 * _TICK), None
    if name in ("lt", "le", "before"):
        return None, held.end if name == "lt" else high
    return None, None


def _only_bounds(node: Node) -> bool:
    """Whether bounds of the start time say all that a condition says."""
    if not isinstance(node, Call) or node.name not in ("gt", "ge", "lt", "le") or _bounds(node) == (None, None):
        return False
    return any(isinstance(one, Literal) and isinstance(one.value, datetime) for one in node.args)


def _behind(node: Node) -> Node:
    """A tree on the datastream instead of the observation."""
    if isinstance(node, Path):
        return Path(node.parts[1:] or ("id",))
    if isinstance(node, Call):
        return Call(node.name, tuple(_behind(one) for one in node.args))
    return node


@dataclass
class _Compiler:
    graph: Graph
    streams: tuple[Stream, ...]
    exceptions: Exceptions

    def concerns(self, node: Node) -> str:
        """``Datastream`` or ``FeatureOfInterest`` where a tree speaks of nothing else, ``mixed``, or nothing."""
        heads = {path[0] if path[0] in ("Datastream", "FeatureOfInterest") else "" for path in paths(node)}
        if len(heads) == 1:
            return heads.pop()
        return "mixed" if heads - {""} else ""

    def truth(self, node: Node) -> str:
        """A tree as an SQL condition."""
        if isinstance(node, Call) and node.name in ("and", "or"):
            return f"({f' {node.name.upper()} '.join(self.truth(one) for one in node.args)})"
        if isinstance(node, Call) and node.name == "not":
            return f"(NOT coalesce({self.truth(node.args[0])}, false))"
        where = self.concerns(node)
        if where == "mixed":
            raise BadInput(
                "a comparison of an observation with its datastream cannot be worked out here",
                where="$filter",
                mend="compare each with a constant",
            )
        if where == "Datastream":
            holds = predicate(self.graph, "Datastreams", _behind(node))
            return _among([int(one.id) for one in self.streams if holds(one)])
        if where == "FeatureOfInterest":
            return self._feature(_behind(node))
        return self.value(node)

    def _feature(self, node: Node) -> str:
        holds = predicate(self.graph, "FeaturesOfInterest", node)
        own = [(one, two, self.graph.find("FeaturesOfInterest", three)) for one, two, three in self.exceptions()]
        usual = [int(one.id) for one in self.streams if self._holds(holds, self.graph.feature_of(one))]
        special = [(one, two) for one, two, feature in own if self._holds(holds, feature)]
        said = _among(usual)
        if own:
            said = f"({said} AND NOT {_pairs([(one, two) for one, two, _ in own])})"
        return f"({said} OR {_pairs(special)})" if special else said

    @staticmethod
    def _holds(holds: Callable[[Entity], bool], feature: Entity | None) -> bool:
        return feature is not None and holds(feature)

    def value(self, node: Node) -> str:
        """A tree on the observation's own columns as SQL."""
        if isinstance(node, Literal):
            return _literal(node.value)
        if isinstance(node, Path):
            return self._column(node)
        if node.name in ("and", "or", "not"):
            return self.truth(node)
        if node.name == "in":
            first = self.value(node.args[0])
            return f"({first} IN ({', '.join(self.value(one) for one in node.args[1:])}))"
        if node.name in _TIMES or self._spans(node):
            return self._times(node)
        if node.name in SPATIAL:
            raise BadInput(
                "an observation has no place of its own", where="$filter", mend="filter on FeatureOfInterest/feature"
            )
        if node.name == "totaloffsetminutes":
            return "0"
        if node.name == "substring":
            text, start, *count = [self.value(one) for one in node.args]
            return f"substr({text}, {start} + 1{', ' + count[0] if count else ''})"
        args = [self._own(one) for one in node.args]
        if node.name in (
            "contains",
            "substringof",
            "startswith",
            "endswith",
            "length",
            "tolower",
            "toupper",
            "trim",
            "concat",
            "indexof",
        ):
            args = [f"CAST({one} AS VARCHAR)" for one in args]
        return _SQL[node.name].format(*args)

    def _own(self, node: Node) -> str:
        """A value, where an id is a text."""
        if isinstance(node, Literal) and isinstance(node.value, bool):
            return str(int(node.value))
        return self.value(node)

    def _column(self, node: Path) -> str:
        name = "/".join(node.parts)
        if name in _OWN:
            return _OWN[name]
        if name in ("id", "@iot.id"):
            return "(datastream || '-' || epoch_us(time))"
        if name == "parameters/censoring":
            return "nullif(censoring, '')"
        if name == "parameters/revision":
            return "revision"
        if name == "validTime" or name.startswith("parameters/"):
            raise BadInput(f"{name} cannot be searched", where="$filter", mend="filter on result, times or Datastream")
        if node.parts[0] in ("Datastream", "FeatureOfInterest"):
            return self._related(node)
        known = ", ".join((*_OWN, "id", "Datastream/…", "FeatureOfInterest/…"))
        raise BadInput(f"Observation has no '{name[:60]}'", where="$filter", mend=f"it has {known}")

    def _related(self, node: Path) -> str:
        if node.parts in (("Datastream", "id"), ("Datastream", "@iot.id"), ("Datastream",)):
            return "datastream"
        raise BadInput("observations are ordered by their own attributes and Datastream/id", where="$orderby")

    @staticmethod
    def _spans(node: Call) -> bool:
        return node.name in _FLIPPED and any(
            isinstance(one, Literal) and isinstance(one.value, Interval) for one in node.args
        )

    def _times(self, node: Call) -> str:
        left, right, name = node.args[0], node.args[1], node.name
        if isinstance(left, Literal):
            if name not in _FLIPPED:
                raise BadInput("the observation's time goes first", where="$filter", mend=f"write {name}(time, …)")
            left, right, name = right, left, _FLIPPED[name]
        if not isinstance(left, Path) or left.parts not in (("phenomenonTime",), ("resultTime",)):
            raise BadInput("only times can be compared with an interval", where="$filter")
        if not isinstance(right, Literal) or not isinstance(right.value, datetime | Interval):
            raise BadInput(
                "a time is compared with a time or an interval",
                where="$filter",
                mend="write 2019-07-01T00:00:00Z/2019-08-01T00:00:00Z",
            )
        held = right.value if isinstance(right.value, Interval) else Interval(right.value, right.value)
        start, end = ("time", "tend") if left.parts == ("phenomenonTime",) else ("result_time", "result_time")
        spoken = {"lt": "before", "gt": "after"}.get(name, name)
        forms = _TIMES | {
            "le": "({start} <= {first} AND {end} <= {last})",
            "ge": "({start} >= {first} AND {end} >= {last})",
            "eq": "({start} = {first} AND {end} = {last})",
            "ne": "({start} <> {first} OR {end} <> {last})",
        }
        return forms[spoken].format(start=start, end=end, first=_moment(held.start), last=_moment(held.end))


def _among(ids: list[int]) -> str:
    return f"(datastream IN ({', '.join(map(str, ids))}))" if ids else "false"


def _pairs(pairs: list[tuple[int, int]]) -> str:
    if not pairs:
        return "false"
    return f"((datastream, epoch_us(time)) IN ({', '.join(f'({one}, {two})' for one, two in pairs)}))"


def _moment(value: datetime) -> str:
    return stamp(value)


def _literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"CAST({value!r} AS DOUBLE)" if isinstance(value, float) else str(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime():
            return _moment(value)
        case timedelta():
            return f"to_microseconds({value // timedelta(microseconds=1)})"
    raise BadInput("this constant has no place in a filter on observations", where="$filter")
