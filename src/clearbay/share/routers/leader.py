"""``/api/leader``."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from clearbay.apply.cases import Casework, leader
from clearbay.model.errors import BadInput
from clearbay.share import schemas
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller, tasked
from clearbay.share.problems import documented
from clearbay.share.routers.session import private

router = noun("leader")

Day = Annotated[str | None, Query(description="A day of the bay, 2026-03-01.", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class MedianHours(schemas.Answer):
    """Median hours of each part of the way; null where no case went it."""

    judge: float | None = Field(description="From found to judged")
    handle: float | None = Field(description="From judged to the first work on it")
    close: float | None = Field(description="From there to the first closing")


class OnTime(schemas.Answer):
    """What became of the clocks that ended."""

    met: int
    late: int
    share: float | None = Field(description="Of those that ended, met in time")


class Reopened(schemas.Answer):
    """Cases that came back."""

    count: int
    share: float | None = Field(description="Of the closed ones")


class FiguresShape(schemas.Answer):
    """Figures of some cases."""

    found: int
    judged: int
    handled: int
    closed: int = Field(description="Closed at least once")
    refused: int
    open: int
    late: int = Field(description="Open and overdue now")
    median_hours: MedianHours
    on_time: OnTime
    reopened: Reopened
    generated: bool = Field(
        description="Made from generated data; such cases are in the total only where no others are"
    )


class AgencyShape(FiguresShape):
    """Figures of the cases that one place holds."""

    jurisdiction: str
    name: schemas.LocalText


class MonthShape(FiguresShape):
    """Figures of the cases opened in one month of the bay."""

    month: str = Field(examples=["2026-03"])


class LeaderShape(schemas.Answer):
    """A leader's figures."""

    from_: str | None = Field(alias="from")
    to: str | None
    total: FiguresShape
    agencies: list[AgencyShape]
    months: list[MonthShape]


@router.get(
    "/leader",
    operation_id="leader",
    summary="A leader's figures",
    responses={200: {"model": LeaderShape}, **documented(401, 403, 422, 429, 503)},
)
def figures(
    desk: Services,
    caller: Annotated[Caller, Depends(tasked("cases.lead"))],
    from_: Annotated[Day, Query(alias="from")] = None,
    to: Day = None,
    jurisdiction: Annotated[str, Query(description="Only held within it.", pattern="^([1-9][0-9]{5,8})?$")] = "",
    playbook: Annotated[str, Query(description="Only this kind.", max_length=100)] = "",
) -> Response:
    """How many cases were found, judged, handled and closed, how fast, how many in time: in all, by the place that
    holds them and by month, over what the caller may see. Days are those on which cases were opened."""
    span = leader.Span(_day(from_, "from"), _day(to, "to"), jurisdiction, playbook)
    return private(leader.figures(Casework(desk.home), caller.actor, span).as_dict())


def _day(text: str | None, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"{text!r} is no day", where=where, mend="write it as 2026-03-01") from None
