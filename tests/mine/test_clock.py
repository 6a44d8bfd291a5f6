"""Deadlines hold over holidays, make-up workdays, transfers and suspensions, against counting day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.clock import due, spent
from clearbay.model.calendar import Calendar
from clearbay.model.clock import Leg, Pause, Term

CALENDARS = packs.calendars()
CN = CALENDARS["cn"]
NEPAL = Calendar("np", {}, "np", "Asia/Kathmandu", 345, frozenset({5}), {}, {}, {})
"""A place with another zone and another day of rest: none of the law's, only to see that zones are kept apart."""

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))


def local(moment: datetime, calendar: Calendar) -> date:
    return (moment + timedelta(minutes=calendar.utc_offset)).date()


def end(day: date, calendar: Calendar) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, minutes=-calendar.utc_offset)


def paused(moment: datetime, pauses: Sequence[Pause]) -> bool:
    """Whether the clock stands still just before a moment."""
    return any(one.since < moment and (one.until is None or moment <= one.until) for one in pauses)


def counted(
    start: datetime, legs: Sequence[Leg], pauses: Sequence[Pause], days: int = 500
) -> Iterator[tuple[datetime, bool]]:
    """Every end of a day at which the clock was running, with working or not, one day after another."""
    for number, leg in enumerate(legs):
        last = legs[number + 1].since if number + 1 < len(legs) else start + timedelta(days=days)
        day = local(max(start, leg.since), leg.calendar) - timedelta(days=1)
        while end(day, leg.calendar) <= last:
            moment = end(day, leg.calendar)
            after = moment > max(start, leg.since) and day > local(start, legs[0].calendar)
            if after and not paused(moment, pauses):
                yield moment, leg.calendar.working(day)
            day += timedelta(days=1)


def oracle(start: datetime, term: Term, legs: Sequence[Leg], pauses: Sequence[Pause]) -> datetime | None:
    """The end of a term by counting on fingers."""
    if term.unit == "hours":
        left, moment = term.amount * 60, start
        while left:
            moment += timedelta(minutes=1)
            if any(one.since < moment and one.until is None for one in pauses):
                return None
            left -= not paused(moment, pauses)
        return moment
    seen = 0
    for moment, working in counted(start, legs, pauses):
        seen += working or term.unit == "days"
        if seen >= term.amount and (working or not term.roll):
            return moment
    return None


@st.composite
def stories(draw: st.DrawFn) -> tuple[datetime, tuple[Leg, ...], tuple[Pause, ...]]:
    """A matter that begins, is handed over up to twice, and stands still up to three times."""
    start = draw(moments)
    places = [*CALENDARS.values(), NEPAL]
    legs = [Leg(start - timedelta(minutes=draw(st.integers(0, 5000))), draw(st.sampled_from(places)))]
    at = start
    for _ in range(draw(st.integers(0, 2))):
        at += timedelta(minutes=draw(st.integers(0, 40_000)))
        legs.append(Leg(at, draw(st.sampled_from(places))))
    pauses, at = [], start
    for _ in range(draw(st.integers(0, 3))):
        since = at + timedelta(minutes=draw(st.integers(-3000, 30_000)))
        until = since + timedelta(minutes=draw(st.integers(0, 30_000)))
        pauses.append(Pause(since, until))
        at = draw(st.sampled_from([since, until]))
    if pauses and draw(st.integers(0, 4)) == 0:
        pauses[-1] = Pause(pauses[-1].since, None)
    return start, tuple(legs), tuple(pauses)


@settings(max_examples=100, deadline=None)
@given(story=stories(), amount=st.integers(1, 70), unit=st.sampled_from(["working_days", "days"]), roll=st.booleans())
def test_days_are_those_counted_one_by_one(story: object, amount: int, unit: str, roll: bool) -> None:
    """A term in days ends where counting day by day ends, whatever holidays, transfers and pauses lie on the way."""
    start, legs, pauses = story  # type: ignore[misc]
    term = Term(amount, unit, roll=roll and unit == "days")  # type: ignore[arg-type]
    assert due(start, term, legs, pauses).at == oracle(start, term, legs, pauses)


@settings(max_examples=15, deadline=None)
@given(story=stories(), amount=st.integers(1, 12))
def test_hours_are_those_counted_minute_by_minute(story: object, amount: int) -> None:
    """A term in hours runs while it is not paused, in every place alike."""
    start, legs, pauses = story  # type: ignore[misc]
    assert due(start, Term(amount, "hours"), legs, pauses).at == oracle(start, Term(amount, "hours"), legs, pauses)


