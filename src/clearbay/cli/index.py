"""``clearbay index``: an index of every sample of a file: trophic level, eutrophication, organic pollution."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
import typer

from clearbay import packs
from clearbay.cli.output import Json
from clearbay.cli.plain import read_plain
from clearbay.cli.results import finish, write_csv
from clearbay.mine.formula import evaluated, formula_of
from clearbay.mine.frames import to_arrow
from clearbay.mine.judge import local_text
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.model.errors import BadInput

INDICES = {"tli": "cn.tli", "eutrophication": "cn.eutrophication", "organic": "cn.organic-pollution"}
"""Words of the command, and the rules they mean."""


def index(
    name: Annotated[str, typer.Argument(help="tli, eutrophication or organic.")],
    file: Annotated[Path, typer.Argument(help="A table with a row a sample: station, time and the index's items.")],
    out: Annotated[Path, typer.Option("--out", help="Where the result goes, as CSV; - is standard output.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A YAML file for other headers or units, a line each.")
    ] = None,
    as_json: Json = False,
) -> None:
    """An index of each row of a file, with its grade.

    tli: chla (ug/L), TP, TN, CODMn (mg/L), secchi (m). eutrophication: CODMn_alk, DIN, DIP (mg/L). organic: those and
    DO, against class 1 of GB 3097. Columns: station, time, index, grade, missing; below the detection limit counts as
    half of it.

    Example: `clearbay index tli lakes.csv --out tli.csv`
    """
    if name not in INDICES:
        raise BadInput(f"no such index: {name}", where="index", mend="use " + ", ".join(INDICES))
    rule = packs.rule(INDICES[name])
    formula = formula_of(rule, packs.standard(rule.judges) if rule.judges else None)
    batch = read_plain(file, formula.inputs, mapping=mapping, timed=False)
    samples = batch.samples
    assert samples is not None
    found = to_arrow(evaluated(batch.readings, formula, keys=["row"]))
    rows = samples.select(["row", "station", "time"]).join(found, "row").sort_by("row")
    table = pa.table(
        {
            "station": pc.fill_null(rows.column("station"), ""),
            "time": _times(rows.column("time")),
            "index": rows.column("index"),
            "grade": pc.fill_null(rows.column("grade"), ""),
            "missing": pc.fill_null(rows.column("missing"), ";".join(formula.inputs)),
        }
    )
    write_csv(table, out)
    grades = Counter(filter(None, table.column("grade").to_pylist()))
    told = {
        "index": name,
        "standard": rule.id,
        "confidence": {
            "formula": rule.parameters["parameters_confidence"],
            "grades": rule.parameters.get("bands_confidence", rule.parameters["parameters_confidence"]),
        },
        "rows": table.num_rows,
        "judged": sum(grades.values()),
        "grades": {grade.id: grades[grade.id] for grade in rule.grades},
        "out": str(out),
    }
    text = f"{file.name}: {told['judged']:,} of {told['rows']:,} rows have an index ({rule.code})"
    finish(told, text, batch, file, out, as_json=as_json)


def _times(column: pa.ChunkedArray) -> pa.Array:
    """Local times; empty where the file has none (the epoch stands for that)."""
    texts = local_text(column, HONG_KONG_TIME)
    none = pc.fill_null(pc.equal(column, pa.scalar(0).cast(pa.timestamp("us"))), True)
    return pc.if_else(none, "", texts)
