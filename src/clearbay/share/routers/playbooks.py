"""``/api/playbooks``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Response
from pydantic import Field

from clearbay.apply.cases import Casework, casejson
from clearbay.share import encode
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented
from clearbay.share.schemas import Answer, Listing, LocalText

router = noun("playbooks")


class PlaybookShape(Answer):
    """How a kind of case goes."""

    id: str
    version: int
    prefix: str = Field(description="Begins the ids of its cases")
    name: LocalText
    purpose: LocalText
    opens: list[str]
    opened_by: list[str]
    initial: str
    severity: int
    fields: list[dict[str, Any]]
    states: list[dict[str, Any]]
    transitions: list[dict[str, Any]]
    deadlines: list[dict[str, Any]] = Field(description="Each with its term and what it rests on: law or default")
    powers: dict[str, list[str]]
    suspend: dict[str, Any] | None
    remeasure: dict[str, Any] | None
    watch: dict[str, Any] | None
    grades: list[dict[str, Any]]
    sources: list[dict[str, str]]
    notes: list[LocalText]
    file: str


@router.get(
    "/playbooks",
    operation_id="playbooks",
    summary="Playbooks",
    responses={200: {"model": Listing[PlaybookShape]}, **documented(422, 503)},
)
def playbooks(desk: Services) -> Response:
    """How each kind of case goes here: states, steps, deadlines and what each of them rests on."""
    found = [_told(one) for one in Casework(desk.home).playbooks().values()]
    return encode.page(found, len(found))


@router.get(
    "/playbooks/{id}",
    operation_id="playbook",
    summary="One playbook",
    responses={200: {"model": PlaybookShape}, **documented(404, 422, 503)},
)
def playbook(
    desk: Services, id: Annotated[str, Path(description="Its id.", examples=["pollution-alarm"], max_length=100)]
) -> Response:
    """One of them in full."""
    return encode.answer(_told(Casework(desk.home).playbook(id)))


def _told(one: Any) -> dict[str, Any]:
    # A playbook of the home's own is told by its name, not by where it lies on this machine's disk.
    told = casejson.playbook(one)
    return told | {"file": told["file"].rpartition("/")[2]}
