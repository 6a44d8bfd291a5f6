from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.hj212 import MAX_FRAME, Framer, frames
from clearbay.model.errors import UnknownName
from tests.collect_hj212.streams import WHOLE, damaged, fed, noise, streams
from tests.collect_hj212.vectors import STANDARD, packet


@given(streams, st.data())
def test_any_split_gives_the_same_frames(data: bytes, draw: st.DataObject) -> None:
    """What comes out depends on the bytes alone, never on how they were cut."""
    cuts = draw.draw(st.lists(st.integers(0, len(data)), max_size=12))
    assert fed(data, cuts) == list(frames(data))


@given(streams)
def test_byte_by_byte(data: bytes) -> None:
    """Also when every byte comes alone."""
    assert fed(data, list(range(len(data)))) == list(frames(data))


@given(st.lists(st.sampled_from([data for data in WHOLE if data.startswith(b"##")]), min_size=1), st.integers(0, 3))
def test_glued_packets_are_all_found(packets: list[bytes], blanks: int) -> None:
    """Packets back to back, with or without line ends and blank lines between them."""
    found = list(frames((b"\r\n" * blanks).join(packets)))
    assert [frame.raw for frame in found] == [data.rstrip() for data in packets]


@given(damaged(), noise)
def test_the_packet_behind_a_damaged_one_is_found(before: bytes, between: bytes) -> None:
    """Resynchronising: whatever stands before it, a good packet on a line of its own is never lost."""
    found = list(frames(before + between + b"\r\n" + STANDARD))
    assert found[-1].raw == STANDARD.rstrip()
    assert found[-1].ok


@given(streams)
def test_nothing_is_dropped(data: bytes) -> None:
    """Every byte but blanks between frames comes out, in its order."""
    raw = b"".join(frame.raw for frame in frames(data))
    blank = b"\r\n \t"
    assert raw.translate(None, blank) == data.translate(None, blank)


def test_a_good_frame_needs_no_line_end() -> None:
    """It is complete with its last digit of check: a device that sends no CR LF is not left waiting."""
    framer = Framer()
    assert framer.feed(STANDARD[:-3]) == []
    (frame,) = framer.feed(STANDARD[-3:-2])
    assert frame.ok
    assert framer.feed(b"\r\n") == []
    assert framer.pending == 0


@pytest.mark.parametrize("length", [b"0100", b"0102", b"0000", b"0007", b"0500", b"9999"])
def test_a_wrong_length_costs_one_frame(length: bytes) -> None:
    """The stated length is not followed into the next packet; the reason names both lengths."""
    framer = Framer()
    bad, good = framer.feed(STANDARD.replace(b"0101", length) + STANDARD)
    assert (bad.length_ok, bad.crc_ok, bad.ok) == (False, True, False)
    assert bad.fault == f"length is stated as {int(length)}, found 101"
    assert good.ok


@pytest.mark.parametrize("kept", range(1, len(STANDARD) - 4))
def test_a_packet_cut_short_by_the_next(kept: int) -> None:
    """A packet broken off by the next one, without a line end, takes nothing of it along."""
    found = list(frames(STANDARD[:kept] + STANDARD))
    assert found[-1].ok
    assert not any(frame.ok for frame in found[:-1])


def test_reasons() -> None:
    """Each damage has its reason."""
    assert next(frames(b"hello\r\n")).fault == "no frame: ## and four digits of length are missing"
    assert "a data segment without frame" in next(frames(STANDARD[6:-6])).fault
    assert next(frames(STANDARD.replace(b"1C80", b"1C08"))).fault == "check is 1C08, should be 1C80"
    assert next(frames(STANDARD.replace(b"1C80", b"1C8"))).fault == (
        "no check of four hexadecimal digits at its end; length is stated as 101, found 104"
    )
    assert "should be" in next(frames(STANDARD.replace(b"=30", b"=31"))).fault


@pytest.mark.parametrize(("check", "text"), [("modbus-swapped", b"5907"), ("modbus", b"0759")])
def test_another_check_only_when_asked_for(check: str, text: bytes) -> None:
    """A vendor's check is refused, with a hint, unless the device is configured so; the standard's stays accepted."""
    other = STANDARD.replace(b"1C80", text)
    (refused,) = frames(other)
    assert refused.fault == (f"check is {text.decode()}, should be 1C80 (it is the {check} check, not accepted here)")
    assert [frame.check for frame in frames(other + STANDARD, accept=[check])] == [check, "standard"]
    with pytest.raises(UnknownName, match="no check is called"):
        Framer(["crc32"])


def test_lower_case_checks_are_right() -> None:
    """Some devices write the check in small letters."""
    (frame,) = frames(STANDARD.replace(b"1C80", b"1c80"))
    assert frame.ok


def test_a_length_in_characters_is_right() -> None:
    """Where Chinese text stands in the segment, the length may count its characters or its bytes."""
    data = packet("PolId=总磷")
    size = len(data) - 12
    (frame,) = frames(data.replace(b"%04d" % size, b"%04d" % (size - 4)))
    assert frame.ok
    assert next(frames(data)).ok


@pytest.mark.parametrize("pattern", [b"#", b"##0", b"##9999", b"x", b"##9999QN=", b"&&", b"\r", b"##000"])
def test_memory_stays_bounded_and_time_linear(pattern: bytes) -> None:
    """A stream that never makes a packet is held back by no more than one frame, and read in linear time."""
    data = (pattern * 40_000)[:40_000]
    framer, start = Framer(), time.process_time()
    for place in range(len(data)):
        framer.feed(data[place : place + 1])
        assert framer.pending <= MAX_FRAME
    assert time.process_time() - start < 5
    assert framer.feed(b"\n" + STANDARD)[-1].ok
