import math

import pytest

from clearbay import packs
from clearbay.apply.explain import explain
from clearbay.model.errors import BadInput

CASES = [
    ("cn.gb3097-1997", "year", "mean"),
    ("cn.gb3097-1997", "month", "bottom"),
    ("cn.gb3838-2002", "year", "mean"),
    ("hk.wqo-marine", "year", "mean"),
]


def explained(desk, name, station, period, depth="mean"):
    entry = desk.catalogue().entry(station)
    return explain(desk.home, desk.assessments, entry, packs.standards()[name], period, depth)


def counted(sample):
    return sample.value / 2 if sample.censoring == "<" else sample.value


def statistic(item):
    """The mean of an item in plain Python: over depths of an occasion first, then over occasions."""
    occasions: dict[object, list[float]] = {}
    for sample in item.samples:
        occasions.setdefault(sample.time, []).append(counted(sample))
    if item.statistic.endswith("geometric_mean"):
        logs = [math.fsum(math.log(x or 0.5) for x in values) / len(values) for values in occasions.values()]
        return math.exp(math.fsum(logs) / len(logs)), len(occasions)
    means = [math.fsum(values) / len(values) for values in occasions.values()]
    return math.fsum(means) / len(means), len(occasions)


@pytest.mark.parametrize(("name", "granularity", "depth"), CASES)
def test_an_explanation_equals_its_assessment(desk, name, granularity, depth):
    """Grade and determinants are those of the assessment, and the samples shown give the number that was compared."""
    rule_set = packs.standards()[name]
    rows = desk.assessments.verdicts(rule_set, granularity, depth).to_pylist()
    for row in rows[:: max(1, len(rows) // 40)]:
        found = explained(desk, name, row["station"], row["period"], depth)
        assert found.grade == rule_set.grades[row["grade"]].id
        assert list(found.determinants) == row["determinants"]
        assert len(found.items) == row["items_judged"]
        assert max(item.n for item in found.items) == row["samples"]
        worst = max(found.items, key=lambda item: [grade.id for grade in rule_set.grades].index(item.grade))
        assert worst.grade == found.grade
        for item in found.items:
            assert item.samples
            assert item.censored == sum(bool(sample.censoring) for sample in item.samples)
            if item.statistic != "share_of_samples":
                value, n = statistic(item)
                assert item.value == pytest.approx(value, rel=1e-9)
                assert item.n == n


def test_a_share_of_samples_can_be_counted_by_hand(desk):
    """Nine in ten water-column means of dissolved oxygen must reach 4 mg/L; the samples shown say how many do."""
    rows = desk.assessments.verdicts(packs.standards()["hk.wqo-marine"], "year", "mean").to_pylist()
    for row in rows:
        found = explained(desk, "hk.wqo-marine", row["station"], row["period"])
        item = next(item for item in found.items if item.objective == "do_mean")
        occasions: dict[object, list[float]] = {}
        for sample in item.samples:
            occasions.setdefault(sample.time, []).append(sample.value)
        means = [sum(values) / len(values) for values in occasions.values()]
        assert item.value == pytest.approx(sum(mean >= 4 - 1e-9 for mean in means) / len(means))
        assert item.attained == (item.value >= 0.9 - 1e-9)


def test_what_was_not_measured_is_said(desk):
    """Properties that the rule set judges here and that have no sample are listed as missing, none is in both lists."""
    found = explained(desk, "cn.gb3097-1997", "hk.epd.marine.DM1", "2018")
    assert {"Hg", "Oil", "CODMn_alk"} <= set(found.missing)
    assert not set(found.missing) & {item.property for item in found.items}


def test_no_data_is_no_verdict(desk):
    """A period without samples has no grade and no items; everything is missing."""
    found = explained(desk, "cn.gb3097-1997", "hk.epd.marine.DM1", "1999")
    assert found.grade is None
    assert found.items == ()
    assert "DO" in found.missing


def test_every_item_carries_the_law_behind_it(desk):
    """Limit, limits of all grades, confidence and sources are those of the pack; sources exist."""
    rule_set = packs.standards()["cn.gb3097-1997"]
    ids = {source.id for source in rule_set.sources}
    for item in explained(desk, rule_set.id, "hk.epd.marine.DM1", "2018").items:
        law = next(one for one in rule_set.items if one.property == item.property)
        assert item.limits == law.limits
        assert set(item.sources) <= ids
        assert item.confidence in {law.confidence, *law.confidence_by_class.values()}
        if item.grade != "1" and item.property != "pH":
            assert item.limit in law.limits.values()


def test_an_index_is_the_sum_of_its_parts(desk):
    """The added risk of the worst hour is the sum of the pollutants' parts, each from the mean of its samples."""
    found = explained(desk, "hk.aqhi-2013", "hk.epd.air.Central", "2017-01")
    whole, *parts = found.items
    assert whole.statistic == "added_risk"
    assert whole.value == pytest.approx(sum(part.contribution for part in parts))
    assert {part.property for part in parts} == {"NO2", "SO2", "O3", "PM10", "PM2_5"}
    for part in parts:
        assert 2 <= len(part.samples) <= 3
        assert part.value == pytest.approx(sum(map(counted, part.samples)) / len(part.samples))
    top = packs.standards()["hk.aqhi-2013"].parameters["band_max"]
    assert whole.value <= top.get(found.grade, math.inf)


def test_a_published_index_is_told_as_published(desk):
    """Where the pollutants are not here the explanation says that the number is the authority's, and lacks the rest."""
    found = explained(desk, "hk.aqhi-2013", "hk.epd.air.Eastern", "2017-01-05")
    assert [item.statistic for item in found.items] == ["published"]
    assert "NO2" in found.missing
    assert found.grade == f"{found.items[0].value:.0f}"


def test_a_rule_set_of_another_medium_is_refused(desk):
    """Sea water is not judged as a river, and a year's rule not by the month."""
    with pytest.raises(BadInput, match="judges river"):
        explained(desk, "cn.gb3838-2002", "hk.epd.marine.DM1", "2018")
    with pytest.raises(BadInput, match="not assessed by month"):
        explained(desk, "hk.wqo-marine", "hk.epd.marine.DM1", "2018-01")
