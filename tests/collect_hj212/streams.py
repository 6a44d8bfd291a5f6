"""Streams for property tests: good packets, damaged ones and noise, cut anywhere."""

from __future__ import annotations

from hypothesis import strategies as st

from clearbay.collect.hj212 import Frame, Framer
from tests.collect_hj212.vectors import STANDARD, packet, rows

REAL = [STANDARD, *(row["packet"].encode() for row in rows())]
WHOLE = [
    *(data if data.endswith(b"\r\n") else data + b"\r\n" for data in REAL),
    packet("DataTime=20260101080000;w01018-Avg=12.5,w01018-Flag=N", cn="2061"),
    packet("PolId=名称"),
    packet("", flag=None),
]
noise = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(b" # ## ##0 ##012 ##9999 ##0000 ### \r\n\r\n &&1C80 GET/".split(b" ")),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A packet with a few bytes changed, taken away or put in."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
            case 1:
                del data[place : place + draw(st.integers(1, 60))]
            case 2:
                data[place:place] = draw(noise)
            case _:
                del data[place:]
    return bytes(data)


streams = st.lists(st.one_of(st.sampled_from(WHOLE), st.sampled_from(REAL), damaged(), noise), max_size=8).map(b"".join)


def fed(data: bytes, cuts: list[int]) -> list[Frame]:
    """The frames of a stream that arrives in pieces."""
    framer, found, before = Framer(), [], 0
    for cut in [*sorted(cuts), len(data)]:
        found += framer.feed(data[before:cut])
        before = max(before, cut)
    return found + framer.finish()
