"""``/api/notices``: what one was told, and how one wants to be told."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from clearbay.apply.notices import outside, ways, webpush, words
from clearbay.apply.notices.outside import Failed
from clearbay.apply.notices.settings import address_of, settings
from clearbay.model.errors import BadInput
from clearbay.model.person import Person
from clearbay.model.text import LANGUAGES, Text
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller, allowed, signed
from clearbay.share.limits import Tap
from clearbay.share.problems import documented
from clearbay.share.routers.session import private
from clearbay.share.schemas import Answer, LocalText, Time
from clearbay.store import Home, findings
from clearbay.store.cases import iso
from clearbay.store.notices import Browser, Notice, Notices, Way

router = noun("notices")

Reader = Annotated[Caller, Depends(allowed("read"))]
Me = Annotated[Caller, Depends(signed())]
TRIES, WITHIN = 6, 60.0
"""Tests that a person may send themselves within so many seconds: they go to whatever address was given."""
MOST_BROWSERS = 20
"""Browsers of one person; the oldest gives way."""


class NoticeShape(Answer):
    """Something one was told."""

    id: int
    kind: str = Field(description="assigned, new, late, escalated, worse, rebound, reopened, transfer, joined, …")
    time: Time
    title: LocalText = Field(description="What happened, which case, its title")
    text: str = Field(description="What was said, in the words of who said it")
    case: str
    severity: int
    generated: bool
    link: str = Field(description="Address within the interface")
    read: Time | None


class NoticesShape(Answer):
    """What one was told, newest first."""

    items: list[NoticeShape]
    total: int
    unread: int
    next: str | None = Field(description="Give it as `cursor`; null on the last page")


class CountShape(Answer):
    """How many notices are unread."""

    unread: int


class EmailShape(Answer):
    """E-mail."""

    on: bool
    address: str = Field(description="Empty: that of the account")
    possible: bool = Field(description="Whether this node sends e-mail at all")


class WebhookShape(Answer):
    """A request to a program of one's own, signed."""

    on: bool
    url: str
    secret: str = Field(description="Told once, when it is made")
    secret_set: bool


class BrowserShape(Answer):
    """A browser that takes pushed messages."""

    endpoint: str
    agent: str
    since: Time


class WaysShape(Answer):
    """How one wants to be told."""

    email: EmailShape
    webhook: WebhookShape
    push: list[BrowserShape]


class KeyShape(Answer):
    """The public key by which push services know this node."""

    key: str


class TriedShape(Answer):
    """Whether a test arrived."""

    sent: bool
    error: str


class Given(BaseModel):
    """Base of what clients send."""

    model_config = ConfigDict(extra="forbid")


class Seen(Given):
    """Which notices have been read."""

    ids: list[Annotated[int, Field(ge=0, le=2**53)]] = Field(default_factory=list, max_length=1000)
    all: bool = False


class GivenEmail(BaseModel):
    """E-mail, on or off; an address other than the account's."""

    on: bool
    address: str = Field("", max_length=254)


class GivenWebhook(BaseModel):
    """A webhook. Without a secret it keeps the one that it has, or is given one."""

    on: bool
    url: str = Field("", max_length=2000)
    secret: str = Field("", max_length=200)


class GivenWays(BaseModel):
    """What changes; what is left out stays."""

    email: GivenEmail | None = None
    webhook: GivenWebhook | None = None


class PushKeys(BaseModel):
    """Keys of a subscription."""

    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class Subscription(BaseModel):
    """What the browser gave for its subscription (``PushSubscription.toJSON()``)."""

    endpoint: str = Field(max_length=2000)
    keys: PushKeys


class Endpoint(BaseModel):
    """Which browser."""

    endpoint: str = Field(max_length=2000)


class Trial(Given):
    """Which way is tried."""

    way: Literal["email", "webhook", "push"]


