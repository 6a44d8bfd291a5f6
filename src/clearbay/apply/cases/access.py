"""Who sees a case, who holds it, and who may do what to it. Nothing here says more to one who sees nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from clearbay.model.case import Action, Actor, Case, Party
from clearbay.model.errors import Conflict, NotAllowed
from clearbay.model.playbook import Playbook
from clearbay.model.territory import covers, stem
from clearbay.store.tables_cases import case_file, case_party

OWN_ONLY = frozenset({"public", "enterprise"})
"""Roles that see nothing but what is theirs: opened by them, or given to them."""

AT_ANY_PART = ("comment", "attach", "remeasure")
"""What a jurisdiction that only has a part in a case may do to it."""

NODE = "clearbay"
"""Who acts where nobody does: the node's own clock."""
SAID_BY_NODE = ("trace", "again", "overdue", "watched")
"""What the node says of a case without moving it."""


class Hands(Protocol):
    """In whose hands a case is, all that it takes to say who sees it."""

    @property
    def jurisdiction(self) -> str:
        """Who holds it."""

    @property
    def assignee(self) -> str:
        """To whom it was given."""

    @property
    def opened_by(self) -> str:
        """Who opened it."""


def sees(actor: Actor, case: Hands, parties: Sequence[Party]) -> bool:
    """Whether a person may know that a case exists."""
    if not actor.roles:
        return False
    if actor.id in (case.assignee, case.opened_by):
        return True
    if actor.roles <= OWN_ONLY:
        return False
    return any(
        covers(actor.jurisdiction, place) for place in (case.jurisdiction, *(one.jurisdiction for one in parties))
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``case_file`` by which a list holds what ``sees`` lets this person see, and nothing else."""
    if not actor.roles:
        return false()
    own = or_(case_file.c.assignee == actor.id, case_file.c.opened_by == actor.id)
    if actor.roles <= OWN_ONLY:
        return own
    if not stem(actor.jurisdiction):
        return true()
    parts = select(case_party.c.case).where(within(case_party.c.jurisdiction, actor.jurisdiction))
    return or_(own, within(case_file.c.jurisdiction, actor.jurisdiction), case_file.c.number.in_(parts))


def within(column: ColumnElement[str], jurisdiction: str) -> ColumnElement[bool]:
    """Codes within a jurisdiction, as a range that an index can serve."""
    begin = stem(jurisdiction)
    if not begin:
        return true()
    return and_(column >= begin, column < begin[:-1] + chr(ord(begin[-1]) + 1))


def holds(actor: Actor, case: Case) -> bool:
    """Whether the case is this person's to move: in their jurisdiction, or given to them by name."""
    return actor.id == case.assignee or (not actor.roles <= OWN_ONLY and covers(actor.jurisdiction, case.jurisdiction))


def check_power(actor: Actor, case: Case, playbook: Playbook, parties: Sequence[Party], power: str) -> bool:
    """Raise ``NotAllowed`` where a person may not use a power; returns whether they must say why."""
    found = playbook.powers.get(power)
    if found is None:
        raise NotAllowed(f"{playbook.name['en']} knows no '{power}'", where="action", mend="see the playbook")
    if not actor.has(found.by):
        raise refused(actor, power, found.by)
    if not holds(actor, case):
        mine = any(one.part != "former" and covers(actor.jurisdiction, one.jurisdiction) for one in parties)
        own = actor.id == case.opened_by and power in (*AT_ANY_PART, "reopen")
        if not own and not (mine and power in AT_ANY_PART):
            raise NotAllowed(
                f"{case.id} is held by {case.jurisdiction}", where="action", mend="ask whoever holds it, or comment"
            )
    return found.reason


def check_version(actions: Callable[[int], Sequence[Action]], case: Case, version: int | None) -> None:
    """Raise ``Conflict`` where somebody has changed a case since the version that a person looked at.

    What the node itself says meanwhile (a trace, a deadline, what its event does) takes nothing out of their hands.
    """
    if version is None or version == case.version:
        return
    since = [one for one in actions(case.number) if one.seq > version or version > case.version]
    quicker = [one for one in since if not (one.actor == NODE and one.kind in SAID_BY_NODE)]
    if quicker:
        last = quicker[-1]
        who = last.actor_name or last.actor
        raise Conflict(
            f"{case.id} has changed: {who} did '{last.kind}' at {last.time:%Y-%m-%d %H:%M} UTC",
            where="version",
            mend=f"look at version {case.version}, then act",
        )


def refused(actor: Actor, what: str, by: Sequence[str]) -> NotAllowed:
    """What somebody is told who sees a case but lacks the role."""
    held = ", ".join(sorted(actor.roles)) or "none"
    return NotAllowed(
        f"'{what}' is for {', '.join(by)}; {actor.name or actor.id} is {held}",
        where="role",
        mend="ask somebody with that role",
    )
