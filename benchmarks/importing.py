"""Import of the full EPD marine set (90,286 samples, 1986-2022) into a new home, against its floor: reading the CSV.

The bar is 20 s. The floor is what pyarrow needs to unpack and parse the same bytes into text columns, and nothing else.
"""

from __future__ import annotations

import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

import pyarrow.csv

import clearbay

FILE = Path(clearbay.__file__).parent / "data" / "marine_hk" / "epd_marine_1986-2022.csv.gz"
RUNS = 3


def main() -> None:
    """Print the median of a few runs of the real command, the time of a second import, and the ratio to the floor."""
    imports, again, floors = [], [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        pyarrow.csv.read_csv(BytesIO(gzip.decompress(FILE.read_bytes())))
        floors.append(time.perf_counter() - start)
        with tempfile.TemporaryDirectory() as scratch:
            home = str(Path(scratch) / "home")
            run("init", home)
            imports.append(run("import", "epd-marine", str(FILE), "--home", home))
            again.append(run("import", "epd-marine", str(FILE), "--home", home))
    median, floor = statistics.median(imports), statistics.median(floors)
    print(f"import     median {median:6.2f} s ({min(imports):.2f} to {max(imports):.2f})  bar 20 s: "
          f"{'met' if median < 20 else 'MISSED'}, ratio {median / 20:.2f}")  # fmt: skip
    print(f"again      median {statistics.median(again):6.2f} s (nothing to do)")
    print(f"floor      median {floor:6.2f} s (parse the CSV only); import is {median / floor:.1f} times that")


def run(*arguments: str) -> float:
    """Seconds that a command takes, start of the interpreter included."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "clearbay", *arguments], check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
