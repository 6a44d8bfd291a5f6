"""Cases of a demonstration: some forty of the last ninety days, made up and marked as such, through the engine.

They are done in the order of their times, under the accounts of the demonstration, so that desk, lists and figures show
what a season of work looks like. Figures keep what is generated apart from what is not.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from clearbay.apply.cases.acts import Act, perform
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.drafts import Draft, Upload
from clearbay.model.case import Actor, Limit, Place
from clearbay.store import Home

SHOWN = "shown"
"""The name of the case to look at first: in the middle of its way, with a picture, held against a limit."""
_NOTE = "demonstration-cases"
_HERE, _COUNTRY = "450000", "100000"

_DUTY = Actor("duty", "Duty officer (demonstration)", frozenset({"duty_officer"}), _HERE)
_HANDLER = Actor("handler", "Handler (demonstration)", frozenset({"handler", "inspector"}), _HERE)
_REVIEWER = Actor("reviewer", "Reviewer (demonstration)", frozenset({"reviewer"}), _HERE)
_CITIZEN = Actor("citizen", "Citizen (demonstration)", frozenset({"public"}), _HERE)
_NEIGHBOUR = Actor("neighbour", "Neighbour (demonstration)", frozenset({"duty_officer", "handler"}), "440000")
_ALL = frozenset({"duty_officer", "handler", "inspector", "reviewer"})
_BAY = Actor("bay-office", "Bay office (demonstration)", _ALL, _COUNTRY)
_TEAM = Actor("bay-team", "Field team (demonstration)", _ALL, _COUNTRY)


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who works on the cases of a jurisdiction."""

    judges: Actor
    handles: Actor
    closes: Actor


_CASTS: Mapping[str, _Cast] = {
    "450000": _Cast(_DUTY, _HANDLER, _REVIEWER),
    "440300": _Cast(_NEIGHBOUR, _NEIGHBOUR, _BAY),
    "440400": _Cast(_NEIGHBOUR, _NEIGHBOUR, _BAY),
    "810000": _Cast(_BAY, _TEAM, _BAY),
    "820000": _Cast(_BAY, _TEAM, _BAY),
}

_PLACES: Mapping[str, tuple[tuple[float, float, str], ...]] = {
    "450000": (
        (109.12, 21.48, "北海银滩 · Silver Beach, Beihai"),
        (108.62, 21.95, "钦州港 · Qinzhou Port"),
        (108.35, 21.62, "防城港西湾 · West Bay, Fangchenggang"),
        (111.28, 23.48, "梧州河段 · River at Wuzhou"),
    ),
    "440300": ((113.95, 22.49, "深圳湾 · Shenzhen Bay"), (114.50, 22.57, "大鹏湾 · Mirs Bay")),
    "440400": ((113.58, 22.27, "香洲港 · Xiangzhou Harbour"), (113.36, 22.03, "高栏港 · Gaolan Port")),
    "810000": ((114.17, 22.29, "維多利亞港 · Victoria Harbour"), (114.22, 22.44, "吐露港 · Tolo Harbour")),
    "820000": ((113.53, 22.20, "內港 · Porto Interior"), (113.56, 22.13, "黑沙海灘 · Praia de Hac Sá")),
}

_COMPLAINTS: tuple[tuple[str, str, str], ...] = (
    ("码头有异味 · Smell at the quay", "water", "phone"),
    ("排口流出白色泡沫 · White foam from an outfall", "water", "wechat"),
    ("河面漂浮油膜 · Oil film on the river", "water", "web"),
    ("夜间有人倾倒废水 · Waste water tipped at night", "water", "phone"),
    ("海滩垃圾堆积 · Rubbish along the beach", "waste", "letter"),
    ("池塘死鱼 · Dead fish in a pond", "water", "wechat"),
)
_ALARMS: tuple[str, ...] = (
    "水闸出现泡沫 · Foam at the sluice",
    "岸边发现死鱼 · Dead fish along the shore",
    "暴雨后水体浑浊 · Turbid water after the storm",
    "港池出现油膜 · Oil sheen in the harbour",
    "水色发红，疑似赤潮 · Red water, perhaps a bloom",
)
_FOUND = {
    "finding": "管道破裂 · A pipe had burst",
    "answer": "管道已修复，水质已恢复 · The pipe is mended, the water is clean",
}


