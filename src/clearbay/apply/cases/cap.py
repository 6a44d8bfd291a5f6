"""A case as a warning of the Common Alerting Protocol 1.2 (OASIS), in the four languages.

``alert`` writes the message, ``check`` holds any message against the rules of the schema (order and number of elements,
words allowed, times with an offset and without Z, closed polygons), as the schema of the standard and its text state
them. One ``info`` block a language; a follow-up refers to the message before it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from clearbay import packs
from clearbay.apply.cases.dossier import Dossier
from clearbay.model.errors import BadInput
from clearbay.model.text import LANGUAGES, Language

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NAME = re.compile(r"[^\s,<&]+")
_PAIR = re.compile(r"-?\d+(\.\d+)?,-?\d+(\.\d+)?")

STATUS = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
)
RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

_SEVERITY = {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}
_LOCALE: dict[Language, str] = {"zh-Hans": "zh-Hans-CN", "zh-Hant": "zh-Hant-HK", "en": "en", "pt": "pt-MO"}

# (element, least, most) in the order of the schema; most 0: any number.
_ALERT = (
    ("identifier", 1, 1), ("sender", 1, 1), ("sent", 1, 1), ("status", 1, 1), ("msgType", 1, 1), ("source", 0, 1),
    ("scope", 1, 1), ("restriction", 0, 1), ("addresses", 0, 1), ("code", 0, 0), ("note", 0, 1), ("references", 0, 1),
    ("incidents", 0, 1), ("info", 0, 0),
)  # fmt: skip
_INFO = (
    ("language", 0, 1), ("category", 1, 0), ("event", 1, 1), ("responseType", 0, 0), ("urgency", 1, 1),
    ("severity", 1, 1), ("certainty", 1, 1), ("audience", 0, 1), ("eventCode", 0, 0), ("effective", 0, 1),
    ("onset", 0, 1), ("expires", 0, 1), ("senderName", 0, 1), ("headline", 0, 1), ("description", 0, 1),
    ("instruction", 0, 1), ("web", 0, 1), ("contact", 0, 1), ("parameter", 0, 0), ("resource", 0, 0), ("area", 0, 0),
)  # fmt: skip
_AREA = (
    ("areaDesc", 1, 1),
    ("polygon", 0, 0),
    ("circle", 0, 0),
    ("geocode", 0, 0),
    ("altitude", 0, 1),
    ("ceiling", 0, 1),
)
_RESOURCE = (
    ("resourceDesc", 1, 1), ("mimeType", 1, 1), ("size", 0, 1), ("uri", 0, 1), ("derefUri", 0, 1), ("digest", 0, 1),
)  # fmt: skip
_VALUE = (("valueName", 1, 1), ("value", 1, 1))
_PARTS = {
    "info": _INFO,
    "area": _AREA,
    "resource": _RESOURCE,
    "parameter": _VALUE,
    "eventCode": _VALUE,
    "geocode": _VALUE,
}
_WORDS = {
    "status": STATUS, "msgType": MESSAGES, "scope": SCOPES, "category": CATEGORIES, "responseType": RESPONSES,
    "urgency": URGENCIES, "severity": SEVERITIES, "certainty": CERTAINTIES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """What a warning says beyond its case: who sends it, to whom, and how sure it is.

    ``sender`` is a name without spaces, unique in the world (``alerts@sthjj.example``). ``references`` are (sender,
    identifier, sent) of the messages it follows; ``recipients`` are needed for a private one.
    """

    sender: str
    message: str = "Alert"
    status: str = "Actual"
    scope: str = "Public"
    restriction: str = ""
    recipients: tuple[str, ...] = ()
    urgency: str = "Unknown"
    certainty: str = "Observed"
    expires: datetime | None = None
    radius_km: float = 0.0
    polygon: tuple[tuple[float, float], ...] = ()
    references: tuple[tuple[str, str, str], ...] = ()
    instruction: dict[Language, str] = field(default_factory=dict)
    web: str = ""


def alert(dossier: Dossier, warning: Notice, *, sent: datetime) -> bytes:
    """The message of a case as XML in UTF-8; ``BadInput`` where it would break a rule of the standard.

    A case made from generated data is sent with the status ``Test``, whatever was asked for. Without a position the
    area is told in words and by code alone.
    """
    case = dossier.case
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}alert")
    offset = packs.calendar_of(case.jurisdiction).utc_offset
    _add(root, "identifier", f"{case.id}.{case.version}")
    _add(root, "sender", warning.sender)
    _add(root, "sent", when(sent, offset))
    _add(root, "status", "Test" if case.generated else warning.status)
    _add(root, "msgType", warning.message)
    _add(root, "scope", warning.scope)
    if warning.scope == "Restricted":
        _add(root, "restriction", warning.restriction)
    if warning.recipients:
        _add(root, "addresses", " ".join(f'"{one}"' if " " in one else one for one in warning.recipients))
    if case.generated:
        _add(root, "note", "made from generated data")
    if warning.references:
        _add(root, "references", " ".join(",".join(one) for one in warning.references))
    _add(root, "incidents", case.event.replace(" ", "_") or case.id)
    for language in LANGUAGES:
        root.append(_info(dossier, warning, language, sent, offset))
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    if problems := check(content):
        raise BadInput(problems[0], where="warning", mend="see the Common Alerting Protocol 1.2")
    return content


def _info(dossier: Dossier, warning: Notice, language: Language, sent: datetime, offset: int) -> ET.Element:
    case, book = dossier.case, dossier.playbook
    info = ET.Element(f"{{{NAMESPACE}}}info")
    _add(info, "language", _LOCALE[language])
    _add(info, "category", "Env")
    _add(info, "event", book.name[language])
    _add(info, "responseType", "AllClear" if case.status == "closed" else "Monitor")
    _add(info, "urgency", "Past" if case.status == "closed" else warning.urgency)
    _add(info, "severity", _SEVERITY[case.severity])
    _add(info, "certainty", warning.certainty)
    _add(info, "effective", when(sent, offset))
    _add(info, "onset", when(case.opened, offset))
    if warning.expires is not None:
        _add(info, "expires", when(warning.expires, offset))
    _add(info, "headline", f"{book.name[language]}: {case.title}"[:160])
    state = book.states[case.state].name[language]
    _add(info, "description", f"{case.title}\n{case.text}\n{state}".replace("\n\n", "\n"))
    if text := warning.instruction.get(language, ""):
        _add(info, "instruction", text)
    if warning.web:
        _add(info, "web", warning.web)
    values = {"case": case.id, "state": case.state, "grade": case.grade, "station": case.station}
    for name, value in values.items():
        if value:
            _pair(info, "parameter", name, value)
    info.append(_area(dossier, warning, language))
    return info


def _area(dossier: Dossier, warning: Notice, language: Language) -> ET.Element:
    case = dossier.case
    area = ET.Element(f"{{{NAMESPACE}}}area")
    known = packs.jurisdictions().get(case.jurisdiction)
    named = known.name[language] if known else case.jurisdiction
    _add(area, "areaDesc", case.place.text or named)
    if warning.polygon:
        ring = [*warning.polygon]
        ring += ring[:1] if ring[0] != ring[-1] else []
        _add(area, "polygon", " ".join(f"{latitude:.6f},{longitude:.6f}" for longitude, latitude in ring))
    if case.place.longitude is not None and case.place.latitude is not None:
        circle = f"{case.place.latitude:.6f},{case.place.longitude:.6f} {warning.radius_km:g}"
        _add(area, "circle", circle)
    codes = [case.jurisdiction, *(one.jurisdiction for one in dossier.parties if one.part == "joint")]
    for code in codes:
        _pair(area, "geocode", "GB/T 2260", code)
    return area


def when(moment: datetime, offset: int) -> str:
    """A time as the protocol writes it: the place's own, with its offset, to the second.

    >>> when(datetime(2026, 3, 2, 1, tzinfo=UTC), 480)
    '2026-03-02T09:00:00+08:00'
    """
    local = moment.astimezone(UTC) + timedelta(minutes=offset)
    sign, minutes = ("-", -offset) if offset < 0 else ("+", offset)
    text = f"{local:%Y-%m-%dT%H:%M:%S}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return text.replace("+00:00", "-00:00")


def check(content: bytes) -> list[str]:
    """Every rule of the protocol that a message breaks, each in a sentence; an empty list for a sound one."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return ["a message declares no entities"]
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        return [f"it is not XML: {error}"]
    if root.tag != f"{{{NAMESPACE}}}alert":
        return [f"the root is {root.tag}, not alert of CAP 1.2"]
    found = _sequence(root, _ALERT, "alert")
    values = {child.tag.partition("}")[2]: (child.text or "") for child in root}
    for name in ("identifier", "sender"):
        if not _NAME.fullmatch(values.get(name, "")):
            found.append(f"{name} has no spaces, commas or < and &: {values.get(name, '')!r}")
    if values.get("scope") == "Restricted" and not values.get("restriction"):
        found.append("a restricted message says its restriction")
    if values.get("scope") == "Private" and not values.get("addresses"):
        found.append("a private message names its addresses")
    if values.get("msgType") in ("Update", "Cancel", "Ack") and not values.get("references"):
        found.append(f"a message of type {values['msgType']} refers to another")
    for one in values.get("references", "").split():
        if len(one.split(",")) != 3:
            found.append(f"a reference is sender,identifier,sent: {one!r}")
    return found


