import pytest

from clearbay import packs
from clearbay.apply.portraits import box, portrait

CASES = [("cn.gb3097-1997", "year"), ("cn.gb3097-1997", "month"), ("hk.wqo-marine", "year")]


def drawn(desk, zone, name, granularity):
    now = desk.catalogue()
    return portrait(desk.assessments, now, now.zones.get(zone, ()), packs.standards()[name], granularity, "mean")


@pytest.mark.parametrize(("name", "granularity"), CASES)
def test_a_portrait_adds_up(desk, name, granularity):
    """Counts of grades are the verdicts of the zone's stations, and the worst station has the worst of them."""
    rule_set = packs.standards()[name]
    found = drawn(desk, "hk.wcz.deep-bay", name, granularity)
    members = frozenset(desk.catalogue().zones["hk.wcz.deep-bay"])
    covered = [one for one in members if desk.catalogue().entries[one].station.medium == "sea"]
    rows = desk.assessments.select(rule_set, granularity, "mean", stations=members).to_pylist()
    assert found.periods
    for period, counts, judged, samples, worst, complete in zip(
        found.periods, found.counts, found.judged, found.samples, found.worst, found.completeness, strict=True
    ):
        here = [row for row in rows if row["period"] == period]
        assert list(counts) == [sum(row["grade"] == grade for row in here) for grade in range(len(rule_set.grades))]
        assert judged == sum(counts) == len(here)
        assert samples == sum(row["samples"] for row in here)
        assert complete == pytest.approx(judged / len(covered), abs=1e-4)
        top = max(row["grade"] for row in here)
        if top == 0:
            assert worst is None
        else:
            assert worst in {row["station"] for row in here if row["grade"] == top}


def test_attainment_is_the_share_of_stations_judged(desk):
    """The share of an objective is its stations that attained over those judged, by hand from the items."""
    rule_set = packs.standards()["hk.wqo-marine"]
    found = drawn(desk, "hk.wcz.deep-bay", rule_set.id, "year")
    members = set(desk.catalogue().zones["hk.wcz.deep-bay"])
    items = desk.assessments.judged(rule_set, "year", "mean").items.to_pylist()
    assert found.attainments
    for attainment in found.attainments:
        for period, share, stations in zip(attainment.periods, attainment.share, attainment.stations, strict=True):
            here = [
                item["grade"]
                for item in items
                if item["station"] in members and item["rule"] == attainment.objective.id and item["period"] == period
            ]
            assert len(here) == stations
            assert share == (pytest.approx(here.count(0) / len(here), abs=1e-4) if here else None)


def test_a_zone_without_data_is_an_empty_portrait(desk):
    """Nothing measured is no period, not a row of zeros."""
    found = drawn(desk, "hk.wcz.junk-bay", "cn.gb3097-1997", "year")
    assert found.periods == found.counts == found.worst == ()


def test_the_box_encloses_the_located_stations(desk):
    """West, south, east, north; none where no position is known."""
    now = desk.catalogue()
    stations = now.zones["hk.wcz.deep-bay"]
    assert now.select(ids=stations, bbox=box(now, stations)) == now.select(ids=stations, located=True)
    assert box(now, ("hk.epd.river.JR11",)) is None
