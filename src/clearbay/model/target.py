"""A target: an indicator that is to reach a number by a day, and how to compute where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from clearbay.model.standard import Confidence, Source
from clearbay.model.text import Text

Measured = Literal["annual_mean", "count_of_grade", "share_of_grades"]
"""``annual_mean`` of a property over an area's stations; ``count_of_grade``: how many places have one of the grades;
``share_of_grades``: their share in per cent."""


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody has promised to reach.

    ``measured`` says how the indicator is computed: over stations of ``media`` in ``jurisdiction``, from ``property``
    (for a mean, in ``unit``) or from the ``grades`` of the family ``standard`` (for counts and shares). It is reached
    when the value is ``op`` ``limit``. ``places`` is how many places the text speaks of (88 rivers), None where it
    names no number: a count over fewer places than that does not show that the target is reached.
    """

    id: str
    name: Text
    jurisdiction: str
    media: tuple[str, ...]
    measured: Measured
    op: Literal["le", "ge"]
    limit: float
    unit: str
    deadline: date
    confidence: Confidence
    sources: tuple[Source, ...]
    property: str = ""
    standard: str = ""
    grades: tuple[str, ...] = ()
    places: int | None = None
    clause: str = ""
    note: Text | None = None
