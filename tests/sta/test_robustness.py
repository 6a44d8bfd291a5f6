"""Whatever is asked, the answer is an answer or says what is wrong with the question."""

from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from clearbay.share.sta.expression import FUNCTIONS
from clearbay.share.sta.shapes import SHAPES

ATTRIBUTES = sorted({name for shape in SHAPES.values() for name in (*shape.attributes, *shape.relations)} | {"id"})
PATHS = some.lists(some.sampled_from(ATTRIBUTES), min_size=1, max_size=3).map("/".join)
CONSTANTS = some.sampled_from(
    ["1", "-2.5", "'a'", "''''", "null", "true", "2019-01-01T00:00:00Z", "2019-01-01/2020-01-01", "duration'PT1H'",
     "geography'POINT(114 22)'", "now()", "0", "99999999999999999999"]
)  # fmt: skip


def _called(inner):
    names = some.sampled_from(sorted(FUNCTIONS))
    return names.flatmap(
        lambda name: some.lists(inner, min_size=max(FUNCTIONS[name]), max_size=max(FUNCTIONS[name])).map(
            lambda args: f"{name}({','.join(args)})"
        )
    )


def _joined(inner):
    words = some.sampled_from(["eq", "ne", "gt", "le", "and", "or", "add", "sub", "mul", "div", "mod"])
    return some.tuples(inner, words, inner).map(lambda three: f"({three[0]} {three[1]} {three[2]})")


FILTERS = some.recursive(PATHS | CONSTANTS, lambda inner: _called(inner) | _joined(inner), max_leaves=5)
SETTINGS = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@SETTINGS
@given(some.sampled_from(sorted(SHAPES)), FILTERS)
def test_filters_of_any_shape(sta, name, text):
    """Any tree of paths, constants, operators and functions: 200, or 400 with its place."""
    answer = sta.get(f"{name}?$top=2&$filter={quote(text)}")
    assert answer.status_code in (200, 400), (text, answer.text)


@SETTINGS
@given(some.sampled_from(sorted(SHAPES)), PATHS, PATHS, some.sampled_from(["", " desc"]))
def test_orders_and_expansions_of_any_shape(sta, name, order, expand, way):
    """Any path to order by or to expand: 200, or 400 with its place."""
    for option in (f"$orderby={quote(order + way)}", f"$expand={quote(expand)}", f"$select={quote(order)}"):
        answer = sta.get(f"{name}?$top=1&{option}")
        assert answer.status_code in (200, 400), (option, answer.text)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-5, 5) | some.sampled_from(["a", "DO", "2019-01-01T00:00:00Z"]),
    lambda inner: (
        some.lists(inner, max_size=2)
        | some.dictionaries(some.sampled_from([*ATTRIBUTES, "@iot.id"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@SETTINGS
@given(some.sampled_from([*sorted(SHAPES), "CreateObservations", "$batch", "Datastreams(2)/Observations"]), JSON)
def test_bodies_of_any_shape(sta, name, body):
    """Any JSON: made, or refused with its place; never a failure of the server."""
    answer = sta.post(name, json=body)
    assert answer.status_code in (200, 201, 400, 409), (name, body, answer.text)
