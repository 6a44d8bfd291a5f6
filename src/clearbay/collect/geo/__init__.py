"""Map files as features: GeoPackage, Shapefile, GeoJSON and tables with coordinates, all brought to WGS 84."""

from __future__ import annotations

from pathlib import Path

from clearbay.collect.geo import geojson, geopackage, points, shapefile
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Shapes

_FORMS = "a GeoPackage (.gpkg), a Shapefile (.shp or its .zip), GeoJSON (.geojson, .json), or for points a CSV"

__all__ = ["read_shapes"]


def read_shapes(path: Path, *, layer: str | None = None) -> Shapes:
    """The features of a map file; ``layer`` chooses one of a GeoPackage's tables.

    Raises BadInput where the file is missing, is no map file, has no features or an unknown coordinate system.
    """
    if not path.exists():
        raise BadInput("there is no such file", where=str(path), mend="check the path")
    kind = path.suffix.lower()
    if kind == ".gdb" or path.is_dir():
        raise BadInput("an Esri file geodatabase cannot be read", where=path.name, mend="take the Shapefile edition")
    try:
        head = path.open("rb").read(16)
    except OSError as error:
        raise BadInput(f"it cannot be read ({error.strerror})", where=str(path), mend="check its rights") from error
    if head.startswith(b"SQLite format 3"):
        return geopackage.read(path, layer=layer)
    if kind in {".shp", ".zip", ".dbf", ".shx"}:
        return shapefile.read(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return geojson.read(path)
    if kind in {".csv", ".txt", ".tsv"}:
        return points.read(path)
    raise BadInput(f"{kind or 'this'} is no map file that is known here", where=path.name, mend=f"give {_FORMS}")
