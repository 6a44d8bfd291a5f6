"""One pack file as cells that remember their line, and the list of rules it breaks.

PyYAML's composer gives nodes with marks; they become ``Cell`` values, so that duplicate and boolean keys are seen
before a mapping can swallow them. A ``Form`` reads one mapping, key by key, and notes every problem with its line
instead of stopping at the first; ``Sheet.settle`` raises them all together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, get_args

import yaml

from clearbay.model.errors import PackError, Problem
from clearbay.model.standard import Confidence, Source
from clearbay.model.text import LANGUAGES, Text
from clearbay.packs.rules import RULES

DATA = Path(__file__).parent / "data"
CONFIDENCES: tuple[str, ...] = get_args(Confidence)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?\d+")


@dataclass(slots=True)
class Cell:
    """A value of a pack with the line it stands on: text, number, boolean, date, None, list or mapping of cells."""

    value: Any
    line: int


@dataclass(slots=True)
class Sheet:
    """A pack file being read and the problems met so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, rule: str, what: str) -> None:
        """Note that ``line`` breaks ``rule``."""
        if rule not in RULES:
            raise KeyError(rule)
        self.problems.append(Problem(self.file, line, rule, what))

    def settle(self) -> None:
        """Raise every problem noted, in the order of lines, as one ``PackError``; do nothing when there is none."""
        refuse(self.problems)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise the problems as one ``PackError`` whose message lists them all; do nothing for an empty list."""
    if not problems:
        return
    ordered = sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.rule))
    first, rest = ordered[0], ordered[1:]
    what = "\n".join([f"[{first.rule}] {first.what}", *map(str, rest)])
    raise PackError(
        what,
        where=f"{first.file}:{first.line}",
        mend=f"the rule: {RULES[first.rule]}" if not rest else "",
        problems=tuple(ordered),
    )


def label(path: Path) -> str:
    """Name a pack file in messages: relative to the shipped packs, or as given."""
    return path.relative_to(DATA).as_posix() if path.is_relative_to(DATA) else str(path)


def read(path: Path) -> tuple[Sheet, Cell]:
    """Parse a YAML pack; raise ``PackError`` at once when it is not YAML or holds no mapping."""
    sheet = Sheet(label(path))
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        sheet.problem(1, "missing-file", "there is no such file")
    except UnicodeDecodeError as error:
        sheet.problem(1, "syntax", str(error))
    sheet.settle()
    return parse(text, sheet)


def parse(text: str, sheet: Sheet) -> tuple[Sheet, Cell]:
    """Parse the text of a pack, as ``read`` does a file."""
    node = None
    try:
        if (line := _too_deep(text)) is not None:
            sheet.problem(line, "syntax", "it is nested without end")
            sheet.settle()
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        sheet.problem(mark.line + 1 if mark else 1, "syntax", str(getattr(error, "problem", error)))
    sheet.settle()
    cell = _cell(node, sheet, _Bounds()) if node is not None else Cell({}, 1)
    sheet.settle()
    if not isinstance(cell.value, dict):
        sheet.problem(cell.line, "wrong-type", "a pack is a mapping")
        sheet.settle()
    return sheet, cell


def _too_deep(text: str) -> int | None:
    """The line on which nesting goes beyond ``DEEPEST``; None for a sane file. A hundred thousand brackets would bring
    the composer down, and the process with it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


@dataclass(slots=True)
class _Bounds:
    """How much of a file has been read. Nine lines whose aliases name each other nine times stand for a thousand
    million cells, and an alias within itself for endless ones."""

    cells: int = 0
    depth: int = 0


MOST_CELLS, DEEPEST = 300_000, 40


def _cell(node: yaml.Node, sheet: Sheet, bounds: _Bounds) -> Cell:
    line = node.start_mark.line + 1
    bounds.cells += 1
    if bounds.cells > MOST_CELLS or bounds.depth >= DEEPEST:
        sheet.problem(line, "syntax", "it is nested, or repeated by aliases, without end")
        sheet.settle()
    bounds.depth += 1
    try:
        return _read(node, sheet, bounds, line)
    finally:
        bounds.depth -= 1


