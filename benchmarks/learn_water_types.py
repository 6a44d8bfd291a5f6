"""Learn from published classes which sections of the national network are judged as lakes, and say how well it holds.

    python benchmarks/learn_water_types.py --data FOLDER [--write]

FOLDER holds files of the source ``cnemc`` (published layout, or archived with the precision behind the printed values).
A row tells the two types apart when its published class equals the class under one set of limits and not under the
other. A section gets the type that more of its rows speak for; one for which no row speaks is a lake if it reports
chlorophyll-a or algae, and else stays out of the register (``clearbay.mine.water_types`` says what decides then).
Rows with a value exactly at a limit do not speak: what was rounded to the limit may lie on either side of it.

The evaluation learns on some files and tests on others, and on one day against the next. ``--write`` renews
``src/clearbay/packs/data/registers/cnemc_water_types.csv`` from all files together.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from clearbay import packs
from clearbay.collect import cnemc
from clearbay.collect.batch import Batch
from clearbay.mine import samples_classes, to_arrow
from clearbay.mine.water_types import measuring_lake_items, section_of, water_type_by_name
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

REGISTER = Path(packs.__file__).parent / "data" / "registers" / "cnemc_water_types.csv"
HEADER = ("province", "section", "water_type", "rows", "agreement", "source")


@dataclass(frozen=True, slots=True)
class Row:
    """One row with a published class, and the class under either set of limits."""

    section: tuple[str, str]
    day: str
    published: str
    river: str
    lake: str
    at_limit: bool
    lake_items: bool
    cautious: bool

    def speaks_for(self) -> str:
        """The type that this row speaks for, empty where it is silent."""
        if self.at_limit or (self.published == self.river) == (self.published == self.lake):
            return ""
        return "river" if self.published == self.river else "lake"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with cnemc files")
    parser.add_argument("--write", action="store_true", help="renew the register in the package")
    asked = parser.parse_args()
    rows = {path.name: list(rows_of(path)) for path in national_files(asked.data)}
    for name, found in rows.items():
        print(f"{len(found):7,} rows with a published class in {name}")
    everything = [row for found in rows.values() for row in found]
    print("\nlearned on -> tested on: agreement; register and names; no register; names alone; unknown sections")
    for label, learned, tested in trials(rows):
        types = learn(learned)
        unseen = {row.section for row in tested} - types.keys()
        print(
            f"{label}: {agreement(tested, types):.2%}; {agreement(tested, types, 'name'):.2%}; "
            f"{agreement(tested, {}):.2%}; {agreement(tested, {}, 'name'):.2%}; "
            f"{len(unseen)} of {len({row.section for row in tested})} sections"
        )
    types = learn(everything)
    print(f"\nall files: {len(types)} sections learned, {Counter(types.values())['lake']} of them lakes")
    names(types)
    measured(everything, types)
    if asked.write:
        write(everything, rows, types)
        print(f"wrote {REGISTER.name}")


def national_files(folder: Path) -> list[Path]:
    """Files of the folder that the source ``cnemc`` recognizes."""
    return [path for path in sorted(folder.rglob("*.csv*")) if cnemc.sniff(path.read_bytes())]


def read(path: Path, precision: str) -> Batch | None:
    """The file's batch; None where it has no values of that precision."""
    try:
        return cnemc.read(path.read_bytes(), name=path.name, options={"precision": precision})
    except BadInput:
        return None


def rows_of(path: Path, precision: str = "raw") -> Iterator[Row]:
    """Rows with a published class, judged as a river and as a lake, at the best precision up to the one asked for."""
    batch = read(path, precision) or cnemc.read(path.read_bytes(), name=path.name)
    standard = packs.standard("cn.gb3838-2002")
    classes = {kind: classes_by_row(batch.readings, standard, kind) for kind in ("river", "lake")}
    edges = rows_at_limits(batch.readings, standard)
    measuring = measuring_lake_items(batch.readings)
    assert batch.samples is not None
    for sample in batch.samples.select(["row", "station", "time", "published"]).to_pylist():
        row = sample["row"]
        if sample["published"] and sample["station"] and row in classes["river"]:
            yield Row(
                section_of(sample["station"]),
                str(sample["time"] + timedelta(hours=8))[:10],
                sample["published"],
                classes["river"][row],
                classes["lake"][row],
                row in edges,
                sample["station"] in measuring,
                bool(measuring),
            )


def classes_by_row(readings: pa.Table, standard: Standard, kind: str) -> dict[int, str]:
    table = to_arrow(samples_classes(readings, standard, keys=("row",), water_type=kind))
    return dict(zip(table.column("row").to_pylist(), table.column("class").to_pylist(), strict=True))


