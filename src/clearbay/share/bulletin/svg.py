"""A drawing as inline SVG."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from clearbay.share.bulletin.scene import Box, Dot, Label, Line, Point, Rings, Scene, Shape


def svg(scene: Scene) -> str:
    """The drawing with its description; widths scale with the page."""
    inner = "".join(_drawn(shape) for shape in scene.shapes)
    return (
        f'<svg viewBox="0 0 {_n(scene.width)} {_n(scene.height)}" role="img" aria-label="{escape(scene.about)}" '
        f'xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )


def _drawn(shape: Shape) -> str:
    match shape:
        case Rings():
            path = "".join(f"M{_points(ring)}Z" for ring in shape.rings)
            stroke = f' stroke="{shape.stroke}" stroke-width="{_n(shape.width)}"' if shape.stroke else ""
            return f'<path d="{path}" fill="{shape.fill}" fill-rule="evenodd"{stroke}/>'
        case Line():
            dashes = ' stroke-dasharray="2 2"' if shape.dashed else ""
            return (
                f'<polyline points="{_points(shape.points)}" fill="none" stroke="{shape.stroke}" '
                f'stroke-width="{_n(shape.width)}"{dashes}/>'
            )
        case Box():
            return _titled(
                "rect",
                f'x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}" '
                + _paint(shape.fill, shape.stroke, shape.line),
                shape.title,
            )
        case Dot():
            return _titled(
                "circle",
                f'cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}" '
                + _paint(shape.fill, shape.stroke, shape.width),
                shape.title,
            )
        case Label():
            weight = ' font-weight="700"' if shape.bold else ""
            halo = f' paint-order="stroke" stroke="{shape.halo}" stroke-width="2.4"' if shape.halo else ""
            return (
                f'<text x="{_n(shape.x)}" y="{_n(shape.y)}" font-size="{_n(shape.size)}" fill="{shape.colour}" '
                f'text-anchor="{shape.anchor}"{weight}{halo}>{escape(shape.text)}</text>'
            )


def _titled(name: str, attributes: str, title: str) -> str:
    if not title:
        return f"<{name} {attributes}/>"
    return f"<{name} {attributes}><title>{escape(title)}</title></{name}>"


def _paint(fill: str, stroke: str, width: float) -> str:
    line = f' stroke="{stroke}" stroke-width="{_n(width)}"' if stroke else ""
    return f'fill="{fill or "none"}"{line}'


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
