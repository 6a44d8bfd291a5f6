"""What stands on the generated rivers: towns, works with their outlets, sections, intakes, bathing places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearbay.mine.network import words
from clearbay.mine.network.basin import GeneratedBasin
from clearbay.mine.network.queries import Place
from clearbay.mine.network.sites import Kind, Permit, Site
from clearbay.mine.network.tables import points_of, to_tables
from clearbay.model.text import Text

SECTIONS, OUTLETS, INTAKES, BEACHES, TOWNS = 74, 200, 14, 2, 26
PROGRAMME = "generated.basin"


@dataclass(frozen=True)
class Industry:
    """A trade: its works' name, how common, its permitted flow (m3 a day), what its raw waste water has (mg/L)."""

    key: str
    name: Text
    share: float
    flow: float
    usual: Mapping[str, float]


def _text(simple: str, traditional: str, english: str, portuguese: str) -> Text:
    return {"zh-Hans": simple, "zh-Hant": traditional, "en": english, "pt": portuguese}


INDUSTRIES = (
    Industry(
        "sewage",
        _text("污水处理厂", "污水處理廠", "sewage works", "ETAR"),
        0.22,
        20_000,
        {"NH3N": 30, "TP": 4, "TN": 40, "CODCr": 300},
    ),
    Industry(
        "dyeing",
        _text("印染厂", "印染廠", "dye works", "Tinturaria"),
        0.14,
        3_000,
        {"CODCr": 1200, "NH3N": 25, "TN": 45, "TP": 3},
    ),
    Industry(
        "plating",
        _text("电镀厂", "電鍍廠", "plating works", "Galvanização"),
        0.12,
        800,
        {"Cu": 60, "Ni": 40, "Zn": 50, "Cr6": 30, "CODCr": 200},
    ),
    Industry(
        "chemical",
        _text("化工厂", "化工廠", "chemical works", "Fábrica química"),
        0.12,
        2_500,
        {"CODCr": 2500, "NH3N": 150, "TN": 220, "VPhenol": 30},
    ),
    Industry(
        "paper",
        _text("造纸厂", "造紙廠", "paper mill", "Fábrica de papel"),
        0.08,
        6_000,
        {"CODCr": 1800, "TP": 4, "NH3N": 12},
    ),
    Industry(
        "livestock",
        _text("养殖场", "養殖場", "livestock farm", "Exploração pecuária"),
        0.14,
        400,
        {"NH3N": 500, "TN": 650, "TP": 80, "CODCr": 5000},
    ),
    Industry(
        "pharmaceutical",
        _text("制药厂", "製藥廠", "pharmaceutical works", "Fábrica farmacêutica"),
        0.08,
        1_500,
        {"CODCr": 4000, "NH3N": 200, "TN": 320, "TP": 12},
    ),
    Industry(
        "food",
        _text("食品厂", "食品廠", "food works", "Fábrica de alimentos"),
        0.10,
        1_200,
        {"CODCr": 2500, "TN": 90, "NH3N": 40, "TP": 20},
    ),
)
_SECTION = _text("断面", "斷面", "section", "Secção")
_INTAKE = _text("取水口", "取水口", "intake", "Captação")
_BEACH = _text("浴场", "浴場", "bathing place", "Praia fluvial")


def settle(
    basin: GeneratedBasin, *, seed: int = 1, outlets: int = OUTLETS, sections: int = SECTIONS
) -> tuple[Site, ...]:
    """Sites of the generated basin; the same for the same numbers.

    Outlets crowd around towns, towns lie on rivers, sections at the ends of the larger rivers and along the largest
    ones: where offices put them, and no denser.
    """
    rng = np.random.default_rng((seed, len(basin.network)))
    lines = to_tables(basin.network, basin.xy, basin.start)["lines"]
    maker = _Maker(basin, lines, rng)
    towns = _towns(basin, rng)
    return (
        *_sections(maker, sections),
        *_works(maker, towns, outlets),
        *_others(maker, "intake", _INTAKE, INTAKES, least_flow=20.0),
        *_others(maker, "beach", _BEACH, BEACHES, least_flow=100.0),
    )


class _Maker:
    """Makes sites on reaches, remembering how many of a name there are."""

    def __init__(self, basin: GeneratedBasin, lines: Any, rng: np.random.Generator) -> None:
        self.basin, self.rng = basin, rng
        self._lines = lines
        self._count: dict[str, int] = {}

    def base(self, at: int) -> Text:
        """The river of a reach, or that which its water comes to first."""
        while self.basin.river_of[at] < 0:
            at = int(self.basin.network.main[at])
        return self.basin.rivers[int(self.basin.river_of[at])]

    def site(self, key: str, kind: Kind, name: Text, at: int, part: float, *, aside: float = 0.0, **more: Any) -> Site:
        """A site at a part of its reach's length above the lower end, its point ``aside`` degrees off the line."""
        points = points_of(self._lines, at).astype(float)
        steps = np.append(0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T)))
        along = (1.0 - part) * steps[-1]
        lon, lat = np.interp(along, steps, points[:, 0]), np.interp(along, steps, points[:, 1])
        turn = self.rng.uniform(0, 2 * np.pi)
        lon, lat = lon + aside * np.cos(turn), lat + aside * np.sin(turn)
        length = float(self.basin.network.length_km[at])
        return Site(
            id=key,
            kind=kind,
            name=name,
            longitude=round(float(lon), 5),
            latitude=round(float(lat), 5),
            place=Place(at, part * length),
            off_m=round(aside * 111_195.0 * 0.96, 1),
            **more,
        )

    def numbered(self, base: Text, what: Text) -> Text:
        """A name with the next number of its kind."""
        word = base["en"] + what["en"]
        self._count[word] = self._count.get(word, 0) + 1
        return words.of(base, what, self._count[word])


