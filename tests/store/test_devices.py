"""The register of devices."""

from __future__ import annotations

import pytest

from clearbay.model.errors import BadInput, UnknownName
from clearbay.store import Home
from clearbay.store.devices import Channel, Config, Devices, GapRequest, GapRequests, Heard, Seen

SEEN = Seen(1, 2, 3, 1, "2017", "tcp", (Heard(2, "##0001", False, "why"),))


def test_a_decision_is_kept(home: Home) -> None:
    """What is laid down for a device comes back as it was, and grows the register's version."""
    devices = Devices(home)
    before = devices.version()
    config = Config(
        (Channel("w01018", "CODCr", "ug/L"),), 10, False, True, "2017", ("modbus",), "p", "k", "surface", 0, False
    )
    made = devices.decide("M1", "approved", station="A", config=config)
    assert devices.get("M1") == made
    assert devices.get("M1").config == config
    assert devices.version() == before + 1
    assert devices.decide("M1", "refused").config == config
    assert devices.decide("M1", "approved").station == "A"


def test_an_approval_needs_a_registered_station(home: Home) -> None:
    """No device sends for nobody; nor is anything changed where one of many decisions does not fit."""
    devices = Devices(home)
    with pytest.raises(BadInput, match="no station"):
        devices.decide("M1", "approved")
    with pytest.raises(BadInput, match="no station"):
        devices.decide_all([("M2", "approved", "A", None), ("M3", "approved", "Z", None)])
    for bad in ("", "a b", "a;b", "x" * 65, "a\nb"):
        with pytest.raises(BadInput, match="MN"):
            devices.decide(bad, "refused")
    assert devices.every() == ()
    with pytest.raises(UnknownName):
        devices.get("M1")


def test_what_was_heard_is_noted(home: Home) -> None:
    """Unknown devices become pending with what they sent; decided ones keep their decision."""
    devices = Devices(home)
    devices.decide("M1", "approved", station="A")
    version = devices.version()
    devices.note({"M1": SEEN, "M2": SEEN}, ["M1", "M2"])
    assert [(one.mn, one.status, one.seen) for one in devices.every()] == [
        ("M1", "approved", SEEN),
        ("M2", "pending", SEEN),
    ]
    assert devices.version() == version + 1
    later = Seen(1, 9)
    devices.note({"M2": later}, ["M2"])
    assert devices.get("M2").seen == later
    assert [one.mn for one in devices.every(status="pending")] == ["M2"]
    assert devices.version() == version + 1


def test_a_device_is_forgotten(home: Home) -> None:
    """What is removed is gone with all that was heard, and others notice."""
    devices = Devices(home)
    devices.decide("M1", "approved", station="A")
    devices.note({"M1": SEEN})
    version = devices.version()
    devices.forget("M1")
    assert devices.every() == ()
    assert devices.version() > version


def test_requests_for_gaps_are_remembered(home: Home) -> None:
    """A gap has one request, its newest state."""
    requests = GapRequests(home)
    first = GapRequest("M1", "2061", 5, 6, 1, 7, "asked")
    requests.put([first, GapRequest("M2", "2061", 5, 6, 1, 7, "asked")])
    later = GapRequest("M1", "2061", 5, 6, 1, 7, "answered")
    requests.put([later])
    assert requests.every("M1") == (later,)
    assert len(requests.every()) == 2


def test_a_register_of_a_newer_program_is_read() -> None:
    """Settings that this version does not know are left out."""
    assert Config.from_json({**Config(minutes=5).as_json(), "unheard_of": 1}) == Config(minutes=5)
