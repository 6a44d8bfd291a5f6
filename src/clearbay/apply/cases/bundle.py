"""A case as one sealed file that proves itself, far from the home it came from.

A bundle is a ZIP: ``manifest.json`` names every other file with its SHA-256 and is signed with the node's key
(``manifest.sig``); ``case.json`` and ``case.pdf`` say what the case is; ``chain.json`` holds the case's entries of the
audit chain; ``evidence/`` its files; ``HOWTO.txt`` says how to check all this with other tools.

What the chain proves here: each entry's link is the SHA-256 of the link before it and of its own bytes, and each entry
names the link of the case's entry before it. So the case's entries are whole and in order; that the node's whole chain
is, the node itself shows with ``clearbay verify --home``.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from clearbay import __version__
from clearbay.apply.cases import casejson
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.dossier import Dossier
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home, chain
from clearbay.store.cases import ACTION, CHAIN, canonical, clock_row, digest, iso, party_row, row_of
from clearbay.store.evidence import Files
from clearbay.store.node_key import NodeKey, fingerprint, signed

FORM = "clearbay case bundle"
VERSION = 1
_SEALED = ("manifest.json", "manifest.sig")
_DAY_ONE = (1980, 1, 1, 0, 0, 0)
LARGEST = 8 * 1024**3
"""Bytes of all files of a bundle together beyond which it is not read."""
LONGEST_MANIFEST = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Sealed:
    """A bundle that holds: the case, the node whose key sealed it, when, and what is in it."""

    case: str
    node: str
    fingerprint: str
    public: str
    made: str
    actions: int
    files: int
    evidence: int


@dataclass(frozen=True, slots=True)
class Unsealed:
    """The first thing of a bundle that does not hold."""

    where: str
    why: str


def bundle(casework: Casework, actor: Actor, id: str, out: Path, pdf: Callable[[Dossier], bytes]) -> Sealed:
    """Write a case as a sealed bundle at ``out``; ``pdf`` sets its page. Whoever sees the case may have it."""
    dossier = casework.dossier(actor, id)
    draft = out.with_name(out.name + ".part")
    try:
        with draft.open("wb") as stream:
            made = _write(casework.home, casework.clock(), actor, dossier, stream, pdf(dossier.seen_by(actor)))
        draft.replace(out)
    except OSError as error:
        raise BadInput(str(error), where=str(out), mend="choose a place that can be written") from error
    finally:
        draft.unlink(missing_ok=True)
    return made


def _write(home: Home, moment: datetime, actor: Actor, dossier: Dossier, stream: Any, page: bytes) -> Sealed:
    key = NodeKey.of(home)
    listed: list[dict[str, Any]] = []
    case = dossier.case
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as packed:

        def put(path: str, content: bytes) -> None:
            packed.writestr(_entry(path), content)
            listed.append({"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)})

        put("HOWTO.txt", HOWTO.encode())
        put("case.pdf", page)
        put("case.json", orjson.dumps(casejson.dossier(dossier.seen_by(actor)), option=orjson.OPT_INDENT_2))
        put("playbook.yaml", dossier.playbook.text.encode())
        record = {
            "case": row_of(case),
            "clocks": [clock_row(one) for one in dossier.clocks],
            "parties": [party_row(one) for one in dossier.parties],
        }
        put("record.json", canonical(record))
        entries = list(_entries(home, dossier, dossier.seen_by(actor)))
        put("chain.json", orjson.dumps({"chain": CHAIN, "entries": entries}, option=orjson.OPT_INDENT_2))
        store = Files(home)
        for piece in dossier.evidence:
            path = f"evidence/{piece.id:03d}-{piece.name}"
            sha256, size = _copy(packed, path, store.path(piece.sha256))
            if sha256 != piece.sha256:
                raise StoreError(f"the file of evidence {piece.id} of {case.id} has changed: run `clearbay verify`")
            listed.append({"path": path, "sha256": sha256, "size": size})
        manifest = {
            "form": FORM,
            "version": VERSION,
            "case": case.id,
            "head": dossier.actions[-1].link,
            "actions": len(dossier.actions),
            "evidence": len(dossier.evidence),
            "made": iso(moment),
            "made_for": {"id": actor.id, "name": actor.name},
            "node": home.identity,
            "public_key": key.public,
            "program": f"clearbay {__version__}",
            "files": listed,
        }
        content = canonical(manifest)
        packed.writestr(_entry("manifest.json"), content)
        packed.writestr(_entry("manifest.sig"), key.sign(content))
    return _sealed(manifest)


def _entries(home: Home, dossier: Dossier, told: Dossier) -> Iterator[dict[str, Any]]:
    for action, shown in zip(dossier.actions, told.actions, strict=True):
        before = chain.genesis(CHAIN)
        for entry in chain.entries(home.evidence, CHAIN, start=max(0, action.entry - 1)):
            if entry.seq == action.entry:
                if entry.data != action.payload or entry.link.hex() != action.link:
                    raise StoreError(
                        f"the chain does not hold action {action.seq} of {dossier.case.id}: run `clearbay verify`"
                    )
                yield {
                    "entry": shown.entry,
                    "kind": entry.kind,
                    "time": entry.time,
                    "before": before.hex(),
                    "payload": entry.data.decode(),
                    "link": entry.link.hex(),
                }
                break
            before = entry.link
        else:
            raise StoreError(f"the chain has lost action {action.seq} of {dossier.case.id}: run `clearbay verify`")


def check(path: Path, *, trusted: str = "") -> Sealed | Unsealed:
    """Check a bundle, with nothing but the file; ``trusted``: the fingerprint (or public key) that must have sealed it.

    ``BadInput`` for what is no bundle at all. Without ``trusted`` it is shown that the holder of the key in the bundle
    sealed it: whose key that is, the fingerprint tells to whoever knows it.
    """
    try:
        data = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"this is no bundle ({error})", where=str(path), mend="give the file as it was made") from error
    with data:
        try:
            return _checked(data, trusted)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            return Unsealed(path.name, f"the file is damaged: {error}")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            return Unsealed(path.name, f"it is not written as a bundle is: {error!r}")


def _checked(data: zipfile.ZipFile, trusted: str) -> Sealed | Unsealed:
    infos = data.infolist()
    names = [one.filename for one in infos]
    if len(set(names)) != len(names):
        return Unsealed("the ZIP directory", "a file is in it twice")
    for name in _SEALED:
        if name not in names:
            raise BadInput(f"there is no {name} in it", where="bundle", mend="give a file of `clearbay case bundle`")
    if sum(one.file_size for one in infos) > LARGEST or data.getinfo("manifest.json").file_size > LONGEST_MANIFEST:
        return Unsealed("the ZIP directory", "the files are larger than any bundle")
    content = data.read("manifest.json")
    manifest = orjson.loads(content)
    if manifest["form"] != FORM or manifest["version"] != VERSION:
        return Unsealed("manifest.json", f"this program reads version {VERSION} of a {FORM}")
    public = manifest["public_key"]
    if not signed(public, data.read("manifest.sig").decode("ascii"), content):
        return Unsealed("manifest.sig", "the signature is not that of the key in the manifest")
    if trusted and trusted.replace("-", "").lower() not in (public, fingerprint(public).replace("-", "")):
        return Unsealed("manifest.json", f"sealed by {fingerprint(public)}, not by {trusted}")
    listed = {one["path"]: one for one in manifest["files"]}
    for name in names:
        if name not in listed and name not in _SEALED:
            return Unsealed(name, "the manifest does not name this file")
    for name, one in listed.items():
        if name not in names:
            return Unsealed(name, "the file is missing")
        sha256, size = _digest(data, name)
        if (sha256, size) != (one["sha256"], one["size"]):
            return Unsealed(name, f"the file has changed: its SHA-256 is {sha256}")
    broken = _chain(data, manifest) or _record(data, manifest)
    return broken or _sealed(manifest)


def _chain(data: zipfile.ZipFile, manifest: Mapping[str, Any]) -> Unsealed | None:
    """The case's entries: each link right, each on the one before, the last the head, and its evidence here."""
    previous, newest = "", -1
    proven: dict[int, str] = {}
    entries = orjson.loads(data.read("chain.json"))["entries"]
    for number, one in enumerate(entries, 1):
        where = f"chain.json, action {number}"
        payload = one["payload"].encode()
        link = chain.link(bytes.fromhex(one["before"]), one["kind"], one["time"], payload).hex()
        said = orjson.loads(payload)
        if link != one["link"]:
            return Unsealed(where, "the entry does not fit its link")
        if one["kind"] != ACTION or said["case"] != manifest["case"] or said["seq"] != number:
            return Unsealed(where, "this is not the case's next action")
        if said["previous"] != previous or one["entry"] <= newest:
            return Unsealed(where, "it does not stand on the action before it")
        previous, newest = link, one["entry"]
        proven |= {piece["id"]: piece["sha256"] for piece in said["evidence"]}
    if previous != manifest["head"] or len(entries) != manifest["actions"]:
        return Unsealed("chain.json", "it does not end at the head that the manifest names")
    held = {int(one["path"][9:12]): one["sha256"] for one in manifest["files"] if one["path"].startswith("evidence/")}
    if held != proven:
        return Unsealed("evidence/", "these are not the files that the chain names")
    return None


