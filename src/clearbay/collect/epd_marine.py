"""Hong Kong marine water quality (EPD): one row a station, day and depth; 1986 to now.

Layout: ``Water Control Zone, Station, Dates, Sample No, Depth``, then one column a property with its unit in the
header; ``<0.5`` below the detection limit, ``>…`` above the range, ``N/A`` not measured. Dates are local days: a
sample's time is the start of its day. Values as published stay, odd ones too (salinity 46.8, inorganic nitrogen 14
mg/L).
"""

from __future__ import annotations

from collections.abc import Mapping

from clearbay.collect import epd
from clearbay.collect.batch import Batch
from clearbay.collect.octets import head
from clearbay.collect.readings import Keys, mapped, melt, samples_of
from clearbay.collect.sheet import read_delimited
from clearbay.collect.source import Source, checked

PROGRAMME = "hk.epd.marine"

KEYS = ("Water Control Zone", "Station", "Dates", "Sample No", "Depth")

COLUMNS = {
    "5-day Biochemical Oxygen Demand": "BOD5",
    "Suspended Solids": "SS",
    "Volatile Suspended Solids": "VSS",
    "Total Phosphorus": "TP",
    "Total Nitrogen": "TN",
    "Ammonia Nitrogen": "NH3N",
    "Unionised Ammonia": "NH3_un",
    "Nitrate Nitrogen": "NO3N",
    "Nitrite Nitrogen": "NO2N",
    "Total Kjeldahl Nitrogen": "TKN",
    "Total Inorganic Nitrogen": "DIN",
    "Orthophosphate Phosphorus": "DIP",
    "Silica": "silica",
    "Chlorophyll-a": "chla",
    "Phaeo-pigments": "phaeo",
    "E. coli": "E_coli",
    "Faecal Coliforms": "FecalColi",
    "Turbidity": "turbidity",
    "Secchi Disc Depth": "secchi",
    "pH": "pH",
    "Temperature": "water_temp",
    "Salinity": "salinity",
}
"""Names of columns, without their units. Dissolved oxygen comes twice and is told by its unit (``OXYGEN``)."""

OXYGEN = {"Dissolved Oxygen (%saturation)": "DO_sat", "Dissolved Oxygen (mg/L)": "DO"}

DEPTHS: dict[str, str | None] = {"Surface Water": "surface", "Middle Water": "middle", "Bottom Water": "bottom"}


def read(data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch:
    """Read a file of the marine monitoring programme (any years, any subset of the columns)."""
    checked(options, SOURCE.options, SOURCE.id)
    sheet = read_delimited(data, name=name, needed=("Station", "Dates", "Depth"))
    codes, days, layers = (sheet.text(sheet.need(key)) for key in ("Station", "Dates", "Depth"))
    station, time, depth = epd.station_ids(codes, PROGRAMME), epd.dates(days), mapped(layers, DEPTHS)
    keys = Keys(
        station,
        time,
        depth,
        why=(
            ("Station", codes, station, "there is no station code", "write the code of the station, such as DM1"),
            ("Dates", days, time, "not a date", epd.DATE_MEND),
            ("Depth", layers, depth, "not a depth of this programme", f"write one of {', '.join(DEPTHS)}"),
        ),
    )
    columns, notes = epd.measured(sheet, COLUMNS, KEYS, whole=OXYGEN)
    melted = melt(keys, columns, sheet.bad)
    zone = sheet.find("Water Control Zone")
    return Batch(
        source=SOURCE.id,
        readings=melted.readings,
        samples=samples_of(keys, **({"zone": sheet.text(zone)} if zone else {})),
        bad=melted.bad,
        stations=epd.unregistered(station, {}, PROGRAMME, "sea"),
        missing=melted.missing,
        notes=notes,
        first_line=sheet.first_line,
    )


def sniff(data: bytes) -> bool:
    """Tell the layout by its first line."""
    first = head(data).partition("\n")[0]
    return "Water Control Zone" in first and "Depth" in first.split(",") and "River" not in first.split(",")


SOURCE = Source(
    id="epd-marine",
    programme=PROGRAMME,
    title={
        "zh-Hans": "香港海水水质（环境保护署）",
        "zh-Hant": "香港海水水質（環境保護署）",
        "en": "Hong Kong marine water quality (EPD)",
        "pt": "Qualidade da água do mar de Hong Kong (EPD)",
    },
    licence=epd.LICENCE,
    attribution=epd.ATTRIBUTION,
    example="epd_marine_1986-2022.csv.gz",
    sniff=sniff,
    read=read,
)
