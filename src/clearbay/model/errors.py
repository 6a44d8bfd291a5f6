"""Everything that clearbay raises on purpose, as one tree.

ClearbayError
├── BadInput          what a person gave us is wrong; says what, where and how to mend it (exit status 2)
│   ├── PackError     a pack file is wrong: file, line, rule
│   ├── UnknownName   a station, property, standard or source nobody has registered
│   ├── NotAllowed    somebody who may see it may not do it
│   └── Conflict      somebody else was quicker: look again, then act
└── StoreError        the store cannot do it now (locked, full, wrong version)
"""

from __future__ import annotations

from typing import NamedTuple


class ClearbayError(Exception):
    """Root of the tree: catch this to catch all of ours and nothing else."""


class BadInput(ClearbayError):
    """Input that a person can mend.

    ``what`` says what is wrong, ``where`` the file, line or field, ``mend`` the way out.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__("; ".join(part for part in (f"{where}: {what}" if where else what, mend) if part))


class Problem(NamedTuple):
    """One rule broken by one line of a pack file."""

    file: str
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: [{self.rule}] {self.what}"


class PackError(BadInput):
    """A pack file that cannot be trusted: names file, line and the rule it breaks, for every rule broken."""

    def __init__(self, what: str, *, where: str = "", mend: str = "", problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems
        super().__init__(what, where=where, mend=mend)


class UnknownName(BadInput):
    """A name that no pack or store has registered."""


class NotAllowed(BadInput):
    """An action that this person may not take, on something that they may see."""


class Conflict(BadInput):
    """An action on something that has changed since it was looked at; nothing was done."""


class StoreError(ClearbayError):
    """The store cannot serve the request now; the message says why and what an operator can do."""
