"""What the authorities published against what clearbay computes, and the causes of every difference.

    python benchmarks/official.py [--data FOLDER] [--json]

Reads every file under FOLDER (default: the data shipped with the package) that a source recognizes and that carries a
published verdict: section classes of the national network, and the hourly Air Quality Health Index of Hong Kong where
the pollutants of the same station are there too. Everything is computed when it runs.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clearbay import packs
from clearbay.collect import cnemc, epd_air, epd_aqhi
from clearbay.mine import added_risk, aqhi_rule, to_arrow
from clearbay.mine.aqhi import HOURS_NEEDED, aqhi
from clearbay.mine.judge import REQUIRED, judge_samples
from clearbay.mine.limits import bounds, judged_items
from clearbay.mine.water_types import water_types
from clearbay.model.errors import BadInput
from clearbay.model.standard import Item, Standard

SHIPPED = Path(packs.__file__).parent.parent / "data"

PRINTED = {"pH": 2, "DO": 2, "CODMn": 2, "NH3N": 3, "TP": 3}
"""Decimals with which the national network prints its values."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the table: rows compared, rows that agree, and the rest by cause."""

    authority: str
    what: str
    file: str
    compared: int
    agreeing: int
    causes: Mapping[str, int]
    remarks: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.agreeing / self.compared if self.compared else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHIPPED, help="folder with files as published")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    asked = parser.parse_args()
    files = {path: path.read_bytes() for path in sorted(asked.data.rglob("*.csv*")) if path.is_file()}
    lines = [*section_classes(files), *health_index(files)]
    if asked.json:
        print(json.dumps([asdict(line) | {"share": line.share} for line in lines], ensure_ascii=False, indent=2))
        return
    for line in lines:
        print(f"{line.authority} | {line.what} | {line.file}")
        print(f"    {line.compared:,} compared, {line.agreeing:,} equal: {line.share:.2%}")
        for cause, count in sorted(line.causes.items(), key=lambda entry: -entry[1]):
            print(f"    {count:6,}  {count / line.compared:6.2%}  {cause}")
        for remark in line.remarks:
            print(f"    {remark}")
    if not lines:
        raise SystemExit(f"no published verdicts among the files of {asked.data}")


# --- section classes of the national network -------------------------------------------------------------------------


def section_classes(files: Mapping[Path, bytes]) -> Iterator[Comparison]:
    """Published class of each row against ours, at every precision that a file has."""
    standard = packs.standard("cn.gb3838-2002")
    for path, data in files.items():
        if not cnemc.sniff(data):
            continue
        for precision in ("printed", "raw"):
            try:
                batch = cnemc.read(data, name=path.name, options={"precision": precision})
            except BadInput:
                continue
            yield compare_classes(
                batch.readings, batch.samples, standard, f"{path.name}, {precision} values", precision
            )


def compare_classes(readings: pa.Table, samples: pa.Table, standard: Standard, file: str, precision: str) -> Comparison:
    samples = samples.sort_by("row")
    named = [station for station in samples.column("station").unique().to_pylist() if station]
    kinds = water_types(named, readings=readings)
    judged = judge_samples(readings, samples, standard, water_types=kinds, required=REQUIRED["cnemc"])
    rows = [
        {**ours, "published": theirs["published"], "status": theirs["status"], "moment": theirs["time"]}
        for ours, theirs in zip(judged.to_pylist(), samples.to_pylist(), strict=True)
    ]
    official = [row for row in rows if row["published"]]
    wrong = [row for row in official if row["class"] != row["published"]]
    values = values_of(readings, {row["row"] for row in wrong})
    earlier = earlier_reports(rows)
    causes = Counter(
        cause_of(row, values[row["row"]], earlier, standard, PRINTED if precision == "printed" else {}) for row in wrong
    )
    decided = Counter(kind.decided_by for kind in kinds.values())
    more = sum(1 for row in rows if row["class"] and not row["published"])
    return Comparison(
        "CNEMC",
        "class of a section, GB 3838-2002",
        file,
        len(official),
        len(official) - len(wrong),
        causes,
        (
            "water type decided by " + ", ".join(f"{name} {count}" for name, count in decided.most_common()),
            f"{more:,} more rows judged here for which no class was published",
        ),
    )


def values_of(readings: pa.Table, rows: set[int]) -> dict[int, dict[str, float]]:
    chosen = readings.filter(pc.is_in(readings.column("row"), pa.array(sorted(rows), pa.int64())))
    values: dict[int, dict[str, float]] = defaultdict(dict)
    for reading in chosen.select(["row", "property", "value"]).to_pylist():
        values[reading["row"]][reading["property"]] = reading["value"]
    return values


