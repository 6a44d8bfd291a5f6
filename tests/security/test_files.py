"""Files that people bring: what they are called, what they say they are, and what they unpack to."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from clearbay.apply.cases import Casework, Draft, bundle
from clearbay.collect.octets import unpacked
from clearbay.collect.packed import check
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, PackError
from clearbay.packs import parse_playbook

from .conftest import Stand

ALL = Actor("all", "All", frozenset({"operator"}), "100000")
HTML = b"<html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture(scope="module")
def case(stand: Stand) -> str:
    return Casework(stand.home).open(ALL, Draft("pollution-alarm", "Foam", jurisdiction="440300")).id


NAMES = {
    "../../../etc/cron.d/x": "x",
    "..\\..\\windows\\x.exe": "x.exe",
    "/etc/passwd": "passwd",
    "a\r\nSet-Cookie: x=1": None,
    "photo\u202egpj.exe": "photogpj.exe",
    "a\x00.jpg": "a.jpg",
    'a".html\x22; filename="b': None,
    "\u2066a\u2069.jpg": "a.jpg",
    "CON": "CON",
    "." * 50: "file",
    "名" * 300: None,
}


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_is_only_a_name(stand: Stand, case: str, name: str) -> None:
    """No folder, no line, no turned letters: in the record, in the header, in the bundle."""
    client = stand.client()
    answer = client.post(f"/api/cases/{case}/evidence", params={"name": name[:300]}, content=b"x", headers=stand.key)
    assert answer.status_code == 200, answer.text
    kept = answer.json()["name"]
    assert NAMES[name] in (None, kept)
    assert kept.isprintable()
    assert not set(kept) & set('/\\"<>|:*?')
    assert kept.strip(".")
    back = client.get(f"/api/cases/{case}/evidence/{answer.json()['id']}", headers=stand.key)
    said = back.headers["content-disposition"]
    assert said.startswith("attachment; filename=")
    assert said.isascii()
    assert "\r" not in said
    assert "set-cookie" not in back.headers
    packed, _ = bundle.packed(Casework(stand.home), ALL, case, lambda _: b"%PDF-1.4")
    for part in zipfile.ZipFile(packed).namelist():
        assert ".." not in Path(part).parts
        assert not part.startswith("/")


KINDS = {
    "image/jpeg": HTML,
    "image/svg+xml": SVG,
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "text/xml": SVG,
    "application/pdf": HTML,
    "text/plain": HTML,
    "video/mp4": HTML,
    "image/png; charset=x": HTML,
    "IMAGE/JPEG": HTML,
    "text/html\t": HTML,
    "multipart/x-mixed-replace; boundary=a": HTML,
    "application/javascript": b"alert(1)",
    "image/jpeg, text/html": HTML,
}


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_nothing_that_somebody_brings_runs(stand: Stand, case: str, kind: str) -> None:
    """Whatever a file is and says it is, a browser saves it or shows it as what it claims: it runs nothing of it."""
    client = stand.client()
    heads = {**stand.key, "Content-Type": kind}
    answer = client.post(f"/api/cases/{case}/evidence?name=a.html", content=KINDS[kind], headers=heads)
    assert answer.status_code == 200, answer.text
    back = client.get(f"/api/cases/{case}/evidence/{answer.json()['id']}", headers=stand.key)
    assert back.content == KINDS[kind]
    assert back.headers["content-disposition"].startswith("attachment")
    assert back.headers["content-security-policy"] == "sandbox"
    assert back.headers["x-content-type-options"] == "nosniff"
    shown = back.headers["content-type"].partition(";")[0]
    assert shown in (
        "image/jpeg",
        "image/png",
        "video/mp4",
        "application/pdf",
        "text/plain",
        "application/octet-stream",
    )


LENGTHS = ("-1", "0", "1e3", "９", "0x10", " 5", "+5", "5.0", "", "9" * 15, "9" * 400, "NaN", "5,5")


@pytest.mark.parametrize("length", LENGTHS)
def test_a_file_of_a_silly_length_is_not_begun(stand: Stand, case: str, length: str) -> None:
    """Only a sane length, in plain digits, makes room on the disk."""
    said = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}"
        for name, value in {"filename": "a.jpg", "case": case, "kind": "photo"}.items()
    )
    heads = {**stand.key, "Tus-Resumable": "1.0.0", "Upload-Metadata": said}
    answer = stand.client().post("/api/uploads", headers={**heads, "Upload-Length": length.encode()})  # type: ignore[dict-item]
    if length == " 5":  # blanks around a field's value are none of it, where a line is in between
        assert answer.status_code in (201, 422)
    else:
        assert answer.status_code in (413, 422), (length, answer.text)


def metadata(text: str) -> dict[str, str]:
    return {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": text}


@pytest.mark.parametrize(
    "text",
    [
        "case",
        "case ====",
        "case /w==",
        "a b c",
        "," * 5000,
        "case QQ==,case QQ==",
        "x" * 9000,
        "complaint QQ==",
        "case QQ==,taken Ly8v",
        "case QQ==,longitude MWU5OTk=",
    ],
)
def test_words_about_a_file_that_make_no_sense(stand: Stand, text: str) -> None:
    answer = stand.client().post("/api/uploads", headers={**stand.key, **metadata(text)})
    assert answer.status_code in (404, 413, 422), answer.text


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return stream.getvalue()


def test_a_bundle_is_read_and_never_unpacked(stand: Stand, case: str, tmp_path: Path) -> None:
    """Names that lead out of a folder write nothing anywhere; what the manifest does not name is not accepted; what
    claims to be larger than any bundle is not read."""
    packed, _ = bundle.packed(Casework(stand.home), ALL, case, lambda _: b"%PDF-1.4")
    with zipfile.ZipFile(packed) as good:
        parts = {name: good.read(name) for name in good.namelist()}
    before = sorted(path.name for path in tmp_path.parent.iterdir())
    for name in (
        "../outside.txt",
        "/tmp/outside.txt",
        "..\\outside.txt",
        "evidence/../../outside.txt",
        "C:outside.txt",
    ):
        path = tmp_path / "slip.zip"
        path.write_bytes(zipped(parts | {name: b"x"}))
        found = bundle.check(path)
        assert isinstance(found, bundle.Unsealed)
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == before
    assert not (tmp_path / "outside.txt").exists()
    for content in (b"", b"PK", b"PK\x05\x06" + b"\0" * 18, zipped({"manifest.json": b"{}"}), zipped({"a": b""})):
        path.write_bytes(content)
        with pytest.raises(BadInput):
            bundle.check(path)
    for said in (
        b"[" * 100_000,
        b"[]",
        b"null",
        b'{"form": 1}',
        json.dumps({"form": bundle.FORM, "version": 1}).encode(),
    ):
        path.write_bytes(zipped({"manifest.json": said, "manifest.sig": b"00"}))
        assert isinstance(bundle.check(path), bundle.Unsealed), said[:40]


def test_a_bomb_in_a_bundle_is_told_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a byte of it is unpacked."""
    monkeypatch.setattr(bundle, "LARGEST", 10_000_000)
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({"manifest.json": b"{}", "manifest.sig": b"00", "evidence/001-a": b"\0" * 50_000_000}))
    assert path.stat().st_size < 100_000
    found = bundle.check(path)
    assert isinstance(found, bundle.Unsealed)
    assert "larger" in found.why


