"""A case with everything that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

from clearbay.model.case import Action, Case, Evidence, Party, Running
from clearbay.model.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case, the playbook it goes by, and its parties, clocks, actions and evidence, oldest first."""

    case: Case
    playbook: Playbook
    parties: tuple[Party, ...]
    clocks: tuple[Running, ...]
    actions: tuple[Action, ...]
    evidence: tuple[Evidence, ...]