def _sequence(parent: ET.Element, order: Sequence[tuple[str, int, int]], where: str) -> list[str]:
    found: list[str] = []
    names = [name for name, _, _ in order]
    at = 0
    counts = dict.fromkeys(names, 0)
    for child in parent:
        space, _, name = child.tag.partition("}")
        if space != f"{{{NAMESPACE}" or name not in counts:
            found.append(f"{where}: {name or child.tag} has no place here")
            continue
        counts[name] += 1
        if names.index(name) < at:
            found.append(f"{where}: {name} stands too late")
        at = max(at, names.index(name))
        found += _value(child, name, f"{where}/{name}")
    for name, least, most in order:
        if counts[name] < least:
            found.append(f"{where}: {name} is missing")
        if most and counts[name] > most:
            found.append(f"{where}: {name} is given {counts[name]} times")
    return found


def _value(element: ET.Element, name: str, where: str) -> list[str]:
    if name in _PARTS:
        return _sequence(element, _PARTS[name], where)
    text = element.text or ""
    if name in _WORDS and text not in _WORDS[name]:
        return [f"{where}: {text!r} is none of {', '.join(_WORDS[name])}"]
    if name in ("sent", "effective", "onset", "expires") and not _TIME.fullmatch(text):
        return [f"{where}: {text!r} is no time with an offset, such as 2026-03-02T09:00:00+08:00"]
    if name == "polygon":
        pairs = text.split(" ")
        if len(pairs) < 4 or pairs[0] != pairs[-1] or not all(map(_position, pairs)):
            return [f"{where}: a polygon is at least four positions, the last the same as the first"]
    if name == "circle":
        centre, _, radius = text.partition(" ")
        if not _position(centre) or not re.fullmatch(r"\d+(\.\d+)?", radius):
            return [f"{where}: a circle is latitude,longitude and a radius in km"]
    if not text.strip():
        return [f"{where}: is empty"]
    return []


def _position(text: str) -> bool:
    if not _PAIR.fullmatch(text):
        return False
    latitude, longitude = map(float, text.split(","))
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text


def _pair(parent: ET.Element, name: str, key: str, value: str) -> None:
    pair = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    _add(pair, "valueName", key)
    _add(pair, "value", value)
