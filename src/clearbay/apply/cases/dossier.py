"""A case with everything that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clearbay.apply.cases.access import OWN_ONLY
from clearbay.model.case import Action, Actor, Case, Evidence, Party, Running
from clearbay.model.playbook import Playbook
from clearbay.model.territory import stem


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case, the playbook it goes by, and its parties, clocks, actions and evidence, oldest first."""

    case: Case
    playbook: Playbook
    parties: tuple[Party, ...]
    clocks: tuple[Running, ...]
    actions: tuple[Action, ...]
    evidence: tuple[Evidence, ...]

    def seen_by(self, actor: Actor) -> Dossier:
        """As a person may read it. Where an action stands in the node's chain tells how much others have to do: who
        does not see the whole country reads its place in the case instead. The link names the entry all the same."""
        if not stem(actor.jurisdiction) and not actor.roles <= OWN_ONLY:
            return self
        return replace(self, actions=tuple(replace(one, entry=one.seq) for one in self.actions))
