"""A person's flag: seen by readers, reversible, with who, when and why; the raw values stay."""

from datetime import timedelta

import pytest

from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import Flag
from clearbay.store import Home
from clearbay.store.review import Reviews

from .homes import moment, readings, values

SERIES = ("A", "TP", "", "")
HOURS = [("A", f"2024-05-01T{hour:02}:00", 0.1 * hour) for hour in range(6)]


def flags(home: Home, **how: object) -> list[int]:
    """The flags of the series A, in order of time."""
    return values(home.reader().observations(stations=["A"], **how), "flag")  # type: ignore[arg-type]


def span(first: int, last: int):
    """From one hour of the day to another."""
    return moment(f"2024-05-01T{first:02}:00"), moment(f"2024-05-01T{last:02}:00")


def test_a_review_sets_flags_and_keeps_the_values(home: Home) -> None:
    """The span has the new flag, what lies outside has not, and the values are as they were."""
    home.ingest(readings(*HOURS, flag=2), source="test")
    before = home.data_version
    done = Reviews(home).add(SERIES, *span(1, 3), 4, reason="pump replaced", who="Chan")
    assert flags(home) == [2, 4, 4, 2, 2, 2]
    assert values(home.reader().observations(), "value") == [row[2] for row in HOURS]
    assert (done.changed, done.who, done.reason, done.flag, done.reverted) == (2, "Chan", "pump replaced", 4, None)
    assert home.data_version > before
    assert flags(home, as_of=done.made - timedelta(microseconds=1)) == [2] * 6


def test_taking_it_back_restores_what_was_there(home: Home) -> None:
    """ "Not evaluated" comes back too, the taking back is recorded, and as of between the flag still reads as set."""
    home.ingest(readings(*HOURS[:3], flag=2), source="test")
    home.ingest(readings(*HOURS[3:], flag=3), source="test")
    reviews = Reviews(home)
    done = reviews.add(SERIES, *span(0, 6), 4, reason="ice", who="Chan")
    back = reviews.revert(done.id, reason="it was not ice", who="Lei")
    assert flags(home) == [2, 2, 2, 3, 3, 3]
    assert (back.reverted_by, back.reverted_reason, back.reverted_changed) == ("Lei", "it was not ice", 6)
    assert back.reverted is not None
    assert flags(home, as_of=back.reverted - timedelta(microseconds=1)) == [4] * 6
    with pytest.raises(BadInput, match="taken back"):
        reviews.revert(done.id, reason="again", who="Lei")


def test_reviews_overlap(home: Home) -> None:
    """The newest that stands decides; taking one back shows the other, taking both back shows what was first."""
    home.ingest(readings(*HOURS, flag=2), source="test")
    reviews = Reviews(home)
    one = reviews.add(SERIES, *span(0, 4), 4, reason="first", who="Chan")
    two = reviews.add(SERIES, *span(2, 6), 3, reason="second", who="Lei")
    assert flags(home) == [4, 4, 3, 3, 3, 3]
    reviews.revert(one.id, reason="no", who="Chan")
    assert flags(home) == [2, 2, 3, 3, 3, 3]
    three = reviews.add(SERIES, *span(3, 5), 1, reason="third", who="Chan")
    reviews.revert(two.id, reason="no", who="Chan")
    assert flags(home) == [2, 2, 2, 1, 1, 2]
    reviews.revert(three.id, reason="no", who="Chan")
    assert flags(home) == [2] * 6
    assert [one.id for one in reviews.every()] == [3, 2, 1]
    assert reviews.every(standing=True) == []


def test_what_arrives_later_gets_the_flag_too(home: Home) -> None:
    """A value sent again cannot undo a review, and a late one in its span is covered."""
    home.ingest(readings(*HOURS[:3], flag=2), source="test")
    reviews = Reviews(home)
    reviews.add(SERIES, *span(0, 6), 4, reason="maintenance", who="Chan")
    done = home.ingest(reviews.kept(readings(*HOURS, flag=1)), source="test")
    assert (done.new, done.revised, done.duplicate) == (3, 0, 3)
    assert flags(home) == [4] * 6
    other = readings(("B", "2024-05-01T01:00", 1.0), flag=1)
    assert reviews.kept(other) is other


def test_a_value_corrected_meanwhile_is_not_evaluated_after(home: Home) -> None:
    """The flag of another value says nothing of this one."""
    home.ingest(readings(*HOURS, flag=3), source="test")
    reviews = Reviews(home)
    done = reviews.add(SERIES, *span(0, 2), 4, reason="drift", who="Chan")
    home.ingest(reviews.kept(readings(("A", "2024-05-01T01:00", 9.9), flag=1)), source="test")
    reviews.revert(done.id, reason="recalculated", who="Chan")
    assert flags(home) == [3, 2, 3, 3, 3, 3]


def test_what_a_dead_process_left_is_done_by_the_next(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A review that was recorded and not carried out is carried out, once."""
    home.ingest(readings(*HOURS, flag=2), source="test")
    with monkeypatch.context() as patch:
        patch.setattr(Home, "ingest", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Reviews(home).add(SERIES, *span(0, 2), 4, reason="why", who="who")
    assert flags(home) == [2] * 6
    assert Reviews(home).settle() == 1
    assert flags(home) == [4, 4, 2, 2, 2, 2]
    assert Reviews(home).settle() == 0


def test_what_is_no_review_is_refused(home: Home) -> None:
    """An unknown series, a span, flag, reason or name that is none."""
    home.ingest(readings(*HOURS), source="test")
    reviews = Reviews(home)
    good = {"reason": "why", "who": "who"}
    with pytest.raises(UnknownName, match="no series"):
        reviews.add(("A", "TN", "", ""), *span(0, 2), 4, **good)
    with pytest.raises(BadInput, match="ends before"):
        reviews.add(SERIES, *reversed(span(0, 2)), 4, **good)
    with pytest.raises(BadInput, match="flag"):
        reviews.add(SERIES, *span(0, 2), 5, **good)
    with pytest.raises(BadInput, match="reason"):
        reviews.add(SERIES, *span(0, 2), 4, reason=" ", who="who")
    with pytest.raises(UnknownName):
        reviews.get(7)
    assert reviews.every() == []
    assert Flag.FAIL == 4
