"""What the field Flag says: the version of the standard, whether an answer is wanted, whether the packet is a part."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clearbay.model.errors import BadInput

VERSIONS: Mapping[int, str] = MappingProxyType({0: "2005", 1: "2017", 2: "2025"})
"""Version bits V5-V0 of Flag. 0 and 1: HJ 212-2017, table 3 (official text). 2: HJ 212-2025, from one secondary source,
unverified."""

UNVERIFIED = frozenset({"2025"})
"""Versions of which the official text was not read."""

ANSWER, PART = 1, 2
"""Bit A: the sender wants an answer. Bit D: the packet has PNUM and PNO, because it is one of several parts."""


def version_of(flag: int | None) -> str:
    """The version that a Flag names; a packet without Flag is one of 2005. ``BadInput`` for a version nobody knows."""
    if flag is None:
        return VERSIONS[0]
    try:
        return VERSIONS[flag >> 2]
    except KeyError:
        known = ", ".join(f"{bits} for {version}" for bits, version in VERSIONS.items())
        raise BadInput(
            f"version bits {flag >> 2} of Flag={flag} are not known", where="Flag", mend=f"known: {known}"
        ) from None


def flag_of(version: str, *, answer: bool = False, part: bool = False) -> int:
    """Flag of a version; 2017 without answer is 4, with answer 5, in parts with answer 7."""
    for bits, name in VERSIONS.items():
        if name == version:
            return bits << 2 | (ANSWER if answer else 0) | (PART if part else 0)
    raise BadInput(f"no version {version!r}", where="version", mend=f"known: {', '.join(VERSIONS.values())}")
