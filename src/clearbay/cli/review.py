"""``clearbay review``: flags that a person sets over a span of a series."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

import typer

from clearbay.apply.review import Reviewing
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.cli.people import whoever
from clearbay.model.errors import BadInput, UnknownName
from clearbay.store import Home
from clearbay.store.review import Review

app = typer.Typer(help="Flags that a person sets over a span of a series, and takes back.", no_args_is_help=True)

Who = Annotated[str, typer.Option("--who", help="Who decides.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


@app.command("list")
def list_(
    home: HomeOption,
    station: Annotated[str, typer.Option(help="Only of this station.")] = "",
    as_json: Json = False,
) -> None:
    """List the reviews, newest first, those taken back too.

    Example: `clearbay review list --home bay-data`
    """
    with Home.open(home) as opened:
        rows = [_row(one) for one in Reviewing(opened).reviews.every(station or None)]
    answer({"reviews": rows}, as_json=as_json, text="\n".join(map(_line, rows)) or "no reviews")


@app.command("set")
def set_(
    home: HomeOption,
    station: Annotated[str, typer.Option(help="The station.")],
    property_: Annotated[str, typer.Option("--property", help="The property, such as DO.")],
    from_: Annotated[str, typer.Option("--from", help="First time, in the station's own time zone.")],
    to: Annotated[str, typer.Option("--to", help="Up to this time; a date counts whole.")],
    flag: Annotated[int, typer.Option(help="1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing.")],
    reason: Reason,
    who: Who,
    depth: Annotated[str, typer.Option(help="surface, middle or bottom; left out: none.")] = "",
    averaging: Annotated[str, typer.Option(help="instant, minute, hour or day; left out: samples.")] = "",
    as_json: Json = False,
) -> None:
    """Set a flag over a span. The values stay, and the flag can be taken back.

    Example: `clearbay review set --home bay-data --station hk.epd.marine.DM1 --property DO --depth surface
    --from 2019-07-01 --to 2019-07-31 --flag 4 --reason "probe fouled" --who Chan`
    """
    with Home.open(home) as opened:
        found = next((one for one in opened.stations() if one.id == station), None)
        if found is None:
            raise UnknownName(f"no station is called {station!r} here", where="--station", mend="check its id")
        start = _moment(from_, "--from", found.utc_offset)
        end = _moment(to, "--to", found.utc_offset, last=True)
        done = Reviewing(opened).set(
            station, property_, depth, averaging, start, end, flag, reason=reason, who=who, by=whoever()
        )  # fmt: skip
    answer(_row(done), as_json=as_json, text=_line(_row(done)))


@app.command()
def revert(
    id: Annotated[int, typer.Argument(help="Number of the review, as `clearbay review list` shows it.")],
    home: HomeOption,
    reason: Reason,
    who: Who,
    as_json: Json = False,
) -> None:
    """Take a review back: each value gets the flag that it would have without it.

    Example: `clearbay review revert 3 --home bay-data --reason "it was another probe" --who Lei`
    """
    with Home.open(home) as opened:
        done = Reviewing(opened).reviews.revert(id, reason=reason, who=who, by=whoever())
    answer(_row(done), as_json=as_json, text=_line(_row(done)))


def _moment(text: str, where: str, utc_offset: int, *, last: bool = False) -> datetime:
    """A time on the station's clock, as UTC; a date alone is its beginning, or where it is the last, its end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no time", where=where, mend="write 2024-05-01 or 2024-05-01T08:00") from None
    if last and len(text) == len("2024-05-01"):
        found += timedelta(days=1)
    if found.tzinfo is None:
        found = found.replace(tzinfo=timezone(timedelta(minutes=utc_offset)))
    return found.astimezone(timezone.utc).replace(tzinfo=None)  # noqa: UP017


def _row(one: Review) -> dict[str, Any]:
    return {
        "id": one.id,
        "station": one.station,
        "property": one.property,
        "depth": one.depth,
        "averaging": one.averaging,
        "from": f"{one.start.isoformat()}Z",
        "to": f"{one.end.isoformat()}Z",
        "flag": int(one.flag),
        "reason": one.reason,
        "who": one.who,
        "made": f"{one.made.isoformat(timespec='seconds')}Z",
        "changed": one.changed,
        "reverted": f"{one.reverted.isoformat(timespec='seconds')}Z" if one.reverted else None,
        "reverted_by": one.reverted_by,
        "reverted_reason": one.reverted_reason,
    }


def _line(row: dict[str, Any]) -> str:
    series = " ".join(str(row[name]) for name in ("station", "property", "depth", "averaging") if row[name])
    back = (
        f"; taken back {row['reverted']} by {row['reverted_by']}: {row['reverted_reason']}" if row["reverted"] else ""
    )
    return (
        f"{row['id']}  {series}  {row['from']} to {row['to']}  flag {row['flag']}, {row['changed']:,} values changed, "
        f"{row['made']} by {row['who']}: {row['reason']}{back}"
    )
