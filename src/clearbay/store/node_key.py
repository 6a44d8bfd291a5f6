"""The node's own key (Ed25519): made once, kept in the home, signs what leaves it as evidence."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clearbay.model.errors import BadInput, StoreError
from clearbay.store.home import Home
from clearbay.store.trouble import told

_FILE = "node.key"


class NodeKey:
    """The key of one node."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public = raw.hex()

    @classmethod
    def of(cls, home: Home) -> NodeKey:
        """The key of a home, made where it has none yet; ``StoreError`` where it cannot be read."""
        path = home.path / _FILE
        with told("read the node's key"):
            with suppress(FileExistsError):
                if not path.exists():
                    _make(path)
            content = path.read_bytes()
        try:
            private = serialization.load_pem_private_key(content, None)
        except ValueError:
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise StoreError(f"{path} is no key of a node: restore it from a backup")
        return cls(private)

    @property
    def fingerprint(self) -> str:
        """What people compare by eye or over the telephone."""
        return fingerprint(self.public)

    def sign(self, content: bytes) -> str:
        """The signature of some bytes, in hexadecimal."""
        return self._private.sign(content).hex()


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, path)  # unlike a rename, it never replaces a key that another process made meanwhile
    finally:
        draft.unlink(missing_ok=True)


def fingerprint(public: str) -> str:
    """The first 20 hexadecimal digits of the key's SHA-256, in groups of four.

    >>> fingerprint("00" * 32)
    '6668-7aad-f862-bd77-6c8f'
    """
    digits = hashlib.sha256(_raw(public)).hexdigest()[:20]
    return "-".join(digits[start : start + 4] for start in range(0, 20, 4))


def signed(public: str, signature: str, content: bytes) -> bool:
    """Whether the holder of a public key (hexadecimal) signed these bytes; False for what is no key or no signature."""
    try:
        Ed25519PublicKey.from_public_bytes(_raw(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, BadInput, ValueError):
        return False
    return True


def _raw(public: str) -> bytes:
    try:
        raw = bytes.fromhex(public)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise BadInput("a public key has 64 hexadecimal digits", where="public key")
    return raw