def earlier_reports(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """For each row the reports of its section in the twelve hours before it, and others of the same hour."""
    by_section = defaultdict(list)
    for row in rows:
        if row["station"] and row["moment"] and row["class"]:
            by_section[row["station"]].append(row)
    earlier = {}
    for reports in by_section.values():
        for row in reports:
            since = row["moment"] - timedelta(hours=12)
            earlier[row["row"]] = [r for r in reports if since <= r["moment"] <= row["moment"] and r is not row]
    return earlier


def cause_of(
    row: dict[str, Any],
    values: Mapping[str, float],
    earlier: Mapping[int, list[dict[str, Any]]],
    standard: Standard,
    decimals: Mapping[str, int],
) -> str:
    published = row["published"]
    order = [grade.id for grade in standard.grades]
    lake = row["water_type"] == "lake"
    spans = [span_of(item, values, lake, decimals, order) for item in judged_items(standard)]
    known = [span for span in spans if span is not None]
    least, most = max(low for low, _ in known), max(high for _, high in known)
    if decimals and least <= order.index(published) <= most:
        return "rounding: a printed value stands at a limit, the value behind it may lie on either side"
    if any(published in (report["published"], report["class"]) for report in earlier.get(row["row"], ())):
        return "delay: the class is that of a report up to 12 hours earlier, the values are newer"
    other = [span_of(item, values, not lake, decimals, order) for item in judged_items(standard)]
    if (
        max(low for low, _ in filter(None, other))
        <= order.index(published)
        <= max(high for _, high in filter(None, other))
    ):
        return "lake or river: the published class is that of the other limits"
    if row["status"] == "维护":
        return "maintenance: the station was being serviced"
    if order.index(published) > most:
        return "worse than every value shown: an item or a value that the table does not show"
    return "better than a value shown: unexplained"


def span_of(
    item: Item, values: Mapping[str, float], lake: bool, decimals: Mapping[str, int], order: list[str]
) -> tuple[int, int] | None:
    """Best and worst grade of an item, given how its value was rounded for print."""
    if item.property not in values or (item.water_types and not lake):
        return None
    half = 0.5 * 10.0 ** -decimals[item.property] if item.property in decimals else 0.0
    limits: Mapping[str, Any] = item.lake_limits if lake and item.lake_limits else item.limits
    grades = []
    for value in (values[item.property] - half, values[item.property], values[item.property] + half):
        grade = 0
        for position, name in enumerate(order[:-1]):
            low, high = bounds(item.op, limits.get(name))
            grade = position + 1 if not low <= value <= high else grade
        grades.append(grade)
    return min(grades), max(grades)


# --- hourly health index of Hong Kong --------------------------------------------------------------------------------


def health_index(files: Mapping[Path, bytes]) -> Iterator[Comparison]:
    """Published hourly index against ours, for each station whose pollutants are among the files."""
    pollutants = [epd_air.read(data, name=path.name) for path, data in files.items() if epd_air.SOURCE.sniff(data)]
    published = [epd_aqhi.read(data, name=path.name) for path, data in files.items() if epd_aqhi.SOURCE.sniff(data)]
    if not pollutants or not published:
        return
    standards = versions("hk.aqhi")
    readings = pa.concat_tables([batch.readings for batch in pollutants]).drop_columns(["row"])
    official = pa.concat_tables([batch.samples for batch in published])
    hours = to_arrow(aqhi(readings, standards))
    for station in sorted(set(readings.column("station").to_pylist())):
        theirs = official.filter(pc.equal(official.column("station"), station))
        ours = hours.filter(pc.equal(hours.column("station"), station))
        if theirs.num_rows:
            own = readings.filter(pc.equal(readings.column("station"), station))
            yield compare_hours(station, theirs, ours, own, standards)


def versions(family: str) -> list[Standard]:
    return [standard for name, standard in packs.standards().items() if name.startswith(family)]


def compare_hours(
    station: str, theirs: pa.Table, ours: pa.Table, readings: pa.Table, standards: list[Standard]
) -> Comparison:
    computed = {row["time"]: row for row in ours.to_pylist()}
    table = means_by_hour(readings)
    agreeing, causes, remarks = 0, Counter[str](), Counter[str]()
    for row in theirs.to_pylist():
        text, hour = (row["published"] or "").strip(), row["time"]
        if not text or text == "*":
            continue
        if hour not in table:
            remarks["hours without any pollutant in the files"] += 1
        elif text.endswith("*"):
            remarks["starred hours (index of another station)"] += 1
        elif hour not in computed:
            remarks["published hours for which too few pollutants are in the files"] += 1
        elif computed[hour]["aqhi"] == text:
            agreeing += 1
        else:
            rule = next(one for one in standards if one.id == computed[hour]["standard"])
            causes[hour_cause(text, table[hour], rule)] += 1
    return Comparison(
        "EPD",
        f"hourly Air Quality Health Index at {station.rpartition('.')[2]}",
        "hourly pollutants and official index",
        agreeing + causes.total(),
        agreeing,
        causes,
        tuple(f"{count:,} {name}" for name, count in remarks.most_common()),
    )


def means_by_hour(readings: pa.Table) -> dict[Any, dict[str, list[float]]]:
    """For each hour that has a reading within its window: the values of the last three hours by pollutant."""
    hourly: dict[Any, dict[str, float]] = defaultdict(dict)
    columns = zip(*(readings.column(name).to_pylist() for name in ("time", "property", "value")), strict=True)
    for moment, code, value in columns:
        hourly[moment][code] = value
    table: dict[Any, dict[str, list[float]]] = {}
    for moment in hourly:
        window: dict[str, list[float]] = defaultdict(list)
        for back in range(3):
            for code, value in hourly.get(moment - timedelta(hours=back), {}).items():
                window[code].append(value)
        table[moment] = window
    return table


def hour_cause(text: str, window: Mapping[str, list[float]], standard: Standard) -> str:
    """Whether the printed whole micrograms explain the difference, or a missing hour does."""
    rule = aqhi_rule(standard)
    codes = [code for code in rule.beta if len(window.get(code, ())) >= HOURS_NEEDED]
    tops = dict(rule.bands)
    names = [*tops, rule.above]
    position = names.index(text) if text in names else -1
    low, high = (
        added_risk({code: sum(window[code]) / len(window[code]) + shift for code in codes}, standard)
        for shift in (-0.5, 0.5)
    )
    floor = tops[names[position - 1]] if position > 0 else 0.0
    if position >= 0 and high > floor and low <= tops.get(text, float("inf")):
        return "rounding: concentrations are printed in whole µg/m3, and the risk lies within that of a band's edge"
    if any(len(window.get(code, ())) < rule.hours for code in rule.beta):
        return "a missing hour: the official index may have had the value"
    return "unexplained"


if __name__ == "__main__":
    main()
