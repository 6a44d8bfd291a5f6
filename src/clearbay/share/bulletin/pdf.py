"""A bulletin as a PDF of A4 pages, set by clearbay itself: text that can be searched, maps and charts as vectors."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from clearbay.share.bulletin import type as setting
from clearbay.share.bulletin import words
from clearbay.share.bulletin.document import WIDTH, Badge, Block, Cell, Document, Figures, Key, Picture, Prose, Table
from clearbay.share.bulletin.scene import Box, Dot, Label, Line, Rings, Scene, ink_on

_WIDE, _HIGH = float(A4[0]), float(A4[1])
_LEFT = (_WIDE - WIDTH) / 2
_TOP, _FOOT = 46.0, 46.0
_INK, _QUIET, _FAINT, _ACCENT, _BAND = "#1b2733", "#5b6875", "#d5dbe1", "#1f5f8b", "#f2f5f8"


def pdf(document: Document) -> bytes:
    """The document as PDF; equal documents are equal bytes."""
    setting.register()
    pages = _Sheet(document, 0).set()[1]
    return _Sheet(document, pages).set()[0]


class _Sheet:
    """One pass over the document; ``pages`` is how many there will be (0: not known yet)."""

    def __init__(self, document: Document, pages: int) -> None:
        self.document, self.pages = document, pages
        self.language = document.language
        self.buffer = io.BytesIO()
        self.page: Any = Canvas(self.buffer, pagesize=A4, invariant=1, pageCompression=1, lang=document.language)
        self.number, self.y = 1, _TOP

    def set(self) -> tuple[bytes, int]:
        """Set every block; the bytes and the number of pages."""
        document = self.document
        self.page.setTitle(f"{document.title} · {document.area} · {document.month}")
        self.page.setAuthor("clearbay")
        self.page.setSubject(document.standard)
        self._head()
        for block in document.blocks:
            self._block(block)
        self._foot()
        self.page.save()
        return self.buffer.getvalue(), self.number

    # The page

    def _head(self) -> None:
        document = self.document
        self.page.setFillColor(_ACCENT)
        self.page.rect(_LEFT, _HIGH - self.y, WIDTH, 2.4, stroke=0, fill=1)
        self.y += 20
        self._text(0, document.title, 10.5, colour=_ACCENT, bold=True)
        self._text(WIDTH, document.standard, 8.5, colour=_QUIET, anchor="end")
        self.y += 25
        self._text(0, document.area, 22, bold=True)
        self._text(WIDTH, document.month, 15, colour=_INK, anchor="end")
        self.y += 20
        if document.warning:
            self._lines(document.warning, 9, 13, bold=True, colour="#9c1c1c")
            self.y += 2
        self._lines(document.lead, 11, 16.5)
        self.y += 12

    def _foot(self) -> None:
        y = _HIGH - 26
        self.page.setStrokeColor(_FAINT)
        self.page.setLineWidth(0.4)
        self.page.line(_LEFT, _HIGH - y + 11, _LEFT + WIDTH, _HIGH - y + 11)
        self._text(0, self.document.footer, 7, colour=_QUIET, at=y)
        if self.pages:
            text = words.say("page", self.language, page=str(self.number), pages=str(self.pages))
            self._text(WIDTH, text, 7, colour=_QUIET, anchor="end", at=y)

    def _turn(self) -> None:
        self._foot()
        self.page.showPage()
        self.number += 1
        self.y = _TOP
        running = f"{self.document.title} · {self.document.area} · {self.document.month}"
        self._text(0, running, 7.5, colour=_QUIET, at=_TOP - 12)

    def _need(self, height: float) -> bool:
        """Turn the page where less than ``height`` is left; True where it was turned."""
        if self.y + height <= _HIGH - _FOOT:
            return False
        self._turn()
        return True

    # Blocks

    def _block(self, block: Block) -> None:
        match block:
            case Figures():
                self._figures(block)
            case Picture():
                self._picture(block)
            case Table():
                self._table(block)
            case Prose():
                self._prose(block)

    def _heading(self, title: str, beside: float) -> None:
        """A heading that never stands alone at the foot of a page: ``beside`` is what must follow on it."""
        if not title:
            self.y += 4
            return
        self._need(26 + beside)
        self.y += 18
        self._text(0, title, 10.5, bold=True, colour=_ACCENT)
        key = f"h{self.number}-{self.y:.0f}"
        self.page.bookmarkHorizontal(key, 0, _HIGH - self.y + 14)
        self.page.addOutlineEntry(title, key, 0)
        self.y += 8

    def _figures(self, block: Figures) -> None:
        gap = 8.0
        wide = (WIDTH - gap * (len(block.figures) - 1)) / len(block.figures)
        notes = [setting.wrap(one.note, 7, wide - 16, self.language) if one.note else [] for one in block.figures]
        labels = [setting.wrap(one.label, 7.5, wide - 16, self.language) for one in block.figures]
        most = max(len(one) for one in labels)
        high = 37 + most * 10 + max(len(one) for one in notes) * 9
        self._need(high)
        for place, figure in enumerate(block.figures):
            x = place * (wide + gap)
            self.page.setFillColor(_BAND)
            self.page.rect(_LEFT + x, _HIGH - self.y - high, wide, high, stroke=0, fill=1)
            if figure.colour:
                self.page.setFillColor(figure.colour)
                self.page.rect(_LEFT + x, _HIGH - self.y - high, 3, high, stroke=0, fill=1)
            y = self.y + 14
            for line in labels[place]:
                self._text(x + 10, line, 7.5, colour=_QUIET, at=y)
                y += 10
            y = self.y + 14 + most * 10 + 9
            size = 17.0
            while size > 9 and setting.width(figure.value, size, self.language, bold=True) > wide - 16:
                size -= 0.5
            self._text(x + 10, figure.value, size, bold=True, at=y)
            y += 12
            for line in notes[place]:
                self._text(x + 10, line, 7, colour=_QUIET, at=y)
                y += 9
        self.y += high

    def _picture(self, block: Picture) -> None:
        legend = 16.0 * (1 + self._legend(block.legend, draw=False)) if block.legend else 0.0
        self._heading(block.title, block.scene.height + legend + (12 if block.note else 0))
        self._scene(block.scene, _LEFT, self.y)
        self.y += block.scene.height + 4
        if block.legend:
            self._legend(block.legend, draw=True)
        if block.note:
            self._lines(block.note, 7, 9.5, colour=_QUIET)

    def _legend(self, keys: Sequence[Key], *, draw: bool) -> int:
        """Entries side by side; how many times the line was broken."""
        x, broken = 0.0, 0
        for key in keys:
            wide = 17 + setting.width(key.text, 7.5, self.language) + 13
            if x + wide - 13 > WIDTH:
                x, broken = 0.0, broken + 1
                self.y += 14 if draw else 0
            if draw:
                middle = _HIGH - self.y - 7
                fill = 1 if key.colour else 0
                self.page.setFillColor(key.colour or "#ffffff")
                self.page.setStrokeColor(key.colour or _QUIET)
                self.page.setLineWidth(0.8)
                self.page.circle(_LEFT + x + 6, middle, 5.2 if fill else 3.6, stroke=1, fill=fill)
                if key.sign:
                    ink = ink_on(key.colour)
                    size = 7 if len(key.sign) == 1 else 5.4 if len(key.sign) == 2 else 4.4
                    self._text(
                        x + 6, key.sign, size, colour=ink, bold=True, anchor="middle", at=self.y + 7 + size * 0.36
                    )
                self._text(x + 15, key.text, 7.5, colour=_INK, at=self.y + 9.6)
            x += wide
        if draw:
            self.y += 16
        return broken

    def _prose(self, block: Prose) -> None:
        size, lead = (7.2, 10.2) if block.small else (9.2, 13.6)
        self._heading(block.title, lead * 2)
        for paragraph in block.paragraphs:
            self._lines(paragraph, size, lead, colour=_QUIET if block.small else _INK)
            self.y += 2.5

    def _lines(self, text: str, size: float, lead: float, *, colour: str = _INK, bold: bool = False) -> None:
        for line in setting.wrap(text, size, WIDTH, self.language, bold=bold):
            self._need(lead)
            self.y += lead
            self._text(0, line, size, colour=colour, bold=bold, at=self.y - lead * 0.25)

    # Tables

    def _table(self, block: Table) -> None:
        wide = self._widths(block)
        rows = [[self._cell(cell, across - 8) for cell, across in zip(row, wide, strict=True)] for row in block.rows]
        high = [max(max(len(cell) for cell in row) * 9.6, 9.6) + 5.4 for row in rows]
        titles = [
            setting.wrap(c.title, 7.2, w - 8, self.language, bold=True)
            for c, w in zip(block.columns, wide, strict=True)
        ]
        head = max(len(title) for title in titles) * 9.2 + 6
        self._heading(block.title, head + sum(high[:2]))

        def heads() -> None:
            self.page.setFillColor(_BAND)
            self.page.rect(_LEFT, _HIGH - self.y - head, WIDTH, head, stroke=0, fill=1)
            for column, title, x, across in zip(block.columns, titles, _starts(wide), wide, strict=True):
                for place, line in enumerate(title):
                    at = self.y + head - 5 - (len(title) - 1 - place) * 9.2
                    self._aligned(line, 7.2, x, across, column.numeric, at, _QUIET, bold=True)
            self.y += head

        heads()
        for row, cells, tall in zip(block.rows, rows, high, strict=True):
            if self._need(tall):
                heads()
            for column, cell, lines, x, across in zip(block.columns, row, cells, _starts(wide), wide, strict=True):
                if isinstance(cell, Badge):
                    self._badge(cell, lines, x + 4, across - 8, tall)
                    continue
                for place, line in enumerate(lines):
                    self._aligned(line, 7.8, x, across, column.numeric, self.y + 10.4 + place * 9.6, _INK)
            self.y += tall
            self.page.setStrokeColor(_FAINT)
            self.page.setLineWidth(0.35)
            self.page.line(_LEFT, _HIGH - self.y, _LEFT + WIDTH, _HIGH - self.y)

    def _widths(self, block: Table) -> list[float]:
        """Columns with classes are as wide as the longest name asks for; the others share the rest."""
        fixed: dict[int, float] = {}
        for place in range(len(block.columns)):
            names = {cell.text for row in block.rows if isinstance(cell := row[place], Badge)}
            if names:
                fixed[place] = 20 + max(setting.width(one, 7.2, self.language, bold=True) for one in names)
        free = WIDTH - sum(fixed.values())
        total = sum(column.width for place, column in enumerate(block.columns) if place not in fixed)
        return [fixed.get(place, free * column.width / total) for place, column in enumerate(block.columns)]

    def _cell(self, cell: Cell, across: float) -> list[str]:
        if isinstance(cell, Badge):
            return setting.wrap(cell.text, 7.2, across - 8, self.language, bold=True)
        return setting.wrap(cell, 7.8, across, self.language)

    def _badge(self, badge: Badge, lines: Sequence[str], x: float, across: float, tall: float) -> None:
        wide = min(max(setting.width(line, 7.2, self.language, bold=True) for line in lines) + 10, across)
        high = len(lines) * 9.6 + 1.4
        self.page.setFillColor(badge.colour)
        self.page.roundRect(_LEFT + x, _HIGH - self.y - 2 - high, wide, high, 3, stroke=0, fill=1)
        for place, line in enumerate(lines):
            self._text(x + 5, line, 7.2, colour=ink_on(badge.colour), bold=True, at=self.y + 10 + place * 9.6)

    def _aligned(
        self,
        text: str,
        size: float,
        x: float,
        across: float,
        right: bool,
        at: float,
        colour: str,
        *,
        bold: bool = False,
    ) -> None:
        where = x + across - 4 if right else x + 4
        self._text(where, text, size, colour=colour, bold=bold, anchor="end" if right else "start", at=at)

    # Strokes

    def _text(
        self,
        x: float,
        text: str,
        size: float,
        *,
        colour: str = _INK,
        bold: bool = False,
        anchor: str = "start",
        at: float | None = None,
    ) -> None:
        y = _HIGH - (self.y if at is None else at)
        setting.write(self.page, _LEFT + x, y, text, size, self.language, colour=colour, bold=bold, anchor=anchor)

    def _scene(self, scene: Scene, x: float, y: float) -> None:
        page = self.page
        page.saveState()
        clip = page.beginPath()
        clip.rect(x, _HIGH - y - scene.height, scene.width, scene.height)
        page.clipPath(clip, stroke=0, fill=0)
        for shape in scene.shapes:
            match shape:
                case Rings():
                    self._rings(shape, x, y)
                case Line():
                    self._stroke(shape, x, y)
                case Box():
                    painted = self._paint(shape.fill, shape.stroke, shape.line)
                    low = _HIGH - y - shape.y - shape.height
                    page.rect(x + shape.x, low, shape.width, shape.height, **painted)
                case Dot():
                    painted = self._paint(shape.fill, shape.stroke, shape.width)
                    page.circle(x + shape.x, _HIGH - y - shape.y, shape.radius, **painted)
                case Label():
                    self._label(shape, x, y)
        page.restoreState()

    def _paint(self, fill: str, stroke: str, width: float) -> dict[str, int]:
        """Colours made current; which of filling and stroking there is to do."""
        if fill:
            self.page.setFillColor(fill)
        if stroke:
            self.page.setStrokeColor(stroke)
            self.page.setLineWidth(width)
        return {"fill": int(bool(fill)), "stroke": int(bool(stroke))}

    def _rings(self, shape: Rings, x: float, y: float) -> None:
        path = self.page.beginPath()
        for ring in shape.rings:
            path.moveTo(x + ring[0][0], _HIGH - y - ring[0][1])
            for point in ring[1:]:
                path.lineTo(x + point[0], _HIGH - y - point[1])
            path.close()
        self.page.drawPath(path, fillMode=0, **self._paint(shape.fill, shape.stroke, shape.width))

    def _stroke(self, shape: Line, x: float, y: float) -> None:
        path = self.page.beginPath()
        path.moveTo(x + shape.points[0][0], _HIGH - y - shape.points[0][1])
        for point in shape.points[1:]:
            path.lineTo(x + point[0], _HIGH - y - point[1])
        if shape.dashed:
            self.page.setDash(2, 2)
        self.page.drawPath(path, **self._paint("", shape.stroke, shape.width))
        self.page.setDash()

    def _label(self, shape: Label, x: float, y: float) -> None:
        at = (x + shape.x, _HIGH - y - shape.y)
        if shape.halo:
            long = setting.width(shape.text, shape.size, self.language, bold=shape.bold)
            left = at[0] - {"start": 0.0, "middle": long / 2, "end": long}[shape.anchor]
            self.page.saveState()
            self.page.setFillColor(shape.halo)
            self.page.setFillAlpha(0.65)
            self.page.rect(left - 1, at[1] - 1.4, long + 2, shape.size + 0.6, stroke=0, fill=1)
            self.page.restoreState()
        setting.write(
            self.page,
            *at,
            shape.text,
            shape.size,
            self.language,
            colour=shape.colour,
            bold=shape.bold,
            anchor=shape.anchor,
        )


def _starts(widths: Sequence[float]) -> list[float]:
    found = [0.0]
    for one in widths[:-1]:
        found.append(found[-1] + one)
    return found
