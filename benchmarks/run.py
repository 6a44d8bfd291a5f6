"""``make bench``: every benchmark after the other, each in a process of its own. Figures are ratios and medians."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS = (
    "importing.py",
    "assess.py",
    "api.py",
    "browser.py",
    "trace.py",
    "detect.py",
    "store.py",
    "judge.py",
    "portraits.py",
    "hj212.py",
    "quality.py",
    "gateway.py",
)


def main() -> int:
    """Run those named on the command line, or all; say which failed."""
    failed = []
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        if subprocess.run([sys.executable, HERE / name], check=False).returncode:
            failed.append(name)
        print(f"   ({time.monotonic() - start:.0f} s in all)", flush=True)
    if failed:
        print("FAILED: " + ", ".join(failed))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
