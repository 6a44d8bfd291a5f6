"""Bytes as they arrive: compressed or not, in any of the encodings met around the bay."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib

from clearbay.model.errors import BadInput

GZIP = b"\x1f\x8b"

ENCODINGS = "utf-8, utf-16, gb18030, big5hkscs, cp1252"
"""Encodings that are recognised; any other that Python knows may be named."""

_LEVEL_1 = {"gb18030": ((0xB0, 0xD7), (0xA1, 0xFE)), "big5hkscs": ((0xA4, 0xC6), (0x40, 0xFE))}
"""Lead and trail bytes of the common characters: GB 2312 level 1 (3,755) and Big5 level 1 (5,401)."""

_SAMPLE = 200_000


LARGEST = 2 * 1024**3
"""Bytes that a file may have once it is unpacked: a few kilobytes of gzip can hold terabytes."""


def unpacked(data: bytes, name: str = "", *, most: int = LARGEST) -> bytes:
    """Decompress gzip data, told by its first bytes and not by the file's name; leave anything else as it is."""
    if not data.startswith(GZIP):
        return data
    parts: list[bytes] = []
    left = most
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while part := stream.read(min(1 << 22, left + 1)):
                left -= len(part)
                if left < 0:
                    raise BadInput(
                        f"unpacked it has more than {most:,} bytes", where=name, mend="give it in several files"
                    )
                parts.append(part)
        return b"".join(parts)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(
            f"the gzip data are damaged ({error})", where=name, mend="fetch the file again; the end may be missing"
        ) from error


def head(data: bytes, size: int = 16_384) -> str:
    """The first characters of a file, decompressed and decoded as well as may be, for telling what it is."""
    if data.startswith(GZIP):
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, size)
        except zlib.error:
            return ""
    start = data[:size]
    try:
        return start.decode(encoding_of(start)).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError):
        return start.decode("utf-8", errors="replace").lstrip("\ufeff")


def encoding_of(data: bytes) -> str:
    """Tell the encoding of text: by its byte-order mark, else UTF-8 if it is valid, else by the commonest characters.

    GB 18030 and Big5 both accept nearly any byte string, so validity proves nothing: the one under which more of the
    double-byte characters are common ones wins, and Windows-1252 (``µ``, ``°``) if neither reads like Chinese.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return encoding
    if _is_utf8(data):
        return "utf-8"
    sample = data[:_SAMPLE]
    shares = {encoding: _common_share(sample, encoding) for encoding in _LEVEL_1}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] >= 0.6 else "cp1252"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A sample may end in the middle of a character, which says nothing against UTF-8.
        return error.reason == "unexpected end of data" and error.start >= len(data) - 3
    return True


def _common_share(data: bytes, encoding: str) -> float:
    (lead_low, lead_high), (trail_low, trail_high) = _LEVEL_1[encoding]
    try:
        codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return 0.0
    pairs = re.findall(rb"[\x81-\xfe][\x40-\xfe]", data)
    if not pairs:
        return 0.0
    common = sum(lead_low <= lead <= lead_high and trail_low <= trail <= trail_high for lead, trail in pairs)
    return float(common) / len(pairs)


def text_of(data: bytes, *, name: str = "", encoding: str = "") -> str:
    """Decode a whole file, in the encoding named or the one its bytes show."""
    chosen = encoding or encoding_of(data)
    try:
        return data.decode(chosen).lstrip("\ufeff")
    except LookupError as error:
        raise BadInput(f"no encoding is called {chosen!r}", where=name, mend=f"known: {ENCODINGS}") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"line {line} is not valid {chosen} (byte {data[error.start]:#04x})",
            where=name,
            mend=f"state the encoding the file was written in, for instance one of {ENCODINGS}",
        ) from error
