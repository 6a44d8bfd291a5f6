"""A bulletin in one language as a list of blocks: what a page of HTML and a page of PDF both set."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from clearbay import packs
from clearbay.apply.bulletin import MONTHS, Bulletin, Line
from clearbay.apply.standing import Change, Placed
from clearbay.model.standard import Grade
from clearbay.model.station import Station
from clearbay.model.text import Language
from clearbay.share.bulletin import charts, maps, words
from clearbay.share.bulletin.scene import Scene

WIDTH = 511.0
"""Points across a page of A4 between margins of 15 mm."""


_FEW = 10
"""Up to this many stations the one table, worst first, says what a list of the worst would."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: what, how much, and a note below."""

    label: str
    value: str
    note: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Key figures in a row."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend; without colour a hollow ring."""

    sign: str
    colour: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing under a heading, with its legend and a note."""

    title: str
    scene: Scene
    legend: tuple[Key, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A class in its colour and by its name."""

    text: str
    colour: str


Cell: TypeAlias = str | Badge


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the width, and whether it holds numbers."""

    title: str
    width: float
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a heading."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs under a heading; ``small`` for notes."""

    title: str
    paragraphs: tuple[str, ...]
    small: bool = False


Block: TypeAlias = Figures | Picture | Table | Prose


@dataclass(frozen=True, slots=True)
class Document:
    """A bulletin ready to be set."""

    language: Language
    title: str
    area: str
    month: str
    standard: str
    lead: str
    warning: str
    blocks: tuple[Block, ...]
    footer: str


def compose(bulletin: Bulletin, language: Language) -> Document:
    """Say the bulletin in one language."""
    return _Writer(bulletin, language).document()


