"""``clearbay detect``: a score and an event for every moment of a table of sensors."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import typer

from clearbay.cli.output import Json, answer, read_bytes, say
from clearbay.cli.results import write_csv
from clearbay.collect.octets import unpacked
from clearbay.mine.detection.baseline import Floats
from clearbay.mine.detection.threshold import Mask, runs
from clearbay.mine.detection.watch import WARM, Watch, Watched, teach
from clearbay.model.errors import BadInput

_MINIMUM = 2 * WARM
_WEEK = np.timedelta64(7, "D")
_YES = ("1", "1.0", "true", "t", "yes", "y")
_NO = ("0", "0.0", "false", "f", "no", "n", "")
_CALM = ("normal", "ok", "none", "good", "quiet", "no event", "benign")
_NUMBERS = 0.5
"""Of the cells of a column of words, how many must be numbers for it to be a sensor with gaps."""


def detect(
    file: Annotated[Path, typer.Argument(help="CSV: a time column and a column a sensor; .gz too.")],
    time: Annotated[str, typer.Option("--time", help="The column that holds the time.")],
    out: Annotated[Path, typer.Option("--out", help="Where time, score, event and contributors go; - is stdout.")],
    label: Annotated[
        str | None, typer.Option("--label", help="A column that says true or 1 during known events.")
    ] = None,
    train_until: Annotated[
        str | None, typer.Option("--train-until", help="Learn from rows up to this time, judge those after it.")
    ] = None,
    alarms_per_week: Annotated[
        float,
        typer.Option("--alarms-per-week", min=0.0, help="Without labels: alarms allowed in the time learnt from."),
    ] = 1.0,
    as_json: Json = False,
) -> None:
    """Score every moment of a table of sensors, and say when an event is on and which sensors show it.

    The program learns how each sensor behaves from the rows up to --train-until (all rows, if not given), and with
    --label what an event looks like. Every row is judged by what came before it alone. Rows are read in the order of
    the file unless their times jump about.

    Example: `clearbay detect plant.csv --time Time --label EVENT --train-until "2016-09-20 23:27" --out events.csv`
    """
    table = _read(file, time)
    stamps = _times(table, time, file.name)
    names, values, left_out = _sensors(table, {time, label or time}, file.name)
    labels = _labels(table, label, file.name) if label is not None else None
    order = _order(stamps)
    stamps, values = stamps[order], values[order]
    labels = labels[order] if labels is not None else None
    until = _moment(train_until, stamps) if train_until is not None else None
    learning = stamps <= until if until is not None else np.ones(len(stamps), dtype=bool)
    if until is not None and int(learning.sum()) < _MINIMUM:
        raise BadInput(
            f"only {int(learning.sum())} rows are not after {train_until}",
            where="--train-until",
            mend=f"leave at least {_MINIMUM} rows to learn from",
        )
    known = stamps[learning]
    taught = teach(
        names,
        values[learning],
        labels[learning] if labels is not None else None,
        weeks=max(float((known.max() - known.min()) / _WEEK), 1e-9),
        alarms_per_week=alarms_per_week,
    )
    watched = Watch(taught).push(values)
    judged = np.flatnonzero(~learning) if until is not None else np.arange(len(stamps))
    judged = judged[np.argsort(order[judged], kind="stable")]  # written in the order of the file
    watched = _only(watched, judged)
    shown = table.column(time).take(pa.array(order[judged]))
    result = pa.table(
        {
            "time": shown,
            "score": np.round(watched.score, 6),
            "event": watched.event.astype(np.int8),
            "contributors": _contributors(watched, names),
        }
    )
    write_csv(result, out)
    events = runs(watched.event)
    told: dict[str, Any] = {
        "rows": len(judged),
        "learnt_from": int(learning.sum()),
        "sensors": list(names),
        "left_out": left_out,
        "basis": taught.basis,
        "learner_share": taught.share,
        "threshold": {"begin": taught.threshold.high, "end": taught.threshold.low},
        "events": len(events),
        "seen_before": until is None,
        "out": str(out),
    }
    _finish(told, file, as_json=as_json)


def _finish(told: dict[str, Any], file: Path, *, as_json: bool) -> None:
    if as_json:
        answer(told, as_json=True, text="")
        return
    say(f"{file.name}: {told['events']:,} events in {told['rows']:,} rows of {len(told['sensors'])} sensors")
    for name, why in told["left_out"].items():
        say(f"column {name} is not judged: {why}")
    if told["seen_before"] and told["basis"] == "labels":
        say("learnt from the very rows that it judged: use --train-until before trusting how well they fit")


def _only(watched: Watched, rows: np.ndarray) -> Watched:
    return Watched(watched.score[rows], watched.event[rows], watched.sensors[rows], watched.residuals[rows])


def _contributors(watched: Watched, names: tuple[str, ...]) -> list[str]:
    return [
        ";".join(watched.contributors(names, row)) if notable else ""
        for row, notable in enumerate(watched.event | (watched.score >= 2.0))
    ]


def _read(file: Path, time: str) -> pa.Table:
    content = unpacked(read_bytes(file), file.name)
    header = content.split(b"\n", 1)[0]
    delimiter = max(",;\t", key=lambda mark: header.count(mark.encode()))
    text = pacsv.ConvertOptions(
        null_values=["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "--"],
        strings_can_be_null=True,
        column_types={time: pa.string()},  # given back as it was written
    )
    parse = pacsv.ParseOptions(delimiter=delimiter)
    try:
        table = pacsv.read_csv(io.BytesIO(content), parse_options=parse, convert_options=text)
    except pa.ArrowInvalid:
        # A word far down in a column of numbers: everything is read as it is written, and understood later.
        names = [name.strip().strip('"') for name in header.decode("utf-8-sig", "replace").strip().split(delimiter)]
        text.column_types = dict.fromkeys(names, pa.string())
        try:
            table = pacsv.read_csv(io.BytesIO(content), parse_options=parse, convert_options=text)
        except pa.ArrowInvalid as error:
            raise BadInput(f"not a table: {error}", where=file.name, mend="save it as CSV with a header") from error
    if len(set(table.column_names)) != len(table.column_names):
        raise BadInput("two columns have the same name", where=file.name, mend="give every column its own name")
    if not table.num_rows:
        raise BadInput("the table has no rows", where=file.name)
    return table


def _column(table: pa.Table, name: str, where: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise BadInput(f"no column is called {name!r}", where=where, mend=f"there are: {', '.join(table.column_names)}")
    return table.column(name)


def _moment(text: str, stamps: np.ndarray) -> np.datetime64:
    """A time as written, like the file's times; a number below 1 is a share of the rows, others are seconds."""
    try:
        number = float(text)
    except ValueError:
        try:
            return np.datetime64(_read_time(text), "us")
        except ValueError:
            raise BadInput(f"{text!r} is no time", where="--train-until", mend="write 2016-09-20 23:27") from None
    if 0.0 < number < 1.0:
        moment: np.datetime64 = np.sort(stamps)[max(int(number * len(stamps)) - 1, 0)]
        return moment
    return np.datetime64(round(number * 1e6), "us")


