"""``clearbay bulletin``: a place in a month as a document that a monitoring centre can send out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from clearbay.apply import rules
from clearbay.apply.bulletin import bulletin as made_of
from clearbay.apply.desk import Desk
from clearbay.apply.standing import check_target
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.model.errors import BadInput
from clearbay.model.text import LANGUAGES
from clearbay.share import bulletin as setting
from clearbay.store import Home


def bulletin(
    home: HomeOption,
    area: Annotated[
        str, typer.Option(help="A zone, basin, river, jurisdiction (810000: all of Hong Kong's) or section.")
    ],
    month: Annotated[str, typer.Option(help="The month, for instance 2017-07.")],
    out: Annotated[Path, typer.Option(help="Where it is written: a name that ends with .pdf or .html.")],
    lang: Annotated[str, typer.Option(help="zh-Hans, zh-Hant, en or pt.")] = "en",
    standard: Annotated[
        str | None,
        typer.Option(help="Rule set; left out: that for the first of the area's media that was judged that month."),
    ] = None,
    target: Annotated[str | None, typer.Option(help="The class that counts as good.")] = None,
    as_json: Json = False,
) -> None:
    """Set the monthly bulletin of an area as PDF or HTML.

    Example: `clearbay bulletin --home bay-data --area hk.wcz.deep-bay --month 2017-07 --lang pt --out july.pdf`
    """
    language = next((one for one in LANGUAGES if one == lang), None)
    if language is None:
        raise BadInput(f"no language is called '{lang}'", where="--lang", mend=f"use one of {', '.join(LANGUAGES)}")
    if out.suffix not in (".pdf", ".html"):
        raise BadInput(
            f"'{out.suffix}' is no form of a bulletin", where="--out", mend="end the name with .pdf or .html"
        )
    rule_set = rules.standard_of(standard, where="--standard") if standard else None
    if rule_set is not None:
        check_target(rule_set, target, where="--target")
    start = time.monotonic()
    with Home.open(home) as opened:
        desk = Desk(opened)
        found = made_of(desk.assessments, desk.catalogue(), area, month, standard=rule_set, target=target)
    document = setting.compose(found, language)
    data = setting.html(document) if out.suffix == ".html" else setting.pdf(document)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise BadInput(str(error), where=str(out), mend="choose a place that can be written") from error
    seconds = round(time.monotonic() - start, 2)
    told = {
        "out": str(out),
        "bytes": len(data),
        "area": found.area.id,
        "month": month,
        "standard": found.standard.id,
        "stations": len(found.lines),
        "judged": found.standing.judged,
        "headline": document.lead,
        "seconds": seconds,
    }
    answer(told, as_json=as_json, text=f"{document.lead}\nwritten to {out} ({len(data):,} bytes, {seconds} s)")
