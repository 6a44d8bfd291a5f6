"""What several parts of a playbook are read with: names of its own, lists of words, lengths of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from clearbay.model.clock import Term, Unit
from clearbay.packs.sheet import Cell, Form, Sheet

UNITS: tuple[str, ...] = get_args(Unit)
BASES = ("law", "default")


def known(form: Form, key: str, named: Iterable[str], among: Mapping[str, object]) -> None:
    """Note every name that is none of the playbook's own."""
    for name in named:
        if name and name not in among:
            form.problem("unknown-state", f"{name} is none of {', '.join(among) or 'none'}", key)


def one_of(form: Form, key: str, allowed: tuple[str, ...], *, optional: bool = False) -> tuple[str, ...]:
    """Read a list of words, each of them allowed."""
    named = form.strings(key, optional=optional)
    for word in named:
        if word not in allowed:
            form.problem("not-allowed", f"{key} {word!r} is none of {', '.join(allowed)}", key)
    if not named and not optional and key in form.cells:
        form.problem("missing-key", f"{key} is empty", key)
    return named


def term(sheet: Sheet, cell: Cell, what: str) -> Term:
    """Read a length of time: ``{amount: 2, unit: working_days}``."""
    form = Form(sheet, cell, what)
    amount = form.integer("amount")
    if amount < 1 and "amount" in form.cells:
        form.problem("range", "a term is longer than nothing", "amount")
    unit: Any = form.choice("unit", UNITS)
    roll = form.boolean("roll", default=False)
    if roll and unit != "days":
        form.problem("not-allowed", "only a term in days can roll on to a working day", "roll")
    form.close()
    return Term(amount, unit, roll)