def _read(node: yaml.Node, sheet: Sheet, bounds: _Bounds, line: int) -> Cell:
    if isinstance(node, yaml.ScalarNode):
        return Cell(_scalar(node, sheet, line), line)
    if isinstance(node, yaml.SequenceNode):
        return Cell([_cell(child, sheet, bounds) for child in node.value], line)
    cells: dict[str, Cell] = {}
    for key, child in node.value:
        key_line, name = key.start_mark.line + 1, str(key.value)
        if key.tag.endswith(":bool"):
            sheet.problem(key_line, "boolean-key", f"the key {name} is read as a boolean: quote or rename it")
        elif not key.tag.endswith(":str"):
            sheet.problem(key_line, "text-key", f"the key {name} is not text: quote it")
        elif name in cells:
            sheet.problem(key_line, "duplicate-key", f"{name} was given already on line {cells[name].line}")
        cells[name] = _cell(child, sheet, bounds)
    return Cell(cells, line)


def _scalar(node: yaml.ScalarNode, sheet: Sheet, line: int) -> Any:
    text: str = node.value
    kind = node.tag.rpartition(":")[2]
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "float":
        with suppress(ValueError):
            return float(text)
    if kind == "bool":
        return text.lower() in ("yes", "true", "on")
    if kind == "null":
        return None
    if kind == "timestamp":
        try:
            return date.fromisoformat(text)
        except ValueError:
            sheet.problem(line, "dates", f"{text} is not a date")
    return text


