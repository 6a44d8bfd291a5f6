"""The generated basin, what stands on it, and the water that runs in it."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.network import Place, upstream
from clearbay.mine.network.basin import NAME, GeneratedBasin, generate
from clearbay.mine.network.incidents import World, calibrated
from clearbay.mine.network.plume import Channel, passing
from clearbay.mine.network.settlement import settle


@pytest.fixture(scope="module")
def basin() -> GeneratedBasin:
    return generate(catchments=2_000, rivers=40)


def test_it_is_a_river_basin(basin: GeneratedBasin) -> None:
    """One mouth, every catchment on a reach, more water below than above, longer rivers from larger land."""
    network = basin.network
    assert int((network.main < 0).sum()) == 1
    assert len(upstream(network, Place(0))) == len(network) == 2_003
    assert len(set(basin.catchments["reach"].to_pylist())) == 2_000
    linked = np.flatnonzero((network.main >= 0) & (basin.cell >= 0))
    assert np.all(network.area_km2[network.main[linked]] >= network.area_km2[linked])
    assert len(network.side_from) >= 3


def test_it_is_the_same_each_time(basin: GeneratedBasin) -> None:
    """One seed makes one basin and one set of sites."""
    again = generate(catchments=2_000, rivers=40)
    assert np.array_equal(basin.xy, again.xy)
    assert settle(basin, sections=12, outlets=30) == settle(again, sections=12, outlets=30)


def test_every_name_says_that_it_is_generated(basin: GeneratedBasin) -> None:
    """Rivers, sites and the basin itself, in four languages."""
    texts = [NAME, *basin.rivers, *(site.name for site in settle(basin, sections=12, outlets=30))]
    for text in texts:
        assert "生成" in text["zh-Hans"]
        assert "生成" in text["zh-Hant"]
        assert "generated" in text["en"]
        assert "gerad" in text["pt"]


def test_sites_stand_where_they_say(basin: GeneratedBasin) -> None:
    """The numbers asked for, each on its reach, sections with a station."""
    sites = settle(basin, sections=12, outlets=30)
    kinds = [site.kind for site in sites]
    assert (kinds.count("section"), kinds.count("outlet")) == (12, 30)
    for site in sites:
        assert 0 <= site.place.below_km <= basin.network.length_km[site.place.reach]
        assert (site.station is not None) == (site.kind == "section")


def test_the_water_carries_all_and_no_more() -> None:
    """What passes the end of a way is what was released, later and wider; a loss takes its part."""
    channel = Channel(np.array([0.5, 0.4]), np.array([20.0, 15.0]), np.array([0.1, 0.2]), np.array([600.0, 900.0]))
    release = np.zeros(2048)
    release[:6] = 1000.0
    flux = passing(np.array([8.0, 6.0]), channel, release, 600.0)
    assert flux.sum() == pytest.approx(6000.0, rel=1e-3)
    clock = np.arange(2048) / 6.0
    middle = float((flux * clock).sum() / flux.sum())
    expected = 8.0 / 3.6 / 0.5 * 1.1 + 6.0 / 3.6 / 0.4 * 1.2 + float((release * clock).sum() / release.sum())
    assert middle == pytest.approx(expected, rel=0.02)
    lost = passing(np.array([8.0, 6.0]), channel, release, 600.0, loss_h=0.05)
    assert 0.4 * 6000 < lost.sum() < 0.75 * 6000


def test_calibrated_times_are_off_by_what_they_say(basin: GeneratedBasin) -> None:
    """Travel times of the day, all off together by about a tenth, and the network knows that."""
    world = World(basin, settle(basin, sections=12, outlets=30))
    incident = next(one for seed in range(1, 200) if (one := world.incident(seed)) is not None)
    network = calibrated(basin.network, incident.channel, np.random.default_rng(3))
    ratio = network.velocity / incident.channel.carried
    assert np.ptp(ratio) < 1e-9
    assert abs(np.log(ratio[0])) < 0.4
    assert np.all(network.spread == 0.1)
