"""``/api/me`` and ``/api/session``: who one is, signing in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from clearbay.apply import passwords
from clearbay.apply.oidc import Oidc
from clearbay.apply.people import TASKS, account, tasks_of
from clearbay.apply.signin import Refused, SignIn, Waiting
from clearbay.model.person import Person
from clearbay.model.text import Language
from clearbay.share import encode, guard
from clearbay.share.context import Services, noun
from clearbay.share.guard import COOKIE, Caller, Gate
from clearbay.share.problems import Denied, documented
from clearbay.share.schemas import Answer, LocalText, Time
from clearbay.store.people import People
from clearbay.store.sessions import LONGEST, Session

router = noun("session")

_HASHING = 4
"""Passwords hashed at once: each takes 64 MiB and all of a core."""
_QUEUE = 64
"""Sign-ins that may wait for that; more are told to come back, so that a flood holds up nobody else."""

Anybody = Annotated[Caller, Depends(guard.anybody())]
Door = Annotated[Caller, Depends(guard.door())]
Me = Annotated[Caller, Depends(guard.signed())]


class PlaceShape(Answer):
    """A jurisdiction."""

    code: str
    name: LocalText


class ProviderShape(Answer):
    """Where else one can sign in."""

    id: str
    name: str


class MeShape(Answer):
    """Who is calling, and what they may do."""

    signed_in: bool
    id: str
    name: str
    roles: list[str]
    jurisdiction: PlaceShape | None
    level: str = Field(description="country, province, city, district or street; empty: not signed in")
    email: str
    language: str
    stations: list[str] = Field(description="Of an enterprise's person: the stations that are theirs")
    csrf: str = Field(description="Send it as X-Clearbay-CSRF with everything that changes something")
    may: list[str] = Field(description="Tasks")
    must_change: bool = Field(description="Before anything else, POST /api/me/password")
    has_password: bool
    open: bool = Field(description="This server lets this machine act without an account")
    has_accounts: bool
    oidc: list[ProviderShape]


class SessionShape(Answer):
    """One of one's own sessions."""

    id: str
    made: Time
    seen: Time = Field(description="Last use, to some minutes")
    ends: Time
    agent: str
    address: str
    via: str
    current: bool


class Given(BaseModel):
    """Base of what clients send."""

    model_config = ConfigDict(extra="forbid")


class Credentials(Given):
    """Login and password."""

    login: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class NewPassword(Given):
    """A password for another; `old` is empty where there was none."""

    old: str = Field("", max_length=1000)
    new: str = Field(max_length=1000)


class OwnChange(Given):
    """What one may change of one's own account; what is left out stays."""

    name: str | None = Field(None, max_length=100)
    email: str | None = Field(None, max_length=254)
    language: Language | None = None


def private(value: object, status: int = 200) -> Response:
    """An answer that nobody keeps."""
    answer = encode.answer(value)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/me", operation_id="me", summary="Who is calling",
            responses={200: {"model": MeShape}, **documented(401, 422, 429, 503)})  # fmt: skip
def me(request: Request, caller: Anybody) -> Response:
    """Who the session or the key stands for, and what they may do; without either, what this server offers."""
    return private(told(request, caller))


@router.patch("/me", operation_id="change_me", summary="Change one's own account",
              responses={200: {"model": MeShape}, **documented(401, 403, 422, 429, 503)})  # fmt: skip
def change_me(desk: Services, request: Request, caller: Me, given: OwnChange) -> Response:
    """Name, e-mail and language; roles and jurisdiction are the operator's to change."""
    changes = given.model_dump(exclude_none=True)
    person = People(desk.home).change(caller.id, by=caller.actor, **changes)
    _gate(request).sessions.forget()
    return private(told(request, replace(caller, name=person.name, actor=person.actor, person=person)))


@router.get("/me/sessions", operation_id="my_sessions", summary="One's own sessions",
            responses={200: {"model": list[SessionShape]}, **documented(401, 422, 503)})  # fmt: skip
def my_sessions(request: Request, caller: Me) -> Response:
    """Where one is signed in, newest first."""
    found = _gate(request).sessions.every(caller.id)
    return private([_session(one, caller) for one in found])


@router.delete("/me/sessions/{id}", operation_id="end_my_session", summary="End one of one's own sessions",
               status_code=204, response_class=Response,
               responses={204: {"description": "Ended"}, **documented(401, 403, 404, 422, 429, 503)})  # fmt: skip
def end_my_session(
    request: Request, caller: Me, id: Annotated[str, Path(description="Id of the session.", max_length=40)]
) -> Response:
    """Sign out there, such as on a telephone that was lost."""
    _gate(request).sessions.end(caller.id, id, by=caller.actor)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post("/me/password", operation_id="set_my_password", summary="Set one's own password",
             responses={200: {"model": MeShape}, **documented(401, 403, 422, 429, 503)})  # fmt: skip