@router.get(
    "/notices",
    operation_id="notices",
    summary="What one was told",
    responses={200: {"model": NoticesShape}, **documented(401, 403, 422, 429, 503)},
)
def notices(
    desk: Services,
    caller: Reader,
    unread: Annotated[bool, Query(description="Only those not read yet.")] = False,
    limit: Annotated[int, Query(ge=1, le=200, description="Notices on a page.")] = 50,
    cursor: Annotated[str, Query(description="`next` of the page before.", pattern="^[0-9]{0,15}$")] = "",
) -> Response:
    """One's own notices, newest first. A program has none."""
    if caller.via != "session":
        return private({"items": [], "total": 0, "unread": 0, "next": None})
    known = Notices(desk.home)
    found = known.of(caller.id, before=int(cursor) if cursor else None, unread=unread, limit=limit + 1)
    total, new = known.counts(caller.id)
    shown = found[:limit]
    with desk.home.records.read() as connection:
        titles = findings.titles(connection, [one.case for one in shown]) if shown else {}
    roles = caller.actor.roles
    items = [_shape(one, titles.get(one.case), roles) for one in shown]
    following = str(shown[-1].id) if len(found) > limit else None
    return private({"items": items, "total": new if unread else total, "unread": new, "next": following})


@router.post(
    "/notices/read",
    operation_id="read_notices",
    summary="Notices were read",
    responses={200: {"model": CountShape}, **documented(401, 403, 422, 429, 503)},
)
def read(desk: Services, caller: Me, given: Seen) -> Response:
    """Mark some or all of one's notices as read; those of others are not touched."""
    known = Notices(desk.home)
    known.seen(caller.id, None if given.all else given.ids, datetime.now(UTC))
    return private({"unread": known.counts(caller.id)[1]})


@router.get(
    "/notices/ways",
    operation_id="notice_ways",
    summary="How one is told",
    responses={200: {"model": WaysShape}, **documented(401, 403, 422, 429, 503)},
)
def get_ways(desk: Services, caller: Me) -> Response:
    """E-mail, webhook and browsers. In the interface one is always told."""
    return private(_ways(desk.home, _person(caller)))


@router.put(
    "/notices/ways",
    operation_id="set_notice_ways",
    summary="Choose how one is told",
    responses={200: {"model": WaysShape}, **documented(401, 403, 422, 429, 503)},
)
def set_ways(desk: Services, caller: Me, given: GivenWays) -> Response:
    """Switch e-mail on or off, or a webhook: an https address outside, whose requests are signed with a secret."""
    known, now, made = Notices(desk.home), datetime.now(UTC), ""
    if given.email is not None:
        address = given.email.address.strip()
        if address and not address_of(address):
            raise BadInput(f"{address[:100]!r} is no e-mail address", where="email.address", mend="mend it")
        known.set_way(Way(caller.id, "email", given.email.on, address), now)
    if given.webhook is not None:
        url, held = given.webhook.url.strip(), known.ways(caller.id).get("webhook")
        if url:
            outside.check(url)
        elif given.webhook.on:
            raise BadInput("a webhook needs an address", where="webhook.url", mend="such as https://bay.example/hook")
        secret = given.webhook.secret or (held.secret if held else "")
        if url and not secret:
            secret = made = secrets.token_urlsafe(32)
        known.set_way(Way(caller.id, "webhook", given.webhook.on, url, secret), now)
    told = _ways(desk.home, _person(caller))
    told["webhook"]["secret"] = made  # type: ignore[index]
    return private(told)


@router.get(
    "/notices/push-key",
    operation_id="notice_push_key",
    summary="Key for pushed messages",
    responses={200: {"model": KeyShape}, **documented(401, 403, 422, 429, 503)},
)
def push_key(desk: Services, caller: Me) -> Response:
    """What a browser needs to subscribe (`applicationServerKey`)."""
    return private({"key": webpush.public_key(webpush.node_key(desk.home.path))})


