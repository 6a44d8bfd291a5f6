"""Units as people write them, and the way from one to another."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.model.errors import BadInput, UnknownName

KNOWN = [
    ("mg/L", "mg/L", "DO", 1, 0),
    ("mg/l", "mg/L", "DO", 1, 0),
    ("MG/L", "mg/L", "DO", 1, 0),
    ("mg·L-1", "mg/L", "DO", 1, 0),
    ("mg L^-1", "mg/L", "DO", 1, 0),
    ("mg/dm3", "mg/L", "TP", 1, 0),
    ("g/m3", "mg/L", "TP", 1, 0),
    ("g/m³", "mg/L", "TP", 1, 0),
    ("毫克/升", "mg/L", "TP", 1, 0),
    ("毫克每升", "mg/L", "TP", 1, 0),
    ("μg/L", "mg/L", "Cu", 0.001, 0),
    ("µg/L", "mg/L", "Cu", 0.001, 0),
    ("ug/l", "mg/L", "Cu", 0.001, 0),
    ("微克/升", "mg/L", "Cu", 0.001, 0),
    ("ng/L", "mg/L", "Tl", 1e-6, 0),
    ("mg/m3", "ug/L", "chla", 1, 0),
    ("mg/L", "ug/L", "chla", 1000, 0),
    ("μg/m³", "mg/m3", "CO", 0.001, 0),
    ("10μg/m3", "mg/m3", "CO", 0.01, 0),
    ("mg/m3", "ug/m3", "O3", 1000, 0),
    ("cfu/100 mL", "{cfu}/(100.mL)", "E_coli", 1, 0),
    ("cfu/100mL", "{count}/L", "FecalColi", 10, 0),
    ("counts/100mL", "{count}/L", "FecalColi", 10, 0),
    ("MPN/100mL", "{count}/L", "FecalColi", 10, 0),
    ("个/L", "{count}/L", "FecalColi", 1, 0),
    ("/L", "{count}/L", "Coliform", 1, 0),
    ("cells/mL", "{cells}/L", "algae", 1000, 0),
    ("万个/L", "{cells}/L", "algae", 10000, 0),
    ("10^4 cells/L", "{cells}/L", "algae", 10000, 0),
    ("10*4/L", "{count}/L", "Coliform", 10000, 0),
    ("°C", "Cel", "water_temp", 1, 0),
    ("℃", "Cel", "water_temp", 1, 0),
    ("K", "Cel", "water_temp", 1, -273.15),
    ("°F", "Cel", "water_temp", 5 / 9, -160 / 9),
    ("μS/cm", "uS/cm", "conductivity", 1, 0),
    ("us/cm", "uS/cm", "conductivity", 1, 0),
    ("mS/cm", "uS/cm", "conductivity", 1000, 0),
    ("S/m", "uS/cm", "conductivity", 10000, 0),
    ("m³/s", "m3/s", "flow", 1, 0),
    ("L/s", "m3/s", "flow", 0.001, 0),
    ("m3/d", "m3/s", "flow", 1 / 86400, 0),
    ("万m3/d", "m3/s", "flow", 10000 / 86400, 0),
    ("NTU", "[NTU]", "turbidity", 1, 0),
    ("psu", "[PSU]", "salinity", 1, 0),
    ("ppt", "[PSU]", "salinity", 1, 0),
    ("‰", "[PSU]", "salinity", 1, 0),
    ("%", "%", "DO_sat", 1, 0),
    ("%saturation", "%", "DO_sat", 1, 0),
    ("无量纲", "[pH]", "pH", 1, 0),
    ("1", "[pH]", "pH", 1, 0),
    ("cm", "m", "secchi", 0.01, 0),
    ("M", "m", "secchi", 1, 0),
    ("mBq/L", "Bq/L", "Cs137", 0.001, 0),
    # chemical basis, only where the unit states it; by atomic weights N 14.007, H 1.008, O 15.999, P 30.974
    ("mg/L as N", "mg/L", "NH3N", 1, 0),
    ("mg/L (N)", "mg/L", "NH3N", 1, 0),
    ("mg/L（以N计）", "mg/L", "TN", 1, 0),
    ("mg N/L", "mg/L", "NO3N", 1, 0),
    ("mg/L as NO3-N", "mg/L", "NO3N", 1, 0),
    ("mg/L as NH4", "mg/L", "NH3N", 14.007 / 18.039, 0),
    ("mg NH4/L", "mg/L", "NH3N", 14.007 / 18.039, 0),
    ("mg/L as NO3", "mg/L", "NO3N", 14.007 / 62.004, 0),
    ("mg/L as PO4", "mg/L", "DIP", 30.974 / 94.970, 0),
    ("mg O2/L", "mg/L", "CODMn", 1, 0),
    ("µmol/L", "mg/L", "DIN", 0.014007, 0),
    ("µmol/L", "mg/L", "DIP", 0.030974, 0),
]


@pytest.mark.parametrize(("given_unit", "wanted", "code", "scale", "offset"), KNOWN)
def test_known_spellings(given_unit: str, wanted: str, code: str, scale: float, offset: float) -> None:
    """A unit as printed in monitoring files becomes the property's unit."""
    found = packs.unit_factor(given_unit, wanted, code)
    assert found == pytest.approx((scale, offset), rel=1e-12)


