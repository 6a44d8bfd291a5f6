"""Downloads: CSV, Parquet and GeoJSON, streamed, each carrying its attribution and a sensible file name.

Attribution travels in ``X-Attribution`` (percent-encoded UTF-8) and ``Link: rel="license"``, and inside Parquet and
GeoJSON files as metadata. A CSV holds the table and nothing else, so that every reader reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet
from starlette.responses import StreamingResponse

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
GEOJSON = "application/geo+json"

_FORMULA = r"^[\s\x{feff}\x{a0}\x{3000}]*[=+\-@＝＋－＠\t\r\n]"
"""Heads of a text that a spreadsheet would run as a formula; the wide signs are those of Chinese and Japanese input."""
_GRADE = r"^[+-]?[0-9.]+$"


@dataclass(frozen=True, slots=True)
class Credit:
    """Whom to thank for the data of an answer, and under which licence they are given."""

    attribution: tuple[str, ...]
    licences: tuple[str, ...]

    @property
    def line(self) -> str:
        """The line to show beside the data."""
        return "; ".join(self.attribution)

    def headers(self) -> dict[str, str]:
        """The headers of an answer that carry it."""
        if not self.attribution:
            return {}
        titles = "; ".join(self.licences)
        link = f"</api/meta>; rel=\"license\"; title*=UTF-8''{quote(titles, safe='')}"
        return {"X-Attribution": quote(self.line, safe=" ;,()/:+&'"), "Link": link}


def download(parts: Iterable[bytes], media_type: str, file_name: str, credit: Credit) -> StreamingResponse:
    """A streamed file with its name and attribution."""
    headers = {"Content-Disposition": disposition(file_name), **credit.headers()}
    return StreamingResponse(parts, media_type=media_type, headers=headers)


def disposition(file_name: str, kind: Literal["attachment", "inline"] = "attachment") -> str:
    """The header that names a file, in ASCII for old readers and in full for the others."""
    ascii_name = re.sub(r"[^A-Za-z0-9._+-]+", "_", file_name)
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def file_name(*parts: str | None, suffix: str) -> str:
    """``clearbay-observations-hk.epd.marine.DM1-TN.csv`` from the parts that were asked for."""
    kept = [re.sub(r"[^\w.+-]+", "_", part)[:60] for part in parts if part]
    return f"{'-'.join(['clearbay', *kept])}.{suffix}"


def as_csv(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """UTF-8 CSV with a head row; times as ISO 8601 with Z; texts that would run as formulas are quoted by ``'``."""
    head = True
    for table in tables:
        sink = pa.BufferOutputStream()
        safe = harmless(spelled_times(table))
        options = csv.WriteOptions(include_header=False, quoting_style="needed" if _needs_quotes(safe) else "none")
        if head:
            yield (",".join(safe.column_names) + "\n").encode()
            head = False
        csv.write_csv(safe, sink, options)
        yield sink.getvalue().to_pybytes()


def as_parquet(tables: Iterator[pa.Table], metadata: Mapping[str, str]) -> Iterator[bytes]:
    """One zstd Parquet file, a row group a table, with ``metadata`` in its schema. Needs at least one table."""
    sink = _Drain()
    writer: parquet.ParquetWriter | None = None
    for table in tables:
        if writer is None:
            schema = table.schema.with_metadata({key: value.encode() for key, value in metadata.items()})
            writer = parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
        if part := sink.take():
            yield part
    if writer is not None:
        writer.close()
    yield sink.take()


def as_geojson(features: Iterable[Mapping[str, object]], about: Mapping[str, object]) -> Iterator[bytes]:
    """A FeatureCollection with ``about`` (title, attribution, licence) as its foreign members."""
    head = orjson.dumps({"type": "FeatureCollection", **about})
    yield head[:-1] + b',"features":['
    batch: list[bytes] = []
    first = True
    for feature in features:
        batch.append(orjson.dumps(feature, option=orjson.OPT_SERIALIZE_NUMPY))
        if len(batch) == 2000:
            yield (b"" if first else b",") + b",".join(batch)
            batch, first = [], False
    if batch:
        yield (b"" if first else b",") + b",".join(batch)
    yield b"]}"


def harmless(table: pa.Table) -> pa.Table:
    """``table`` with a ``'`` before every text that a spreadsheet would run; numbers stay as they are."""
    for index, field in enumerate(table.schema):
        if not pa.types.is_string(field.type) and not pa.types.is_large_string(field.type):
            continue
        column = table.column(index)
        risky = pc.and_(pc.match_substring_regex(column, _FORMULA), pc.invert(pc.match_substring_regex(column, _GRADE)))
        if pc.any(risky).as_py():
            quoted = pc.binary_join_element_wise(pa.scalar("'", field.type), column, pa.scalar("", field.type))
            table = table.set_column(index, field, pc.if_else(risky, quoted, column))
    return table


def spelled_times(table: pa.Table) -> pa.Table:
    """``table`` with its timestamps (UTC without a zone) as text ``2019-07-15T00:30:00Z``."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, iso(table.column(index)))
    return table


def iso(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """UTC times as ISO 8601 text with Z; fractions of a second only where some are there."""
    whole = pc.cast(column, pa.timestamp("s"), safe=False)
    exact = pc.all(pc.equal(pc.cast(whole, column.type), column), min_count=0).as_py()
    return pc.strftime(whole if exact else column, format="%Y-%m-%dT%H:%M:%SZ")


def _needs_quotes(table: pa.Table) -> bool:
    texts = (column for column in table.columns if pa.types.is_string(column.type))
    return any(pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py() for column in texts)


class _Drain:
    """A file to write to whose content is taken away as it grows."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True

    def take(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data