class Form:
    """One mapping of a pack, read key by key; ``close`` reports the keys nobody asked for.

    A key that is missing or wrong is noted and a harmless stand-in returned, so that one pass finds every problem;
    nothing built from stand-ins leaves the loader, because ``Sheet.settle`` raises first.
    """

    def __init__(self, sheet: Sheet, cell: Cell, what: str) -> None:
        self.sheet, self.line, self.what = sheet, cell.line, what
        self.cells: dict[str, Cell] = cell.value if isinstance(cell.value, dict) else {}
        self._asked: set[str] = set()
        if not isinstance(cell.value, dict):
            sheet.problem(cell.line, "wrong-type", f"{what} is a mapping")

    def problem(self, rule: str, what: str, key: str = "") -> None:
        """Note a problem at the line of ``key``, or of the mapping itself."""
        self.sheet.problem(self.cells[key].line if key in self.cells else self.line, rule, f"{self.what}: {what}")

    def cell(self, key: str, *, optional: bool = False) -> Cell | None:
        """Return the cell of ``key``; note a missing-key problem unless it is optional."""
        self._asked.add(key)
        if key not in self.cells:
            if not optional:
                self.problem("missing-key", f"{key} is missing")
            return None
        return self.cells[key]

    def _typed(self, key: str, kinds: tuple[type, ...], name: str, default: Any, optional: bool) -> Any:
        cell = self.cell(key, optional=optional)
        if cell is None:
            return default
        if not isinstance(cell.value, kinds) or (isinstance(cell.value, bool) and bool not in kinds):
            self.problem("wrong-type", f"{key} must be {name}", key)
            return default
        return cell.value

    def string(self, key: str, *, optional: bool = False) -> str:
        """Return text, never empty unless optional."""
        value: str = self._typed(key, (str,), "text", "", optional)
        if not value and key in self.cells and not optional:
            self.problem("missing-key", f"{key} is empty", key)
        return value

    def number(self, key: str, *, optional: bool = False, default: float = 0.0) -> float:
        """Return a number."""
        return float(self._typed(key, (int, float), "a number", default, optional))

    def integer(self, key: str, *, optional: bool = False, default: int = 0) -> int:
        """Return a whole number."""
        return int(self._typed(key, (int,), "a whole number", default, optional))

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return true or false, ``default`` where the key is absent."""
        return bool(self._typed(key, (bool,), "true or false", default, True))

    def date(self, key: str, *, optional: bool = False) -> date | None:
        """Return a date, or None for an explicit null (still in force)."""
        cell = self.cell(key, optional=optional)
        if cell is None or cell.value is None:
            return None
        if not isinstance(cell.value, date):
            if isinstance(cell.value, str) and any(
                p.line == cell.line and p.rule == "dates" for p in self.sheet.problems
            ):
                return None
            self.problem("dates", f"{key} must be a date such as 2002-06-01", key)
            return None
        return cell.value

    def choice(self, key: str, allowed: Sequence[str], *, default: str = "", rule: str = "not-allowed") -> str:
        """Return one of the allowed words; optional where a default is given."""
        value = self.string(key, optional=bool(default)) or default
        if key in self.cells and value not in allowed:
            self.problem(rule, f"{key} is {value!r}, which is none of {', '.join(allowed)}", key)
        return value

    def confidence(self, key: str = "confidence", *, default: str = "") -> Any:
        """Return the confidence stated, or the file's default where one is inherited."""
        if key not in self.cells:
            self._asked.add(key)
            if not default:
                self.problem("confidence", "states no confidence")
            return default or "unverified"
        return self.choice(key, CONFIDENCES, rule="confidence")

    def text(self, key: str = "name", *, optional: bool = False) -> Text:
        """Return a text with all four languages."""
        cell = self.cell(key, optional=optional)
        return text_of(self.sheet, cell, f"{self.what}: {key}") if cell is not None else dict.fromkeys(LANGUAGES, "")

    def texts(self, key: str) -> tuple[Text, ...]:
        """Return a list of texts with all four languages each."""
        return tuple(text_of(self.sheet, cell, f"{self.what}: {key}") for cell in self.cells_of(key, optional=True))

    def cells_of(self, key: str, *, optional: bool = False) -> list[Cell]:
        """Return the cells of a list."""
        return list(self._typed(key, (list,), "a list", [], optional))

    def strings(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        """Return a list of words; a single word counts as a list of one."""
        if isinstance(getattr(self.cells.get(key), "value", None), str):
            return (self.string(key),)
        for cell in (cells := self.cells_of(key, optional=optional)):
            if not isinstance(cell.value, str):
                self.sheet.problem(
                    cell.line, "wrong-type", f"{self.what}: {key} is a list of words; quote {cell.value}"
                )
        return tuple(str(cell.value) for cell in cells)

    def mapping(self, key: str, *, optional: bool = False) -> dict[str, Cell]:
        """Return the cells of a mapping."""
        return dict(self._typed(key, (dict,), "a mapping", {}, optional))

    def forms(self, key: str, what: Callable[[Cell], str], *, optional: bool = False) -> Iterator[Form]:
        """Yield a form for each mapping of a list and close it when the next is asked for."""
        for cell in self.cells_of(key, optional=optional):
            form = Form(self.sheet, cell, what(cell))
            yield form
            form.close()

    def sources(
        self, known: Mapping[str, Source], key: str = "sources", *, default: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Return the ids of the sources named, checked against those at the head of the file."""
        if key not in self.cells:
            self._asked.add(key)
            if not default:
                self.problem("source", "names no source")
            return default
        named = self.strings(key)
        if not named:
            self.problem("source", "names no source", key)
        for name in named:
            if name not in known:
                self.problem("source", f"{name} is not among the sources at the head of the file", key)
        return named

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.cells.keys() - self._asked:
            self.problem("unknown-key", f"nothing is called {key} here", key)


def text_of(sheet: Sheet, cell: Cell, what: str) -> Text:
    """Read a text in the four languages, noting those that are missing, empty or unknown."""
    form = Form(sheet, cell, what)
    words: dict[Any, str] = {}
    for language in LANGUAGES:
        found = form.cell(language, optional=True)
        words[language] = str(found.value).strip() if found is not None and found.value is not None else ""
        if not words[language]:
            form.problem("language", f"{language} is missing or empty", language)
    form.close()
    return words


def sources_of(form: Form, key: str = "sources") -> dict[str, Source]:
    """Read the sources at the head of a file: id -> where it was read."""
    sources = {}
    for name, cell in form.mapping(key).items():
        entry = Form(form.sheet, cell, f"source {name}")
        sources[name] = Source(name, entry.string("ref"), entry.string("note", optional=True))
        entry.close()
    if not sources and key in form.cells:
        form.problem("source", "the file lists no source", key)
    return sources


def head_of(cell: Cell, key: str) -> str:
    """Name an entry of a list by its id, for messages."""
    found = cell.value.get(key) if isinstance(cell.value, dict) else None
    return str(found.value) if found is not None else f"line {cell.line}"
