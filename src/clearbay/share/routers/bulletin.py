"""``/api/bulletin``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Response

from clearbay.apply import rules
from clearbay.apply.bulletin import bulletin as made_of
from clearbay.apply.standing import check_target
from clearbay.model.text import Language
from clearbay.share import bulletin, exports
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("bulletin")

HTML, PDF = "text/html", "application/pdf"


@router.get(
    "/bulletin",
    operation_id="bulletin",
    summary="A monthly bulletin",
    response_class=Response,
    responses={200: {"content": {HTML: {}, PDF: {}}}, **documented(404, 422, 503)},
)
def printed(
    desk: Services,
    area: Annotated[
        str,
        Query(
            description="A place of /api/portraits: a zone, a basin, a river, a jurisdiction (810000: all of Hong "
            "Kong's) or a section.",
            examples=["hk.wcz.deep-bay"],
            max_length=200,
        ),
    ],
    month: Annotated[str, Query(description="The month.", examples=["2017-07"], max_length=20)],
    language: Annotated[Language, Query(alias="lang", description="Language of the bulletin.")] = "en",
    format_: Annotated[
        Literal["html", "pdf"], Query(alias="format", description="A page, or a file to print and send.")
    ] = "html",
    standard: Annotated[
        str | None,
        Query(
            description="Id of the rule set; left out: the one for the first of the area's media (sea, rivers, air) "
            "that was judged that month.",
            max_length=100,
        ),
    ] = None,
    target: Annotated[str | None, Query(description="The class that counts as good.", max_length=20)] = None,
) -> Response:
    """Headline, key figures, map, thirteen months of class shares, changes, what misses the target and where, every
    station, method, confidence marks, sources and licences: the same numbers as /api/portraits, ready to be sent out.
    """
    rule_set = rules.standard_of(standard) if standard else None
    if rule_set is not None:
        check_target(rule_set, target)
    found = made_of(desk.assessments, desk.catalogue(), area, month, standard=rule_set, target=target)
    document = bulletin.compose(found, language)
    if format_ == "html":
        return Response(bulletin.html(document), media_type=f"{HTML}; charset=utf-8")
    name = exports.file_name("bulletin", found.area.id, month, language, suffix="pdf")
    return Response(
        bulletin.pdf(document), media_type=PDF, headers={"Content-Disposition": exports.disposition(name, "inline")}
    )
