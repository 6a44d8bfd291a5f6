"""The ways by which a message leaves the node: e-mail, webhook, pushed to a browser."""

from __future__ import annotations

import hashlib
import hmac
import smtplib
import ssl
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import orjson

from clearbay.apply.cases import Casework, cap
from clearbay.apply.cases.tick import SYSTEM
from clearbay.apply.notices import outside, webpush, words
from clearbay.apply.notices.outside import Failed
from clearbay.apply.notices.settings import Mail, Settings, address_of
from clearbay.model.errors import BadInput, ClearbayError
from clearbay.model.person import Person
from clearbay.model.text import Language, Text
from clearbay.store import Home
from clearbay.store.cases import iso
from clearbay.store.notices import Browser, Letter, Notice, Notices, Way

WARNED = ("new", "worse", "rebound", "escalated")
"""Notices that carry the case as a warning (CAP 1.2), where it is one of the two highest severities."""
LIVES = 86_400
"""Seconds for which a push service keeps a message for a browser that is away."""
Carry = Callable[["Envelope"], None]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message ready to leave: to whom, in their language, with the id by which receivers know it again."""

    settings: Settings
    person: Person
    language: Language
    kind: str
    data: Mapping[str, Any]
    title: str
    time: datetime
    key: str
    thread: str
    link: str
    way: Way | None = None
    browser: Browser | None = None
    warning: bytes = b""
    address: str = field(default="")


def envelope(
    home: Home, settings: Settings, notice: Notice, person: Person, titles: Text | None, letter: Letter
) -> Envelope:
    """The message of a letter."""
    language = words.language_of(person.language, person.jurisdiction)
    known = Notices(home)
    way = known.ways(person.id).get(letter.way)
    browser = next((one for one in known.browsers(person.id) if one.endpoint == letter.target), None)
    if letter.way == "push" and browser is None:
        raise Failed("the browser has gone", for_good=True)
    if letter.way == "webhook" and (way is None or not way.on):
        raise Failed("the person has switched this way off", for_good=True)
    if letter.way == "email" and way is not None and not way.on:
        raise Failed("the person has switched this way off", for_good=True)
    return Envelope(
        settings=settings,
        person=person,
        language=language,
        kind=notice.kind,
        data=notice.data,
        title=titles[language] if titles else str(notice.data.get("title", "")),
        time=notice.time,
        key=str(uuid.uuid5(uuid.NAMESPACE_URL, f"clearbay:{home.identity}:letter:{letter.id}")),
        thread=f"{notice.data.get('case', 'none')}.{home.identity}",
        link=link(settings, person, str(notice.data.get("case", ""))),
        way=way,
        browser=browser,
        warning=_warning(home, settings, notice) if letter.way == "email" else b"",
        address=(way.address if way else "") or person.email,
    )


def link(settings: Settings, person: Person, case: str) -> str:
    """Where a person goes on from a message: handlers to their own page, others to the case's."""
    return f"{settings.url}/{page(person.roles, case)}" if settings.url else ""


def page(roles: tuple[str, ...] | frozenset[str], case: str) -> str:
    """The address of a case's page within the interface, for somebody with these roles."""
    hands = bool(set(roles) & {"handler", "inspector"}) and not set(roles) & {"duty_officer", "reviewer", "operator"}
    return f"?view={'handle' if hands else 'case'}&case={case}" if case else "?view=notices"


def trial(home: Home, settings: Settings, person: Person, way: Way | None, browser: Browser | None) -> Envelope:
    """A message that only says that a way works."""
    now = datetime.now().astimezone()
    return Envelope(
        settings, person, words.language_of(person.language, person.jurisdiction), "try", {}, "", now,
        str(uuid.uuid4()), f"try.{home.identity}", link(settings, person, ""), way, browser, b"",
        (way.address if way else "") or person.email,
    )  # fmt: skip


@contextmanager
def carrier(way: str, home: Home, clock: Callable[[], datetime]) -> Iterator[Carry]:
    """What sends the messages of a way, one after another; ``Failed`` where one does not arrive."""
    if way == "email":
        server = _Server()
        try:
            yield server.send
        finally:
            server.close()
    elif way == "webhook":
        yield lambda one: _hook(one, clock())
    else:
        yield lambda one: _push(one, home, clock())


# -- e-mail --------------------------------------------------------------------------------------------------------


class _Server:
    """A connection to the mail server, kept for as many letters as it takes."""

    def __init__(self) -> None:
        self._open: smtplib.SMTP | None = None

    def send(self, one: Envelope) -> None:
        mail = one.settings.mail
        if mail is None:
            raise Failed("this node sends no e-mail: see `clearbay notices check`")
        if not address_of(one.address):
            raise Failed("the person has no e-mail address", for_good=True)
        try:
            if self._open is None:
                self._open = _connected(mail)
            self._open.send_message(letter(one, mail), mail.address, [address_of(one.address)])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()), (0, b""))
            self._reset()
            raise Failed(f"the mail server refused the address: {code} {_plain(text)}", for_good=code >= 500) from None
        except smtplib.SMTPResponseException as error:
            self.close()
            lasting = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
            told = f"the mail server answered {error.smtp_code} {_plain(error.smtp_error)}"
            raise Failed(told, for_good=lasting and isinstance(error, smtplib.SMTPDataError)) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Failed(f"the mail server could not be reached: {type(error).__name__} {error}"[:300]) from None

    def _reset(self) -> None:
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.rset()
                return
        self.close()

    def close(self) -> None:
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._open = None


