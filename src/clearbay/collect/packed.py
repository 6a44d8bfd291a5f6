"""Workbooks that are small on the line and boundless in memory: told before anything opens them.

An XLSX or ODS file is a ZIP. Its parts can unpack to a thousand times their size, and a sheet with a single cell in the
last column of the last row is read as a table of seventeen thousand million cells.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from clearbay.model.errors import BadInput

LARGEST = 1024**3
"""Bytes of all parts together, unpacked."""
CELLS = 50_000_000
"""Cells of the rectangle that a sheet spans."""
_PART = 1 << 20
_LOCAL = 30
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Za-z]{1,4})([0-9]{1,9})"')
_REPEATED = re.compile(rb"<table:table-cell\s(?=[^>]*office:value)[^>]*number-columns-repeated=\"([0-9]+)\"")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)


def check(data: bytes, name: str, *, largest: int = LARGEST, cells: int = CELLS) -> None:
    """``BadInput`` for a workbook that would not fit; nothing where it is no ZIP, or a sound one."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BadInput(f"the workbook cannot be opened ({error})", where=name, mend="save it again as .xlsx") from error
    size = 0
    for info in infos:
        seen = _Span()
        try:
            for part in _inflated(data, info):
                size += len(part)
                if size > largest:
                    raise BadInput(
                        f"unpacked it has more than {largest:,} bytes", where=name, mend="give it in several files"
                    )
                if _SHEET.search(info.filename) or info.filename == "content.xml":
                    seen.look(part)
        except (zlib.error, struct.error) as error:
            raise BadInput(f"the workbook is damaged ({error})", where=name, mend="save it again as .xlsx") from error
        if seen.columns * seen.rows > cells:
            raise BadInput(
                f"a sheet spans {seen.columns:,} columns and {seen.rows:,} rows",
                where=name,
                mend="delete what lies far from the table, or save it as CSV",
            )


class _Span:
    """The rectangle that the cells of a sheet span."""

    def __init__(self) -> None:
        self.columns = self.rows = 1
        self._rest = b""

    def look(self, part: bytes) -> None:
        text = self._rest + part
        for letters, digits in _CELL.findall(text):
            column = 0
            for letter in letters.upper():
                column = column * 26 + letter - 64
            self.columns, self.rows = max(self.columns, column), max(self.rows, int(digits))
        for repeated in _REPEATED.findall(text):
            self.columns = max(self.columns, int(repeated))
            self.rows = max(self.rows, 1024)  # how often the row itself is repeated stands before it
        self._rest = text[-200:]


def _inflated(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part really unpacks to: the size that its head claims proves nothing."""
    names, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    begin = info.header_offset + _LOCAL + names + extra
    content = memoryview(data)[begin : begin + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(content[at : at + _PART]) for at in range(0, len(content), _PART))
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise zlib.error(f"a compression that workbooks do not have ({info.compress_type})")
    machine = zlib.decompressobj(-15)
    rest: bytes = bytes(content)
    while rest and not machine.eof:
        if not (part := machine.decompress(rest, _PART)):
            break
        yield part
        rest = machine.unconsumed_tail
