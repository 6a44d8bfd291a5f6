"""Named steps of everything that must survive a sudden death.

A step is a place between two effects on the disk. ``observer`` is None in service; the crash tests set it to
a function that kills the process there, which proves that every order of "done" and "not done" is harmless.
"""

from __future__ import annotations

from collections.abc import Callable

observer: Callable[[str], None] | None = None


def step(name: str) -> None:
    """Pass the named step."""
    if observer is not None:
        observer(name)
