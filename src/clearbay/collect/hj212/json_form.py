"""A packet as one JSON object, and back: the form of ``clearbay hj212 decode`` and ``encode``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clearbay.collect.hj212 import segment as segments
from clearbay.collect.hj212.content import Datum
from clearbay.collect.hj212.crc import CHECKS, STANDARD
from clearbay.collect.hj212.frame import SEGMENT_LIMIT, Frame
from clearbay.collect.hj212.packet import CONTENT_LIMIT, Packet, decode, read
from clearbay.collect.hj212.versions import ANSWER, PART, flag_of, version_of
from clearbay.collect.hj212.writing import build
from clearbay.model.errors import BadInput

_NAMES = {"qn": "QN", "st": "ST", "cn": "CN", "pw": "PW", "mn": "MN"}
_COMPARED = ("version", "qn", "st", "cn", "pw", "mn", "flag", "pnum", "pno", "data", "fields")


def as_json(packet: Packet) -> dict[str, Any]:
    """A packet as plain values. ``segment`` and ``crc`` are what came, so that ``from_json`` gives the same bytes."""
    return {
        "version": packet.version,
        "st": packet.st,
        "cn": packet.cn,
        "mn": packet.mn,
        "qn": packet.qn,
        "pw": packet.pw,
        "flag": packet.flag,
        "pnum": packet.pnum,
        "pno": packet.pno,
        "crc_ok": True,
        "length_ok": True,
        "data": [
            {
                "time": row.time.isoformat() if row.time is not None else None,
                "code": row.code,
                "kind": row.kind,
                "value": row.value,
                "flag": row.flag,
            }
            for row in packet.data
        ],
        "fields": _gathered(packet.content.fields),
        "notes": list(packet.notes),
        "segment": packet.segment,
        "crc": packet.crc,
    }


def _gathered(fields: tuple[tuple[str, str], ...]) -> dict[str, str | list[str]]:
    """Fields by name; one that comes more than once has a list."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def frame_as_json(frame: Frame) -> dict[str, Any]:
    """What a frame says, or ``error`` with the reason and as much of the packet as can be told."""
    try:
        return as_json(decode(frame))
    except BadInput as error:
        what = error.what if error.where == "frame" else f"{error.where}: {error.what}"
        told: dict[str, Any] = {"error": what}
    if frame.declared is not None:
        told |= {"crc_ok": frame.crc_ok, "length_ok": frame.length_ok}
    told |= _told(frame.segment)
    told["raw"] = segments.decode_text(frame.raw)
    return told


def _told(segment: bytes) -> dict[str, Any]:
    """Header fields of a segment that may be damaged: for whoever looks for the device, not to be relied on."""
    head = segments.decode_text(segment).split(segments.OPEN)[0].split(";")
    found = {name: value for name, mark, value in (item.partition("=") for item in head) if mark}
    return {key: found[name] for key, name in _NAMES.items() if key != "pw" and name in found}


def from_json(given: Mapping[str, Any]) -> Packet:
    """Make the packet that an object describes.

    With ``segment`` it is that segment, to the byte, and what else is given must agree with it. Without, it is built
    in the standard's form from ``st``, ``cn``, ``mn``, and where wanted ``qn``, ``pw``, ``flag`` (or ``version`` and
    ``answer``), ``pnum``, ``pno``, ``fields`` and ``data`` (or ``cp`` in place of these two). Raises ``BadInput``.
    """
    if "error" in given:
        raise BadInput("it was not a valid packet", where="error", mend="leave it out")
    if "segment" in given:
        return _as_it_came(given)
    packet = read(segments.encode_text(segments.join(_fields(given), _content(given))))
    size, inner = len(segments.encode_text(packet.segment)), len(segments.split(packet.segment)[1])
    if size > SEGMENT_LIMIT or inner > CONTENT_LIMIT:
        raise BadInput(
            f"data segment of {size} characters, content of {inner}",
            where="data",
            mend=f"the standard allows {SEGMENT_LIMIT} and {CONTENT_LIMIT}: send it in parts with pnum and pno",
        )
    return packet


