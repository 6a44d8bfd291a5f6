"""The numbers of the law as the packs carry them, pinned against a table typed from the sources' summary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from clearbay import packs
from clearbay.model.errors import UnknownName
from clearbay.model.standard import Item, Standard

GB3838 = """\
pH         range  6..9 6..9 6..9 6..9 6..9
DO         ge     7.5 6 5 3 2
CODMn      le     2 4 6 10 15
CODCr      le     15 15 20 30 40
BOD5       le     3 3 4 6 10
NH3N       le     0.15 0.5 1 1.5 2
TP         le     0.02 0.1 0.2 0.3 0.4
TP@lake    le     0.01 0.025 0.05 0.1 0.2
TN         le     0.2 0.5 1 1.5 2
Cu         le     0.01 1 1 1 1
Zn         le     0.05 1 1 2 2
F          le     1 1 1 1.5 1.5
Se         le     0.01 0.01 0.01 0.02 0.02
As         le     0.05 0.05 0.05 0.1 0.1
Hg         le     0.00005 0.00005 0.0001 0.001 0.001
Cd         le     0.001 0.005 0.005 0.005 0.01
Cr6        le     0.01 0.05 0.05 0.05 0.1
Pb         le     0.01 0.01 0.05 0.05 0.1
CN         le     0.005 0.05 0.2 0.2 0.2
VPhenol    le     0.002 0.002 0.005 0.01 0.1
Oil        le     0.05 0.05 0.05 0.5 1
LAS        le     0.2 0.2 0.2 0.3 0.3
Sulfide    le     0.05 0.1 0.2 0.5 1
FecalColi  le     200 2000 10000 20000 40000
"""

GB3097 = """\
SS          le     10 10 100 150
Coliform    le     10000 10000 10000 -
FecalColi   le     2000 2000 2000 -
pH          range  7.8..8.5 7.8..8.5 6.8..8.8 6.8..8.8
DO          gt     6 5 4 3
CODMn_alk   le     2 3 4 5
BOD5        le     1 3 4 5
DIN         le     0.20 0.30 0.40 0.50
NH3_un      le     0.020 0.020 0.020 0.020
DIP         le     0.015 0.030 0.030 0.045
Hg          le     0.00005 0.0002 0.0002 0.0005
Cd          le     0.001 0.005 0.010 0.010
Pb          le     0.001 0.005 0.010 0.050
Cr6         le     0.005 0.010 0.020 0.050
Cr          le     0.05 0.10 0.20 0.50
As          le     0.020 0.030 0.050 0.050
Cu          le     0.005 0.010 0.050 0.050
Zn          le     0.020 0.050 0.10 0.50
Se          le     0.010 0.020 0.020 0.050
Ni          le     0.005 0.010 0.020 0.050
CN          le     0.005 0.005 0.10 0.20
Sulfide     le     0.02 0.05 0.10 0.25
VPhenol     le     0.005 0.005 0.010 0.050
Oil         le     0.05 0.05 0.30 0.50
HCH         le     0.001 0.002 0.003 0.005
DDT         le     0.00005 0.0001 0.0001 0.0001
Malathion   le     0.0005 0.001 0.001 0.001
MeParathion le     0.0005 0.001 0.001 0.001
BaP         le     0.0025 0.0025 0.0025 0.0025
LAS         le     0.03 0.10 0.10 0.10
Co60        le     0.03 0.03 0.03 0.03
Sr90        le     4 4 4 4
Ru106       le     0.2 0.2 0.2 0.2
Cs134       le     0.6 0.6 0.6 0.6
Cs137       le     0.7 0.7 0.7 0.7
"""

BETA = {"NO2": 0.0004462559, "SO2": 0.0001393235, "PM10": 0.0002821751, "PM2_5": 0.0002180567}
BANDS_2013 = [1.88, 3.76, 5.64, 7.52, 9.41, 11.29, 12.91, 15.07, 17.22, 19.37]
BANDS_2025 = [1.87, 3.73, 5.60, 7.46, 9.33, 11.20, 12.81, 14.94, 17.08, 19.21]

TIN = {
    "southern": 0.1,
    "port-shelter": 0.1,
    "mirs-bay": 0.3,
    "junk-bay": 0.3,
    "deep-bay.inner": 0.7,
    "deep-bay.outer": 0.5,
    "north-western": 0.5,
    "north-western.castle-peak-bay": 0.3,
    "western-buffer": 0.4,
    "eastern-buffer": 0.4,
    "victoria-harbour": 0.4,
}


def _pinned(table: str) -> dict[str, tuple[str, list[float | tuple[float, ...] | None]]]:
    rows = {}
    for line in table.splitlines():
        name, op, *cells = line.split()
        rows[name] = (op, [_cell(cell) for cell in cells])
    return rows


def _cell(cell: str) -> float | tuple[float, ...] | None:
    if cell == "-":
        return None
    return tuple(map(float, cell.split(".."))) if ".." in cell else float(cell)


def _items(standard: Standard) -> dict[str, Item]:
    return {item.property: item for item in standard.items}


@pytest.mark.parametrize(("id", "table"), [("cn.gb3838-2002", GB3838), ("cn.gb3097-1997", GB3097)])
def test_every_limit_is_the_one_read(id: str, table: str) -> None:
    """Every limit and operator of the pack equals the table, and the pack has no other limits."""
    standard = packs.standard(id)
    classes, items, pinned = [grade.id for grade in standard.grades[:-1]], _items(standard), _pinned(table)
    for name, (op, limits) in pinned.items():
        code, _, lake = name.partition("@")
        item = items[code]
        found: Mapping[str, object] = (item.lake_limits or {}) if lake else item.limits
        assert item.op == op
        assert [found.get(one) for one in classes] == limits, name
    with_limits = {item.property for item in standard.items if item.limits}
    assert with_limits == {name.partition("@")[0] for name in pinned}
    assert [item.property for item in standard.items if item.lake_limits] == [n[:-5] for n in pinned if "@" in n]


def test_gb3838_reads_as_its_summary_says() -> None:
    """Class I oxygen may be met by saturation; total nitrogen is for lakes; temperature is not judged."""
    items = _items(packs.standard("cn.gb3838-2002"))
    assert items["DO"].alternative == ("DO_sat", "ge", {"I": 90.0})
    assert items["TN"].water_types == ("lake", "reservoir")
    assert not items["water_temp"].judged
    assert [code for code, item in items.items() if not item.multiple] == ["water_temp", "pH", "DO"]
    standard = packs.standard("cn.gb3838-2002")
    assert standard.parameters["assessed_separately"] == ["water_temp", "TN", "FecalColi"]
    assert standard.parameters["multiple_class"] == "III"
    assert (standard.issued, standard.in_force_from) == (date(2002, 4, 28), date(2002, 6, 1))
    assert {item.confidence for item in standard.items} == {"two_sources"}


def test_gb3097_confidence_follows_each_cell() -> None:
    """Where two classes of an item are sourced differently, each class says so."""
    standard = packs.standard("cn.gb3097-1997")
    items = _items(standard)
    assert items["pH"].confidence == "one_source"
    assert items["pH"].confidence_by_class == {"3": "two_sources", "4": "two_sources"}
    assert items["BOD5"].confidence_by_class == dict.fromkeys("234", "two_sources")
    assert items["NH3_un"].confidence_by_class == dict.fromkeys("34", "two_sources")
    two = {code for code, item in items.items() if item.confidence == "two_sources"}
    assert two == {"SS", "Coliform", "DO", "CODMn_alk", "DIN", "DIP", "Oil"}
    assert [code for code, item in items.items() if not item.judged] == ["SS", "water_temp"]
    assert (standard.issued, standard.in_force_from) == (date(1997, 12, 3), date(1998, 7, 1))


@pytest.mark.parametrize(
    ("id", "ozone", "bands", "begins", "ends"),
    [
        ("hk.aqhi-2013", 0.0005116328, BANDS_2013, date(2013, 12, 30), date(2025, 3, 21)),
        ("hk.aqhi-2025", 0.0004888034, BANDS_2025, date(2025, 3, 22), None),
    ],
)
def test_aqhi_coefficients_and_bands(
    id: str, ozone: float, bands: list[float], begins: date, ends: date | None
) -> None:
    """Coefficients, bands and dates of both versions are those read."""
    standard = packs.standard(id)
    assert standard.parameters["beta"] == BETA | {"O3": ozone}
    assert standard.parameters["band_max"] == {str(n): end for n, end in enumerate(bands, 1)}
    assert standard.parameters["above"] == "10+"
    assert standard.parameters["averaging_hours"] == 3
    assert (standard.in_force_from, standard.in_force_to) == (begins, ends)


def test_aqhi_is_chosen_by_date() -> None:
    """The family's name stands for the version in force on a day, and for the newest where no day is given."""
    assert packs.standard("hk.aqhi", date(2025, 3, 21)).id == "hk.aqhi-2013"
    assert packs.standard("hk.aqhi", date(2025, 3, 22)).id == "hk.aqhi-2025"
    assert packs.standard("hk.aqhi").id == "hk.aqhi-2025"
    assert [one.id for one in packs.versions("hk.aqhi")] == ["hk.aqhi-2013", "hk.aqhi-2025"]
    with pytest.raises(UnknownName, match="no version"):
        packs.standard("hk.aqhi", date(2013, 12, 29))
    with pytest.raises(UnknownName, match="no rule"):
        packs.versions("hk.aqi")


