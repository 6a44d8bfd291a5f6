"""A case as a PDF of A4 pages: what it is, what was done when and by whom, what proves it, its links in the chain."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from clearbay import packs
from clearbay.apply.cases.dossier import Dossier
from clearbay.model.text import LANGUAGES, Language, Text
from clearbay.share.bulletin import type as setting

_WIDE, _HIGH = float(A4[0]), float(A4[1])
_LEFT, _RIGHT, _TOP, _FOOT = 46.0, 46.0, 52.0, 46.0
_ACROSS = _WIDE - _LEFT - _RIGHT
_QUIET, _INK, _ACCENT, _FAINT = "#5b6875", "#1b2733", "#1f5f8b", "#d5dbe1"

WORDS: Mapping[str, Text] = {
    name: dict(zip(LANGUAGES, words, strict=True))
    for name, words in {
        "state": ("状态", "狀態", "State", "Estado"),
        "opened": ("立案时间", "立案時間", "Opened", "Aberto"),
        "closed": ("结案时间", "結案時間", "Closed", "Encerrado"),
        "place": ("地点", "地點", "Place", "Local"),
        "holder": ("主办地区", "主辦地區", "Held by", "A cargo de"),
        "assignee": ("经办人", "經辦人", "Assigned to", "Atribuído a"),
        "station": ("监测站点", "監測站", "Station", "Estação"),
        "limit": ("限值", "限值", "Limit", "Limite"),
        "grade": ("级别", "級別", "Grade", "Grau"),
        "due": ("最近时限", "最近期限", "Next deadline", "Próximo prazo"),
        "deadlines": ("时限", "期限", "Deadlines", "Prazos"),
        "timeline": ("办理过程", "辦理過程", "What was done", "O que se fez"),
        "evidence": ("证据", "證據", "Evidence", "Provas"),
        "parties": ("参与地区", "參與地區", "Other jurisdictions", "Outras jurisdições"),
        "running": ("进行中", "進行中", "running", "a decorrer"),
        "met": ("按时", "準時", "in time", "a tempo"),
        "late": ("超时", "逾時", "late", "fora do prazo"),
        "void": ("终止", "終止", "void", "sem efeito"),
        "default": ("使用者默认", "使用者預設", "operator's default", "predefinição do operador"),
        "law": ("有据可查", "有據可查", "sourced", "com fonte"),
        "generated": (
            "本案由生成数据产生，并非真实监测。",
            "本個案由生成數據產生，並非真實監測。",
            "This case was made from generated data, not from measurements.",
            "Este caso foi feito com dados gerados, não com medições.",
        ),
        "seal": (
            "本页为案卷的可读副本；以证据包内签名的清单和链条为准。",
            "本頁為案卷的可讀副本；以證據包內簽署的清單和鏈條為準。",
            "This page is the readable copy; what counts is the signed manifest and the chain in the bundle.",
            "Esta página é a cópia legível; o que vale é o manifesto assinado e a cadeia no pacote.",
        ),
        "uncertain": (
            "日历未公布，时限可能变动",
            "日曆未公布，期限可能變動",
            "calendar not published, may move",
            "calendário por publicar, pode mudar",
        ),
    }.items()
}
"""The page's own words in the four languages."""


def language_of(dossier: Dossier) -> Language:
    """The language in which a case's page is set where nobody asks for another: that of the place."""
    return "zh-Hans" if packs.legal_system(dossier.case.jurisdiction) == "cn" else "zh-Hant"


def pdf(dossier: Dossier, language: Language | None = None) -> bytes:
    """The case as PDF; equal cases are equal bytes."""
    setting.register()
    return _Page(dossier, language or language_of(dossier)).set()


