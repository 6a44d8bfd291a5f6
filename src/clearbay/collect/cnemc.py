"""National automatic surface-water stations (CNEMC, 中国环境监测总站): one row a section and four hours.

Two layouts, told by their headers:

- as published: ``省份, 流域, 断面名称, 监测时间, 水质类别, 水温(℃), …, 站点情况``; the time is month and day, without
  a year (where somebody has added it, it is kept);
- as archived with the precision behind the printed values: ``fetch_date, province, basin, section, obs_time_mmdd,
  class, temp_c, …, raw_temp, …``.

The missing year comes from the day the file was fetched (archived layout), from option ``year``, or from a date in the
file's name; an observation is the newest one with that month and day that is not after that day (a name with a date
range starts with the earliest day, so half a year around it is allowed). ``*`` is not measured, ``--`` missing. A row
with neither a time nor a value is a stopped station (停站): it stays in ``samples`` and is not bad.

``samples`` carries the class as published (I … V, V+; null where none), province, basin, section, status and the
water type that the register knows. Readings taken under maintenance (维护) are flagged suspect. Names are kept
with half-width brackets, since one section is printed both ways. A section may report
twice for one hour (226 did on 1-2 April 2021): both stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay import packs
from clearbay.collect.batch import Batch
from clearbay.collect.numbers import parse
from clearbay.collect.octets import head
from clearbay.collect.readings import Keys, Measured, id_part, mapped, melt, samples_of
from clearbay.collect.sheet import Sheet, read_delimited
from clearbay.collect.source import Source, checked
from clearbay.collect.times import BAY, STAMP, instants, to_utc
from clearbay.model.errors import BadInput
from clearbay.model.observation import Flag
from clearbay.model.station import Station

PROGRAMME = "cn.cnemc"


@dataclass(frozen=True, slots=True)
class Layout:
    """Headers of one layout: keys by their meaning, and (printed header, raw header, property, unit)."""

    keys: Mapping[str, str]
    columns: tuple[tuple[str, str, str, str], ...]


PUBLISHED = Layout(
    {
        "province": "省份",
        "basin": "流域",
        "section": "断面名称",
        "time": "监测时间",
        "class": "水质类别",
        "status": "站点情况",
    },
    (
        ("水温(℃)", "", "water_temp", "Cel"),
        ("pH(无量纲)", "", "pH", ""),
        ("溶解氧(mg/L)", "", "DO", "mg/L"),
        ("电导率(μS/cm)", "", "conductivity", "uS/cm"),
        ("浊度(NTU)", "", "turbidity", "[NTU]"),
        ("高锰酸盐指数(mg/L)", "", "CODMn", "mg/L"),
        ("氨氮(mg/L)", "", "NH3N", "mg/L"),
        ("总磷(mg/L)", "", "TP", "mg/L"),
        ("总氮(mg/L)", "", "TN", "mg/L"),
        ("叶绿素α(mg/L)", "", "chla", "mg/L"),
        ("藻密度(cells/L)", "", "algae", "{cells}/L"),
    ),
)

ARCHIVED = Layout(
    {
        "province": "province",
        "basin": "basin",
        "section": "section",
        "time": "obs_time_mmdd",
        "class": "class",
        "status": "status",
    },
    (
        ("temp_c", "raw_temp", "water_temp", "Cel"),
        ("ph", "raw_ph", "pH", ""),
        ("do_mg_l", "raw_do", "DO", "mg/L"),
        ("cond_us_cm", "raw_cond", "conductivity", "uS/cm"),
        ("turb_ntu", "raw_turb", "turbidity", "[NTU]"),
        ("codmn_mg_l", "raw_codmn", "CODMn", "mg/L"),
        ("nh3n_mg_l", "raw_nh3n", "NH3N", "mg/L"),
        ("tp_mg_l", "raw_tp", "TP", "mg/L"),
        ("tn_mg_l", "raw_tn", "TN", "mg/L"),
        ("chla_mg_l", "raw_chla", "chla", "mg/L"),
        ("algae_cells_l", "raw_algae", "algae", "{cells}/L"),
    ),
)

CLASSES: dict[str, str | None] = {
    **{roman: ascii for roman, ascii in zip("ⅠⅡⅢⅣⅤ", ("I", "II", "III", "IV", "V"), strict=True)},
    "劣Ⅴ": "V+",
    "劣V": "V+",
    **{ascii: ascii for ascii in ("I", "II", "III", "IV", "V", "V+")},
}
"""Published classes (a trailing 类 is dropped first); anything else, ``*`` and ``-`` among it, is no class."""

MAINTENANCE = "维护"

_MOMENT = re.compile(r"^(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{2})$")
_DAY_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")

TIME_MEND = "write month-day hour:minute, as in 04-01 08:00"


def read(data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch:
    """Read a file of section readings: the full precision behind the printed values where the file has it."""
    given = checked(options, SOURCE.options, SOURCE.id)
    layout = ARCHIVED if _archived(head(data)) else PUBLISHED
    needed = [layout.keys[key] for key in ("province", "section", "time")]
    sheet = read_delimited(data, name=name, needed=needed)
    texts = {key: sheet.text(header) for key, header in layout.keys.items() if sheet.find(header)}
    wanted, behind = _precision(given), bool(sheet.find("raw_do"))
    if wanted == "raw" and not behind:
        raise BadInput(
            "the file has printed values only, no raw_* columns",
            where=name,
            mend="leave precision=raw out, or give the archived file with fetch_date and raw_* columns",
        )
    raw = behind and wanted != "printed"
    station = _ids(texts["province"], texts["section"])
    time = _times(sheet, layout, texts["time"], given, name)
    keys = Keys(
        station,
        time,
        "",
        why=(
            (layout.keys["section"], texts["section"], station, "province or section is not named", "name both"),
            (layout.keys["time"], texts["time"], time, "not a time", TIME_MEND),
        ),
    )
    status = texts.get("status", pa.nulls(len(station), pa.string()))
    flag = np.where(
        pc.equal(status, MAINTENANCE).fill_null(False).to_numpy(zero_copy_only=False),
        np.int8(Flag.SUSPECT),
        np.int8(Flag.NOT_EVALUATED),
    )
    measured = _measured(sheet, layout, raw, flag)
    melted = melt(keys, measured, sheet.bad)
    stations, kinds = _stations(texts, station)
    return Batch(
        source=SOURCE.id,
        readings=melted.readings,
        samples=samples_of(
            keys,
            published=_classes(texts.get("class", pa.nulls(len(station), pa.string()))),
            province=texts["province"],
            basin=texts.get("basin", pa.nulls(len(station), pa.string())),
            section=texts["section"],
            status=status,
            water_type=mapped(station, kinds),
        ),
        bad=melted.bad,
        stations=stations,
        missing=melted.missing,
        notes=_notes(sheet, layout),
        first_line=sheet.first_line,
        properties=tuple(column.property for column in measured),
    )


def _precision(options: Mapping[str, str]) -> str:
    precision = options.get("precision", "")
    if precision not in ("", "printed", "raw"):
        raise BadInput(f"precision is {precision!r}", where="options", mend="use printed or raw")
    return precision


def _measured(sheet: Sheet, layout: Layout, raw: bool, flag: np.ndarray) -> list[Measured]:
    columns = []
    for printed, full, code, unit in layout.columns:
        if header := sheet.find(full if raw else printed):
            cells = sheet.column(header)
            columns.append(Measured(header, code, unit, cells, parse(cells), flag))
    if not columns:
        raise BadInput(
            "no column holds a property that this source knows",
            where=sheet.name,
            mend=f"expected headers such as {', '.join(column[0] for column in layout.columns[:4])}",
        )
    return columns


def _notes(sheet: Sheet, layout: Layout) -> tuple[str, ...]:
    expected = {*layout.keys.values(), "fetch_date", "city", "river"}
    expected |= {name for column in layout.columns for name in column[:2]}
    known = {sheet.find(name) for name in expected if name}
    return tuple(f"column {header!r} is not known and was left out" for header in sheet.headers if header not in known)


def _ids(provinces: pa.Array, sections: pa.Array) -> pa.Array:
    named = pc.and_(pc.not_equal(provinces, ""), pc.not_equal(sections, ""))
    return id_part(pc.if_else(named, pc.binary_join_element_wise(provinces, sections, "."), ""), f"{PROGRAMME}.")


def _classes(texts: pa.Array) -> pa.Array:
    printed = [text for text in texts.dictionary_encode().dictionary.to_pylist() if text]
    return mapped(texts, {text: CLASSES.get(text.removesuffix("类").removesuffix("類")) for text in printed})


def _times(sheet: Sheet, layout: Layout, moments: pa.Array, options: Mapping[str, str], name: str) -> pa.Array:
    """UTC times of month-day texts, each with the year that its reference day implies; a text with a year keeps it."""
    dated = instants(moments)
    if dated.null_count == pc.sum(pc.equal(pc.fill_null(moments, ""), "")).as_py():
        return dated
    fetched = sheet.find("fetch_date") if layout is ARCHIVED else None
    if fetched and "year" not in options:
        days = sheet.text(fetched)
        # The stations' clocks are right to the hour: a day ahead of the day of fetching is still believed.
        slack = timedelta(days=1)
    else:
        first, slack = _reference(options, name)
        days = pa.repeat(first.isoformat(), len(moments))
    days, moments = days.fill_null(""), moments.fill_null("")
    pairs = pc.binary_join_element_wise(days, moments, "|").dictionary_encode()
    local = [_moment(*pair.split("|", 1), slack=slack) for pair in pairs.dictionary.to_pylist()]
    return pc.coalesce(dated, to_utc(pa.array(local, STAMP), BAY).take(pairs.indices))


def _reference(options: Mapping[str, str], name: str) -> tuple[date, timedelta]:
    """The day around which the file lies, and how far after it an observation may be."""
    if year := options.get("year", ""):
        if not re.fullmatch(r"(19|20)\d{2}", year):
            raise BadInput(f"year is {year!r}", where="options", mend="write four digits, as in year=2021")
        return date(int(year), 12, 31), timedelta(0)
    if match := _DAY_IN_NAME.search(name):
        try:
            return date(*(int(part) for part in match.groups())), timedelta(days=182)
        except ValueError:
            pass
    if match := _YEAR_IN_NAME.search(name):
        return date(int(match[1]), 12, 31), timedelta(0)
    if options.get("undated") == "newest":
        return date.today(), timedelta(0)
    raise BadInput(
        "the times have no year, and neither does the file's name",
        where=name,
        mend="say which: --option year=2021, or put the day into the file's name (2021-04-01)",
    )


def _moment(day: str, text: str, *, slack: timedelta) -> datetime | None:
    """The newest moment with this month, day and hour that is not later than ``slack`` after the reference day."""
    match = _MOMENT.match(text)
    try:
        latest = datetime.fromisoformat(day) + timedelta(days=1) + slack
    except ValueError:
        return None
    if not match:
        return None
    month, number, hour, minute = (int(part) for part in match.groups())
    # Four years back: 29 February exists in one of four.
    for year in range(latest.year, latest.year - 5, -1):
        try:
            moment = datetime(year, month, number, hour, minute)
        except ValueError:
            continue
        if moment < latest:
            return moment
    return None


def _stations(texts: Mapping[str, pa.Array], ids: pa.Array) -> tuple[tuple[Station, ...], dict[str, str | None]]:
    """The sections of a file as stations, named as printed and without position, and their water types by id."""
    columns = {"id": ids, **{key: texts[key] for key in ("province", "section", "basin") if key in texts}}
    codes = {place.name["zh-Hans"]: code for code, place in packs.jurisdictions().items() if place.level == "province"}
    stations: dict[str, Station] = {}
    for row in pa.table(columns).group_by(list(columns)).aggregate([]).sort_by("id").to_pylist():
        if row["id"] is None or row["id"] in stations:
            continue
        kind = packs.water_type(PROGRAMME, row["province"], row["section"])
        basin = row.get("basin") or ""
        stations[row["id"]] = Station(
            id=row["id"],
            code=row["section"],
            name={"zh-Hans": row["section"], "zh-Hant": row["section"], "en": row["section"], "pt": row["section"]},
            medium="lake" if kind == "lake" else "river",
            jurisdiction=codes.get(row["province"], "100000"),
            programme=PROGRAMME,
            water={"zh-Hans": basin, "zh-Hant": basin, "en": basin, "pt": basin} if basin else None,
            water_type="lake" if kind == "lake" else "river" if kind == "river" else "",
        )
    return tuple(stations.values()), {id: station.water_type or None for id, station in stations.items()}


def _archived(first: str) -> bool:
    return "obs_time_mmdd" in first.partition("\n")[0]


def sniff(data: bytes) -> bool:
    """Tell either layout by its first line."""
    first = head(data).partition("\n")[0]
    return _archived(first) or ("断面名称" in first and "水质类别" in first)


SOURCE = Source(
    id="cnemc",
    programme=PROGRAMME,
    title={
        "zh-Hans": "国家地表水水质自动监测（中国环境监测总站）",
        "zh-Hant": "國家地表水水質自動監測（中國環境監測總站）",
        "en": "National automatic surface-water monitoring (CNEMC)",
        "pt": "Monitorização automática nacional das águas superficiais (CNEMC)",
    },
    licence="not stated by the publisher",
    attribution="China National Environmental Monitoring Centre (中国环境监测总站)",
    example="cnemc_national_4h_2021-04-01_02.csv.gz",
    sniff=sniff,
    read=read,
    options={
        "year": "year of the observations; left out: the day of fetching, or a date in the file's name",
        "undated": "newest: where nothing tells the year, the newest that puts no observation into the future; "
        "left out: such a file is refused",
        "precision": "printed (the values as published) or raw (the precision behind them, archived layout only); "
        "left out: the best there is, since the authority judges before it rounds for print",
    },
)
