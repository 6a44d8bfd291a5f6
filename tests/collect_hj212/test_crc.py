from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.hj212.crc import CHECKS, POLYNOMIAL, START, crc16, modbus, text_of
from tests.collect_hj212.vectors import STANDARD, rows

SEGMENT = STANDARD[6:-6]


def printed(data: bytes) -> int:
    """The algorithm as the standard prints it, bit by bit."""
    register = START
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            bit = register & 1
            register >>= 1
            if bit:
                register ^= POLYNOMIAL
    return register


def test_the_sample_of_the_standard() -> None:
    """Its 101 characters give 1C80, where Modbus would give 0759."""
    assert len(SEGMENT) == 101
    assert text_of(crc16(SEGMENT)) == "1C80"
    assert text_of(modbus(SEGMENT)) == "0759"
    assert text_of(CHECKS["modbus-swapped"](SEGMENT)) == "5907"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["crc_expected"])
def test_real_packets(row: dict[str, str]) -> None:
    """The check of every real segment is the one found for it by another program."""
    segment = row["packet"].encode()
    assert text_of(crc16(segment[6:-4] if row["kind"] == "packet" else segment)) == row["crc_expected"]


@given(st.binary(max_size=200))
def test_folding_is_the_printed_algorithm(data: bytes) -> None:
    """Folding eight places apart gives what the standard's bit by bit loop gives, for any bytes."""
    assert crc16(data) == printed(data)
    assert crc16(memoryview(data)) == crc16(bytearray(data)) == crc16(data)


@pytest.mark.parametrize("length", [*range(70), 127, 128, 129, 1023, 1024, 1025, 9999, 131_071, 131_072, 131_073])
def test_every_length(length: int) -> None:
    """Also around the widths of the folds, and beyond the widest."""
    data = bytes((place * 37 + 11) & 255 for place in range(length))
    assert crc16(data) == printed(data)


def test_a_check_takes_256_values() -> None:
    """The standard's own weakness: half of the register is lost with each byte, so one damage in 256 passes."""
    assert len({crc16(bytes([first, second])) for first in range(256) for second in range(256)}) == 256
