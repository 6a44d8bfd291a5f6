"""Filters as trees."""

import contextlib
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clearbay.model.errors import BadInput
from clearbay.share.sta.expression import Call, Interval, Literal, Path, fold, parse, parse_order


def test_operators_bind_as_in_odata():
    """``and`` binds closer than ``or``, arithmetic closer than comparison, ``not`` closest."""
    tree = parse("a eq 1 or not b gt 2 add 3 mul 4 and c")
    assert isinstance(tree, Call)
    assert tree.name == "or"
    left, right = tree.args
    assert left == Call("eq", (Path(("a",)), Literal(1)))
    assert right == Call(
        "and",
        (
            Call(
                "gt",
                (
                    Call("not", (Path(("b",)),)),
                    Call("add", (Literal(2), Call("mul", (Literal(3), Literal(4))))),
                ),
            ),
            Path(("c",)),
        ),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("-1.5e3", -1500.0),
        ("true", True),
        ("null", None),
        ("2019-07-15T08:30:00+08:00", datetime(2019, 7, 15, 0, 30)),
        ("2019-07-15T08:30:00 08:00", datetime(2019, 7, 15, 0, 30)),
        ("2019-07-15", datetime(2019, 7, 15)),
        ("2019-07-01T00:00:00Z/2019-08-01T00:00:00Z", Interval(datetime(2019, 7, 1), datetime(2019, 8, 1))),
        ("duration'PT90M'", timedelta(minutes=90)),
        ("(((5)))", 5),
    ],
)
def test_constants_are_read(text, value):
    """Every kind of constant, with offsets, quotes and signs."""
    assert parse(text) == Literal(value)


def test_paths_functions_and_order():
    """Ways through relations, functions of functions, and several orders."""
    assert parse("Datastream/Thing/properties/owner") == Path(("Datastream", "Thing", "properties", "owner"))
    assert parse("tolower(trim(name)) eq 'x'").args[0].args[0].name == "trim"
    assert [down for _, down in parse_order("phenomenonTime desc,result,name asc")] == [True, False, False]


def test_times_are_worked_out():
    """``now() sub duration'P1D'`` is yesterday."""
    moment = datetime(2024, 3, 1)
    found = fold(parse("phenomenonTime gt now() sub duration'P1D'"), moment)
    assert found.args[1] == Literal(datetime(2024, 2, 29))


@pytest.mark.parametrize(
    "text", ["", "a eq", "a eq 1 1", "(a eq 1", "length()", "a eq 'x", "nothing(1)", "2019-13-01 eq a", "(" * 500]
)
def test_what_cannot_be_read_is_told_with_its_place(text):
    """No expression is answered by a failure of the server."""
    with pytest.raises(BadInput, match=r"at character|at its end|nothing|closed"):
        parse(text)


@given(some.text(max_size=60))
def test_nothing_but_bad_input(text):
    """Whatever is written, reading it ends in a tree or in ``BadInput``."""
    with contextlib.suppress(BadInput):
        fold(parse(text))
