"""Passwords: hashed with Argon2id, long rather than contrived, none of those that everybody tries first.

Parameters are the second recommended option of RFC 9106, section 4 (3 passes, 64 MiB, 4 lanes), as argon2-cffi
ships them under ``RFC_9106_LOW_MEMORY``.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.profiles import RFC_9106_LOW_MEMORY

from clearbay.model.errors import BadInput
from clearbay.packs.sheet import DATA

SHORTEST, LONGEST = 12, 256
"""Characters of a password. No rules of composition: length is what counts."""

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of passwords that are read from paper: without 0, 1, i, l and o."""


def check(password: str, *, near: tuple[str, ...] = ()) -> str:
    """The password as it is hashed (NFKC); ``BadInput`` where it is too short, too long, or among the first tried.

    ``near`` are words that it may not be made of: login, name, e-mail.

    >>> check("a boat, two herons and the tide")
    'a boat, two herons and the tide'
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        raise BadInput(
            f"a password has at least {SHORTEST} characters", where="password", mend="a few words in a row do well"
        )
    if len(text) > LONGEST:
        raise BadInput(f"a password has at most {LONGEST} characters", where="password", mend="make it shorter")
    plain = text.casefold()
    if plain in _common() or _monotonous(plain) or any(_made_of(plain, word.casefold()) for word in near):
        raise BadInput(
            "this password is among the first that are tried",
            where="password",
            mend="take words that say nothing of you",
        )
    return text


def encode(password: str) -> str:
    """The Argon2id hash of a password, with its salt and parameters."""
    return _HASHER.hash(unicodedata.normalize("NFKC", password))


def verify(encoded: str, password: str) -> bool:
    """Whether this is the password. Without a hash (nobody of that name, no password) the same work is done for
    nothing, so that the time taken tells nothing.
    """
    text = unicodedata.normalize("NFKC", password[: LONGEST + 1])
    try:
        return _HASHER.verify(encoded or _nobody(), text) and bool(encoded)
    except (Argon2Error, InvalidHashError):
        return False


def outdated(encoded: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(encoded)


def made_up() -> str:
    """A password for one sign-in: 20 characters to be read from paper, some 99 bits.

    >>> len(made_up())
    23
    """
    letters = [secrets.choice(_LETTERS) for _ in range(20)]
    return "-".join("".join(letters[at : at + 5]) for at in range(0, 20, 5))


@cache
def _common() -> frozenset[str]:
    lines = (DATA / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _monotonous(text: str) -> bool:
    """A short piece over and over, or letters and digits in a row."""
    if re.fullmatch(r"(.{1,4}?)\1+.{0,3}", text):
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}


def _made_of(text: str, word: str) -> bool:
    """Whether little but a word of one's own is left."""
    return len(word) >= 3 and word in text and len(text.replace(word, "")) <= 6