def rows_at_limits(readings: pa.Table, standard: Standard) -> set[int]:
    """Rows with a value exactly at one of its item's limits, river's or lake's."""
    limits: dict[str, set[float]] = defaultdict(set)
    for item in standard.items:
        for limit in (*item.limits.values(), *(item.lake_limits or {}).values()):
            limits[item.property] |= set(limit) if isinstance(limit, tuple) else {limit}
    columns = zip(*(readings.column(name).to_pylist() for name in ("row", "property", "value")), strict=True)
    return {row for row, code, value in columns if value in limits[code]}


def learn(rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """The type of every section for which more rows speak for one than for the other."""
    voices: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        voices[row.section][row.speaks_for()] += 1
    return {
        section: "lake" if count["lake"] > count["river"] else "river"
        for section, count in voices.items()
        if count["lake"] != count["river"]
    }


def verdict(row: Row, types: dict[tuple[str, str], str], by: str = "measured, name") -> str:
    """The class under the section's type: from the register, else from what it measures, else from its name."""
    kind = types.get(row.section, "")
    if not kind and "measured" in by and row.lake_items:
        kind = "lake"
    if not kind:
        kind = water_type_by_name(row.section[1], cautious="measured" in by and row.cautious)
    return row.lake if kind == "lake" else row.river


def agreement(rows: list[Row], types: dict[tuple[str, str], str], by: str = "measured, name") -> float:
    return sum(verdict(row, types, by) == row.published for row in rows) / len(rows)


def trials(rows: dict[str, list[Row]]) -> Iterator[tuple[str, list[Row], list[Row]]]:
    """(label, learned on, tested on): each file against the others, and within the widest one day against the next."""
    for name, tested in rows.items():
        others = [row for other, found in rows.items() if other != name for row in found]
        if others:
            yield f"the other files -> {name}", others, tested
        for other, found in rows.items():
            if other != name:
                yield f"{other} -> {name}", found, tested
    days = defaultdict(list)
    widest = max(rows.values(), key=lambda found: len({row.section for row in found}))
    for row in widest:
        days[row.day].append(row)
    first, second, *_ = sorted(days, key=lambda day: -len(days[day]))
    yield f"{first} -> {second}", days[first], days[second]
    yield f"{second} -> {first}", days[second], days[first]


def names(types: dict[tuple[str, str], str]) -> None:
    """How far names alone tell the learned types."""
    said = Counter((kind, water_type_by_name(section)) for (_, section), kind in types.items())
    print(
        "by name (learned type, what the name says): "
        + ", ".join(f"{k[0]}/{k[1]} {n}" for k, n in sorted(said.items()))
    )
    ending = Counter(kind for (_, section), kind in types.items() if section.endswith("水库"))
    print(f"names that end in 水库: {ending['lake']} lakes, {ending['river']} rivers")


def measured(everything: list[Row], types: dict[tuple[str, str], str]) -> None:
    """How far the items measured tell the learned types."""
    lakes = {row.section for row in everything if row.lake_items}
    said = Counter((kind, section in lakes) for section, kind in types.items())
    print(
        f"report chlorophyll-a or algae: {said['lake', True]} of {said['lake', True] + said['lake', False]} lakes, "
        f"{said['river', True]} of {said['river', True] + said['river', False]} rivers"
    )


def write(everything: list[Row], rows: dict[str, list[Row]], types: dict[tuple[str, str], str]) -> None:
    """The register: learned types, and lakes by what they measure where no row speaks."""
    by_items = {row.section: "lake" for row in everything if row.lake_items and row.section not in types}
    every = types | by_items
    seen, right = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in everything:
        seen[row.section] += 1
        right[row.section] += verdict(row, every) == row.published
    for name, found in rows.items():
        for row in found:
            if row.speaks_for() == types.get(row.section) or (row.section in by_items and row.lake_items):
                sources[row.section].add(name.partition(".")[0].removeprefix("cnemc_"))
    with REGISTER.open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# Types of the national network's sections, made by benchmarks/learn_water_types.py: evidence, not law.\n"
        )
        file.write("# rows: rows with a published class; agreement: share of them that this type reproduces;\n")
        file.write(
            "# source: class (learned from published classes) or items (measures chlorophyll-a), and the files.\n"
        )
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for section in sorted(every):
            share = f"{right[section] / seen[section]:.3f}"
            basis = "items" if section in by_items else "class"
            writer.writerow(
                (*section, every[section], seen[section], share, " ".join([basis, *sorted(sources[section])]))
            )


if __name__ == "__main__":
    main()
