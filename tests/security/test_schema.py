"""Every operation of the OpenAPI document, by nobody and by an operator, with what it allows and with what it does not."""  # noqa: E501

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clearbay.share import access

from .conftest import Stand, made

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("CLEARBAY_FUZZ_EXAMPLES", "3"))
"""Requests of each kind; more by the environment."""
LEFT_OUT = {"/api/events/stream"}  # it lasts; tests/apply/test_events.py listens to it
BYTES = ("PATCH", "/api/uploads/{id}")
"""Its body is bytes of a kind that no generator writes; tests/uploads sends them."""
TRIED = [
    (one.method, one.path)
    for one in access.routes()
    if one.path.startswith("/api/") and one.path not in LEFT_OUT and one.method != "OPTIONS"
    if (one.method, one.path) != BYTES
]
OPEN = {("GET", path) for path in access.PUBLIC}
"""What nobody in particular may ask is tried so in tests/share/test_fuzz.py."""
ENDS = {("DELETE", "/api/session"), ("POST", "/api/session")}
"""What ends the caller's own session, or waits for failures: by nobody alone."""


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A home of its own, for everything may be changed in it."""
    found = made(tmp_path_factory.mktemp("fuzz") / "home")
    yield found
    found.app.state.intake.close()
    found.home.close()


@pytest.fixture(scope="module")
def described(fuzzed: Stand) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", fuzzed.app)


def tried(operation: Any, mode: GenerationMode, heads: dict[str, str], examples: int) -> None:
    """Send generated requests and hold the answers to the document; what fails is told as it was sent."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        answer = case.call(headers=heads)
        text = answer.text if "text" in answer.headers.get("content-type", [""])[0] else ""
        assert "Traceback" not in text
        case.validate_response(answer, checks=CHECKS)

    try:
        asked()
    except Unsatisfiable:  # where nothing but a name in the address is taken, nothing is against the document
        assert mode is GenerationMode.NEGATIVE


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("who", ["nobody", "all"])
@pytest.mark.parametrize(("method", "path"), TRIED, ids=str)
def test_every_operation_keeps_its_word(described, fuzzed, method: str, path: str, who: str, mode: Any) -> None:
    """Never 5xx, never a status, a kind of content or a shape that the document does not name."""
    if (method, path) in ENDS if who == "all" else (method, path) in OPEN:
        return
    operation = described[path][method]
    if mode is GenerationMode.NEGATIVE and not (list(operation.iter_parameters()) or operation.body):
        return
    heads = {} if who == "nobody" else fuzzed.signed(who)
    tried(operation, mode, heads, EXAMPLES if who == "all" else 2)


def test_no_operation_is_left_out(described) -> None:
    """What stands in the document is tried: a route that nobody described, or that no test reaches, fails here."""
    named = {
        (method.upper(), path)
        for path, operations in described.raw_schema["paths"].items()
        for method in operations
        if method.upper() != "OPTIONS" and path not in LEFT_OUT
    }
    assert named == {*TRIED, BYTES}
