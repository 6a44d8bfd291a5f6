"""The demonstration data that ship with clearbay: which file is read by which source, and whom to thank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent.parent / "data"
"""Where the data are: files beside the program, never fetched."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One shipped file. ``source`` is empty for tables and maps, which no source reads into readings."""

    path: Path
    kind: str
    attribution: str
    licence: str
    source: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None

    @property
    def name(self) -> str:
        """The file's name, which some sources take the year from."""
        return self.path.name


@cache
def shipped() -> tuple[Shipped, ...]:
    """Every file of the manifest, in its order: measured files first, then tables, then maps."""
    manifest = yaml.safe_load((DATA / "manifest.yaml").read_text(encoding="utf-8"))
    rights = manifest["attributions"]
    return tuple(_shipped(entry, kind, rights) for kind in ("files", "tables", "maps") for entry in manifest[kind])


def _shipped(entry: Mapping[str, Any], kind: str, rights: Mapping[str, Mapping[str, str]]) -> Shipped:
    owner = rights[entry["rights"]]
    return Shipped(
        path=DATA / entry["path"],
        kind=kind.removesuffix("s"),
        attribution=owner["attribution"],
        licence=owner["licence"],
        source=entry.get("source", ""),
        options=entry.get("options", {}),
        rows=entry.get("rows"),
    )


def measured() -> tuple[Shipped, ...]:
    """The files that a demonstration loads, in their order."""
    return tuple(file for file in shipped() if file.kind == "file")
