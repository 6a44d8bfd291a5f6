"""Observed properties."""

from __future__ import annotations

from clearbay import packs

CODES = """
DO DO_sat pH water_temp CODMn CODCr CODMn_alk BOD5 NH3N TP TN DIN DIP NH3_un NO3N NO2N TKN silica SS VSS turbidity chla
phaeo E_coli FecalColi salinity conductivity secchi algae flow F CN Sulfide H2S LAS Oil oil_grease VPhenol Cl SO4 TOC TS
TVS Cu Zn Se As Hg Cd Cr6 Cr Pb Ni Al Sb Ba Be B Fe Mn Mo Ag Tl V Coliform HCH DDT Malathion MeParathion BaP Co60 Sr90
Ru106 Cs134 Cs137 SO2 NO2 O3 PM10 PM2_5 NOx CO AQHI TSP Pb_air BaP_air Cd_air Hg_air As_air Cr6_air F_air AVOil colour
"""

SEDIMENT = [
    f"{code}_sed" for code in ["Hg", "Cd", "Pb", "Zn", "Cu", "Cr", "As", "TOC", "Sulfide", "Oil", "HCH", "DDT", "PCB"]
]
TISSUE = [f"{code}_tissue" for code in ["Hg", "Cd", "Pb", "Cr", "As", "Cu", "Zn", "Oil", "HCH", "DDT"]]

UNITS = {
    "DO_sat": "%", "pH": "[pH]", "water_temp": "Cel", "turbidity": "[NTU]", "chla": "ug/L", "phaeo": "ug/L",
    "E_coli": "{cfu}/(100.mL)", "FecalColi": "{count}/L", "Coliform": "{count}/L", "salinity": "[PSU]",
    "conductivity": "uS/cm", "secchi": "m", "algae": "{cells}/L", "flow": "m3/s", "BaP": "ug/L", "CO": "mg/m3",
    "AQHI": "1", "colour": "1", "TOC_sed": "%",
}  # fmt: skip

HJ = {
    "pH": "w01001", "DO": "w01009", "water_temp": "w01010", "conductivity": "w01014", "CODCr": "w01018",
    "CODMn": "w01019", "TN": "w21001", "NH3N": "w21003", "TP": "w21011", "SO2": "a21026", "NO2": "a21004",
}  # fmt: skip


def test_every_property_is_there_in_its_unit() -> None:
    """Every code that the rooms share is a property, in the unit in which values are stored."""
    properties = packs.properties()
    codes = set(CODES.split())
    assert set(properties) == codes | {*SEDIMENT, *TISSUE}
    assert {properties[code].unit for code in (*SEDIMENT, *TISSUE) if code != "TOC_sed"} == {"mg/kg"}
    for code, unit in UNITS.items():
        assert properties[code].unit == unit
    for code in ("Co60", "Sr90", "Ru106", "Cs134", "Cs137"):
        assert properties[code].unit == "Bq/L"
    for code in ("SO2", "NO2", "O3", "PM10", "PM2_5", "NOx", "TSP", *(c for c in codes if c.endswith("_air"))):
        assert properties[code].unit == "ug/m3"
    rest = codes - set(UNITS) - {c for c, one in properties.items() if one.group in ("radioactivity", "air")}
    assert {properties[code].unit for code in rest} == {"mg/L"}


def test_transmission_codes_are_those_read() -> None:
    """A code of HJ 525 or HJ 524 stands with its confidence, and only where one was read."""
    properties = packs.properties()
    for code, hj in HJ.items():
        assert (properties[code].hj, properties[code].hj_confidence) == (hj, "primary")
    unverified = {code for code, one in properties.items() if one.hj_confidence == "unverified"}
    assert unverified == {"turbidity", "chla", "O3", "PM10", "PM2_5"}
    assert all(bool(one.hj) == bool(one.hj_confidence) for one in properties.values())
    codes = [one.hj for one in properties.values() if one.hj]
    assert len(codes) == len(set(codes))


def test_names_are_those_of_each_place() -> None:
    """The same thing is called as people call it where they are."""
    properties = packs.properties()
    assert properties["E_coli"].name["zh-Hant"] == "大腸桿菌"
    assert properties["DIN"].name == {
        "zh-Hans": "无机氮", "zh-Hant": "總無機氮", "en": "Total inorganic nitrogen", "pt": "Azoto inorgânico total"
    }  # fmt: skip
    assert properties["DO"].name["pt"] == "Oxigénio dissolvido"
    assert properties["SS"].name["zh-Hans"] == "悬浮物"
    assert properties["SS"].name["zh-Hant"] == "懸浮固體"
