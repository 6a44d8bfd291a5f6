"""The same functions on every engine: DuckDB, Polars, pyarrow, and a Spark Connect server (Sail, or Spark itself)."""

from __future__ import annotations

import inspect
import math
from functools import cache
from typing import Any

import pytest

from clearbay.mine import to_arrow
from clearbay.mine.frames import frame_of
from clearbay.mine.registry import MEASURES
from tests.engines import ENGINES

from .kernels import KERNELS

OTHERS = sorted(set(ENGINES) - {"duckdb"})


@cache
def answer(kernel: str, engine: str) -> tuple[tuple[Any, ...], ...]:
    """The rows of a kernel's answer on an engine, sorted; with its column names first."""
    table = to_arrow(frame_of(KERNELS[kernel].run(ENGINES[engine](KERNELS[kernel].table()))))
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    words = [name for name, column in zip(table.column_names, table.columns, strict=True) if column.type != "double"]
    places = [table.column_names.index(name) for name in words]
    return (tuple(table.column_names), *sorted(rows, key=lambda row: [str(row[place]) for place in places]))


def same(one: Any, other: Any) -> bool:
    """Equal; numbers to twelve digits, since engines add in different orders."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_every_kernel_answers_alike_on_every_engine(kernel: str, engine: str) -> None:
    """Columns, classes, determinants and counts are equal on all engines, numbers to twelve digits."""
    expected, found = answer(kernel, "duckdb"), answer(kernel, engine)
    assert found[0] == expected[0]
    assert len(found) == len(expected) > 1
    different = [
        (a, b) for a, b in zip(expected, found, strict=True) if not all(same(x, y) for x, y in zip(a, b, strict=True))
    ]
    assert not different, different[0]


def test_there_are_enough_kernels() -> None:
    """At least 24 kernels are held against each other."""
    assert len(KERNELS) >= 24


def test_no_measure_over_tables_is_left_out() -> None:
    """Every registered function that takes a table has a kernel here: a new one is added to ``kernels.py``."""
    firsts = [
        (measure.function, next(iter(inspect.signature(measure.function).parameters.values()), None))
        for measure in MEASURES.values()
    ]
    over_tables = {function for function, first in firsts if first is not None and first.annotation == "object"}
    assert over_tables
    missing = sorted(one.__name__ for one in over_tables - {kernel.function for kernel in KERNELS.values()})
    assert not missing, f"add kernels for {', '.join(missing)} to tests/scale/kernels.py"
