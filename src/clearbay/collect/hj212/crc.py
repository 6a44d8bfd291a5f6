"""The check of HJ 212: a CRC-16 of the standard's own, and the Modbus check that some devices send instead.

The standard xors each byte into the *high* half of the register, shifted down, before it shifts eight times:

    register = (register >> 8) ^ byte;  8 times: bit = register & 1; register >>= 1; if bit: register ^= 0xA001

from 0xFFFF on (HJ 212-2017; its sample packet ends in 1C80). Modbus xors into the low half and so gives another value.
Two things follow from the standard's form by algebra, and are checked by the tests:

- The low half of the register is lost with every byte, so a check takes only 256 different values: one damaged packet
  in 256 passes. Nothing that came with a right check may be believed unread.
- One step is a linear map of the high half whose eighth power is the identity. Bytes eight places apart may
  therefore be xored together first, which Python's long integers do for the whole segment at once: 3 µs instead of
  60 µs for a segment of 900 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

START = 0xFFFF
POLYNOMIAL = 0xA001


def _shifted(register: int) -> int:
    for _ in range(8):
        register = (register >> 1) ^ (POLYNOMIAL if register & 1 else 0)
    return register


_TABLE = tuple(_shifted(byte) for byte in range(256))


def _powers() -> tuple[bytes, ...]:
    """What a byte has become in the high half after 0 to 7 further bytes."""
    powers = [bytes(range(256))]
    for _ in range(7):
        powers.append(bytes(_TABLE[byte] >> 8 for byte in powers[-1]))
    return tuple(powers)


_P0, _P1, _P2, _P3, _P4, _P5, _P6, _P7 = _powers()
_FOLDS = tuple((64 << power, (1 << (64 << power)) - 1) for power in range(15))
"""Widths in bits, and masks, by which a long integer is folded to 64 bits; the largest holds 131,072 bytes."""
_LONGEST = (_FOLDS[-1][0] * 2) // 8


def crc16(data: bytes | bytearray | memoryview) -> int:
    """The standard's check of a data segment, 0 to 0xFFFF."""
    length = len(data)
    if not length:
        return START
    if length > _LONGEST:
        return _bytewise(data)
    folded = int.from_bytes(data, "big") ^ (0xFF << (8 * (length - 1)))
    for width, mask in reversed(_FOLDS[: ((length - 1) >> 3).bit_length()]):
        folded = (folded >> width) ^ (folded & mask)
    return _TABLE[
        _P0[folded & 255]
        ^ _P1[folded >> 8 & 255]
        ^ _P2[folded >> 16 & 255]
        ^ _P3[folded >> 24 & 255]
        ^ _P4[folded >> 32 & 255]
        ^ _P5[folded >> 40 & 255]
        ^ _P6[folded >> 48 & 255]
        ^ _P7[folded >> 56]
    ]


def _bytewise(data: bytes | bytearray | memoryview) -> int:
    register = START
    for byte in data:
        register = _TABLE[(register >> 8) ^ byte]
    return register


@cache
def _pairs() -> list[int]:
    """What two bytes make of an empty register of Modbus, by their number in little-endian order."""
    after = [_TABLE[byte] for byte in range(256)]
    return [_TABLE[(after[low] ^ high) & 255] ^ (after[low] >> 8) for high in range(256) for low in range(256)]


def modbus(data: bytes | bytearray | memoryview) -> int:
    """The check of Modbus, which is not that of the standard. Two bytes fill the register: they are taken at once."""
    register, table, even = START, _pairs(), len(data) & ~1
    for pair in struct.unpack(f"<{even >> 1}H", data[:even]):
        register = table[register ^ pair]
    if even < len(data):
        register = _TABLE[(register ^ data[even]) & 255] ^ (register >> 8)
    return register


def _swapped(data: bytes | bytearray | memoryview) -> int:
    value = modbus(data)
    return (value & 255) << 8 | value >> 8


STANDARD = "standard"
CHECKS: Mapping[str, Callable[[bytes | bytearray | memoryview], int]] = MappingProxyType(
    {STANDARD: crc16, "modbus-swapped": _swapped, "modbus": modbus}
)
"""The ways in which devices are known to check, by name. Only the first is the standard's; the others are accepted for
devices that are configured so."""


def text_of(check: int) -> str:
    """Four hexadecimal digits, high byte first."""
    return f"{check:04X}"
