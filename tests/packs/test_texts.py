"""Words and colours of all packs: four languages, the right script, tellable apart."""

from __future__ import annotations

import dataclasses
import itertools
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from clearbay import packs
from clearbay.model.text import LANGUAGES

PAIRS = (
    "环環标標级級类類监監测測数數据據历歷区區东東湾灣岛島龙龍镇鎮广廣门門应應义義点點实實观觀云雲钢鋼锰錳"
    "铜銅锌鋅铬鉻镉鎘铅鉛镍鎳无無机機盐鹽浊濁电電导導质質严嚴护護渔漁业業总總养養悬懸体體阴陰离離开開车車"
    "两兩与與为為从從来來时時间間号號说說读讀过過还還这這个個们們对對银銀铁鐵钡鋇锑銻钒釩"
)
"""Characters that differ between the scripts, simplified and traditional in turn."""

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def _texts(value: object, where: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(value, Mapping):
        if "zh-Hans" in value or "pt" in value:
            yield where, value
        else:
            for key, inner in value.items():
                yield from _texts(inner, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{where}[{number}]")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name), f"{where}.{field.name}")


def _all_texts() -> list[tuple[str, Mapping[str, str]]]:
    rooms = {
        "properties": packs.properties(), "jurisdictions": packs.jurisdictions(), "zones": packs.zones(),
        "rule sets": packs.rule_sets(), "registers": packs.registers(), "layers": packs.layers(),
        "crosswalk": packs.crosswalk(), "targets": packs.targets(), "not sourced": packs.not_sourced(),
        "calendars": packs.calendars(), "playbooks": packs.playbooks(),
    }  # fmt: skip
    return [found for name, room in rooms.items() for found in _texts(room, name)]


def test_all_texts_of_all_packs_have_four_languages() -> None:
    """No text of any pack lacks a language, and none has another."""
    texts = _all_texts()
    assert len(texts) > 500
    for where, text in texts:
        assert tuple(text) == LANGUAGES, where
        assert all(words.strip() == words and words for words in text.values()), where


def test_each_chinese_text_is_in_its_own_script() -> None:
    """zh-Hans has no character used in traditional script only, zh-Hant none used in simplified only."""
    for where, text in _all_texts():
        assert not set(text["zh-Hans"]) & set(PAIRS[1::2]), where
        assert not set(text["zh-Hant"]) & set(PAIRS[::2]), where


def _lab(colour: str, eye: str) -> tuple[float, float, float]:
    rgb = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    r, g, b = (min(1.0, max(0.0, sum(m * c for m, c in zip(row, linear, strict=True)))) for row in EYES[eye])
    x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", ["colour", "colour_dark"])
def test_neighbouring_grades_differ_for_every_eye(eye: str, theme: str) -> None:
    """Neighbouring colours of a scale lie at least 20 apart in CIELAB, also for colour-blind eyes."""
    for standard in packs.rule_sets().values():
        colours = [getattr(grade, theme) for grade in standard.grades]
        for one, other in itertools.pairwise(colours):
            if one != other:
                assert math.dist(_lab(one, eye), _lab(other, eye)) >= 20, (standard.id, one, other)


def test_loading_everything_is_quick() -> None:
    """All packs together are read and checked in under 150 ms, by the best of three fresh processes."""
    program = (
        "import time, clearbay.packs as p; t = time.perf_counter();"
        "p.properties(); p.standards(); p.registers(); p.layers(); print(time.perf_counter() - t)"
    )
    runs = [
        float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout) for _ in range(3)
    ]
    assert min(runs) < 0.150


def test_what_is_read_cannot_be_changed_by_accident() -> None:
    """The mappings handed out are read-only, and read once."""
    with pytest.raises(TypeError):
        packs.properties()["DO"] = packs.properties()["pH"]  # type: ignore[index]
    assert packs.standards() is packs.standards()
