"""The outline of the land for a first drawing."""

from __future__ import annotations

from itertools import pairwise

import orjson
import pytest

from clearbay.apply.outline import outline, view_of
from clearbay.model.errors import BadInput


def rings(view: str | None):
    """The rings in degrees."""
    found = outline(view_of(view))
    west, south, _, _ = found["bbox"]
    for ring in found["rings"]:
        points, x, y = [], 0, 0
        for dx, dy in zip(ring[::2], ring[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((west + x * found["unit"], south + y * found["unit"]))
        yield points


def winding(points, x, y):
    """How often a ring turns about a place."""
    turns = 0
    for (x1, y1), (x2, y2) in pairwise(points):
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if y1 <= y < y2 and side > 0:
            turns += 1
        elif y2 <= y < y1 and side < 0:
            turns -= 1
    return turns


def test_land_is_land_and_water_is_water():
    """Lantau's peak and Shenzhen lie on land; Victoria Harbour, Deep Bay and Tolo Harbour do not."""
    shown = list(rings(None))
    for x, y in ((113.92, 22.245), (114.06, 22.55)):
        assert sum(winding(points, x, y) for points in shown) != 0
    for x, y in ((114.165, 22.289), (113.96, 22.47), (114.25, 22.45)):
        assert sum(winding(points, x, y) for points in shown) == 0


def test_it_is_small_everywhere():
    """A first drawing travels in a few kilobytes, from the whole bay down to one harbour."""
    for view in (None, "113.8,22.4,7.5", "114.17,22.29,13"):
        assert len(orjson.dumps(outline(view_of(view)))) < 80_000


def test_a_view_that_is_none_says_so():
    """What is wrong, where, and how to write it."""
    for wrong in ("here", "1,2", "200,0,3", "114,22,nan"):
        with pytest.raises(BadInput, match="is not a view"):
            view_of(wrong)
