"""SensorThings over MQTT with a real broker."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from clearbay.model.errors import BadInput
from clearbay.share.intake import Intake
from clearbay.share.sta.mqtt import Bridge, Broker
from clearbay.share.sta.state import State
from clearbay.share.sta.writing import Writing
from clearbay.store import Home
from tests.sta.conftest import MEASUREMENT

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"

pytestmark = pytest.mark.skipif(not Path(MOSQUITTO).exists(), reason="needs mosquitto")


def until(holds: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError(what)


@pytest.fixture(scope="module")
def broker(tmp_path_factory) -> Iterator[int]:
    """A mosquitto of our own; its port."""
    folder = tmp_path_factory.mktemp("mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n")
    process = subprocess.Popen([MOSQUITTO, "-c", str(folder / "conf")], stderr=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    until(answers, "mosquitto does not answer")
    yield port
    process.terminate()
    process.wait(30)


class Listener:
    """A client that keeps what it hears."""

    def __init__(self, port: int, *topics: str, version: int = paho.MQTTv5) -> None:
        self.heard: list[tuple[str, Any, bool]] = []
        self._ready = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=version)
        self.client.on_message = lambda _, __, m: self.heard.append((m.topic, json.loads(m.payload), bool(m.retain)))
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        if topics:
            self.client.subscribe([(topic, 1) for topic in topics])
            assert self._ready.wait(30)

    def send(self, topic: str, body: Any, properties: Properties | None = None) -> None:
        payload = body if isinstance(body, bytes) else json.dumps(body)
        self.client.publish(topic, payload, qos=1, properties=properties).wait_for_publish(30)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def entities(self, topic: str) -> list[Any]:
        return [body for heard, body, _ in list(self.heard) if heard == topic and "@iot.id" in body]


@contextmanager
def bridged(home: Home, port: int, **more: Any) -> Iterator[Bridge]:
    bridge = Bridge(home, Broker("127.0.0.1", port, **more), Intake(home, chain="mqtt"))
    bridge.start()
    stop = threading.Event()
    thread = threading.Thread(target=bridge.run, args=(stop.wait,), daemon=True)
    thread.start()
    try:
        yield bridge
    finally:
        stop.set()
        thread.join(30)
        bridge.stop()


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as made:
        yield made


@pytest.fixture
def series(home) -> str:
    """The number of a datastream of oxygen."""
    intake = Intake(home)
    unit = {"name": "mg/L", "symbol": "mg/L", "definition": ""}
    sensor = {"name": "s", "description": "s", "encodingType": "text/plain", "metadata": "m"}
    stream = {"name": "n", "description": "d", "observationType": MEASUREMENT, "unitOfMeasurement": unit,
              "Sensor": sensor, "ObservedProperty": {"@iot.id": "DO"}}  # fmt: skip
    writing = Writing(State(home), intake)
    address, _ = writing.create("Things", {"name": "t", "description": "d"})
    found, _ = writing.create(f"{address}/Datastreams", stream)
    intake.close()
    return found.partition("(")[2].rstrip(")")


def stored(home: Home) -> list[float]:
    return sorted(home.reader().observations()["value"].to_pylist())


@pytest.mark.parametrize("version", [5, 3])
def test_published_observations_are_stored_and_told(home, series, broker, version):
    """A publication creates an observation; subscribers get the entity, newcomers the newest one."""
    topic = f"v1.1/Datastreams({series})/Observations"
    with bridged(home, broker, version=version) as bridge:
        listener = Listener(broker, topic, "v1.1/Observations")
        listener.send(topic, {"result": 7.5, "phenomenonTime": "2024-01-01T00:00:00Z"})
        everywhere = {"result": 8.5, "phenomenonTime": "2024-01-01T01:00:00Z", "Datastream": {"@iot.id": int(series)}}
        listener.send("v1.1/Observations", everywhere)
        told = until(lambda: len(listener.entities(topic)) >= 2 and listener.entities(topic), "nothing was told")
        assert sorted(one["result"] for one in told) == [7.5, 8.5]
        assert told[0]["Datastream"] == {"@iot.id": int(series)}
        assert (
            len(
                until(
                    lambda: len(listener.entities("v1.1/Observations")) >= 2 and listener.entities("v1.1/Observations"),
                    "x",
                )
            )
            == 2
        )
        assert stored(home) == [7.5, 8.5]
        late = Listener(broker, topic)
        newest = until(lambda: late.heard, "nothing was retained")[0]
        assert (newest[1]["result"], newest[2]) == (8.5, True)
        late.client.publish(topic, b"", retain=True).wait_for_publish(30)
        assert bridge.tally.created == 2
        listener.close()
        late.close()


def test_what_came_through_other_doors_is_told_too(home, series, broker):
    """An observation that another process commits reaches the subscribers."""
    topic = f"v1.1/Datastreams({series})/Observations"
    with bridged(home, broker, retain=False):
        listener = Listener(broker, topic)
        with Home.open(home.path) as other:
            intake = Intake(other, chain="other")
            writing = Writing(State(other), intake)
            writing.create(
                f"Datastreams({series})/Observations", {"result": 6.25, "phenomenonTime": "2024-03-01T00:00:00Z"}
            )
            intake.close()
        told = until(lambda: listener.entities(topic), "nothing was told")
        assert [one["result"] for one in told] == [6.25]
        listener.close()


def test_publishers_hear_what_became_of_it(home, series, broker):
    """MQTT 5's response topic is answered; what was refused is told under v1.1/errors; the bridge goes on."""
    with bridged(home, broker, retain=False) as bridge:
        listener = Listener(broker, "answers/me", "v1.1/errors")
        asking = Properties(PacketTypes.PUBLISH)
        asking.ResponseTopic, asking.CorrelationData = "answers/me", b"7"
        topic = f"v1.1/Datastreams({series})/Observations"
        listener.send(topic, {"result": 7.5, "phenomenonTime": "2024-01-01T00:00:00Z"}, asking)
        listener.send(topic, {"result": "wet"}, asking)
        listener.send("v1.1/Datastreams(99999)/Observations", {"result": 1})
        listener.send(topic, b"no json")
        until(lambda: len(listener.heard) >= 5, f"only {listener.heard}")
        answers = [body["status"] for heard, body, _ in listener.heard if heard == "answers/me"]
        errors = [body for heard, body, _ in listener.heard if heard == "v1.1/errors"]
        assert sorted(answers) == [201, 400]
        assert sorted(one["where"] for one in errors) == ["payload", "result", "topic"]
        assert bridge.tally.refused == 3
        assert stored(home) == [7.5]
        listener.close()


