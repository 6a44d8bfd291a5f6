"""The gateway over real sockets: what is answered, what is not, and that the answer means durable."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clearbay.collect.hj212 import sm4
from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home
from clearbay.store.chain import Verified, entries, verify
from clearbay.store.chain_heads import recorded
from clearbay.store.devices import Channel, Config, Devices
from clearbay.transmit.committer import Committer
from clearbay.transmit.gateway import Settings
from clearbay.transmit.gateway.server import raise_file_limit, tls_context
from tests.store.homes import station

from .stand import FAST, MN, PLAN, Device, approved, eventually, hour, packet, running

OTHER = "010000A8900016F000169DC1"
ANSWER = "ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home", lock_wait=1.0) as made:
        made.register_stations(station(name) for name in "ABC")
        yield made


def stored(home: Home, **filters: Any) -> list[float]:
    return sorted(home.reader().observations(**filters)["value"].to_pylist())


def test_a_packet_is_answered_when_it_is_durable(home: Home) -> None:
    """9014 repeats QN, PW and MN; when it arrives, values and evidence are stored and the head is recorded."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0))
        assert device.line()[6:-4] == f"QN=20240101000000000;{ANSWER}"
        assert stored(home) == [0.0, 0.1, 0.2]
        head = recorded(home, "hj212")
        assert head is not None
        assert verify(home.evidence, "hj212", known=head) == Verified(1, head.link)
    assert [entry.data for entry in entries(home.evidence, "hj212")] == [hour(0).rstrip()]


def test_only_who_asks_is_answered(home: Home) -> None:
    """Without bit A of Flag there is no answer, and the values are stored all the same."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0, flag=4), hour(1, flag=5))
        assert "QN=20240101000000001" in device.line()
    assert len(stored(home)) == 6


def test_glued_and_split_packets(home: Home) -> None:
    """Where the stream is cut changes nothing."""
    approved(home)
    stream = b"".join(hour(number) for number in range(20))
    with running(home) as it, Device(it.port) as device:
        for at in range(0, len(stream), 77):
            device.send(stream[at : at + 77])
        answers = device.lines(20)
    assert [line[9:26] for line in answers] == [f"20240101{number:09d}" for number in range(20)]
    assert len(stored(home)) == 60


def test_the_same_packet_again_is_answered_and_stored_once(home: Home) -> None:
    """A device whose answer was lost sends again: it is answered again, and nothing is stored twice."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        for _ in range(3):
            device.send(hour(0))
            device.line()
    assert len(stored(home)) == 3


@pytest.mark.parametrize(
    ("flag", "version", "answer"), [(1, "2005", "Flag=0"), (5, "2017", "Flag=4"), (9, "2025", "Flag=8")]
)
def test_three_versions_at_one_port(home: Home, flag: int, version: str, answer: str) -> None:
    """Devices of 2005, 2017 and 2025 are told apart by Flag, and answered in their version."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0, flag=flag))
        assert f";{answer};" in device.line()
    assert len(stored(home)) == 3
    seen = Devices(home).get(MN).seen
    assert seen is not None
    assert seen.version == version


@pytest.mark.parametrize("cn", ["2021", "2041", "2081", "3015", "3018", "3020", "2052", "2062", "2072", "9015"])
def test_what_carries_no_concentrations_is_kept_and_answered(home: Home, cn: str) -> None:
    """Device status, running times, noise, sampling, alarms, heartbeats: evidence, and an answer."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(packet("DataTime=20240101000000;SB1-RS=1", cn=cn))
        assert "CN=9014" in device.line()
    assert stored(home) == []
    assert len(list(entries(home.evidence, "hj212"))) == 1


def test_a_notice_is_answered_9013(home: Home) -> None:
    """A notice (1013) gets 9013."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(packet("PolId=w01018", cn="1013"))
        assert "CN=9013" in device.line()


def test_unknown_devices_are_not_answered_but_listed(home: Home) -> None:
    """A device that nobody has approved gets no answer and is listed with what it sent; approved, it is taken in
    without a new connection."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0, mn=OTHER), hour(1))
        assert "QN=20240101000000001" in device.line()  # only the known one's
        found = eventually(lambda: Devices(home).every(status="pending"))
        assert [one.mn for one in found] == [OTHER]
        assert found[0].seen is not None
        assert found[0].seen.recent[0].text == hour(0, mn=OTHER).decode().rstrip()
        assert "waits for approval" in found[0].seen.recent[0].why
        Devices(home).decide(OTHER, "approved", station="B")
        eventually(lambda: it.gateway.roster.find(OTHER))
        device.send(hour(0, mn=OTHER))
        assert OTHER in device.line()
    assert len(stored(home, stations=["B"])) == 3


