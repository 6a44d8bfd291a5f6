"""Which findings open cases by themselves: ``cases.toml`` of the home, or the defaults.

``[open]`` says under which ``playbook``, from which ``origins`` of events, in which ``language`` the case is written,
how old (``age_hours``) an ended event may be, and, in ``[open.from]``, the least severity of each kind (1 notice to 4
emergency; a kind left out opens nothing).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from clearbay.mine.detection.signal import FAMILIES
from clearbay.model.errors import BadInput
from clearbay.model.text import LANGUAGES, Language

FILE = "cases.toml"
ORIGINS = ("live", "manual", "scan")
KINDS: Mapping[str, int] = {"exceedance": 1, "change": 3}
"""An exceedance of any severity, a sudden change only where it is serious; what is wrong with data is the care of the
devices, not a case of pollution."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Which events open a case. ``language`` None: that of the place."""

    playbook: str = "pollution-alarm"
    origins: tuple[str, ...] = ("live", "manual")
    kinds: Mapping[str, int] = field(default_factory=lambda: dict(KINDS))
    age: timedelta = timedelta(hours=48)
    language: Language | None = None


def opening(home: Path) -> Opening:
    """What the home's file says; ``BadInput`` with the place of the first mistake."""
    path = home / FILE
    if not path.exists():
        return Opening()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            f"it cannot be read: {error}", where=str(path), mend="write it in TOML, as docs/cases.md"
        ) from None
    given = content.pop("open", {})
    _known(path, "", content, ())
    if not isinstance(given, dict):
        raise _wrong(path, "open", given, "a table, [open]")
    _known(path, "open.", given, ("playbook", "origins", "from", "age_hours", "language"))
    standard = Opening()
    kinds = given.get("from", dict(KINDS))
    if not isinstance(kinds, dict):
        raise _wrong(path, "open.from", kinds, "a table of kinds with their least severity")
    _known(path, "open.from.", kinds, tuple(FAMILIES))
    for name, least in kinds.items():
        if not isinstance(least, int) or isinstance(least, bool) or not 1 <= least <= 4:
            raise _wrong(path, f"open.from.{name}", least, "1 (notice) to 4 (emergency)")
    origins = given.get("origins", list(standard.origins))
    if not isinstance(origins, list) or not set(map(str, origins)) <= set(ORIGINS):
        raise _wrong(path, "open.origins", origins, f"a list of {', '.join(ORIGINS)}")
    hours = given.get("age_hours", standard.age / timedelta(hours=1))
    if not isinstance(hours, int | float) or isinstance(hours, bool) or not 0 <= hours <= 1e6:
        raise _wrong(path, "open.age_hours", hours, "a number of hours")
    language = given.get("language")
    if language not in (None, *LANGUAGES):
        raise _wrong(path, "open.language", language, f"one of {', '.join(LANGUAGES)}")
    playbook = given.get("playbook", standard.playbook)
    if not isinstance(playbook, str):
        raise _wrong(path, "open.playbook", playbook, "the id of a playbook")
    return Opening(playbook, tuple(map(str, origins)), dict(kinds), timedelta(hours=float(hours)), language)


def _known(path: Path, where: str, given: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names:
            raise BadInput(
                f"{where}{name} means nothing here",
                where=str(path),
                mend=f"known: {', '.join(names)}" if names else "known: [open]",
            )


def _wrong(path: Path, where: str, given: object, mend: str) -> BadInput:
    return BadInput(f"{where} is {given!r}", where=str(path), mend=mend)