def _connected(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=outside.TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=outside.TIMEOUT)
        if mail.security == "starttls":
            server.starttls(context=context)
    if mail.user:
        server.login(mail.user, mail.password)
    return server


def letter(one: Envelope, mail: Mail) -> EmailMessage:
    """The e-mail of a message: plain text, one thread a case, the warning attached where there is one."""
    message = EmailMessage()
    message["From"] = _named(mail.sender)
    message["To"] = Address(addr_spec=address_of(one.address))
    message["Subject"] = _line(words.subject(one.kind, one.data, one.language, one.title))
    message["Date"] = format_datetime(one.time)
    domain = mail.address.rpartition("@")[2]
    message["Message-ID"] = f"<{one.key}@{domain}>"
    message["References"] = f"<{one.thread}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = one.language
    message.set_content(words.body(one.kind, one.data, one.language, title=one.title, link=one.link))
    if one.warning:
        name = f"{one.data.get('case', 'warning')}.cap.xml"
        message.add_attachment(one.warning, maintype="application", subtype="cap+xml", filename=name)
    return message


def _named(sender: str) -> Address:
    name = sender.rpartition("<")[0].strip().strip('"') if sender.endswith(">") else "clearbay"
    return Address(_line(name), addr_spec=address_of(sender))


def _line(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text).strip()


def _plain(text: object) -> str:
    return _line(text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text))[:200]


def _warning(home: Home, settings: Settings, notice: Notice) -> bytes:
    """The case as a warning, where it is grave; empty where it is not, or cannot be told as one."""
    if settings.mail is None or notice.kind not in WARNED or int(notice.data.get("severity") or 4) > 2:
        return b""
    casework = Casework(home)
    try:
        dossier = casework.dossier(SYSTEM, str(notice.data.get("case", "")))
        said = cap.Notice(
            settings.mail.address,
            scope="Restricted",
            restriction="for those who handle the case",
            urgency="Immediate" if dossier.case.severity == 1 else "Expected",
            web=link(settings, Person("-", "-", ("reviewer",)), dossier.case.id),
        )
        return cap.alert(dossier, said, sent=casework.clock())
    except ClearbayError:
        return b""


# -- webhook -------------------------------------------------------------------------------------------------------


def _hook(one: Envelope, now: datetime) -> None:
    if one.way is None or not one.way.address:
        raise Failed("the person has given no address", for_good=True)
    content = orjson.dumps(content_of(one), option=orjson.OPT_UTC_Z)
    stamp = int(now.timestamp())
    outside.post(
        one.way.address,
        content,
        {
            "Content-Type": "application/json",
            "X-Clearbay-Delivery": one.key,
            "X-Clearbay-Event": one.kind,
            "X-Clearbay-Signature": signature(one.way.secret, stamp, content),
        },
        allow=one.settings.allow,
    )


def signature(secret: str, stamp: int, content: bytes) -> str:
    """What a receiver checks: HMAC-SHA256 over the time, a dot and the body; an old time is a message played again.

    >>> signature("s", 1700000000, b"{}")[:15]
    't=1700000000,v1'
    """
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def content_of(one: Envelope) -> dict[str, Any]:
    """A message as JSON, for programs."""
    data = one.data
    return {
        "id": one.key,
        "kind": one.kind,
        "time": iso(one.time),
        "person": one.person.id,
        "language": one.language,
        "subject": words.subject(one.kind, data, one.language, one.title),
        "text": data.get("text") or "",
        "case": {
            "id": data.get("case"),
            "title": one.title,
            "state": data.get("state"),
            "severity": data.get("severity"),
            "jurisdiction": data.get("jurisdiction"),
            "due": data.get("due"),
            "generated": data.get("generated"),
        }
        if data.get("case")
        else None,
        "link": one.link or None,
    }


# -- browsers ------------------------------------------------------------------------------------------------------


def _push(one: Envelope, home: Home, now: datetime) -> None:
    browser = one.browser
    if browser is None:
        raise Failed("no browser takes pushed messages", for_good=True)
    heading, text = words.brief(one.kind, one.data, one.language, one.title)
    said = {
        "title": heading[:200],
        "body": text[:600],
        "url": f"/{page(one.person.roles, str(one.data.get('case', '')))}",
        "tag": str(one.data.get("case", "try")),
        "case": one.data.get("case"),
        "kind": one.kind,
        "time": iso(one.time),
        "lang": one.language,
    }
    key = webpush.node_key(home.path)
    subject = one.settings.subject or (f"mailto:{one.settings.mail.address}" if one.settings.mail else "")
    subject = subject or (one.settings.url if one.settings.url.startswith("https:") else "mailto:operator@localhost")
    try:
        sealed = webpush.encrypted(orjson.dumps(said), browser.p256dh, browser.auth)
    except (BadInput, ValueError) as error:
        raise Failed(f"the message cannot be encrypted: {error}", for_good=True) from None
    outside.post(
        browser.endpoint,
        sealed,
        {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(LIVES),
            "Urgency": "high" if int(one.data.get("severity") or 4) <= 2 else "normal",
            "Topic": hashlib.sha256(one.key.encode()).hexdigest()[:32],
            "Authorization": webpush.authorization(key, browser.endpoint, subject, now),
        },
        allow=one.settings.allow,
    )
