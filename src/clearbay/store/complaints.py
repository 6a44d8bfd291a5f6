"""Which case a complaint's code stands for. The code is kept nowhere, only its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from clearbay.store.cases import micros
from clearbay.store.home import Home
from clearbay.store.tables_uploads import complaint
from clearbay.store.trouble import told


@dataclass(frozen=True, slots=True)
class Known:
    """A complaint: who acts in its case for whoever holds the code, and the language in which it was made."""

    reporter: str
    case: str
    language: str


class Complaints:
    """The complaints of a home that can be followed by a code."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def add(self, hash: str, known: Known, moment: datetime) -> None:
        """Remember a complaint; nothing where it is known already."""
        row = {"hash": hash, "reporter": known.reporter, "case": known.case, "language": known.language}
        with told("keep the complaint"), self._home.records.write() as connection:
            if connection.scalar(select(complaint.c.case).where(complaint.c.hash == hash)) is None:
                connection.execute(insert(complaint), [{**row, "created": micros(moment)}])

    def find(self, hash: str) -> Known | None:
        """The complaint whose code has this hash; None where there is none."""
        return self._one(complaint.c.hash == hash)

    def of(self, reporter: str) -> Known | None:
        """The complaint of a reporter; None where there is none."""
        return self._one(complaint.c.reporter == reporter)

    def _one(self, condition: object) -> Known | None:
        query = select(complaint.c.reporter, complaint.c.case, complaint.c.language)
        with told("look the complaint up"), self._home.records.read() as connection:
            row = connection.execute(query.where(condition)).first()  # type: ignore[arg-type]
        return None if row is None else Known(row.reporter, row.case, row.language)
