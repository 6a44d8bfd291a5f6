"""A bundle proves itself with nothing but the file; any change of it is named."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearbay.apply.cases import Casework, bundle
from clearbay.apply.cases.bundle import Sealed, Unsealed
from clearbay.model.errors import BadInput, StoreError, UnknownName
from clearbay.model.text import LANGUAGES
from clearbay.share import case_pdf
from clearbay.store import Home
from clearbay.store.node_key import NodeKey, fingerprint, signed
from tests.apply_cases.casehome import DUTY, ELSE, HAND, Time, photo, treated


@pytest.fixture
def sealed(casework: Casework, time: Time, tmp_path: Path) -> tuple[Path, str]:
    """A bundle of a handled alarm with two pieces of evidence, and the case's id."""
    case = treated(casework, time)
    casework.attach(HAND, case.id, photo(b"another", note="the outlet after the work"))
    out = tmp_path / "case.zip"
    made = bundle.bundle(casework, DUTY, case.id, out, case_pdf.pdf)
    assert (made.case, made.actions, made.evidence) == (case.id, 6, 2)
    return out, case.id


def test_a_bundle_verifies_on_a_machine_with_nothing_else(sealed: tuple[Path, str], home: Home, tmp_path: Path) -> None:
    """Another process, without the home, finds it whole, and tells whose seal it is."""
    path, id = sealed
    found = bundle.check(path)
    assert isinstance(found, Sealed)
    assert (found.case, found.fingerprint) == (id, NodeKey.of(home).fingerprint)
    done = subprocess.run(
        [sys.executable, "-m", "clearbay", "verify", str(path), "--json"], capture_output=True, cwd=tmp_path, check=True
    )
    assert json.loads(done.stdout)["ok"]


def test_the_seal_of_another_node_is_told(sealed: tuple[Path, str], home: Home, tmp_path: Path) -> None:
    """Who knows the node's fingerprint (or key) learns whether it sealed the bundle."""
    path, _ = sealed
    mine = NodeKey.of(home)
    assert isinstance(bundle.check(path, trusted=mine.fingerprint), Sealed)
    assert isinstance(bundle.check(path, trusted=mine.public), Sealed)
    with Home.create(tmp_path / "other") as other:
        found = bundle.check(path, trusted=NodeKey.of(other).fingerprint)
    assert isinstance(found, Unsealed)
    assert "sealed by" in found.why


def rewritten(path: Path, change: dict[str, bytes | None]) -> Path:
    """The bundle with some files changed, added or left out."""
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        held = {name: old.read(name) for name in old.namelist()}
        for name, content in {**held, **change}.items():
            if content is not None:
                new.writestr(name, content)
    return out