def _towns(basin: GeneratedBasin, rng: np.random.Generator) -> list[int]:
    """Reaches with a town, the larger rivers preferred."""
    network = basin.network
    weight = np.where(basin.river_of >= 0, network.discharge**0.35, 0.0)
    return [int(at) for at in rng.choice(len(network), TOWNS, replace=False, p=weight / weight.sum())]


def _sections(maker: _Maker, count: int) -> list[Site]:
    """At the lower end of the largest rivers, then along them where the way since the last one is longest."""
    network, river_of = maker.basin.network, maker.basin.river_of
    chosen: list[int] = []
    rivers = len(maker.basin.rivers)
    for river in range(min(rivers, count * 6 // 10)):
        reaches = np.flatnonzero(river_of == river)
        chosen.append(int(reaches[network.mouth_km[reaches].argmin()]))
    large = np.flatnonzero((river_of >= 0) & (river_of < 16))
    while len(chosen) < count:
        # The reach of a large river that is furthest from any section of its own river.
        gaps = np.full(len(large), np.inf)
        for at in chosen:
            same = river_of[large] == river_of[at]
            gaps[same] = np.minimum(gaps[same], np.abs(network.mouth_km[large[same]] - network.mouth_km[at]))
        gaps[~np.isfinite(gaps)] = 0.0
        chosen.append(int(large[gaps.argmax()]))
    sites = []
    for number, at in enumerate(chosen, start=1):
        name = maker.numbered(maker.base(at), _SECTION)
        station = f"{PROGRAMME}.S{number:02d}"
        sites.append(maker.site(station, "section", name, at, 0.3, station=station, details={"generated": True}))
    return sites


def _works(maker: _Maker, towns: list[int], count: int) -> list[Site]:
    """Outlets and, for all but sewage works, the plant behind each."""
    network, rng = maker.basin.network, maker.rng
    middle = maker.basin.land.centre[np.maximum(maker.basin.cell, 0)]
    size = 1.0 / np.arange(1, len(towns) + 1) ** 0.7
    shares = np.array([one.share for one in INDUSTRIES])
    busy = np.flatnonzero((maker.basin.cell >= 0) & (network.area_km2 > 40.0))
    found: list[Site] = []
    plants: list[Site] = []
    for number in range(1, count + 1):
        industry = INDUSTRIES[int(rng.choice(len(INDUSTRIES), p=shares / shares.sum()))]
        town = int(rng.choice(len(towns), p=size / size.sum()))
        if rng.random() < 0.7:
            spot = middle[towns[town]] + rng.normal(0, 0.09, 2)
            at = int(busy[np.hypot(*(middle[busy] - spot).T).argmin()])
            base = words.place(town)
        else:
            at = int(busy[rng.integers(len(busy))])
            base = maker.base(at)
        key = f"{PROGRAMME}.O{number:04d}"
        spread = np.exp(rng.normal(0, 0.45))
        usual = {
            code: float(f"{value * spread * np.exp(rng.normal(0, 0.3)):.3g}") for code, value in industry.usual.items()
        }
        limits = {code: float(f"{value * rng.uniform(0.03, 0.1):.2g}") for code, value in industry.usual.items()}
        flow = float(f"{industry.flow * np.exp(rng.normal(0, 0.7)):.3g}")
        findings = int(rng.poisson(0.5))
        name = maker.numbered(base, industry.name)
        details = {
            "generated": True,
            "industry": industry.key,
            "fingerprint": usual,
            "permit": {"flow_m3_day": flow, "limits": limits},
            "findings": findings,
        }
        outlet = maker.site(
            key,
            "outlet",
            name,
            at,
            float(rng.uniform(0.05, 0.95)),
            aside=float(rng.uniform(0.0002, 0.002)),
            details=details,
            fingerprint=usual,
            permit=Permit(flow, limits),
            findings=findings,
        )
        found.append(outlet)
        if industry.key != "sewage":
            plants.append(
                maker.site(
                    f"{PROGRAMME}.P{number:04d}",
                    "plant",
                    name,
                    at,
                    outlet.place.below_km / float(network.length_km[at]),
                    aside=float(rng.uniform(0.003, 0.012)),
                    details={"generated": True, "industry": industry.key, "outlet": key},
                )
            )
    return [*found, *plants]


def _others(maker: _Maker, kind: Kind, what: Text, count: int, *, least_flow: float) -> list[Site]:
    network = maker.basin.network
    where = np.flatnonzero((network.discharge > least_flow) & (maker.basin.cell >= 0))
    chosen = maker.rng.choice(where, min(count, len(where)), replace=False)
    letter = kind[0].upper()
    return [
        maker.site(
            f"{PROGRAMME}.{letter}{number:02d}",
            kind,
            maker.numbered(maker.base(int(at)), what),
            int(at),
            float(maker.rng.uniform(0.1, 0.9)),
            details={"generated": True},
        )
        for number, at in enumerate(chosen, start=1)
    ]
