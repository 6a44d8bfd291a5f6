from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.hj212 import as_json, decode, encode, frame_as_json, frames, from_json
from clearbay.model.errors import BadInput
from tests.collect_hj212.streams import streams
from tests.collect_hj212.vectors import STANDARD, rows

NEW: dict[str, Any] = {
    "st": "32", "cn": "2061", "mn": "010000A8900016F000169DC0", "qn": "20260101090001000", "pw": "123456", "flag": 5,
    "data": [{"time": "2026-01-01T08:00:00", "code": "w01018", "kind": "Avg", "value": 12.5, "flag": "N"}],
}  # fmt: skip


@given(streams)
def test_valid_packets_come_back_to_the_byte(data: bytes) -> None:
    """decode, print as JSON, read the JSON, encode: the same bytes."""
    for frame in frames(data):
        told = json.loads(json.dumps(frame_as_json(frame)))
        if "error" not in told:
            assert encode(from_json(told)) == encode(decode(frame))


packets = st.fixed_dictionaries(
    {
        "st": st.sampled_from(["21", "22", "32", "91"]),
        "cn": st.from_regex(r"[0-9]{4}", fullmatch=True),
        "mn": st.from_regex(r"[0-9A-F]{1,24}", fullmatch=True),
        "qn": st.one_of(st.just(""), st.from_regex(r"[0-9]{17}", fullmatch=True)),
        "pw": st.one_of(st.just(""), st.from_regex(r"[0-9A-Za-z]{6}", fullmatch=True)),
        "flag": st.sampled_from([None, 0, 1, 4, 5, 8, 9]),
        "fields": st.dictionaries(
            st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True),
            st.from_regex(r"[0-9a-zé名]{0,9}", fullmatch=True),
            max_size=3,
        ),
        "data": st.lists(
            st.fixed_dictionaries(
                {
                    "time": st.just(None),
                    "code": st.from_regex(r"[aw][0-9]{5}", fullmatch=True),
                    "kind": st.sampled_from(["Rtd", "Avg", "Min", "Max", "Cou", "ZsRtd", "Info"]),
                    "value": st.one_of(st.none(), st.floats(-1e9, 1e9), st.just("--")),
                    "flag": st.sampled_from([*"NFMSDCTB", ""]),
                }
            ),
            max_size=8,
        ),
    }
)  # fmt: skip


@given(packets)
def test_what_is_written_is_read(given_: dict[str, Any]) -> None:
    """decode(encode(x)) is x, for packets that are built from their fields."""
    made = from_json(given_)
    (frame,) = frames(encode(made))
    read = decode(frame)
    assert read == made
    told = as_json(read)
    assert {key: told[key] for key in given_} == given_


def test_a_packet_is_built_in_the_standards_form() -> None:
    """Fields in their order, four digits of length, the check in capitals, CR LF."""
    assert encode(from_json(NEW)) == (
        b"##0140QN=20260101090001000;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"
        b"CP=&&DataTime=20260101080000;w01018-Avg=12.5,w01018-Flag=N&&" + encode(from_json(NEW))[-6:]
    )
    sample = {"st": "32", "cn": "1062", "mn": "010000A8900016F000169DC0", "qn": "20160801085857223", "pw": "100000",
              "flag": 5, "fields": {"RtdInterval": "30"}}  # fmt: skip
    assert encode(from_json(sample)) == STANDARD


@pytest.mark.parametrize(
    ("more", "flag"),
    [({}, 4), ({"version": "2017", "answer": True}, 5), ({"version": "2025"}, 8), ({"version": "2005"}, None),
     ({"pnum": 2, "pno": 1}, 6), ({"answer": True, "pnum": 2, "pno": 1}, 7), ({"flag": None}, None)],
)  # fmt: skip
def test_flag_follows_from_what_is_wanted(more: dict[str, Any], flag: int | None) -> None:
    """Version, answer and parts make Flag where it is not given."""
    given_ = {key: value for key, value in NEW.items() if key != "flag"} | more
    assert from_json(given_).flag == flag


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"st": 32}, "st"), ({"mn": ""}, "MN"), ({"cn": "20"}, "CN"), ({"flag": "5"}, "flag"), ({"flag": 300}, "Flag"),
        ({"flag": True}, "flag"), ({"flag": 7}, "flag"), ({"flag": 4, "version": "2025"}, "flag"),
        ({"flag": 4, "answer": True}, "flag"), ({"qn": "1;2"}, "QN"), ({"data": [1]}, "data"), ({"data": {}}, "data"),
        ({"cp": "a-b=1"}, "cp"), ({"error": "x"}, "error"), ({"segment": STANDARD[6:-6].decode()}, "qn"),
        ({"data": [{"code": "a", "kind": "Rtd", "value": True}]}, "data.value"),
        ({"data": [{"code": "a", "kind": "Rtd", "time": "soon"}]}, "data.time"),
        ({"data": [{"code": "a", "kind": "Rtd", "time": "2026-01-01T00:00:00Z"}]}, "data.time"),
        ({"data": [{"code": "w01018", "kind": "Avg", "value": 1.0}] * 80}, "data"),
    ],
)  # fmt: skip
def test_what_makes_no_packet_is_refused(change: dict[str, Any], where: str) -> None:
    """With the place and the way to mend it; what the standard forbids is not written."""
    with pytest.raises(BadInput) as caught:
        from_json(NEW | change)
    assert caught.value.where == where
    assert caught.value.mend


def test_a_segment_and_what_it_says_must_agree() -> None:
    """An edited value beside the old segment is not overlooked."""
    told = frame_as_json(next(frames(rows()[0]["packet"].encode())))
    told["data"][0]["value"] = 99.0
    with pytest.raises(BadInput, match="data disagrees"):
        from_json(told)
    del told["segment"]
    assert from_json(told).data[0].value == 99.0
    told = frame_as_json(next(frames(STANDARD)))
    with pytest.raises(BadInput, match="not the check"):
        from_json(told | {"crc": "FFFF"})


def test_decimals_can_be_kept() -> None:
    """A value given as text is written as it stands, and read as a number."""
    found = from_json(NEW | {"data": [{"code": "w01018", "kind": "Avg", "value": "12.50"}]})
    assert found.segment.endswith("w01018-Avg=12.50&&")
    assert found.data[0].value == 12.5


def test_a_damaged_packet_tells_what_it_can() -> None:
    """Whose it may be, what is right and wrong, and its bytes; no data, for they cannot be believed."""
    told = frame_as_json(next(frames(STANDARD.replace(b"1C80", b"0000"))))
    assert told["error"] == "check is 0000, should be 1C80"
    assert (told["crc_ok"], told["length_ok"], told["mn"]) == (False, True, "010000A8900016F000169DC0")
    assert "data" not in told
    assert "length_ok" not in frame_as_json(next(frames(b"hello")))


def test_several_times_are_all_told() -> None:
    """A field that comes twice is a list."""
    head = {key: value for key, value in NEW.items() if key != "data"}
    made = from_json(head | {"cp": "DataTime=20260101080000;a-Avg=1;DataTime=20260101090000;a-Avg=2"})
    told = as_json(made)
    assert told["fields"] == {"DataTime": ["20260101080000", "20260101090000"]}
    del told["segment"], told["crc"]
    assert from_json(told).segment == made.segment
