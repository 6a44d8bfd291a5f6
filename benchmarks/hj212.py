"""HJ 212 on one core: packets decoded a second, what the check costs, what writing costs; ``--fuzz N`` for mutations.

The bar is 20,000 hour packets of 10 pollutants a second, frames cut, checks made and every value a row with its flag.
The floor does the least that could give the values: it cuts the content at ``;``, ``,`` and ``=`` and makes floats,
with no frames, no check and no rows. Packets are generated. Each figure is the best of five runs, in time of the
processor.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from clearbay.collect.hj212 import CHECKS, Framer, acknowledgement, crc16, decode, encode, table, take
from clearbay.collect.hj212.crc import _bytewise
from clearbay.collect.hj212.packet import framed

CODES = ["w01018", "w21003", "w21011", "w21001", "w01001", "w01010", "w00000", "w20122", "w20123", "w21016"]
COUNT, RUNS, BAR, READ = 2_000, 5, 20_000, 16_384
SHAPES = {"means (10 values)": ("Avg",), "min, mean, max (30)": ("Min", "Avg", "Max"),
          "total, min, mean, max (40)": ("Cou", "Min", "Avg", "Max")}  # fmt: skip


def hour(kinds: Iterable[str], number: int) -> bytes:
    """One generated hour packet of 10 pollutants."""
    groups = [
        ",".join([*(f"{code}-{kind}={(number * 7 + place) % 97}.{place}3" for place, kind in enumerate(kinds)),
                  f"{code}-Flag=N"])
        for code in CODES
    ]  # fmt: skip
    head = f"QN=202601010900{number:05d};ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"
    return framed(f"{head}CP=&&DataTime=20260101080000;{';'.join(groups)}&&".encode())


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def each(work: Callable[[Any], object], among: list[Any]) -> float:
    """Microseconds that one of many takes."""
    return best(lambda: [work(one) for one in among]) / len(among) * 1e6


def decoded(stream: bytes) -> int:
    """Cut, check and read a stream that comes in pieces."""
    framer, count = Framer(), 0
    for place in range(0, len(stream), READ):
        for frame in framer.feed(stream[place : place + READ]):
            count += len(decode(frame).data) > 0
    return count


def floor(stream: bytes) -> list[list[float]]:
    """The least that gives the values, trusting everything."""
    found = []
    for line in stream.split(b"\r\n"):
        content = line.decode()
        values = [part.partition("=")[2] for part in content.replace(";", ",").split(",")]
        found.append([float(value) for value in values if "." in value])
    return found


def speed() -> bool:
    """Print the figures; False where the bar is missed."""
    met = True
    for name, kinds in SHAPES.items():
        packets = [hour(kinds, number) for number in range(COUNT)]
        stream = b"".join(packets)
        assert decoded(stream) == COUNT
        rate, least = COUNT / best(partial(decoded, stream)), COUNT / best(partial(floor, stream))
        met &= rate > BAR
        print(f"decode     {rate:>9,.0f} packets/s  {name}, {len(packets[0])} bytes  bar {BAR:,}: "
              f"{'met' if rate > BAR else 'MISSED'}; floor {least:,.0f}, ratio {least / rate:.2f}")  # fmt: skip
    segments = [data[6:-6] for data in packets]
    read = [decode(frame) for frame in Framer().feed(stream)]
    checks = {"check, folded": crc16, "check, byte by byte": _bytewise, "check of Modbus": CHECKS["modbus"]}
    for name, check in checks.items():
        print(f"{name:<22} {each(check, segments):6.2f} us a segment of {len(segments[0])} bytes")
    works = {"encode": encode, "acknowledgement": acknowledgement, "take (rows)": lambda one: take(one, "s")}
    for name, work in works.items():
        print(f"{name:<22} {each(work, read):6.2f} us a packet")
    tables = best(lambda: table(chain.from_iterable(take(one, "s").rows for one in read))) / COUNT * 1e6
    print(f"take, one table of all {tables:6.2f} us a packet")
    return met


def worked(count: int, seed: int) -> tuple[int, int, int, int, int]:
    """One process's share of the mutated frames: fed, read, refused, most bytes held back, growth of memory in kB after
    the first hundredth."""
    from tests.collect_hj212.fuzz import fuzz

    fuzz(max(10_000, count // 100), seed=10_000 + seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = fuzz(count, seed=seed)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return outcome.fed, outcome.read, outcome.refused, outcome.held_most, grown


def fuzzed(count: int, processes: int) -> None:
    """Print what became of mutated frames, and how memory grew."""
    start = time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        shares = list(pool.map(worked, [-(-count // processes)] * processes, range(2, processes + 2)))
    fed, read, refused = (sum(share[place] for share in shares) for place in range(3))
    held, grown = (max(share[place] for share in shares) for place in (3, 4))
    print(
        f"fuzz       {fed:,} mutated frames in {time.monotonic() - start:.0f} s, {processes} processes: {read:,} read"
    )
    print(f"           {refused:,} frames or runs of noise refused, no crash")
    print(f"           at most {held:,} bytes held back, memory grew by {grown:,} kB")


def main() -> int:
    """Run the figures, or with ``--fuzz N`` that many mutated frames."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fuzz", type=int, default=0, metavar="N")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="for --fuzz")
    given = parser.parse_args()
    if given.fuzz:
        fuzzed(given.fuzz, given.processes)
        return 0
    return 0 if speed() else 1


if __name__ == "__main__":
    sys.exit(main())
