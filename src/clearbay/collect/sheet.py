"""A sheet: columns of text under their headers, with the data row each line came from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from clearbay.collect.batch import BadValue
from clearbay.collect.numbers import tidy
from clearbay.collect.octets import text_of, unpacked
from clearbay.collect.source import closest
from clearbay.model.errors import BadInput

HEADER_WITHIN = 60
"""Lines searched for the header: remarks of a few lines stand above it in many official files."""

_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file. ``table`` has a column a header (text, or a workbook's or Parquet file's own types) and a
    row for every data row; a row that could not be split into cells is there with nulls and is listed in ``bad``.
    ``first_line`` is the line of data row 0."""

    name: str
    table: pa.Table
    first_line: int = 2
    bad: tuple[BadValue, ...] = ()

    @property
    def headers(self) -> list[str]:
        """Headers as printed (a second one of the same name has ``#2`` behind it)."""
        return list(self.table.column_names)

    def find(self, name: str) -> str | None:
        """The header that reads like ``name``, blanks, case and width of characters aside."""
        wanted = fold(name)
        return next((header for header in self.headers if fold(header) == wanted), None)

    def need(self, name: str, mend: str = "") -> str:
        """Give the header that reads like ``name``; ``BadInput`` with the columns there are if none does."""
        header = self.find(name)
        if header is None:
            raise missing_column(name, self.headers, self.name, mend)
        return header

    def column(self, header: str) -> pa.Array:
        """Cells of a column, as text where they are text."""
        column = self.table.column(header)
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)

    def text(self, header: str) -> pa.Array:
        """Cells of a column as text, blanks around them dropped."""
        cells = self.column(header)
        if not pa.types.is_string(cells.type):
            cells = cells.cast(pa.string())
        encoded = cells.dictionary_encode()
        tidied = pa.array([tidy(text) for text in encoded.dictionary.to_pylist()], pa.string())
        return tidied.take(encoded.indices)


def fold(text: str) -> str:
    """A header's text for comparison: half-width, lower case, one kind of micro sign, no blanks."""
    return re.sub(r"\s+", "", tidy(text)).lower().replace("µ", "u").replace("μ", "u")


def missing_column(name: str, headers: Sequence[str], where: str, mend: str = "") -> BadInput:
    """The error for a column that is not there: which, what there is, what comes closest."""
    near = closest(fold(name), [fold(header) for header in headers])
    meant = next((header for header in headers if near and fold(header) == near), "")
    there = ", ".join(header for header in headers if header) or "none"
    return BadInput(
        f"there is no column {name!r}" + (f" (closest: {meant!r})" if meant else "") + f"; the columns are: {there}",
        where=where,
        mend=mend or "check that this is the right file and the right source",
    )


def read_delimited(
    data: bytes, *, name: str, needed: Iterable[str], encoding: str = "", delimiter: str = "", header_line: int = 0
) -> Sheet:
    """Read separated values. The header is the first line that holds every ``needed`` column, or line ``header_line``.

    Nothing is guessed about types: every cell stays text. A line with too many or too few cells is bad.
    """
    text = text_of(unpacked(data, name), name=name, encoding=encoding)
    if not text.strip():
        raise BadInput("the file is empty", where=name, mend="check that the download or export was complete")
    mark = delimiter or _delimiter(text)
    headers, lines, body = _split(text, mark, list(needed), header_line, name)
    table, bad = _parse(body, unique(headers), mark)
    return Sheet(name, table, first_line=lines + 1, bad=bad)


def _delimiter(text: str) -> str:
    """The separator that splits the first lines into most cells; in one line of text a comma may be prose."""
    lines = text[:20_000].splitlines()[:HEADER_WITHIN]
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))


def _split(text: str, delimiter: str, needed: list[str], header_line: int, name: str) -> tuple[list[str], int, str]:
    """Find the header: its cells, the number of lines up to and with it, and the text behind it."""
    lines = text[:400_000].splitlines(keepends=True)[: HEADER_WITHIN + 1]
    wanted = {fold(column) for column in needed}
    best: list[str] = []
    for first in range(len(lines)):
        if header_line and first + 1 != header_line:
            continue
        reader = csv.reader(iter(lines[first:]), delimiter=delimiter)
        try:
            cells = next(reader)
        except (StopIteration, csv.Error):
            continue
        found = {fold(cell) for cell in cells}
        if wanted <= found and (wanted or len([cell for cell in cells if cell.strip()]) > 0):
            taken = first + reader.line_num
            return cells, taken, text[sum(len(line) for line in lines[:taken]) :]
        if (len(wanted & found), len(cells)) > (len(wanted & {fold(cell) for cell in best}), len(best)):
            best = cells
    absent = [column for column in needed if fold(column) not in {fold(cell) for cell in best}]
    raise missing_column(absent[0] if absent else "header", best, name)


def unique(headers: Sequence[str]) -> list[str]:
    """Headers as labels: an empty one is numbered, a second one of the same name gets ``#2``."""
    seen: dict[str, int] = {}
    unique = []
    for place, header in enumerate(headers):
        label = header.strip() or f"column {place + 1}"
        seen[label] = seen.get(label, 0) + 1
        unique.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
    return unique


def _parse(body: str, headers: list[str], delimiter: str) -> tuple[pa.Table, tuple[BadValue, ...]]:
    empty = pa.table({header: pa.array([], pa.string()) for header in headers})
    if not body.strip():
        return empty, ()
    table, ragged = _arrow(body, headers, delimiter, quotes=True)
    if body.count('"') % 2:
        # A quotation mark that is never closed swallows the lines behind it: read without quoting if that gives more.
        plain, plainly_ragged = _arrow(body, headers, delimiter, quotes=False)
        if plain.num_rows > table.num_rows:
            table, ragged = plain, plainly_ragged
    if not ragged:
        return table, ()
    bad = tuple(
        BadValue(
            row, "", text[:200],
            f"the line has {cells} cells where the header has {len(headers)}",
            "quote cells that hold the separator; give every line the same number of cells",
        )
        for row, cells, text in ragged
    )  # fmt: skip
    count = table.num_rows + len(ragged)
    place = np.ones(count, bool)
    place[[row for row, _, _ in ragged]] = False
    index = np.where(place, np.cumsum(place) - 1, 0)
    return table.take(pa.array(index, mask=~place)), bad


def _arrow(
    body: str, headers: list[str], delimiter: str, *, quotes: bool
) -> tuple[pa.Table, list[tuple[int, int, str]]]:
    ragged: list[tuple[int, int, str]] = []

    def skip(row: pacsv.InvalidRow) -> str:
        ragged.append((row.number - 1, row.actual_columns, row.text))
        return "skip"

    table = pacsv.read_csv(
        io.BytesIO(body.encode()),
        # One thread: only then does Arrow know the number of an invalid row.
        read_options=pacsv.ReadOptions(use_threads=False, column_names=headers, block_size=1 << 24),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quotes else False,
            newlines_in_values=quotes and '"' in body,
            invalid_row_handler=skip,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types={header: pa.string() for header in headers}, strings_can_be_null=False, check_utf8=False
        ),
    )
    return table.combine_chunks(), ragged
