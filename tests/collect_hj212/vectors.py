"""Real packets and segments from public projects (see DATA_LICENSES.md), and made ones."""

from __future__ import annotations

import csv
from pathlib import Path

from clearbay.collect.hj212.packet import framed

FILE = Path(__file__).parent.parent / "data" / "hj212_packets.csv"
STANDARD = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    b"CP=&&RtdInterval=30&&1C80\r\n"
)
"""The sample of HJ 212-2017 itself."""


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def packet(cp: str, *, cn: str = "2011", flag: int | None = 5, more: str = "", st: str = "32") -> bytes:
    """A made packet in a right frame."""
    said = "" if flag is None else f"Flag={flag};"
    head = f"QN=20160801085857223;ST={st};CN={cn};PW=123456;MN=010000A8900016F000169DC0;{said}{more}"
    return framed(f"{head}CP=&&{cp}&&".encode())
