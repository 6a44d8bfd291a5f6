"""The query parameters of the API: one name, one meaning, one description everywhere."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_type_hints

from fastapi import Query, Request, Response
from fastapi.params import Query as QueryInfo
from fastapi.routing import APIRoute

from clearbay.apply import periods
from clearbay.apply.names import closest
from clearbay.model.errors import BadInput

_PERIOD = "^[0-9]{4}(-Q[1-4]|-[0-9]{2}(-[0-9]{2}(T[0-9]{2})?)?)?$"


def _query(description: str, *examples: Any, **more: Any) -> Any:
    return Query(description=description, examples=list(examples) or None, **more)


Depth = Literal["mean", "surface", "middle", "bottom"]
DEPTHS: tuple[Depth, ...] = ("mean", "surface", "middle", "bottom")

Stations = Annotated[str | None, _query("Station ids, separated by commas.", "hk.epd.marine.DM1", max_length=4000)]
Properties = Annotated[
    str | None, _query("Property codes, separated by commas.", "DO", max_length=1000, alias="property")
]
SampleDepth = Annotated[
    Literal["surface", "middle", "bottom", "none"] | None,
    _query("Only observations of this depth; `none`: where the medium has no depth.", "surface"),
]
SampleAveraging = Annotated[
    Literal["sample", "instant", "minute", "hour", "day"] | None,
    _query(
        "Only observations that stand for this: `sample`, a sample or survey value; `instant`, real-time telemetry; "
        "the others, the mean over that period starting at the time given.",
        "hour",
    ),
]
From = Annotated[
    str | None,
    _query(
        "First time. A year, quarter, month or day is read in the station's time zone (in UTC where stations of "
        "several zones are asked for); a time of day is UTC unless it carries an offset.",
        "2019",
        "2019-07-15T00:00:00Z",
        alias="from",
        max_length=40,
    ),
]
To = Annotated[
    str | None,
    _query(
        "Last time. A year, quarter, month or day counts whole; a time of day is not included.",
        "2019-12",
        max_length=40,
    ),
]
AsOf = Annotated[
    str | None,
    _query(
        "The data as they were known at this time (UTC): later revisions are left out.",
        "2024-01-01T00:00:00Z",
        max_length=40,
    ),
]
Cursor = Annotated[str | None, _query("`next` of the page before.", max_length=2000)]
Bbox = Annotated[
    str | None,
    _query(
        "Only stations in this box: west,south,east,north in degrees of WGS 84. Those without a position are left out.",
        "113.8,22.1,114.5,22.6",
        max_length=100,
    ),
]
Zone = Annotated[str | None, _query("Only stations of this zone (an id of /api/zones).", max_length=100)]
Water = Annotated[
    str | None,
    _query("Only stations of this water body: its name in any of the four languages.", "Deep Bay", max_length=100),
]
Medium = Annotated[
    Literal["sea", "river", "lake", "air", "effluent"] | None, _query("Only stations of this medium.", "sea")
]
Standard = Annotated[str, _query("Id of a rule set of /api/standards.", "cn.gb3097-1997", max_length=100)]
Granularity = Annotated[
    Literal["year", "season", "month", "day", "hour"] | None,
    _query(
        "Length of a period; seasons are calendar quarters. Left out: that of `period`, or else the first that the "
        "rule set offers.",
        "year",
    ),
]
PeriodLabel = Annotated[
    str | None,
    _query("Only this period: 2019, 2019-Q3, 2019-07, 2019-07-15 or 2019-07-15T08.", "2019", max_length=20),
]
AssessedDepth = Annotated[
    Depth | None,
    _query(
        "`mean`: samples of one occasion are averaged over the depths first; the others: that depth only. Left out: "
        "the first that the rule set offers.",
        "mean",
    ),
]
OneProperty = Annotated[str | None, _query("Judge by this property alone.", "DIN", max_length=40, alias="property")]


def names(text: str | None) -> tuple[str, ...] | None:
    """The parts of a comma-separated list, in order, each once; None where there is no list."""
    if text is None:
        return None
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip())) or None


def instant(text: str | None, *, where: str, utc_offset: int, last: bool = False) -> datetime | None:
    """A time in UTC without a zone. ``last``: the end of a period label counts whole."""
    if text is None:
        return None
    if "T" not in text and " " not in text:
        start, end = periods.bounds(text, utc_offset, where=where)
        return end if last else start
    try:
        parsed = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that nobody encoded arrives as a space
    except ValueError:
        mend = "write 2019, 2019-07, 2019-07-15 or 2019-07-15T00:00:00Z"
        raise BadInput(f"'{text}' is not a time", where=where, mend=mend) from None
    if parsed.tzinfo is None:
        return parsed
    try:
        return (parsed - (parsed.utcoffset() or timedelta())).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if parsed.year < 2 else datetime.max


def query_names(endpoint: Callable[..., Any]) -> frozenset[str]:
    """The names of the query parameters that an endpoint declares by ``Annotated[..., Query(...)]``."""
    found: set[str] = set()
    for name, hint in get_type_hints(endpoint, include_extras=True).items():
        for marker in getattr(hint, "__metadata__", ()):
            if isinstance(marker, QueryInfo):
                found.add(marker.alias or name)
    return frozenset(found)


class StrictRoute(APIRoute):
    """A route that refuses query parameters it does not know, naming the closest that it does, and repeated ones.

    A misspelt or overridden filter that is silently ignored answers another question than the one asked.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own handler behind the check."""
        known, handle = query_names(self.endpoint), super().get_route_handler()

        async def strict(request: Request) -> Response:
            for name in request.query_params:
                if name not in known:
                    near = closest(name, known)
                    hint = f"did you mean {' or '.join(near)}? " if near else ""
                    mend = f"{hint}known here: {', '.join(sorted(known)) or 'none'}"
                    raise BadInput(f"no parameter is called '{name[:80]}'", where=name[:80], mend=mend)
                if len(request.query_params.getlist(name)) > 1:
                    raise BadInput(f"{name} is given more than once", where=name, mend="give it once; lists use commas")
            return await handle(request)

        return strict
