"""The encrypted content of HJ 212-2025: SM4 in ECB mode without padding over what stands between ``CP=&&`` and ``&&``.

All of this rests on one secondary source and is unverified. Two things that the source does not tell are tried rather
than known: how the encrypted bytes are written in a text protocol (hexadecimal or base64 digits, or as they are), and
with what the last block is filled up (zeros and blanks at the end are removed). What does not read as a content after
decryption is refused, so a wrong guess or a wrong key never becomes a value.

Needs the package ``cryptography`` built on an OpenSSL that has SM4, as its wheels are.
"""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress

from clearbay.collect.hj212.packet import Head
from clearbay.model.errors import BadInput, StoreError

BLOCK = 16
_HEX = re.compile(r"(?:[0-9A-Fa-f]{32})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def check_key(key: str) -> bytes:
    """A key of 128 bits in hexadecimal; ``BadInput`` where it is none."""
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", key):
        raise BadInput("an SM4 key is 32 hexadecimal digits", where="key", mend="give the device's key")
    return bytes.fromhex(key)


def is_encrypted(cp: str) -> bool:
    """Whether a content cannot be plain: every plain one that says anything has ``=`` behind a name."""
    return bool(cp) and (bool(_HEX.fullmatch(cp)) or "=" not in cp.rstrip("=") or not cp.isascii())


def decrypted(head: Head, key: str) -> Head:
    """A head with its content in plain text; ``BadInput`` where the key does not fit."""
    plain = decrypt(head.cp, key)
    return head._replace(cp=plain)


def decrypt(cp: str, key: str) -> str:
    """Decrypt a content."""
    secret, why = check_key(key), "is not a whole number of blocks"
    for data in _written(cp):
        if not data or len(data) % BLOCK:
            continue
        plain = _cipher(secret, data, encrypt=False).rstrip(
            b"\0 \x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10"
        )
        try:
            text = plain.decode("utf-8")
        except UnicodeDecodeError:
            why = "does not read after decryption: the key may be wrong"
            continue
        if "=" in text and text.isprintable():
            return text
        why = "does not read after decryption: the key may be wrong"
    raise BadInput(f"the encrypted content {why}", where="CP", mend="check the key of this device")


def encrypt(cp: str, key: str) -> str:
    """Encrypt a content, filled up with blanks, written in hexadecimal: for simulators and tests."""
    data = cp.encode()
    return _cipher(check_key(key), data + b" " * (-len(data) % BLOCK), encrypt=True).hex().upper()


def _written(cp: str) -> list[bytes]:
    ways = []
    if _HEX.fullmatch(cp):
        ways.append(bytes.fromhex(cp))
    if _BASE64.fullmatch(cp) and len(cp) % 4 == 0:
        with suppress(binascii.Error):
            ways.append(base64.b64decode(cp, validate=True))
    ways.append(cp.encode("utf-8", "surrogateescape"))
    return ways


def _cipher(key: bytes, data: bytes, *, encrypt: bool) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm  # loaded by those who use it only
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    try:
        # ECB is what the standard lays down (per the secondary source); it hides no patterns.
        cipher = Cipher(algorithms.SM4(key), modes.ECB())
        context = cipher.encryptor() if encrypt else cipher.decryptor()
    except UnsupportedAlgorithm:
        raise StoreError("the package cryptography was built without SM4: use one with OpenSSL's SM4") from None
    return bytes(context.update(data) + context.finalize())
