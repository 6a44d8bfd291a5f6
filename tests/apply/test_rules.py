import pytest

from clearbay import packs
from clearbay.apply import rules
from clearbay.model.errors import BadInput, UnknownName


def standard(name):
    return packs.standards()[name]


def test_the_usual_comes_first():
    """Without a wish, a rule set is assessed by its first granularity and depth."""
    for one in packs.standards().values():
        assert rules.check_granularity(one, None) == rules.granularities(one)[0] == "year"
        assert rules.check_depth(one, None) == rules.depths(one)[0] == "mean"


def test_what_a_rule_set_does_not_offer_is_refused():
    """An annual objective has no months, an index no depth and no single property."""
    with pytest.raises(BadInput, match="not assessed by month"):
        rules.check_granularity(standard("hk.wqo-marine"), "month")
    with pytest.raises(BadInput, match="at depth 'bottom'"):
        rules.check_depth(standard("cn.gb3838-2002"), "bottom")
    with pytest.raises(BadInput, match="one index"):
        rules.check_property(standard("hk.aqhi-2013"), "NO2")
    with pytest.raises(BadInput, match="does not judge salinity"):
        rules.check_property(standard("cn.gb3097-1997"), "salinity")


def test_unknown_names_are_refused_with_the_closest():
    """A slip in a rule set's or property's name finds the right one."""
    with pytest.raises(UnknownName, match=r"cn\.gb3838-2002"):
        rules.standard_of("gb3838-2002")
    with pytest.raises(UnknownName, match="DIN"):
        rules.check_property(standard("cn.gb3097-1997"), "DIM")


def test_what_is_judged_is_what_mine_judges():
    """Items assessed apart by the method's own word are not listed as judged."""
    assert "TN" not in rules.judged(standard("cn.gb3838-2002"))
    assert {"DO", "DIN", "DIP"} <= set(rules.judged(standard("cn.gb3097-1997")))
    assert rules.judged(standard("hk.aqhi-2013")) == ("NO2", "SO2", "O3", "PM10", "PM2_5")