@pytest.mark.parametrize(
    ("given_unit", "wanted", "code", "why"),
    [
        ("ppm", "mg/L", "DO", "does not say of what"),
        ("ppb", "ug/m3", "O3", "does not say of what"),
        ("ppt", "mg/L", "SS", "measure different things"),
        ("mg", "mg/L", "DO", "measure different things"),
        ("Cel", "mg/L", "DO", "measure different things"),
        ("µmol/L", "mg/L", "Cu", "measure different things"),
        ("mg/L as NO3", "mg/L", "NH3N", "cannot stand as NO3"),
        ("mg/L as N", "mg/L", "TP", "cannot stand as N"),
        ("FNU", "[NTU]", "turbidity", "not known"),
        ("wobble", "mg/L", "DO", "not known"),
        ("mg/L)", "mg/L", "DO", "not known"),
        ("mg/", "mg/L", "DO", "not known"),
        ("mg/0L", "mg/L", "DO", "not known"),
        ("0 mg/L", "mg/L", "DO", "not known"),
        ("10^99999999 mg/L", "mg/L", "DO", "not known"),
        ("", "mg/L", "DO", "no unit is given"),
        ("   ", "mg/L", "DO", "no unit is given"),
    ],
)
def test_refusals(given_unit: str, wanted: str, code: str, why: str) -> None:
    """What cannot be converted without a fact the unit does not state is refused, with the reason and a way out."""
    with pytest.raises(BadInput, match=why) as refusal:
        packs.unit_factor(given_unit, wanted, code)
    assert refusal.value.mend


def test_unknown_names() -> None:
    """An unknown unit or property is an unknown name."""
    with pytest.raises(UnknownName, match="unit 'mgg/L'"):
        packs.unit_factor("mgg/L", "mg/L", "DO")
    with pytest.raises(UnknownName, match="no property is called 'XX'"):
        packs.unit_factor("mg/L", "mg/L", "XX")


MASS = st.sampled_from(["kg/m3", "g/L", "mg/L", "ug/L", "ng/L", "g/m3", "mg/m3", "ug/m3", "mg/dm3", "µg/l"])
FLOW = st.sampled_from(["m3/s", "L/s", "m3/h", "m3/d", "L/min"])
HEAT = st.sampled_from(["Cel", "K", "°F"])
PAIRS = st.one_of(
    st.tuples(MASS, MASS, st.just("TP")),
    st.tuples(FLOW, FLOW, st.just("flow")),
    st.tuples(HEAT, HEAT, st.just("water_temp")),
)


@given(pair=PAIRS, value=st.floats(-1e6, 1e6))
def test_there_and_back_is_the_value_itself(pair: tuple[str, str, str], value: float) -> None:
    """Converting to a unit and back returns the value."""
    one, other, code = pair
    scale, offset = packs.unit_factor(one, other, code)
    back, shift = packs.unit_factor(other, one, code)
    assert math.isclose((value * scale + offset) * back + shift, value, rel_tol=1e-9, abs_tol=1e-6)


@given(a=MASS, b=MASS, c=MASS)
def test_the_way_round_is_the_way_straight(a: str, b: str, c: str) -> None:
    """Converting by way of a third unit is converting at once."""
    first, second, straight = (packs.unit_factor(*pair, "TP")[0] for pair in ((a, b), (b, c), (a, c)))
    assert math.isclose(first * second, straight, rel_tol=1e-12)


@given(text=st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is a unit or is refused on purpose."""
    try:
        scale, offset = packs.unit_factor(text, "mg/L", "TP")
    except BadInput:
        return
    assert math.isfinite(scale)
    assert math.isfinite(offset)


def test_every_property_takes_its_own_unit_and_its_label() -> None:
    """A property's unit converts to itself by one, and so does the way it is printed, but for plain counts."""
    for code, one in packs.properties().items():
        assert packs.unit_factor(one.unit, one.unit, code) == (1.0, 0.0)
        if one.unit != "1":
            assert packs.unit_factor(one.unit_label, one.unit, code) == (1.0, 0.0), code
