"""Jurisdictions and zones."""

from __future__ import annotations

from clearbay import packs

BAY = {
    "440100": "广州市", "440300": "深圳市", "440400": "珠海市", "440600": "佛山市", "440700": "江门市",
    "441200": "肇庆市", "441300": "惠州市", "441900": "东莞市", "442000": "中山市",
    "810000": "香港特别行政区", "820000": "澳门特别行政区",
}  # fmt: skip


def test_the_nine_cities_and_two_regions() -> None:
    """The bay's eleven units carry their GB/T 2260 codes, and each follows its own legal system."""
    jurisdictions = packs.jurisdictions()
    for code, name in BAY.items():
        assert jurisdictions[code].name["zh-Hans"] == name
    assert {code for code, one in jurisdictions.items() if one.parent == "440000"} == {c for c in BAY if c < "5"}
    assert (jurisdictions["810000"].legal_system, jurisdictions["820000"].legal_system) == ("hk", "mo")
    assert sum(one.level == "province" for one in jurisdictions.values()) == 31


def test_ten_water_control_zones() -> None:
    """Hong Kong has ten Water Control Zones; a subzone has one of them as its parent."""
    zones = packs.zones()
    tops = [one for one in zones.values() if one.kind == "water_control_zone"]
    assert len(tops) == 10
    assert not [one for one in tops if one.parent]
    for one in zones.values():
        if one.kind == "subzone":
            assert zones[one.parent].kind == "water_control_zone"
            assert one.id.startswith(one.parent + ".")