class _Page:
    def __init__(self, dossier: Dossier, language: Language) -> None:
        self.dossier, self.language = dossier, language
        self.buffer = io.BytesIO()
        self.page: Any = Canvas(self.buffer, pagesize=A4, invariant=1, pageCompression=1, lang=language)
        self.number, self.y = 1, _TOP
        self.offset = timedelta(minutes=packs.calendar_of(dossier.case.jurisdiction).utc_offset)

    def set(self) -> bytes:
        one, book, words = self.dossier.case, self.dossier.playbook, self._say
        self.page.setTitle(f"{one.id} {one.title}")
        self.page.setAuthor("clearbay")
        self._line(book.name[self.language], 10, colour=_ACCENT, bold=True, space=8)
        self._line(one.id, 20, bold=True, space=12)
        self._prose(one.title, 12.5, bold=True)
        if one.generated:
            self._prose(words("generated"), 9, colour="#9c1c1c", bold=True)
        if one.text:
            self._prose(one.text, 9.5)
        self.y += 6
        for label, value in self._facts():
            if value:
                self._pair(label, value)
        self._deadlines()
        if self.dossier.parties:
            self._heading(words("parties"))
            for part in self.dossier.parties:
                self._pair(self._place(part.jurisdiction), f"{part.part} {part.task} {self._time(part.done)}".strip())
        self._timeline()
        self._evidence()
        self.y += 10
        self._prose(words("seal"), 8, colour=_QUIET)
        self._foot()
        self.page.save()
        return self.buffer.getvalue()

    def _facts(self) -> list[tuple[str, str]]:
        one, book = self.dossier.case, self.dossier.playbook
        grade = next((each.name[self.language] for each in book.grades if each.id == one.grade), "")
        limit = ""
        if one.limit is not None:
            sign = "<=" if one.limit.op == "le" else ">="
            limit = f"{one.property} {sign} {one.limit.value:g} {one.limit.unit} {one.limit.standard} {one.limit.grade}"
        where = one.place.text
        if one.place.longitude is not None and one.place.latitude is not None:
            where = f"{where} {one.place.latitude:.5f}, {one.place.longitude:.5f}".strip()
        fields = [
            (book.fields[name].name[self.language], book.fields[name].choices.get(text, {}).get(self.language, text))
            for name, text in one.fields.items()
            if name in book.fields and text
        ]
        due = book.deadlines[one.due_for].name[self.language] if one.due_for in book.deadlines else ""
        return [
            (self._say("state"), book.states[one.state].name[self.language]),
            (self._say("grade"), grade),
            (self._say("opened"), f"{self._time(one.opened)} {one.opened_by}"),
            (self._say("closed"), self._time(one.closed)),
            (self._say("due"), f"{due} {self._time(one.due)}".strip()),
            (self._say("holder"), self._place(one.jurisdiction)),
            (self._say("assignee"), f"{one.assignee_name} {one.assignee}".strip()),
            (self._say("place"), where),
            (self._say("station"), one.station),
            (self._say("limit"), limit.strip()),
            *fields,
        ]

    def _deadlines(self) -> None:
        self._heading(self._say("deadlines"))
        for clock in self.dossier.clocks:
            deadline = self.dossier.playbook.deadlines.get(clock.deadline)
            name = deadline.name[self.language] if deadline else clock.deadline
            basis = self._say(deadline.origin.basis) if deadline else ""
            text = f"{self._time(clock.due) or '-'}  {self._say(clock.outcome)}  ({basis})"
            if clock.uncertain:
                years = ", ".join(f"{calendar} {year}" for calendar, year, _ in clock.uncertain)
                text += f"  {self._say('uncertain')}: {years}"
            self._pair(name, text)

    def _timeline(self) -> None:
        self._heading(self._say("timeline"))
        book = self.dossier.playbook
        for action in self.dossier.actions:
            step = book.transitions.get(action.kind)
            name = step.name[self.language] if step else action.kind
            moved = f"  {book.states[action.after].name[self.language]}" if action.before != action.after else ""
            self._need(30)
            self._line(
                f"{action.seq}  {self._time(action.time)}  {action.actor_name or action.actor}", 8.5, colour=_QUIET
            )
            self._line(f"{name}{moved}", 9.5, bold=True, indent=14)
            if action.text:
                self._prose(action.text, 9, indent=14)
            self._line(f"chain {action.entry}  {action.link}", 5.8, colour=_QUIET, indent=14, space=5)

    def _evidence(self) -> None:
        self._heading(self._say("evidence"))
        for one in self.dossier.evidence:
            self._need(30)
            taken = f"  ({self._time(one.taken)})" if one.taken else ""
            self._line(f"{one.id}  {one.name}  {one.kind}  {one.size:,} B", 9, bold=True)
            self._line(f"{self._time(one.added)}{taken}  {one.by}", 8.5, colour=_QUIET, indent=14)
            if one.note:
                self._prose(one.note, 8.5, indent=14)
            self._line(f"SHA-256 {one.sha256}", 5.8, colour=_QUIET, indent=14, space=5)

    def _say(self, name: str) -> str:
        return WORDS[name][self.language]

    def _place(self, code: str) -> str:
        known = packs.jurisdictions().get(code)
        return f"{known.name[self.language]} {code}" if known else code

    def _time(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        local = moment.astimezone(UTC) + self.offset
        hours, minutes = divmod(int(self.offset.total_seconds()) // 60, 60)
        return f"{local:%Y-%m-%d %H:%M:%S} +{hours:02d}:{minutes:02d}"

    def _heading(self, text: str) -> None:
        self._need(44)
        self.y += 14
        self._line(text, 10.5, colour=_ACCENT, bold=True, space=4)
        self.page.setStrokeColor(_FAINT)
        self.page.setLineWidth(0.5)
        self.page.line(_LEFT, _HIGH - self.y + 10, _WIDE - _RIGHT, _HIGH - self.y + 10)

    def _pair(self, label: str, value: str) -> None:
        lines = setting.wrap(value, 9, _ACROSS - 130, self.language)
        self._need(14 * len(lines))
        for number, line in enumerate(lines):
            if number == 0:
                self._write(label, 8.5, 0, colour=_QUIET)
            self._write(line, 9, 130)
            self.y += 13

    def _prose(self, text: str, size: float, *, indent: float = 0, colour: str = _INK, bold: bool = False) -> None:
        for part in text.splitlines():
            for line in setting.wrap(part, size, _ACROSS - indent, self.language, bold=bold):
                self._line(line, size, indent=indent, colour=colour, bold=bold)

    def _line(
        self, text: str, size: float, *, indent: float = 0, colour: str = _INK, bold: bool = False, space: float = 0
    ) -> None:
        self._need(size * 1.5)
        self._write(text, size, indent, colour=colour, bold=bold)
        self.y += size * 1.45 + space

    def _write(self, text: str, size: float, x: float, *, colour: str = _INK, bold: bool = False) -> None:
        setting.write(self.page, _LEFT + x, _HIGH - self.y, text, size, self.language, colour=colour, bold=bold)

    def _need(self, height: float) -> None:
        if self.y + height > _HIGH - _FOOT:
            self._foot()
            self.page.showPage()
            self.number += 1
            self.y = _TOP

    def _foot(self) -> None:
        at, self.y = self.y, _HIGH - 26
        self._write(self.dossier.case.id, 7, 0, colour=_QUIET)
        self._write(str(self.number), 7, _ACROSS - 12, colour=_QUIET)
        self.y = at
