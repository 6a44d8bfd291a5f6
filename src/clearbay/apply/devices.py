"""Care of devices: who is there, who is silent, what came of what each owes, and who may send at all.

Counts are taken from the observations themselves, so that a packet sent twice counts once and a value that a person has
judged since counts as judged. Two rates are shown:

- transmission rate: values received over values owed by the plan;
- validity rate: valid values over values received, valid being QARTOD pass or not evaluated.

Regulators' own formulas for these rates were not read in any official text: these are clearbay's, by the plain meaning
of the words, and must not be quoted as an official result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay import packs
from clearbay.apply.people import decides_over, sees_station
from clearbay.collect.hj212 import CHECKS, check_units, pollutants
from clearbay.collect.hj212.commands import AVERAGING
from clearbay.collect.hj212.sm4 import check_key
from clearbay.collect.hj212.versions import VERSIONS
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import Flag
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES, Text
from clearbay.store import Home
from clearbay.store.clock import now as this_moment
from clearbay.store.devices import Channel, Config, Device, Devices, missing
from clearbay.transmit.gateway.gaps import due, plans

RATES_NOTE: Text = {
    "zh-Hans": "传输率＝收到的数值÷按监测计划应收的数值；有效率＝有效数值÷收到的数值。"
    "监管部门的计算公式未在官方文本中读到，此处为本系统按字面含义计算，不得作为官方结果引用。",
    "zh-Hant": "傳輸率＝收到的數值÷按監測計劃應收的數值；有效率＝有效數值÷收到的數值。"
    "監管部門的計算公式未在官方文本中讀到，此處為本系統按字面含義計算，不得作為官方結果引用。",
    "en": "Transmission rate: values received over values owed by the plan. Validity rate: valid values over values "
    "received. The regulators' own formulas were not read in an official text: these follow the plain meaning of the "
    "words and are no official result.",
    "pt": "Taxa de transmissão: valores recebidos sobre os devidos pelo plano. Taxa de validade: valores válidos sobre "
    "os recebidos. As fórmulas oficiais não foram lidas em texto oficial: estas seguem o sentido comum das palavras e "
    "não são resultado oficial.",
}

_VALID = (int(Flag.PASS), int(Flag.NOT_EVALUATED))


@dataclass(frozen=True, slots=True)
class Day:
    """What a device owed and delivered in a day of its own clock (so far, for today); delays in seconds from the end of
    a value's period to its storing, None where nothing came."""

    date: str
    expected: int
    received: int
    valid: int
    late: int
    delay_p50: float | None = None
    delay_p95: float | None = None

    @property
    def transmission_rate(self) -> float | None:
        """Received over expected; None where nothing is owed."""
        return self.received / self.expected if self.expected else None

    @property
    def validity_rate(self) -> float | None:
        """Valid over received; None where nothing came."""
        return self.valid / self.received if self.received else None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about a device that a person should look at; ``since`` in microseconds UTC."""

    kind: str
    since: int
    text: Text


@dataclass(frozen=True, slots=True)
class Standing:
    """A device with its station's name, whether it is heard, today's counts and its alarms."""

    device: Device
    name: Text | None
    online: bool
    today: Day
    alarms: tuple[Alarm, ...]
    generated: bool


def silence(config: Config) -> timedelta:
    """Silence after which a device counts as offline: three intervals of its minute data (ten minutes at least), or two
    hours where hours are its shortest, or 26 hours where days are."""
    if config.minutes:
        return max(timedelta(minutes=10), 3 * timedelta(minutes=config.minutes))
    return timedelta(hours=2) if config.hours else timedelta(hours=26)


class DeviceCare:
    """What operators ask of the devices of one home, and what they decide."""

    def __init__(self, home: Home) -> None:
        self._home, self.devices = home, Devices(home)

    def every(
        self,
        *,
        status: str | None = None,
        q: str | None = None,
        online: bool | None = None,
        now: datetime | None = None,
        actor: Actor | None = None,
    ) -> list[Device]:
        """Devices by MN; ``q`` is part of an MN or a station's id or name; ``actor``: only those that are theirs to
        see."""
        moment = now or this_moment()
        found = self.devices.every()
        if actor is not None:
            places = self._places()
            found = tuple(one for one in found if sees_station(actor, one.station, places.get(one.station, "")))
        names = {one.id: one.name for one in self._home.stations()} if q else {}
        return [
            one
            for one in found
            if (status is None or one.status == status)
            and (online is None or is_online(one, moment) == online)
            and (not q or _mentions(one, q.casefold(), names))
        ]

    def seen(self, mn: str, actor: Actor) -> Device:
        """One device; one that is not somebody's to see is told in the words of one that is not there."""
        found = self.devices.get(mn)
        if not sees_station(actor, found.station, self._places().get(found.station, "")):
            raise missing(mn)
        return found

    def _places(self) -> dict[str, str]:
        return {one.id: one.jurisdiction for one in self._home.stations()}

    def _check(self, actor: Actor | None, mn: str, station: str | None) -> None:
        """Whether somebody may decide over a device: neither the station that it has nor the one that it gets may lie
        elsewhere."""
        if actor is None:
            return
        places = self._places()
        held = next((one.station for one in self.devices.every(mns=[mn])), "")
        if held and not decides_over(actor, places.get(held, "")):
            raise missing(mn)
        if station and not decides_over(actor, places.get(station, "")):
            raise BadInput(f"no station {station!r}", where="station", mend="register the station first")

    def standings(self, devices: Sequence[Device], now: datetime | None = None) -> list[Standing]:
        """How these devices stand now."""
        moment = now or this_moment()
        stations = {one.id: one for one in self._home.stations()}
        wanted = {one.station for one in devices if one.station}
        start = moment - timedelta(days=2)
        table = self._home.reader().observations(stations=wanted, start=start) if wanted else None
        return [self._standing(one, stations.get(one.station), table, moment) for one in devices]

    def days(self, device: Device, count: int = 30, now: datetime | None = None) -> list[Day]:
        """The last days of a device, today last."""
        moment = now or this_moment()
        if not device.station:
            return []
        start = moment - timedelta(days=count + 1)
        table = self._home.reader().observations(stations=[device.station], start=start)
        offset = timedelta(minutes=device.config.utc_offset)
        today = (moment + offset).date()
        return [_day(device, table, today - timedelta(days=back), moment) for back in range(count - 1, -1, -1)]

    def approve(
        self,
        mn: str,
        *,
        station: str | None = None,
        new_station: Station | None = None,
        by: Actor | None = None,
        **changes: Any,
    ) -> Device:
        """Let a device send, for a station that exists or a new one; ``changes`` as in ``configured``, ``by`` who
        decides.

        Raises ``BadInput`` for what does not fit, ``UnknownName`` for a code without property.
        """
        self._check(by, mn, station)
        known = self.devices.every(mns=[mn])
        config = configured(known[0].config if known else Config(), changes)
        if new_station is not None:
            self._home.register_stations([new_station], replace=False)
            station = new_station.id
        return self.devices.decide(mn, "approved", station=station, config=config, by=by)

    def configure(self, mn: str, *, station: str | None = None, by: Actor | None = None, **changes: Any) -> Device:
        """Change what is laid down for a device that is known."""
        device = self.devices.get(mn)
        self._check(by, mn, station)
        config = configured(device.config, changes)
        return self.devices.decide(mn, device.status, station=station, config=config, by=by)

    def refuse(self, mn: str, *, by: Actor | None = None) -> Device:
        """Let a device send no more."""
        self._check(by, mn, None)
        return self.devices.decide(mn, "refused", by=by)

    def _standing(self, device: Device, station: Station | None, table: pa.Table | None, now: datetime) -> Standing:
        today = (now + timedelta(minutes=device.config.utc_offset)).date()
        own = None if table is None or not device.station else table
        day = _day(device, own, today, now) if own is not None else Day(today.isoformat(), 0, 0, 0, 0)
        generated = station is not None and station.generated
        return Standing(
            device,
            station.name if station else None,
            is_online(device, now),
            day,
            tuple(_alarms(device, day, now)),
            generated,
        )


