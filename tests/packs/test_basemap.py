"""Layers of the base map."""

from __future__ import annotations

import json

from clearbay import packs

KIND = {
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
    "LineString": "line",
    "MultiLineString": "line",
    "Point": "point",
}


def test_layers_are_files_of_the_geometry_they_state() -> None:
    """Every layer's file is there, is GeoJSON, and holds what the pack says."""
    for layer in packs.layers():
        features = json.loads(layer.path.read_text(encoding="utf-8"))["features"]
        assert {KIND[feature["geometry"]["type"]] for feature in features} == {layer.geometry}, layer.id


def test_the_base_map_is_four_in_one() -> None:
    """Seabed, sea water, coast and watershed, islands, air and units beside; the sea is drawn first, names last."""
    layers = packs.layers()
    assert {"seabed", "seawater", "coast", "watershed", "islands", "air", "admin"} == {layer.group for layer in layers}
    assert [layer.order for layer in layers] == sorted({layer.order for layer in layers})
    assert (layers[0].id, layers[-1].id) == ("sea", "places")
    assert {layer.id for layer in layers if layer.default} >= {"sea", "land", "shelf", "rivers", "borders"}


def test_every_layer_says_whose_it_is() -> None:
    """OpenStreetMap is attributed under its licence; outlines with unstated terms say so."""
    by_id = {layer.id: layer for layer in packs.layers()}
    assert by_id["new-land"].licence == "ODbL 1.0"
    assert "OpenStreetMap" in by_id["new-land"].attribution
    assert by_id["land"].licence == "LGPL-3.0-or-later"
    assert "not stated" in by_id["units"].licence
