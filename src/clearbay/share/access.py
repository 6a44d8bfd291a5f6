"""Who may call what: the access that every route declares, as one table.

A route is for everybody (it must be listed here, with its reason), or has one of the dependencies of ``share.guard``.
A route that is neither is ``undeclared``: a test fails, and its answers are kept in no cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from clearbay.apply.people import TASKS
from clearbay.share.routers import ROUTERS

_DATA = "Observations, stations and what is made of them are public."
_LAW = "The law is public."
_MAP = "The map is public."

PUBLIC: Mapping[str, str] = {
    "/api/assessments": _DATA,
    "/api/bulletin": _DATA,
    "/api/compare": _LAW,
    "/api/crosswalk": _LAW,
    "/api/events": "What was discovered in public data is public; who decides over it is not.",
    "/api/events/detectors": _DATA,
    "/api/events/playing": _DATA,
    "/api/events/stream": _DATA,
    "/api/explain": _DATA,
    "/api/health": "Whoever watches the server asks whether it answers.",
    "/api/jurisdictions": _LAW,
    "/api/layers": _MAP,
    "/api/layers/{id}": _MAP,
    "/api/meta": _MAP,
    "/api/network": _MAP,
    "/api/network/catchments": _MAP,
    "/api/network/downstream": _MAP,
    "/api/network/reaches": _MAP,
    "/api/network/sites": _MAP,
    "/api/network/upstream": _MAP,
    "/api/observations": _DATA,
    "/api/outline": _MAP,
    "/api/playbooks": "How cases go is public; cases are not.",
    "/api/playbooks/{id}": "How cases go is public; cases are not.",
    "/api/portraits": _DATA,
    "/api/portraits/{kind}/{id}": _DATA,
    "/api/quality/tests": _DATA,
    "/api/search": _DATA,
    "/api/standards": _LAW,
    "/api/standards/{id}": _LAW,
    "/api/stations": _DATA,
    "/api/stations/{id}": _DATA,
    "/api/targets": _LAW,
    "/api/timeline": _DATA,
    "/api/trace": "A computation on public data; suspects are outlets on a network, not verdicts.",
    "/api/zones": _DATA,
    "/api/zones/{id}": _DATA,
    "/docs": "The reference.",
    "/openapi.json": "The reference.",
}
"""Paths that everybody may GET, and why."""

DOORS: Mapping[tuple[str, str], str] = {
    ("POST", "/api/complaints"): "Whoever sees dirty water may say so, without an account.",
    ("GET", "/api/complaints/places"): "Where a complaint can be made is public.",
    ("GET", "/api/complaints/{code}"): "The code, of over 100 random bits, is the key to one's own complaint.",
    ("POST", "/api/complaints/{code}/comment"): "The code is the key to one's own complaint.",
    ("POST", "/api/complaints/{code}/reopen"): "The code is the key to one's own complaint.",
    ("GET", "/api/events/{id}"): "What was discovered is public; its case is told to those who may see it.",
    ("OPTIONS", "/api/uploads"): "What an upload can be, as tus asks it; nothing of anybody.",
}
"""Routes for which no account and no key is asked, and why."""

MOUNTED: tuple[tuple[str, str, str], ...] = (
    ("GET", "/sta/v1.1/{path}", "public"),
    ("POST", "/sta/v1.1/{path}", "task observations.push"),
    ("PATCH", "/sta/v1.1/Observations({id})", "task observations.push"),
    ("DELETE", "/sta/v1.1/Observations({id})", "task observations.push"),
    ("PATCH", "/sta/v1.1/Things({id})", "task things.change"),
    ("DELETE", "/sta/v1.1/Things({id})", "task things.change"),
)
"""SensorThings routes by itself (``share.sta.service``); these are its kinds of requests."""

MOVING = frozenset({"events", "playbooks"})
"""Public nouns whose answers change without any observation."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route and its access: ``public``, ``anybody``, ``person``, ``key ROLE``, ``task NAME``, ``look NAME``, or
    ``undeclared``."""

    method: str
    path: str
    access: str

    @property
    def why(self) -> str:
        """Why it is so, in a sentence."""
        kind, _, name = self.access.partition(" ")
        if kind in ("task", "look"):
            return TASKS[name].why
        if kind == "public":
            return PUBLIC.get(self.path, _DATA)
        if (self.method, self.path) in DOORS:
            return DOORS[self.method, self.path]
        return {
            "anybody": "The door itself, and who one is.",
            "person": "One's own account.",
            "key": "Cases and what belongs to them: the engine says who sees and does what.",
        }.get(kind, "")


def routes() -> list[Route]:
    """Every route of the API with its declared access, by path and method."""
    found = [
        Route(method, route.path, _access(route, method))
        for router, _ in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
        if method != "HEAD"
    ]
    found += [Route("GET", path, "public") for path in ("/docs", "/openapi.json")]
    found += [Route(*one) for one in MOUNTED]
    return sorted(found, key=lambda one: (one.path, one.method))


def lasting() -> frozenset[str]:
    """Nouns whose every answer is for everybody, and changes only with the data: these alone may be kept and tagged."""
    known = routes()
    guarded = {_noun(one.path) for one in known if one.access != "public"}
    return frozenset({_noun(one.path) for one in known if one.access == "public"} - guarded - MOVING)


def private() -> frozenset[str]:
    """Nouns of which some answer is not for everybody: pages of other sites read none of them."""
    return frozenset({_noun(one.path) for one in routes() if one.access != "public"} - MOVING)


def noun_of(path: str) -> str:
    """The noun of an address below ``/api``, empty for others.

    >>> noun_of("/api/cases/PA-2026-4403-00001"), noun_of("/docs")
    ('cases', '')
    """
    return _noun(path)


def _noun(path: str) -> str:
    parts = path.split("/")
    return parts[2] if path.startswith("/api/") and len(parts) > 2 else ""


def _access(route: APIRoute, method: str) -> str:
    for one in _calls(route.dependant):
        if isinstance(found := getattr(one, "access", None), str):
            return found
    if (method, route.path) in DOORS:
        return "anybody"
    return "public" if route.path in PUBLIC and method == "GET" else "undeclared"


def _calls(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)
