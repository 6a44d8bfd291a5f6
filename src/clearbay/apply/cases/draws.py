"""The double random draw over a home: its seed stands on the audit chain, its inspections are opened as cases."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.drafts import Draft
from clearbay.mine.draw import Pair, lists_digest, pair
from clearbay.model.case import Actor, Case
from clearbay.store import chain_heads
from clearbay.store.cases import CHAIN
from clearbay.store.chain import genesis


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw: the seed and what it was made of, the digest of the lists, and the pairs with their cases."""

    seed: str
    head: str
    word: str
    lists: str
    pairs: tuple[tuple[Pair, Case], ...]


def draw(
    casework: Casework,
    actor: Actor,
    plants: Collection[str],
    inspectors: Collection[str],
    *,
    number: int,
    each: int = 2,
    word: str = "",
    conflicts: Mapping[str, Collection[str]] | None = None,
    jurisdiction: str = "",
    key: str = "",
) -> Drawn:
    """Draw plants and inspectors and open an inspection for each plant.

    The seed is SHA-256(head of the audit chain | ``word``). The head is fixed before the draw and changes with every
    action on any case; ``word`` is what others contribute (a public number of the day, the names of those present), so
    that nobody alone decides. Both, and the digest of the lists, stand in every case that is opened: whoever has the
    lists repeats the draw with ``mine.draw.pair``. A draw sent twice under one ``key`` opens its cases once.
    """
    known = chain_heads.recorded(casework.home, CHAIN)
    head = (known.link if known else genesis(CHAIN)).hex()
    seed = hashlib.sha256(f"{head}|{word}".encode()).hexdigest()
    pairs = pair(plants, inspectors, seed=seed, plants_drawn=number, inspectors_each=each, conflicts=conflicts)
    lists = lists_digest(list(plants), list(inspectors))
    said = f"seed {seed}\nhead of the chain {head}\nword {word}\nlists {lists}\n"
    said += f"{len(plants)} plants, {len(inspectors)} inspectors"
    found = []
    for place, one in enumerate(pairs):
        draft = Draft(
            "inspection",
            one.plant,
            text=said,
            jurisdiction=jurisdiction,
            fields={"plant": one.plant, "draw": seed, "inspectors": ", ".join(one.inspectors)},
            origin="draw",
        )
        case = casework.open(actor, draft, key=f"{key}.{place}" if key else "")
        found.append((one, case))
    return Drawn(seed, head, word, lists, tuple(found))
