import pytest

from clearbay.apply.periods import run


@pytest.mark.parametrize("granularity", ["year", "season", "month", "day"])
@pytest.mark.parametrize("medium", [None, "sea", "air", "river"])
def test_the_periods_hold_every_observation_once(desk, granularity, medium):
    """Counts over all periods are the observations of the medium, and no period between is left out."""
    found = desk.timeline(medium, granularity)
    assert sum(found.counts) == sum(entry.observations for entry in desk.catalogue().select(medium=medium))
    assert list(found.periods) == run(found.periods[0], found.periods[-1])


def test_years_are_the_sum_of_their_months(desk):
    """A period is that of the place, at every granularity alike."""
    months = dict(zip(desk.timeline("sea", "month").periods, desk.timeline("sea", "month").counts, strict=True))
    for year, count in zip(desk.timeline("sea", "year").periods, desk.timeline("sea", "year").counts, strict=True):
        assert count == sum(n for month, n in months.items() if month.startswith(year))


def test_a_medium_without_data_has_no_periods(desk):
    """Nothing is an empty timeline."""
    assert desk.timeline("effluent", "year").periods == ()
