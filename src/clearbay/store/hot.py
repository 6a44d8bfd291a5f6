"""Hot observations: what has been acknowledged but not yet moved into history, in append-only blocks.

A committed batch is one row of ``hot_block``: its observations as columns, compressed. That writes a few bytes a value
where a row a value dirties a page, so that the log that makes a commit durable stays small. Blocks are never changed;
``upkeep`` lays small ones together, and a compaction takes them into history.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, delete, select
from sqlalchemy import insert as insert_into

from clearbay.model.errors import BadInput, StoreError
from clearbay.store.clock import months_of
from clearbay.store.records import bump, renumber
from clearbay.store.tables import hot_block

CENSORINGS = ("", "<", ">")
"""A censoring's place here is its code."""

_WORDS = pa.array(CENSORINGS, pa.string())
HOT = pa.schema(
    [
        pa.field("datastream", pa.int32(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),
        pa.field("revision", pa.int32(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("censoring", pa.dictionary(pa.int8(), pa.string()), nullable=False),
        pa.field("flag", pa.int8(), nullable=False),
        pa.field("result_time", pa.timestamp("us"), nullable=False),
    ]
)
"""A hot row as columns."""

_PACKED = pa.schema([field.with_type(pa.int8()) if field.name == "censoring" else field for field in HOT])
_OPTIONS = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 1), use_threads=False)

CACHE = 256 * 2**20
"""Bytes of opened blocks that are kept for those who look something up in them (34 bytes a row)."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is known of a block without opening it: ``rows`` between the times ``first`` and ``last`` (microseconds),
    ``revising`` of them not the first revision; ``version`` is the newest data version among them."""

    id: int
    level: int
    rows: int
    first: int
    last: int
    revising: int
    version: int


def censoring_codes(words: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The codes of censorings; raises ``BadInput`` where a word is none."""
    codes = pc.index_in(words, _WORDS).cast(pa.int8())
    codes = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    if codes.null_count:
        raise BadInput("a censoring is neither <, > nor empty", where="readings", mend="write <, > or nothing")
    return codes


def censoring_of(codes: pa.Array) -> pa.DictionaryArray:
    """Censorings from their codes."""
    return pa.DictionaryArray.from_arrays(codes, _WORDS)


def times_of(rows: pa.Table, column: str = "time") -> npt.NDArray[np.int64]:
    """A column of times as microseconds, without a copy where it lies in one piece."""
    times: npt.NDArray[np.int64] = rows[column].cast(pa.int64()).to_numpy()
    return times


def conformed(rows: pa.Table) -> pa.Table:
    """Rows of whatever engine in the types of ``HOT``."""
    columns = []
    for field in HOT:
        column = rows[field.name].combine_chunks()
        if field.name == "censoring" and not pa.types.is_dictionary(column.type):
            column = censoring_of(censoring_codes(column))
        columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=HOT)


def packed(rows: pa.Table) -> bytes:
    """Rows of ``HOT``, in one piece, as bytes."""
    columns = [
        column.chunk(0).indices if field.name == "censoring" else column
        for field, column in zip(HOT, rows.columns, strict=True)
    ]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _PACKED, options=_OPTIONS) as stream:
        stream.write_table(pa.Table.from_arrays(columns, schema=_PACKED))
    return bytes(sink.getvalue())


def unpacked(content: bytes) -> pa.Table:
    """The rows (``HOT``) that ``packed`` made these bytes of."""
    try:
        rows = pa.ipc.open_stream(pa.py_buffer(content)).read_all().combine_chunks()
        columns = [
            censoring_of(column.chunk(0)) if name == "censoring" else column
            for name, column in zip(rows.column_names, rows.columns, strict=True)
        ]
        return pa.Table.from_arrays(columns, schema=HOT)
    except (pa.ArrowInvalid, OSError) as error:
        raise StoreError(f"a block of hot observations cannot be read: {error}; run `clearbay doctor`") from error


def in_order(rows: pa.Table) -> pa.Table:
    """Rows in the order of time, in which a span of time is one slice of a block."""
    rows = rows.combine_chunks()
    times = times_of(rows)
    if (np.diff(times) >= 0).all():
        return rows
    return rows.take(pa.array(np.argsort(times, kind="stable")))


def insert(
    connection: Connection, rows: pa.Table, version: int, level: int = 0, *, block: int | None = None
) -> tuple[Block, pa.Table]:
    """Add a block of ``HOT`` rows; returns it, and its rows as they lie in it. One row is one revision of one key.

    ``block`` is its number, where the caller knows the last one given.
    """
    return put(connection, prepared(rows, version, level), block)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block that is ready to be written, and has no number yet."""

    block: Block
    rows: pa.Table
    content: bytes


def prepared(rows: pa.Table, version: int, level: int) -> Prepared:
    """Make a block of rows; needs no database."""
    rows = in_order(rows)
    times = times_of(rows)
    revising = int(np.count_nonzero(rows["revision"].to_numpy() > 1))
    block = Block(-1, level, rows.num_rows, int(times[0]), int(times[-1]), revising, version)
    return Prepared(block, rows, packed(rows))


_INSERT = insert_into(hot_block)


def put(connection: Connection, made: Prepared, number: int | None = None) -> tuple[Block, pa.Table]:
    """Write a prepared block under a number that no block ever had, nor will have (``number``, where it is known)."""
    known = {name: getattr(made.block, name) for name in Block.__slots__}
    if number is None:
        number = bump(connection, "block")
    else:
        renumber(connection, "block", number)
    known["id"] = number
    connection.execute(_INSERT, {**known, "bytes": made.content})
    return Block(**known), made.rows


_LISTED = [hot_block.c[name] for name in Block.__slots__]


def listed(connection: Connection, since: int = -1) -> list[Block]:
    """Every block with anything newer than data version ``since``, in the order in which they were written."""
    query = select(*_LISTED).order_by(hot_block.c.id)
    if since >= 0:
        query = query.where(hot_block.c.version > since)
    return [Block(*row) for row in connection.execute(query)]


def remove(connection: Connection, blocks: Iterable[Block]) -> int:
    """Delete blocks; returns how many were there."""
    ids = [block.id for block in blocks]
    gone = 0
    for at in range(0, len(ids), 500):
        gone += connection.execute(delete(hot_block).where(hot_block.c.id.in_(ids[at : at + 500]))).rowcount
    return gone


class Opened:
    """Opened blocks, shared by all who read one home; bounded, the least used go first.

    What somebody else holds anyway, such as a reader, is found here without counting.
    """

    def __init__(self, most: int = CACHE) -> None:
        self._most = most
        self._held: OrderedDict[int, pa.Table] = OrderedDict()
        self._size = 0
        self._somewhere: WeakValueDictionary[int, pa.Table] = WeakValueDictionary()
        self._lock = threading.Lock()

    def keep(self, block: Block, rows: pa.Table) -> None:
        """Remember the rows of a block."""
        with self._lock:
            self._somewhere[block.id] = rows
            if block.id in self._held or rows.nbytes > self._most:
                return
            self._held[block.id] = rows
            self._size += rows.nbytes
            while self._size > self._most:
                _, gone = self._held.popitem(last=False)
                self._size -= gone.nbytes

    def rows(self, connection: Connection, block: Block) -> pa.Table:
        """The rows (``HOT``) of a block, in order of time."""
        with self._lock:
            found = self._held.get(block.id)
            if found is not None:
                self._held.move_to_end(block.id)
                return found
            found = self._somewhere.get(block.id)
            if found is not None:
                return found
        content = connection.execute(select(hot_block.c.bytes).where(hot_block.c.id == block.id)).scalar_one()
        rows = unpacked(content)
        self.keep(block, rows)
        return rows


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """Rows of several blocks as one table, without a copy."""
    return pa.concat_tables([HOT.empty_table(), *tables])


def between(rows: pa.Table, first: int, end: int) -> pa.Table:
    """The slice of a block's rows from the time ``first`` up to and without ``end``."""
    start, stop = np.searchsorted(times_of(rows), [first, end]).tolist()
    return rows.slice(start, stop - start)


def months(connection: Connection, opened: Opened) -> dict[int, int]:
    """How many rows are hot in each month."""
    counts: dict[int, int] = {}
    for block in listed(connection):
        edges = months_of(np.array([block.first, block.last])).tolist()
        if edges[0] == edges[1]:
            counts[edges[0]] = counts.get(edges[0], 0) + block.rows
            continue
        found, number = np.unique(months_of(times_of(opened.rows(connection, block))), return_counts=True)
        for month, count in zip(found.tolist(), number.tolist(), strict=True):
            counts[month] = counts.get(month, 0) + count
    return counts


def _places(sorted_times: npt.NDArray[np.int64], moments: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where any of some moments stands in sorted times."""
    starts = np.searchsorted(sorted_times, moments)
    counts = np.searchsorted(sorted_times, moments, side="right") - starts
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def newest(
    connection: Connection, opened: Opened, ids: npt.NDArray[np.int32], times: npt.NDArray[np.int64]
) -> pa.Table:
    """The newest hot row of each given datastream and time, where there is one (others may come along with them)."""
    wanted = np.zeros(int(ids.max()) + 1, dtype=bool)
    wanted[ids] = True
    moments = np.unique(times)
    parts = []
    for block in listed(connection):
        low, high = np.searchsorted(moments, [block.first, block.last + 1]).tolist()
        if low == high:
            continue
        rows = opened.rows(connection, block)
        places = _places(times_of(rows), moments[low:high])
        found = rows["datastream"].to_numpy()[places]
        places = places[wanted[np.minimum(found, len(wanted) - 1)] & (found < len(wanted))]
        if len(places):
            parts.append(rows.take(pa.array(places)))
    rows = together(parts).combine_chunks()
    revisions = rows["revision"].to_numpy()
    if not (revisions > 1).any():
        return rows
    numbers, moments = rows["datastream"].to_numpy(), times_of(rows)
    order = np.lexsort((revisions, moments, numbers))
    last = np.append((np.diff(numbers[order]) != 0) | (np.diff(moments[order]) != 0), True)
    return rows.take(pa.array(order[last]))
