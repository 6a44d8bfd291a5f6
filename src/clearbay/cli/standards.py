"""``clearbay standards``: the rule sets that ship, one in full, and the laws side by side for a property."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table

from clearbay import packs
from clearbay.cli.output import Json, answer, console
from clearbay.mine.comparison import Line
from clearbay.mine.side_by_side import side_by_side
from clearbay.model.errors import BadInput
from clearbay.model.rule import RuleSet

standards = typer.Typer(
    help="The rule sets of the law: what there is, one in full, the laws side by side.\n\n"
    "Example: `clearbay standards list`",
    no_args_is_help=True,
)

OnOption = Annotated[str, typer.Option("--on", help="A day, such as 2026-03-01: the version in force then.")]


@standards.command("list")
def list_(on: OnOption = "", as_json: Json = False) -> None:
    """List every rule set (or those in force on a day), and the rules that no source was found for.

    Example: `clearbay standards list --on 2026-03-01`
    """
    day = _day(on)
    found = [one for one in packs.rule_sets().values() if day is None or _in_force(one, day)]
    missing = packs.not_sourced()
    if as_json:
        result = {
            "items": [_brief(one) for one in found],
            "not_sourced": [_plain(one) for one in missing.values()],
            "on": on or None,
        }
        answer(result, as_json=True, text="")
        return
    wide = max(len(one.id) for one in found) if found else 0
    for one in found:
        force = f"{one.in_force_from} to {one.in_force_to or 'now'}"
        line = f"{one.id:<{wide}}  {one.kind:<10}  {force:<24}  {one.confidence:<20}  {one.name['en']}"
        console.print(line, soft_wrap=True, markup=False)
    console.print("\nnot sourced, and judged by nobody here:")
    for none in missing.values():
        console.print(f"  {none.id}: {none.name['en']}", soft_wrap=True)


@standards.command()
def show(
    id: Annotated[str, typer.Argument(help="A rule set (cn.gb3095-2026), or a family of versions (cn.gb3095).")],
    on: OnOption = "",
    as_json: Json = False,
) -> None:
    """Show one rule set in full: limits, parameters, dates, sources, and how well each number is sourced.

    A family shows the version in force on the day, or the newest. A rule that is not sourced shows what was searched.

    Example: `clearbay standards show cn.gb3095 --on 2026-03-01 --json`
    """
    day = _day(on)
    missing = packs.not_sourced()
    found: Any = missing[id] if id in missing else packs.rule_set(id, day)
    if day is not None and id in packs.rule_sets() and not _in_force(found, day):
        force = f"{found.in_force_from} to {found.in_force_to or 'now'}"
        raise BadInput(f"{id} was not in force on {day}", where="--on", mend=f"it is in force from {force}")
    result = _plain(found)
    if id not in missing:
        versions = [one.id for one in packs.rule_versions(found.family)]
        result |= {"versions": versions, "sources": [_plain(source) for source in found.sources]}
    answer(result, as_json=as_json, text="\n".join(_lines(result, id in missing)))


@standards.command()
def compare(
    property: Annotated[str, typer.Argument(help="A property code, such as DO, NH3N, E_coli or PM2_5.")],
    on: OnOption = "",
    use: Annotated[str, typer.Option(help="A use of the water: bathing, aquaculture, drinking_source, port …")] = "",
    as_json: Json = False,
) -> None:
    """Put the limits of every rule set for a property side by side, in one unit, on a day and for a use of the water.

    Says which numbers measure something else, what differs, how well each is sourced, and what is missing.

    Example: `clearbay standards compare DO --on 2024-06-01 --json`
    """
    day = _day(on)
    if day is None:
        raise BadInput("the limits of which day?", where="--on", mend="give a day, such as --on 2026-03-01")
    found = side_by_side(property, on=day, use=use)
    if as_json:
        answer(_plain(found), as_json=True, text="")
        return
    console.print(f"[bold]{found.indicator.name['en']}[/] ({found.unit}) on {day}" + (f", for {use}" if use else ""))
    if found.indicator.difference:
        console.print(found.indicator.difference["en"], soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("rule set", "grade", "limit", "by", "confidence", ""):
        table.add_column(heading, overflow="fold")
    for line in found.lines:
        by = line.averaging or (line.statistic["en"] if line.statistic else "")
        remark = "" if line.comparable else f"{line.property}: not comparable"
        table.add_row(line.rule_set, line.grade, _limit(line), by, line.confidence, remark)
    console.print(table)
    for absent in found.absent:
        console.print(f"  {absent.rule_set}: {absent.text['en']}", soft_wrap=True)


def _limit(line: Line) -> str:
    if line.low is not None and line.high is not None:
        return f"{line.low:g} to {line.high:g} {line.unit}"
    sign = {"le": "≤", "lt": "<", "ge": "≥", "gt": ">"}.get(line.op, "")
    end = line.high if line.low is None else line.low
    allowed = f", {line.allowed} a year allowed" if line.allowed else ""
    return f"{sign} {end:g} {line.unit}{allowed}"


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a day", where="--on", mend="write it as 2026-03-01") from error


def _in_force(one: RuleSet, day: date) -> bool:
    return one.in_force_from <= day <= (one.in_force_to or date.max)


def _brief(one: RuleSet) -> dict[str, Any]:
    return {
        "id": one.id,
        "family": one.family,
        "code": one.code,
        "name": dict(one.name),
        "kind": one.kind,
        "jurisdiction": one.jurisdiction,
        "media": list(one.media),
        "in_force_from": one.in_force_from,
        "in_force_to": one.in_force_to,
        "confidence": one.confidence,
    }


def _plain(value: Any) -> Any:
    """Values of the model as plain objects."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _lines(shown: Mapping[str, Any], missing: bool) -> list[str]:
    name = shown["name"]["en"]
    if missing:
        texts = [f"{key}: {shown[key]['en']}" for key in ("known", "searched", "obtainable")]
        return [f"{shown['id']}  {name}", "not sourced: judged by nobody here", *texts]
    force = f"in force from {shown['in_force_from']} to {shown['in_force_to'] or 'now'}"
    lines = [f"{shown['id']}  {shown['code']}  {name}", f"{shown['kind']}, {force}, confidence: {shown['confidence']}"]
    for item in shown.get("items", ()):
        lines.append(f"  {item['property']} {item['op']} {item['limits']} {item['unit']} ({item['confidence']})")
    for one in shown.get("objectives", ()):
        limits = sorted(set(one["zones"].values()))
        lines.append(f"  {one['id']}: {one['property']} {one['op']} {limits} {one['unit']} ({one['confidence']})")
    for one in shown.get("limits", ()):
        allowed = f", {one['allowed']} a year allowed" if one["allowed"] is not None else ""
        limit = f"{one['property']} {one['averaging']} {one['op']} {one['limits']} {one['unit']}{allowed}"
        lines.append(f"  {limit} ({one['confidence']})")
    lines += [f"  {key}: {value}" for key, value in shown["parameters"].items()]
    lines += [f"note: {note['en']}" for note in shown["notes"]]
    return [*lines, *(f"source {one['id']}: {one['ref']} {one['note']}".rstrip() for one in shown["sources"])]
