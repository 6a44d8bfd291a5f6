from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow.compute as pc
import pytest

from clearbay.collect.epd_air import read, slug
from clearbay.model.errors import BadInput
from tests.collect import shipped

HEAD = "Remarks:\n1. All Pollutant unit in μg/m3 except CO which is in 10μg/m3\n\nDATE,HOUR,STATION,CO,NO2\n"


@pytest.mark.parametrize(
    ("path", "readings", "missing", "rows"),
    [(shipped.AIR_2017, 60_178, 1_310, 8_784), (shipped.AIR_2018, 50_059, 1_013, 7_296)],
)
def test_counts_of_the_full_files(path: str, readings: int, missing: int, rows: int) -> None:
    """Central 2017 and 2018: every cell of the seven pollutants is a reading or ``N.A.``."""
    batch = shipped.batch("epd-air", path)
    assert (batch.readings.num_rows, batch.missing) == (readings, missing)
    assert readings + missing == 7 * rows
    assert batch.bad == ()
    assert batch.stations == ()
    assert batch.samples is not None
    assert batch.samples.num_rows == rows
    cells = [row[key] for row in shipped.rows(path, 11) for key in ("CO", "FSP", "NO2", "NOX", "O3", "RSP", "SO2")]
    assert cells.count("N.A.") == missing


def test_hours_end_at_their_label() -> None:
    """Hour 01 of a local day ends at 01:00, hour 24 at midnight; in UTC eight hours earlier."""
    readings = shipped.batch("epd-air", shipped.AIR_2017).readings
    times = readings.filter(pc.equal(readings.column("property"), "NO2")).column("time").to_pylist()
    assert min(times) == datetime(2016, 12, 31, 17)
    assert max(times) == datetime(2018, 1, 1, 16)


def test_carbon_monoxide_is_kept_in_milligrams() -> None:
    """56 in units of 10 µg/m3 is 0.56 mg/m3, and reads so to the last digit; 57 is 0.57."""
    batch = read((HEAD + "1/1/2017,01,CENTRAL,56,47\n1/1/2017,02,CENTRAL,57,47\n").encode(), name="x.csv")
    values = [reading["value"] for reading in batch.readings.to_pylist() if reading["property"] == "CO"]
    assert values == [0.56, 0.57]


def test_the_day_in_two_files_agrees() -> None:
    """1 January 2018 stands in both files, 24 hours, with the same values: twice the same reading, not a revision."""
    keys = ["station", "property", "time", "value"]
    both = [
        shipped.batch("epd-air", path).readings.select(keys).to_pylist()
        for path in (shipped.AIR_2017, shipped.AIR_2018)
    ]
    first, second = ({tuple(reading.values()) for reading in part} for part in both)
    common = first & second
    assert len({time for _, _, time, _ in common}) == 24
    assert len(common) == len([1 for *_, time, _ in first if time > datetime(2017, 12, 31, 16)])


def test_the_official_index_has_the_same_label() -> None:
    """The index recomputed from the three hours ending at a label equals the official one at that label, not at others.

    Coefficients and bands of the index in force 2013-2025 are the parameters of hk.aqhi-2013 (two sources)."""
    beta = {"NO2": 0.0004462559, "SO2": 0.0001393235, "O3": 0.0005116328, "PM10": 0.0002821751, "PM2_5": 0.0002180567}
    bands = (1.88, 3.76, 5.64, 7.52, 9.41, 11.29, 12.91, 15.07, 17.22, 19.37)
    values: dict[tuple[str, datetime], float] = {}
    for reading in shipped.batch("epd-air", shipped.AIR_2018).readings.to_pylist():
        values[reading["property"], reading["time"]] = reading["value"]
    official = shipped.batch("epd-aqhi", shipped.AQHI).readings
    official = official.filter(pc.equal(official.column("station"), "hk.epd.air.Central"))
    official = official.filter(pc.greater(official.column("time"), datetime(2018, 1, 2))).to_pylist()[:1500]

    def risk(code: str, end: datetime) -> float | None:
        found = [values.get((code, end - timedelta(hours=back))) for back in range(3)]
        if any(value is None for value in found):
            return None
        return (math.exp(beta[code] * sum(value for value in found if value is not None) / 3) - 1) * 100

    def agreement(shift: Callable[[datetime], datetime]) -> float:
        hits = total = 0
        for reading in official:
            risks = {code: risk(code, shift(reading["time"])) for code in beta}
            if reading["flag"] == 3 or None in risks.values():
                continue
            known = {code: value or 0.0 for code, value in risks.items()}
            added = known["NO2"] + known["SO2"] + known["O3"] + max(known["PM10"], known["PM2_5"])
            index = next((band + 1 for band, top in enumerate(bands) if added <= top), 11)
            total += 1
            hits += index == reading["value"] + (reading["censoring"] == ">")
        return hits / total

    assert agreement(lambda time: time) > 0.985
    assert agreement(lambda time: time - timedelta(hours=1)) < 0.9
    assert agreement(lambda time: time + timedelta(hours=1)) < 0.9


@pytest.mark.parametrize(
    ("printed", "id"),
    [
        ("CENTRAL", "Central"),
        ("Central/Western", "Central-Western"),
        ("TUNG CHUNG", "Tung-Chung"),
        ("Tseung Kwan O", "Tseung-Kwan-O"),
    ],
)
def test_names_become_ids(printed: str, id: str) -> None:
    """A station's id does not depend on how a file prints its name."""
    assert slug(printed) == id


def test_bad_hours_and_dates_are_listed() -> None:
    """Month-first dates and hour 25 are listed, the good hours kept; line numbers count the remarks above."""
    data = HEAD + "12/31/2017,01,CENTRAL,5,4\n31/12/2017,25,CENTRAL,5,4\n31/12/2017,24,CENTRAL,5,4\n"
    batch = read(data.encode(), name="x.csv")
    assert [(bad.row, bad.column, batch.line(bad.row)) for bad in batch.bad] == [(0, "DATE", 5), (1, "HOUR", 6)]
    assert batch.readings.num_rows == 2


def test_another_file_is_refused() -> None:
    """Without the three key columns, or without a pollutant, there is nothing to read."""
    with pytest.raises(BadInput, match="HOUR"):
        read(b"DATE,STATION,CO\n1/1/2017,CENTRAL,5\n", name="x.csv")
    with pytest.raises(BadInput, match="pollutant"):
        read(b"DATE,HOUR,STATION,XX\n1/1/2017,01,CENTRAL,5\n", name="x.csv")
