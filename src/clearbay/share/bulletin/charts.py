"""Shares of the classes month by month, as stacked bars; each part bears its class, so that colour is not alone."""

from __future__ import annotations

from clearbay.apply.bulletin import Bulletin
from clearbay.model.text import Language
from clearbay.share.bulletin import words
from clearbay.share.bulletin.scene import Box, Label, Line, Scene, Shape, ink_on

_LEFT, _RIGHT, _TOP, _BOTTOM = 26.0, 0.0, 16.0, 26.0
_QUIET = "#5b6875"


def shares(bulletin: Bulletin, language: Language, width: float, height: float) -> Scene:
    """The chart; months without a verdict stay empty and say so by a dash."""
    shapes: list[Shape] = []
    tall = height - _TOP - _BOTTOM
    for share in (0, 25, 50, 75, 100):
        y = _TOP + tall * (1 - share / 100)
        shapes.append(Line(((_LEFT, y), (width - _RIGHT, y)), "#d5dbe1", 0.4))
        shapes.append(Label(_LEFT - 4, y + 2.4, f"{share}%", 6.5, _QUIET, "end"))
    step = (width - _LEFT - _RIGHT) / len(bulletin.history)
    bar = min(step * 0.74, 34.0)
    for place, (month, counts) in enumerate(bulletin.history):
        middle = _LEFT + step * (place + 0.5)
        total = sum(counts)
        own = month == bulletin.month
        shapes.append(
            Label(middle, _TOP - 5, str(total) if total else "–", 6.5, "#1b2733" if own else _QUIET, "middle", bold=own)
        )
        shapes.extend(_bar(bulletin, language, month, counts, middle - bar / 2, bar, tall))
        first = place == 0 or month.endswith("-01")
        at = height - _BOTTOM + 10
        shapes.append(Label(middle, at, str(int(month[5:])), 7, "#1b2733" if own else _QUIET, "middle", bold=own))
        if first:
            shapes.append(Label(middle, at + 9, month[:4], 7, _QUIET, "middle"))
    return Scene(width, height, tuple(shapes), words.say("chart_about", language, n=str(len(bulletin.history))))


def _bar(
    bulletin: Bulletin,
    language: Language,
    month: str,
    counts: tuple[int, ...],
    x: float,
    width: float,
    tall: float,
) -> list[Shape]:
    found: list[Shape] = []
    y, total = _TOP, sum(counts)
    # Best at the bottom, as a level that rises when things get better; drawn from the top down.
    for place in reversed(range(len(counts))):
        grade = bulletin.standard.grades[place]
        high = tall * counts[place] / total if total else 0.0
        if not high:
            continue
        share = words.per_cent(100.0 * counts[place] / total, language)
        said = f"{words.month(month, language)}: {grade.name[language]} {counts[place]} ({share})"
        found.append(Box(x, y, width, high, grade.colour, "#ffffff", 0.6, said))
        if high >= 8:
            text = grade.short or grade.id
            found.append(Label(x + width / 2, y + high / 2 + 2.3, text, 6.5, ink_on(grade.colour), "middle"))
        y += high
    return found
