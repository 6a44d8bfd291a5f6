"""Lines and columns to reaches: HydroRIVERS, OpenStreetMap, anybody's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from clearbay.mine.network import Lines, bounds_of, build, recognised, survey, to_tables
from clearbay.mine.network.topology import joined
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Shapes


def lines(*parts: Sequence[tuple[float, float]], **columns: list[Any]) -> Shapes:
    """Lines with attributes."""
    start = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    xy = np.array([point for part in parts for point in part], dtype=float)
    return Shapes("rivers", "line", columns, xy, start, np.arange(len(parts)), len(parts))


WAY = ((113.0, 23.0), (113.01, 23.0), (113.02, 23.0))


def test_hydrorivers_is_known_by_its_columns() -> None:
    """NEXT_DOWN links reaches, 0 is a mouth, LENGTH_KM and DIS_AV_CMS are taken."""
    shapes = lines(
        WAY[:2], WAY[1:], ((113.01, 23.01), (113.01, 23.0)),
        HYRIV_ID=[41000001, 41000002, 41000003], NEXT_DOWN=[41000002, 0, 41000002],
        LENGTH_KM=[1.1, 1.2, 1.3], DIS_AV_CMS=[5.0, 8.0, 2.0], UPLAND_SKM=[300.0, 500.0, 150.0],
    )  # fmt: skip
    assert recognised(shapes) == "hydrorivers"
    found = survey(shapes)
    built = build(found.reaches)
    assert built.length_km.tolist() == [1.2, 1.1, 1.3]
    assert [built.name(at) for at in range(3)] == ["41000002", "41000001", "41000003"]
    assert built.discharge.tolist() == [8.0, 5.0, 2.0]


def test_openstreetmap_ways_are_split_where_others_meet_them() -> None:
    """A stream ending in the middle of a river cuts it; what carries no water is left out and said."""
    shapes = lines(
        WAY, ((113.01, 23.02), (113.01, 23.0)), ((113.0, 23.1), (113.0, 23.2)),
        osm_id=["1", "2", "3"], waterway=["river", "stream", "dam"], name=["Main", "Side", None],
    )  # fmt: skip
    found = survey(shapes)
    built = build(found.reaches)
    assert found.layout == "osm"
    assert sorted(built.id.to_pylist()) == ["1:1", "1:2", "2"]
    assert built.name(int(built.main[built.find("2")])) == "1:2"
    assert any("no water" in warning for warning in built.warnings)


def test_a_line_drawn_against_the_flow_is_pointed_at() -> None:
    """Two lines that end head to head are told with their place."""
    drawn = joined(np.array([*WAY[:2], (113.02, 23.0), (113.01, 23.0)]), np.array([0, 2, 4]))
    assert any("113.01000, 23.00000" in warning for warning in drawn.warnings)


def test_ends_within_a_distance_are_one_where_asked() -> None:
    """Sloppy ends link with ``join_m`` and do not without."""
    xy = np.array([(113.0, 23.0), (113.01, 23.0), (113.01, 23.00003), (113.02, 23.0)])
    assert len(joined(xy, np.array([0, 2, 4])).link_from) == 0
    assert joined(xy, np.array([0, 2, 4]), join_m=10.0).link_to.tolist() == [1]


def test_own_columns_are_read_with_several_reaches_below() -> None:
    """``next`` may name several ids; velocity and its basis are kept."""
    shapes = lines(
        WAY[:2], WAY[1:], ((113.01, 23.0), (113.015, 23.01)),
        id=["a", "b", "c"], next=["b;c", "", ""], velocity_ms=[0.5, None, 0.4],
        velocity_basis=["measured", None, "modelled"], discharge=["4", "3", "1"],
    )  # fmt: skip
    built = build(survey(shapes).reaches)
    assert built.down.row(built.find("a")).tolist() == [built.find("b"), built.find("c")]
    assert [int(built.basis[built.find(name)]) for name in "abc"] == [2, 0, 1]


def test_lengths_are_measured_where_no_column_tells() -> None:
    """A hundredth of a degree at 23 N is 1.025 km east."""
    built = build(survey(lines(WAY[:2])).reaches)
    assert built.length_km[0] == pytest.approx(1.0252, rel=1e-3)


@pytest.mark.parametrize(
    ("columns", "layout", "says"),
    [
        ({"HYRIV_ID": [1, 1], "NEXT_DOWN": [0, 0]}, None, "given twice"),
        ({"HYRIV_ID": [1, 2]}, "hydrorivers", "NEXT_DOWN"),
        ({"name": ["a", "b"]}, "osm", "waterway"),
        ({"waterway": ["dam", "weir"]}, None, "no waterway"),
        ({"id": ["a", "b"], "next": ["x", "y"]}, None, "not in the file"),
    ],
)
def test_what_is_wrong_is_said(columns: dict[str, list[Any]], layout: Any, says: str) -> None:
    """What is missing or contradictory is refused in words."""
    with pytest.raises(BadInput, match=says):
        survey(lines(WAY[:2], WAY[1:], **columns), layout)


def test_points_are_snapped_with_their_distance() -> None:
    """A point goes to the nearest reach, how far along it and how far off in metres; one too far goes nowhere."""
    found = survey(lines(WAY[:2], WAY[1:]))
    network = build(found.reaches)
    xy, start = bounds_of(to_tables(network, found.xy, found.start)["lines"])
    snapped = Lines(xy.astype(float), start).snap(np.array([(113.0125, 23.001), (113.5, 23.0)]), within_m=500.0)
    assert network.name(int(snapped.reach[0])) == "2"
    assert snapped.part[0] == pytest.approx(0.25, abs=1e-3)
    assert snapped.off_m[0] == pytest.approx(111.2, rel=0.01)
    assert snapped.reach[1] == -1
