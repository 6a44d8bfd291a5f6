"""HJ 212: what monitoring devices on the mainland send over the wire, decoded and written. Pure: no I/O, no clock.

Bytes of a connection become frames (``Framer``), a good frame a packet (``decode``), parts of one a whole packet
(``Assembler``), a data packet readings (``readings``, ``take``); ``acknowledgement`` is the answer it is owed. For a
packet that was read, ``encode`` gives back the bytes that came.

HJ 212-2017 was read in its official text. HJ/T 212-2005 is read as far as the two agree (its pollutant codes are kept
but not known). HJ 212-2025 rests on one secondary source and is marked unverified; its encryption (SM4) is not done.
"""

from __future__ import annotations

from clearbay.collect.hj212.codes import Pollutant, pollutants
from clearbay.collect.hj212.content import Content, Datum
from clearbay.collect.hj212.crc import CHECKS, crc16
from clearbay.collect.hj212.frame import MAX_FRAME, Frame, Framer, frames
from clearbay.collect.hj212.json_form import as_json, frame_as_json, from_json
from clearbay.collect.hj212.packet import Packet, decode, encode, read
from clearbay.collect.hj212.parts import Assembler, Unfinished, whole
from clearbay.collect.hj212.quality import FLAGS, qartod
from clearbay.collect.hj212.readings import LeftOut, Taken, check_units, readings, table, take
from clearbay.collect.hj212.replies import (
    EXE_RTN,
    QN_RTN,
    acknowledgement,
    data_answer,
    execution_answer,
    notice_answer,
    request_answer,
)

__all__ = [
    "CHECKS",
    "EXE_RTN",
    "FLAGS",
    "MAX_FRAME",
    "QN_RTN",
    "Assembler",
    "Content",
    "Datum",
    "Frame",
    "Framer",
    "LeftOut",
    "Packet",
    "Pollutant",
    "Taken",
    "Unfinished",
    "acknowledgement",
    "as_json",
    "check_units",
    "crc16",
    "data_answer",
    "decode",
    "encode",
    "execution_answer",
    "frame_as_json",
    "frames",
    "from_json",
    "notice_answer",
    "pollutants",
    "qartod",
    "read",
    "readings",
    "request_answer",
    "table",
    "take",
    "whole",
]