def _as_it_came(given: Mapping[str, Any]) -> Packet:
    segment = segments.encode_text(_string(given, "segment"))
    crc = _string(given, "crc") if given.get("crc") else ""
    check = STANDARD
    if crc:
        fits = [name for name, check_of in CHECKS.items() if crc.upper() == f"{check_of(segment):04X}"]
        if not fits:
            raise BadInput(f"{crc!r} is not the check of the segment", where="crc", mend="leave crc out")
        check = fits[0]
    packet = read(segment, crc, check)
    said = as_json(packet)
    for key in _COMPARED:
        if key in given and given[key] != said[key]:
            raise BadInput(f"{key} disagrees with segment", where=key, mend="leave segment out to build it anew")
    return packet


def _fields(given: Mapping[str, Any]) -> dict[str, str]:
    fields = {name: _string(given, key) for key, name in _NAMES.items() if given.get(key) not in (None, "")}
    pnum, pno = given.get("pnum"), given.get("pno")
    flag = given.get("flag")
    if flag is None and ("version" in given or "answer" in given):
        version = str(given.get("version", "2017"))
        if version != "2005" or given.get("answer") or pnum is not None:
            flag = flag_of(version, answer=bool(given.get("answer")), part=pnum is not None)
    elif flag is None and "flag" not in given:
        flag = flag_of("2017", part=pnum is not None)
    for name, value in (("Flag", flag), ("PNUM", pnum), ("PNO", pno)):
        if value is not None:
            if not isinstance(value, int) or isinstance(value, bool):
                raise BadInput(f"{name} is {value!r}", where=name.lower(), mend="give a whole number")
            fields[name] = str(value)
    if isinstance(flag, int):
        if "version" in given and version_of(flag) != str(given["version"]):
            raise BadInput(f"Flag {flag} is not of version {given['version']}", where="flag", mend="leave one out")
        if "answer" in given and bool(flag & ANSWER) != bool(given["answer"]):
            raise BadInput(f"Flag {flag} and answer disagree", where="flag", mend="leave one out")
        if bool(flag & PART) and pnum is None and "cp" not in given:
            raise BadInput(f"Flag {flag} announces parts", where="flag", mend="give pnum and pno, or clear bit D")
    return fields


def _content(given: Mapping[str, Any]) -> str:
    if "cp" in given:
        if "data" in given or "fields" in given:
            raise BadInput("cp is given beside data or fields", where="cp", mend="give one or the other")
        return _string(given, "cp")
    fields, data = ({} if given.get("fields") is None else given["fields"]), given.get("data", [])
    if not isinstance(fields, Mapping) or not isinstance(data, list):
        raise BadInput("fields is an object, data a list", where="data", mend="see the output of decode")
    named = [(str(name), values if isinstance(values, list) else [values]) for name, values in fields.items()]
    return build([_datum(row) for row in data], [(name, str(value)) for name, values in named for value in values])


def _datum(row: object) -> Datum:
    if not isinstance(row, Mapping):
        raise BadInput(f"{row!r} is no row", where="data", mend="give objects with time, code, kind, value, flag")
    time, value = row.get("time"), row.get("value")
    try:
        moment = None if time is None else datetime.fromisoformat(str(time))
    except ValueError as error:
        raise BadInput(f"{time!r} is not a time", where="data.time", mend="write 2026-01-31T08:00:00") from error
    if moment is not None and moment.tzinfo is not None:
        raise BadInput(f"{time!r} has a zone, packets have none", where="data.time", mend="give the device's own time")
    if isinstance(value, bool) or not (value is None or isinstance(value, (int, float, str))):
        raise BadInput(f"{value!r} is no value", where="data.value", mend="give a number, a text or null")
    number = float(value) if isinstance(value, int) else value
    return Datum(moment, str(row.get("code", "")), str(row.get("kind", "")), number, str(row.get("flag") or ""))


def _string(given: Mapping[str, Any], key: str) -> str:
    value = given[key]
    if not isinstance(value, str):
        raise BadInput(f"{key} is {value!r}", where=key, mend="give a text")
    return value
