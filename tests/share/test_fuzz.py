"""The whole API against what its own document allows, and against what it does not."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clearbay import packs
from clearbay.share.parameters import query_names
from clearbay.share.routers import ROUTERS

ROUTES = {route.path: route for router, _ in ROUTERS for route in router.routes if "GET" in route.methods}
ROUTES.pop("/api/events/stream")  # it lasts; tests/apply/test_events.py listens to it
CASES = [(path, GenerationMode.POSITIVE) for path in ROUTES]
CASES += [(path, GenerationMode.NEGATIVE) for path, route in ROUTES.items() if query_names(route.endpoint)]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def described(client):
    return schemathesis.openapi.from_asgi("/openapi.json", client.app)


@pytest.mark.parametrize(("path", "mode"), CASES, ids=[f"{path}-{mode.value}" for path, mode in CASES])
def test_no_request_makes_the_server_fail(described, path, mode):
    """Any request, in or out of the document's bounds, is answered as the document says and never by 500."""
    operation = described[path]["GET"]

    @settings(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def asked(case):
        case.call_and_validate(checks=CHECKS)

    asked()


ANYTHING = st.text(max_size=12) | st.sampled_from(
    ["0", "-1", "1e9", "nan", "null", "' OR 1=1 --", "../../etc", "%00", "𝔘"]
)
PERIODS = st.sampled_from(["2017", "2018", "2018-Q1", "2018-07", "2017-01-02", "2017-01-02T05", "0001", "9999-12-31"])
WORDS = {
    "station": st.sampled_from(["hk.epd.marine.DM1", "hk.epd.air.Central", "hk.epd.river.JR11", "cn.cnemc.x", ","]),
    "standard": st.sampled_from(list(packs.standards())),
    "property": st.sampled_from(["DO", "DIN", "TP", "E_coli", "AQHI", "DO,DIN"]),
    "zone": st.sampled_from(["hk.wcz.deep-bay", "hk.wcz.tolo"]),
    "water": st.sampled_from(["deep bay", "吐露港及赤門", "nowhere"]),
    "bbox": st.sampled_from(["113,21,115,23", "0,0,0,0", "180,-90,-180,90", "1,2,3"]),
    "period": PERIODS,
    "from": PERIODS
    | st.sampled_from(["2018-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"]),
    "to": PERIODS,
    "as_of": PERIODS,
    "depth": st.sampled_from(["mean", "surface", "bottom", "none"]),
    "averaging": st.sampled_from(["none", "instant", "minute", "hour", "day"]),
    "granularity": st.sampled_from(["year", "season", "month", "day", "hour", "12months", "3years"]),
    "kind": st.sampled_from(["section", "river", "basin", "zone", "city"]),
    "target": st.sampled_from(["2", "III", "V+", "attained"]),
    "area": st.sampled_from(["hk.wcz.deep-bay", "810000", "cn.cnemc.珠江流域", "hk.epd.marine.DM1"]),
    "month": st.sampled_from(["2018-07", "2021-04", "2017-01", "1990-01", "2018"]),
    "on": st.sampled_from(["2019-01-01", "2026-03-01", "0001-01-01", "9999-12-31", "2019"]),
    "use": st.sampled_from(["bathing", "fishery", "nature"]),
    "lang": st.sampled_from(["zh-Hans", "zh-Hant", "en", "pt"]),
    "shape": st.sampled_from(["rows", "matrix"]),
    "format": st.sampled_from(["json", "columns", "csv", "parquet", "geojson", "html", "pdf"]),
    "limit": st.integers(1, 300).map(str),
    "medium": st.sampled_from(["sea", "air", "river"]),
    "located": st.sampled_from(["true", "false"]),
    "status": st.sampled_from(["approved", "pending", "refused"]),
    "online": st.sampled_from(["true", "false"]),
    "q": st.sampled_from(["bay", "灣", "DM"]),
    "cursor": st.just(""),
    "standing": st.sampled_from(["true", "false"]),
    "km": st.sampled_from(["0", "10", "1e6"]),
    "network": st.sampled_from(["demo", "generated"]),
    "items": st.sampled_from(["true", "false"]),
}
QUERIED = [path for path, route in ROUTES.items() if query_names(route.endpoint)]


@pytest.mark.parametrize("path", QUERIED)
def test_real_names_in_any_mixture_are_answered_or_refused(client, path):
    """Names that exist, put together in any way and mixed with nonsense, are an answer or a problem with a way out."""
    names = sorted(query_names(ROUTES[path].endpoint))
    words = {name: WORDS.get(name, ANYTHING) for name in names}
    address = path.replace("{id}", "hk.wcz.deep-bay").replace("{kind}", "zone")

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional={name: word | word | ANYTHING for name, word in words.items()}))
    def asked(query):
        answer = client.get(address, params=query)
        assert answer.status_code in (200, 401, 404, 422), (query, answer.text)
        if answer.status_code != 200:
            assert answer.json()["where"]
            assert answer.json()["mend"]

    asked()
