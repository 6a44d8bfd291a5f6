from __future__ import annotations

import math
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clearbay import packs
from clearbay.collect.epd import heading
from clearbay.collect.epd_river import COLUMNS, KEYS, OXYGEN
from clearbay.model.observation import Flag
from tests.collect import shipped


def test_counts_of_the_full_file() -> None:
    """The file of 1986-2017: 1,356,471 readings of 51 properties at 87 stations, 134,768 missing cells, one bad."""
    batch = shipped.batch("epd-river", shipped.RIVER)
    assert batch.readings.num_rows == 1_356_471
    assert batch.missing == 134_768
    assert pc.sum(pc.equal(batch.readings.column("censoring"), "<")).as_py() == 389_425
    assert pc.sum(pc.equal(batch.readings.column("censoring"), ">")).as_py() == 219
    assert len(pc.unique(batch.readings.column("station"))) == 87
    assert len(pc.unique(batch.readings.column("property"))) == 51
    assert batch.notes == ()


def test_the_one_bad_cell_is_listed() -> None:
    """A sign of censoring with ``null`` behind it says neither limit nor value: it is listed with its place."""
    (bad,) = shipped.batch("epd-river", shipped.RIVER).bad
    assert (bad.row, bad.column, bad.value) == (1086, "Boron (μg/L)", "<null")
    assert shipped.rows(shipped.RIVER)[1086]["Boron (μg/L)"] == "<null"


def test_counts_agree_with_the_csv_module() -> None:
    """Empty and ``null`` cells are the missing ones, all others are readings or listed."""
    kinds: Counter[bool] = Counter()
    for row in shipped.rows(shipped.RIVER):
        kinds.update(cell in ("", "null") for header, cell in row.items() if header not in KEYS)
    batch = shipped.batch("epd-river", shipped.RIVER)
    assert kinds[True] == batch.missing
    assert kinds[False] == batch.readings.num_rows + len(batch.bad)


@pytest.mark.parametrize(
    ("code", "header", "factor"),
    [
        ("Al", "Aluminium (μg/L)", 1000),
        ("Hg", "Mercury (μg/L)", 1000),
        ("NH3N", "Ammonia-Nitrogen (mg/L)", 1),
        ("flow", "Flow (m³/s)", 1),
        ("chla", "Chlorophyll-a (μg/L)", 1),
    ],
)
def test_metals_are_kept_in_milligrams(code: str, header: str, factor: int) -> None:
    """The sum of a property is the sum of its printed cells in the property's unit: metals a thousandth."""
    readings = shipped.batch("epd-river", shipped.RIVER).readings
    value = readings.filter(pc.equal(readings.column("property"), code)).column("value").to_numpy()
    cells = [row[header].lstrip("<>") for row in shipped.rows(shipped.RIVER)]
    expected = math.fsum(float(cell) / factor for cell in cells if cell not in ("", "null"))
    assert math.fsum(value) == pytest.approx(expected, rel=1e-12)


def test_below_zero_is_suspect() -> None:
    """``<0`` is kept as printed and flagged suspect: its limit was lost to rounding."""
    readings = shipped.batch("epd-river", shipped.RIVER).readings
    odd = readings.filter(pc.and_(pc.equal(readings.column("censoring"), "<"), pc.equal(readings.column("value"), 0.0)))
    assert odd.num_rows == 656
    assert set(odd.column("flag").to_pylist()) == {Flag.SUSPECT}
    assert pc.sum(pc.equal(readings.column("flag"), pa.scalar(int(Flag.SUSPECT), pa.int8()))).as_py() == 656


def test_every_column_of_the_file_is_known() -> None:
    """Each header names a property of the packs, in a unit that converts to it."""
    for header in shipped.rows(shipped.RIVER)[0]:
        if header in KEYS:
            continue
        name, unit = heading(header)
        code = OXYGEN.get(header) or COLUMNS[name]
        prop = packs.properties()[code]
        assert not unit or packs.unit_factor(unit, prop.unit, code)[0] > 0


def test_samples_carry_zone_and_river() -> None:
    """Each row keeps its zone and river as printed, also where the source leaves them empty."""
    samples = shipped.batch("epd-river", shipped.RIVER).samples
    assert samples is not None
    assert samples.column("river").to_pylist()[0] == "Tseng Lan Shue Stream"
    assert pc.sum(pc.equal(samples.column("zone"), "")).as_py() == 433