def test_a_refused_device_is_not_taken(home: Home) -> None:
    """A device that was refused gets no answer, however often it sends, and is hung up on in the end."""
    Devices(home).decide(MN, "refused")
    with running(home) as it, Device(it.port) as device:
        device.send(*(hour(number) for number in range(100)))
        assert device.hung_up()
    assert stored(home) == []


def test_a_damaged_packet_is_not_answered(home: Home) -> None:
    """A wrong check or length is not answered; it is kept, with the reason, for the device of the connection."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0))
        device.line()
        device.send(hour(1).replace(b"Avg=1.0", b"Avg=7.0"), b"noise\r\n", hour(2))
        assert "QN=20240101000000002" in device.line()
        eventually(lambda: (seen := Devices(home).get(MN).seen) is not None and seen.refused >= 2)
    assert 7.0 not in stored(home)
    assert len(list(entries(home.evidence, "hj212"))) >= 2


def test_another_check_only_for_devices_that_may(home: Home) -> None:
    """The byte-swapped check of some vendors is read for devices configured so, and refused for the others."""
    allowed = Config(crc=("modbus-swapped",))
    Devices(home).decide_all([(MN, "approved", "A", PLAN), (OTHER, "approved", "B", allowed)])
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0, check="modbus-swapped"), hour(0, mn=OTHER, check="modbus-swapped"))
        assert OTHER in device.line()
    assert stored(home, stations=["A"]) == []
    assert len(stored(home, stations=["B"])) == 3


@pytest.mark.parametrize("config", [Config(password="secret"), Config(version="2005")])
def test_what_is_laid_down_for_a_device_is_checked(home: Home, config: Config) -> None:
    """A wrong PW or another version is not answered."""
    Devices(home).decide_all([(MN, "approved", "A", config), (OTHER, "approved", "B", PLAN)])
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0), hour(0, mn=OTHER))
        assert OTHER in device.line()
    assert stored(home, stations=["A"]) == []


def test_units_and_clock_of_a_device(home: Home) -> None:
    """Units stated for a channel, the depth and the clock of a device are applied."""
    channels = (Channel("w01018", "CODCr", "ug/L"), Channel("w20111", "Hg"))
    approved(home, config=Config(channels=channels, depth="surface", utc_offset=0))
    with running(home) as it, Device(it.port) as device:
        device.send(hour(8, codes=("w01018", "w20111")))
        device.line()
    rows = home.reader().observations().to_pylist()
    assert {(row["property"], row["depth"], row["time"].isoformat()) for row in rows} == {
        ("CODCr", "surface", "2024-01-01T08:00:00"), ("Hg", "surface", "2024-01-01T08:00:00"),
    }  # fmt: skip
    assert stored(home) == pytest.approx([0.008, 0.0081])


def test_parts_are_one_packet(home: Home) -> None:
    """Each part is answered when its own values are safe; together they give what the whole would have."""
    approved(home)
    first = packet("DataTime=20240101000000;w01018-Avg=1,w01018-Flag=N", flag=7, part=(1, 2))
    second = packet("w21003-Avg=2,w21003-Flag=N", flag=7, part=(2, 2))
    with running(home) as it, Device(it.port) as device:
        device.send(first)
        assert "CN=9014" in device.line()
        assert stored(home) == [1.0]
        device.send(second)
        assert "CN=9014" in device.line()
        assert stored(home) == [1.0, 2.0]
    assert set(home.reader().observations()["flag"].to_pylist()) == {1}


def test_a_part_without_its_time_waits(home: Home) -> None:
    """A part that cannot be read alone is not answered before the one with the time is there."""
    approved(home)
    first = packet("DataTime=20240101000000;w01018-Avg=1,w01018-Flag=N", flag=7, part=(1, 2))
    second = packet("w21003-Avg=2,w21003-Flag=N", flag=7, part=(2, 2))
    with running(home) as it, Device(it.port) as device:
        device.send(second, hour(5))
        assert "QN=20240101000000005" in device.line()
        device.send(first)
        assert len(device.lines(2)) == 2
    assert {1.0, 2.0} <= set(stored(home))


def test_an_encrypted_content(home: Home) -> None:
    """With the device's SM4 key a content of 2025 is read; with another it is refused and not answered."""
    key = "0123456789ABCDEFFEDCBA9876543210"
    Devices(home).decide_all([(MN, "approved", "A", Config(key=key)), (OTHER, "approved", "B", Config(key="1" * 32))])
    cp = sm4.encrypt("DataTime=20240101000000;w01018-Avg=1.5,w01018-Flag=N", key)
    with running(home) as it, Device(it.port) as device:
        device.send(packet(cp, flag=9, mn=OTHER), packet(cp, flag=9))
        assert f"MN={MN}" in device.line()
    assert stored(home) == [1.5]


