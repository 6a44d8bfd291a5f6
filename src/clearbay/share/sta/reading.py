"""What a GET answers: entities and observations as the standard writes them, with links to everything behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import Flag
from clearbay.share.exports import iso
from clearbay.share.sta import address, conditions, evaluation, rows
from clearbay.share.sta.address import Item, Observed, Target
from clearbay.share.sta.attributes import attributes
from clearbay.share.sta.expression import Call, Literal, Node, Path, fold
from clearbay.share.sta.graph import COUNT, TRUTH, Entity, Graph, Stream
from clearbay.share.sta.options import Options
from clearbay.share.sta.shapes import SHAPES
from clearbay.store import Reader
from clearbay.store.entities import Entities, Extra

MOST_MADE = 300_000
"""Entities and observations of one answer at most, those expanded in others counted each time."""
_COMPONENTS = ("id", "phenomenonTime", "result", "resultTime", "resultQuality", "parameters")


class Reading:
    """Answers for one request: one graph, one view of the store, one address of the service."""

    def __init__(self, graph: Graph, reader: Reader, entities: Entities, base: str) -> None:
        self.graph, self.reader, self.entities, self.base = graph, reader, entities, base
        self._made = 0

    def answer(self, target: Target, options: Options, path: str) -> Any:
        """The answer to a path with its options."""
        options = _folded(options)
        if target.many:
            if target.set == "Observations":
                return self._listed(target, options, path)
            return self._collection(
                target.set, target.members, options, f"{self.base}/{path}", only_links=target.is_ref
            )
        item = target.item
        assert item is not None
        if target.relation == "FeatureOfInterest" and isinstance(target.parent, Observed):
            item = self.feature(target.parent) or item
        if target.parts:
            return self._attribute(item, target)
        if target.is_ref:
            return {"@iot.selfLink": self.link(item)}
        if isinstance(item, Observed):
            return self.observation(item, options)
        return self.entity(item, options)

    def link(self, item: Item) -> str:
        """The address of an entity."""
        if isinstance(item, Observed):
            return f"{self.base}/Observations('{item.id}')"
        return f"{self.base}/{item.address}"

    def entity(self, entity: Entity, options: Options) -> dict[str, Any]:
        """One entity with its attributes, links and whatever is expanded."""
        self._count(1)
        shape = SHAPES[entity.set]
        chosen = _chosen(shape.set, options)
        found: dict[str, Any] = {}
        link = f"{self.base}/{entity.address}"
        if chosen is None or "id" in chosen:
            found["@iot.id"] = entity.number
        if chosen is None or "selfLink" in chosen:
            found["@iot.selfLink"] = link
        for name, value in attributes(self.graph, entity).items():
            if chosen is None or name in chosen:
                found[name] = value
        expanded = dict(options.expand)
        for relation in shape.relations:
            if relation in expanded:
                self._expand(found, entity, relation, expanded[relation], link)
            elif chosen is None or relation in chosen:
                found[f"{relation}@iot.navigationLink"] = f"{link}/{relation}"
        _known_relations(shape.set, expanded)
        return found

    def observation(self, item: Observed, options: Options) -> dict[str, Any]:
        """One observation; ``UnknownName`` where there is none at this time."""
        time = rows.moment(item.time)
        table = rows.read(self.reader, item.stream, time, time + timedelta(microseconds=1))
        if not table.num_rows:
            raise UnknownName(f"there is no Observations('{item.id}') here", where="path")
        return self.observed(table, options)[0]

    def observed(self, table: pa.Table, options: Options) -> list[dict[str, Any]]:
        """Rows as observations, with their links and whatever is expanded."""
        self._count(table.num_rows)
        chosen = _chosen("Observations", options)
        columns = self._columns(table, chosen)
        expanded = dict(options.expand)
        _known_relations("Observations", expanded)
        ids = columns.pop("@iot.id")
        links = [f"{self.base}/Observations('{id}')" for id in ids]
        made: dict[str, Sequence[Any]] = {}
        if chosen is None or "id" in chosen:
            made["@iot.id"] = ids
        if chosen is None or "selfLink" in chosen:
            made["@iot.selfLink"] = links
        made |= columns
        for relation in ("Datastream", "FeatureOfInterest"):
            if relation not in expanded and (chosen is None or relation in chosen):
                made[f"{relation}@iot.navigationLink"] = [f"{link}/{relation}" for link in links]
        names = list(made)
        found = [dict(zip(names, row, strict=True)) for row in zip(*made.values(), strict=True)]
        if not names:
            found = [{} for _ in ids]
        for name in ("validTime", "parameters"):
            if name in made:
                for one in found:
                    if one[name] is None:
                        del one[name]
        if expanded:
            self._expand_observed(table, found, expanded)
        return found

    def _count(self, more: int) -> None:
        """Count what goes into the answer: a few words of ``$expand`` must not cost hours."""
        self._made += more
        if self._made > MOST_MADE:
            raise BadInput(
                f"the answer would have more than {MOST_MADE:,} entities",
                where="$expand",
                mend="expand less, or ask for smaller pages ($top)",
            )

    def feature(self, item: Observed) -> Entity | None:
        """The feature of interest of an observation: its own, or that of its station."""
        if int(item.stream.id) in self.graph.carrying:
            extra = self.entities.extras(int(item.stream.id), item.time, item.time).get(item.time)
            if extra is not None and extra.feature is not None:
                return self.graph.find("FeaturesOfInterest", extra.feature)
        return self.graph.feature_of(item.stream)

    def _expand_observed(self, table: pa.Table, found: list[dict[str, Any]], expanded: dict[str, Options]) -> None:
        numbers = table["datastream"].to_pylist()
        times = table["time"].cast(pa.int64()).to_pylist()
        kept: dict[tuple[str, str], dict[str, Any]] = {}
        for one, number, time in zip(found, numbers, times, strict=True):
            stream = self.graph.sets["Datastreams"][str(number)]
            for relation, inner in expanded.items():
                other = stream if relation == "Datastream" else self.feature(Observed(stream, time))
                if other is None:
                    one[relation] = None
                    continue
                key = (relation, other.id)
                if key not in kept:
                    kept[key] = self.entity(other, inner)
                one[relation] = kept[key]

    def _columns(self, table: pa.Table, chosen: frozenset[str] | None) -> dict[str, list[Any]]:
        """The attributes of observations as columns."""
        numbers = table["datastream"].to_numpy()
        times = table["time"].cast(pa.int64()).to_numpy()
        found: dict[str, list[Any]] = {
            "@iot.id": [f"{one}-{two}" for one, two in zip(numbers.tolist(), times.tolist(), strict=True)]
        }
        streams = {int(one): self.graph.sets["Datastreams"][str(one)] for one in np.unique(numbers).tolist()}

        def wanted(name: str) -> bool:
            return chosen is None or name in chosen

        if wanted("phenomenonTime"):
            found["phenomenonTime"] = _times(table, numbers, streams)
        if wanted("result"):
            found["result"] = _results(table, numbers, streams)
        if wanted("resultTime"):
            found["resultTime"] = iso(table["result_time"]).to_pylist() if table.num_rows else []
        if wanted("resultQuality"):
            found["resultQuality"] = table["flag"].to_pylist()
        carried = self._carried(table, numbers, times, streams)
        if wanted("validTime") and carried:
            found["validTime"] = [None] * table.num_rows
        if wanted("parameters"):
            found["parameters"] = _parameters(table)
        for at, extra in carried.items():
            for name, value in extra.body.items():
                if name == "parameters" and name in found:
                    found[name][at] = {**value, **(found[name][at] or {})}
                elif name in found:
                    found[name][at] = value
        return found

    def _carried(self, table: pa.Table, numbers: Any, times: Any, streams: dict[int, Stream]) -> dict[int, Extra]:
        """What the rows carry beside their values, by place."""
        found: dict[int, Extra] = {}
        for number in streams.keys() & self.graph.carrying:
            places = np.flatnonzero(numbers == number)
            extras = self.entities.extras(number, int(times[places].min()), int(times[places].max()))
            if extras:
                found |= {int(at): extras[int(times[at])] for at in places if int(times[at]) in extras}
        return found

    def _expand(self, found: dict[str, Any], entity: Entity, relation: str, options: Options, link: str) -> None:
        leads_to, many = SHAPES[entity.set].relations[relation]
        if leads_to == "Observations":
            page = self._page(self._within(entity, relation), options, newest=True)
            self._put(found, relation, self.observed(page.rows, options), page, options, f"{link}/{relation}")
            return
        other = self.graph.related(entity, relation)
        if not many:
            found[relation] = None if other is None else self.entity(other, options)  # type: ignore[arg-type]
            return
        inner = self._collection(leads_to, other, options, f"{link}/{relation}")  # type: ignore[arg-type]
        found[relation] = inner.pop("value")
        for name, value in inner.items():
            found[f"{relation}{name}"] = value

    def _put(
        self, found: dict[str, Any], relation: str, values: list[Any], page: rows.Page, options: Options, link: str
    ) -> None:
        if options.count:
            found[f"{relation}@iot.count"] = page.count
        found[relation] = values
        if page.more:
            found[f"{relation}@iot.nextLink"] = _next(link, options, page)

    def _collection(
        self, set: str, members: Iterable[Entity], options: Options, link: str, *, only_links: bool = False
    ) -> dict[str, Any]:
        graph = self.graph
        chosen: list[Any] = list(members)
        if options.filter is not None:
            holds = evaluation.predicate(graph, set, options.filter)
            chosen = [one for one in chosen if holds(one)]
        for node, down in reversed(options.order):
            key = evaluation.value(graph, set, node)
            chosen.sort(key=lambda one, key=key: evaluation.order_key(key(one)), reverse=down)  # type: ignore[misc]
        found: dict[str, Any] = {"@iot.count": len(chosen)} if options.count else {}
        page = chosen[options.skip : options.skip + options.size]
        if options.skip + len(page) < len(chosen) and options.size:
            found["@iot.nextLink"] = f"{link}?{options.following(skip=options.skip + options.size)}"
        _chosen(set, options)
        _known_relations(set, dict(options.expand))
        found["value"] = [
            {"@iot.selfLink": self.link(one)} if only_links else self.entity(one, options) for one in page
        ]
        return found

    def _within(self, entity: Item | None, relation: str) -> tuple[Sequence[Stream], Node | None]:
        """The streams whose observations are meant, and the condition that comes with the way there."""
        if entity is None:
            return self.graph.streams, None
        if isinstance(entity, Stream):
            return [entity], None
        assert isinstance(entity, Entity)
        own = {number for number, _, _ in self.entities.features([entity.id])}
        streams = {one.id: one for one in self.graph.by_thing.get(entity.id, [])}
        streams |= {str(number): self.graph.sets["Datastreams"][str(number)] for number in own}
        if not own and not self.graph.carrying & {int(one) for one in streams}:
            return list(streams.values()), None
        node = Call("eq", (Path(("FeatureOfInterest", "id")), Literal(entity.id)))
        return list(streams.values()), node

    def _page(
        self, within: tuple[Sequence[Stream], Node | None], options: Options, *, newest: bool = False
    ) -> rows.Page:
        streams, node = within
        if newest and len(streams) == 1 and node is None and _only_newest(options):
            return self._newest_of(streams[0], options)
        whole = (
            node if options.filter is None else options.filter if node is None else Call("and", (node, options.filter))
        )
        condition = conditions.take_apart(self.graph, streams, whole, self.entities.features)
        return rows.page(self.graph, self.reader, condition, options)

    def _newest_of(self, stream: Stream, options: Options) -> rows.Page:
        """The newest observation of a stream from the list of all newest ones: nothing is searched."""
        extent = self.graph.extent(stream)
        if extent is None:
            return rows.Page(rows.ROWS.empty_table(), count=0)
        table = rows.newest(self.graph, stream)
        return rows.Page(table, extent.count > 1, f"t{extent.last}", extent.count if options.count else None)

    def _listed(self, target: Target, options: Options, path: str) -> dict[str, Any]:
        page = self._page(self._within(target.parent, target.relation), options)
        found: dict[str, Any] = {"@iot.count": page.count} if options.count else {}
        if page.more and options.size:
            found["@iot.nextLink"] = _next(f"{self.base}/{path}", options, page)
        if options.array:
            found["value"] = self._arrays(page.rows, options)
        elif target.is_ref:
            links = self.observed(page.rows, replace(options, select=("selfLink",), expand=()))
            found["value"] = links
        else:
            found["value"] = self.observed(page.rows, options)
        return found

    def _arrays(self, table: pa.Table, options: Options) -> list[dict[str, Any]]:
        """Observations as arrays, a block a datastream (OGC 18-088, clause 14)."""
        chosen = _chosen("Observations", options)
        found = []
        numbers = table["datastream"].to_numpy()
        for number in dict.fromkeys(numbers.tolist()):
            part = table.filter(pa.array(numbers == number))
            columns = self._columns(part, chosen)
            columns["id"] = columns.pop("@iot.id")
            names = [name for name in _COMPONENTS if name in columns and (chosen is None or name in chosen)]
            link = f"{self.base}/Datastreams({number})"
            found.append(
                {
                    "Datastream@iot.navigationLink": link,
                    "components": names,
                    "dataArray@iot.count": part.num_rows,
                    "dataArray": list(zip(*(columns[name] for name in names), strict=True)),
                }
            )
        return found

    def _attribute(self, item: Item, target: Target) -> Any:
        whole = self.observation(item, Options()) if isinstance(item, Observed) else attributes(self.graph, item)
        value: Any = whole
        for part in target.parts:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            raise NoContent
        return value if target.is_value else {target.parts[-1]: value}


class NoContent(Exception):
    """An attribute that has no value: the answer is 204."""


def _next(link: str, options: Options, page: rows.Page) -> str:
    if page.token:
        return f"{link}?{options.following(token=page.token)}"
    return f"{link}?{options.following(skip=options.skip + options.size)}"


def _only_newest(options: Options) -> bool:
    """Whether just the newest observation is wanted, the question that maps and dashboards ask most."""
    return (
        options.filter is None
        and options.size == 1
        and options.skip == 0
        and len(options.order) >= 1
        and options.order[0] in ((Path(("phenomenonTime",)), True), (Path(("resultTime",)), True))
    )


def _folded(options: Options) -> Options:
    node = None if options.filter is None else fold(options.filter)
    expand = tuple((name, _folded(inner)) for name, inner in options.expand)
    return replace(options, filter=node, expand=expand)


def _chosen(set: str, options: Options) -> frozenset[str] | None:
    if not options.select:
        return None
    shape = SHAPES[set]
    known = {*shape.attributes, *shape.relations, "id", "selfLink"}
    chosen = frozenset(name.removeprefix("@iot.").partition("/")[0] for name in options.select)
    unknown = sorted(chosen - known)
    if unknown:
        mend = f"it has {', '.join(('id', *shape.attributes, *shape.relations))}"
        raise BadInput(f"{shape.one} has no '{unknown[0][:60]}'", where="$select", mend=mend)
    return chosen


def _known_relations(set: str, expanded: dict[str, Options]) -> None:
    unknown = expanded.keys() - SHAPES[set].relations.keys()
    if unknown:
        mend = f"relations: {', '.join(SHAPES[set].relations)}"
        raise BadInput(f"{SHAPES[set].one} has no relation '{min(unknown)[:60]}'", where="$expand", mend=mend)


def _times(table: pa.Table, numbers: Any, streams: dict[int, Stream]) -> list[str]:
    if not table.num_rows:
        return []
    starts: list[str] = iso(table["time"]).to_pylist()
    if all(stream.period is None for stream in streams.values()):
        return starts
    lengths = {number: stream.period or timedelta() for number, stream in streams.items()}
    length = pa.array([lengths[number] for number in numbers.tolist()], pa.duration("us"))
    ends = iso(pa.chunked_array([pc.add(table["time"].combine_chunks(), length)])).to_pylist()
    return [f"{one}/{two}" if one != two else one for one, two in zip(starts, ends, strict=True)]


_BACK: dict[str, Callable[[float], Any]] = {
    TRUTH: lambda value: value != 0,
    COUNT: lambda value: int(value) if value.is_integer() else value,
}


def _results(table: pa.Table, numbers: Any, streams: dict[int, Stream]) -> list[Any]:
    values: list[Any] = table["result"].to_pylist()
    for number, stream in streams.items():
        back = _BACK.get(stream.kind)
        if (stream.scale, stream.offset) != (1.0, 0.0):
            # What came as 0.1 ug/L must not come back as 0.09999999999999999: twelve digits outlast any instrument.
            back = lambda value: float(f"{value:.12g}")  # noqa: E731
        if back is not None:
            for at in np.flatnonzero(numbers == number).tolist():
                values[at] = back(values[at])
    return values


def _parameters(table: pa.Table) -> list[dict[str, Any] | None]:
    if not pc.any(pc.or_(pc.not_equal(table["censoring"], ""), pc.greater(table["revision"], 1))).as_py():
        return [None] * table.num_rows
    return [
        {**({"censoring": one} if one else {}), **({"revision": two} if two > 1 else {})} or None
        for one, two in zip(table["censoring"].to_pylist(), table["revision"].to_pylist(), strict=True)
    ]


FLAGS = {int(flag): flag.name.lower() for flag in Flag}
"""QARTOD's primary flags and their meaning, for the service root."""

__all__ = ["FLAGS", "NoContent", "Reading", "address"]
