"""Judging a million mixed samples: the columns of ``clearbay.mine`` against a plain reading, row by row, of the rules.

    python benchmarks/judge.py [--samples 1000000] [--runs 5] [--threads 2]

The samples are made here (rivers and lakes under GB 3838-2002, sea water under GB 3097-1997, some values below or above
what was detectable), nine to ten items each, one row a sample as laboratories keep them; the same values one a row are
judged on DuckDB beside it. The plain reading is what one would write from the text of the standard: for each sample,
for each item, from the best class on, compare, and take the worst; nothing in it is slow on purpose, and it gets its
samples as it likes them best, a dictionary each. All must give every sample the same class, the same determinants and
the same mark. Prints the times and their ratio; fails below 50.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import duckdb
import numpy as np
import pyarrow as pa

from clearbay import packs
from clearbay.mine import samples_classes, to_arrow
from clearbay.mine.limits import judged_items
from clearbay.mine.wide import wide_classes
from clearbay.model.standard import Standard

TARGET = 50.0
FRESH = {
    "pH": (7.7, 0.06, 2), "DO": (7.0, 0.25, 2), "CODMn": (4.0, 0.4, 1), "NH3N": (0.5, 0.7, 3), "TP": (0.1, 0.5, 3),
    "CODCr": (15.0, 0.4, 1), "BOD5": (2.8, 0.4, 1), "F": (0.6, 0.3, 2), "Oil": (0.03, 0.6, 3), "TN": (1.2, 0.5, 2),
}  # fmt: skip
SEA = {
    "pH": (8.0, 0.03, 2), "DO": (6.3, 0.25, 2), "BOD5": (1.2, 0.6, 1), "DIN": (0.3, 0.5, 3), "DIP": (0.02, 0.6, 3),
    "SS": (8.0, 0.6, 1), "Coliform": (4000.0, 1.2, 0), "Cu": (0.004, 0.5, 4), "Pb": (0.0012, 0.6, 4),
}  # fmt: skip
KINDS = ("river", "lake", "sea")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    fresh, sea = packs.standard("cn.gb3838-2002"), packs.standard("cn.gb3097-1997")
    random = np.random.default_rng(3)
    third = asked.samples // 3
    counts = {"river": asked.samples - 2 * third, "lake": third, "sea": third}
    tables = {kind: made(kind, counts[kind], random) for kind in KINDS}
    print(f"{asked.samples:,} samples of {len(SEA)} to {len(FRESH)} items, {asked.threads} threads")

    connection = duckdb.connect()
    connection.execute(f"SET threads = {asked.threads:d}")
    for kind, table in tables.items():
        connection.from_arrow(readings(table)).create(kind)
    rules = {kind: sea if kind == "sea" else fresh for kind in KINDS}
    kinds = {"river": "river", "lake": "lake", "sea": None}

    def wide() -> dict[str, pa.Table]:
        return {
            kind: wide_classes(table, rules[kind], keys=("row",), water_type=kinds[kind])
            for kind, table in tables.items()
        }

    def by_value() -> dict[str, pa.Table]:
        return {
            kind: to_arrow(samples_classes(connection.table(kind), rules[kind], keys=("row",), water_type=kinds[kind]))
            for kind in KINDS
        }

    judged, median = timed("one row a sample", wide, asked.runs)
    long, slower = timed("one row a value, DuckDB", by_value, 1)

    samples = {kind: as_dictionaries(table) for kind, table in tables.items()}
    start = time.perf_counter()
    plain = {kind: read_plainly(samples[kind], sea if kind == "sea" else fresh, kind) for kind in KINDS}
    took = time.perf_counter() - start
    print(f"  plain reading, row by row: {took:.1f} s")
    for kind in KINDS:
        for found in (judged[kind].sort_by("row"), long[kind].sort_by("row")):
            order = ("class", "determinants", "n_items", "censored")
            if list(zip(*(found.column(name).to_pylist() for name in order), strict=True)) != plain[kind]:
                print(f"DIFFERENT answers for {kind}")
                return 1
    ratio = took / median
    print(f"same answers for every sample; ratio {ratio:.0f}, target {TARGET:.0f}")
    print(f"  (with values one by one: {took / slower:.1f})")
    return 0 if ratio >= TARGET else 1


def timed(name: str, task, runs: int) -> tuple[dict[str, pa.Table], float]:
    task()
    spans = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = task()
        spans.append(time.perf_counter() - start)
    median = statistics.median(spans)
    print(f"  columns, {name}: median {median:.3f} s of {runs} ({min(spans):.3f}-{max(spans):.3f})", flush=True)
    return answer, median


def made(kind: str, number: int, random: np.random.Generator) -> pa.Table:
    """Made samples, one a row: ``row``, and for each item its value and its censoring; some are missing."""
    columns: dict[str, object] = {"row": np.arange(number)}
    for code, (level, spread, decimals) in (SEA if kind == "sea" else FRESH).items():
        values = np.round(level * np.exp(spread * random.standard_normal(number)), decimals)
        mark = random.random(number)
        columns[code] = pa.array(values, mask=(mark > 0.97) & (code != "pH"))
        columns[f"{code}_censoring"] = pa.array(np.where(mark < 0.03, "<", np.where(mark > 0.965, ">", "")))
    return pa.table(columns)


def readings(table: pa.Table) -> pa.Table:
    """The same as READINGS, one value a row."""
    codes = [name for name in table.column_names if f"{name}_censoring" in table.column_names]
    parts = [
        pa.table(
            {
                "row": table["row"],
                "property": pa.array([code]).take(pa.array(np.zeros(table.num_rows, dtype=np.int64))),
                "value": table[code],
                "censoring": table[f"{code}_censoring"],
            }
        )
        for code in codes
    ]
    return pa.concat_tables(parts).drop_null()


def as_dictionaries(table: pa.Table) -> list[dict[str, tuple[float, str]]]:
    """One dictionary a sample: property -> (value, censoring)."""
    samples: list[dict[str, tuple[float, str]]] = [{} for _ in range(table.num_rows)]
    for code in table.column_names:
        if f"{code}_censoring" in table.column_names:
            pairs = zip(table[code].to_pylist(), table[f"{code}_censoring"].to_pylist(), strict=True)
            for sample, (value, sign) in zip(samples, pairs, strict=True):
                if value is not None:
                    sample[code] = value, sign
    return samples


def read_plainly(samples: list[dict[str, tuple[float, str]]], standard: Standard, kind: str) -> list[tuple]:
    """(class, determinants, n_items, censored) of each sample, the standard read item by item."""
    items = [item for item in judged_items(standard) if applies(item, kind)]
    answers = []
    for sample in samples:
        grades, least_worst, most_worst = [], 0, 0
        for item in items:
            if item.property not in sample:
                continue
            value, sign = sample[item.property]
            limits = item.lake_limits if kind == "lake" and item.lake_limits else item.limits
            grade, low, high = graded(standard, item, limits, value, sign, sample)
            grades.append((grade, item.property))
            least_worst, most_worst = max(least_worst, low), max(most_worst, high)
        worst = max(grade for grade, _ in grades)
        names = ";".join(code for grade, code in grades if grade == worst) if worst else ""
        answers.append((standard.grades[worst].id, names, len(grades), least_worst != most_worst))
    return answers


def applies(item, kind: str) -> bool:
    return not item.water_types or kind in item.water_types or (kind == "lake" and "reservoir" in item.water_types)


def graded(standard, item, limits, value: float, sign: str, sample) -> tuple[int, int, int]:
    """(grade, and the grades at both ends of a censored value)."""
    if not sign:
        grade = grade_at(standard, item, limits, value, sample)
        return grade, grade, grade
    if sign == "<":
        ends = (
            grade_at(standard, item, limits, 0.0, sample),
            grade_at(standard, item, limits, value * (1 - 2e-9), sample),
        )
        middle = grade_at(standard, item, limits, value / 2, sample)
        low, high = min(ends), max(ends)
        if ends[0] < middle:
            return ends[0], low, high  # what was not found does not make water worse
    else:
        middle = grade_at(standard, item, limits, value * (1 + 2e-9), sample)
        far = grade_at(standard, item, limits, 1e300, sample)
        low, high = min(middle, far), max(middle, far)
    return min(max(middle, low), high), low, high


def grade_at(standard, item, limits, value: float, sample) -> int:
    """The number of the best class that the value and every worse class's limit allow."""
    grade = 0
    for position, one in enumerate(standard.grades[:-1]):
        limit = limits.get(one.id)
        if limit is not None and not meets(item.op, value, limit) and not spared(item, one.id, sample):
            grade = position + 1
    return grade


def meets(op: str, value: float, limit) -> bool:
    if op == "range":
        return limit[0] * (1 - 1e-9) <= value <= limit[1] * (1 + 1e-9)
    slack = abs(limit) * 1e-9
    if op == "le":
        return value <= limit + slack
    if op == "lt":
        return value <= limit - slack
    if op == "ge":
        return value >= limit - slack
    return value >= limit + slack


def spared(item, grade: str, sample) -> bool:
    """Whether another property (oxygen by saturation) meets the class instead."""
    if item.alternative is None:
        return False
    code, op, limits = item.alternative
    return code in sample and grade in limits and meets(op, sample[code][0], limits[grade])


if __name__ == "__main__":
    sys.exit(main())
