"""Search over names in any of the four languages: stations, zones, places, properties, rule sets.

A query matches whatever its case, accents or width. Every name is indexed in every language that its pack gives,
so a traditional query finds a simplified name where the pack holds both; where a name exists in one script only,
the characters are bridged by pairs learned from the names that the packs hold in both (深圳灣 / 深圳湾). Nothing is
taken from a conversion table.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from clearbay.model.text import Text

Kind = Literal["station", "zone", "property", "standard", "place"]

_ORDER: Mapping[str, int] = {"zone": 0, "place": 1, "station": 2, "standard": 3, "property": 4}
_WORD = re.compile(r"[\s,;/·，、；（）()\[\]_-]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, its names, the names of what it belongs to, where it lies if that is known."""

    kind: Kind
    id: str
    name: Text
    context: Text | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class _Indexed:
    hit: Hit
    names: tuple[str, ...]
    context: str


class Index:
    """Names ready to be searched. Building reads every name once; a search is one pass over the folded names."""

    def __init__(self, entries: Iterable[tuple[Hit, Iterable[str]]]) -> None:
        listed = [(hit, tuple(extra)) for hit, extra in entries]
        self._bridge = str.maketrans(learn_pairs(text for hit, _ in listed for text in (hit.name, hit.context) if text))
        self._entries = [
            _Indexed(
                hit,
                tuple(dict.fromkeys(self._fold(one) for one in (*hit.name.values(), hit.id, *extra) if one)),
                " ".join(dict.fromkeys(self._fold(one) for one in (hit.context or {}).values())),
            )
            for hit, extra in listed
        ]

    def _fold(self, text: str) -> str:
        return fold(text).translate(self._bridge)

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """The best ``limit`` hits, best first. Every word of the query must be found in a name or its context."""
        asked = self._fold(query).strip()
        words = [word for word in _WORD.split(asked) if word]
        if not words:
            return []
        ranked: list[tuple[tuple[int, int, int, str], Hit]] = []
        for entry in self._entries:
            rank = _rank(entry, asked, words)
            if rank is not None:
                order = (rank, _ORDER[entry.hit.kind], min(map(len, entry.names)), entry.hit.id)
                ranked.append((order, entry.hit))
        ranked.sort(key=lambda pair: pair[0])
        return [hit for _, hit in ranked[:limit]]


def fold(text: str) -> str:
    """``text`` without case, accents or width: ``Baía`` -> ``baia``, ``ＤＭ１`` -> ``dm1``."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def learn_pairs(texts: Iterable[Text]) -> dict[str, str]:
    """Traditional -> simplified characters, from names held in both scripts.

    Only names of equal length that agree in at least half of their characters teach a pair (so that a different
    word, 資料 / 数据, teaches none), and a character that met several partners keeps the one it met most often.
    """
    met: dict[str, Counter[str]] = {}
    for text in texts:
        simple, traditional = fold(text.get("zh-Hans", "")), fold(text.get("zh-Hant", ""))
        if len(simple) != len(traditional) or not simple:
            continue
        same = sum(a == b for a, b in zip(simple, traditional, strict=True))
        if same * 2 < len(simple):
            continue
        for from_letter, to_letter in zip(traditional, simple, strict=True):
            if ord(from_letter) > 0x2E80:
                met.setdefault(from_letter, Counter())[to_letter] += 1
    best = {letter: counts.most_common(1)[0][0] for letter, counts in met.items()}
    return {letter: to for letter, to in best.items() if letter != to and best.get(to, to) == to}


def _rank(entry: _Indexed, asked: str, words: list[str]) -> int | None:
    """0 a whole name, 1 the head of a name, 2 the head of a word in a name, 3 inside a name, 4 with its context."""
    if asked in entry.names:
        return 0
    if any(name.startswith(asked) for name in entry.names):
        return 1
    if any(part.startswith(asked) for name in entry.names for part in _WORD.split(name)):
        return 2
    if any(all(word in name for word in words) for name in entry.names):
        return 3
    if all(any(word in name for name in entry.names) or word in entry.context for word in words):
        in_names = any(word in name for word in words for name in entry.names)
        return 4 if in_names else 5
    return None