class _Writer:
    def __init__(self, bulletin: Bulletin, language: Language) -> None:
        self.it, self.language = bulletin, language
        self.grades = {grade.id: grade for grade in bulletin.standard.grades}
        self.stations = {line.station.id: line.station for line in bulletin.lines}

    def document(self) -> Document:
        it, medium = self.it, self.it.lines[0].station.medium
        return Document(
            language=self.language,
            title=words.medium(medium, self.language),
            area=it.area.name[self.language],
            month=words.month(it.month, self.language),
            standard=f"{self.say('standard')} {it.standard.code}",
            lead=self.lead(),
            warning=self.say("generated") if it.generated else "",
            blocks=tuple(self.blocks()),
            footer=self.say("made"),
        )

    def blocks(self) -> Iterator[Block]:
        yield Figures(tuple(self.figures()))
        scene = maps.chart(self.it, self.language, WIDTH, 268.0)
        missing = sum(line.station.longitude is None for line in self.it.lines)
        if scene is not None:
            note = self.say("note_some_position", n=str(missing)) if missing else ""
            yield Picture(
                self.say("map_index" if self.index else "map"), scene, tuple(self.legend(bool(self.unjudged))), note
            )
        chart = charts.shares(self.it, self.language, WIDTH, 150.0)
        legend = () if scene is not None else tuple(self.legend(False))
        title = self.say("chart_index" if self.index else "chart", n=str(MONTHS))
        yield Picture(title, chart, legend, self.say("chart_note"))
        if scene is None:
            yield Prose("", (self.say("note_position", n=str(missing)),), small=True)
        yield Prose(self.say("changes"), tuple(self.changes()))
        if self.it.standing.pollutants:
            yield self.pollutants()
        if self.it.standing.worst and len(self.it.lines) > _FEW:
            yield self.table(self.say("worst"), [self.line(one.station) for one in self.it.standing.worst])
        yield self.table(self.say("table"), [line for line in self.it.lines if line.placed is not None])
        rest = [line.station for line in self.it.lines if line.placed is None]
        if rest:
            names = words.listed([self.label(one) for one in rest], self.language)
            yield Prose("", (self.say("rest", n=str(len(rest)), names=names),), small=True)
        yield Prose(self.say("method"), tuple(self.notes()), small=True)
        yield Prose(self.say("marks"), tuple(self.marks()), small=True)
        yield Prose(self.say("sources"), tuple(self.credits()), small=True)
        yield Prose(self.say("law"), tuple(f"{one.id}: {one.ref}" for one in self.it.standard.sources), small=True)

    # The head

    def lead(self) -> str:
        it, standing = self.it, self.it.standing
        worst = standing.places[0]
        about = {"month": words.month(it.month, self.language), "area": it.area.name[self.language]}
        if standing.attained is None:
            station = self.station(self.stations[worst.station])
            return self.say(
                "lead_index", **about, judged=str(standing.judged), grade=self.name(worst.grade), station=station
            )
        good, judged = standing.attained.stations, standing.attained.judged
        found = [
            self.say(
                "lead_target" if 0 < good < judged else "lead_all" if good else "lead_none",
                **about,
                judged=str(standing.judged),
                good=str(standing.attained.stations),
                share=words.per_cent(standing.attained.share, self.language),
                code=it.standard.code,
                target=self.target,
            ),
            self.against_last_year(standing.year_earlier),
        ]
        if standing.worst:
            over = [
                self.say("item_over", name=self.lower(self.property(code)), times=words.times(multiple, self.language))
                for code, multiple in worst.multiples.items()
            ][:2]
            items = over or [self.lower(self.property(code)) for code in worst.determinants[:2]]
            why = self.say("because", items=words.listed(items, self.language)) if items else ""
            station = self.station(self.stations[worst.station])
            found.append(self.say("lead_worst", station=station, grade=self.name(worst.grade), why=why))
        return words.joined(found, self.language)

    def against_last_year(self, change: Change | None) -> str:
        if change is None or change.good is None:
            return self.say("lead_no_year")
        way = "lead_same" if abs(change.good) < 0.05 else "lead_up" if change.good > 0 else "lead_down"
        points = words.number(abs(change.good), self.language, 1)
        return self.say(way, points=points, common=str(change.common))

    def figures(self) -> Iterator[Figure]:
        standing = self.it.standing
        present = len(self.it.lines)
        yield Figure(self.say("fig_judged"), str(standing.judged), self.say("fig_of", n=str(present)))
        if standing.attained is not None:
            change = standing.year_earlier.good if standing.year_earlier else None
            share = words.per_cent(standing.attained.share, self.language)
            label = self.say("fig_good", target=self.grades[standing.attained.target].name[self.language])
            yield Figure(label, share, self.points(change), self.grades[standing.attained.target].colour)
            last = self.it.standard.grades[-1]
            bad = standing.year_earlier.bad if standing.year_earlier else None
            yield Figure(
                last.name[self.language],
                words.per_cent(standing.shares[-1], self.language),
                self.points(bad),
                last.colour,
            )
        else:
            grade = self.grades[standing.places[0].grade]
            station = self.stations[standing.places[0].station].name[self.language]
            yield Figure(self.say("fig_highest"), self.name(grade.id), station, grade.colour)
        if standing.rating is not None:
            mark = self.mark(standing.rating.confidence)
            grade_of = standing.rating.grade
            name = grade_of.name[self.language] if grade_of else self.say("no_rating")
            colour = grade_of.colour if grade_of else ""
            yield Figure(self.say("fig_rating"), name + mark, standing.rating.method.code, colour)
        complete = standing.completeness
        if complete.share is None or complete.expected is None:
            yield Figure(self.say("fig_samples"), "–", self.say("fig_samples_none"))
            return
        expected = words.number(complete.expected, self.language, 0 if complete.expected >= 20 else 1)
        note = self.say("fig_samples_note", got=words.number(complete.samples, self.language), expected=expected)
        yield Figure(self.say("fig_samples"), words.per_cent(100 * complete.share, self.language), note)

    def points(self, change: float | None) -> str:
        if change is None:
            return ""
        return self.say("year_points", points=words.number(change, self.language, 1, signed=True))

    def legend(self, unjudged: bool) -> Iterator[Key]:
        counts = self.it.standing.counts
        for grade, count in zip(self.it.standard.grades, counts, strict=True):
            yield Key(grade.short or grade.id, grade.colour, f"{grade.name[self.language]} · {count}")
        if unjudged:
            yield Key("", "", f"{self.say('legend_none')} · {self.unjudged}")

    # The body

    def changes(self) -> Iterator[str]:
        standing = self.it.standing
        for key, change in (("year", standing.year_earlier), ("previous", standing.previous)):
            if change is None:
                yield self.say("lead_no_year" if key == "year" else "no_previous")
                continue
            said = [
                self.say(
                    f"change_{key}",
                    period=words.month(change.period, self.language),
                    **{
                        name: str(value)
                        for name, value in (
                            ("common", change.common),
                            ("better", change.better),
                            ("worse", change.worse),
                            ("same", change.same),
                        )
                    },
                )
            ]
            if change.good is not None and change.bad is not None:
                good, bad = (words.number(one, self.language, 1, signed=True) for one in (change.good, change.bad))
                worst = self.it.standard.grades[-1].name[self.language]
                said.append(self.say("change_points", target=self.target, good=good, bad=bad, worst=self.lower(worst)))
            if change.worded is not None and standing.rating is not None:
                size, way = change.worded.extent, change.worded.direction
                word = self.say("worded_none" if size == "none" else f"worded_{size}_{way}")
                mark = self.mark(change.worded.confidence)
                said.append(self.say("change_worded", code=standing.rating.method.code, word=word, mark=mark))
            if change.items_differ:
                items = words.listed([self.lower(self.property(code)) for code in change.items_differ], self.language)
                said.append(self.say("items_differ", items=items))
            yield words.joined(said, self.language)
        course = next((one for one in standing.courses if one.of == "attained_share"), None)
        if course is not None:
            have = [period for period, value in zip(course.periods, course.values, strict=True) if value is not None]
            rho = course.trend.coefficient
            yield self.say(
                f"trend_{course.trend.direction}",
                mark=self.mark(course.trend.confidence),
                first=have[0][:4],
                last=have[-1][:4],
                target=self.target,
                n=str(course.trend.periods),
                rho="–" if math.isnan(rho) else words.number(rho, self.language, 2),
                critical="–"
                if course.trend.critical is None
                else words.number(course.trend.critical, self.language, 3),
            )

    def pollutants(self) -> Table:
        known = packs.properties()
        rows: list[tuple[Cell, ...]] = []
        for one in self.it.standing.pollutants:
            unit = known[one.property].unit_label if one.property in known else ""
            unit = "" if unit == one.property else unit
            value = "–" if one.value is None else f"{self.value(one.value)} {unit}".strip()
            share = f"{one.stations}/{one.judged} ({words.per_cent(one.share, self.language)})"
            over = "–" if one.multiple is None else words.times(one.multiple, self.language)
            where = self.label(self.stations[one.worst])
            rows.append((self.property(one.property), share, over, value, "", self.badge(one.grade), where))
        columns = (
            Column(self.say("col_item"), 27),
            Column(self.say("col_share"), 17, True),
            Column(self.say("col_multiple"), 15, True),
            Column(self.say("col_value"), 15, True),
            Column("", 3),
            Column(self.say("col_grade"), 20),
            Column(self.say("col_where"), 14),
        )
        return Table(self.say("pollutants", target=self.target), columns, tuple(rows))

    def table(self, title: str, lines: list[Line]) -> Table:
        """Stations with their verdicts; columns that would be empty throughout are left out."""
        placed = [line.placed for line in lines if line.placed is not None]
        before = any(one.previous is not None for one in placed)
        earlier = any(one.year_earlier is not None for one in placed)
        wanted = [
            (True, Column(self.say("col_station"), 28)),
            (True, Column(self.say("col_index" if self.index else "col_grade"), 18)),
            (not self.index, Column(self.say("col_items"), 38)),
            (before, Column(self.say("col_previous"), 9)),
            (earlier, Column(self.say("col_year"), 9)),
            (earlier, Column(self.say("col_change"), 10)),
            (True, Column(self.say("col_hours" if self.index else "col_samples"), 10, True)),
        ]
        rows = [[cell for (keep, _), cell in zip(wanted, self.row(line), strict=True) if keep] for line in lines]
        return Table(title, tuple(column for keep, column in wanted if keep), tuple(tuple(row) for row in rows))

    def row(self, line: Line) -> tuple[Cell, ...]:
        name, one = self.station(line.station), line.placed
        if one is None:
            return name, self.say("not_judged"), "", "", "", "", "0"
        return (
            name,
            self.badge(one.grade),
            self.deciding(line, one),
            self.short(one.previous),
            self.short(one.year_earlier),
            self.moved(one),
            words.number(one.samples, self.language),
        )

    def deciding(self, line: Line, one: Placed) -> str:
        found: list[str] = []
        for code in one.determinants:
            over = one.multiples.get(code)
            brackets = "（{}）" if self.language.startswith("zh") else " ({})"
            times = brackets.format(words.times(over, self.language)) if over is not None else ""
            name = self.property(code) if not found else self.lower(self.property(code))
            found.append(f"{name}{'†' if code in line.unverified else ''}{times}")
        return words.listed(found, self.language)

    def moved(self, one: Placed) -> str:
        if one.year_earlier is None:
            return "–"
        order = list(self.grades)
        step = order.index(one.grade) - order.index(one.year_earlier)
        return self.say("same" if not step else "worse" if step > 0 else "better")

    # The foot

    def notes(self) -> Iterator[str]:
        it, standing = self.it, self.it.standing
        key = "note_index" if it.standard.kind == "index" else "note_standard"
        name, statistic = it.standard.name[self.language], it.statistic[self.language]
        yield self.say(key, code=it.standard.code, name=name, statistic=statistic)
        if standing.attained is not None:
            yield self.say("note_target", target=self.target)
        if standing.rating is not None:
            rating = standing.rating
            by, confidence = self.say(f"by_{rating.by}"), words.confidence(rating.confidence, self.language)
            yield self.say("note_rating", code=rating.method.code, by=by, confidence=confidence)
            yield from (note[self.language] for note in rating.method.notes)
        yield self.say("note_complete")
        yield self.say("note_common")
        yield from (note[self.language] for note in it.standard.notes)

    def marks(self) -> Iterator[str]:
        yield self.say("mark_dagger")
        yield self.say("mark_rule", confidence=words.confidence(self.it.standard.confidence, self.language))

    def credits(self) -> Iterator[str]:
        registers = packs.registers()
        for programme in self.it.programmes:
            register = registers.get(programme)
            if register is None:
                yield programme
                continue
            yield words.joined(
                [f"{register.name[self.language]}:", f"{register.attribution}.", f"{register.licence}."], "en"
            )
        if self.it.located:
            layers = [layer for layer in packs.layers() if layer.id in maps.LAND]
            who = "; ".join(f"{layer.attribution} ({layer.licence})" for layer in layers)
            yield self.say("map_credit", who=who)

    # Words

    def say(self, key: str, **parts: str) -> str:
        return words.say(key, self.language, **parts)

    def mark(self, confidence: str) -> str:
        """The dagger beside what no official text was found for."""
        return "†" if confidence == "unverified" else ""

    @property
    def index(self) -> bool:
        """True where the bulletin is about an index and not about classes."""
        return self.it.standard.kind == "index"

    @property
    def unjudged(self) -> int:
        return sum(line.placed is None for line in self.it.lines)

    @property
    def target(self) -> str:
        target = self.it.standing.target
        return self.lower(self.grades[target].name[self.language]) if target else ""

    def lower(self, name: str) -> str:
        """A grade's name inside a sentence: ``Class 2`` -> ``class 2``; Roman numerals and Chinese stay."""
        return name[0].lower() + name[1:] if len(name) > 1 and name[1].islower() else name

    def name(self, grade: str) -> str:
        return self.lower(self.grades[grade].name[self.language])

    def line(self, station: str) -> Line:
        return next(one for one in self.it.lines if one.station.id == station)

    def badge(self, grade: str) -> Badge:
        one: Grade = self.grades[grade]
        return Badge(one.name[self.language], one.colour)

    def short(self, grade: str | None) -> str:
        return "–" if grade is None else self.grades[grade].short or grade

    def property(self, code: str) -> str:
        known = packs.properties()
        return known[code].name[self.language] if code in known else code

    def station(self, one: Station) -> str:
        name = one.name[self.language]
        return name if maps.plain_name(one) else f"{one.code} {name}"

    def label(self, one: Station) -> str:
        """The shortest that tells a station: its code, or its name where the code is the name."""
        return one.name[self.language] if maps.plain_name(one) else one.code

    def value(self, value: float) -> str:
        text = f"{value:.4g}" if abs(value) < 10_000 else f"{value:.0f}"
        return text.replace(".", ",") if self.language == "pt" else text
