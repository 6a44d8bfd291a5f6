"""Letters leave the node: by a real mail server, to a real receiver, to a browser that can read them; at least once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clearbay.apply.cases import Casework, cap
from clearbay.apply.notices import outside, postman, webpush
from clearbay.apply.notices.outside import Failed
from clearbay.apply.notices.postman import Postman
from clearbay.apply.notices.settings import settings
from clearbay.model.case import Case
from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home
from clearbay.store.notices import Browser, Notices, Way
from clearbay.store.people import People
from tests.apply_cases.casehome import DUTY, Time, alarm
from tests.notices.receivers import Hook, Post
from tests.notices.test_telling import add

OPEN = "[outside]\nallow = ['127.0.0.0/8', '::1/128']\n"


class Reader:
    """A browser: its keys, and what it makes of a message that only it can read (RFC 8291, from the receiving side)."""

    def __init__(self) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), bytes(range(16))
        self.point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def at(self, endpoint: str, person: str) -> Browser:
        keys = webpush.packed(self.point), webpush.packed(self.auth)
        return Browser(endpoint, person, *keys, "test", datetime.now(UTC))

    def read(self, body: bytes) -> bytes:
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = HKDF(hashes.SHA256(), 32, self.auth, b"WebPush: info\x00" + self.point + theirs).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain[-1:] == b"\x02"
        return plain[:-1]


def configured(home: Home, mail: Post | None = None, security: str = "none", text: str = OPEN) -> None:
    lines = f"url = 'https://bay.example'\n{text}"
    if mail is not None:
        lines += f"[email]\nhost = 'localhost'\nport = {mail.port}\nsecurity = '{security}'\n"
        lines += "sender = '清湾 <alerts@bay.example>'\n"
    (home.path / "notices.toml").write_text(lines, encoding="utf-8")


def given(casework: Casework, severity: int = 1, **more: object) -> Case:
    case = alarm(casework, severity=severity, **more)
    return casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"))


@pytest.fixture
def post(home: Home, time: Time) -> Postman:
    add(home, "hand", "handler", email="hand@bay.example", language="pt")
    add(home, "night", "duty_officer", email="night@bay.example", language="zh-Hant")
    return Postman(home, clock=time)


def test_mail_says_it_in_the_persons_language(home: Home, casework: Casework, post: Postman, mail: Post) -> None:
    """One letter a person, with subject, link and thread; a grave case comes with its warning, CAP 1.2."""
    configured(home, mail)
    case = given(casework)
    assert post.deliver().sent == 2
    letters = {people[0]: letter for _, people, letter in mail.letters}
    mine, night = letters["hand@bay.example"], letters["night@bay.example"]
    assert mine["Subject"] == f"Um caso foi-lhe atribuído: {case.id} Ammonia at S"
    assert night["Subject"].startswith("新案件：")
    assert f"https://bay.example/?view=handle&case={case.id}" in mine.get_content()
    assert night["From"].addresses[0].display_name == "清湾"
    assert mine["References"] == night["References"]
    assert mine["Message-ID"] != night["Message-ID"]
    (warning,) = list(night.iter_attachments())
    assert cap.check(warning.get_payload(decode=True)) == []
    assert list(mine.iter_attachments()) == []
    assert post.deliver().sent == 0
    assert Notices(home).tally() == {"waiting": 0, "sent": 2, "dead": 0}


def test_mail_goes_over_tls_to_whom_it_trusts(
    home: Home, casework: Casework, post: Postman, mail: Post, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STARTTLS is asked for and checked: with a certificate that nobody vouches for nothing is sent."""
    mail.tls = certificate
    configured(home, mail, "starttls")
    monkeypatch.delenv("SSL_CERT_FILE")
    given(casework)
    assert post.deliver().again == 2
    assert mail.letters == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    post.clock.go(minutes=1)  # type: ignore[attr-defined]
    assert post.deliver().sent == 2
    assert mail.secured >= 1


