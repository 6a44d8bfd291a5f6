"""``/api/session/oidc``: signing in at an identity provider, and back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from clearbay.apply.identity import Provider
from clearbay.apply.oidc import LASTS, Oidc
from clearbay.model.errors import UnknownName
from clearbay.share import guard
from clearbay.share.guard import COOKIE, Caller, Gate
from clearbay.share.problems import documented
from clearbay.store.sessions import LONGEST

router = APIRouter(prefix="/api", tags=["identity"])  # providers add parameters of their own: none is refused

MARK = "clearbay_oidc"
_PATH = "/api/session/oidc"
HOME = "/?view=desk"
"""Where one who has signed in arrives."""

Anybody = Annotated[Caller, Depends(guard.anybody())]
Id = Annotated[str, Path(description="Id of the provider, as /api/me lists it.", max_length=40)]


@router.get(
    "/session/oidc/{id}",
    operation_id="sign_in_elsewhere",
    summary="Sign in at an identity provider",
    openapi_extra={"x-try": False},
    status_code=302,
    response_class=Response,
    responses={302: {"description": "To the provider"}, **documented(404, 422, 503)},
)
def begin(request: Request, _: Anybody, id: Id) -> Response:
    """Sends the browser to the provider, with a state that only this browser can bring back."""
    oidc, provider = _provider(request, id)
    address, mark = oidc.begin(provider, _redirect(request, provider))
    answer = RedirectResponse(address, 302, {"Cache-Control": "no-store"})
    answer.set_cookie(
        MARK, mark, max_age=LASTS, path=_PATH, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


@router.get(
    "/session/oidc/{id}/callback",
    operation_id="signed_in_elsewhere",
    summary="Back from an identity provider",
    openapi_extra={"x-try": False},
    status_code=302,
    response_class=Response,
    responses={302: {"description": "To the desk"}, **documented(403, 404, 422, 503)},
)
def finish(
    request: Request,
    _: Anybody,
    id: Id,
    state: Annotated[str, Query(description="As it was sent.", max_length=200)] = "",
    code: Annotated[str, Query(description="From the provider.", max_length=4000)] = "",
    iss: Annotated[str, Query(description="Who answers (RFC 9207).", max_length=500)] = "",
    error: Annotated[str, Query(description="Why there is no code.", max_length=200)] = "",
) -> Response:
    """Checks what the provider says, begins a session and goes to the desk."""
    oidc, provider = _provider(request, id)
    gate: Gate = request.app.state.gate
    person = oidc.finish(
        provider, state=state, code=code, refused=error, browser=request.cookies.get(MARK, ""), issuer=iss,
        redirect=_redirect(request, provider), address=guard.address(request),
    )  # fmt: skip
    gate.sessions.forget()
    agent = request.headers.get("user-agent", "")
    text, _session = gate.sessions.begin(person, agent=agent, address=guard.address(request), via="oidc")
    answer = RedirectResponse(HOME, 302, {"Cache-Control": "no-store"})
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, text, max_age=int(LONGEST.total_seconds()), path="/", httponly=True, samesite="lax", secure=secure
    )
    answer.delete_cookie(MARK, path=_PATH, httponly=True, samesite="lax", secure=secure)
    return answer


def _provider(request: Request, id: str) -> tuple[Oidc, Provider]:
    oidc: Oidc = request.app.state.oidc
    if id not in oidc.providers:
        known = ", ".join(oidc.providers) or "none"
        raise UnknownName("no identity provider of that name", where="id", mend=f"there are: {known}")
    return oidc, oidc.providers[id]


def _redirect(request: Request, provider: Provider) -> str:
    base = provider.public.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    return f"{base}{_PATH}/{provider.id}/callback"
