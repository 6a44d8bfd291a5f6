from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from clearbay.share.app import api
from tests.apply.homes import desk, home_path

__all__ = ["client", "desk", "home_path"]


@pytest.fixture(scope="session")
def client(desk) -> Iterator[TestClient]:
    """The API over the small home."""
    with TestClient(api(desk)) as found:
        yield found
