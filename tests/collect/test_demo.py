from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from clearbay import collect
from clearbay.collect.demo import DATA, Shipped, measured, shipped

LICENCES = Path(__file__).parents[2] / "DATA_LICENSES.md"


def test_every_shipped_file_is_in_the_manifest() -> None:
    """What is in the data directory is in the manifest, and the other way round."""
    files = {path for path in DATA.rglob("*") if path.is_file() and path.name != "manifest.yaml"}
    assert files == {file.path for file in shipped()}


def test_every_file_has_its_rights() -> None:
    """Each file names whom to thank and the terms, and DATA_LICENSES.md tells them in full."""
    told = LICENCES.read_text(encoding="utf-8")
    for file in shipped():
        assert file.attribution
        assert file.licence
        assert f"`{file.path.relative_to(DATA).as_posix().removeprefix('geo/')}`" in told, file.name


def test_measured_files_name_their_source() -> None:
    """Each measured file is read by a source that exists."""
    assert {file.source for file in measured()} <= set(collect.sources())
    assert len(measured()) == 8


def test_the_data_stay_small() -> None:
    """All shipped data together are under 8 MB."""
    assert sum(file.path.stat().st_size for file in shipped()) < 8_000_000


@pytest.mark.parametrize("file", [file for file in shipped() if file.kind == "map"], ids=lambda file: file.name)
def test_maps_are_sound(file: Shipped) -> None:
    """Each map is GeoJSON in WGS 84 inside its frame, its shapes valid, its names in four languages."""
    data = json.loads(file.path.read_text(encoding="utf-8"))
    assert data["type"] == "FeatureCollection"
    assert data["features"]
    for feature in data["features"]:
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        west, south, east, north = geometry.bounds
        assert 110.9 <= west <= east <= 116.6
        assert 20.4 <= south <= north <= 25.1
        names = {key for key in feature["properties"] if key.startswith("name:")}
        assert names in (set(), {"name:zh-Hans", "name:zh-Hant", "name:en", "name:pt"})
        assert (shapely.get_coordinates(geometry).round(5) == shapely.get_coordinates(geometry)).all()


def test_land_and_sea_do_not_overlap() -> None:
    """Sea is what is not land, but for the last digit of the coordinates."""
    land, sea = (
        shapely.union_all([shape(feature["geometry"]) for feature in json.loads((DATA / path).read_text())["features"]])
        for path in ("geo/osm_land_gba_10m.geojson", "geo/osm_seas_gba_10m.geojson")
    )
    assert land.intersection(sea).area < 1e-6
