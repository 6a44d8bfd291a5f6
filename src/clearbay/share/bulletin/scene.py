"""A drawing as a list of shapes in points, y downwards: drawn once, shown as SVG in a page and as vectors in a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Point: TypeAlias = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Rings:
    """Closed rings filled by the even-odd rule (a lake in an island in a lake)."""

    rings: tuple[tuple[Point, ...], ...]
    fill: str
    stroke: str = ""
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """An open line."""

    points: tuple[Point, ...]
    stroke: str
    width: float = 0.5
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle from its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    line: float = 0.5
    title: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle; without fill a ring. ``title`` is told to who points at it or cannot see it."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""
    width: float = 0.75
    title: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text on its baseline. ``halo`` is the colour of what it stands on, to keep it legible."""

    x: float
    y: float
    text: str
    size: float
    colour: str = "#1b2733"
    anchor: Anchor = "start"
    bold: bool = False
    halo: str = ""


Shape: TypeAlias = Rings | Line | Box | Dot | Label


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing of a size, with what it shows in words."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    about: str


def ink_on(colour: str) -> str:
    """Dark or white text, whichever stands out more against a colour (WCAG relative luminance).

    >>> ink_on("#f4c430"), ink_on("#b5121f")
    ('#101820', '#ffffff')
    """
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#101820" if (light + 0.05) / 0.058 > 1.05 / (light + 0.05) else "#ffffff"
