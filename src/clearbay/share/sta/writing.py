"""What POST, PATCH, PUT and DELETE do, up to the durable commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from clearbay.collect.batch import BadValue
from clearbay.model.errors import BadInput, UnknownName
from clearbay.share.intake import Intake
from clearbay.share.problems import Denied
from clearbay.share.sta import incoming, rows
from clearbay.share.sta.address import Observed, Target, resolve
from clearbay.share.sta.attributes import attributes
from clearbay.share.sta.creation import Creation, alter, remove
from clearbay.share.sta.graph import Entity, Graph, Stream
from clearbay.share.sta.incoming import Arrived
from clearbay.share.sta.state import State
from clearbay.transmit.committer import Outcome, Parcel

SOURCE = "sensorthings"
WAIT = 60.0
"""Seconds that a commit may take before the sender is told to try again."""
MOST = 1_000_000
"""Observations that one request may carry."""


GATHER = 0.003
"""Seconds that an observation waits for others while many come: a fraction of what a commit takes."""
TOGETHER = 10_000
"""Observations gathered into one parcel at most."""


class Gatherer:
    """Single observations of many requests, handed over together: a parcel costs the same whether it holds one or
    a hundred. One per event loop; while one parcel is written the next one grows.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._waiting: list[tuple[Arrived, asyncio.Future[None]]] = []
        self._busy = False
        self._last = 0

    async def keep(self, one: Arrived) -> None:
        """Return once the observation is durable; raises what the committer says of it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.append((one, future))
        if not self._busy:
            self._busy = True
            loop.call_later(GATHER if self._last > 2 else 0, self._send)
        await future

    def _send(self) -> None:
        batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        self._last = len(batch)
        loop = asyncio.get_running_loop()
        try:
            parcel = Parcel(SOURCE, incoming.readings([one for one, _ in batch]))
            future = self._intake.committer.submit(parcel)
        except Exception as error:
            self._done(batch, error)
            return
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._settle, batch, done))

    def _settle(self, batch: list[tuple[Arrived, asyncio.Future[None]]], done: Future[Outcome]) -> None:
        error = done.exception()
        self._done(batch, error, () if error else done.result().refused)

    def _done(
        self,
        batch: list[tuple[Arrived, asyncio.Future[None]]],
        error: BaseException | None,
        refused: Sequence[BadValue] = (),
    ) -> None:
        wrong = {bad.row: bad for bad in refused}
        for at, (_, future) in enumerate(batch):
            if future.done():
                continue
            if error is not None:
                future.set_exception(error)
            elif at in wrong:
                future.set_exception(refusal(wrong[at]))
            else:
                future.set_result(None)
        self._busy = bool(self._waiting)
        if self._waiting:
            self._send()


@dataclass(slots=True)
class Sent:
    """Observations on their way into the store, and the promise of it."""

    ids: list[str]
    future: Future[Outcome]


class Writing:
    """Changes of one home's entities and observations. Safe to share between threads."""

    def __init__(self, state: State, intake: Intake) -> None:
        self.state, self.intake = state, intake

    def stream(self, id: str) -> Stream | None:
        """A datastream by its number, from memory where it is known there."""
        found = self.state.last.find("Datastreams", id) or self.state.now().find("Datastreams", id)
        return found if isinstance(found, Stream) else None

    def quick(self, body: Any, stream: Stream | None) -> Arrived | None:
        """A plain observation of a known datastream; None for one that needs more than memory to be read."""
        if not isinstance(body, Mapping):
            raise BadInput("an observation is a JSON object", where="body")
        if stream is None:
            link = body.get("Datastream")
            if not isinstance(link, Mapping) or "@iot.id" not in link:
                return None
            found = self.state.last.find("Datastreams", str(link["@iot.id"]))
            if not isinstance(found, Stream):
                return None
            stream = found
        if body.get("FeatureOfInterest") is not None:
            return None
        one = incoming.arrived(body, stream)
        return None if one.carried else one

    def send(self, many: Sequence[Arrived], raw: bytes = b"") -> Sent:
        """Hand observations over; what they carry beside their values is kept first, so that a death in between
        leaves nothing that is seen."""
        extras = [extra for one in many if (extra := one.extra) is not None]
        if extras:
            self.state.entities.keep_extras(extras)
        parcel = Parcel(SOURCE, incoming.readings(many))
        return Sent([one.id for one in many], self.intake.committer.submit(parcel))

    @contextmanager
    def changing(self) -> Any:
        """One transaction of entities; yields its ``Creation``."""
        graph = self.state.now()
        with self.state.entities.change() as change:
            creation = Creation(graph, change)
            yield creation
        if creation.is_register_changed:
            self.state.forget()

    def create(self, path: str, body: Any) -> tuple[str, list[Sent]]:
        """Make what a POST to a path describes; returns the address of the new entity, and what is on its way."""
        graph = self.state.now()
        target = resolve(graph, path)
        if not target.many or target.is_ref:
            raise Denied(405, "an entity is made by a POST to a list", where="path", mend="POST to /Things or the like")
        if target.set == "Observations":
            stream = target.parent if isinstance(target.parent, Stream) else None
            feature = target.parent if isinstance(target.parent, Entity) and stream is None else None
            one = self.observation(body, stream, feature)
            return f"Observations('{one.id}')", [self.send([one])]
        with self.changing() as creation:
            made = creation.create(target.set, body, around(graph, target))
        return made.address, self.deep(creation)

    def deep(self, creation: Creation) -> list[Sent]:
        """Send the observations that were found inside other entities."""
        many = [self.observation(body, stream) for body, stream in creation.observations]
        return [self.send(many)] if many else []

    def observation(self, body: Any, stream: Stream | None = None, feature: Entity | None = None) -> Arrived:
        """Read one observation, making what it describes in place of links: its datastream, its feature."""
        if not isinstance(body, Mapping):
            raise BadInput("an observation is a JSON object", where="body")
        link = body.get("Datastream")
        if stream is None:
            if not isinstance(link, Mapping):
                raise BadInput(
                    "an observation belongs to a Datastream",
                    where="Datastream",
                    mend='write "Datastream": {"@iot.id": 5}, or POST to Datastreams(5)/Observations',
                )
            if "@iot.id" in link:
                stream = self.stream(str(link["@iot.id"]))
                if stream is None:
                    raise BadInput(f"there is no Datastreams({str(link['@iot.id'])[:40]})", where="Datastream")
            else:
                with self.changing() as creation:
                    stream = creation.create("Datastreams", link)
                self.deep(creation)
        one = incoming.arrived(body, stream)
        given = body.get("FeatureOfInterest")
        if given is not None:
            with self.changing() as creation:
                feature = creation.linked("FeaturesOfInterest", given, None, "FeatureOfInterest/")
        if feature is not None and feature.id != stream.key[0]:
            one.feature = feature.id
        return one

    def alter(self, path: str, body: Any, *, whole: bool = False, is_patch: bool = False) -> tuple[str, list[Sent]]:
        """Change an entity; an observation gets a new revision. Returns its address, and what is on its way."""
        graph = self.state.now()
        target = resolve(graph, path)
        item = target.item
        if target.many or item is None or target.parts or target.is_ref:
            raise Denied(405, "one entity is changed at a time", where="path", mend="PATCH Things('id') or the like")
        if isinstance(item, Observed):
            if is_patch:
                body = patched(self._said(graph, item), body)
            one = self._revision(item, body)
            return f"Observations('{one.id}')", [self.send([one])]
        if is_patch:
            body = patched(attributes(graph, item), body)
        if not isinstance(body, Mapping):
            raise BadInput("a change is a JSON object", where="body")
        with self.changing() as creation:
            alter(creation, item, body, whole=whole)
        return item.address, []

    def remove(self, path: str) -> None:
        """Delete an entity that a client made and no observation depends on."""
        graph = self.state.now()
        target = resolve(graph, path)
        if target.many or target.item is None or target.parts:
            raise Denied(405, "one entity is deleted at a time", where="path", mend="DELETE Things('id') or the like")
        if isinstance(target.item, Observed):
            raise Denied(
                405,
                "an observation is never deleted: verdicts, warnings and cases rest on what was known when",
                where="path",
                mend='PATCH it with the right result, which becomes its next revision; or PATCH {"resultQuality": 4}',
                headers={"Allow": "GET, HEAD, PATCH"},
            )
        with self.changing() as creation:
            if target.item.set == "FeaturesOfInterest" and self.state.entities.features([target.item.id]):
                raise Denied(409, "observations were made of this feature", where="path")
            remove(creation, target.item)

    def _said(self, graph: Graph, item: Observed) -> dict[str, Any]:
        table = self._row(item)
        return {"result": table["result"][0].as_py(), "resultQuality": table["flag"][0].as_py()}

    def _row(self, item: Observed) -> Any:
        time = rows.moment(item.time)
        table = rows.read(self.state.home.reader(), item.stream, time, time + timedelta(microseconds=1))
        if not table.num_rows:
            raise UnknownName(f"there is no Observations('{item.id}')", where="path")
        return table

    def _revision(self, item: Observed, body: Any) -> Arrived:
        """An observation changed: what is not given stays."""
        table = self._row(item)
        if not isinstance(body, Mapping):
            raise BadInput("a change is a JSON object", where="body")
        link = body.get("Datastream")
        if isinstance(link, Mapping) and str(link.get("@iot.id", item.stream.id)) != item.stream.id:
            raise Denied(409, "an observation stays in its Datastream", where="Datastream", mend="post it anew there")
        held = self.state.entities.extras(int(item.stream.id), item.time, item.time).get(item.time)
        given = {**body}
        given.setdefault("result", table["result"][0].as_py())
        time = given.pop("phenomenonTime", None)
        one = incoming.arrived({**given, "phenomenonTime": rows.moment(item.time).isoformat() + "Z"}, item.stream)
        if time is not None and incoming.arrived({"result": 0, "phenomenonTime": time}, item.stream).time != item.time:
            raise Denied(
                409,
                "an observation keeps its time: it is what its revisions have in common",
                where="phenomenonTime",
                mend="post one at the other time, and PATCH this one to resultQuality 4",
            )
        if "result" not in body and one.censoring == "":
            one.censoring = table["censoring"][0].as_py()
        if "resultQuality" not in body:
            one.flag = table["flag"][0].as_py()
        if held is not None:
            one.carried = {**held.body, **one.carried}
            one.feature = held.feature
        return one


