"""Headers that keep a page to its own server: nothing is loaded from, sent to or framed by anyone else."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "worker-src 'self' blob:",  # MapLibre starts its workers from blobs where a bundler asks for it
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


SANDBOX = "sandbox"
"""The policy of files that people bring; it stands as it is."""


class Security:
    """ASGI wrapper that puts the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                own = headers.get("content-security-policy", "")
                referrer = headers.get("referrer-policy", "")
                headers.update(HEADERS)
                if own == SANDBOX:  # a file that somebody brought: stricter than any page
                    headers["Content-Security-Policy"] = own
                if referrer == "no-referrer":
                    headers["Referrer-Policy"] = referrer
                if "no-store" in headers.get("cache-control", ""):
                    headers["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, guarded)
