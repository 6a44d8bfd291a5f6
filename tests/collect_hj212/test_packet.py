from __future__ import annotations

import pytest
from hypothesis import given

from clearbay.collect.hj212 import Packet, decode, encode, frames, read
from clearbay.collect.hj212.packet import framed
from clearbay.collect.hj212.versions import flag_of, version_of
from clearbay.model.errors import BadInput
from tests.collect_hj212.streams import streams
from tests.collect_hj212.vectors import STANDARD, packet, rows

LENGTH_AND_CHECK_RIGHT = {1, 5, 6, 8, 9, 10, 11, 12, 16, 18, 20}
"""Rows of the file (from 1) that are valid packets."""

REFUSED = {
    2: "check is 1100, should be 2D00",
    3: "check is 4980, should be 3C00",
    4: "check is f9c1, should be 7340",
    7: "check is 2800, should be D801",
    13: "without frame",
    14: "without frame",
    15: "without frame",
    17: "without frame",
    19: "without frame",
    21: "check is 4981, should be 4980",
}


def only(data: bytes) -> Packet:
    (frame,) = frames(data)
    return decode(frame)


@pytest.mark.parametrize("number", range(1, 22))
def test_real_packets(number: int) -> None:
    """Each of the 21 is read and written back to the byte, or refused with its reason."""
    given = rows()[number - 1]["packet"].encode()
    if number in LENGTH_AND_CHECK_RIGHT:
        assert encode(only(given)) == given + b"\r\n"
    else:
        with pytest.raises(BadInput, match=REFUSED[number]):
            only(given)


@pytest.mark.parametrize(
    ("number", "version", "count", "codes"),
    [
        (1, "2017", 7, {"a21005", "a21004", "a21007", "a21006", "a21001", "a21003", "a21002"}),
        (5, "2017", 7, {"a2106", "a2107", "a2104", "a2105", "a2102", "a2103", "a2101"}),
        (8, "2017", 11, None),
        (9, "2017", 5, {"a34006", "a34007", "a34048", "a34047", "a34049"}),
        (10, "2017", 9, None),
        (11, "2017", 17, None),
        (12, "2005", 0, set()),
        (18, "2005", 3, {"B01", "011", "060"}),
        (20, "2005", 3, {"B01", "011", "060"}),
    ],
)
def test_what_real_packets_carry(number: int, version: str, count: int, codes: set[str] | None) -> None:
    """Version, number of values and codes of real packets; unknown codes are kept."""
    found = only(rows()[number - 1]["packet"].encode())
    assert (found.version, len(found.data)) == (version, count)
    assert codes is None or {row.code for row in found.data} == codes


def test_a_kind_no_standard_knows_is_kept() -> None:
    """One real device sends LA-td: code LA, kind td."""
    row = only(rows()[9]["packet"].encode()).data[0]
    assert row[1:] == ("LA", "td", 50.1, "N")


def test_the_sample_of_the_standard() -> None:
    """All fields of the standard's own packet."""
    found = only(STANDARD)
    assert (found.qn, found.st, found.cn, found.pw, found.mn, found.flag) == (
        "20160801085857223", "32", "1062", "100000", "010000A8900016F000169DC0", 5,
    )  # fmt: skip
    assert (found.version, found.wants_answer, found.pnum, found.pno) == ("2017", True, None, None)
    assert found.content.fields == (("RtdInterval", "30"),)
    assert found.notes == ()
    assert encode(found) == STANDARD


@given(streams)
def test_damage_never_crashes(data: bytes) -> None:
    """Every frame of any stream is read, and then written back to the byte, or refused with a reason."""
    for frame in frames(data):
        try:
            found = decode(frame)
        except BadInput:
            continue
        else:
            # A length in characters is written back in bytes.
            assert encode(found)[6:-2] == frame.raw[6:]
            assert found.notes is not None


