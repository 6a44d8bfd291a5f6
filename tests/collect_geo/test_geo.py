"""Map files of four kinds say the same."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from pyproj import CRS, Transformer

from clearbay.collect.geo import read_shapes
from clearbay.model.errors import BadInput
from tests.collect_geo.writers import geojson, geopackage, shapefile

LINES = [[(113.0, 23.0), (113.01, 23.0), (113.02, 23.0)], [(113.01, 23.02), (113.01, 23.0)]]
ROWS = [{"code": "a", "river": "沙河", "flow": 5.5}, {"code": "b", "river": "支流", "flow": 2.25}]


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "zip"])
def test_lines_and_attributes_are_those_of_the_file(tmp_path: Path, kind: str) -> None:
    """Every format gives the points and the columns that were written."""
    if kind == "geojson":
        path = geojson(tmp_path / "rivers.geojson", LINES, ROWS)
    elif kind == "gpkg":
        path = geopackage(tmp_path / "rivers.gpkg", LINES, ROWS)
    else:
        path = shapefile(tmp_path / "rivers.shp", LINES, ROWS, encoding="gb18030")
        if kind == "zip":
            with zipfile.ZipFile(tmp_path / "rivers.zip", "w") as archive:
                for part in tmp_path.glob("rivers.*"):
                    if part.suffix != ".zip":
                        archive.write(part, part.name)
            path = tmp_path / "rivers.zip"
    shapes = read_shapes(path)
    assert shapes.geometry == "line"
    assert shapes.start.tolist() == [0, 3, 5]
    assert shapes.xy[:3].tolist() == pytest.approx(np.array(LINES[0]))
    assert list(shapes.column("CODE") or ()) == ["a", "b"]
    assert list(shapes.column("river") or ()) == ["沙河", "支流"]
    assert [float(value) for value in shapes.column("flow") or ()] == [5.5, 2.25]


@pytest.mark.parametrize("kind", ["gpkg", "shp"])
def test_other_coordinate_systems_become_degrees(tmp_path: Path, kind: str) -> None:
    """Metres of the Hong Kong grid come out as the longitude and latitude they stand for."""
    to_grid = Transformer.from_crs(4326, 2326, always_xy=True)
    lines = [[to_grid.transform(114.1, 22.3), to_grid.transform(114.2, 22.35)]]
    rows = [{"code": "a"}]
    if kind == "gpkg":
        path = geopackage(tmp_path / "grid.gpkg", lines, rows, epsg=2326)
    else:
        path = shapefile(tmp_path / "grid.shp", lines, rows, wkt=CRS.from_epsg(2326).to_wkt("WKT1_ESRI"))
    shapes = read_shapes(path)
    assert shapes.xy.tolist() == pytest.approx(np.array([(114.1, 22.3), (114.2, 22.35)]), abs=2e-5)


def test_a_silent_system_is_degrees_or_refused(tmp_path: Path) -> None:
    """Without a .prj degrees are assumed and said; metres are not guessed."""
    path = shapefile(tmp_path / "rivers.shp", LINES, ROWS)
    path.with_suffix(".prj").unlink()
    assert any("names no coordinate system" in note for note in read_shapes(path).notes)
    path = shapefile(tmp_path / "metres.shp", [[(830000.0, 820000.0), (831000.0, 820000.0)]], [{"code": "a"}])
    path.with_suffix(".prj").unlink()
    with pytest.raises(BadInput, match="no degrees"):
        read_shapes(path)


def test_points_come_from_tables(tmp_path: Path) -> None:
    """A CSV with longitude and latitude; rows without a position are left out and said with their line."""
    path = tmp_path / "outlets.csv"
    path.write_text("id,经度,纬度\nx,113.0,23.0\ny,,\nz,113.1,23.1\n", encoding="utf-8")
    shapes = read_shapes(path)
    assert (shapes.geometry, list(shapes.columns["id"])) == ("point", ["x", "z"])
    assert any("line 3" in note for note in shapes.notes)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.geojson", b"{", "no JSON"),
        ("a.geojson", b'{"type": "Topology"}', "FeatureCollection"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "not one feature"),
        (
            "a.geojson",
            b'{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":[[1,"x"]]}}]}',
            "cannot be read",
        ),
        ("a.shp", b"nothing", "no sound Shapefile"),
        ("a.gpkg", b"SQLite format 3\0" + b"\0" * 200, "GeoPackage"),
        ("a.csv", b"id,name\n1,2\n", "coordinates"),
        ("a.tif", b"II*", "no map file"),
        ("a.zip", b"PK", "unpacked"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_words(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """What is wrong, where, and what to do: never a trace of the program."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=says) as caught:
        read_shapes(path)
    assert caught.value.mend


def test_missing_files_and_directories_are_refused(tmp_path: Path) -> None:
    """A path that is not there, and a geodatabase."""
    with pytest.raises(BadInput, match="no such file"):
        read_shapes(tmp_path / "nothing.gpkg")
    (tmp_path / "rivers.gdb").mkdir()
    with pytest.raises(BadInput, match="geodatabase"):
        read_shapes(tmp_path / "rivers.gdb")