@dataclass(slots=True)
class _Plan:
    """What is done when: everything of all cases, to be done in the order of time."""

    casework: Casework
    now: datetime
    steps: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    def at(self, days: float, do: Callable[[], object]) -> None:
        """Do something so many days ago; nothing where that lies ahead."""
        if days > 0:
            self.steps.append((self.now - timedelta(days=days), len(self.steps), do))

    def opens(self, days: float, name: str, who: Actor, draft: Draft) -> None:
        def do() -> None:
            self.ids[name] = self.casework.open(who, draft, key=f"{_NOTE} {name}").id

        self.at(days, do)

    def does(self, days: float, name: str, who: Actor, action: str, **more: Any) -> None:
        self.at(days, lambda: perform(self.casework, who, self.ids[name], Act(action, key=f"{days}", **more)))

    def proves(self, days: float, name: str, who: Actor, upload: Upload) -> None:
        self.at(days, lambda: self.casework.attach(who, self.ids[name], upload, key=f"{days}"))


def keep_cases(home: Home, *, now: datetime | None = None) -> Mapping[str, str]:
    """Put the cases of the demonstration into a home, once; their ids by name, none where they are there already."""
    path = home.path / _NOTE
    if path.exists():
        return {}
    moment = [now or datetime.now(UTC)]
    casework = Casework(home, clock=lambda: moment[0])
    plan = _Plan(casework, moment[0])
    _complaints(plan)
    _alarms(plan)
    _shown(plan, {one.id for one in home.stations()})
    for time, _, do in sorted(plan.steps, key=lambda one: one[:2]):
        moment[0] = time
        do()
    path.write_text(f"{len(plan.ids)}\n", encoding="utf-8")
    return plan.ids


def _where(jurisdiction: str, number: int) -> Place:
    places = _PLACES[jurisdiction]
    longitude, latitude, words = places[number % len(places)]
    return Place(longitude + 0.004 * (number % 5), latitude + 0.003 * (number % 3), words)


def _complaints(plan: _Plan) -> None:
    """Twenty-four complaints: most of them closed, some late, some taken up again, the newest on their way."""
    turns = ("450000", "450000", "440300", "450000", "810000", "440400", "450000", "820000")
    for number in range(24):
        name, at = f"complaint {number}", turns[number % len(turns)]
        cast, days = _CASTS[at], 88.0 - 3.75 * number
        title, subject, channel = _COMPLAINTS[number % len(_COMPLAINTS)]
        public = at == _HERE and number % 3 == 0
        draft = Draft(
            "public-complaint", title, jurisdiction=at, place=_where(at, number), severity=3 + number % 2,
            fields={"channel": channel, "subject": subject}, origin="public" if public else "hand", generated=True,
        )  # fmt: skip
        plan.opens(days, name, _CITIZEN if public else cast.judges, draft)
        if number >= 22:
            continue  # nobody has looked at it yet
        if number % 8 == 6:
            plan.does(days - 1.2, name, cast.judges, "decline", reason="不属本处管辖 · Not ours to decide")
            told = {"answer": "请向海事部门反映 · Please turn to the maritime office"}
            plan.does(days - 6, name, cast.judges, "explain", reason="不属本处管辖 · Not ours to decide", fields=told)
            continue
        accepted = days - (0.4 + 0.5 * (number % 3) + (4.5 if number % 7 == 3 else 0))
        begun, answered = accepted - 0.7 - 0.5 * (number % 2), accepted - 5 - 2.5 * (number % 4)
        given = (cast.handles.id, cast.handles.name)
        plan.does(accepted, name, cast.judges, "accept")
        plan.does(
            accepted - 0.01, name, cast.judges, "assign", assignee=given, reason="请现场查看 · Please have a look"
        )
        plan.does(begun, name, cast.handles, "start")
        paper = Upload((f"Report {number}".encode(),), "report.txt", "document", "text/plain")
        plan.proves(answered + 0.02, name, cast.handles, paper)
        plan.does(answered, name, cast.handles, "answer", reason="已现场查看 · Looked at on site", fields=_FOUND)
        closed = answered - (26 if number % 9 == 4 else 2)
        plan.does(closed, name, cast.closes, "close")
        if number % 10 == 2:
            again = {"finding": "另一处管道渗漏 · Another pipe leaks"}
            plan.does(
                closed - 3, name, cast.closes, "reopen", reason="异味又出现 · It smells again", to="investigating"
            )
            plan.does(closed - 5, name, cast.handles, "edit", fields=again, reason="再次查看 · Looked again")
            paper = Upload((f"Second report {number}".encode(),), "second.txt", "document", "text/plain")
            plan.proves(closed - 7.98, name, cast.handles, paper)
            plan.does(closed - 8, name, cast.handles, "answer", reason="已再次修复 · Mended again", fields=_FOUND)
            plan.does(closed - 10, name, cast.closes, "close")