def test_values_that_cannot_be_stored_are_told(home: Home) -> None:
    """A packet of a time to come is read, kept and answered; its values are left out, and it is told why."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0, start="2999-01-01"))
        assert "CN=9014" in device.line()
        seen = eventually(lambda: (one := Devices(home).get(MN).seen) and one.recent and one.recent[-1].why and one)
    assert "check the year" not in seen.recent[-1].why
    assert "time" in seen.recent[-1].why
    assert stored(home) == []


def test_trouble_of_the_store_loses_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the store takes nothing, nothing is answered and the operator is told; what was read is taken later, even
    from a device that asks for no answer, and kept once in the evidence."""
    approved(home)
    real, trouble = home.ingest, threading.Event()
    trouble.set()

    def ingest(*given: Any, **named: Any) -> Any:
        if trouble.is_set():
            raise StoreError("the disk is full")
        return real(*given, **named)

    monkeypatch.setattr(home, "ingest", ingest)
    with running(home) as it, Device(it.port) as device:
        device.send(hour(0), hour(1, flag=4))
        eventually(lambda: it.gateway.tally.troubles > 1)
        assert it.told[0] == "the disk is full"
        trouble.clear()
        assert "QN=20240101000000000" in device.line()
    assert "the store takes data again" in it.told
    assert len(stored(home)) == 6
    assert len(list(entries(home.evidence, "hj212"))) == 2


def test_back_pressure_reaches_the_device(home: Home) -> None:
    """While the store is behind, the gateway stops reading: what it holds is bounded, and all is taken in the end."""
    approved(home)
    hold = threading.Event()

    def slow(table: pa.Table) -> pa.Table:
        hold.wait(60)
        return table

    settings = Settings(most_values=30, waiting_values=90, write_behind=60.0)
    committer = Committer(home, chain="hj212", linger_s=0.0, stages=[slow])
    packets = [hour(number) for number in range(3000)]
    with running(home, settings, committer=committer) as it, Device(it.port) as device:
        sender = threading.Thread(target=device.send, args=packets, daemon=True)
        sender.start()
        eventually(lambda: it.gateway.full)
        (connection,) = it.gateway.connections
        eventually(lambda: connection._paused)
        assert it.gateway.tally.frames < 3000
        hold.set()
        assert len(device.lines(3000)) == 3000
        sender.join(60)
    assert len(stored(home)) == 9000


def test_silent_connections_are_closed(home: Home) -> None:
    """A connection on which nothing comes is closed: soon for a stranger, later for a known device."""
    approved(home)
    settings = Settings(idle=3600.0, idle_stranger=0.1)
    with running(home, settings) as it, Device(it.port) as known, Device(it.port) as stranger:
        known.send(hour(0))
        known.line()
        assert stranger.hung_up()
        known.send(hour(1))
        assert "CN=9014" in known.line()


def test_everybody_is_approved_where_so_wished(home: Home) -> None:
    """For demonstrations: an unknown device gets a station of its own, and a simulated one is marked as generated."""
    settings = Settings(approve_all=True)
    with running(home, settings) as it, Device(it.port) as device:
        device.send(hour(0, mn="SIMULATED000000000000001"), hour(0, mn=OTHER, st="21"))
        assert len(device.lines(2)) == 2
    made = {one.code: one for one in home.stations()}
    assert made["SIMULATED000000000000001"].programme == "simulated.generated"
    assert (made[OTHER].programme, made[OTHER].medium) == ("hj212", "river")
    assert len(stored(home)) == 6


def test_stopping_answers_what_was_read(home: Home) -> None:
    """What was read before the gateway stopped is committed and answered."""
    approved(home)
    with running(home, Settings(linger=30.0)) as it, Device(it.port) as device:
        device.send(hour(0))
        eventually(lambda: it.gateway.tally.taken)
        it.call(it.gateway.stop())
        assert "CN=9014" in device.line()
    assert len(stored(home)) == 3


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost"]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    return cert, key


def test_over_tls(home: Home, certificate: tuple[str, str]) -> None:
    """The same over TLS; with an authority for clients, only who has its certificate is heard."""
    approved(home)
    cert, key = certificate
    client = ssl.create_default_context(cafile=cert)
    with running(home, tls=tls_context(cert, key)) as it, Device(it.port, client) as device:
        device.send(hour(0))
        assert "CN=9014" in device.line()
    seen = Devices(home).get(MN).seen
    assert seen is not None
    assert seen.door == "tls"
    with running(home, tls=tls_context(cert, key, cert)) as it:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            _refused(it.port, client)
        client.load_cert_chain(cert, key)
        with Device(it.port, client) as device:
            device.send(hour(2))
            assert "CN=9014" in device.line()
    with pytest.raises(BadInput, match="certificate"):
        tls_context(key, key)


def _refused(port: int, client: ssl.SSLContext) -> None:
    with Device(port, client) as device:
        device.send(hour(1))
        device.line()


def test_the_limit_of_open_files_is_raised() -> None:
    """Ten thousand connections need more files than most systems give."""
    assert raise_file_limit(64) >= 64
    assert FAST.most_connections > 10_000