def test_nothing_is_acknowledged_before_it_is_durable(home, series, broker):
    """While the store refuses, the broker keeps the message; it is stored once, when the store is back."""
    topic = f"v1.1/Datastreams({series})/Observations"
    first = Bridge(home, Broker("127.0.0.1", broker, retain=False), Intake(home, chain="mqtt"))
    first.start()
    taken = threading.Event()
    first._settled = lambda *_: taken.set()  # dies after the commit, before the acknowledgement
    publisher = Listener(broker)
    publisher.send(topic, {"result": 5.5, "phenomenonTime": "2024-01-01T00:00:00Z"})
    assert taken.wait(60)
    first._client._sock.close() if hasattr(first._client, "_sock") else None
    first.intake.close()
    first._client.loop_stop()
    publisher.send(topic, {"result": 6.5, "phenomenonTime": "2024-01-01T01:00:00Z"})
    with bridged(home, broker, retain=False) as second:
        until(lambda: second.tally.created >= 2, "the broker did not hand over what was not acknowledged")
        assert stored(home) == [5.5, 6.5]
        assert home.reader().observations()["revision"].to_pylist() == [1, 1]
    publisher.close()


def test_a_broker_that_is_not_there_is_told(home):
    """An address at which nobody listens ends in plain words."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    intake = Intake(home)
    with pytest.raises(BadInput, match="cannot be reached"):
        Bridge(home, Broker("127.0.0.1", port), intake).start()
    intake.close()
