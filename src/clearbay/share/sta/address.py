"""Resource paths: ``Things('x')/Datastreams(5)/Observations``, ``…/name``, ``…/name/$value``, ``…/$ref``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from clearbay.model.errors import UnknownName
from clearbay.share.sta.graph import Entity, Graph, Stream
from clearbay.share.sta.shapes import SHAPES

_SEGMENT = re.compile(r"/?([$@A-Za-z][\w.@$]*)(?:\((?:'((?:[^']|'')*)'|([^')/]*))\))?(?=/|$)")


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation by its address: its datastream and its time in microseconds UTC."""

    stream: Stream
    time: int

    @property
    def id(self) -> str:
        """The id as it is written."""
        return f"{self.stream.id}-{self.time}"


Item = Entity | Observed


@dataclass(frozen=True)
class Target:
    """What a path names: an entity, or with ``many`` a list of ``set``; in it an attribute (``parts``), its bare value,
    or only the links (``is_ref``).

    ``parent`` is the entity through which it was reached, ``relation`` the way; ``members`` the list where it is known
    (not for observations).
    """

    set: str
    many: bool
    item: Item | None = None
    parent: Item | None = None
    relation: str = ""
    members: tuple[Entity, ...] = ()
    parts: tuple[str, ...] = ()
    is_value: bool = False
    is_ref: bool = False


def segments(path: str) -> list[tuple[str, str | None]]:
    """The names of a path, each with the id behind it."""
    found: list[tuple[str, str | None]] = []
    at = 0
    path = path.rstrip("/")
    while at < len(path):
        match = _SEGMENT.match(path, at)
        if match is None:
            raise UnknownName(f"the path cannot be understood at '{path[at : at + 60]}'", where="path", mend=_WAY)
        name, text, bare = match.groups()
        found.append((name, text.replace("''", "'") if text is not None else bare))
        at = match.end()
    return found


_WAY = "write Things('id')/Datastreams, Datastreams(5)/Observations or the like"


def resolve(graph: Graph, path: str) -> Target:
    """Follow a path; ``UnknownName`` where it leads nowhere."""
    parts = segments(path)
    (name, id), rest = parts[0], parts[1:]
    if name not in SHAPES:
        raise UnknownName(f"no entity set is called '{name[:60]}'", where="path", mend=f"sets: {', '.join(SHAPES)}")
    target = Target(name, True, members=() if name == "Observations" else tuple(graph.every(name)))
    if id is not None:
        target = _member(graph, target, id)
    for at, (name, id) in enumerate(rest):
        if name == "$ref" and at == len(rest) - 1:
            return Target(target.set, target.many, target.item, target.parent, target.relation, target.members,
                          is_ref=True)  # fmt: skip
        if target.many:
            raise UnknownName(f"'{name[:60]}' follows a list", where="path", mend="name one entity by its id")
        if name in SHAPES[target.set].relations:
            target = _follow(graph, target, name)
            if id is not None:
                target = _member(graph, target, id)
            continue
        return _inner(target, [one for one, _ in rest[at:]])
    return target


def _follow(graph: Graph, target: Target, relation: str) -> Target:
    item = target.item
    leads_to, many = SHAPES[target.set].relations[relation]
    if isinstance(item, Observed):
        found: Any = item.stream if relation == "Datastream" else feature(graph, item)
    elif leads_to == "Observations":
        return Target("Observations", True, parent=item, relation=relation)
    else:
        assert item is not None
        found = graph.related(item, relation)
    if many:
        return Target(leads_to, True, parent=item, relation=relation, members=tuple(found))
    if found is None:
        raise UnknownName(f"there is no {relation} here", where="path")
    return Target(leads_to, False, item=found, parent=item, relation=relation)


def feature(graph: Graph, item: Observed) -> Entity | None:
    """The feature of interest of one observation; its own is looked up by the caller that knows the store."""
    return graph.feature_of(item.stream)


def _member(graph: Graph, target: Target, id: str) -> Target:
    if not target.many:
        raise UnknownName(f"{target.relation} leads to one entity and takes no id", where="path")
    item: Item | None
    if target.set == "Observations":
        item = observed(graph, id)
        inside = item is not None and (
            target.parent is None or target.parent is item.stream or target.parent.id == item.stream.key[0]
        )
    else:
        item = graph.find(target.set, id)
        inside = item is not None and (target.parent is None or item in target.members)
    if item is None or not inside:
        raise UnknownName(f"there is no {target.set}({id[:80]}) here", where="path", mend=f"{target.set} lists them")
    return Target(target.set, False, item=item, parent=target.parent, relation=target.relation)


def observed(graph: Graph, id: str) -> Observed | None:
    """An observation by its id, whether or not there is one at this time."""
    stream, _, time = id.partition("-")
    found = graph.find("Datastreams", stream)
    if not isinstance(found, Stream) or not re.fullmatch(r"-?\d{1,18}", time):
        return None
    return Observed(found, int(time))


def _inner(target: Target, names: list[str]) -> Target:
    is_value = names[-1] == "$value"
    parts = tuple(names[:-1] if is_value else names)
    if not parts or parts[0] not in SHAPES[target.set].attributes:
        shape = SHAPES[target.set]
        known = ", ".join((*shape.attributes, *shape.relations))
        raise UnknownName(f"{shape.one} has no '{names[0][:60]}'", where="path", mend=f"it has {known}")
    return Target(target.set, False, target.item, target.parent, target.relation, parts=parts, is_value=is_value)
