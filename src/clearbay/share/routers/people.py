"""``/api/people``: to whom a case can be given; accounts, for whoever manages them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request, Response
from pydantic import Field

from clearbay.apply import passwords
from clearbay.apply.people import account, colleagues, place
from clearbay.model.case import Actor
from clearbay.model.errors import NotAllowed
from clearbay.model.person import Person
from clearbay.model.playbook import Role
from clearbay.model.territory import COUNTRY, covers
from clearbay.model.text import Language
from clearbay.share import guard
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller
from clearbay.share.problems import documented
from clearbay.share.routers.session import Given, PlaceShape, private
from clearbay.share.schemas import Answer, Page
from clearbay.store.people import People, unknown

router = noun("people")

Lister = Annotated[Caller, Depends(guard.tasked("people.list"))]
Manager = Annotated[Caller, Depends(guard.tasked("people.manage"))]
Login = Annotated[str, Path(description="Login.", max_length=60)]


class ColleagueShape(Answer):
    """Somebody to whom a case can be given."""

    id: str
    name: str
    roles: list[str]
    jurisdiction: PlaceShape | None
    open_cases: int = Field(description="Open cases given to them, as far as the caller sees them")


class AccountShape(Answer):
    """An account."""

    id: str
    name: str
    roles: list[str]
    jurisdiction: PlaceShape | None
    level: str
    email: str
    language: str
    stations: list[str]
    disabled: bool
    must_change: bool
    provider: str
    password: str | None = Field(description="Shown this once, where one was made up; null otherwise")


class NewPerson(Given):
    """An account to be made."""

    id: str = Field(min_length=2, max_length=41)
    name: str = Field(min_length=1, max_length=100)
    roles: list[Role] = Field(min_length=1, max_length=8)
    jurisdiction: str = Field(COUNTRY, max_length=9)
    email: str = Field("", max_length=254)
    language: Language | Literal[""] = ""
    stations: list[str] = Field(default_factory=list, max_length=500)
    password: str = Field("", max_length=1000, description="Left out: one is made up, for one sign-in")


class ChangedPerson(Given):
    """What is changed; what is left out stays."""

    name: str | None = Field(None, max_length=100)
    roles: list[Role] | None = Field(None, min_length=1, max_length=8)
    jurisdiction: str | None = Field(None, max_length=9)
    email: str | None = Field(None, max_length=254)
    language: Language | Literal[""] | None = None
    stations: list[str] | None = Field(None, max_length=500)
    disabled: bool | None = None
    new_password: bool = Field(False, description="Make up another password, for one sign-in")


@router.get("/people", operation_id="people", summary="People",
            responses={200: {"model": Page[ColleagueShape]}, **documented(401, 403, 422, 429, 503)})  # fmt: skip
def people(
    desk: Services,
    caller: Lister,
    role: Annotated[Role | None, Query(description="Only with this role.")] = None,
    q: Annotated[str, Query(description="Part of a login or a name.", max_length=100)] = "",
    at: Annotated[
        str, Query(description="Only whose jurisdiction lies around or within this.", pattern="^([1-9][0-9]{5,8})?$")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=500, description="People on a page.")] = 100,
) -> Response:
    """People within the caller's own jurisdiction who can sign in."""
    found, total = colleagues(desk.home, caller.actor, role=role or "", text=q, at=at, limit=limit)
    items = [
        {
            "id": one.person.id,
            "name": one.person.name,
            "roles": list(one.person.roles),
            "jurisdiction": place(one.person.jurisdiction),
            "open_cases": one.open_cases,
        }
        for one in found
    ]
    return private({"items": items, "total": total, "next": None})


@router.post("/people", operation_id="add_person", summary="Make an account",
             responses={200: {"model": AccountShape}, **documented(401, 403, 409, 422, 429, 503)})  # fmt: skip
def add_person(desk: Services, caller: Manager, given: NewPerson) -> Response:
    """Within the caller's own jurisdiction. Without a password one is made up, shown once, good for one sign-in."""
    _check_within(caller.actor, given.jurisdiction)
    one = Person(
        given.id,
        given.name,
        tuple(given.roles),
        given.jurisdiction,
        email=given.email,
        language=given.language,
        stations=tuple(given.stations),
    )
    text = given.password and passwords.check(given.password, near=(given.id, given.name))
    made_up = "" if text else passwords.made_up()
    made = People(desk.home).add(
        one, by=caller.actor, password=passwords.encode(text or made_up), must_change=bool(made_up)
    )
    return private(_account(made, made_up))


@router.patch("/people/{id}", operation_id="change_person", summary="Change an account",
              responses={200: {"model": AccountShape}, **documented(401, 403, 404, 409, 422, 429, 503)})  # fmt: skip
def change_person(desk: Services, request: Request, caller: Manager, id: Login, given: ChangedPerson) -> Response:
    """What changes a person's rights or password ends all their sessions."""
    known = People(desk.home)
    old = known.find(id)
    if old is None or not covers(caller.actor.jurisdiction, old.jurisdiction):
        raise unknown(id)
    changes = given.model_dump(exclude_none=True, exclude={"new_password"})
    for name in ("roles", "stations"):
        if name in changes:
            changes[name] = tuple(changes[name])
    if "jurisdiction" in changes:
        _check_within(caller.actor, changes["jurisdiction"])
    if id == caller.id and (changes.get("disabled") or "operator" not in changes.get("roles", ("operator",))):
        raise NotAllowed("nobody takes the keys from themselves", where="id", mend="ask another operator")
    person = known.change(id, by=caller.actor, **changes) if changes else old
    made_up = ""
    if given.new_password:
        made_up = passwords.made_up()
        person = known.set_password(id, passwords.encode(made_up), by=caller.actor, must_change=True)
    request.app.state.gate.sessions.forget()
    return private(_account(person, made_up))


def _check_within(actor: Actor, jurisdiction: str) -> None:
    if jurisdiction and not covers(actor.jurisdiction, jurisdiction):
        raise NotAllowed(
            f"{jurisdiction} lies outside {actor.jurisdiction}", where="jurisdiction", mend="ask an operator there"
        )


def _account(one: Person, made_up: str) -> dict[str, object]:
    return {
        **account(one),
        "disabled": one.disabled is not None,
        "must_change": one.must_change,
        "provider": one.provider,
        "password": made_up or None,
    }