@settings(max_examples=80, deadline=None)
@given(story=stories(), amount=st.integers(1, 60), unit=st.sampled_from(["working_days", "days", "hours"]))
def test_a_term_is_spent_when_it_is_due(story: object, amount: int, unit: str) -> None:
    """At its end a term is spent to the last unit, and a minute before it was not."""
    start, legs, pauses = story  # type: ignore[misc]
    term = Term(amount, unit)  # type: ignore[arg-type]
    found = due(start, term, legs, pauses).at
    if found is not None:
        assert spent(start, found, term, legs, pauses) == pytest.approx(amount)
        assert spent(start, found - timedelta(minutes=1), term, legs, pauses) < amount


@settings(max_examples=100, deadline=None)
@given(story=stories(), amount=st.integers(1, 60), extra=st.integers(1, 20_000))
def test_a_pause_never_brings_a_deadline_nearer(story: object, amount: int, extra: int) -> None:
    """Suspending longer never makes a working-day deadline earlier, and a pause after it changes nothing."""
    start, legs, pauses = story  # type: ignore[misc]
    term = Term(amount, "working_days")
    plain = due(start, term, legs[:1]).at
    assert plain is not None
    longer = due(start, term, legs[:1], [*pauses, Pause(start, start + timedelta(minutes=extra))]).at
    assert longer is None or longer >= plain
    assert due(start, term, legs[:1], [Pause(plain, None)]).at == plain


@pytest.mark.parametrize(
    ("start", "amount", "unit", "ends"),
    [
        ("2024-02-08T10:00", 2, "working_days", "2024-02-18"),  # the Friday before, then the make-up Sunday after
        ("2024-09-13T10:00", 2, "working_days", "2024-09-18"),  # Saturday is worked, Sunday to Tuesday are free
        ("2025-01-24T16:00", 3, "working_days", "2025-02-05"),  # Sunday 26th is worked, then eight days free
        ("2026-09-30T23:59", 1, "working_days", "2026-10-08"),
        ("2026-02-13T09:00", 30, "days", "2026-03-15"),
    ],
)
def test_the_mainland_counts_make_up_workdays(start: str, amount: int, unit: str, ends: str) -> None:
    """Real holidays of the mainland: weekends that are worked count, holidays on weekdays do not."""
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC) - timedelta(hours=8)
    found = due(begin, Term(amount, unit), [Leg(begin, CN)])  # type: ignore[arg-type]
    assert found.at == end(date.fromisoformat(ends), CN)
    assert not found.uncertain


def test_three_places_end_on_three_days() -> None:
    """Two working days from the eve of Easter 2026 end on different days on the mainland, in Hong Kong and in Macao."""
    begin = datetime(2026, 4, 2, 2, tzinfo=UTC)
    ends = {
        name: local(due(begin, Term(2, "working_days"), [Leg(begin, one)]).at, one) - timedelta(days=1)  # type: ignore[arg-type]
        for name, one in CALENDARS.items()
    }
    assert ends == {"cn": date(2026, 4, 7), "hk": date(2026, 4, 9), "mo": date(2026, 4, 9)}


def test_a_year_without_a_list_is_named() -> None:
    """A deadline that crosses into a year without an official list says so; hours need no list."""
    begin = datetime(2026, 12, 29, tzinfo=UTC)
    found = due(begin, Term(10, "working_days"), [Leg(begin, CN)])
    assert found.at is not None
    assert found.uncertain == (("cn", 2027, "not_published"),)
    assert not due(begin, Term(400, "hours"), [Leg(begin, CN)]).uncertain
    assert due(begin, Term(2, "working_days"), [Leg(begin, CALENDARS["hk"])]).uncertain == ()


def test_an_open_pause_has_no_end() -> None:
    """While a clock stands still before its end there is no deadline."""
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    assert due(begin, Term(3, "working_days"), [Leg(begin, CN)], [Pause(begin + timedelta(days=1))]).at is None


@pytest.mark.parametrize("legs", [[], [Leg(datetime(2026, 3, 3, tzinfo=UTC), CN)]])
def test_a_clock_without_a_place_is_refused(legs: list[Leg]) -> None:
    """No calendar at the start, no deadline: a mistake of the caller, told at once."""
    with pytest.raises(ValueError, match="legs"):
        due(datetime(2026, 3, 2, tzinfo=UTC), Term(1, "days"), legs)