def test_a_letter_is_tried_again_and_in_the_end_given_up(
    home: Home, casework: Casework, post: Postman, mail: Post, time: Time
) -> None:
    """A server that is busy is asked again with growing patience; one that refuses for good, not. Dead ones revive."""
    configured(home, mail)
    mail.refuse = {"RCPT": "451 busy"}
    given(casework)
    waits = []
    for _ in range(postman.TRIES - 1):
        done = post.deliver()
        assert (done.sent, done.again) == (0, 2)
        assert post.deliver().again == 0
        (first, _), _ = Notices(home).outbox()
        waits.append(first.next - time.now)
        time.now = first.next
    assert waits == sorted(waits)
    assert post.deliver().dead == 2
    assert all("451 busy" in one.error for one, _ in Notices(home).outbox("dead"))
    mail.refuse = {"RCPT": "550 nobody"}
    assert Notices(home).again(None, time.now) == 2
    assert post.deliver().dead == 2
    mail.refuse = {}
    Notices(home).again(None, time.now)
    assert post.deliver().sent == 2


def test_a_death_in_between_loses_nothing(
    home: Home, casework: Casework, post: Postman, mail: Post, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after sending and before writing it down, the letter is sent again under the same id; killed before, it
    waits; two postmen at once send it once."""
    configured(home, mail)
    given(casework)

    def killed(*_: object) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(post.notices, "settle", killed)
        with pytest.raises(StoreError):
            post.deliver()
    first = {letter["Message-ID"] for _, _, letter in mail.letters}
    assert first
    assert Postman(home, clock=time).deliver().sent == 0
    time.now += postman.LEASE + timedelta(seconds=1)
    assert Postman(home, clock=time).deliver().sent == 2
    assert first <= {letter["Message-ID"] for _, _, letter in mail.letters}
    assert len({letter["Message-ID"] for _, _, letter in mail.letters}) == 2
    letters = Notices(home).due(time.now, 10)
    assert letters == []


def test_a_webhook_is_signed(home: Home, casework: Casework, post: Postman, hook: Hook, time: Time) -> None:
    """JSON with an id, signed over time and body with the person's secret; no redirect is followed."""
    configured(home)
    Notices(home).set_way(Way("hand", "webhook", True, hook.url, "s3cret"), time.now)
    case = given(casework)
    assert post.deliver().sent == 1
    (_, headers, body) = hook.calls[0]
    told = json.loads(body)
    assert (told["case"]["id"], told["kind"], told["id"]) == (case.id, "assigned", headers["x-clearbay-delivery"])
    stamp, _, mark = headers["x-clearbay-signature"].partition(",v1=")
    wanted = hmac.new(b"s3cret", stamp[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mark, wanted)
    hook.status, hook.location = 302, hook.url
    casework.comment(DUTY, case.id, "and?")
    assert post.deliver().dead == 1
    assert len(hook.calls) == 2
    hook.status = 503
    casework.comment(DUTY, case.id, "well?")
    assert post.deliver().again == 1


def test_no_request_goes_into_this_machine_or_its_network(
    home: Home, casework: Casework, post: Postman, hook: Hook, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loopback, private and link-local addresses are refused, by name too, unless the operator allows them."""
    configured(home, text="")
    Notices(home).set_way(Way("hand", "webhook", True, hook.url, "s"), time.now)
    given(casework)
    assert post.deliver().dead == 1
    assert hook.calls == []
    assert "private" in Notices(home).outbox("dead")[0][0].error
    asked: list[str] = []

    def resolved(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        found = {"inside.example": ["10.0.0.7"], "mixed.example": ["8.8.8.8", "169.254.169.254"]}
        return [(None, None, None, "", (one, port)) for one in found[host]]

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolved)
    for host in ("inside.example", "mixed.example"):
        with pytest.raises(Failed, match="private"):
            outside.post(f"https://{host}/", b"", {})
    assert asked == ["inside.example", "mixed.example"]
    for url in ("ftp://x.example/", "https://u:p@x.example/", "https://x.example/#a", "https:///", "x", "http://a b/"):
        with pytest.raises(BadInput):
            outside.check(url)


def test_a_name_is_resolved_once(hook: Hook, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was looked at, under the name that was asked for, and TLS is checked."""
    from http.server import ThreadingHTTPServer

    from tests.notices.receivers import _served, _Web

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.hook = Hook()  # type: ignore[attr-defined]
    real, asked = outside.socket.getaddrinfo, []

    def once(host: str, *more: object, **named: object) -> object:
        if host == "localhost":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return real(host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(outside.socket, "getaddrinfo", once)
    allow = settings(Path("/nowhere")).allow or tuple(outside.ipaddress.ip_network(one) for one in ("127.0.0.0/8",))
    for one in _served(server):
        assert outside.post(f"https://localhost:{one.server_address[1]}/x", b"hello", {}, allow=allow) == 200
        assert server.hook.calls[0][2] == b"hello"  # type: ignore[attr-defined]
        monkeypatch.delenv("SSL_CERT_FILE")
        asked.clear()
        with pytest.raises(Failed, match="certificate"):
            outside.post(f"https://localhost:{one.server_address[1]}/x", b"hello", {}, allow=allow)


def test_only_the_browser_can_read_what_is_pushed(
    home: Home, casework: Casework, post: Postman, hook: Hook, time: Time
) -> None:
    """Encrypted for its keys, signed by the node's; a browser that has gone is forgotten."""
    configured(home)
    reader = Reader()
    Notices(home).add_browser(reader.at(hook.url, "hand"))
    case = given(casework)
    assert post.deliver().sent == 1
    (_, headers, body) = hook.calls[0]
    told = json.loads(reader.read(body))
    assert (told["case"], told["url"]) == (case.id, f"/?view=handle&case={case.id}")
    assert told["title"].startswith("Um caso foi-lhe atribuído")
    assert case.id.encode() not in body
    assert (headers["content-encoding"], headers["urgency"]) == ("aes128gcm", "high")
    token, _, key = headers["authorization"].removeprefix("vapid t=").partition(", k=")
    head, claims, mark = token.split(".")
    assert json.loads(webpush.unpacked(claims))["aud"] == hook.url.removesuffix("/hook")
    raw = webpush.unpacked(mark)
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), webpush.unpacked(key))
    public.verify(signature, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert (home.path / "push.key").stat().st_mode & 0o077 == 0
    hook.status = 410
    casework.comment(DUTY, case.id, "there?")
    assert post.deliver().dead == 1
    assert Notices(home).browsers("hand") == []


def test_the_encryption_is_that_of_the_standard() -> None:
    """The example of RFC 8291, appendix A, read with the receiving side above."""
    reader = Reader()
    private = base64.urlsafe_b64decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94=")
    reader.key = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
    reader.point = webpush.unpacked(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    reader.auth = webpush.unpacked("BTBZMqHH6r4Tts7J_aSIgg")
    body = webpush.unpacked(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
        "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert reader.read(body) == b"When I grow up, I want to be a watermelon"
    made = webpush.encrypted(b"hello", webpush.packed(reader.point), webpush.packed(reader.auth))
    assert reader.read(made) == b"hello"
    with pytest.raises(BadInput):
        webpush.encrypted(b"x" * 3001, webpush.packed(reader.point), webpush.packed(reader.auth))
    with pytest.raises(BadInput):
        webpush.check_keys("AAAA", webpush.packed(reader.auth))


def test_who_left_is_written_no_more(home: Home, casework: Casework, post: Postman, mail: Post) -> None:
    """A letter to an account that was switched off meanwhile is dead, and so is one to a way switched off."""
    configured(home, mail)
    given(casework)
    People(home).change("hand", by=None, disabled=True)
    Notices(home).set_way(Way("night", "email", False), post.clock())
    assert post.deliver().dead == 2
    assert mail.letters == []


def test_settings_name_their_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown words, missing hosts, passwords in the open, wrong networks; the environment stands over the file."""
    path = tmp_path / "notices.toml"
    mail = "[email]\nhost = 'h'\nsender = 'a@b.example'\n"
    for wrong in ("url = 'ftp://x'", "[post]\n", "[email]\nhost = 'h'", mail + "port = 0", mail + "security = 'x'",
                  mail + "security = 'none'\nuser = 'u'", mail + "colour = 1", "[outside]\nallow = ['x']", "email = 1",
                  "[email]\nhost = 'h'\nsender = 'nobody'", "[outside]\nallow = 1", "[["):  # fmt: skip
        path.write_text(wrong)
        with pytest.raises(BadInput) as error:
            settings(tmp_path)
        assert error.value.where == str(path)
    path.write_text(mail + "password = 'old'\nuser = 'u'\n")
    monkeypatch.setenv("CLEARBAY_SMTP_PASSWORD", "new")
    monkeypatch.setenv("CLEARBAY_URL", "https://bay.example/")
    found = settings(tmp_path)
    assert found.mail is not None
    assert (found.mail.password, found.mail.port, found.url) == ("new", 587, "https://bay.example")
