"""A small identity provider on a socket of this machine: real HTTP, real keys, and every way to be wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class IdentityProvider:
    """``claims`` are what it says of whoever comes; ``spoil`` names what it gets wrong."""

    def __init__(self) -> None:
        self.key, self.stranger = (
            RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}, private=True)
            for kid in ("one", "stranger")
        )
        self.client, self.secret = "clearbay", "s3:cret/+"
        self.claims: dict[str, Any] = {"sub": "248289761001", "email": "li@example.gov", "email_verified": True}
        self.spoil = ""
        self.asked: dict[str, dict[str, str]] = {}
        self.key_reads = 0
        handler = type("Handler", (_Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def authorize(self, address: str) -> dict[str, str]:
        """A person agrees at the provider: what it sends back with the browser."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        return {"state": asked["state"], "code": code}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """What the token endpoint answers."""
        asked = self.asked.pop(form.get("code", ""), None)
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if asked is None or pair != "clearbay:s3%3Acret%2F%2B" or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.id_token(asked["nonce"]), "access_token": "x", "token_type": "Bearer"}

    def id_token(self, nonce: str) -> str:
        """An ID token, spoiled as asked."""
        now, spoil = int(time.time()), self.spoil
        claims = {"iss": self.issuer, "aud": self.client, "iat": now, "exp": now + 300, "nonce": nonce, **self.claims}
        claims |= {
            "nonce": {"nonce": "another"}, "audience": {"aud": "another"}, "audiences": {"aud": [self.client, "b"]},
            "expired": {"exp": now - 3600, "iat": now - 7200}, "issuer": {"iss": "https://evil.example"},
            "azp": {"azp": "another"},
        }.get(spoil, {})  # fmt: skip
        for gone in ("nonce", "sub", "exp"):
            if spoil == f"no {gone}":
                claims.pop(gone)
        header = {"alg": "RS256", "kid": "one"}
        if spoil == "signature":
            return jwt.encode(header, claims, self.stranger)
        if spoil == "none":
            return ".".join(_packed(json.dumps(one).encode()) for one in ({"alg": "none"}, claims)) + "."
        if spoil == "shared":  # the public key as if it were a shared secret
            made = ".".join(_packed(json.dumps(one).encode()) for one in ({"alg": "HS256", "kid": "one"}, claims))
            return f"{made}.{_packed(hmac.digest(self.key.as_pem(private=False), made.encode(), 'sha256'))}"
        if spoil == "unknown key":
            return jwt.encode({"alg": "RS256", "kid": "two"}, claims, self.stranger)
        if spoil == "changed":
            head, _, tail = jwt.encode(header, claims, self.key).split(".")
            return f"{head}.{_packed(json.dumps({**claims, 'sub': '1'}).encode())}.{tail}"
        return jwt.encode(header, claims, self.key)


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        one = self.provider
        if self.path == "/.well-known/openid-configuration":
            self._answer(
                200,
                {
                    "issuer": one.issuer if one.spoil != "described" else "https://evil.example",
                    "authorization_endpoint": f"{one.issuer}/authorize",
                    "token_endpoint": f"{one.issuer}/token",
                    "jwks_uri": f"{one.issuer}/keys",
                },
            )
        elif self.path == "/keys":
            one.key_reads += 1
            self._answer(200, {"keys": [one.key.as_dict(private=False)]})
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.provider.token(form, self.headers.get("Authorization", "")))

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """A provider that answers."""
    made = IdentityProvider()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join(10)
