"""Hong Kong hourly air pollutants (EPD): one row a station and hour.

Layout: remarks, then ``DATE, HOUR, STATION, CO, FSP, NO2, NOX, O3, RSP, SO2``; date as day/month/year; ``N.A.`` not
measured. All in µg/m3 but CO, which comes in units of 10 µg/m3 (the remarks say so) and is kept in mg/m3.

Hours run from 01 to 24: hour 01 is the first hour of the day, so the label is the hour's end, and a reading's time
here is that end (hour 24 is midnight at the day's end). The official hourly AQHI carries the same label: recomputed
from the three hours up to and with its own label it equals the published one in 99.4 % of the hours of Central
2017-2018, from the hours one earlier or one later in 83 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from clearbay.collect import epd
from clearbay.collect.batch import Batch
from clearbay.collect.numbers import parse
from clearbay.collect.octets import head
from clearbay.collect.readings import Keys, Measured, mapped, melt, samples_of
from clearbay.collect.sheet import fold, read_delimited
from clearbay.collect.source import Source, checked
from clearbay.model.errors import BadInput

PROGRAMME = "hk.epd.air"

KEYS = ("DATE", "HOUR", "STATION")

COLUMNS = {
    "CO": ("CO", "10ug/m3"),
    "FSP": ("PM2_5", "ug/m3"),
    "NO2": ("NO2", "ug/m3"),
    "NOX": ("NOx", "ug/m3"),
    "O3": ("O3", "ug/m3"),
    "RSP": ("PM10", "ug/m3"),
    "SO2": ("SO2", "ug/m3"),
}
"""Property and unit of each column. FSP is fine, RSP respirable suspended particulates."""

HOUR_MEND = "write the hour as 01 to 24"


def read(data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch:
    """Read a file of hourly pollutant concentrations."""
    checked(options, SOURCE.options, SOURCE.id)
    sheet = read_delimited(data, name=name, needed=KEYS)
    days, hours, places = (sheet.text(sheet.need(key)) for key in KEYS)
    station, time = station_ids(places), hour_ends(days, hours)
    keys = Keys(
        station,
        time,
        "",
        why=(
            ("STATION", places, station, "there is no station name", "write the name of the station"),
            ("DATE", days, epd.dates(days), "not a date", epd.DATE_MEND),
            ("HOUR", hours, time, "not an hour", HOUR_MEND),
        ),
    )
    columns = []
    for header in sheet.headers:
        if known := {fold(key): value for key, value in COLUMNS.items()}.get(fold(header)):
            cells = sheet.column(header)
            columns.append(Measured(header, *known, cells, parse(cells)))
    others = [header for header in sheet.headers if fold(header) not in {fold(key) for key in (*COLUMNS, *KEYS)}]
    if not columns:
        raise BadInput("there is no column of a pollutant", where=name, mend=f"expected {', '.join(COLUMNS)}")
    melted = melt(keys, columns, sheet.bad)
    names = dict(zip(station.to_pylist(), places.to_pylist(), strict=True))
    return Batch(
        source=SOURCE.id,
        readings=melted.readings,
        samples=samples_of(keys),
        bad=melted.bad,
        stations=epd.unregistered(station, names, PROGRAMME, "air"),
        missing=melted.missing,
        notes=tuple(f"column {header!r} is not known and was left out" for header in others),
        first_line=sheet.first_line,
    )


def station_ids(places: pa.Array) -> pa.Array:
    """Station ids for printed names, upper case or not: ``CENTRAL`` and ``Central`` are ``hk.epd.air.Central``."""
    names = places.dictionary_encode().dictionary.to_pylist()
    return mapped(places, {name: f"{PROGRAMME}.{slug(name)}" for name in names if name})


def slug(name: str) -> str:
    """A station's name as part of an id: ``Central/Western`` is ``Central-Western``, ``TUNG CHUNG`` ``Tung-Chung``."""
    words = name.replace("/", " ").replace("-", " ").split()
    return "-".join(word.capitalize() for word in words)


def hour_ends(days: pa.Array, hours: pa.Array) -> pa.Array:
    """The end of hour 01 to 24 of a local day, in UTC; null where either cannot be read."""
    table: dict[str, int] = {}
    for hour in range(1, 25):
        table |= {str(hour): hour, f"{hour:02}": hour, f"{hour:02}:00": hour}
    encoded = hours.dictionary_encode()
    counts = pa.array([table.get(text) for text in encoded.dictionary.to_pylist()], pa.int64())
    ahead = pc.multiply(counts.take(encoded.indices), pa.scalar(timedelta(hours=1), pa.duration("us")))
    return pc.add(epd.dates(days), ahead)


def sniff(data: bytes) -> bool:
    """Tell the layout by its header line."""
    return any(line.upper().startswith("DATE,HOUR,STATION,") for line in head(data).splitlines())


SOURCE = Source(
    id="epd-air",
    programme=PROGRAMME,
    title={
        "zh-Hans": "香港每小时空气污染物浓度（环境保护署）",
        "zh-Hant": "香港每小時空氣污染物濃度（環境保護署）",
        "en": "Hong Kong hourly air pollutants (EPD)",
        "pt": "Poluentes do ar de Hong Kong, por hora (EPD)",
    },
    licence=epd.LICENCE,
    attribution=epd.ATTRIBUTION,
    example="hk-air_hourly2017.csv.gz",
    sniff=sniff,
    read=read,
)
