"""Hong Kong river water quality (EPD): one row a station and day, 1986 to now.

Layout: ``Water Control Zone, River, Station, Dates, Sample No``, then one column a property with its unit in the
header. Not measured is an empty cell or ``null``; metals come in µg/L and are kept in mg/L, as the mainland's limits
are. The programme publishes no coordinates.
"""

from __future__ import annotations

from collections.abc import Mapping

from clearbay.collect import epd
from clearbay.collect.batch import Batch
from clearbay.collect.octets import head
from clearbay.collect.readings import Keys, melt, samples_of
from clearbay.collect.sheet import read_delimited
from clearbay.collect.source import Source, checked

PROGRAMME = "hk.epd.river"

KEYS = ("Water Control Zone", "River", "Station", "Dates", "Sample No")

COLUMNS = {
    "5-Day Biochemical Oxygen Demand": "BOD5",
    "Aluminium": "Al",
    "Ammonia-Nitrogen": "NH3N",
    "Anionic Surfactants (as Manoxol OT)": "LAS",
    "Antimony": "Sb",
    "Arsenic": "As",
    "Barium": "Ba",
    "Beryllium": "Be",
    "Boron": "B",
    "Cadmium": "Cd",
    "Chemical Oxygen Demand": "CODCr",
    "Chloride": "Cl",
    "Chlorophyll-a": "chla",
    "Chromium": "Cr",
    "Conductivity": "conductivity",
    "Copper": "Cu",
    "Cyanide": "CN",
    "E. coli": "E_coli",
    "Faecal Coliforms": "FecalColi",
    "Flow": "flow",
    "Fluoride": "F",
    "Free Hydrogen Sulphide": "H2S",
    "Iron": "Fe",
    "Lead": "Pb",
    "Manganese": "Mn",
    "Mercury": "Hg",
    "Molybdenum": "Mo",
    "Nickel": "Ni",
    "Nitrate-Nitrogen": "NO3N",
    "Nitrite-Nitrogen": "NO2N",
    "Oil and Grease": "oil_grease",
    "Orthophosphate Phosphorus": "DIP",
    "pH": "pH",
    "Phaeopigment": "phaeo",
    "Salinity": "salinity",
    "Silica (as SiO₂)": "silica",
    "Silver": "Ag",
    "Sulphide": "Sulfide",
    "Suspended solids": "SS",
    "Thallium": "Tl",
    "Total Kjeldahl Nitrogen": "TKN",
    "Total Organic Carbon": "TOC",
    "Total Phosphorus": "TP",
    "Total Solids": "TS",
    "Total Volatile Solids": "TVS",
    "Turbidity": "turbidity",
    "Vanadium": "V",
    "Water Temperature": "water_temp",
    "Zinc": "Zn",
}
"""Names of columns, without their units. Dissolved oxygen comes twice and is told by its unit (``OXYGEN``)."""

OXYGEN = {"Dissolved Oxygen (%saturation)": "DO_sat", "Dissolved Oxygen (mg/L)": "DO"}


def read(data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch:
    """Read a file of the river monitoring programme (any years, any subset of the columns)."""
    checked(options, SOURCE.options, SOURCE.id)
    sheet = read_delimited(data, name=name, needed=("River", "Station", "Dates"))
    codes, days, rivers = (sheet.text(sheet.need(key)) for key in ("Station", "Dates", "River"))
    station, time = epd.station_ids(codes, PROGRAMME), epd.dates(days)
    keys = Keys(
        station,
        time,
        "",
        why=(
            ("Station", codes, station, "there is no station code", "write the code of the station, such as JR11"),
            ("Dates", days, time, "not a date", epd.DATE_MEND),
        ),
    )
    columns, notes = epd.measured(sheet, COLUMNS, KEYS, whole=OXYGEN)
    melted = melt(keys, columns, sheet.bad)
    zone = sheet.find("Water Control Zone")
    names = dict(zip(station.to_pylist(), rivers.to_pylist(), strict=True))
    return Batch(
        source=SOURCE.id,
        readings=melted.readings,
        samples=samples_of(keys, river=rivers, **({"zone": sheet.text(zone)} if zone else {})),
        bad=melted.bad,
        stations=epd.unregistered(station, names, PROGRAMME, "river"),
        missing=melted.missing,
        notes=notes,
        first_line=sheet.first_line,
    )


def sniff(data: bytes) -> bool:
    """Tell the layout by its first line."""
    first = head(data).partition("\n")[0].split(",")
    return {"Water Control Zone", "River", "Station"} <= set(first)


SOURCE = Source(
    id="epd-river",
    programme=PROGRAMME,
    title={
        "zh-Hans": "香港河溪水质（环境保护署）",
        "zh-Hant": "香港河溪水質（環境保護署）",
        "en": "Hong Kong river water quality (EPD)",
        "pt": "Qualidade da água dos rios de Hong Kong (EPD)",
    },
    licence=epd.LICENCE,
    attribution=epd.ATTRIBUTION,
    example="epd_river_1986-2017.csv.gz",
    sniff=sniff,
    read=read,
)
