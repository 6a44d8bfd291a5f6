import math

import pytest

from clearbay import packs
from clearbay.apply import groups, spans
from clearbay.apply.standing import Standings
from clearbay.mine.trend import spearman
from clearbay.model.errors import BadInput
from tests.apply.plain import SEA, sea_classes

METHOD = packs.rule("cn.2011-22")


def stood(desk, kind, name, standard, span, period, **more):
    now = desk.catalogue()
    made = Standings(desk.assessments, now, packs.standard(standard), span, **more)
    return made.of(groups.group_of(now, kind, name), period)


@pytest.mark.parametrize(
    ("span", "label"),
    [
        ("day", "2019-06-24"),
        ("month", "2018-07"),
        ("season", "2018-Q3"),
        ("year", "2018"),
        ("12months", "2019-06"),
        ("3years", "2019"),
    ],
)
def test_a_portrait_is_what_plain_loops_find(desk, span, label):
    """Classes, counts, shares and samples over any span equal a reading of the observations one after the other."""
    first, last = spans.dates(span, label)
    classes, samples = sea_classes(desk, lambda local: first <= local.date() <= last)
    found = stood(desk, "city", "810000", SEA.id, span, label)
    names = [grade.id for grade in SEA.grades]
    assert {one.station: names.index(one.grade) for one in found.places} == classes
    assert {one.station: one.samples for one in found.places} == samples
    assert found.judged == len(classes)
    assert list(found.counts) == [list(classes.values()).count(place) for place in range(len(names))]
    if classes:
        good = sum(grade <= names.index("2") for grade in classes.values())
        assert found.attained.share == pytest.approx(100 * good / len(classes))
        assert sum(found.shares) == pytest.approx(100)
        assert found.mean_grade == pytest.approx(sum(classes.values()) / len(classes))


def test_the_days_tried_have_data(desk):
    """The comparison with plain loops is not one of nothing with nothing."""
    found = stood(desk, "city", "810000", SEA.id, "12months", "2019-06")
    assert found.judged > 5
    assert stood(desk, "city", "810000", SEA.id, "day", "2019-06-24").judged == 3


def test_a_change_compares_the_stations_judged_both_times(desk):
    """Better, worse and same add up to the common stations; points are the difference of their shares."""
    for span, label in (("month", "2018-07"), ("year", "2018"), ("12months", "2018-09")):
        found = stood(desk, "city", "810000", SEA.id, span, label)
        for change in (found.year_earlier, found.previous):
            there = stood(desk, "city", "810000", SEA.id, span, change.period)
            then = {one.station: one.grade for one in there.places}
            now = {one.station: one.grade for one in found.places}
            common = now.keys() & then.keys()
            assert change.common == len(common) == change.better + change.worse + change.same
            good = sum((now[one] in "12") - (then[one] in "12") for one in common)
            assert change.good == pytest.approx(100 * good / len(common))
            assert change.better == sum(now[one] < then[one] for one in common)


def test_the_change_of_a_section_is_in_steps(desk):
    """A section that goes from IV to worse than V has gone two steps, and has no shares."""
    found = stood(desk, "section", "hk.epd.river.JR11", "cn.gb3838-2002", "season", "2017-Q4")
    assert found.grade is not None
    assert found.rating is None
    names = [grade.id for grade in packs.standard("cn.gb3838-2002").grades]
    change = found.year_earlier
    assert change.steps == names.index(found.grade) - names.index(change.grade)
    assert (change.good, change.bad) == (None, None)
    assert change.worded.direction in ("better", "worse", "same")


def test_a_change_says_when_not_the_same_was_judged(desk):
    """Items that only one of two spans has are named: a class without them is not quite the same class."""
    found = stood(desk, "city", "810000", SEA.id, "year", "2019")
    rows = desk.assessments.judged(SEA, "year", "mean").items.to_pylist()
    here, there = ({row["property"] for row in rows if row["period"] == year} for year in ("2019", "2018"))
    assert set(found.year_earlier.items_differ) == here ^ there


def test_a_trend_is_the_correlation_of_the_values_shown(desk):
    """The courses hold the values of the comparable spans; the trend is that of the values there are."""
    found = stood(desk, "zone", "hk.wcz.deep-bay", SEA.id, "year", "2019")
    course = next(one for one in found.courses if one.of == "attained_share")
    for period, value in zip(course.periods, course.values, strict=True):
        there = stood(desk, "zone", "hk.wcz.deep-bay", SEA.id, "year", period)
        assert value == (there.attained.share if there.attained else None)
    known = [one for one in course.values if one is not None]
    expected = spearman(known, METHOD)
    assert course.trend.periods == expected.periods == len(known)
    assert course.trend.direction in (expected.direction, "none")
    assert course.trend.confidence == "unverified"