def around(graph: Graph, target: Target) -> dict[str, Entity]:
    """The entities that a list belongs to, by the relation that leads back: what a POST to it need not name."""
    parent = target.parent
    if not isinstance(parent, Entity):
        return {}
    back = {
        "Things": "Thing",
        "Sensors": "Sensor",
        "ObservedProperties": "ObservedProperty",
        "Locations": "Location",
        "Datastreams": "Datastream",
    }
    return {back[parent.set]: parent} if parent.set in back else {}


def patched(whole: Mapping[str, Any], steps: Any) -> dict[str, Any]:
    """What changes when the steps of a JSON Patch (RFC 6902) are applied: the changed members alone."""
    import copy

    if not isinstance(steps, list):
        raise BadInput("a JSON Patch is a list of steps", where="body", mend="or send application/json")
    changed = copy.deepcopy(dict(whole))
    for step in steps:
        _step(changed, step)
    return {name: changed.get(name) for name in {*whole, *changed} if changed.get(name) != whole.get(name)}


def _step(changed: dict[str, Any], step: Any) -> None:
    try:
        what, parts = step["op"], [one.replace("~1", "/").replace("~0", "~") for one in step["path"].split("/")[1:]]
        inside: Any = changed
        for part in parts[:-1]:
            inside = inside[int(part)] if isinstance(inside, list) else inside[part]
        last = parts[-1]
        if isinstance(inside, list):
            _list_step(inside, what, last, step)
        elif what in ("add", "replace"):
            inside[last] = step["value"]
        elif what == "remove":
            del inside[last]
        elif what != "test" or inside.get(last) != step["value"]:
            raise BadInput(f"the step {what} cannot be taken", where="body", mend="use add, replace, remove or test")
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise BadInput(f"a step of the JSON Patch cannot be taken: {str(step)[:120]}", where="body") from None