def _alarms(plan: _Plan) -> None:
    """Sixteen alarms: the older ones were false, the newer ones stand at every state; one was not judged in time."""
    turns = ("450000", "810000", "450000", "440300", "820000", "450000", "440400")
    ages = (83, 72, 61, 50, 39, 28, 17, 9, 5, 4.2, 3.1, 2.2, 1.4, 0.9, 0.6, 0.05)
    for number, days in enumerate(ages):
        name, at = f"alarm {number}", turns[number % len(turns)]
        cast = _CASTS[at]
        draft = Draft(
            "pollution-alarm", _ALARMS[number % len(_ALARMS)], jurisdiction=at, place=_where(at, number),
            severity=1 + (number * 3 + 1) % 4, generated=True,
        )  # fmt: skip
        plan.opens(days, name, cast.judges, draft)
        if number >= 14:
            continue  # the newest wait to be judged, the older of them for too long
        judged = days - (0.03 + 0.02 * (number % 4))
        given = (cast.handles.id, cast.handles.name)
        plan.does(judged, name, cast.judges, "dispatch", assignee=given)
        if days > 7:
            why = "水面反光，非污染 · Reflection of the sun, no pollution"
            plan.does(judged - 0.1, name, cast.judges, "dismiss", reason=why)
            continue
        arrived = judged - 0.1 - 0.06 * (number % 3)
        plan.does(arrived, name, cast.handles, "arrive")
        if number % 2:
            continue
        finished = arrived - 1.5
        picture = Upload((_picture(number),), "site.png", "photo", "image/png", None, _where(at, number), "Generated")
        plan.proves(finished + 0.01, name, cast.handles, picture)
        said = {"cause": "泵站故障 · A pump failed"}
        plan.does(finished, name, cast.handles, "finish", reason="泵已修复 · The pump is mended", fields=said)


def _shown(plan: _Plan, stations: set[str]) -> None:
    where = {"station": "hk.epd.marine.DM2", "property": "DIN", "limit": Limit("le", 0.5, "mg/L")}
    draft = Draft(
        "pollution-alarm", "無機氮超標 · Inorganic nitrogen above the limit", jurisdiction="810000", severity=2,
        place=Place(113.95, 22.42, "后海灣 · Deep Bay"), generated=True,
        **(where if where["station"] in stations else {}),  # type: ignore[arg-type]
    )  # fmt: skip
    hour = 1 / 24
    plan.opens(26 * hour, SHOWN, _BAY, draft)
    plan.does(25.5 * hour, SHOWN, _BAY, "dispatch", assignee=(_TEAM.id, _TEAM.name))
    plan.does(23 * hour, SHOWN, _TEAM, "arrive")
    seen = "北廠水泵停機，現已恢復 · The pump of the northern works stood still; it runs again."
    plan.does(22 * hour, SHOWN, _TEAM, "comment", reason=seen)
    taken = plan.now - timedelta(hours=22)
    place = Place(113.95, 22.42)
    picture = Upload((_picture(0),), "works.png", "photo", "image/png", taken, place, "Generated picture")
    plan.proves(21 * hour, SHOWN, _TEAM, picture)
    said = {"cause": "水泵故障 · Pump failed"}
    plan.does(
        20 * hour, SHOWN, _TEAM, "finish", reason="水泵已修復，水閘已關 · Pump repaired, sluice shut.", fields=said
    )


def _picture(seed: int, width: int = 480, height: int = 320) -> bytes:
    """A drawn water under a sky, as PNG: plainly no photograph."""
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    shore = 0.42 + 0.02 * np.sin(9 * x + seed)
    waves = 10 * np.sin(160 * (y + 0.03 * np.sin(14 * x + seed)) / (0.3 + y))
    plume = 70 * np.exp(-(((x - 0.3 - 0.3 * y) / 0.09) ** 2)) * (y > shore)
    colours = []
    for sky, water, tint in ((178, 54, 0.9), (203, 104, 0.5), (224, 120, -0.4)):
        colours.append(np.where(y < shore, sky + 40 * y, water + waves * 0.6 + plume * tint))
    pixels = np.clip(np.stack(colours, axis=-1), 0, 255).astype(np.uint8)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
