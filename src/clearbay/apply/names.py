"""Names that nobody registered, answered with the closest ones that somebody did."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from clearbay.model.errors import UnknownName


def closest(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Up to ``count`` registered names nearest to ``name``, whatever their case, or sharing its last part."""
    names = {known_name.casefold(): known_name for known_name in known}
    asked = name.casefold()[:200]
    tails = [one for one in names if one.rsplit(".", 1)[-1] == asked.rsplit(".", 1)[-1]]
    found = dict.fromkeys([*tails[:count], *get_close_matches(asked, names, n=count, cutoff=0.5)])
    return tuple(names[one] for one in list(found)[:count])


def unknown(kind: str, name: str, known: Iterable[str], *, where: str, listing: str) -> UnknownName:
    """The refusal of an unregistered name: what was asked, what comes closest, where the whole list is."""
    near = closest(name, known)
    mend = f"did you mean {' or '.join(near)}? " if near else ""
    shown = name if len(name) <= 80 else f"{name[:77]}..."
    return UnknownName(f"no {kind} is called '{shown}'", where=where, mend=f"{mend}{listing} lists all")