def test_a_river_station_has_a_trend_of_each_item(desk):
    """The values of an item are its yearly statistics; with too few years there is no direction."""
    found = stood(desk, "section", "hk.epd.river.JR11", "cn.gb3838-2002", "year", "2017")
    items = desk.assessments.judged(packs.standard("cn.gb3838-2002"), "year", "mean").items.to_pylist()
    for course in found.courses:
        if course.of == "mean_grade":
            continue
        values = {
            row["period"]: row["value"]
            for row in items
            if row["station"] == "hk.epd.river.JR11" and row["property"] == course.of
        }
        assert {p: v for p, v in zip(course.periods, course.values, strict=True) if v is not None} == values
        assert course.trend.direction == "unknown"
        assert course.trend.critical is None


def test_ranks_order_siblings(desk):
    """Rank 1 attains most; equals share a rank; no sibling judged, no rank."""
    now = desk.catalogue()
    made = Standings(desk.assessments, now, SEA, "year")
    briefs = [made.brief(group, "2018") for group in groups.groups(now, "zone").values()]
    top = [one for one in briefs if one.judged and one.rank]
    assert top
    for one in top:
        others = [two for two in top if two.group.above == one.group.above]
        ahead = [two for two in others if two.attained.share > one.attained.share]
        assert one.rank.rank >= 1 + len(ahead)
        assert one.rank.of == len(others)


def test_multiples_are_over_the_limit_of_the_target(desk):
    """(value - limit) / limit of the class aimed at; another aim, another multiple; pH and oxygen have none."""
    second = stood(desk, "zone", "hk.wcz.deep-bay", SEA.id, "year", "2018")
    third = stood(desk, "zone", "hk.wcz.deep-bay", SEA.id, "year", "2018", target="3")
    din = next(item for item in SEA.items if item.property == "DIN")
    for found, target in ((second, "2"), (third, "3")):
        one = next(one for one in found.pollutants if one.property == "DIN")
        assert one.multiple == pytest.approx(one.value / din.limits[target] - 1)
        assert one.share == pytest.approx(100 * one.stations / one.judged)
    assert all(one.multiple is None for one in second.pollutants if one.property in ("pH", "DO"))


def test_main_pollutants_are_named_by_the_method_only(desk):
    """A good area has none; a section worse than III at most three, the worst class first."""
    names = [grade.id for grade in packs.standard("cn.gb3838-2002").grades]
    basin = stood(desk, "basin", "cn.cnemc.珠江流域", "cn.gb3838-2002", "month", "2021-04")
    assert basin.rating.grade.id in ("excellent", "good")
    assert not any(one.main for one in basin.pollutants)
    worst = basin.worst[0].station
    section = stood(desk, "section", worst, "cn.gb3838-2002", "month", "2021-04")
    main = [one for one in section.pollutants if one.main]
    assert 0 < len(main) <= 3
    assert [names.index(one.grade) for one in main] == sorted((names.index(one.grade) for one in main), reverse=True)


def test_completeness_counts_against_the_places_own_habit(desk):
    """Expected is the mean number of samples in the spans before, from the first sample on; got over it, at most 1."""
    found = stood(desk, "city", "810000", SEA.id, "month", "2019-06")
    months = spans.run_up("2019-06", 37)[:-1]
    by_month = {month: sea_classes(desk, lambda local, m=month: f"{local:%Y-%m}" == m)[1] for month in months}
    expected = 0.0
    for station in {one for samples in by_month.values() for one in samples}:
        counted = [by_month[month].get(station, 0) for month in months]
        begun = next(place for place, number in enumerate(counted) if number)
        if len(counted) - begun >= 12:
            expected += sum(counted[begun:]) / len(counted[begun:])
    assert found.completeness.expected == pytest.approx(expected)
    assert found.completeness.share == pytest.approx(min(1, found.completeness.samples / expected))
    short = stood(desk, "basin", "cn.cnemc.珠江流域", "cn.gb3838-2002", "month", "2021-04")
    assert short.completeness.share is None


def test_few_sections_are_rated_by_the_means_of_their_items(desk):
    """Under five sections the shares do not decide, and the rating says what did."""
    now = desk.catalogue()
    made = Standings(desk.assessments, now, packs.standard("cn.gb3838-2002"), "year")
    found = [made.of(group, "2017") for group in groups.groups(now, "river").values()]
    rated = [one for one in found if one.judged]
    assert rated
    assert all(one.rating.by == "item_means" for one in rated if one.judged < 5)


def test_an_index_promises_nothing(desk):
    """Without a target there is no attainment, no pollutant and no share; classes and changes are there."""
    found = stood(desk, "city", "810000", "hk.aqhi-2013", "month", "2017-02")
    assert found.attained is None
    assert found.pollutants == ()
    assert found.previous.common > 0
    assert found.previous.good is None


def test_a_target_must_be_a_class_to_aim_at(desk):
    """Neither a stranger nor the worst class can be a target."""
    for target in ("III", "4+"):
        with pytest.raises(BadInput, match="aim"):
            Standings(desk.assessments, desk.catalogue(), SEA, "year", target=target)


def test_an_empty_span_is_a_portrait_of_nothing(desk):
    """No verdict is no failure: nothing judged, no share, no rank."""
    found = stood(desk, "zone", "hk.wcz.deep-bay", SEA.id, "year", "1950")
    assert (found.judged, found.attained, found.rank, found.places) == (0, None, None, ())
    assert all(math.isnan(one.trend.coefficient) for one in found.courses)