def test_marine_objectives_by_zone() -> None:
    """Hong Kong's objectives carry the numbers read, and a zone's limit holds in its subzones unless they have one."""
    objectives = {one.id: one for one in packs.standard("hk.wqo-marine").objectives}
    assert list(objectives) == ["do_mean", "do_bottom", "nh3_un", "tin", "e_coli"]
    tin = objectives["tin"]
    for zone, limit in TIN.items():
        assert tin.zones[f"hk.wcz.{zone}"] == limit
    assert tin.zones["hk.wcz.mirs-bay.recreation"] == 0.3
    assert not [zone for zone in tin.zones if zone.startswith("hk.wcz.tolo")]
    assert "hk.wcz.deep-bay" not in tin.zones
    assert tin.confidence == "unverified"
    mean, bottom = objectives["do_mean"], objectives["do_bottom"]
    assert (mean.op, mean.share, mean.depth, set(mean.zones.values())) == ("ge", 0.9, "mean", {4.0})
    assert (bottom.op, bottom.share, bottom.depth, set(bottom.zones.values())) == ("ge", 0.9, "bottom", {2.0})
    assert objectives["nh3_un"].confidence == "unverified"
    assert set(objectives["nh3_un"].zones.values()) == {0.021}


def test_what_was_not_read_is_unverified() -> None:
    """The oxygen limits are sourced for the zones whose statements were read, and for no other."""
    objectives = {one.id: one for one in packs.standard("hk.wqo-marine").objectives}
    for name, read in (
        ("do_mean", {"hk.wcz.victoria-harbour", "hk.wcz.north-western"}),
        ("do_bottom", {"hk.wcz.victoria-harbour"}),
    ):
        one = objectives[name]
        sourced = {zone for zone in one.zones if one.confidence_by_zone.get(zone, one.confidence) != "unverified"}
        assert {zone for zone in sourced if zone.count(".") == 2} == read


def test_e_coli_is_judged_only_where_recreation_is_sourced() -> None:
    """No zone gets the secondary contact objective by guess: Victoria Harbour and the whole of Southern have none."""
    one = next(o for o in packs.standard("hk.wqo-marine").objectives if o.id == "e_coli")
    assert set(one.zones.values()) == {610.0}
    judged = [s.code for s in packs.stations("hk.epd.marine") if s.zone in one.zones]
    assert {"MM2", "MM6", "MM7", "PM1", "TM2"} <= set(judged)
    assert not [code for code in judged if code.startswith(("VM", "SM", "EM", "DM", "NM", "WM"))]


def test_every_number_has_a_source_that_is_listed() -> None:
    """Items and objectives name sources of their own standard."""
    for standard in packs.standards().values():
        known = {source.id for source in standard.sources}
        for sources in [item.sources for item in standard.items] + [one.sources for one in standard.objectives]:
            assert sources
            assert set(sources) <= known


def test_an_unknown_standard_is_refused_with_the_known_ones() -> None:
    """An unknown id lists the ids there are."""
    with pytest.raises(UnknownName, match=r"cn\.gb3838-2002"):
        packs.standard("cn.gb9999")
