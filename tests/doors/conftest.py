from collections.abc import Iterator

import pytest

from clearbay import packs
from clearbay.store import Home

MAPPING = """\
station: {column: site, programme: local.lab, name: site, medium: river}
time: {column: when, zone: "+08:00"}
properties:
  DO: {property: DO, unit: mg/L}
  NH3N: {property: NH3N, unit: mg/L}
"""


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    """An empty home with the shipped registers and one mapping."""
    with Home.create(tmp_path / "home") as made:
        made.register_stations(packs.stations())
        (made.path / "mappings").mkdir()
        (made.path / "mappings" / "lab.yaml").write_text(MAPPING, encoding="utf-8")
        yield made


def values(home: Home) -> dict[tuple[str, str], list[float]]:
    """Everything stored, by station and property."""
    found: dict[tuple[str, str], list[float]] = {}
    table = home.reader().observations()
    for station, code, value in zip(
        *(table[name].to_pylist() for name in ("station", "property", "value")), strict=True
    ):
        found.setdefault((station, code), []).append(value)
    return found
