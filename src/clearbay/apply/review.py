"""What a reviewer looks at: a series with the flags of every test beside those stored, and the reviews made so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from clearbay.mine.quality import Config, batch
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput
from clearbay.store import Home
from clearbay.store.review import Review, Reviews
from clearbay.transmit.quality import config_of

MOST = 50_000
"""Values of one answer: a screen shows no more, and the tests run over every property of the station."""

BEFORE = timedelta(days=2)
"""How much of what came before is looked at too, so that tests of a series know its neighbours."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A series with flags: ``table`` has time, value, censoring, flag and revision, and one column a test with its
    ``aggregate``; ``tests`` names those columns. ``whole`` is False where the span has more values than are given."""

    table: pa.Table
    tests: tuple[str, ...]
    reviews: list[Review]
    whole: bool


class Reviewing:
    """The review of one home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.reviews = Reviews(home)

    def series(
        self,
        station: str,
        property: str,
        *,
        depth: str = "",
        averaging: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
        config: Config | None = None,
    ) -> Reviewed:
        """A series from ``start`` to ``end`` (not included) with the flags that each test gives it now.

        The tests are those of the home's configuration, over the other properties of the same samples too.
        """
        reader = self._home.reader()
        rows = reader.observations(
            stations=[station], properties=[property], depths=[depth], averagings=[averaging], start=start, end=end,
            limit=MOST + 1,
        )  # fmt: skip
        whole = rows.num_rows <= MOST
        rows = rows.slice(0, MOST)
        standing = [
            one
            for one in self.reviews.every(station, property)
            if (one.depth, one.averaging) == (depth, averaging)
            and (start is None or one.end > start)
            and (end is None or one.start < end)
        ]
        chosen = config or config_of(self._home)
        if not rows.num_rows:
            return Reviewed(rows, chosen.tests, standing, whole)
        first, last = rows["time"][0].as_py(), rows["time"][-1].as_py()
        beside = reader.observations(
            stations=[station],
            properties=[property, *_partners(chosen, property)],
            depths=[depth],
            averagings=[averaging],
            start=first - BEFORE,
            end=last + timedelta(microseconds=1),
        )
        media = {one.id: one.medium for one in self._home.stations() if one.id == station}
        flags = batch(beside, chosen, medium=lambda one: media.get(one, ""))
        own = pc.and_(pc.equal(beside["property"], property), pc.greater_equal(beside["time"], rows["time"][0]))
        flags = flags.filter(own)
        table = rows.select(["time", "value", "censoring", "flag", "revision"])
        for test in flags.column_names:
            table = table.append_column(test, flags[test])
        return Reviewed(table, tuple(flags.column_names), standing, whole)

    def set(
        self, station: str, property: str, depth: str, averaging: str, start: datetime, end: datetime, flag: int,
        *, reason: str, who: str, key: str = "", by: Actor | None = None,
    ) -> Review:  # fmt: skip
        """Set a flag over a span (``end`` not included)."""
        if end - start > timedelta(days=366 * 200):
            raise BadInput("the span is longer than any series", where="to", mend="give the span that was looked at")
        return self.reviews.add(
            (station, property, depth, averaging), start, end, flag, reason=reason, who=who, key=key, by=by
        )


def _partners(config: Config, property: str) -> list[str]:
    """Properties that some rule relates to this one."""
    partners = [code for rule in config.rules if property in rule.properties for code in rule.properties]
    return sorted(set(partners) - {property})