@pytest.mark.parametrize(
    ("segment", "where"),
    [
        (b"ST=32;CN=2011;MN=1;CP=&&", "CP"),
        (b"ST=32;CN=2011;MN=1;", "CP"),
        (b"ST=32;CN=2011;CP=&&&&", "MN"),
        (b"CN=2011;MN=1;CP=&&&&", "ST"),
        (b"ST=32;MN=1;CP=&&&&", "CN"),
        (b"ST=32;CN=20X1;MN=1;CP=&&&&", "CN"),
        (b"ST=32;CN=2011;CN=2011;MN=1;CP=&&&&", "CN"),
        (b"ST=32;CN=2011;MN=1;Flag=256;CP=&&&&", "Flag"),
        (b"ST=32;CN=2011;MN=1;Flag=A;CP=&&&&", "Flag"),
        (b"ST=32;CN=2011;MN=1;Flag=252;CP=&&&&", "Flag"),
        (b"ST=32;CN=2011;MN=1;Flag=7;PNUM=2;CP=&&&&", "PNO"),
        (b"ST=32;CN=2011;MN=1;Flag=7;PNUM=2;PNO=3;CP=&&&&", "PNO"),
        (b"ST=32;CN=2011;MN=1;Flag=7;PNUM=0;PNO=0;CP=&&&&", "PNUM"),
        (b"ST=32;CN=2011;junk;MN=1;CP=&&&&", "segment"),
        (b"ST=32;CN=2011;=1;MN=1;CP=&&&&", "segment"),
        (b"ST=32;CN=2011;MN=1;CP=&&DataTime=x&&", "DataTime"),
        (b"ST=32;CN=2011;MN=1;CP=&&junk&&", "CP"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(segment: bytes, where: str) -> None:
    """A right frame around a wrong segment is refused, and the field named."""
    with pytest.raises(BadInput) as caught:
        only(framed(segment))
    assert caught.value.where == where
    assert caught.value.mend


@pytest.mark.parametrize(
    ("flag", "version", "answer"),
    [(None, "2005", False), (0, "2005", False), (1, "2005", True), (3, "2005", True),
     (4, "2017", False), (5, "2017", True), (8, "2025", False), (9, "2025", True)],
)  # fmt: skip
def test_versions(flag: int | None, version: str, answer: bool) -> None:
    """The version bits of Flag tell 2005, 2017 and 2025 apart; what rests on 2025 says that it is unverified."""
    found = only(packet("DataTime=20260101080000", flag=flag))
    assert (found.version, found.wants_answer) == (version, answer)
    assert any("unverified" in note for note in found.notes) == (version == "2025")
    if flag is not None:
        assert flag_of(version_of(flag), answer=answer, part=bool(flag & 2)) == flag


def test_encrypted_content_of_2025_is_told() -> None:
    """A content of 2025 that cannot be read may be encrypted: the reason says so."""
    with pytest.raises(BadInput, match="encrypted"):
        only(packet("6A5F00C2", flag=9))


def test_departures_are_noted() -> None:
    """A packet that departs from the standard but can be read is read, and says where it departs."""
    odd = framed(
        b"MN=1;QN=1;ST=22;CN=2011;Flag=6;Made=up;CP=&&DataTime=20260101080000;a-Info=\xcc\xff"
        + b";a-Rtd=1" * 140
        + b"&&"
    )
    found = only(odd)
    assert found.others == (("Made", "up"),)
    told = " | ".join(found.notes)
    for part in ("QN '1'", "bit D", "the standard allows 1024", "order", "not UTF-8"):
        assert part in told
    assert encode(found) == odd
    assert "PNUM and PNO are given though" in " ".join(only(packet("", flag=5, more="PNUM=1;PNO=1;")).notes)


def test_a_segment_without_frame_can_be_read() -> None:
    """For whoever has the bare segment."""
    assert read(STANDARD[6:-6]).crc == "1C80"


def test_a_segment_too_long_for_four_digits_is_refused() -> None:
    """Rather than written with a length that is not its own."""
    with pytest.raises(BadInput, match="10000"):
        framed(b"x" * 10_000)