def _list_step(inside: list[Any], what: str, last: str, step: Mapping[str, Any]) -> None:
    at = len(inside) if last == "-" else int(last)
    if what == "add":
        inside.insert(at, step["value"])
    elif what == "replace":
        inside[at] = step["value"]
    elif what == "remove":
        del inside[at]
    else:
        raise ValueError


def send_arrays(writing: Writing, body: Any) -> list[tuple[int, Sent | str]]:
    """Read a CreateObservations request; for each row in order its place within what was sent, or why it was refused.

    Blocks that are plain go at once; the others are read row by row, and a wrong row does not stop its neighbours.
    """
    if not isinstance(body, list):
        raise BadInput(
            "CreateObservations takes a list of data arrays",
            where="body",
            mend='write [{"Datastream": {"@iot.id": 5}, "components": […], "dataArray": [[…]]}]',
        )
    if sum(len(one.get("dataArray") or ()) for one in body if isinstance(one, Mapping)) > MOST:
        raise BadInput(f"more than {MOST:,} observations in one request", where="body", mend="send them in parts")
    found: list[tuple[int, Sent | str]] = []
    loose: list[tuple[int, Arrived]] = []
    for block in body:
        stream, components, data = _block(writing, block)
        made = incoming.quick(stream, components, data)
        if made is not None:
            parcel = Parcel(SOURCE, made.table)
            ids = [f"{stream.id}-{time}" for time in made.times]
            sent = Sent(ids, writing.intake.committer.submit(parcel))
            found += [(at, sent) for at in range(len(ids))]
            continue
        for row in data:
            try:
                one = writing.observation(_body(components, row), stream)
            except (BadInput, Denied) as error:
                found.append((0, _why(error)))
                continue
            loose.append((len(found), one))
            found.append((0, ""))
    if loose:
        sent = writing.send([one for _, one in loose])
        for at, (place, _) in enumerate(loose):
            found[place] = (at, sent)
    return found


