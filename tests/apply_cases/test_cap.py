"""Warnings keep the rules of the Common Alerting Protocol 1.2; what does not is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from clearbay.apply.cases import Casework, Draft
from clearbay.apply.cases.cap import NAMESPACE, Notice, alert, check
from clearbay.apply.cases.dossier import Dossier
from clearbay.model.case import Place
from clearbay.model.errors import BadInput
from tests.apply_cases.casehome import DUTY, Time


@pytest.fixture
def dossier(casework: Casework) -> Dossier:
    """An incident at a place, with a neighbour asked to help."""
    draft = Draft("major-incident", "Spill <of> oil & tar", fields={"deaths": "1"}, place=Place(113.9, 22.5, "Pier 4"))
    case = casework.open(DUTY, draft)
    casework.join(DUTY, case.id, "810000", "watch the ferry lane")
    return casework.dossier(DUTY, case.id)


def test_a_warning_is_sound_in_four_languages(dossier: Dossier, time: Time) -> None:
    """One info a language, times with the place's offset, severity from the grade, area with every jurisdiction."""
    notice = Notice("alerts@bay.example", expires=time.now + timedelta(hours=6), radius_km=3,
                    polygon=((113.8, 22.4), (114.0, 22.4), (114.0, 22.6)), instruction={"en": "Stay away"})  # fmt: skip
    content = alert(dossier, notice, sent=time.now)
    assert check(content) == []
    root = ET.fromstring(content)
    infos = root.findall(f"{{{NAMESPACE}}}info")
    assert [one.findtext(f"{{{NAMESPACE}}}language") for one in infos] == ["zh-Hans-CN", "zh-Hant-HK", "en", "pt-MO"]
    assert root.findtext(f"{{{NAMESPACE}}}sent") == "2026-03-02T09:00:00+08:00"
    assert {one.findtext(f"{{{NAMESPACE}}}severity") for one in infos} == {"Minor"}
    codes = [one.findtext(f"{{{NAMESPACE}}}value") for one in infos[0].iter(f"{{{NAMESPACE}}}geocode")]
    assert codes == ["440300", "810000"]
    assert infos[2].findtext(f"{{{NAMESPACE}}}headline") == "Major incident: Spill <of> oil & tar"


def test_generated_data_never_warn_in_earnest(casework: Casework, time: Time) -> None:
    """A case made from generated data is a test, whatever was asked for."""
    case = casework.open(DUTY, Draft("major-incident", "x", generated=True))
    content = alert(casework.dossier(DUTY, case.id), Notice("a@b.example", status="Actual"), sent=time.now)
    assert b"<status>Test</status>" in content


@pytest.mark.parametrize(
    "notice",
    [
        Notice("has spaces"), Notice("a,b"), Notice("a@b", status="Real"), Notice("a@b", message="Update"),
        Notice("a@b", scope="Private"), Notice("a@b", scope="Restricted"), Notice("a@b", urgency="Soon"),
        Notice("a@b", polygon=((1, 95), (2, 95), (3, 95))), Notice("a@b", references=(("x y", "", ""),)),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused(dossier: Dossier, time: Time, notice: Notice) -> None:
    """No message leaves that a reader of the protocol would refuse."""
    with pytest.raises(BadInput):
        alert(dossier, notice, sent=time.now)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<sender>a@b</sender>", "", "sender is missing"),
        ("<status>Actual</status>", "<status>Actual</status><status>Test</status>", "status is given 2 times"),
        ("<status>Actual</status>", "<state>Actual</state>", "state has no place"),
        ("+08:00</sent>", "Z</sent>", "no time with an offset"),
        ("<scope>Public</scope>", "<scope>Everybody</scope>", "is none of"),
        ("<scope>Public</scope><", "<incidents>x</incidents><scope>Public</scope><", "stands too late"),
        ("<event>", "<event/><event>", "event is given 2 times"),
        ("22.500000,113.900000 0</circle>", "near the pier</circle>", "a circle is"),
        ("<?xml", "<!DOCTYPE x [<!ENTITY e 'x'>]><?xml", "no entities"),
    ],
)
def test_a_wrong_message_is_named(dossier: Dossier, time: Time, old: str, new: str, why: str) -> None:
    """Order, number, words, times and places of a message are checked as the schema has them."""
    text = alert(dossier, Notice("a@b"), sent=time.now).decode()
    assert old in text
    assert any(why in one for one in check(text.replace(old, new).encode())), check(text.replace(old, new).encode())