@router.post(
    "/notices/push",
    operation_id="subscribe_browser",
    summary="Let this browser take pushed messages",
    responses={200: {"model": WaysShape}, **documented(401, 403, 422, 429, 503)},
)
def subscribe(desk: Services, caller: Me, request: Request, given: Subscription) -> Response:
    """Keep a browser's subscription; a browser belongs to whoever subscribed there last."""
    outside.check(given.endpoint)
    webpush.check_keys(given.keys.p256dh, given.keys.auth)
    known = Notices(desk.home)
    agent = "".join(one for one in request.headers.get("user-agent", "")[:200] if one.isprintable())
    known.add_browser(Browser(given.endpoint, caller.id, given.keys.p256dh, given.keys.auth, agent, datetime.now(UTC)))
    for old in known.browsers(caller.id)[:-MOST_BROWSERS]:
        known.drop_browser(old.endpoint, caller.id)
    return private(_ways(desk.home, _person(caller)))


@router.delete(
    "/notices/push",
    operation_id="unsubscribe_browser",
    summary="Push no messages to this browser",
    responses={200: {"model": WaysShape}, **documented(401, 403, 422, 429, 503)},
)
def unsubscribe(desk: Services, caller: Me, given: Endpoint) -> Response:
    """Forget a browser of one's own."""
    Notices(desk.home).drop_browser(given.endpoint, caller.id)
    return private(_ways(desk.home, _person(caller)))


@router.post(
    "/notices/try",
    operation_id="try_notice",
    summary="Try a way",
    responses={200: {"model": TriedShape}, **documented(401, 403, 422, 429, 503)},
)
def attempt(desk: Services, caller: Me, request: Request, given: Trial) -> Response:
    """Send oneself a test now, and say whether it arrived."""
    _taps(request.app).pass_or_refuse(caller.id, "too many tests")
    person, known, config = _person(caller), Notices(desk.home), settings(desk.home.path)
    way = known.ways(caller.id).get(given.way)
    browsers = known.browsers(caller.id) if given.way == "push" else [None]
    if not browsers:
        return private({"sent": False, "error": "no browser takes pushed messages"})
    error = ""
    with ways.carrier(given.way, desk.home, lambda: datetime.now(UTC)) as carry:
        for browser in browsers[-3:]:
            try:
                carry(ways.trial(desk.home, config, person, way, browser))
            except Failed as failure:
                error = str(failure)
    return private({"sent": not error, "error": error})


def _taps(app: FastAPI) -> Tap:
    found: Tap | None = getattr(app.state, "notice_tries", None)
    if found is None:
        found = app.state.notice_tries = Tap(TRIES, WITHIN)
    return found


def _ways(home: Home, person: Person) -> dict[str, object]:
    known = Notices(home)
    chosen = known.ways(person.id)
    email, hook = chosen.get("email"), chosen.get("webhook")
    try:
        possible = settings(home.path).mail is not None
    except BadInput:
        possible = False
    return {
        "email": {
            "on": email.on if email else bool(person.email),
            "address": email.address if email else "",
            "possible": possible,
        },
        "webhook": {
            "on": bool(hook and hook.on),
            "url": hook.address if hook else "",
            "secret": "",
            "secret_set": bool(hook and hook.secret),
        },
        "push": [
            {"endpoint": one.endpoint, "agent": one.agent, "since": iso(one.since)} for one in known.browsers(person.id)
        ],
    }


def _shape(one: Notice, titles: Text | None, roles: frozenset[str]) -> dict[str, object]:
    data = one.data
    return {
        "id": one.id,
        "kind": one.kind,
        "time": iso(one.time),
        "title": {
            language: words.subject(one.kind, data, language, titles[language] if titles else "")
            for language in LANGUAGES
        },
        "text": str(data.get("text") or ""),
        "case": str(data.get("case") or ""),
        "severity": int(data.get("severity") or 4),
        "generated": bool(data.get("generated")),
        "link": ways.page(roles, str(data.get("case") or "")),
        "read": iso(one.read),
    }


def _person(caller: Caller) -> Person:
    assert caller.person is not None
    return caller.person
