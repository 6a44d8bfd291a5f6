"""Quality control on the way in: every value gets its flag before it is stored.

The stage holds one ``Stream`` for a home. What the stream remembers is written beside the home from time to time, so
that a restart goes on where it stopped; where that is missing, or behind, it is made up from the newest data.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from clearbay import packs
from clearbay.mine.quality import Config, Pushed, Stream
from clearbay.mine.quality.flags import FAIL, NOT_EVALUATED, SUSPECT
from clearbay.model.errors import BadInput, StoreError
from clearbay.model.observation import READINGS
from clearbay.store import Home
from clearbay.store.review import Reviews

DIRECTORY = "quality"
STATE = "state.bin"
CONFIG = "config.yaml"

SAVE_S = 60.0
"""Seconds between two writings of the state: what a sudden death takes of it is made up from the data."""

BEHIND = timedelta(hours=6)
"""How far behind the newest value of a saved state the data are read again: what was on its way when it was saved."""

_FORGET = 10.0
"""Seconds after which an unknown station is looked for again."""


def config_of(home: Home) -> Config:
    """The configuration of a home: the shipped numbers, and ``quality/config.yaml`` in its directory on top."""
    shipped = packs.quality().form()
    path = home.path / DIRECTORY / CONFIG
    if not path.exists():
        return Config.read({}, base=shipped)
    try:
        form = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return Config.read(form, base=None if form.get("defaults") == "none" else shipped)
    except BadInput as error:
        raise BadInput(error.what, where=f"{path}: {error.where}", mend=error.mend) from None
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError) as error:
        raise BadInput(f"no YAML mapping: {error}", where=str(path), mend="see docs/quality.md") from error


class QualityStage:
    """A stage of the intake: readings in, the same readings with their flags out, and behind them earlier values whose
    flags have changed (with ``row`` -1).

    The rows given come first, in their order. A value no later than the newest of its series is held against the tests
    of one value only; passing those is not enough for "pass", so it stays not evaluated, unless it is the newest value
    sent again, which keeps its flag. Flags that a person has set stay. Safe to call from several threads.
    """

    def __init__(self, home: Home, config: Config | None = None, *, save_s: float = SAVE_S) -> None:
        self._home = home
        self._reviews = Reviews(home)
        self._config = config or config_of(home)
        self._save_s = save_s
        self._lock = threading.Lock()
        self._media: dict[str, str] = {}
        self._media_at = -_FORGET
        self._path = home.path / DIRECTORY / STATE
        self._stream = self._begun()
        self._saved_at = time.monotonic()

    def __call__(self, table: pa.Table) -> pa.Table:
        """Flag a table of readings."""
        if not table.num_rows:
            return table
        with self._lock:
            pushed = self._stream.push(table)
            flags = _settled(table, pushed)
            if time.monotonic() - self._saved_at > self._save_s:
                self._save()
        place = table.schema.get_field_index("flag")
        checked = table.set_column(place, READINGS.field("flag"), pa.array(flags, pa.int8()))
        if pushed.revised.num_rows:
            checked = pa.concat_tables([checked, _revised(pushed, table.schema)])
        return self._reviews.kept(checked)

    def imported(self, table: pa.Table) -> pa.Table:
        """Flag a whole file of readings: in order of time, whatever the order of its lines."""
        times = table["time"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
        if (np.diff(times) >= 0).all():
            return self(table)
        order = np.argsort(times, kind="stable")
        back = np.arange(len(order))
        back[order] = np.arange(len(order))
        checked = self(table.take(pa.array(order)))
        return pa.concat_tables([checked.take(pa.array(back)), checked.slice(len(order))])

    def close(self) -> None:
        """Write the state down."""
        with self._lock:
            self._save()

    def _begun(self) -> Stream:
        """The stream as it was left, brought up to the newest data."""
        state = None
        try:
            state = self._path.read_bytes()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StoreError(f"cannot read {self._path}: {error.strerror}") from error
        try:
            stream = Stream(self._config, state, medium=self._medium)
        except BadInput:  # of another configuration, or damaged
            state, stream = None, Stream(self._config, medium=self._medium)
        self._catch_up(stream, fresh=state is None)
        return stream

    def _catch_up(self, stream: Stream, *, fresh: bool) -> None:
        reader = self._home.reader()
        latest = reader.latest()
        if not latest.num_rows:
            return
        newest: datetime = pc.max(latest["time"]).as_py()
        horizon = max((plan.horizon for plan in _plans(self._config, latest)), default=0)
        if fresh:
            since = newest - min(timedelta(microseconds=horizon), timedelta(days=31)) - timedelta(hours=1)
        else:
            known = int(stream.newest.max()) if len(stream.newest) else 0
            since = datetime(1970, 1, 1) + timedelta(microseconds=max(known, 0)) - BEHIND
        parts = [latest.filter(pc.less(latest["time"], pa.scalar(since, pa.timestamp("us"))))]
        if self._sequential() or not fresh:
            parts.append(reader.observations(start=since))
        else:
            parts = [latest]
        table = pa.concat_tables(parts)
        stream.push(table.take(pc.sort_indices(table, sort_keys=[("time", "ascending")])))

    def _sequential(self) -> bool:
        return bool(
            set(self._config.tests) - {"source_flag", "gross_range", "climatology", "location", "hour_coverage"}
        )

    def _medium(self, station: str) -> str:
        if station not in self._media and time.monotonic() - self._media_at > _FORGET:
            self._media = {one.id: one.medium for one in self._home.stations()}
            self._media_at = time.monotonic()
        return self._media.get(station, "")

    def _save(self) -> None:
        """Write the state beside and rename it into place; losing it costs a look into the data, so no flush."""
        self._saved_at = time.monotonic()
        draft = self._path.with_name(f"{STATE}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(exist_ok=True)
            draft.write_bytes(self._stream.state())
            os.replace(draft, self._path)
        except OSError:
            Path(draft).unlink(missing_ok=True)  # a full disk must not stop the readings


def _plans(config: Config, latest: pa.Table) -> list[Any]:
    pairs = latest.group_by(["station", "property"]).aggregate([]).to_pylist()
    if not config.by_station:
        pairs = [{"station": "", "property": code} for code in {pair["property"] for pair in pairs}]
    return [config.plan(pair["station"], pair["property"]) for pair in pairs]


def _settled(table: pa.Table, pushed: Pushed) -> Any:
    flags = pushed.flags["aggregate"].to_numpy().copy()
    late = pushed.late
    if pushed.newest is not None:
        time_, value, flag = pushed.newest
        again = late & (table["time"].cast(pa.int64()).to_numpy() == time_) & (table["value"].to_numpy() == value)
        flags[late & (flags != SUSPECT) & (flags != FAIL)] = NOT_EVALUATED
        # Sent again it keeps its flag, unless its sender now says another one: that is a judgement, not a repetition.
        again &= table["flag"].to_numpy() == NOT_EVALUATED
        flags[again] = flag[again]
    return flags


def _revised(pushed: Pushed, schema: pa.Schema) -> pa.Table:
    """Earlier values whose one flag has changed, as readings."""
    revised = pushed.revised
    revised = revised.filter(pc.not_equal(revised["before"], revised["aggregate"]))
    columns = []
    for field in schema:
        if field.name == "flag":
            columns.append(revised["aggregate"].cast(field.type))
        elif field.name == "row":
            columns.append(pa.array(np.full(revised.num_rows, -1), field.type))
        else:
            columns.append(revised[field.name].cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)
