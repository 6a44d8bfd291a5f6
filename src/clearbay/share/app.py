"""The API as an application: routers, problems, how answers travel, and the reference at ``/docs``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from clearbay import __version__
from clearbay.apply.desk import Desk
from clearbay.apply.identity import providers
from clearbay.apply.oidc import Oidc
from clearbay.apply.release import fingerprint
from clearbay.share import access, guard, reference
from clearbay.share.bodies import Bodies
from clearbay.share.delivery import Delivery
from clearbay.share.intake import Intake
from clearbay.share.problems import Problem, install
from clearbay.share.routers import ROUTERS
from clearbay.share.sta.service import Service
from clearbay.store.keys import Keys

_SUMMARY = "Environmental observations, and what each law says of them"
_DESCRIPTION = (
    "Real monitoring data of the bay with their sources and revisions, judged under the rule sets that apply, every "
    "verdict unfoldable to its arithmetic and its clause. Reading what was measured needs no key; cases and everything "
    "that changes something need a sign-in (`/api/session`) or a key, sent as `Authorization: Bearer KEY`, that the "
    "operator makes with `clearbay key add`. "
    "OGC SensorThings 1.1 is at `/sta/v1.1`."
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def api(desk: Desk, *, lifespan: Lifespan | None = None, is_open: bool = False) -> FastAPI:
    """The API over ``desk``. Paths outside ``/api``, ``/docs`` and ``/openapi.json`` are left to the caller.

    ``is_open``: whoever calls from this very machine needs no key to write (see ``share.guard``).
    """
    app = FastAPI(
        title="clearbay",
        summary=_SUMMARY,
        description=_DESCRIPTION,
        version=__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=[{"name": router.tags[0], "description": meaning} for router, meaning in ROUTERS],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.intake = Intake(desk.home)
    guard.install(app, Keys(desk.home), is_open=is_open)
    app.state.oidc = Oidc(desk.home, providers(desk.home.path))
    install(app)
    sensorthings = Service(desk.home, app.state.intake)
    app.mount("/sta", sensorthings)
    app.state.sensorthings = sensorthings
    for router, _ in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Any:
        return app.openapi()

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return HTMLResponse(reference.page(app.openapi()))

    @app.get("/api/{path:path}", include_in_schema=False)
    def nothing(request: Request) -> Response:
        """Answer an unknown path under ``/api`` here, so that a user interface served beside it never takes it."""
        from starlette.exceptions import HTTPException

        raise HTTPException(404)

    release = f"{__version__}-{fingerprint()}"
    kept = access.lasting()

    def state(path: str) -> str | None:
        noun = path.removeprefix("/api/").partition("/")[0]
        return f"{release}-{desk.home.data_version}" if path.startswith("/api/") and noun in kept else None

    app.add_middleware(Bodies)
    app.add_middleware(Delivery, state=state)
    app.add_middleware(
        _Elsewhere,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=["If-None-Match"],
        expose_headers=["ETag", "X-Attribution", "Link", "Content-Disposition"],
        max_age=86_400,
    )
    return app


class _Elsewhere(CORSMiddleware):
    """Lets pages of other sites read what is public, and nothing else, whoever asks for it from which network."""

    def __init__(self, app: ASGIApp, *rest: Any, **rules: Any) -> None:
        super().__init__(app, *rest, **rules)
        self._private = access.private()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and access.noun_of(scope["path"]) in self._private:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with our problems instead of the framework's own error shapes."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
            license_info=app.license_info,
        )
        shapes = schema["components"]["schemas"]
        for gone in ("HTTPValidationError", "ValidationError"):
            shapes.pop(gone, None)
        shapes["Problem"] = Problem.model_json_schema()
        app.openapi_schema = schema
    return app.openapi_schema
