"""Layers of the base map, read from ``layers.yaml``; their geometry lies in ``clearbay/data/geo``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args, get_type_hints

from clearbay.model.text import Text
from clearbay.packs.sheet import Form, head_of, read, sources_of

GROUPS = ("seabed", "seawater", "coast", "watershed", "islands", "air", "admin")


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that a person can switch: a GeoJSON file in WGS 84.

    ``default`` says whether it is on at first; ``order`` is the order of drawing, lowest first. ``licence`` and
    ``attribution`` are shown with the map. ``path`` is where the file lies on this machine.
    """

    id: str
    group: str
    name: Text
    file: str
    path: Path
    geometry: Literal["polygon", "line", "point"]
    attribution: str
    licence: str
    default: bool
    order: int


GEOMETRIES: tuple[str, ...] = get_args(get_type_hints(Layer)["geometry"])


def read_layers(path: Path, geometry: Path) -> tuple[Layer, ...]:
    """Read and check the layers, in their order of drawing; ``geometry`` is the directory of their files."""
    sheet, cell = read(path)
    head = Form(sheet, cell, "layers")
    sources = sources_of(head)
    found: dict[str, Layer] = {}
    for form in head.forms("layers", lambda cell: f"layer {head_of(cell, 'id')}"):
        layer, file = form.string("id"), form.string("file")
        if layer in found:
            form.problem("duplicate-id", f"{layer} is given twice", "id")
        if file and not (geometry / file).is_file():
            form.problem("missing-file", f"there is no {file} in {geometry.name}", "file")
        form.sources(sources, "source")
        found[layer] = Layer(
            id=layer,
            group=form.choice("group", GROUPS),
            name=form.text(),
            file=file,
            path=geometry / file,
            geometry=form.choice("geometry", GEOMETRIES),  # type: ignore[arg-type]
            attribution=form.string("attribution"),
            licence=form.string("licence"),
            default=form.boolean("default", default=False),
            order=form.integer("order"),
        )
    head.close()
    sheet.settle()
    return tuple(sorted(found.values(), key=lambda layer: layer.order))
