"""SensorThings over MQTT, at a broker of the operator's: observations are created by publishing, and published.

Who publishes to ``v1.1/Datastreams(5)/Observations`` or ``v1.1/Observations`` creates an observation. With QoS 1 the
broker keeps the message until the observation is durable: it is acknowledged by hand, after the commit, so a death here
loses nothing. Every observation that is committed in the home, whichever door it came through, is published to the same
topics as an entity; the newest of a datastream is retained. An entity is told from a creation by its ``@iot.id``.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import paho.mqtt.client as paho
import pyarrow as pa
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from clearbay.model.errors import BadInput, ClearbayError, StoreError
from clearbay.share.intake import Intake
from clearbay.share.problems import Denied
from clearbay.share.sta import rows, writing
from clearbay.share.sta.options import Options
from clearbay.share.sta.reading import Reading
from clearbay.share.sta.shapes import VERSION
from clearbay.share.sta.state import State
from clearbay.share.sta.writing import Writing
from clearbay.store import Home
from clearbay.store.arrivals import Arrivals
from clearbay.store.entities import KEY
from clearbay.transmit.committer import Outcome

_log = logging.getLogger(__name__)

CREATE = (f"{VERSION}/Observations", f"{VERSION}/+/Observations")
"""Topics whose messages create observations; the second takes every ``Datastreams(<id>)``."""
RECENT = 200_000
"""Observations of which it is remembered that they were published."""
LOOK = 0.2
"""Seconds between two looks for what was committed."""
_RETRY = 1.0


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how to speak to it. ``prefix`` stands before every topic, with its slash; ``base`` is the
    address of the HTTP service, for the links in what is published."""

    host: str
    port: int = 1883
    tls: bool = False
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    username: str | None = None
    password: str | None = None
    version: int = 5
    prefix: str = ""
    base: str = ""
    retain: bool = True


@dataclass
class Tally:
    """What the bridge has done since it began."""

    created: int = 0
    refused: int = 0
    published: int = 0
    trouble: str = ""


