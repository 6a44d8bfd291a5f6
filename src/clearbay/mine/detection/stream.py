"""All detectors over readings as they arrive, or over a history at once: the same machines, the same signals.

Values flagged as failed or missing are not judged; a suspect value counts only with a second one beside it. A value
older than the newest of its series was overtaken: it is stored, but it changes no judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from clearbay.mine.detection.bounds import Bound, bound
from clearbay.mine.detection.outlet import Constant, InspectionDrop, LoadBalance, Pinned
from clearbay.mine.detection.place import Silence, Together
from clearbay.mine.detection.series import Change, Drift, Exceedance
from clearbay.mine.detection.signal import Series, Signal
from clearbay.model.observation import Flag
from clearbay.model.station import Station
from clearbay.packs import properties

LINEAR = frozenset({"pH", "water_temp", "DO", "DO_sat", "salinity", "AQHI", "redox", "secchi", "level"})
"""Properties whose noise adds; that of all others (concentrations, counts, flows) multiplies."""

UNJUDGED = (int(Flag.FAIL), int(Flag.MISSING))
_DAY = 86_400_000_000
OFTEN = _DAY // 4
"""Values without an averaging that come so soon after each other are telemetry, not samples."""


@dataclass(slots=True)
class _Machines:
    exceedance: Exceedance
    change: Change
    drift: Drift | None
    constant: Constant | None
    pinned: Pinned | None
    drop: InspectionDrop | None
    load: LoadBalance | None
    last: int = -(2**62)
    day: int = -(2**62)
    bound: Bound | None = None


@dataclass
class Stream:
    """The machines of every series seen so far.

    ``stations`` looks a station up by id (None: unknown, judged without limits); ``targets`` as in ``bounds.bound``;
    ``only`` runs these detectors alone (all, if None).
    """

    stations: Callable[[str], Station | None]
    targets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    only: frozenset[str] | None = None
    _series: dict[Series, _Machines] = field(default_factory=dict)
    _together: dict[tuple[str, str], Together] = field(default_factory=dict)
    _silence: dict[str, Silence] = field(default_factory=dict)
    _flow: dict[str, tuple[int, float]] = field(default_factory=dict)
    _pending: dict[tuple[str, str], tuple[int, dict[Series, float], dict[Series, float]]] = field(default_factory=dict)

    def knows(self, station: str) -> bool:
        """Whether any value of the station was seen."""
        return station in self._silence

    def push(self, readings: pa.Table) -> list[Signal]:
        """Judge readings (columns of ``READINGS``) in the order of time; signals in that order."""
        if not readings.num_rows:
            return []
        found: list[Signal] = []
        for row in _rows(readings):
            found += self._judged(*row)  # type: ignore[arg-type]
        return found if self.only is None else [one for one in found if one.kind in self.only]

    def flush(self) -> list[Signal]:
        """Judge the moments that wait for their other sensors; a history's last word, and a stream's each second."""
        found = []
        for key in sorted(self._pending):
            time, residuals, values = self._pending.pop(key)
            found += _some(self._together[key].push(time, residuals, values))
        return found

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

    def _judged(
        self, station: str, code: str, depth: str, averaging: str, time: int, value: float, censoring: str, flag: int
    ) -> list[Signal]:
        series = (station, code, depth, averaging)
        machines = self._series.get(series)
        if machines is None:
            machines = self._series[series] = self._made(series)
        if time <= machines.last:
            return []
        pace = averaging or ("hour" if time - machines.last <= OFTEN else "")
        machines.last = time
        found: list[Signal] = []
        if averaging not in ("", "day"):
            if station not in self._silence:
                self._silence[station] = Silence(station, averaging)
            found += self._silence[station].push(time)
        elif station not in self._silence:
            self._silence[station] = Silence(station, averaging)
        if flag in UNJUDGED:
            return found
        place = self.stations(station)
        if time // _DAY != machines.day:
            machines.day = time // _DAY
            machines.bound = bound(place, code, depth, averaging, time, self.targets) if place is not None else None
        limit = machines.bound
        suspect = flag == Flag.SUSPECT
        if not (censoring == "<" and limit is not None and value > limit.high):
            signal = machines.exceedance.push(time, value, limit, suspect, pace)
            if signal is not None:
                found.append(signal)
        if code == "AQHI" or (self.only is not None and self.only == {"exceedance"}):
            return found  # an index of what is watched already: its limit is enough
        signal = machines.change.push(time, value, pace, suspect)
        if signal is not None:
            found.append(signal)
        if machines.drift is not None and (signal := machines.drift.push(time, value)) is not None:
            found.append(signal)
        if machines.constant is not None:
            self._doubted(machines, station, code, time, value, censoring, found)
        self._gathered(series, time, machines.change.residual, value, found)
        return found

    def _doubted(
        self,
        machines: _Machines,
        station: str,
        code: str,
        time: int,
        value: float,
        censoring: str,
        found: list[Signal],
    ) -> None:
        """The rules for outlets that measure themselves."""
        if machines.constant is None or machines.pinned is None or machines.drop is None or machines.load is None:
            return
        if code == "flow":
            self._flow[station] = (time, value)
            if value > 0 and (signal := machines.constant.push(time, value, False)) is not None:
                found.append(signal)
            return
        told = [
            machines.constant.push(time, value, censoring == "<"),
            machines.pinned.push(time, value, machines.bound),
            machines.drop.push(time, value),
        ]
        moment, flow = self._flow.get(station, (-1, 0.0))
        if moment == time:
            told.append(machines.load.push(time, value, flow))
        found += [signal for signal in told if signal is not None]

    def _gathered(self, series: Series, time: int, residual: float, value: float, found: list[Signal]) -> None:
        """Hold a moment's residuals until the next moment of the station begins; then judge them together."""
        key = (series[0], series[3])
        waiting = self._pending.get(key)
        if waiting is not None and waiting[0] != time:
            signal = self._together[key].push(*waiting)
            if signal is not None:
                found.append(signal)
            waiting = None
        if waiting is None:
            self._together.setdefault(key, Together(series[0]))
            waiting = self._pending[key] = (time, {}, {})
        waiting[1][series] = residual
        waiting[2][series] = value

    def _made(self, series: Series) -> _Machines:
        station, code, _, averaging = series
        place = self.stations(station)
        known = properties().get(code)
        logarithm = code not in LINEAR and (known is None or known.unit not in ("Cel", "[pH]", "%", "1"))
        outlet = place is not None and place.medium == "effluent"
        return _Machines(
            Exceedance(series),
            Change(series, logarithm),
            Drift(series) if averaging not in ("",) else None,
            Constant(series) if outlet else None,
            Pinned(series) if outlet else None,
            InspectionDrop(series, place.utc_offset if place else 0) if outlet else None,
            LoadBalance(series) if outlet else None,
        )


def batch(
    readings: pa.Table,
    stations: Mapping[str, Station],
    targets: Mapping[str, tuple[str, str]] | None = None,
) -> list[Signal]:
    """The signals of a whole history: what a stream fed with it in the order of time would have given."""
    stream = Stream(stations.get, targets or {})
    return stream.push(readings) + stream.flush()


def _some(signal: Signal | None) -> list[Signal]:
    return [] if signal is None else [signal]


_COLUMNS = ("station", "property", "depth", "averaging", "time", "value", "censoring", "flag")


def _rows(readings: pa.Table) -> Iterable[Sequence[object]]:
    """Rows by time, then station; flow before what it carries."""
    micros = pc.cast(readings.column("time"), pa.int64())
    table = readings.select(list(_COLUMNS)).set_column(4, "time", micros)
    table = table.append_column("late", pc.not_equal(table.column("property"), "flow"))
    order = pc.sort_indices(
        table,
        sort_keys=[(name, "ascending") for name in ("time", "station", "late", "property", "depth", "averaging")],
    )
    table = table.take(order)
    return zip(*(table.column(name).to_pylist() for name in _COLUMNS), strict=True)
