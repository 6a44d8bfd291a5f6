"""Type for a PDF without shipped fonts: the fourteen standard fonts for Latin, the viewer's own Song fonts for Chinese.

A text is cut into runs by what each font can show: Latin in Helvetica, Chinese in STSong (simplified) or MSung
(traditional), whatever one of them lacks in the other. These fonts are named, not embedded, so a file stays small and
a viewer sets Chinese in its own; a machine without any Chinese font shows none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from clearbay.model.text import Language

LATIN, LATIN_BOLD = "Helvetica", "Helvetica-Bold"
SIMPLE, TRADITIONAL = "STSong-Light", "MSung-Light"

_NOT_FIRST = frozenset("，。、；：？！）」』》】〉％…·,.;:?!)%]}’”†")
"""Signs that begin no line."""
_NOT_LAST = frozenset("（「『《【〈([{‘“")
"""Signs that end no line."""
_PLAIN = {"\u2212": "\u2013", "\u00a0": " ", "\u202f": " ", "\u207b": "-"}
"""Signs that the standard fonts lack, and what stands for them there."""


@lru_cache(maxsize=1)
def register() -> None:
    """Make the Chinese fonts known to the library; once a process."""
    for name in (SIMPLE, TRADITIONAL):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


@lru_cache(maxsize=8192)
def _font(letter: str, language: Language) -> str:
    if _can(letter, "cp1252"):
        return LATIN
    first, second = (TRADITIONAL, SIMPLE) if language == "zh-Hant" else (SIMPLE, TRADITIONAL)
    return second if not _can(letter, _CODES[first]) and _can(letter, _CODES[second]) else first


_STROKED = 9.0
"""Below this size a stroked Song clots: small headings stay regular."""
_CODES = {SIMPLE: "gbk", TRADITIONAL: "big5hkscs"}


def _can(letter: str, code: str) -> bool:
    try:
        letter.encode(code)
    except UnicodeEncodeError:
        return False
    return True


def runs(text: str, language: Language) -> list[tuple[str, str]]:
    """(font, text) pieces in order."""
    found: list[tuple[str, str]] = []
    for sign in text:
        letter = _PLAIN.get(sign, sign)
        font = _font(letter, language)
        if found and found[-1][0] == font:
            found[-1] = (font, found[-1][1] + letter)
        else:
            found.append((font, letter))
    return found


def width(text: str, size: float, language: Language, *, bold: bool = False) -> float:
    """How long a text is in points."""
    return sum(
        _long(piece, LATIN_BOLD if bold and font == LATIN else font, size) for font, piece in runs(text, language)
    )


def _long(piece: str, font: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(piece, font, size)) if font.startswith(LATIN) else len(piece) * size


def wrap(text: str, size: float, across: float, language: Language, *, bold: bool = False) -> list[str]:
    """Lines no longer than ``across``: Latin breaks at spaces, Chinese between any two characters, but no line begins
    with a closing sign or ends with an opening one; a word longer than a line is cut."""
    lines, line = [], ""
    for piece in _pieces(text):
        if width(line + piece.rstrip(), size, language, bold=bold) <= across or not line.strip():
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
        while width(line.rstrip(), size, language, bold=bold) > across and len(line) > 1:
            cut = len(line) - 1
            while cut > 1 and width(line[:cut], size, language, bold=bold) > across:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """What may not be parted: a word with the space after it, a Chinese character with the signs that stick to it."""
    found: list[str] = []
    glue = False
    for sign in text:
        chinese = ord(sign) > 0x2E7F
        before = found[-1][-1] if found else " "
        apart = glue is False and (chinese or ord(before) > 0x2E7F or before == " ")
        if found and (sign in _NOT_FIRST or sign == " " or before in _NOT_LAST or not apart):
            found[-1] += sign
        else:
            found.append(sign)
        glue = sign in _NOT_LAST
    return found


def write(
    page: Any,
    x: float,
    y: float,
    text: str,
    size: float,
    language: Language,
    *,
    colour: str = "#1b2733",
    bold: bool = False,
    anchor: str = "start",
) -> None:
    """Set one line with its baseline at ``y`` (points from the foot of the page). Song has no bold: it is stroked."""
    if anchor != "start":
        long = width(text, size, language, bold=bold)
        x -= long if anchor == "end" else long / 2
    line = page.beginText(x, y)
    line.setFillColor(colour)
    line.setStrokeColor(colour)
    for font, piece in runs(text, language):
        latin = font == LATIN
        line.setFont(LATIN_BOLD if bold and latin else font, size)
        line.setTextRenderMode(2 if bold and not latin and size >= _STROKED else 0)
        line.textOut(piece)
    line.setTextRenderMode(0)
    page.saveState()
    page.setLineWidth(size * 0.028)
    page.drawText(line)
    page.restoreState()