@dataclass
class Bridge:
    """Between one broker and one home. ``told`` hears in words what an operator should know."""

    home: Home
    broker: Broker
    intake: Intake
    told: Callable[[str], None] = lambda text: None
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.state = State(self.home)
        self.writing = Writing(self.state, self.intake)
        self._recent: OrderedDict[tuple[int, int, int], None] = OrderedDict()
        self._arrivals = Arrivals(self.home)
        self._open: OrderedDict[int, tuple[paho.MQTTMessage, bool]] = OrderedDict()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._up = threading.Event()
        self._client = self._made()

    def start(self, timeout: float = 30.0) -> None:
        """Connect and subscribe; ``BadInput`` where the broker cannot be reached or refuses within ``timeout``."""
        self.state.now()
        self.intake.committer  # noqa: B018 - opens the evidence now, where a failure can still be told
        broker = self.broker
        try:
            self._client.connect(broker.host, broker.port, keepalive=30, **self._session())
        except OSError as error:
            raise BadInput(f"the broker {broker.host}:{broker.port} cannot be reached ({error})", where="broker",
                           mend="check that it runs, its address and its port") from error  # fmt: skip
        self._client.loop_start()
        if not self._up.wait(timeout):
            self._client.loop_stop()
            raise BadInput(f"the broker refuses: {self.tally.trouble or 'no answer'}", where="broker",
                           mend="check user, password and the broker's access list")  # fmt: skip

    def run(self, stopped: Callable[[float], bool]) -> None:
        """Publish what is committed until ``stopped(seconds)``, which waits so long, says so."""
        while not stopped(LOOK):
            self.publish()

    def stop(self) -> None:
        """Finish what is under way and take leave of the broker; it keeps what comes meanwhile."""
        self._stop.set()
        self.intake.close()
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self) -> int:
        """Publish every observation committed since the last look; returns how many."""
        try:
            arrived = self._arrivals.since_last()
            if not arrived.num_rows:
                return 0
            graph = self.state.now()
            reading = Reading(graph, self.home.reader(), self.state.entities, self.broker.base or f"/sta/{VERSION}")
            return sum(self._publish(reading, part) for part in _by_stream(arrived))
        except StoreError as error:
            self.tally.trouble = str(error)
            self.told(f"cannot read what is new: {error}")
            return 0

    def _publish(self, reading: Reading, part: pa.Table) -> int:
        key = tuple(part[name][0].as_py() for name in KEY)
        stream = reading.graph.by_key.get(key)
        if stream is None:
            return 0
        part = part.sort_by([("time", "ascending"), ("revision", "ascending")])
        number = int(stream.id)
        times, revisions = part["time"].cast(pa.int64()).to_pylist(), part["revision"].to_pylist()
        fresh = [at for at, known in enumerate(zip(times, revisions, strict=True)) if self._is_new(number, *known)]
        if not fresh:
            return 0
        extent = reading.graph.extent(stream)
        observed = reading.observed(rows.named(part.take(pa.array(fresh)), stream), Options())
        for at, entity in zip(fresh, observed, strict=True):
            entity["Datastream@iot.navigationLink"] = f"{reading.base}/{stream.address}"
            entity["Datastream"] = {"@iot.id": stream.number}
            body = orjson.dumps(entity)
            newest = extent is not None and times[at] == extent.last
            self._send(f"{VERSION}/{stream.address}/Observations", body, retain=self.broker.retain and newest)
            self._send(f"{VERSION}/Observations", body)
        self.tally.published += len(fresh)
        return len(fresh)

    def _is_new(self, number: int, time: int, revision: int) -> bool:
        known = (number, time, revision)
        if known in self._recent:
            return False
        self._recent[known] = None
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        return True

    def _send(self, topic: str, body: bytes, *, retain: bool = False, properties: Properties | None = None) -> None:
        self._client.publish(self.broker.prefix + topic, body, qos=1, retain=retain, properties=properties)

    def _made(self) -> paho.Client:
        broker = self.broker
        protocol = {3: paho.MQTTv311, 5: paho.MQTTv5}[broker.version]
        more: dict[str, Any] = {} if broker.version == 5 else {"clean_session": False}
        # The same name after a restart: the broker hands over what came meanwhile and what was not acknowledged.
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"clearbay-{self.home.identity[:13]}",
            protocol=protocol,
            manual_ack=True,
            **more,
        )
        client.max_queued_messages_set(0)
        client.max_inflight_messages_set(1000)
        client.reconnect_delay_set(1, 60)
        if broker.username is not None:
            client.username_pw_set(broker.username, broker.password)
        if broker.tls:
            client.tls_set(ca_certs=broker.ca, certfile=broker.cert, keyfile=broker.key)
        client.on_connect = self._connected
        client.on_message = self._message
        client.on_disconnect = self._gone
        return client

    def _session(self) -> dict[str, Any]:
        if self.broker.version != 5:
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 7 * 24 * 3600
        return {"clean_start": False, "properties": properties}

    def _connected(self, client: paho.Client, _: Any, __: Any, reason: Any, ___: Any = None) -> None:
        if reason.is_failure:
            self.tally.trouble = str(reason)
            self.told(f"the broker refuses: {reason}")
            return
        with self._lock:
            self._open.clear()
        prefix = self.broker.prefix
        if self.broker.version == 5:
            own = paho.SubscribeOptions(qos=1, noLocal=True, retainHandling=2)  # type: ignore[attr-defined]
            client.subscribe([(prefix + topic, own) for topic in CREATE])
        else:
            client.subscribe([(prefix + topic, 1) for topic in CREATE])
        self.tally.trouble = ""
        self._up.set()

    def _gone(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any = None) -> None:
        if not self._stop.is_set():
            self.tally.trouble = f"the broker is gone: {reason}"
            self.told(f"{self.tally.trouble}; trying again")

    def _message(self, client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        with self._lock:
            self._open.setdefault(id(message), (message, False))
        if message.retain or not message.payload:
            self._acknowledge(client, message)
            return
        try:
            body = orjson.loads(message.payload)
            if isinstance(body, Mapping) and "@iot.id" in body:  # an entity that was published, here or elsewhere
                self._acknowledge(client, message)
                return
            sent = self._taken(message.topic.removeprefix(self.broker.prefix), body)
        except orjson.JSONDecodeError as error:
            self._refuse(client, message, BadInput(f"the message is no JSON ({error})", where="payload"))
        except (BadInput, Denied) as error:
            self._refuse(client, message, error)
        except ClearbayError as error:
            self._again(client, message, error)
        else:
            sent.future.add_done_callback(lambda done: self._settled(client, message, sent.ids[0], done))

    def _taken(self, topic: str, body: Any) -> writing.Sent:
        link = topic.removeprefix(f"{VERSION}/").removesuffix("Observations").rstrip("/")
        stream = None
        if link:
            set, bracket, id = link.partition("(")
            stream = self.writing.stream(id.rstrip(")").strip("'")) if set == "Datastreams" and bracket else None
            if stream is None:
                raise BadInput(
                    f"there is no {link[:60]}", where="topic", mend=f"publish to {VERSION}/Datastreams(5)/Observations"
                )
        one = self.writing.quick(body, stream) or self.writing.observation(body, stream)
        return self.writing.send([one])

    def _settled(self, client: paho.Client, message: paho.MQTTMessage, id: str, done: Future[Outcome]) -> None:
        error = done.exception()
        if isinstance(error, StoreError):
            self._again(client, message, error)
            return
        if error is None and done.result().refused:
            error = writing.refusal(done.result().refused[0])
        if error is not None:
            self._refuse(client, message, error)
            return
        self.tally.created += 1
        self._acknowledge(client, message)
        self._reply(message, {"status": 201, "@iot.id": id})

    def _again(self, client: paho.Client, message: paho.MQTTMessage, error: ClearbayError) -> None:
        """Try once more in a moment; the broker holds back meanwhile, because nothing is acknowledged."""
        self.tally.trouble = str(error)
        self.told(f"not stored yet, trying again: {error}")
        if not self._stop.is_set():
            timer = threading.Timer(_RETRY, self._message, (client, None, message))
            timer.daemon = True
            timer.start()

    def _refuse(self, client: paho.Client, message: paho.MQTTMessage, error: BaseException) -> None:
        """Tell what is wrong where a client can hear it; sending it again would not help, so it is acknowledged."""
        self.tally.refused += 1
        what = error.what if isinstance(error, BadInput) else str(getattr(error, "detail", error))
        told = {
            "status": 400,
            "detail": what,
            "where": getattr(error, "where", ""),
            "mend": getattr(error, "mend", ""),
            "topic": message.topic,
        }
        self._reply(message, told)
        self._send(
            f"{VERSION}/errors", orjson.dumps(told | {"message": message.payload[:2000].decode(errors="replace")})
        )
        self._acknowledge(client, message)

    def _reply(self, message: paho.MQTTMessage, told: Mapping[str, Any]) -> None:
        """Answer a publisher that named a response topic (MQTT 5)."""
        asked = message.properties
        topic = getattr(asked, "ResponseTopic", None) if asked is not None else None
        if not topic:
            return
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if (mark := getattr(asked, "CorrelationData", None)) is not None:
            properties.CorrelationData = mark
        self._client.publish(topic, orjson.dumps(dict(told)), qos=1, properties=properties)

    def _acknowledge(self, client: paho.Client, message: paho.MQTTMessage) -> None:
        """Acknowledge a message, once those that came before it are: MQTT wants the order kept."""
        with self._lock:
            if id(message) not in self._open:
                return  # it came over a connection that is gone: the broker will send it again
            self._open[id(message)] = message, True
            while self._open and next(iter(self._open.values()))[1]:
                _, (first, _) = self._open.popitem(last=False)
                client.ack(first.mid, first.qos)


def _by_stream(table: pa.Table) -> list[pa.Table]:
    """The rows of each datastream."""
    numbers = table["datastream"].to_numpy()
    return [table.filter(pa.array(numbers == one)) for one in np.unique(numbers)]


__all__ = ["Bridge", "Broker", "Tally"]
