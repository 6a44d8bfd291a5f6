"""The double random draw: which plants are inspected, and by whom. Anybody who has the lists and the seed repeats it.

Everyone on a list gets the ticket ``SHA-256(seed | list | id)``; the smallest tickets are drawn. No generator, no order
of the input, no state: a sheet of paper and any program that can hash come to the same result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from clearbay.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class Pair:
    """A plant drawn, and the inspectors drawn for it."""

    plant: str
    inspectors: tuple[str, ...]


def ticket(seed: str, kind: str, id: str) -> str:
    """The ticket of one entry of a list.

    >>> ticket("seed", "plant", "A")[:16]
    '0037baa002dbba8e'
    """
    return hashlib.sha256(f"{seed}|{kind}|{id}".encode()).hexdigest()


def drawn(seed: str, kind: str, ids: Collection[str], number: int) -> tuple[str, ...]:
    """The ``number`` smallest tickets of a list, smallest first."""
    return tuple(sorted(ids, key=lambda id: ticket(seed, kind, id))[:number])


def pair(
    plants: Collection[str],
    inspectors: Collection[str],
    *,
    seed: str,
    plants_drawn: int,
    inspectors_each: int = 2,
    conflicts: Mapping[str, Collection[str]] | None = None,
) -> tuple[Pair, ...]:
    """Draw plants, and for each of them inspectors who have no conflict of interest there.

    ``conflicts`` maps a plant to the inspectors who may not go there. Each plant's inspectors are drawn from all
    without conflict, by tickets of their own, so that who goes where says nothing of the next plant. Raises
    ``BadInput`` for lists that are too short, and names the plant whose conflicts leave too few.
    """
    _check(plants, "plants", plants_drawn)
    _check(inspectors, "inspectors", inspectors_each)
    if not seed:
        raise BadInput("a draw needs a seed", where="seed", mend="give one that nobody could choose")
    found = []
    for plant in drawn(seed, "plant", plants, plants_drawn):
        barred = set((conflicts or {}).get(plant, ()))
        free = [one for one in inspectors if one not in barred]
        if len(free) < inspectors_each:
            raise BadInput(
                f"conflicts of interest leave {len(free)} inspectors for {plant}",
                where="conflicts",
                mend=f"{inspectors_each} are needed: add inspectors",
            )
        found.append(Pair(plant, drawn(seed, f"inspector for {plant}", free, inspectors_each)))
    return tuple(found)


def _check(ids: Collection[str], what: str, number: int) -> None:
    if len(set(ids)) != len(ids):
        twice = next(one for one in ids if list(ids).count(one) > 1)
        raise BadInput(f"{twice!r} is on the list twice", where=what, mend="list everyone once")
    if not 1 <= number <= len(ids):
        raise BadInput(f"{number} cannot be drawn from {len(ids)}", where=what, mend="draw at least one, at most all")


def lists_digest(*lists: Sequence[str]) -> str:
    """A digest of the lists a draw was made from, each sorted: what is published with the seed.

    >>> lists_digest(["b", "a"]) == lists_digest(["a", "b"])
    True
    """
    text = "\n\n".join("\n".join(sorted(one)) for one in lists)
    return hashlib.sha256(text.encode()).hexdigest()