def is_online(device: Device, now: datetime) -> bool:
    """Whether a device was heard within what its plan allows."""
    return device.seen is not None and _micros(now) - device.seen.last_seen <= silence(device.config) / _MICRO


def configured(config: Config, changes: Mapping[str, Any]) -> Config:
    """A configuration with changes, all checked; those that are None change nothing.

    ``channels`` are ``Channel`` without property, or (code, unit) pairs: the property follows from the code.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    if unknown := given.keys() - set(Config.__slots__):
        raise BadInput(f"no setting {', '.join(sorted(unknown))}", where="config")
    if "channels" in given:
        given["channels"] = channels_of(given["channels"])
    new = replace(config, **given)
    if new.version and new.version not in VERSIONS.values():
        raise BadInput(f"no version {new.version!r}", where="version", mend=f"one of {', '.join(VERSIONS.values())}")
    for name in new.crc:
        if name not in CHECKS:
            raise UnknownName(f"no check is called {name!r}", where="crc", mend=f"known: {', '.join(CHECKS)}")
    if new.minutes and new.minutes not in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30):
        raise BadInput(f"no interval of {new.minutes} minutes", where="minutes", mend="1 to 6, 10, 12, 15, 20 or 30")
    if new.key:
        check_key(new.key)
    if new.depth not in ("", "surface", "middle", "bottom"):
        raise BadInput(f"no depth {new.depth!r}", where="depth", mend="surface, middle, bottom or nothing")
    if abs(new.utc_offset) > 14 * 60:
        raise BadInput("no such clock", where="utc_offset", mend="minutes east of UTC")
    return new


def channels_of(given: Iterable[Channel | tuple[str, str]]) -> tuple[Channel, ...]:
    """Channels with the property of their code; ``UnknownName`` where it has none, ``BadInput`` for a unit that does
    not fit, or that must be stated and is not."""
    made = []
    for one in given:
        code, unit = (one.code, one.unit) if isinstance(one, Channel) else one
        known = pollutants().get(code)
        if known is None:
            raise UnknownName(f"no property is known for code {code!r}", where="channels", mend="leave it out")
        if not unit and not known.unit:
            wanted = packs.properties()[known.property].unit
            raise BadInput(f"the unit of {code} must be stated", where="channels", mend=f"for example {code}={wanted}")
        if unit:
            check_units({code: unit})
        made.append(Channel(code, known.property, unit))
    return tuple(made)


_MICRO = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICRO


def _mentions(device: Device, q: str, names: Mapping[str, Text]) -> bool:
    words = (device.mn, device.station, *names.get(device.station, {}).values())
    return any(q in word.casefold() for word in words)


def _day(device: Device, table: pa.Table, date: Any, now: datetime) -> Day:
    """Count one day of a device; ``table`` are observations of its station (and perhaps others)."""
    config = device.config
    start = datetime(date.year, date.month, date.day) - timedelta(minutes=config.utc_offset)
    end = start + timedelta(days=1)
    rows = table.filter(
        pc.and_(
            pc.equal(table["station"], device.station),
            pc.and_(pc.greater_equal(table["time"], pa.scalar(start)), pc.less(table["time"], pa.scalar(end))),
        )
    )
    expected = received = valid = late = 0
    delays: list[npt.NDArray[np.float64]] = []
    planned = {channel.property for channel in config.channels}
    for plan in plans(config, timedelta(days=2)):
        part = rows.filter(pc.equal(rows["averaging"], AVERAGING[plan.command]))
        if planned:
            part = part.filter(pc.is_in(part["property"], pa.array(sorted(planned))))
        times = part["time"].cast(pa.int64()).to_numpy()
        grid = due(replace(plan, back=timedelta(days=3)), min(now, end + plan.grace), config.utc_offset, start)
        on_plan = np.isin(times, grid)
        count = len(planned) or len(pc.unique(part["property"]))
        expected += len(grid) * count
        received += int(on_plan.sum())
        flags = part["flag"].to_numpy()
        valid += int((on_plan & np.isin(flags, _VALID)).sum())
        delay = (part["result_time"].cast(pa.int64()).to_numpy() - times) / 1e6 - plan.period
        late += int((on_plan & (delay > plan.grace.total_seconds())).sum())
        delays.append(np.maximum(delay[on_plan], 0.0))
    every = np.concatenate(delays) if delays else np.empty(0)
    p50, p95 = (float(value) for value in np.quantile(every, (0.5, 0.95))) if len(every) else (None, None)
    return Day(date.isoformat(), expected, received, valid, late, p50, p95)


def _alarms(device: Device, today: Day, now: datetime) -> Iterable[Alarm]:
    if device.status != "approved":
        return
    limit = silence(device.config)
    if device.seen is None:
        since = device.decided or 0
        if _micros(now) - since > limit / _MICRO:
            yield Alarm("never", since, _NEVER)
        return
    if not is_online(device, now):
        hours = (_micros(now) - device.seen.last_seen) / 3.6e9
        yield Alarm("silent", device.seen.last_seen, {one: text.format(hours) for one, text in _SILENT.items()})
    recent = device.seen.recent
    if recent and not recent[-1].read:
        yield Alarm("unreadable", recent[-1].time, _UNREADABLE)
    rate = today.transmission_rate
    if rate is not None and rate < 0.75:
        yield Alarm("incomplete", _micros(now), {one: text.format(100 * rate) for one, text in _INCOMPLETE.items()})


_NEVER: Text = {
    "zh-Hans": "批准后从未发送数据",
    "zh-Hant": "批准後從未傳送數據",
    "en": "Has sent nothing since it was approved",
    "pt": "Nada enviou desde a aprovação",
}
_SILENT: Text = {
    "zh-Hans": "已静默 {:.1f} 小时",
    "zh-Hant": "已靜默 {:.1f} 小時",
    "en": "Silent for {:.1f} hours",
    "pt": "Em silêncio há {:.1f} horas",
}
_UNREADABLE: Text = {
    "zh-Hans": "最近一包无法读取",
    "zh-Hant": "最近一個封包無法讀取",
    "en": "The newest packet could not be read",
    "pt": "O pacote mais recente não pôde ser lido",
}
_INCOMPLETE: Text = {
    "zh-Hans": "今日仅收到应收数值的 {:.0f}%",
    "zh-Hant": "今日僅收到應收數值的 {:.0f}%",
    "en": "Only {:.0f} % of today's values have come",
    "pt": "Só chegaram {:.0f} % dos valores de hoje",
}


def plain_station(mn: str, name: str = "", *, medium: str = "effluent", longitude: float | None = None,
                  latitude: float | None = None, jurisdiction: str = "") -> Station:  # fmt: skip
    """A station for a device, named by a person or by the MN."""
    text = dict.fromkeys(LANGUAGES, name or mn)
    if medium not in ("sea", "river", "lake", "air", "effluent"):
        raise BadInput(f"no medium {medium!r}", where="medium", mend="sea, river, lake, air or effluent")
    return Station(f"hj212.{mn}", mn, text, medium, jurisdiction, "hj212", longitude, latitude)  # type: ignore[arg-type]
