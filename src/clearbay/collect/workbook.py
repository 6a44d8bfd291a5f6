"""Workbooks (XLSX, XLS, ODS) and Parquet files as sheets."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from clearbay.collect import packed
from clearbay.collect.sheet import HEADER_WITHIN, Sheet, fold, missing_column, unique
from clearbay.collect.source import closest
from clearbay.model.errors import BadInput

PARQUET = b"PAR1"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of XLSX and ODS, and of XLS."""


def read_parquet(data: bytes, *, name: str) -> Sheet:
    """Read a Parquet file; columns keep their types."""
    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"the Parquet file is damaged ({error})", where=name, mend="write it again") from error
    columns = {}
    for header, column in zip(unique(table.column_names), table.columns, strict=True):
        whole = column.combine_chunks()
        if pa.types.is_dictionary(whole.type):
            whole = whole.dictionary_decode()
        if pa.types.is_large_string(whole.type) or pa.types.is_string_view(whole.type):
            whole = whole.cast(pa.string())
        columns[header] = whole
    return Sheet(name, pa.table(columns), first_line=1)


def read_workbook(data: bytes, *, name: str, needed: Sequence[str], sheet: str = "", header_line: int = 0) -> Sheet:
    """Read one sheet of a workbook: the one named, or the first that has the ``needed`` columns.

    The header is the first line that holds every needed column, or line ``header_line``. Cells that are dates become
    text (2021-04-01 08:00:00); a column of nothing but numbers stays numbers.
    """
    packed.check(data, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (CalamineError, OSError, ValueError) as error:
        raise BadInput(f"the workbook cannot be opened ({error})", where=name, mend="save it again as .xlsx") from error
    names = book.sheet_names
    if sheet and sheet not in names:
        near = closest(sheet, names)
        raise BadInput(
            f"there is no sheet {sheet!r}" + (f" (closest: {near!r})" if near else ""),
            where=name,
            mend=f"the sheets are: {', '.join(names)}",
        )
    best: list[str] = []
    for title in [sheet] if sheet else names:
        rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        found = _header(rows, needed, header_line)
        if found is not None:
            return _sheet(rows, found, name)
        best = max([best, *([str(cell) for cell in row] for row in rows[:HEADER_WITHIN])], key=len)
    absent = [column for column in needed if fold(column) not in {fold(cell) for cell in best}]
    raise missing_column(absent[0] if absent else "header", best, name)


def _header(rows: Sequence[Sequence[Any]], needed: Sequence[str], header_line: int) -> int | None:
    wanted = {fold(column) for column in needed}
    for place, row in enumerate(rows[: max(HEADER_WITHIN, header_line)]):
        cells = {fold(str(cell)) for cell in row if str(cell).strip()}
        if header_line and place + 1 != header_line:
            continue
        if cells and wanted <= cells:
            return place
    return None


def _sheet(rows: Sequence[Sequence[Any]], header: int, name: str) -> Sheet:
    width = max((place + 1 for place, cell in enumerate(rows[header]) if str(cell).strip()), default=0)
    headers = unique([str(cell) for cell in rows[header][:width]])
    body = [row[:width] for row in rows[header + 1 :]]
    while body and not any(str(cell).strip() for cell in body[-1]):
        body.pop()
    columns = {label: _column([row[place] for row in body]) for place, label in enumerate(headers)}
    return Sheet(name, pa.table(columns), first_line=header + 2)


def _column(cells: list[Any]) -> pa.Array:
    """Numbers where every filled cell is one, text otherwise."""
    filled = [cell for cell in cells if cell != ""]
    if filled and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in filled):
        return pa.array([None if cell == "" else float(cell) for cell in cells], pa.float64())
    days = all(not isinstance(cell, datetime) or cell.time() == time(0) for cell in filled)
    return pa.array([_text(cell, days) for cell in cells], pa.string())


def _text(cell: Any, days: bool) -> str:
    formats: tuple[tuple[type, Callable[[Any], str]], ...] = (
        (datetime, lambda moment: moment.strftime("%Y-%m-%d" if days else "%Y-%m-%d %H:%M:%S")),
        (date, lambda day: day.isoformat()),
        (time, lambda hour: hour.strftime("%H:%M:%S")),
        (
            timedelta,
            lambda span: f"{int(span.total_seconds()) // 3600:02}:{int(span.total_seconds()) // 60 % 60:02}:00",
        ),
        (float, lambda number: str(int(number)) if number.is_integer() else repr(number)),
    )
    return next((write(cell) for kind, write in formats if isinstance(cell, kind)), str(cell))
