from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clearbay.collect.epd_marine import read
from clearbay.model.errors import BadInput
from tests.collect import shipped

HEAD = "Water Control Zone,Station,Dates,Sample No,Depth,Dissolved Oxygen (mg/L),E. coli (cfu/100mL)\n"
KEYS = ("Water Control Zone", "Station", "Dates", "Sample No", "Depth")


def test_counts_of_the_full_file() -> None:
    """The file of 1986-2022 holds 1,345,565 readings, 8,725 missing cells, 56,385 censored values and nothing bad."""
    batch = shipped.batch("epd-marine", shipped.MARINE)
    censoring = batch.readings.column("censoring")
    assert batch.readings.num_rows == 1_345_565
    assert batch.missing == 8_725
    assert pc.sum(pc.equal(censoring, "<")).as_py() == 56_339
    assert pc.sum(pc.equal(censoring, ">")).as_py() == 46
    assert batch.bad == ()
    assert batch.notes == ()
    assert batch.stations == ()  # the register knows them all
    assert len(pc.unique(batch.readings.column("station"))) == 94


def test_counts_agree_with_the_csv_module() -> None:
    """What is a number, missing or censored is counted alike by an independent reading of every cell."""
    kinds: Counter[str] = Counter()
    for row in shipped.rows(shipped.MARINE):
        for header, cell in row.items():
            if header not in KEYS:
                kinds["missing" if cell == "N/A" else cell[0] if cell[0] in "<>" else "plain"] += 1
    batch = shipped.batch("epd-marine", shipped.MARINE)
    assert kinds["missing"] == batch.missing
    assert kinds["<"] + kinds[">"] + kinds["plain"] == batch.readings.num_rows
    assert kinds["<"] == pc.sum(pc.equal(batch.readings.column("censoring"), "<")).as_py()


def test_sums_agree_with_the_csv_module() -> None:
    """The sum of each property over the whole file equals the sum of the printed cells, to the last bits."""
    names = {
        "BOD5": "5-day Biochemical Oxygen Demand (mg/L)",
        "DO": "Dissolved Oxygen (mg/L)",
        "pH": "pH",
        "DO_sat": "Dissolved Oxygen (%saturation)",
        "chla": "Chlorophyll-a (μg/L)",
        "DIN": "Total Inorganic Nitrogen (mg/L)",
        "E_coli": "E. coli (cfu/100mL)",
    }
    readings = shipped.batch("epd-marine", shipped.MARINE).readings
    for code, header in names.items():
        cells = (row[header].lstrip("<>") for row in shipped.rows(shipped.MARINE))
        expected = math.fsum(float(cell) for cell in cells if cell != "N/A")
        value = readings.filter(pc.equal(readings.column("property"), code)).column("value").to_numpy()
        assert math.fsum(value) == pytest.approx(expected, rel=1e-12), code


def test_rows_chosen_at_random_are_read_cell_by_cell() -> None:
    """A reading stands for one printed cell: station, depth, day (local midnight in UTC), value and censoring."""
    readings = shipped.batch("epd-marine", shipped.MARINE).readings
    printed = shipped.rows(shipped.MARINE)
    chosen = sorted(random.Random(7).sample(range(len(printed)), 40))
    found = readings.filter(pc.is_in(readings.column("row"), pa.array(chosen))).to_pylist()
    by_cell = {(reading["row"], reading["property"]): reading for reading in found}
    for row in chosen:
        for code, header in (
            ("TP", "Total Phosphorus (mg/L)"),
            ("E_coli", "E. coli (cfu/100mL)"),
            ("SS", "Suspended Solids (mg/L)"),
        ):
            cell, reading = printed[row][header], by_cell.get((row, code))
            if cell == "N/A":
                assert reading is None
                continue
            assert reading is not None
            assert reading["station"] == f"hk.epd.marine.{printed[row]['Station']}"
            assert reading["depth"] == printed[row]["Depth"].split()[0].lower()
            assert reading["time"] == shipped.local(printed[row]["Dates"])
            assert reading["value"] == float(cell.lstrip("<>"))
            assert reading["censoring"] == (cell[0] if cell[0] in "<>" else "")


def test_outliers_are_data() -> None:
    """Values as published stay, however odd: the highest salinity is 46.8."""
    readings = shipped.batch("epd-marine", shipped.MARINE).readings
    salinity = readings.filter(pc.equal(readings.column("property"), "salinity")).column("value")
    assert pc.max(salinity).as_py() == 46.8


def test_the_files_of_all_columns_repeat_and_add() -> None:
    """The files of 2019 and 2020 have 24 properties, and say of the 15 common ones what the long file says."""
    whole = shipped.batch("epd-marine", shipped.MARINE).readings
    for path, year, count in ((shipped.MARINE_2019, 2019, 69_264), (shipped.MARINE_2020, 2020, 51_648)):
        batch = shipped.batch("epd-marine", path)
        assert batch.readings.num_rows == count
        assert len(pc.unique(batch.readings.column("property"))) == 24
        keys = ["station", "property", "depth", "time", "value", "censoring"]
        common = pc.unique(whole.column("property"))
        few = batch.readings.filter(pc.is_in(batch.readings.column("property"), common)).select(keys)
        # The start of a local year is eight hours before the UTC one: compare by local year.
        local = pc.year(pc.add(whole.column("time"), pa.scalar(8 * 3_600_000_000, pa.duration("us"))))
        long = whole.filter(pc.equal(local, year)).select(keys)
        order = [(key, "ascending") for key in keys[:4]]
        assert few.sort_by(order).equals(long.sort_by(order))


