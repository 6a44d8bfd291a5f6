"""Those who receive: a mail server, and a web server that is a webhook's receiver or a push service. Real sockets."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Post:
    """A mail server on loopback. ``refuse`` answers a command by a line of its own, ``tls`` offers STARTTLS."""

    port: int = 0
    tls: Path | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    secured: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)


class _Smtp(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self.say("220 receiver")
        sender, people = "", []
        while line := self.rfile.readline().decode().strip():
            word = line.split(maxsplit=1)[0].upper()
            if word in post.refuse:
                self.say(post.refuse[word])
            elif word in ("EHLO", "HELO"):
                self.say("250-receiver" if post.tls else "250 receiver")
                if post.tls:
                    self.say("250 STARTTLS")
            elif word == "STARTTLS" and post.tls:
                self.say("220 go on")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(post.tls)
                secure = context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = secure.makefile("rb"), secure.makefile("wb", buffering=0)  # type: ignore[assignment]
                post.secured += 1
            elif word == "MAIL":
                sender, people = line.partition("<")[2].partition(">")[0], []
                self.say("250 fine")
            elif word == "RCPT":
                people.append(line.partition("<")[2].partition(">")[0])
                self.say("250 fine")
            elif word == "DATA":
                self.say("354 go on")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part[1:] if part.startswith(b"..") else part)
                message: Any = message_from_bytes(b"".join(lines), policy=policy.default)
                post.letters.append((sender, people, message))
                post.arrived.set()
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")


@dataclass
class Hook:
    """A web server on loopback that keeps what it is sent and answers ``status``."""

    url: str = ""
    status: int = 200
    location: str = ""
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


class _Web(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        hook: Hook = self.server.hook  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        hook.calls.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(hook.status)
        if hook.location:
            self.send_header("Location", hook.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def _served(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(30)


@pytest.fixture
def mail() -> Iterator[Post]:
    """A mail server."""
    socketserver.ThreadingTCPServer.daemon_threads = True
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)
    server.post = Post(server.server_address[1])  # type: ignore[attr-defined]
    for one in _served(server):
        yield one.post


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A web server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    server.hook = Hook(f"http://127.0.0.1:{server.server_address[1]}/hook")  # type: ignore[attr-defined]
    for one in _served(server):
        yield one.hook


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for localhost that this test trusts; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path