def test_gzip_unpacks_to_a_bound() -> None:
    """A table of a few kilobytes may be gigabytes; a chain of them too."""
    bomb = gzip.compress(b"\0" * 20_000_000)
    for data in (bomb, bomb * 5):
        with pytest.raises(BadInput, match="more than"):
            unpacked(data, "x.csv.gz", most=10_000_000)
    assert unpacked(gzip.compress(b"a,b") * 2) == b"a,ba,b"


def book(**cells: Any) -> bytes:
    made, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    for name, value in cells.items():
        sheet[name] = value  # type: ignore[index]
    made.save(stream)
    return stream.getvalue()


def test_a_workbook_is_as_large_as_it_is(stand: Stand) -> None:
    """A cell in the last corner makes a sheet of seventeen thousand million cells; parts of a ZIP can unpack to any
    size, whatever its directory says. Told before anything opens it."""
    check(book(A1="station", B2=1), "x")
    with pytest.raises(BadInput, match="16,384 columns"):
        check(book(A1="station", XFD1048576=1), "x")
    large = zipped({"xl/worksheets/sheet1.xml": b" " * 20_000_000})
    with pytest.raises(BadInput, match="more than"):
        check(large, "x", largest=10_000_000)
    lying = large.replace((20_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != large
    with pytest.raises(BadInput, match="more than"):
        check(lying, "x", largest=10_000_000)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 10)}]\n" for at in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "a: &a [*a]",
        "a: " + "[" * 100_000,
        "a: " + "[" * 100_000 + "]" * 100_000,
        "- " * 100_000,
        "a: " + "{a: " * 3000 + "1" + "}" * 3000,
        "a: !!python/object/apply:os.system ['touch /tmp/x']",
        "\x00",
    ],
    ids=["laughs", "itself", "open", "deep", "lists", "maps", "python", "nul"],
)
def test_a_playbook_is_words_and_nothing_else(text: str) -> None:
    """Nothing in a YAML file runs, repeats without end, or brings the process down."""
    with pytest.raises((PackError, BadInput)):
        parse_playbook(text, "given.yaml")
