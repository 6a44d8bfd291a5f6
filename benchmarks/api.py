"""How fast the API answers: paging a million rows, verdicts cold and warm, a switch of rule set, a restart.

Loads the shipped demonstration data into a home of its own (or takes ``--home``), starts the real server on loopback
and asks it over sockets. Answers kept in memory are never measured twice: each page is asked for once.

    python benchmarks/api.py [--home DIR] [--json]
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

MATRICES = (
    "standard=hk.wqo-marine",
    "standard=cn.gb3097-1997",
    "standard=cn.gb3097-1997&granularity=month",
    "standard=cn.gb3838-2002",
    "standard=hk.aqhi-2013&granularity=month",
)
FIRST_VIEW = ("meta", "stations", "layers", "assessments?standard=hk.wqo-marine&shape=matrix", "timeline?medium=sea")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clearbay-bench-") as folder:
        home = Path(shutil.copytree(given.home, Path(folder) / "home")) if given.home else load(Path(folder) / "home")
        found = measure(home)
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:58} {value:>12,}" if isinstance(value, int) else f"{name:58} {value:>10.1f} ms")


def load(home: Path) -> Path:
    """A home with the whole demonstration data."""
    command = [sys.executable, "-m", "clearbay", "demo", "--home", str(home), "--load-only", "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return home


def measure(home: Path) -> dict[str, float | int]:
    """Every figure, in milliseconds; counts are whole numbers."""
    found: dict[str, float | int] = {}
    shutil.rmtree(home / "cache", ignore_errors=True)
    with serving(home) as (client, started):
        found["start to first answer, nothing kept"] = started
        found["observations"] = client.get("/api/health").json()["observations"]
        for query in MATRICES[:2]:
            found[f"first answer while warming up: {query}"] = once(client, f"/api/assessments?{query}&shape=matrix")
        wait_until_warm(client)
        time.sleep(20)  # until the whole warm-up is over: it computes some dozen assessments
    with serving(home) as (client, started):
        found["restart to first answer"] = started
        began = time.perf_counter()
        for path in FIRST_VIEW:
            client.get(f"/api/{path}").raise_for_status()
        found["first view of the map: its five requests one by one"] = (time.perf_counter() - began) * 1000
        wait_until_warm(client)
        for query in MATRICES:
            address = f"/api/assessments?{query}&shape=matrix"
            found[f"matrix {query}, from kept verdicts"] = once(client, address)
            found[f"matrix {query}, from memory"] = statistics.median(once(client, address) for _ in range(20))
        found["a verdict by one property, not asked before"] = once(
            client, "/api/assessments?standard=cn.gb3097-1997&shape=matrix&property=DIN"
        )
        stations = [row["id"] for row in client.get("/api/stations?medium=sea").json()["items"]]
        found["explanation, median of 20"] = statistics.median(
            once(client, f"/api/explain?station={station}&standard=cn.gb3097-1997&period=2015")
            for station in stations[:20]
        )
        found["station page, median of 20"] = statistics.median(
            once(client, f"/api/stations/{station}") for station in stations[20:40]
        )
        found["series of a station as columns, median of 20"] = statistics.median(
            once(client, f"/api/observations?station={station}&property=DIN&format=columns")
            for station in stations[40:60]
        )
        found["search, median of 5"] = statistics.median(
            once(client, f"/api/search?q={q}") for q in ("bay", "victoria", "總磷", "珠江", "DM1")
        )
        found |= pages(client)
        began = time.perf_counter()
        with client.stream("GET", "/api/observations?format=csv&property=DO,TN,TP") as download:
            size = sum(len(part) for part in download.iter_raw())
        found["CSV download of three properties, gzip, bytes"] = size
        found["CSV download of three properties"] = (time.perf_counter() - began) * 1000
    return found


def pages(client: httpx.Client) -> dict[str, float | int]:
    """Walk a million rows by the largest pages, timing small pages along the way at both ends."""
    cursor, rows = "", 0
    shallow, deep = [], []
    walk: list[float] = []
    while rows < 1_000_000:
        small, following = page(client, 1_000, cursor)
        (shallow if rows < 100_000 else deep if rows > 900_000 else []).append(small)
        taken, following = page(client, 10_000, cursor)
        walk.append(taken)
        rows += 10_000
        if following is None:
            break
        cursor = following
    return {
        "rows walked": rows,
        "page of 1,000 rows, median of the first 100,000": statistics.median(shallow),
        "page of 1,000 rows, median behind 900,000": statistics.median(deep),
        "page of 10,000 rows, median of all": statistics.median(walk),
    }


def page(client: httpx.Client, limit: int, cursor: str) -> tuple[float, str | None]:
    began = time.perf_counter()
    answer = client.get(f"/api/observations?limit={limit}&cursor={cursor}")
    taken = (time.perf_counter() - began) * 1000
    following: str | None = answer.raise_for_status().json()["next"]
    return taken, following


def once(client: httpx.Client, address: str) -> float:
    began = time.perf_counter()
    client.get(address).raise_for_status()
    return (time.perf_counter() - began) * 1000


def wait_until_warm(client: httpx.Client) -> None:
    """Until both default rule sets answer at once."""
    for query in MATRICES[:2]:
        while once(client, f"/api/assessments?{query}&shape=matrix") > 100:
            time.sleep(0.1)


@contextmanager
def serving(home: Path) -> Iterator[tuple[httpx.Client, float]]:
    """The real server in a process of its own, and the milliseconds from its start to its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "-m", "clearbay.web.server", "--home", str(home), "--port", str(port)]
    server = subprocess.Popen(command)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            while True:
                try:
                    client.get("/api/health").raise_for_status()
                    break
                except httpx.TransportError:
                    time.sleep(0.02)
            yield client, (time.perf_counter() - began) * 1000
    finally:
        server.terminate()
        server.wait(60)


if __name__ == "__main__":
    main()
