from datetime import date

import pytest

from clearbay import packs
from clearbay.apply import spans
from clearbay.model.errors import BadInput


def test_a_span_begins_where_its_length_says():
    """Twelve months and three years are named by their last part and reach back from it."""
    assert spans.dates("month", "2020-02") == (date(2020, 2, 1), date(2020, 2, 29))
    assert spans.dates("12months", "2019-06") == (date(2018, 7, 1), date(2019, 6, 30))
    assert spans.dates("3years", "2019") == (date(2017, 1, 1), date(2019, 12, 31))


@pytest.mark.parametrize(
    ("span", "label", "previous", "earlier"),
    [
        ("day", "2020-03-01", "2020-02-29", "2019-03-01"),
        ("day", "2020-02-29", "2020-02-28", "2019-02-28"),
        ("month", "2019-01", "2018-12", "2018-01"),
        ("season", "2019-Q1", "2018-Q4", "2018-Q1"),
        ("year", "2019", "2018", "2018"),
        ("12months", "2019-01", "2018-12", "2018-01"),
        ("3years", "2019", "2016", "2018"),
    ],
)
def test_neighbours_of_a_span(span, label, previous, earlier):
    """The span before ends where this one begins (a month earlier for twelve months); a year earlier is a year."""
    assert spans.previous(span, label) == previous
    assert spans.year_earlier(label) == earlier


def test_comparable_spans_do_not_overlap():
    """A trend compares the same season of successive years, and blocks of three years that follow each other."""
    assert spans.series("month", "2019-07", 3) == ("2017-07", "2018-07", "2019-07")
    assert spans.series("3years", "2019", 3) == ("2013", "2016", "2019")


def test_spans_at_the_ends_of_the_calendar_are_no_failure():
    """Year 1 has nothing before it, and year 9999 an end."""
    assert spans.previous("month", "0001-01") == "0001-01"
    assert spans.series("year", "0002", 10) == ("0001", "0002")
    assert spans.dates("3years", "9999")[1].year == 9999


def test_a_rule_set_is_put_over_what_it_is_made_for():
    """Objectives hold over a year, an index has no mean, and a label must fit its span."""
    assert spans.offered(packs.standard("hk.wqo-marine")) == ("year",)
    assert "12months" not in spans.offered(packs.standard("hk.aqhi-2013"))
    with pytest.raises(BadInput, match="12months"):
        spans.check(packs.standard("hk.wqo-marine"), "12months", None)
    with pytest.raises(BadInput, match="does not name"):
        spans.check_label("12months", "2019")
