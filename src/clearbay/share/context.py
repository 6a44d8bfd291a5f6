"""What every router needs: the desk of the application, and the routes' common manners."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from clearbay.apply.desk import Desk
from clearbay.share.parameters import StrictRoute


def desk(request: Request) -> Desk:
    """The desk that the application was made with."""
    found: Desk = request.app.state.desk
    return found


Services = Annotated[Desk, Depends(desk)]


def noun(name: str) -> APIRouter:
    """A router under ``/api`` whose routes refuse unknown parameters."""
    return APIRouter(prefix="/api", tags=[name], route_class=StrictRoute)