async def set_my_password(desk: Services, request: Request, caller: Me, given: NewPassword) -> Response:
    """Ends all other sessions of this person; the one that asks goes on under a new cookie."""
    home, gate = desk.home, _gate(request)

    def change() -> tuple[Person, str, Session]:
        person = caller.person
        assert person is not None
        if person.password:
            SignIn(home, gate.sessions).confirm(person, given.old, address=guard.address(request))
        new = passwords.check(given.new, near=(person.id, person.name, person.email.partition("@")[0]))
        if person.password and given.new == given.old:
            raise Denied(422, "the new password is the old one", where="new", mend="choose another")
        after = People(home).set_password(person.id, passwords.encode(new), by=person.actor)
        gate.sessions.forget()
        agent = request.headers.get("user-agent", "")
        return after, *gate.sessions.begin(after, agent=agent, address=guard.address(request), via="password")

    person, text, session = await _slowly(request, change)
    after = replace(caller, person=person, session=session, csrf=guard.csrf_of(text))
    return _with_cookie(request, private(await run_in_threadpool(told, request, after)), text)


@router.post("/session", operation_id="sign_in", summary="Sign in",
             responses={200: {"model": MeShape}, **documented(401, 403, 422, 429, 503)})  # fmt: skip
async def sign_in(desk: Services, request: Request, _: Door, given: Credentials) -> Response:
    """Sets the cookie `clearbay_session`. 401 says no more than that the two do not belong together; 429 how long to
    wait."""
    gate = _gate(request)
    agent, address = request.headers.get("user-agent", ""), guard.address(request)

    def attempt() -> Any:
        return SignIn(desk.home, gate.sessions).attempt(given.login, given.password, agent=agent, address=address)

    found = await _slowly(request, attempt)
    person = found.person
    caller = Caller(
        person.id, person.name, "operate", person.actor, "session", person, found.session, guard.csrf_of(found.text)
    )
    return _with_cookie(request, private(await run_in_threadpool(told, request, caller)), found.text)


@router.delete("/session", operation_id="sign_out", summary="Sign out", status_code=204, response_class=Response,
               responses={204: {"description": "Signed out"}, **documented(403, 422, 429, 503)})  # fmt: skip
def sign_out(request: Request, caller: Anybody) -> Response:
    """Ends this session; without one, does nothing."""
    if caller.session is not None:
        _gate(request).sessions.end(caller.id, caller.session.id, by=caller.actor)
    answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return answer


def told(request: Request, caller: Caller) -> dict[str, object]:
    """``MeShape`` of a caller. May read the database."""
    gate = _gate(request)
    person = caller.person
    oidc: Oidc = request.app.state.oidc
    shown: dict[str, object] = {
        "id": "", "name": "", "roles": [], "jurisdiction": None, "level": "", "email": "", "language": "",
        "stations": [],
    }  # fmt: skip
    if person is not None:
        shown = account(person)
    if caller.via == "open":
        tasks = list(TASKS)
    elif person is not None and person.must_change:
        tasks = []
    else:
        tasks = tasks_of(caller.actor.roles) if caller.via != "none" else []
    return {
        "signed_in": person is not None,
        **shown,
        "csrf": caller.csrf,
        "may": tasks,
        "must_change": person is not None and person.must_change,
        "has_password": person is not None and person.password,
        "open": caller.via == "open" or gate.opens(request),
        "has_accounts": gate.has_accounts(),
        "oidc": [{"id": one.id, "name": one.name} for one in oidc.providers.values()],
    }


async def _slowly(request: Request, work: Any) -> Any:
    """Do what hashes a password, a few at a time; its refusals as problems."""
    state = request.app.state
    limiter: CapacityLimiter | None = getattr(state, "hashing", None)
    if limiter is None:
        limiter = state.hashing = CapacityLimiter(_HASHING)
    if limiter.statistics().tasks_waiting >= _QUEUE:
        raise Denied(
            429, "too many are signing in", where="session", mend="wait 5 seconds", headers={"Retry-After": "5"}
        )
    try:
        return await to_thread.run_sync(work, limiter=limiter)
    except Waiting as error:
        after = {"Retry-After": str(int(error.seconds) + 1)}
        raise Denied(429, error.what, where=error.where, mend=error.mend, headers=after) from None
    except Refused as error:
        raise Denied(401, error.what, where=error.where, mend=error.mend) from None


def _with_cookie(request: Request, answer: Response, text: str) -> Response:
    answer.set_cookie(
        COOKIE, text, max_age=int(LONGEST.total_seconds()), path="/", httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


def _session(one: Session, caller: Caller) -> dict[str, object]:
    return {
        "id": one.id,
        "made": encode.time(one.made.replace(tzinfo=None, microsecond=0)),
        "seen": encode.time(one.seen.replace(tzinfo=None, microsecond=0)),
        "ends": encode.time(one.ends.replace(tzinfo=None, microsecond=0)),
        "agent": one.agent,
        "address": one.address,
        "via": one.via,
        "current": caller.session is not None and one.id == caller.session.id,
    }


def _gate(request: Request) -> Gate:
    found: Gate = request.app.state.gate
    return found