def _record(data: zipfile.ZipFile, manifest: Mapping[str, Any]) -> Unsealed | None:
    """The case's record: the one whose digest its newest action chained, and the one that ``case.json`` tells."""
    record = orjson.loads(data.read("record.json"))
    said = orjson.loads(orjson.loads(data.read("chain.json"))["entries"][-1]["payload"])
    if digest(record["case"], record["clocks"], record["parties"]) != said["digest"]:
        return Unsealed("record.json", "this is not the state that the newest action chained")
    if record["case"]["id"] != manifest["case"]:
        return Unsealed("record.json", "this is another case")
    return None


def _sealed(manifest: Mapping[str, Any]) -> Sealed:
    public = manifest["public_key"]
    return Sealed(
        case=manifest["case"],
        node=manifest["node"],
        fingerprint=fingerprint(public),
        public=public,
        made=manifest["made"],
        actions=manifest["actions"],
        files=len(manifest["files"]),
        evidence=manifest["evidence"],
    )


def _entry(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _DAY_ONE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o444 << 16
    return info


def _copy(packed: zipfile.ZipFile, path: str, source: Path) -> tuple[str, int]:
    digest_, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as stream, packed.open(_entry(path), "w", force_zip64=True) as target:
            while part := stream.read(1 << 20):
                digest_.update(part)
                size += len(part)
                target.write(part)
    except FileNotFoundError:
        raise StoreError(f"{source} is missing: run `clearbay verify`") from None
    return digest_.hexdigest(), size


def _digest(data: zipfile.ZipFile, name: str) -> tuple[str, int]:
    digest_, size = hashlib.sha256(), 0
    with data.open(name) as stream:
        while part := stream.read(1 << 20):
            digest_.update(part)
            size += len(part)
    return digest_.hexdigest(), size


def packed(casework: Casework, actor: Actor, id: str, pdf: Callable[[Dossier], bytes]) -> tuple[io.BytesIO, Sealed]:
    """A bundle in memory, for tests and small cases."""
    stream = io.BytesIO()
    dossier = casework.dossier(actor, id)
    made = _write(casework.home, casework.clock(), actor, dossier, stream, pdf(dossier.seen_by(actor)))
    stream.seek(0)
    return stream, made


HOWTO = """\
How to check this bundle

With clearbay, on any machine, with no home and no network:

    clearbay verify FILE.zip
    clearbay verify FILE.zip --trust FINGERPRINT     # and that this node, known to you, sealed it

With other tools:

1. manifest.json names every other file here with its SHA-256. Compare them, for instance with sha256sum.
2. manifest.sig is the Ed25519 signature (hexadecimal) of the bytes of manifest.json by the public_key in it:
       xxd -r -p manifest.sig > sig.bin
       printf '302a300506032b6570032100%s' PUBLIC_KEY | xxd -r -p > key.der
       openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in manifest.json -sigfile sig.bin
   Whose key it is, ask the node's operator over another way: compare the fingerprint, which is the first 20
   hexadecimal digits of the SHA-256 of the 32 bytes of the key.
3. chain.json holds everything that was done to the case, in order. The link of an entry is
       SHA-256( before || length of payload, 4 bytes || kind, 1 byte || time, 8 bytes || payload )
   with big-endian numbers, time in microseconds since 1970-01-01T00:00Z, payload in UTF-8. In each payload, "previous"
   is the link of the case's action before it. The last link is the head in manifest.json.
4. evidence/ holds the files that the payloads name by their SHA-256.
"""
