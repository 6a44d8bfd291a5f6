"""Quality control as values arrive: push a table, get its flags, and those of earlier values that they changed.

The order of arrival is the order of the rows. A value no later than the newest of its series is *late*: tests of one
value look at it, tests of a series leave it out. However the rows are cut into pushes, the last word on each is the
same: everything that a flag hangs on is either in the push or remembered.

Memory is bounded: for each series the newest value, and as many before it as its tests look back over, never more than
``most_points``.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay.mine.quality import group, point, sequence
from clearbay.mine.quality.config import SEQUENCE, Config
from clearbay.mine.quality.directory import Directory
from clearbay.mine.quality.flags import MISSING, NOT_EVALUATED, aggregate
from clearbay.mine.quality.memory import Memory, within
from clearbay.mine.quality.series import Places, Rows, Times, Values
from clearbay.model.errors import BadInput

VERSION = 1
"""Of the state that ``Stream.state`` writes."""

NEVER = np.iinfo(np.int64).min
_ALL = slice(None)
_CENSORING = {"": 0, "<": 1, ">": 2}


@dataclass(frozen=True, eq=False)
class Arrived:
    """The rows of a push as arrays, in their order."""

    slot: Places
    time: Times
    value: Values
    censoring: npt.NDArray[np.int8]
    table: pa.Table


@dataclass(frozen=True, eq=False)
class Pushed:
    """What a push gives: ``flags``, one row for each row pushed, a column a test and ``aggregate``; and ``revised``,
        the earlier rows whose flags have changed, with station, property, depth, averaging, time, value and their flags
    (``before`` is the aggregate until now). ``late`` marks the rows no later than the newest of their series; where
        there are any, ``newest`` has of each row the time, value and one flag of the newest of its series before this
        push."""

    flags: pa.Table
    revised: pa.Table
    late: npt.NDArray[np.bool_]
    newest: tuple[Times, Values, npt.NDArray[np.int8]] | None = None


class Stream:
    """Flags values as they arrive; see the module. One thread at a time.

    ``medium`` tells what a station measures (``sea``, ``river``…), where the configuration makes a difference.
    ``homes`` gives the registered longitude and latitude of stations, for the test of location.
    """

    def __init__(
        self,
        config: Config,
        state: bytes | None = None,
        *,
        medium: Callable[[str], str] | None = None,
        homes: Callable[[str], tuple[float, float]] | None = None,
    ) -> None:
        self.config = config
        self.directory = Directory(config, medium)
        self._homes = homes
        self.memory = Memory()
        self.newest = np.zeros(0, dtype=np.int64)
        self.since = np.zeros(0, dtype=np.int64)
        self.last_value = np.zeros(0)
        self.last_censoring = np.zeros(0, dtype=np.int8)
        self.last_flags = np.zeros((0, len(config.tests)), dtype=np.int8)
        self.site_newest = np.zeros(0, dtype=np.int64)
        self._column = {test: place for place, test in enumerate(config.tests)}
        self._sequential = tuple(test for test in SEQUENCE if test in self._column)
        if state is not None:
            self._restore(state)

    def push(self, table: pa.Table, *, keep: bool = True) -> Pushed:
        """Flag the rows of a table: station, property, depth, averaging (left out: nothing), time, value; optional
        censoring, flag, longitude, latitude, minutes. ``keep`` False: nothing more will come, remember nothing.
        """
        rows = self._arrived(table)
        flags = np.full((len(self.config.tests), len(rows.slot)), NOT_EVALUATED, dtype=np.int8)
        self._point_tests(rows, flags)
        order: Any = np.argsort(rows.slot, kind="stable") if _unsorted(rows.slot) else _ALL
        late = _late(rows.slot[order], rows.time[order], self.newest)
        newest = None
        if late.any():
            last = aggregate(self.last_flags[rows.slot])
            newest = self.newest[rows.slot], self.last_value[rows.slot], last
            fresh: Any = order[~late] if order is not _ALL else np.flatnonzero(~late)
            behind = np.ones(len(late), dtype=bool)
            behind[fresh] = False
        else:
            fresh, behind = order, late
        slots, starts, lengths = _stretches(rows.slot[fresh])
        changed = _Changed(self.last_flags)
        if self._sequential:
            self._sequence_tests(rows, fresh, slots, lengths, flags, changed, keep=keep)
        if fresh is _ALL and {"neighbour", "consistency"} & self._column.keys():
            fresh = np.arange(len(rows.slot))
        if "neighbour" in self._column:
            flags[self._column["neighbour"]] = group.neighbours(self, rows, fresh)
        if "consistency" in self._column:
            group.samples(self, rows, fresh, flags[self._column["consistency"]], changed, self._column["consistency"])
        flags[:, np.isnan(rows.value)] = MISSING
        revised = self._revised(changed)
        if keep:
            self._remember(rows, fresh, slots, starts, lengths, flags)
        return Pushed(self._table(flags), revised, behind, newest)

    def slots(self, table: pa.Table) -> Places:
        """The series of each row by number: where ``newest``, ``last_value`` and the others have theirs."""
        slots = self.directory.slots(table)
        self._grow()
        return slots

    def _arrived(self, table: pa.Table) -> Arrived:
        for column in ("time", "value"):
            if column not in table.schema.names:
                raise BadInput(
                    f"the table has no column {column}", where="quality", mend="give time and value at least"
                )
        slot = self.slots(table)
        time = table["time"]
        if time.null_count:
            raise BadInput(f"{time.null_count} times are empty", where="quality", mend="leave such rows out")
        time = time if pa.types.is_integer(time.type) else time.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        given = table["value"]
        given = given if given.type == pa.float64() else given.cast(pa.float64())
        value = (given.fill_null(np.nan) if given.null_count else given).to_numpy()
        infinite = ~np.isfinite(value)
        if infinite.any():
            value = np.where(infinite, np.nan, value)
        censoring = np.zeros(table.num_rows, dtype=np.int8)
        if "censoring" in table.schema.names and self.directory.members:
            words = table["censoring"].combine_chunks().dictionary_encode()
            words = words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
            known = np.array(
                [_CENSORING.get(word or "", 0) for word in words.dictionary.to_pylist()] or [0], dtype=np.int8
            )
            censoring = known[words.indices.fill_null(0).to_numpy(zero_copy_only=False)]
        return Arrived(slot, time.to_numpy(), value, censoring, table)

    def _grow(self) -> None:
        more = len(self.directory) - len(self.newest)
        if more > 0:
            more = max(more, len(self.newest))
            self.newest = np.concatenate([self.newest, np.full(more, NEVER)])
            self.since = np.concatenate([self.since, np.full(more, NEVER)])
            self.last_value = np.concatenate([self.last_value, np.full(more, np.nan)])
            self.last_censoring = np.concatenate([self.last_censoring, np.zeros(more, dtype=np.int8)])
            empty = np.full((more, len(self.config.tests)), NOT_EVALUATED, dtype=np.int8)
            self.last_flags = np.concatenate([self.last_flags, empty])
        more = self.directory.sites - len(self.site_newest)
        if more > 0:
            more = max(more, len(self.site_newest))
            self.site_newest = np.concatenate([self.site_newest, np.full(more, NEVER)])
        self.memory.grow(len(self.newest))

    def _numbers(self, test: str, plans: Places) -> tuple[list[Any], npt.NDArray[np.bool_] | None]:
        """The parameters of a test for rows of these plans, as numbers where all are the same; and which rows have it
        (None: all)."""
        table = self.directory.parameters(test)
        if len(plans) and (table == table[0])[:, -1].all() and len(table) == 1:
            row = table[0]
            return row[:-1].tolist(), None if row[-1] else np.zeros(len(plans), dtype=bool)
        given = table[plans]
        has = given[:, -1] > 0
        return [given[:, place] for place in range(given.shape[1] - 1)], None if has.all() else has

    def _point_tests(self, rows: Arrived, flags: npt.NDArray[np.int8]) -> None:
        plans = self.directory.plan[rows.slot]
        for test in ("source_flag", "gross_range", "climatology", "hour_coverage", "location"):
            if test not in self._column or not len(plans):
                continue
            numbers, has = self._numbers(test, plans)
            if has is not None and not has.any():
                continue
            found = self._point(test, rows, plans, numbers)
            if found is not None:
                flags[self._column[test]] = found if has is None else np.where(has, found, NOT_EVALUATED)

    def _point(self, test: str, rows: Arrived, plans: Places, numbers: list[Any]) -> npt.NDArray[np.int8] | None:
        names = rows.table.schema.names
        if test == "source_flag":
            if "flag" not in names:
                return None
            given = rows.table["flag"].cast(pa.int8()).fill_null(int(NOT_EVALUATED)).to_numpy()
            return point.source_flag(given, rows.value)
        if test == "gross_range":
            return point.gross_range(rows.value, *numbers)
        if test == "hour_coverage":
            return None if "minutes" not in names else point.hour_coverage(_column(rows.table, "minutes"), numbers[0])
        if test == "location":
            if not {"longitude", "latitude"} <= set(names):
                return None
            longitude, latitude = _column(rows.table, "longitude"), _column(rows.table, "latitude")
            return point.location(longitude, latitude, self.config.box, self._home_of(rows), self.config.farthest)
        table = self.directory.parameters("climatology")[:, :-1].reshape(-1, 12, 4)
        spans = table[plans, point.months(rows.time, self.config.utc_offset)]
        known: npt.NDArray[np.bool_] = np.logical_not(np.isnan(spans).all(axis=1))
        fail_low, fail_high, low, high = spans.T
        return point.climatology(rows.value, fail_low, fail_high, low, high, known)

    def _home_of(self, rows: Arrived) -> tuple[Values, Values] | None:
        if self._homes is None:
            return None
        used, place = np.unique(rows.slot, return_inverse=True)
        homes = np.array([self._homes(self.directory.names[slot][0]) for slot in used.tolist()], dtype=np.float64)
        return homes[place, 0], homes[place, 1]

    def _sequence_tests(
        self,
        rows: Arrived,
        fresh: Any,
        slots: Places,
        lengths: Places,
        flags: npt.NDArray[np.int8],
        changed: _Changed,
        *,
        keep: bool,
    ) -> None:
        """Run the tests of series on the rows that came in order, with the values before them from memory."""
        wanted = self.directory.points[slots] > 0
        if not wanted.any():
            return
        if not wanted.all():
            fresh = np.arange(len(rows.slot)) if fresh is _ALL else fresh
            fresh = fresh[np.repeat(wanted, lengths)]
            slots, lengths = slots[wanted], lengths[wanted]
        before, old_time, old_value = self.memory.load(slots)
        whole = before + lengths
        begin = np.cumsum(whole) - whole
        time, value, new = rows.time[fresh], rows.value[fresh], cast(Any, _ALL)
        if len(old_time):
            old = np.repeat(begin, before) + within(before)
            new = np.repeat(begin + before, lengths) + within(lengths)
            parts = (old_time, old_value), (time, value)
            time, value = np.empty(int(whole.sum()), dtype=np.int64), np.empty(int(whole.sum()))
            time[old], value[old] = parts[0]
            time[new], value[new] = parts[1]
        since = self.since[slots]
        since = np.where(since == NEVER, time[begin], since)
        together = Rows(time, value, whole, since, self.config.most_points)
        plans = np.repeat(self.directory.plan[slots], whole) if len(self.directory.plans) > 1 else np.zeros(1, np.int64)
        for test in self._sequential:
            numbers, has = self._numbers(test, plans)
            if has is not None and not has.any():
                continue
            found = _KERNELS[test](together, *numbers)
            if has is not None:
                found[~has & ~together.missing] = NOT_EVALUATED
            flags[self._column[test]][fresh] = found[new]
            if test == "spike":
                had = before > 0
                changed.note(slots[had], self._column[test], found[(begin + before - 1)[had]])
        if keep:
            self._keep(slots, whole, begin, time, value)

    def _keep(self, slots: Places, whole: Places, begin: Places, time: Times, value: Values) -> None:
        """Remember of each series what the next value will be looked at with."""
        from_end = np.repeat(whole, whole) - within(whole)
        newest = time[begin + whole - 1]
        horizon = newest - self.directory.horizon[slots]
        kept = (from_end <= np.repeat(self.directory.points[slots], whole)) | (time >= np.repeat(horizon, whole))
        kept &= from_end <= self.config.most_points
        counts = np.add.reduceat(kept, begin, dtype=np.int64)
        self.memory.store(slots, counts, time[kept], value[kept])

    def _remember(
        self, rows: Arrived, fresh: Any, slots: Places, starts: Places, lengths: Places, flags: npt.NDArray[np.int8]
    ) -> None:
        if not len(slots):
            return
        first, last = starts, starts + lengths - 1
        if fresh is not _ALL:
            first, last = fresh[first], fresh[last]
        unborn = self.since[slots] == NEVER
        self.since[slots[unborn]] = rows.time[first[unborn]]
        self.newest[slots] = rows.time[last]
        self.last_value[slots] = rows.value[last]
        self.last_censoring[slots] = rows.censoring[last]
        self.last_flags[slots] = flags[:, last].T

    def _table(self, flags: npt.NDArray[np.int8]) -> pa.Table:
        columns = {test: flags[place] for test, place in self._column.items()}
        return pa.table({**columns, "aggregate": aggregate(flags.T)})

    @cached_property
    def _none(self) -> pa.Table:
        """Earlier rows whose flags have changed, where there are none."""
        words = dict.fromkeys(("station", "property", "depth", "averaging"), pa.string())
        flags = dict.fromkeys((*self._column, "before", "aggregate"), pa.int8())
        kinds = {**words, "time": pa.timestamp("us"), "value": pa.float64(), "censoring": pa.string(), **flags}
        return pa.schema(list(kinds.items())).empty_table()

    def _revised(self, changed: _Changed) -> pa.Table:
        """The newest values of series before this push whose flags it has changed."""
        slots, flags = changed.settled()
        if not len(slots):
            return self._none
        names = [self.directory.names[slot] for slot in slots.tolist()]
        columns: dict[str, Any] = {
            column: pa.array([name[place] for name in names], pa.string())
            for place, column in enumerate(("station", "property", "depth", "averaging"))
        }
        columns["time"] = pa.array(self.newest[slots]).cast(pa.timestamp("us"))
        columns["value"] = self.last_value[slots]
        marks = ["", "<", ">"]
        columns["censoring"] = pa.array([marks[mark] for mark in self.last_censoring[slots].tolist()], pa.string())
        columns |= {test: flags[:, place] for test, place in self._column.items()}
        columns["before"] = aggregate(self.last_flags[slots])
        columns["aggregate"] = aggregate(flags)
        self.last_flags[slots] = flags
        return pa.table(columns)

    def state(self) -> bytes:
        """Everything remembered, to go on later with the same configuration."""
        count = len(self.directory)
        arrays = {
            **self.memory.dump(count),
            "newest": self.newest[:count],
            "since": self.since[:count],
            "last_value": self.last_value[:count],
            "last_censoring": self.last_censoring[:count],
            "last_flags": self.last_flags[:count],
            "site_newest": self.site_newest[: self.directory.sites],
        }
        about = {"version": VERSION, "config": self.config.identity, "names": self.directory.names}
        arrays["about"] = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)  # type: ignore[arg-type]
        return buffer.getvalue()

    def _restore(self, state: bytes) -> None:
        try:
            with np.load(io.BytesIO(state), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            about = json.loads(arrays["about"].tobytes())
            known = about["version"] == VERSION and about["config"] == self.config.identity
            names = [(str(a), str(b), str(c), str(d)) for a, b, c, d in about["names"]]
        except (ValueError, KeyError, OSError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise BadInput("the state of quality control cannot be read", where="state", mend="begin anew") from error
        if not known:
            raise BadInput("the state belongs to another configuration", where="state", mend="begin anew")
        self.directory.add(names)
        self._grow()
        self.memory = Memory.restore(arrays)
        self.memory.grow(len(self.newest))
        for name in ("newest", "since", "last_value", "last_censoring", "last_flags", "site_newest"):
            getattr(self, name)[: len(arrays[name])] = arrays[name]


_KERNELS: dict[str, Callable[..., npt.NDArray[np.int8]]] = {
    "spike": sequence.spike,
    "rate_of_change": sequence.rate_of_change,
    "flat_line": sequence.flat_line,
    "attenuated_signal": sequence.attenuated_signal,
    "gap": sequence.gap,
    "held_value": sequence.held_value,
}


class _Changed:
    """Flags of the newest values before a push that it changes, of one test after another."""

    def __init__(self, last: npt.NDArray[np.int8]) -> None:
        self._last = last
        self._parts: list[tuple[Places, int, npt.NDArray[np.int8]]] = []

    def note(self, slots: Places, column: int, flags: npt.NDArray[np.int8]) -> None:
        """The flags that one test gives these slots now."""
        differs = self._last[slots, column] != flags
        if differs.any():
            self._parts.append((slots[differs], column, flags[differs]))

    def settled(self) -> tuple[Places, npt.NDArray[np.int8]]:
        """The slots that changed, and all their flags."""
        if not self._parts:
            return np.empty(0, dtype=np.int64), self._last[:0]
        slots = np.unique(np.concatenate([part[0] for part in self._parts]))
        flags = self._last[slots].copy()
        for own, column, given in self._parts:
            flags[np.searchsorted(slots, own), column] = given
        return slots, flags


def _column(table: pa.Table, name: str) -> Values:
    column: Values = table[name].cast(pa.float64()).fill_null(np.nan).to_numpy()
    return column


def _unsorted(slot: Places) -> bool:
    return bool((np.diff(slot) < 0).any())


def _stretches(slot: Places) -> tuple[Places, Places, Places]:
    """The slots of rows sorted by slot, where each begins and how many rows it has."""
    if not len(slot):
        none = np.empty(0, dtype=np.int64)
        return none, none, none
    starts = np.concatenate([[0], np.flatnonzero(np.diff(slot)) + 1])
    return slot[starts], starts, np.diff(np.append(starts, len(slot)))


def _late(slot: Places, time: Times, newest: Times, *, equal: bool = False) -> npt.NDArray[np.bool_]:
    """Rows, sorted by slot and then by arrival, that are no later than one of their slot that came before them.

    ``equal``: the same time again is not late.
    """
    if not len(slot):
        return np.zeros(0, dtype=bool)
    slots, starts, lengths = _stretches(slot)
    last = newest[slots]
    step = np.diff(time)
    ahead = np.ones(len(slot), dtype=bool)
    ahead[1:] = (step >= 0) if equal else (step > 0)
    ahead[starts] = (time[starts] >= last) if equal else (time[starts] > last)
    if ahead.all():
        return ~ahead
    # Ranks stand in for times, so that slot and time fit into one number whose running maximum starts anew by slot.
    ranks = np.unique(np.concatenate([time, last]), return_inverse=True)[1].reshape(-1)
    rank, seen = ranks[: len(time)], ranks[len(time) :]
    scale = len(ranks) + 1
    number = np.repeat(np.arange(len(slots)), lengths)
    key = number * scale + rank
    floor = np.arange(len(slots)) * scale + seen
    before = np.empty(len(key), dtype=np.int64)
    before[0] = floor[0]
    running = np.maximum.accumulate(key)
    before[1:] = running[:-1]
    before = np.maximum(before, np.repeat(floor, lengths))
    return key < before if equal else key <= before
