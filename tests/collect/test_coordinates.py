from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.coordinates import degrees, from_wgs84, system, to_wgs84
from clearbay.collect.demo import DATA
from clearbay.model.errors import BadInput

DISPLACED = ("GCJ-02", "BD-09")
inside = st.tuples(st.floats(73, 135), st.floats(18, 54))


@given(inside, st.sampled_from(DISPLACED))
def test_displacement_is_undone(position: tuple[float, float], crs: str) -> None:
    """GCJ-02 and BD-09 there and back: the error is below 1e-6 degree (and below 1e-8 in fact)."""
    x, y = from_wgs84(*position, crs)
    lon, lat = to_wgs84(x, y, crs)
    assert abs(float(lon) - position[0]) < 1e-8
    assert abs(float(lat) - position[1]) < 1e-8


@given(inside)
def test_displacement_is_some_hundred_metres(position: tuple[float, float]) -> None:
    """GCJ-02 moves a place by at most 0.012 degree."""
    x, y = from_wgs84(*position, "GCJ-02")
    assert math.hypot(float(x) - position[0], float(y) - position[1]) < 0.012


@pytest.mark.parametrize(
    ("lon", "lat", "x", "y"),
    [
        (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
        (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
        (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
    ],
)
def test_known_places(lon: float, lat: float, x: float, y: float) -> None:
    """Three places in Shanghai, Shenzhen and Beijing come out as the public test points of eviltransform have them."""
    found = from_wgs84(lon, lat, "GCJ-02")
    assert [float(value) for value in found] == pytest.approx([x, y], abs=1e-12)
    assert [float(value) for value in to_wgs84(x, y, "GCJ-02")] == pytest.approx([lon, lat], abs=1e-9)


def test_abroad_nothing_is_displaced() -> None:
    """Outside the box of GCJ-02 a position passes unchanged."""
    assert [float(value) for value in from_wgs84(-0.1276, 51.5072, "GCJ-02")] == [-0.1276, 51.5072]
    assert [float(value) for value in to_wgs84(139.7, 35.7, "GCJ-02")] == [139.7, 35.7]


def test_the_hong_kong_grid() -> None:
    """The grid's origin (836694.05 E, 819069.80 N) is 22°18'43.68"N 114°10'42.80"E on its own datum.

    WGS 84 gives the same place a latitude 5.5" smaller and a longitude 8.8" greater."""
    lon, lat = to_wgs84(836694.05, 819069.80, "HK1980")
    assert float(lon) == pytest.approx(114 + 10 / 60 + 42.80 / 3600 + 0.002444, abs=2e-4)
    assert float(lat) == pytest.approx(22 + 18 / 60 + 43.68 / 3600 - 0.001534, abs=2e-4)


@given(st.floats(113.85, 114.42), st.floats(22.16, 22.56))
def test_the_hong_kong_grid_there_and_back(lon: float, lat: float) -> None:
    """Grid coordinates of a place give the place back, to a millimetre."""
    back = to_wgs84(*from_wgs84(lon, lat, "EPSG:2326"), "HK 1980")
    assert float(back[0]) == pytest.approx(lon, abs=1e-8)
    assert float(back[1]) == pytest.approx(lat, abs=1e-8)


@pytest.mark.parametrize("crs", ["MACAO1920", "MACAO2008"])
def test_the_macao_grids(crs: str) -> None:
    """Macao's grids count from 20000 E, 20000 N in the city: a place there lies near, and comes back."""
    x, y = from_wgs84(113.5439, 22.1987, crs)
    assert abs(float(x) - 20000) < 2000
    assert abs(float(y) - 20000) < 3000
    assert [float(value) for value in to_wgs84(x, y, crs)] == pytest.approx([113.5439, 22.1987], abs=1e-8)


def test_stations_keep_their_places_through_every_system() -> None:
    """The 94 marine stations, sent through each system and back, move by less than a centimetre."""
    rows = [line.split(",") for line in (DATA / "marine_hk/stations.csv").read_text("utf-8").splitlines()]
    lon, lat = (np.array([float(row[column]) for row in rows[1:]]) for column in (-2, -1))
    assert len(lon) == 94
    for crs in ("WGS84", "CGCS2000", "GCJ-02", "BD-09", "HK1980", "MACAO2008", "EPSG:4547", "EPSG:3857"):
        back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
        assert np.abs(back[0] - lon).max() < 1e-7, crs
        assert np.abs(back[1] - lat).max() < 1e-7, crs


def test_names_of_systems() -> None:
    """Names are understood however they are spelled; an unknown one is refused with those there are."""
    assert [system(name) for name in ("wgs 84", "gcj02", "BD_09".replace("_", "-"), "epsg:2326")] == [
        "",
        "GCJ-02",
        "BD-09",
        "EPSG:2326",
    ]
    with pytest.raises(BadInput, match="did you mean"):
        system("GCJ-2")
    with pytest.raises(BadInput, match="PROJ knows no"):
        system("EPSG:999999")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("113°30'36\"E", 113.51),
        ("113°30′36″", 113.51),
        ("东经113度30分36秒", 113.51),
        ("22°30'S", -22.5),
        ("113.51°", 113.51),
        ("W 8°30'0\"", -8.5),
        ("113.51", math.nan),
        ("E113-30-36", math.nan),
        ("somewhere", math.nan),
        ("", math.nan),
    ],
)
def test_degrees_minutes_seconds(text: str, value: float) -> None:
    """Degrees with minutes and seconds become decimal; a text without a degree sign is none."""
    assert degrees(text) == pytest.approx(value, nan_ok=True)