@pytest.mark.parametrize(
    "name", ["case.pdf", "case.json", "record.json", "chain.json", "manifest.json", "manifest.sig", "playbook.yaml",
             "HOWTO.txt", "evidence/001-outlet.jpg"]
)  # fmt: skip
def test_every_file_of_a_bundle_is_sealed(sealed: tuple[Path, str], name: str) -> None:
    """A changed file is named; so is one that is missing (a bundle without manifest or seal is none)."""
    path, _ = sealed
    with zipfile.ZipFile(path) as data:
        content = bytearray(data.read(name))
    content[len(content) // 2] ^= 1
    found = bundle.check(rewritten(path, {name: bytes(content)}))
    assert isinstance(found, Unsealed)
    if name.startswith("manifest"):
        with pytest.raises(BadInput):
            bundle.check(rewritten(path, {name: None}))
        return
    assert found.where == name
    gone = bundle.check(rewritten(path, {name: None}))
    assert isinstance(gone, Unsealed)
    assert "missing" in gone.why


def test_a_file_put_in_is_found(sealed: tuple[Path, str]) -> None:
    """Nothing stands in a bundle that its manifest does not name."""
    found = bundle.check(rewritten(sealed[0], {"evidence/003-planted.jpg": b"x"}))
    assert isinstance(found, Unsealed)
    assert found.where == "evidence/003-planted.jpg"


def test_any_flipped_byte_of_a_bundle_is_found(sealed: tuple[Path, str]) -> None:
    """Whichever byte changes, the bundle is not whole, or says what it said (a byte that no reader looks at)."""
    path, _ = sealed
    sound = path.read_bytes()
    before = bundle.check(path)

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(at=st.integers(0, len(sound) - 1), bits=st.integers(1, 255))
    def flipped(at: int, bits: int) -> None:
        spoiled = bytearray(sound)
        spoiled[at] ^= bits
        path.write_bytes(bytes(spoiled))
        try:
            found = bundle.check(path)
        except BadInput:
            return
        assert isinstance(found, Unsealed) or found == before, at

    flipped()


def resealed(path: Path, home: Home, change: dict[str, bytes]) -> Path:
    """A forger who holds the node's key: changed files, a new manifest, a good signature."""
    with zipfile.ZipFile(path) as data:
        manifest = json.loads(data.read("manifest.json"))
    for one in manifest["files"]:
        if one["path"] in change:
            content = change[one["path"]]
            one |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    text = json.dumps(manifest).encode()
    return rewritten(path, {**change, "manifest.json": text, "manifest.sig": NodeKey.of(home).sign(text).encode()})


def test_even_the_node_cannot_rewrite_what_was_done(sealed: tuple[Path, str], home: Home) -> None:
    """With the key in hand, a changed word, a dropped action or another record still breaks the case's own chain."""
    path, _ = sealed
    with zipfile.ZipFile(path) as data:
        chain, record = json.loads(data.read("chain.json")), json.loads(data.read("record.json"))
    word = json.dumps(chain).replace("valve shut", "valve open").encode()
    assert "fit its link" in bundle.check(resealed(path, home, {"chain.json": word})).why  # type: ignore[union-attr]
    dropped = json.dumps({**chain, "entries": chain["entries"][:2] + chain["entries"][3:]}).encode()
    assert "next action" in bundle.check(resealed(path, home, {"chain.json": dropped})).why  # type: ignore[union-attr]
    cut = json.dumps({**chain, "entries": chain["entries"][:-1]}).encode()
    assert "head" in bundle.check(resealed(path, home, {"chain.json": cut})).why  # type: ignore[union-attr]
    record["case"]["title"] = "nothing"
    other = json.dumps(record).encode()
    assert "newest action" in bundle.check(resealed(path, home, {"record.json": other})).why  # type: ignore[union-attr]
    swapped = {"evidence/001-outlet.jpg": b"a nicer picture"}
    assert "chain names" in bundle.check(resealed(path, home, swapped)).why  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_the_case_in_every_language(casework: Casework, time: Time, language: str) -> None:
    """The page holds id, title, every action and every hash, and its words in the language asked for."""
    case = treated(casework, time)
    dossier = casework.dossier(DUTY, case.id)
    page = case_pdf.pdf(dossier, language)  # type: ignore[arg-type]
    assert page == case_pdf.pdf(dossier, language)  # type: ignore[arg-type]
    text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(page)).pages)
    for words in (case.id, "Ammonia at S", "valve shut", dossier.evidence[0].sha256, dossier.actions[-1].link):
        assert words in text
    assert dossier.playbook.name[language].replace(" ", "") in text.replace(" ", "")  # type: ignore[index]


def test_a_bundle_is_for_those_who_see_the_case(casework: Casework, sealed: tuple[Path, str], tmp_path: Path) -> None:
    """Another city gets none, and nothing is left where it would have been."""
    out = tmp_path / "stolen.zip"
    with pytest.raises(UnknownName):
        bundle.bundle(casework, ELSE, sealed[1], out, case_pdf.pdf)
    assert not out.exists()


def test_a_broken_case_is_not_sealed(casework: Casework, home: Home, sealed: tuple[Path, str], tmp_path: Path) -> None:
    """Evidence that has changed on the disk is not put under a good seal."""
    path = next(one for one in (home.evidence / "files").rglob("*") if one.is_file())
    path.chmod(0o640)
    path.write_bytes(b"something else")
    with pytest.raises(StoreError, match="has changed"):
        bundle.bundle(casework, DUTY, sealed[1], tmp_path / "out.zip", case_pdf.pdf)
    assert not list(tmp_path.glob("out.zip*"))


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    """Anything else than a bundle is bad input, not a broken one."""
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        bundle.check(path)


def test_the_node_keeps_its_key(home: Home) -> None:
    """The key is made once and readable to its owner alone; what it signs only it signed."""
    one, again = NodeKey.of(home), NodeKey.of(home)
    assert one.public == again.public
    assert (home.path / "node.key").stat().st_mode & 0o077 == 0
    mark = one.sign(b"x")
    assert signed(one.public, mark, b"x")
    assert not signed(one.public, mark, b"y")
    assert fingerprint(one.public) == one.fingerprint
    (home.path / "node.key").write_text("garbage")
    with pytest.raises(StoreError):
        NodeKey.of(home)
