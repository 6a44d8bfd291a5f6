"""Every engine that the room must run on, as one fixture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tests.engines import ENGINES


@pytest.fixture(params=sorted(ENGINES))
def engine(request) -> Callable[[pa.Table], Any]:
    """Puts a pyarrow table on one engine."""
    return ENGINES[request.param]


@pytest.fixture(scope="session")
def engines() -> dict[str, Callable[[pa.Table], Any]]:
    """All of them, by name."""
    return ENGINES
