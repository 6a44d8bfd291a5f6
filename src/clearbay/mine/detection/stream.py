"""All detectors over readings as they arrive, or over a history at once: the same machines, the same signals.

Values flagged as failed or missing are not judged; a suspect value counts only with a second one beside it. A value
older than the newest of its series was overtaken: it is stored, but it changes no judgement.

A group of readings goes through in waves: the first moment of every station in it, then the second, and so on. What
stations say of one wave is judged abreast, all series at a time; where a wave is narrow, as in the history of one
station, its series are judged alone, value by value. Both ways give the same, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.mine.detection.bounds import bound
from clearbay.mine.detection.changes import HOUR, PACES, Floats, Mask, Times
from clearbay.mine.detection.machines import Alone, Machines
from clearbay.mine.detection.outlet import DAY, OFFICE
from clearbay.mine.detection.outlet import HOUR as AN_HOUR
from clearbay.mine.detection.place import Moment, Silence, Together, together
from clearbay.mine.detection.signal import Series, Signal
from clearbay.mine.slots import Places, Slots
from clearbay.model.observation import Flag
from clearbay.model.station import Station

UNJUDGED = (int(Flag.FAIL), int(Flag.MISSING))
OFTEN = DAY // 4
"""Values without an averaging that come so soon after each other are telemetry, not samples."""

ABREAST = 24
"""Rows from which a wave is judged abreast: below, its fixed cost is that of as many values alone."""

Key = tuple[str, str]
"""Station and averaging: what speaks together."""

Told = list[tuple[int, int, Signal]]
"""Signals with the row that they tell of and, within it, the order of the detectors."""

_SILENCE, _EXCEEDANCE, _CHANGE, _DRIFT, _CONSTANT, _PINNED, _DROP, _LOAD, _TOGETHER = range(9)


class _Rows(NamedTuple):
    """Rows of a group in the order of time and place; ``row`` is their number in it."""

    row: Places
    slot: Places
    time: Times
    value: Floats
    below: Mask
    flag: npt.NDArray[np.int8]

    def where(self, chosen: Any) -> _Rows:
        """Some of them."""
        return _Rows(*(column[chosen] for column in self))


class _Open(NamedTuple):
    """A moment of a station as its values come one after the other."""

    time: int
    series: list[Series]
    residuals: list[float]
    values: list[float]


@dataclass
class Stream:
    """The machines of every series seen so far.

    ``stations`` looks a station up by id (None: unknown, judged without limits); ``targets`` as in ``bounds.bound``;
    ``only`` runs these detectors alone (all, if None); ``abreast`` is the width from which waves are judged abreast.
    """

    stations: Callable[[str], Station | None]
    targets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    only: frozenset[str] | None = None
    abreast: int = ABREAST
    _slots: Slots = field(default_factory=Slots)
    _silence: dict[str, Silence] = field(default_factory=dict)
    _together: dict[Key, Together] = field(default_factory=dict)
    _pending: dict[Key, Moment] = field(default_factory=dict)
    _sets: dict[Key, tuple[bytes, tuple[Series, ...]]] = field(default_factory=dict)
    _machines: Machines = field(init=False)

    def __post_init__(self) -> None:
        self._machines = Machines(self.stations)

    def knows(self, station: str) -> bool:
        """Whether any value of the station was seen."""
        return station in self._silence

    def push(self, readings: pa.Table) -> list[Signal]:
        """Judge readings (columns of ``READINGS``) in the order of time; signals in that order."""
        if not readings.num_rows:
            return []
        found: Told = []
        rows = self._sorted(readings)
        waves = _waves(self._machines.station[rows.slot], rows.time)
        order = np.argsort(waves, kind="stable")
        ends = np.cumsum(np.bincount(waves))
        begin = 0
        for end in ends.tolist():
            if end - begin < self.abreast:
                break
            found += self._wave(rows.where(order[begin:end]))
            begin = end
        if begin < len(order):
            found += self._alone(rows.where(np.sort(order[begin:]) if begin else slice(None)))
        found.sort(key=lambda one: one[:2])
        return [one for *_, one in found if self.only is None or one.kind in self.only]

    def flush(self) -> list[Signal]:
        """Judge the moments that wait for their other sensors; a history's last word, and a stream's each second."""
        waiting = sorted(self._pending.items())
        self._pending.clear()
        found = together([(self._together[key], moment) for key, moment in waiting])
        return [one for one in found if one is not None]

    def silent(self, now: int) -> list[str]:
        """The stations that have been silent for too long at ``now`` (microseconds UTC), and of which nobody heard."""
        if self.only is not None and "silence" not in self.only:
            return []
        return [station for station, one in self._silence.items() if one.overdue(now)]

    def heard(self, station: str, time: int) -> None:
        """A station spoke, though not to this stream."""
        if station in self._silence:
            self._silence[station].push(time)

    def waited(self, now: int) -> list[Signal]:
        """Signals of the stations that are silent at ``now`` (microseconds UTC)."""
        return [signal for id in self.silent(now) if (signal := self._silence[id].waited(now)) is not None]

    def _sorted(self, readings: pa.Table) -> _Rows:
        """The rows by time, then station; flow before what it carries."""
        numbered = self._slots.of(readings)
        self._machines.add(numbered.fresh)
        time = readings.column("time").cast(pa.int64()).to_numpy()
        stations = _ranks(numbered.stations)
        kinds = _ranks([(code != "flow", code, depth, averaging) for code, depth, averaging in numbered.kinds])
        order = np.lexsort((stations[numbered.station] * len(kinds) + kinds[numbered.kind], time))
        slot, time = numbered.slot[order], time[order]
        again = np.flatnonzero((slot[1:] == slot[:-1]) & (time[1:] == time[:-1])) + 1
        if len(again):  # the first of equal times is the one that counts
            order, slot, time = (np.delete(column, again) for column in (order, slot, time))
        return _Rows(
            np.arange(len(order)),
            slot,
            time,
            readings.column("value").to_numpy()[order],
            pc.equal(readings.column("censoring"), "<").to_numpy()[order],
            readings.column("flag").to_numpy()[order],
        )

    # Abreast: many series, one value each.

    def _wave(self, rows: _Rows) -> Told:
        """Judge one moment each of many stations."""
        machines, found = self._machines, list[tuple[int, int, Signal]]()
        machines.recall(rows.slot)
        ahead = rows.time > machines.last[rows.slot]
        if not ahead.all():
            rows = rows.where(ahead)
        base = machines.pace[rows.slot]
        often = (base == 0) & (rows.time - machines.last[rows.slot] <= OFTEN)
        pace = np.where(often, HOUR, base)
        machines.last[rows.slot] = rows.time
        self._heard(rows, base, found)
        judged = (rows.flag != UNJUDGED[0]) & (rows.flag != UNJUDGED[1])
        if not judged.all():
            rows, pace = rows.where(judged), pace[judged]
        new_day = rows.time // DAY != machines.day[rows.slot]
        for place in np.flatnonzero(new_day).tolist():
            self._bound(int(rows.slot[place]), int(rows.time[place]))
        self._exceeding(rows, pace, found)
        watched = ~machines.silent[rows.slot]
        if self.only is not None and self.only == {"exceedance"}:
            return found
        if not watched.all():
            rows, pace, new_day = rows.where(watched), pace[watched], new_day[watched]
        suspect = rows.flag == Flag.SUSPECT
        residual, told = machines.changes.push(rows.slot, rows.time, rows.value, pace, suspect, machines.names)
        found += [(int(rows.row[place]), _CHANGE, signal) for place, signal in told]
        self._drifting(rows, new_day, found)
        self._doubted(rows, found)
        self._gathered(rows, residual, found)
        return found

    def _heard(self, rows: _Rows, base: Places, found: Told) -> None:
        """Each station's word, once a moment."""
        machines = self._machines
        speaks = base >= HOUR
        station = machines.station[rows.slot]
        first = np.flatnonzero(np.concatenate([[True], station[1:] != station[:-1]]))
        for place in first.tolist():
            name, _, _, averaging = machines.names[rows.slot[place]]
            if name not in self._silence:
                self._silence[name] = Silence(name, averaging)
        spoken = np.flatnonzero(speaks)
        own = station[spoken]
        first = spoken[np.concatenate([[True], own[1:] != own[:-1]])] if len(spoken) else spoken
        for place in first.tolist():
            for signal in self._silence[machines.names[rows.slot[place]][0]].push(int(rows.time[place])):
                found.append((int(rows.row[place]), _SILENCE, signal))

    def _bound(self, slot: int, time: int) -> None:
        """The bound of a new day."""
        station, code, depth, averaging = self._machines.names[slot]
        place = self.stations(station)
        self._machines.day[slot] = time // DAY
        told = bound(place, code, depth, averaging, time, self.targets) if place is not None else None
        self._machines.bind(slot, told)

    def _exceeding(self, rows: _Rows, pace: Places, found: Told) -> None:
        machines = self._machines
        high = machines.high[rows.slot]
        over = (rows.value > high) | (rows.value < machines.low[rows.slot])
        asked = (over | machines.busy[rows.slot]) & ~(rows.below & (rows.value > high))
        for place in np.flatnonzero(asked).tolist():
            slot = int(rows.slot[place])
            machine, suspect = machines.exceedance(slot), bool(rows.flag[place] == Flag.SUSPECT)
            time, value = int(rows.time[place]), float(rows.value[place])
            signal = machine.push(time, value, machines.bounds[slot], suspect, PACES[pace[place]])
            machines.busy[slot] = machine.busy
            if signal is not None:
                found.append((int(rows.row[place]), _EXCEEDANCE, signal))

    def _drifting(self, rows: _Rows, new_day: Mask, found: Told) -> None:
        drifts = self._machines.drifts
        slots, values = rows.slot.tolist(), rows.value.tolist()
        for place in np.flatnonzero(new_day).tolist():
            machine = drifts[slots[place]]
            if machine is not None and (signal := machine.push(int(rows.time[place]), values[place])) is not None:
                found.append((int(rows.row[place]), _DRIFT, signal))
        for place in np.flatnonzero(~new_day & (self._machines.pace[rows.slot] > 0)).tolist():
            drifts[slots[place]].today.append(values[place])

    def _doubted(self, rows: _Rows, found: Told) -> None:
        """The rules for outlets that measure themselves."""
        machines = self._machines
        outlet = machines.outlet[rows.slot]
        if (outlet < 0).all():
            return
        rows = rows.where(outlet >= 0)
        flows = machines.flows[rows.slot]
        if flows.any():
            own = rows.where(flows)
            station = machines.station[own.slot]
            machines.flow_time[station], machines.flow[station] = own.time, own.value
        counted = rows.where(~flows | (rows.value > 0))
        below = counted.below & ~machines.flows[counted.slot]
        self._tell(
            counted, _CONSTANT, found,
            machines.constants.push(
                machines.outlet[counted.slot], counted.time, counted.value, below, self._names(counted)
            ),
        )  # fmt: skip
        if flows.any():
            rows = rows.where(~flows)
        limited = (machines.high[rows.slot] <= 1e300) & (machines.limit[rows.slot] > 0)
        if limited.any():
            own = rows.where(limited)
            bounds = [machines.bounds[slot] for slot in own.slot.tolist()]
            told = machines.pins.push(
                machines.outlet[own.slot], own.time, own.value, bounds, self._names(own)
            )  # fmt: skip
            self._tell(own, _PINNED, found, told)
        self._dropping(rows, found)
        station = machines.station[rows.slot]
        known = machines.flow_time[station] == rows.time
        if known.any():
            own = rows.where(known)
            flow = machines.flow[station[known]]
            told = machines.loads.push(machines.outlet[own.slot], own.time, own.value, flow, self._names(own))
            self._tell(own, _LOAD, found, told)

    def _dropping(self, rows: _Rows, found: Told) -> None:
        machines = self._machines
        local = rows.time + machines.offset[rows.slot]
        new_day = local // DAY != machines.drop_day[rows.slot]
        slots, values, drops = rows.slot.tolist(), rows.value.tolist(), machines.drops
        for place in np.flatnonzero(new_day).tolist():
            machine = drops[slots[place]]
            assert machine is not None
            signal = machine.push(int(rows.time[place]), values[place])
            machines.drop_day[slots[place]] = machine.day
            if signal is not None:
                found.append((int(rows.row[place]), _DROP, signal))
        hour = local % DAY // AN_HOUR
        office = (hour >= OFFICE[0]) & (hour < OFFICE[1])
        for place in np.flatnonzero(~new_day & office).tolist():
            drops[slots[place]].office.append(values[place])
        for place in np.flatnonzero(~new_day & ~office).tolist():
            drops[slots[place]].other.append(values[place])

    def _gathered(self, rows: _Rows, residual: Floats, found: Told) -> None:
        """Hold a moment's residuals until the next moment of the station begins; then judge them together."""
        machines = self._machines
        group = machines.station[rows.slot] * len(PACES) + machines.pace[rows.slot]
        if not len(group):
            return
        if (group[1:] < group[:-1]).any():  # stations by number, and what speaks together side by side
            order = np.argsort(group, kind="stable")
            rows, residual, group = rows.where(order), residual[order], group[order]
        begins = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])).tolist()
        due: list[tuple[Together, Moment]] = []
        told: list[int] = []
        for begin, end in zip(begins, [*begins[1:], len(group)], strict=True):
            slots = rows.slot[begin:end]
            station, _, _, averaging = machines.names[slots[0]]
            key, time = (station, averaging), int(rows.time[begin])
            moment = Moment(time, self._series(key, slots), residual[begin:end], rows.value[begin:end])
            waiting = self._pending.get(key)
            if waiting is not None and waiting.time == time:
                moment = waiting.and_(moment)
            elif waiting is not None:
                due.append((self._together[key], waiting))
                told.append(int(rows.row[begin]))
            elif key not in self._together:
                self._together[key] = Together(station)
            self._pending[key] = moment
        for row, signal in zip(told, together(due), strict=True):
            if signal is not None:
                found.append((row, _TOGETHER, signal))

    def _series(self, key: Key, slots: Places) -> tuple[Series, ...]:
        """The names of slots: mostly those of the moment before."""
        numbers = slots.tobytes()
        known = self._sets.get(key)
        if known is None or known[0] != numbers:
            known = self._sets[key] = numbers, tuple(self._machines.names[slot] for slot in slots.tolist())
        return known[1]

    def _names(self, rows: _Rows) -> list[Series]:
        return list(map(self._machines.names.__getitem__, rows.slot.tolist()))

    @staticmethod
    def _tell(rows: _Rows, order: int, found: Told, told: list[tuple[int, Signal]]) -> None:
        found += [(int(rows.row[place]), order, signal) for place, signal in told]

    # Alone: one value after the other.

    def _alone(self, rows: _Rows) -> Told:
        machines, found = self._machines, list[tuple[int, int, Signal]]()
        open_: dict[Key, _Open] = {}
        for row, slot, *values in zip(*(column.tolist() for column in rows), strict=True):
            alone = machines.alone.get(slot) or machines.take(slot)
            found += [(row, 0, signal) for signal in self._judged(slot, alone, open_, *values)]
        for key, one in open_.items():
            self._pending[key] = self._joined(key, one)
        machines.settle()
        return found

    def _judged(
        self, slot: int, alone: Alone, open_: dict[Key, _Open], time: int, value: float, below: bool, flag: int
    ) -> list[Signal]:
        if time <= alone.last:
            return []
        series = self._machines.names[slot]
        station, code, depth, averaging = series
        pace = averaging or ("hour" if time - alone.last <= OFTEN else "")
        alone.last = time
        found: list[Signal] = []
        if station not in self._silence:
            self._silence[station] = Silence(station, averaging)
        if averaging not in ("", "day"):
            found += self._silence[station].push(time)
        if flag in UNJUDGED:
            return found
        if time // DAY != alone.day:
            alone.day = time // DAY
            place = self.stations(station)
            alone.bound = bound(place, code, depth, averaging, time, self.targets) if place is not None else None
        limit, suspect = alone.bound, flag == Flag.SUSPECT
        if not (below and limit is not None and value > limit.high):
            signal = alone.exceedance.push(time, value, limit, suspect, pace)
            if signal is not None:
                found.append(signal)
        if code == "AQHI" or (self.only is not None and self.only == {"exceedance"}):
            return found  # an index of what is watched already: its limit is enough
        signal = alone.change.push(time, value, pace, suspect)
        if signal is not None:
            found.append(signal)
        if alone.drift is not None and (signal := alone.drift.push(time, value)) is not None:
            found.append(signal)
        if alone.constant is not None:
            self._doubted_alone(slot, alone, time, value, below, found)
        self._gathered_alone(series, time, alone.change.residual, value, open_, found)
        return found

    def _doubted_alone(
        self, slot: int, alone: Alone, time: int, value: float, below: bool, found: list[Signal]
    ) -> None:
        if alone.constant is None or alone.pinned is None or alone.drop is None or alone.load is None:
            return
        machines = self._machines
        station = machines.station[slot]
        if machines.flows[slot]:
            machines.flow_time[station], machines.flow[station] = time, value
            if value > 0 and (signal := alone.constant.push(time, value, False)) is not None:
                found.append(signal)
            return
        told = [
            alone.constant.push(time, value, below),
            alone.pinned.push(time, value, alone.bound),
            alone.drop.push(time, value),
        ]
        if machines.flow_time[station] == time:
            told.append(alone.load.push(time, value, float(machines.flow[station])))
        found += [signal for signal in told if signal is not None]

    def _gathered_alone(
        self, series: Series, time: int, residual: float, value: float, open_: dict[Key, _Open], found: list[Signal]
    ) -> None:
        key = (series[0], series[3])
        one = open_.get(key)
        if one is None or one.time != time:
            waiting = self._pending.get(key) if one is None else self._joined(key, one)
            if waiting is not None and waiting.time != time:
                if (signal := self._together[key].push(waiting)) is not None:
                    found.append(signal)
                self._pending.pop(key, None)
            elif waiting is None and key not in self._together:
                self._together[key] = Together(series[0])
            one = open_[key] = _Open(time, [], [], [])
        one.series.append(series)
        one.residuals.append(residual)
        one.values.append(value)

    def _joined(self, key: Key, one: _Open) -> Moment:
        """A moment of a station, with what it said of the same time before."""
        series = tuple(one.series)
        moment = Moment(one.time, series, np.array(one.residuals), np.array(one.values))
        waiting = self._pending.get(key)
        return waiting.and_(moment) if waiting is not None and waiting.time == one.time else moment


def batch(
    readings: pa.Table,
    stations: Mapping[str, Station],
    targets: Mapping[str, tuple[str, str]] | None = None,
) -> list[Signal]:
    """The signals of a whole history: what a stream fed with it in the order of time would have given."""
    stream = Stream(stations.get, targets or {})
    return stream.push(readings) + stream.flush()


def _ranks(words: list[Any]) -> Places:
    """The place of each in their order."""
    ranks = np.empty(len(words), dtype=np.int64)
    ranks[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return ranks


def _waves(station: Places, time: Times) -> Places:
    """Of each row which moment of its station it belongs to; rows in the order of time."""
    order = np.argsort(station, kind="stable")
    own, moment = station[order], time[order]
    new_station = np.concatenate([[True], own[1:] != own[:-1]])
    number = np.cumsum(new_station | np.concatenate([[True], moment[1:] != moment[:-1]]))
    starts = np.flatnonzero(new_station)
    waves = np.empty(len(order), dtype=np.int64)
    waves[order] = number - np.repeat(number[starts], np.diff(np.append(starts, len(order))))
    return waves
