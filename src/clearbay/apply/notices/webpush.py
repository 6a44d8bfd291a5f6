"""Messages to browsers: encrypted for them alone (RFC 8291, aes128gcm of RFC 8188), signed by this node (RFC 8292)."""

from __future__ import annotations

import base64
import binascii
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clearbay.model.errors import BadInput, StoreError

KEY = "push.key"
RECORD = 4096
"""Bytes of the one record of a message; push services take no larger ones."""
MOST = 3000
"""Bytes of a message before it is encrypted, with room for what some services add."""
LASTS = timedelta(hours=12)
_CURVE = ec.SECP256R1()


def node_key(home: Path) -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this node, made at first use; readable to its owner only."""
    path = home / KEY
    for _ in range(2):
        try:
            found = serialization.load_pem_private_key(path.read_bytes(), None)
        except FileNotFoundError:
            _make(path)
            continue
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read: {error}") from error
        if isinstance(found, ec.EllipticCurvePrivateKey):
            return found
    raise StoreError(f"{path} is no key for pushed messages: remove it, and browsers must subscribe anew")


def _make(path: Path) -> None:
    content = ec.generate_private_key(_CURVE).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, path)  # whoever is first decides, and everybody uses that one
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """The public key as browsers are given it (``applicationServerKey``)."""
    return packed(_point(key.public_key()))


def check_keys(p256dh: str, auth: str) -> None:
    """``BadInput`` for keys of a subscription that are none."""
    try:
        point, secret = unpacked(p256dh), unpacked(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        fine = len(secret) == 16
    except (ValueError, binascii.Error):
        fine = False
    if not fine:
        raise BadInput("these are no keys of a subscription", where="keys", mend="send what the browser gave")


def encrypted(message: bytes, p256dh: str, auth: str) -> bytes:
    """A message that only the browser with these keys can read: the body of the request to its push service.

    ``BadInput`` for one that is too long. Each has a key pair and a salt of its own.
    """
    if len(message) > MOST:
        raise BadInput(f"a pushed message has at most {MOST} bytes", where="message", mend="say less")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, unpacked(p256dh))
    ours = ec.generate_private_key(_CURVE)
    own, salt = _point(ours.public_key()), os.urandom(16)
    shared = ours.exchange(ec.ECDH(), theirs)
    info = b"WebPush: info\x00" + _point(theirs) + own
    secret = HKDF(hashes.SHA256(), 32, unpacked(auth), info).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
    sealed = AESGCM(key).encrypt(nonce, message + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(own)]) + own + sealed


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, subject: str, now: datetime) -> str:
    """The ``Authorization`` header for a push service: who sends, until when (RFC 8292)."""
    split = urlsplit(endpoint)
    head = {"typ": "JWT", "alg": "ES256"}
    claims = {"aud": f"{split.scheme}://{split.netloc}", "exp": int((now + LASTS).timestamp()), "sub": subject}
    text = ".".join(packed(json.dumps(one, separators=(",", ":")).encode()) for one in (head, claims))
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={text}.{packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public_key(key)}"


def packed(content: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """The inverse of ``packed``; ``ValueError`` for what it cannot have made."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