def _times(table: pa.Table, name: str, where: str) -> np.ndarray:
    column = _column(table, name, where)
    if column.null_count:
        raise BadInput(f"column {name} has rows without a time", where=where, mend="leave such rows out")
    for kind in (pa.timestamp("us"), pa.float64()):
        try:
            known = pc.cast(column, kind).to_numpy()
        except pa.ArrowInvalid:
            continue
        if kind == pa.float64():
            known = np.round(known * 1e6).astype(np.int64)  # seconds
        return np.asarray(known).astype("datetime64[us]")
    try:
        return np.array([np.datetime64(_read_time(text), "us") for text in column.to_pylist()], dtype="datetime64[us]")
    except ValueError as error:
        raise BadInput(f"column {name}: {error}", where=where, mend="write times like 2016-08-03 11:49:00") from error


_PATTERNS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%y %H",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
)


def _read_time(text: str) -> datetime:
    tidy = text.strip()
    try:
        return datetime.fromisoformat(tidy.replace("/", "-") if tidy[:4].isdigit() else tidy).replace(tzinfo=None)
    except ValueError:
        for pattern in _PATTERNS:
            try:
                return datetime.strptime(tidy, pattern)
            except ValueError:
                continue
    raise ValueError(f"{text!r} is no time")


def _order(stamps: np.ndarray) -> np.ndarray:
    """The file's order where it is one of time but for a clock set back; else by time."""
    back = np.diff(stamps) < np.timedelta64(0, "us")
    if back.sum() <= max(2, len(stamps) // 10_000):
        return np.arange(len(stamps))
    return np.argsort(stamps, kind="stable")


def _labels(table: pa.Table, name: str, where: str) -> Mask:
    column = _column(table, name, where)
    texts = [str(value).strip().lower() if value is not None else "" for value in column.to_pylist()]
    told = {text: _said(text) for text in set(texts)}
    if told.keys() <= set(_CALM) or (None in told.values() and False not in told.values()):
        raise BadInput(
            f"column {name} says {sorted(told)[0]!r}, and never that an event is on",
            where=where,
            mend="mark events with 1 or true, the rest with 0",
        )
    # Names of events beside a word for none: normal, attack 1, attack 2.
    return np.array([told[text] is not False for text in texts], dtype=bool)


def _said(text: str) -> bool | None:
    """Whether a label means an event; None where it is neither yes nor no. Numbers above 0 do."""
    if text in (*_YES, *_NO, *_CALM):
        return text in _YES
    try:
        return float(text) > 0.0
    except ValueError:
        return None


def _coerced(column: pa.ChunkedArray) -> pa.Array | None:
    """A column of words as numbers: decimal commas, half of what is "<0.5", two states as 0 and 1, else nothing."""
    known = pc.unique(column.drop_null())
    if len(known) == 2:
        first = sorted(known.to_pylist())[0]
        if _number(first) is None:
            return pc.cast(pc.not_equal(column, first), pa.float64()).combine_chunks()
    numbers = {text: _number(text) for text in known.to_pylist()} if len(known) < 2_000_000 else {}
    values = [numbers.get(text) for text in column.to_pylist()]
    filled = len(column) - column.null_count
    if not filled or sum(value is not None for value in values) < _NUMBERS * filled:
        return None
    return pa.array(values, pa.float64())


def _number(text: str) -> float | None:
    tidy = text.strip()
    below = tidy.startswith("<")
    tidy = tidy.lstrip("<>").strip()
    try:
        value = float(tidy)
    except ValueError:
        try:
            value = float(tidy.replace(".", "").replace(",", ".")) if tidy.count(",") == 1 else float("nan")
        except ValueError:
            return None
    if not np.isfinite(value):
        return None
    return value / 2.0 if below else value


def _sensors(table: pa.Table, besides: set[str], where: str) -> tuple[tuple[str, ...], Floats, dict[str, str]]:
    """The numeric columns that tell something, and why the others are left out."""
    names, columns, left_out = [], [], {}
    for name in table.column_names:
        if name in besides:
            continue
        column = table.column(name)
        if pa.types.is_boolean(column.type):
            column = pc.cast(column, pa.int8())
        if pa.types.is_string(column.type) and (read := _coerced(column)) is not None:
            column = pa.chunked_array([read])
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            left_out[name] = "not numbers" if column.null_count < len(column) else "empty"
            continue
        values = pc.cast(column, pa.float64()).to_numpy().astype(np.float64)
        values[~np.isfinite(values)] = np.nan
        known = values[np.isfinite(values)]
        if not len(known) or known.min() == known.max():
            left_out[name] = "never changes"
        elif len(known) == len(values) and len(values) > 2 and np.ptp(np.diff(values)) == 0:
            left_out[name] = "counts the rows"
        else:
            names.append(name)
            columns.append(values)
    if not names:
        raise BadInput("no column holds numbers that change", where=where, mend="give a column a sensor")
    return tuple(names), np.stack(columns, axis=1), left_out
