"""A table of any format as a sheet: text, workbook or Parquet, told by its first bytes and not by its name."""

from __future__ import annotations

from clearbay.collect.layout import Layout
from clearbay.collect.octets import unpacked
from clearbay.collect.sheet import Sheet, read_delimited
from clearbay.collect.workbook import PARQUET, WORKBOOKS, read_parquet, read_workbook


def open_sheet(data: bytes, *, name: str, layout: Layout) -> Sheet:
    """Read a file, and see that it has the columns that the layout names."""
    plain = unpacked(data, name)
    needed = layout.needed
    if plain.startswith(PARQUET):
        sheet = read_parquet(plain, name=name)
    elif plain.startswith(WORKBOOKS):
        sheet = read_workbook(plain, name=name, needed=needed, sheet=layout.sheet, header_line=layout.header_line)
    else:
        sheet = read_delimited(
            plain,
            name=name,
            needed=needed,
            encoding=layout.encoding,
            delimiter=layout.delimiter,
            header_line=layout.header_line,
        )
    for header in (*needed, *layout.properties):
        sheet.need(header, mend="correct the name in the mapping, or take it out")
    return sheet
