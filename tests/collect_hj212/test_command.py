from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clearbay.cli.hj212 import app
from clearbay.collect.hj212.packet import framed
from clearbay.model.errors import BadInput
from tests.collect_hj212.vectors import STANDARD, rows

VALID = [row["packet"].encode() + b"\r\n" for row in rows() if row["crc_ok"] == "True"]


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def test_all_given_packets(tmp_path: Path) -> None:
    """One object a packet, in order; 11 of 21 are valid, so the status is 1."""
    file = tmp_path / "packets.txt"
    file.write_bytes(b"\r\n".join(row["packet"].encode() for row in rows()))
    done = run("decode", str(file))
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert len(told) == 21
    assert sum("error" not in one for one in told) == 11
    for one, row in zip(told, rows(), strict=True):
        assert ("error" in one) == (row["crc_ok"] != "True")
        if "error" not in one:
            assert one["crc_ok"]
            assert one["length_ok"]
            assert {"version", "st", "cn", "mn", "qn", "flag", "pnum", "pno", "data"} <= one.keys()
            assert all(set(value) == {"time", "code", "kind", "value", "flag"} for value in one["data"])


def test_there_and_back_through_a_pipe() -> None:
    """decode from standard input, encode from standard input: the same bytes; the status is 0."""
    stream = b"".join(VALID)
    told = run("decode", "-", given=stream)
    assert told.exit_code == 0
    assert run("encode", "--json", "-", given=told.stdout_bytes).stdout_bytes == stream


@pytest.mark.parametrize("shape", ["object", "list", "lines", "indented"])
def test_objects_may_come_in_any_shape(shape: str, tmp_path: Path) -> None:
    """One object, a list, lines, or an object over several lines."""
    (one,) = [json.loads(line) for line in run("decode", "-", given=STANDARD).stdout.splitlines()]
    text = {
        "object": json.dumps(one),
        "list": json.dumps([one, one]),
        "lines": f"{json.dumps(one)}\n\n{json.dumps(one)}\n",
        "indented": json.dumps(one, indent=2),
    }[shape]
    file = tmp_path / "packets.json"
    file.write_text(text, encoding="utf-8")
    assert run("encode", "--json", str(file)).stdout_bytes == STANDARD * (1 if shape in ("object", "indented") else 2)


def test_a_vendors_check_is_accepted_when_asked_for() -> None:
    """Refused otherwise, with the name of the check."""
    other = STANDARD.replace(b"1C80", b"5907")
    refused = run("decode", "-", given=other)
    assert refused.exit_code == 1
    assert "modbus-swapped" in json.loads(refused.stdout)["error"]
    done = run("decode", "--accept-crc", "modbus-swapped", "-", given=other)
    assert done.exit_code == 0
    assert run("encode", "--json", "-", given=done.stdout_bytes).stdout_bytes == other


def test_text_that_is_not_utf8_survives() -> None:
    """Bytes of another encoding come out as escapes and go back in as they were."""
    odd = framed(b"ST=32;CN=3020;MN=1;CP=&&i1-Info=\xd0\xc5&&")
    done = run("decode", "-", given=odd)
    assert done.exit_code == 0
    assert run("encode", "--json", "-", given=done.stdout_bytes).stdout_bytes == odd


@pytest.mark.parametrize(
    ("given", "where"), [(b"{", "-:1"), (b"[1]", "object 1"), (b'\n{"a"', "-:2"), (b'{"cn": "2011"}', "ST")]
)
def test_what_is_no_packet_is_refused(given: bytes, where: str) -> None:
    """With the line or object and what is wrong; nothing is written."""
    done = run("encode", "--json", "-", given=given)
    assert isinstance(done.exception, BadInput)
    assert where in str(done.exception)
    assert done.stdout_bytes == b""


def test_a_missing_file_is_told() -> None:
    """No stack trace for a wrong path."""
    done = run("decode", "/nowhere/packets.txt")
    assert isinstance(done.exception, BadInput)


def test_help_shows_an_example() -> None:
    """The help of every command ends with one that can be copied."""
    assert "clearbay hj212 decode" in run("--help").stdout
    for command in ("decode", "encode"):
        assert f"clearbay hj212 {command}" in run(command, "--help").stdout
