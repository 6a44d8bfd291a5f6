"""Numbers as laboratories print them, read by the column.

What a cell may say, after full-width characters are read as half-width ones and blanks around it are dropped:

=====================  =================================================================
``0.5`` ``.5`` ``1e3``   a number; ``1,234.5`` too where commas group thousands
``<0.5`` ``≤0.5``        below the detection limit 0.5 (censoring ``<``, value 0.5)
``0.5L``               the same, as HJ methods print it (the limit followed by ``L``)
``>9`` ``≥9``            above the upper limit 9 (censoring ``>``, value 9)
a missing marker       not measured (``MISSING_MARKS``, or those given)
anything else          bad: it is listed, never guessed
=====================  =================================================================

Bad on purpose: ``0,5`` (a decimal comma, unless ``decimal`` says so), ``12%``, ``5 mg/L``, ``+++``, ``ND`` (not
detected says nothing without the limit), ``<`` alone, and a superscript (``10³`` is not 103).
"""

from __future__ import annotations

import math
import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NUMBER, MISSING, BAD = 0, 1, 2
"""States of a cell."""

CENSORING = pa.array(["", "<", ">"], pa.string())
"""Censoring marks by the code that ``Parsed.censoring`` holds."""

MISSING_MARKS = frozenset(
    {
        "", "*", "**", "-", "--", "---", "—", "——", "/", "n/a", "na", "n.a.", "n.a", "#n/a", "nan", "null", "none",
        "nil", "未测", "未測", "缺测", "缺測", "未监测", "未監測", "无", "無", "无数据", "無數據", "停测",
    }
)  # fmt: skip
"""What people write for "not measured", in lower case."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FULL_WIDTH |= {0x3000: 0x20, 0xA0: 0x20, 0xFEFF: None, 0x2212: 0x2D, 0x3008: 0x3C, 0x3009: 0x3E, 0x2009: 0x20}  # type: ignore[dict-item]
# Not NFKC: it reads 10³ as 103.

_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_NUMBER = re.compile(_PLAIN, re.ASCII)
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$", re.ASCII)
_COMMA = re.compile(r"^[+-]?\d+,\d+$", re.ASCII)
_SIGNS = {"<": 1, "≤": 1, "<=": 1, ">": 2, "≥": 2, ">=": 2}
_SIGNED = re.compile(r"^(<=|>=|<|>|≤|≥)\s*(.*)$")
_HJ_LIMIT = re.compile(r"^(\d+\.?\d*|\.\d+)L$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A column of numbers: value (nan where there is none), censoring code and state of every cell."""

    value: npt.NDArray[np.float64]
    censoring: npt.NDArray[np.int8]
    state: npt.NDArray[np.int8]


def tidy(text: str) -> str:
    """Half-width characters, no blanks around."""
    return text.translate(_FULL_WIDTH).strip()


def parse_text(text: str, missing: Set[str] = MISSING_MARKS, decimal: str = ".") -> tuple[float, int, int]:
    """Read one cell: (value, censoring code, state).

    >>> parse_text("＜０.５")
    (0.5, 1, 0)
    >>> parse_text("1,234.5"), parse_text("N/A")
    ((1234.5, 0, 0), (nan, 0, 1))
    """
    cell = tidy(text)
    if cell.lower() in missing or text.strip().lower() in missing:
        return math.nan, 0, MISSING
    censoring = 0
    if match := _SIGNED.match(cell):
        censoring, cell = _SIGNS[match[1]], match[2]
    elif match := _HJ_LIMIT.match(cell):
        censoring, cell = 1, match[1]
    if decimal == ",":
        cell = cell.replace(".", "").replace(",", ".")
    elif _GROUPED.match(cell):
        cell = cell.replace(",", "")
    if not _NUMBER.match(cell):
        return math.nan, 0, BAD
    value = float(cell)
    return (value, censoring, NUMBER) if math.isfinite(value) else (math.nan, 0, BAD)


def why_bad(text: str) -> tuple[str, str]:
    """Say why a bad cell is bad, and how to mend it."""
    cell = tidy(text)
    if _COMMA.match(cell):
        return "a decimal comma, or thousands grouped in an unusual way", "write a decimal point, or state decimal: ','"
    if cell.upper() in ("ND", "N.D.", "未检出", "未檢出"):
        return "not detected, but the detection limit is not stated", "write < and the limit, or state detection_limit"
    if _SIGNED.match(cell):
        return (
            "a sign of censoring with no limit behind it",
            "write the limit behind the sign, or mark the cell missing",
        )
    if cell.endswith("%"):
        return "a per cent sign in the value", "write the number alone and state the unit as %"
    if re.match(r"^[+-]?\d", cell, re.ASCII):
        return "more than a number stands in the cell", "keep the number alone; the unit belongs in the column's head"
    return "neither a number nor a known mark for a missing value", "correct it, or name it among the missing marks"


def parse(column: pa.Array | pa.ChunkedArray, *, missing: Set[str] = MISSING_MARKS, decimal: str = ".") -> Parsed:
    """Read a column of text or of numbers. Null cells are missing.

    Each distinct text is read once: a column of 90,000 laboratory values holds a few hundred.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return _native(column)
    encoded = column.dictionary_encode()
    texts: pa.Array = encoded.dictionary.cast(pa.string())
    value, censoring, state = _distinct(texts, missing, decimal)
    # A slot at the end stands for null.
    value, censoring, state = np.append(value, math.nan), np.append(censoring, 0), np.append(state, MISSING)
    index = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return Parsed(value[index], censoring[index].astype(np.int8), state[index].astype(np.int8))


def _distinct(texts: pa.Array, missing: Set[str], decimal: str) -> tuple[npt.NDArray[Any], ...]:
    count = len(texts)
    value = np.full(count, math.nan)
    censoring, state = np.zeros(count, np.int8), np.full(count, NUMBER, np.int8)
    rest = np.arange(count)
    if decimal == "." and count:
        plain = pc.match_substring_regex(texts, _PLAIN).to_numpy(zero_copy_only=False)
        value[plain] = texts.filter(pa.array(plain)).cast(pa.float64()).to_numpy()
        rest = np.flatnonzero(~(plain & np.isfinite(value)))
    for index in rest:
        value[index], censoring[index], state[index] = parse_text(texts[int(index)].as_py(), missing, decimal)
    return value, censoring, state


def _native(column: pa.Array) -> Parsed:
    value = column.cast(pa.float64()).fill_null(math.nan).to_numpy(zero_copy_only=False)
    finite = np.isfinite(value)
    state = np.where(finite, NUMBER, np.where(np.isnan(value), MISSING, BAD)).astype(np.int8)
    return Parsed(np.where(finite, value, math.nan), np.zeros(len(value), np.int8), state)


def scaled(value: npt.NDArray[np.float64], scale: float, offset: float = 0.0) -> npt.NDArray[np.float64]:
    """``value * scale + offset``, dividing where the scale is one over a whole number.

    57 in units of 10 µg/m3 is 0.57 mg/m3: 57 / 100 is exactly that double, 57 * 0.01 is 0.5700000000000001.
    """
    if scale == 1 and offset == 0:
        return value
    whole = round(1 / scale) if 0 < scale < 1 else 0
    result = value / whole if whole and 1 / whole == scale else value * scale
    return result + offset if offset else result
