"""The monthly bulletin of an area as a value: everything that a page of it says, in no language yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearbay import packs
from clearbay.apply import groups, judging, spans
from clearbay.apply.assessments import Assessments
from clearbay.apply.catalogue import Catalogue
from clearbay.apply.groups import Group
from clearbay.apply.standing import Placed, Standing, Standings
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard
from clearbay.model.station import Station
from clearbay.model.text import Text

MONTHS = 13
"""A year and the month that it is compared with."""

_MEDIA = ("sea", "river", "lake", "air")
"""Which of an area's media a bulletin is about where nobody says: the first that was judged."""


@dataclass(frozen=True, slots=True)
class Line:
    """A station of the bulletin; ``placed`` is None where the month has no verdict on it.

    ``unverified`` are the properties whose deciding limit no official text was found for.
    """

    station: Station
    placed: Placed | None
    unverified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """An area in a month.

    ``history`` holds the stations of each grade over the last months, oldest first; ``statistic`` what was compared
    with the limits; ``programmes`` who measured; ``generated`` is True where data behind it are not measured.
    """

    area: Group
    month: str
    standard: Standard
    standing: Standing
    lines: tuple[Line, ...]
    history: tuple[tuple[str, tuple[int, ...]], ...]
    statistic: Text
    programmes: tuple[str, ...]
    generated: bool

    @property
    def located(self) -> tuple[Line, ...]:
        """Stations whose position is known."""
        return tuple(one for one in self.lines if one.station.longitude is not None)


def bulletin(
    assessments: Assessments,
    now: Catalogue,
    area: str,
    month: str,
    *,
    standard: Standard | None = None,
    target: str | None = None,
) -> Bulletin:
    """The bulletin of an area for a month; BadInput where nothing was judged there, naming the last month that was."""
    spans.check_label("month", month, where="month")
    group = groups.area_of(now, area)
    rule_set = standard or _usual(assessments, now, group, month)
    spans.check(rule_set, "month", None, where="standard")
    made = Standings(assessments, now, rule_set, "month", target=target)
    standing = made.of(group, month)
    if not standing.judged:
        last = made.latest(group)
        mend = f"the last month with data is {last}" if last else "give another rule set or another area"
        raise BadInput(f"{rule_set.code} judged nothing at {group.id} in {month}", where="month", mend=mend)
    placed = {one.station: one for one in standing.places}
    stations = [now.entries[one].station for one in groups.covered(now, group, rule_set)]
    # A station of old surveys that has been silent for years is no gap of this month.
    present = [one for one in stations if one.id in placed or _recent(now, one.id, month)]
    order = {one.station: index for index, one in enumerate(standing.places)}
    present.sort(key=lambda one: (order.get(one.id, len(order)), one.id))
    lines = tuple(Line(one, found := placed.get(one.id), _unverified(rule_set, found)) for one in present)
    programmes = tuple(sorted({one.programme for one in present}))
    return Bulletin(
        area=group,
        month=month,
        standard=rule_set,
        standing=standing,
        lines=lines,
        history=made.counts(group, month, MONTHS),
        statistic=judging.statistic(rule_set, "month", "mean"),
        programmes=programmes,
        generated=any("generated" in one.split(".") for one in programmes),
    )


def _usual(assessments: Assessments, now: Catalogue, group: Group, month: str) -> Standard:
    """The rule set by which the area's first judged medium is usually read: in force that month, by classes if any."""
    day = date(int(month[:4]), int(month[5:7]), 1)
    kinds = {"class": 0, "index": 1}
    fitting = [
        one
        for one in packs.standards().values()
        if "month" in spans.offered(one) and one.in_force_from <= day <= (one.in_force_to or date.max)
    ]
    fitting.sort(key=lambda one: (min(_place(medium) for medium in one.media), kinds.get(one.kind, 2)))
    for one in fitting:
        if Standings(assessments, now, one, "month").brief(group, month).judged:
            return one
    if fitting:
        return next((one for one in fitting if groups.covered(now, group, one)), fitting[0])
    raise BadInput(f"no rule set was in force in {month}", where="month", mend="give a later month")


def _place(medium: str) -> int:
    return _MEDIA.index(medium) if medium in _MEDIA else len(_MEDIA)


def _recent(now: Catalogue, station: str, month: str) -> bool:
    """Whether the station was at work in the year around the month."""
    entry = now.entries[station]
    if entry.first is None or entry.last is None:
        return False
    start, end = spans.dates("12months", month)
    return entry.first.date() <= end and entry.last.date() >= start


def _unverified(standard: Standard, placed: Placed | None) -> tuple[str, ...]:
    if placed is None or standard.kind != "class":
        return ()
    grade = [one.id for one in standard.grades].index(placed.grade)
    decided = standard.grades[max(grade - 1, 0)].id
    known = {item.property: item.confidence_by_class.get(decided, item.confidence) for item in standard.items}
    return tuple(code for code in placed.determinants if known.get(code) == "unverified")
