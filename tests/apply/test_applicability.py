from clearbay import packs
from clearbay.apply.applicability import fits


def of(desk, station):
    return {fit.standard.id: fit for fit in fits(desk.catalogue().entry(station))}


def test_a_sea_station_is_judged_under_both_laws(desk):
    """The same water stands under the mainland's and Hong Kong's rules, each saying what it lacks."""
    found = of(desk, "hk.epd.marine.DM1")
    assert found["cn.gb3097-1997"].applicable
    assert found["cn.gb3097-1997"].why == "partial"
    assert "Hg" in found["cn.gb3097-1997"].missing
    assert found["hk.wqo-marine"].applicable
    assert found["cn.gb3838-2002"].why == "other_medium"
    assert set(found) == set(packs.standards())


def test_objectives_wanted_are_those_of_the_zone(desk):
    """Tolo has no objective for inorganic nitrogen, so it is not missing there."""
    found = of(desk, "hk.epd.marine.TM2")["hk.wqo-marine"]
    assert found.applicable
    assert "DIN" not in found.missing


def test_an_index_may_be_the_published_one(desk):
    """Central is computed, Eastern is as published, and a version not in force fits neither."""
    assert of(desk, "hk.epd.air.Central")["hk.aqhi-2013"].why == "complete"
    eastern = of(desk, "hk.epd.air.Eastern")["hk.aqhi-2013"]
    assert (eastern.applicable, eastern.why) == (True, "published")
    assert of(desk, "hk.epd.air.Central")["hk.aqhi-2025"].why == "other_time"


def test_a_station_without_data_fits_nothing(desk):
    """A registered station that has measured nothing here is judged by no rule set."""
    assert not any(fit.applicable for fit in of(desk, "hk.epd.marine.EM1").values())


def test_what_applies_is_what_has_verdicts(desk):
    """A station that a rule set fits has verdicts under it, and one that it does not fit has none."""
    for standard in packs.standards().values():
        judged = set(desk.assessments.verdicts(standard, "year", "mean").column("station").to_pylist())
        fitting = {
            entry.station.id
            for entry in desk.catalogue().entries.values()
            if any(fit.standard is standard and fit.applicable for fit in fits(entry))
        }
        assert judged <= fitting
        assert fitting - judged <= set(), standard.id
