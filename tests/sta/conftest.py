from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sta.served import copy, served

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


@pytest.fixture(scope="session")
def sta_home(tmp_path_factory) -> Path:
    return copy(tmp_path_factory.mktemp("sta"))


@pytest.fixture(scope="session")
def address(sta_home) -> Iterator[str]:
    with served(sta_home) as url:
        yield url


@pytest.fixture(scope="session")
def sta(address) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/sta/v1.1/", timeout=120) as client:
        yield client


@pytest.fixture(scope="session")
def make(sta):
    """Make a thing with one datastream, deep; answers the datastream as read back, its links expanded."""
    made = iter(range(1, 1000))

    def one(name="Ammonia nitrogen", symbol="mg/L", properties=None, definition="urn:example:nothing", **more):
        number = next(made)
        body = {
            "name": f"Thing {number}",
            "description": "made by a test",
            "Locations": [
                {
                    "name": "a place",
                    "description": "",
                    "encodingType": "application/geo+json",
                    "location": {"type": "Point", "coordinates": [113.5, 22.5]},
                }
            ],
            "Datastreams": [
                {
                    "name": f"Series {number}",
                    "description": "made by a test",
                    "observationType": MEASUREMENT,
                    "unitOfMeasurement": {"name": symbol, "symbol": symbol, "definition": symbol},
                    "Sensor": {"name": "s", "description": "s", "encodingType": "text/plain", "metadata": "none"},
                    "ObservedProperty": {"name": name, "definition": definition, "description": "p"},
                    **({"properties": properties} if properties else {}),
                    **more,
                }
            ],
        }
        answer = sta.post("Things", json=body)
        assert answer.status_code == 201, answer.text
        expand = "$expand=Datastreams($expand=ObservedProperty,Sensor,Thing),Locations,HistoricalLocations"
        thing = sta.get(f"{answer.headers['location']}?{expand}").json()
        return thing["Datastreams"][0] | {"Thing": thing}

    return one