def test_nitrogen_adds_up() -> None:
    """Inorganic nitrogen is the sum of nitrate, nitrite and ammonia, to the rounding of what is printed."""
    readings = shipped.batch("epd-marine", shipped.MARINE_2019).readings
    plain = readings.filter(pc.equal(readings.column("censoring"), ""))
    values = {
        code: dict(zip(part["row"].to_pylist(), part["value"].to_pylist(), strict=True))
        for code in ("DIN", "NO3N", "NO2N", "NH3N")
        for part in [plain.filter(pc.equal(plain.column("property"), code))]
    }
    rows = set.intersection(*(set(found) for found in values.values()))
    differences = [abs(values["DIN"][r] - values["NO3N"][r] - values["NO2N"][r] - values["NH3N"][r]) for r in rows]
    assert len(differences) > 1_000
    assert np.quantile(differences, 0.99) < 0.06


def test_units_are_converted() -> None:
    """Faecal coliforms come per 100 mL and are kept per litre, E. coli stays per 100 mL."""
    first = shipped.rows(shipped.MARINE_2019)[0]
    readings = shipped.batch("epd-marine", shipped.MARINE_2019).readings.to_pylist()
    value = {reading["property"]: reading["value"] for reading in readings if reading["row"] == 0}
    assert value["FecalColi"] == float(first["Faecal Coliforms (cfu/100mL)"]) * 10
    assert value["E_coli"] == float(first["E. coli (cfu/100mL)"])


def test_bad_cells_are_listed_and_the_rest_is_kept() -> None:
    """A cell that is no number, a row without day, station or known depth, a broken line: listed; the others stay."""
    body = (
        "Deep Bay,DM1,2019-01-09,1,Surface Water,6.1,<1\n"
        "Deep Bay,DM1,2019-02-30,1,Surface Water,6.2,5\n"
        "Deep Bay,,2019-03-09,1,Surface Water,6.3,5\n"
        "Deep Bay,DM1,2019-04-09,1,Mid-water,6.4,5\n"
        "Deep Bay,DM1,2019-05-09,1,Surface Water,six,5\n"
        "Deep Bay,DM1,2019-06-09,1,Surface Water\n"
        "Deep Bay,DM1,31/7/2019,1,Bottom Water,6.5,N/A\n"
    )
    batch = read((HEAD + body).encode(), name="made.csv")
    assert [(bad.row, bad.column, bad.value) for bad in batch.bad] == [
        (1, "Dates", "2019-02-30"),
        (2, "Station", ""),
        (3, "Depth", "Mid-water"),
        (4, "Dissolved Oxygen (mg/L)", "six"),
        (5, "", "Deep Bay,DM1,2019-06-09,1,Surface Water"),
    ]
    assert all(bad.why and bad.mend for bad in batch.bad)
    assert [(reading["row"], reading["property"]) for reading in batch.readings.to_pylist()] == [
        (0, "DO"),
        (6, "DO"),
        (0, "E_coli"),
        (4, "E_coli"),
    ]
    assert batch.missing == 1
    assert batch.samples is not None
    assert batch.samples.column("row").to_pylist() == list(range(7))
    assert batch.samples.column("time").to_pylist()[1] is None
    assert batch.line(4) == 6


def test_an_unknown_column_is_said() -> None:
    """A column that the source does not know is left out with a note that names the nearest."""
    data = HEAD.replace("E. coli (cfu/100mL)", "Turbidty (NTU)") + "Deep Bay,DM1,2019-01-09,1,Surface Water,6.1,3\n"
    batch = read(data.encode(), name="made.csv")
    assert batch.notes == ("column 'Turbidty (NTU)' is not known and was left out (closest: 'turbidity')",)


def test_a_station_of_no_register_is_given_back() -> None:
    """A code that the register does not have becomes a station without position."""
    batch = read((HEAD + "Deep Bay,XX9,2019-01-09,1,Surface Water,6.1,3\n").encode(), name="made.csv")
    assert [(station.id, station.longitude) for station in batch.stations] == [("hk.epd.marine.XX9", None)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"Station,Date,Depth\nDM1,2019-01-01,Surface Water\n", "closest: 'Date'"),
        (b"Station,Dates,Depth\nDM1,2019-01-01,Surface Water\n", "no column holds a property"),
        (b"\x1f\x8b\x08broken", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, said: str) -> None:
    """An empty file, a missing column, no property and damaged compression are refused with the way out."""
    with pytest.raises(BadInput, match=said) as caught:
        read(data, name="made.csv")
    assert caught.value.mend