def _why(error: BadInput | Denied) -> str:
    what = error.what if isinstance(error, BadInput) else str(error.detail)
    return f"error: {error.where}: {what}" if error.where else f"error: {what}"


def _block(writing: Writing, block: Any) -> tuple[Stream, list[str], list[list[Any]]]:
    if not isinstance(block, Mapping):
        raise BadInput("a data array is a JSON object", where="body")
    link = block.get("Datastream")
    stream = writing.stream(str(link.get("@iot.id"))) if isinstance(link, Mapping) else None
    if stream is None:
        raise BadInput(
            "a data array belongs to a known Datastream", where="Datastream", mend='write "Datastream": {"@iot.id": 5}'
        )
    components, data = block.get("components"), block.get("dataArray")
    if not isinstance(components, list) or not isinstance(data, list) or "result" not in components:
        raise BadInput("components (with result among them) and dataArray are needed", where="components")
    if any(not isinstance(row, list) or len(row) != len(components) for row in data):
        raise BadInput(f"not every row has the {len(components)} parts that components names", where="dataArray")
    return stream, [str(one) for one in components], data


def _body(components: Iterable[str], row: Sequence[Any]) -> dict[str, Any]:
    body = dict(zip(components, row, strict=True))
    feature = body.pop("FeatureOfInterest/id", None)
    if feature is not None:
        body["FeatureOfInterest"] = {"@iot.id": feature}
    return body


def finished(sent: Sent) -> Outcome:
    """Wait until what was sent is durable; raises what the committer says of it."""
    return sent.future.result(WAIT)


def refuse(outcome: Outcome) -> None:
    """Raise ``BadInput`` for the first observation that the intake refused."""
    if outcome.refused:
        raise refusal(outcome.refused[0])


def refusal(bad: BadValue) -> BadInput:
    """What the intake says of a reading, in a client's words."""
    where = {"time": "phenomenonTime", "value": "result"}.get(bad.column, bad.column)
    return BadInput(f"{bad.why} ({bad.value})", where=where, mend=bad.mend)
