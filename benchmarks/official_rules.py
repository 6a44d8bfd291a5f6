"""Published figures of ratings and indices against what clearbay computes: the second half of ``make official``.

- The 2017 bulletin of the coastal waters of China: shares of classes and the rating, for the country and four seas.
- HJ 633 prints the index at each breakpoint of each pollutant: the sub-index there must be that level and nothing else.

No published case of the trophic level index with its inputs was found; its formulas are checked in the tests only.
"""

from __future__ import annotations

import csv
from pathlib import Path

from clearbay import packs
from clearbay.mine.iaqi import aqi_rule, sub_index
from clearbay.mine.rating import rate

PUBLISHED = Path(__file__).parent / "published"


def ratings() -> None:
    """Rating of sea areas from the published shares, under the rule read with one source."""
    rule = packs.rule("cn.hj442-2020")
    with (PUBLISHED / "coastal_2017.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = [rate({name: float(row[name]) for name in rule.parameters["classes"]}, rule) for row in rows]
    equal = sum(row["rating"] == one for row, one in zip(rows, found, strict=True))
    print("MEE | rating of coastal waters 2017, HJ 442 | published shares of classes, country and four seas")
    print(f"    {len(rows)} compared, {equal} equal: {100 * equal / len(rows):.2f}%")
    for row, one in zip(rows, found, strict=True):
        if row["rating"] != one:
            print(f"        {row['area']}: published {row['rating']}, computed {one}")


def breakpoints(version: str) -> None:
    """Sub-index at every breakpoint that the standard prints, hourly and daily columns."""
    rule = packs.rule(version)
    known = aqi_rule(rule)
    compared = equal = 0
    for table, points in known.tables.items():
        levels = known.levels[: len(points)]
        indices = sub_index(points, table, rule)
        compared += len(points)
        equal += sum(int(index == level) for index, level in zip(indices, levels, strict=True))
    print(f"MEE | sub-index at the printed breakpoints, {rule.code} | {len(known.tables)} columns")
    print(f"    {compared} compared, {equal} equal: {100 * equal / compared:.2f}%")


def main() -> None:
    """Print both tables; figures are computed now."""
    ratings()
    for version in ("cn.hj633-2012", "cn.hj633-2026"):
        breakpoints(version)


if __name__ == "__main__":
    main()
