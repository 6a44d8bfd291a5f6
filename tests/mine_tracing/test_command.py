"""``clearbay trace FILE.csv --out OUT.json``, as a function."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from clearbay.cli.trace import trace
from clearbay.model.errors import BadInput
from tests.mine_tracing.clouds import usual


def write(path: Path, header: str = "section,distance_km,discharge_m3s,time_h,concentration") -> Path:
    """Two sections, samples in reverse order, with a byte-order mark as spreadsheets write."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(header + "\n")
        writer = csv.writer(file)
        for distance in (30.0, 20.0):
            curve = usual(distance)
            for hour, value in zip(curve.time_h[::-1], curve.concentration[::-1], strict=True):
                writer.writerow([curve.section, distance, 8.0, hour, value])
    return path


def test_the_answer_file(tmp_path: Path) -> None:
    """The answer is JSON with medians, 90 % intervals, identifiable and warnings."""
    out = tmp_path / "out.json"
    trace(write(tmp_path / "in.csv"), out=out, velocity=None, velocity_error=0.1, as_json=False)
    content = json.loads(out.read_text(encoding="utf-8"))
    for name in ("location_km", "time_h", "mass"):
        assert content[name]["interval"][0] <= content[name]["median"] <= content[name]["interval"][1]
    assert content["identifiable"] is True
    assert isinstance(content["warnings"], list)


def test_compressed_files_are_read(tmp_path: Path) -> None:
    """A gzip file is read as it is."""
    packed = tmp_path / "in.csv.gz"
    packed.write_bytes(gzip.compress(write(tmp_path / "in.csv").read_bytes()))
    out = tmp_path / "out.json"
    trace(packed, out=out, velocity=0.35, velocity_error=0.1, as_json=False)
    assert out.exists()


def test_bad_files_are_named(tmp_path: Path) -> None:
    """A missing file, a missing column, text in another encoding: each is told with its way out."""
    with pytest.raises(BadInput):
        trace(tmp_path / "none.csv", velocity_error=0.1)
    with pytest.raises(BadInput, match="missing"):
        trace(write(tmp_path / "in.csv", "section,km,discharge_m3s,time_h,concentration"), velocity_error=0.1)
    binary = tmp_path / "latin.csv"
    binary.write_bytes("section,café\n".encode("latin-1"))
    with pytest.raises(BadInput, match="UTF-8"):
        trace(binary, velocity_error=0.1)
