"""What somebody gives to open a case or to prove something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from clearbay.model.case import NOWHERE, Limit, Place
from clearbay.model.playbook import EvidenceKind, Opening


@dataclass(frozen=True, slots=True)
class Draft:
    """A case to be opened. What is left empty is taken from the playbook, the station or the actor.

    ``severity`` 0 leaves it to the playbook. ``found`` is when the thing happened or was noticed (UTC).
    """

    playbook: str
    title: str
    text: str = ""
    jurisdiction: str = ""
    station: str = ""
    property: str = ""
    limit: Limit | None = None
    place: Place = NOWHERE
    fields: Mapping[str, str] = field(default_factory=dict)
    severity: int = 0
    event: str = ""
    origin: Opening = "hand"
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that proves something: its bytes in parts, its name, when and where it was taken by one's own word."""

    parts: Iterable[bytes]
    name: str
    kind: EvidenceKind = "other"
    media_type: str = "application/octet-stream"
    taken: datetime | None = None
    place: Place = NOWHERE
    note: str = ""
