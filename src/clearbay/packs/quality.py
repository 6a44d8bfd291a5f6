"""Shipped numbers of quality control: what a property can be, and what the properties of a sample say of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clearbay.model.property import Property
from clearbay.model.standard import Confidence, Source
from clearbay.model.text import Text
from clearbay.packs.sheet import Cell, Form, head_of, read, sources_of

Span = tuple[float | None, float | None]
KINDS = ("parts", "oxygen_saturation", "salinity")


@dataclass(frozen=True, slots=True)
class Range:
    """The gross range of a property in its own unit; a side that is None is open. ``media`` restricts it."""

    property: str
    fail: Span | None
    suspect: Span | None
    sources: tuple[Source, ...]
    confidence: Confidence
    note: str
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule between properties, with its tolerance and where both come from."""

    id: str
    name: Text
    kind: str
    whole: str
    parts: tuple[str, ...]
    needed: int
    relative: float
    absolute: float
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything shipped; ``form`` is the same as a configuration of quality control."""

    ranges: tuple[Range, ...]
    rules: tuple[Rule, ...]

    def form(self) -> dict[str, Any]:
        """The shipped numbers in the shape of a configuration; every series also keeps the flag it came with."""
        properties: dict[str, dict[str, Any]] = {}
        for one in self.ranges:
            test = {"gross_range": {"fail_span": _list(one.fail), "suspect_span": _list(one.suspect)}}
            target = properties.setdefault(one.property, {})
            if one.media:
                target.setdefault("media", {}).update(dict.fromkeys(one.media, test))
            else:
                target.update(test)
        rules = [
            {"id": one.id, "kind": one.kind, "whole": one.whole, "parts": list(one.parts), "needed": one.needed,
             "relative": one.relative, "absolute": one.absolute}
            for one in self.rules
        ]  # fmt: skip
        return {"tests": {"source_flag": {}}, "properties": properties, "consistency": rules}


def _list(span: Span | None) -> list[float | None] | None:
    return None if span is None else list(span)


def read_quality(directory: Path, properties: Mapping[str, Property]) -> Quality:
    """Read and check the packs of a directory; raise ``PackError`` naming every line that breaks a rule."""
    return Quality(
        tuple(_ranges(directory / "ranges.yaml", properties)), tuple(_rules(directory / "consistency.yaml", properties))
    )


def _ranges(path: Path, properties: Mapping[str, Property]) -> list[Range]:
    sheet, cell = read(path)
    head = Form(sheet, cell, "ranges")
    sources = sources_of(head)
    found: dict[tuple[str, tuple[str, ...]], Range] = {}
    for form in head.forms("ranges", lambda cell: f"range, line {cell.line}"):
        codes, fail, suspect = form.strings("properties"), _span(form, "fail"), _span(form, "suspect")
        named, confidence = form.sources(sources), form.confidence()
        note, media = form.string("note", optional=True), form.strings("media", optional=True)
        if fail is None and suspect is None:
            form.problem("missing-key", "gives neither fail nor suspect")
        if fail and suspect and not _inside(suspect, fail):
            form.problem("range", "suspect reaches beyond fail", "suspect")
        for code in codes:
            if code not in properties:
                form.problem("unknown-property", f"{code} is not in properties.yaml", "properties")
            if (code, media) in found:
                form.problem("duplicate-id", f"{code} has a range already", "properties")
            found[code, media] = Range(
                code, fail, suspect, tuple(sources[one] for one in named if one in sources), confidence, note, media
            )
    head.close()
    sheet.settle()
    return list(found.values())


def _span(form: Form, key: str) -> Span | None:
    cells: list[Cell] = form.cells_of(key, optional=True)
    if not cells:
        return None
    values = [cell.value for cell in cells]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(values) != 2 or len(numbers) + values.count(None) != 2 or (len(numbers) == 2 and numbers[0] > numbers[1]):
        form.problem("range", f"{key} is two numbers, the lower one first, null where it is open", key)
        return None
    low, high = (None if value is None else float(value) for value in values)
    return low, high


def _inside(inner: Span, outer: Span) -> bool:
    low = outer[0] is None or (inner[0] is not None and inner[0] >= outer[0])
    return low and (outer[1] is None or (inner[1] is not None and inner[1] <= outer[1]))


def _rules(path: Path, properties: Mapping[str, Property]) -> list[Rule]:
    sheet, cell = read(path)
    head = Form(sheet, cell, "consistency")
    sources = sources_of(head)
    found: dict[str, Rule] = {}
    for form in head.forms("rules", lambda cell: f"rule {head_of(cell, 'id')}"):
        id, kind, whole, parts = (
            form.string("id"),
            form.choice("kind", KINDS),
            form.string("whole"),
            form.strings("parts"),
        )
        for code in (whole, *parts):
            if code not in properties:
                form.problem("unknown-property", f"{code} is not in properties.yaml", "whole")
        if id in found:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        relative, absolute = form.number("relative"), form.number("absolute", optional=True)
        if min(relative, absolute) < 0:
            form.problem("not-allowed", "a tolerance is not below zero", "relative")
        found[id] = Rule(
            id,
            form.text(),
            kind,
            whole,
            parts,
            form.integer("needed", optional=True, default=1),
            relative,
            absolute,
            tuple(sources[one] for one in form.sources(sources) if one in sources),
            form.confidence(),
        )
    head.close()
    sheet.settle()
    return list(found.values())
