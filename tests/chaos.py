"""The gateway under fire: killed at random, on a disk that is full or slow; is every answered value there?

``make chaos`` runs it at full size: 2,000 devices, 50 kills. The gateway is a process of its own and is killed with
SIGKILL at random moments; in some of its lives files cannot grow beyond a limit (as on a full disk), in others each
flush takes long. Devices come back and send again what was not answered, as real ones do. At the end every value of
every answered packet must be in the store exactly once, and the evidence chain must hold and
contain their frames. Exit status 1 where anything is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import pyarrow.compute as pc

from clearbay.collect.hj212 import pollutants
from clearbay.store import Home
from clearbay.store.chain import Verified, entries, verify
from clearbay.store.chain_heads import recorded
from clearbay.store.devices import Config, Devices
from clearbay.transmit.gateway.roster import station_for
from clearbay.transmit.gateway.server import raise_file_limit
from clearbay.transmit.simulator import CHANNELS, Script, Simulation

WRAPPER = """
import json, os, resource, signal, sys, time
how = json.loads(sys.argv.pop(1))
if how.get("slow"):
    real, realdata = os.fsync, os.fdatasync
    os.fsync = lambda handle: (time.sleep(how["slow"]), real(handle))[1]
    os.fdatasync = lambda handle: (time.sleep(how["slow"]), realdata(handle))[1]
if how.get("room"):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder = os.path.join(how["home"], "evidence")
    written = max((os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)), default=0)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (written + how["room"], hard))
from clearbay.cli import main
main()
"""
"""How a life of the gateway begins: its disk made slow, or full soon, and then the very command."""


@dataclass
class Lives:
    """The gateway as a process, again and again."""

    home: Path
    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    kinds: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    said: list[str] = field(default_factory=list)

    def begin(self, how: dict[str, Any], kind: str) -> None:
        """Start it and wait until it listens."""
        ready, log = self.folder / "ready.json", self.folder / "gateway.log"
        ready.unlink(missing_ok=True)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        told = json.dumps({**how, "home": str(self.home)})
        command = [sys.executable, "-c", WRAPPER, told, "gateway", "--home", str(self.home), "--port", str(self.port),
                   "--ready-file", str(ready), "--backfill-hours", "0"]  # fmt: skip
        with log.open("ab") as stream:
            self.process = subprocess.Popen(command, stdout=stream, stderr=stream)
        until = time.monotonic() + 120
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the gateway did not start: {log.read_text()[-2000:]}")
            time.sleep(0.01)
        self.port = int(json.loads(ready.read_text())["port"])

    def end(self, number: int) -> None:
        """Kill it."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait()
        self.kills += number == signal.SIGKILL


def prepared(home: Path, script: Script, devices: int) -> None:
    """A home with all devices approved."""
    with Home.create(home) as made:
        mns = [script.mn(number) for number in range(devices)]
        stations = [station_for(mn, "32") for mn in mns]
        made.register_stations(stations)
        Devices(made).decide_all((mn, "approved", one.id, Config()) for mn, one in zip(mns, stations, strict=True))


async def story(lives: Lives, simulation: Simulation, kills: int, dice: random.Random, pace: float) -> None:
    """Kill and start again while the devices send."""
    running = asyncio.get_running_loop().create_task(
        simulation.run(lambda: ("127.0.0.1", lives.port), 1e9, settle=60.0)
    )
    for number in range(kills):
        await asyncio.sleep(dice.uniform(0.2, 1.0) * pace)
        await asyncio.to_thread(lives.end, signal.SIGKILL)
        kind = ("whole", "whole", "full", "slow")[number % 4]
        how = {"full": {"room": dice.randrange(20_000, 400_000)}, "slow": {"slow": dice.uniform(0.05, 0.3)}}.get(
            kind, {}
        )
        await asyncio.to_thread(lives.begin, how, kind)
    await asyncio.to_thread(lives.end, signal.SIGKILL)
    await asyncio.to_thread(lives.begin, {}, "whole")
    simulation.finish()
    await running
    await asyncio.to_thread(lives.end, signal.SIGTERM)


async def heard(simulation: Simulation, patience: float = 8.0) -> None:
    """Wait for the first answer of a life; on a full disk there may be none."""
    before, until = simulation.report.acked, time.monotonic() + patience
    while simulation.report.acked == before and time.monotonic() < until:
        await asyncio.sleep(0.01)


def checked(home: Path, simulation: Simulation) -> dict[str, Any]:
    """Hold what was answered against the store and the evidence."""
    script = simulation.script
    properties = [pollutants()[code].property for code, _, _ in CHANNELS[: script.channels]]
    lost: list[tuple[int, int, str]] = []
    wrong = values = 0
    with Home.open(home) as opened:
        table = opened.reader().observations()
        head = recorded(opened, "hj212")
        verified = verify(opened.evidence, "hj212", known=head)
        frames = {entry.data for entry in entries(opened.evidence, "hj212")}
        keys = table.group_by(["station", "property", "averaging", "time"]).aggregate([([], "count_all")])
        doubled = table.num_rows - keys.num_rows
        revised = pc.sum(pc.greater(table["revision"], 1)).as_py() or 0
        by_station: dict[str, Any] = {}
        order = table.select(["station", "property", "time", "value"]).to_pandas()
        for name, part in order.groupby("station", observed=True):
            by_station[str(name)] = {(row[1], row[2].to_pydatetime()): row[3] for row in part.itertuples(index=False)}
    evidence_missing = 0
    for device in simulation.devices:
        stored = by_station.get(f"sim.{script.mn(device.number)}", {})
        for step in device.acked:
            moment = script.time(step) - np.timedelta64(8, "h").astype("timedelta64[us]").item()
            if script.packet(device.number, step).rstrip(b"\r\n") not in frames:
                evidence_missing += 1
            for place, name in enumerate(properties):
                values += 1
                value = stored.get((name, moment))
                if value is None:
                    lost.append((device.number, step, name))
                elif abs(value - expected(script, device.number, step, place)) > 1e-9 * max(1.0, abs(value)):
                    wrong += 1
    return {
        "answered_packets": sum(len(device.acked) for device in simulation.devices),
        "answered_values": values, "lost": len(lost), "first_lost": lost[:3], "stored_twice": doubled, "wrong": wrong,
        "revised": revised, "without_evidence": evidence_missing,
        "evidence": f"{verified.entries} frames hold" if isinstance(verified, Verified) else str(verified),
        "evidence_holds": isinstance(verified, Verified), "observations": table.num_rows,
    }  # fmt: skip


def expected(script: Script, device: int, step: int, place: int) -> float:
    """The stored value of a packet: as printed, in the property's unit (flow comes in L/s and is stored in m3/s)."""
    value = script.value(device, step, place)
    return value / 1000 if CHANNELS[place][0] == "w00000" else value


def chaos(devices: int, kills: int, *, seed: int = 1, pace: float = 2.0, folder: Path | None = None,
          rate: float = 0.0) -> dict[str, Any]:  # fmt: skip
    """Run the whole story; returns the report."""
    raise_file_limit(devices + 200)
    dice, own = random.Random(seed), folder is None
    place = folder or Path(tempfile.mkdtemp(prefix="chaos"))
    script = Script("2061")
    begin = time.monotonic()
    lives = Lives(place / "home", place)
    try:
        prepared(lives.home, script, devices)
        simulation = Simulation(script, devices, rate=rate, window=2, keeps=True, resend=10.0)
        lives.begin({}, "whole")
        asyncio.run(story(lives, simulation, kills, dice, pace))
        log = (place / "gateway.log").read_text()
        troubles = sorted({line.split(":", 1)[1].strip()[:160] for line in log.splitlines() if "cannot" in line})
        found = checked(lives.home, simulation)
        return {
            "devices": devices, "kills": lives.kills, "lives": lives.kinds,
            "minutes": round((time.monotonic() - begin) / 60, 1), **simulation.report.as_json(), **found,
            "troubles_told": troubles,
        }  # fmt: skip
    finally:
        if lives.process is not None and lives.process.poll() is None:
            lives.process.kill()
            lives.process.wait()
        if own:
            shutil.rmtree(place, ignore_errors=True)


def sound(report: dict[str, Any]) -> bool:
    """Whether nothing that was answered is missing, doubled or wrong, and the evidence holds."""
    # A further revision is no fault: quality control may judge an earlier value again. Its value must be the same.
    faults = ("lost", "stored_twice", "wrong", "without_evidence")
    return report["answered_packets"] > 0 and report["evidence_holds"] and not any(report[one] for one in faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("CHAOS_SEED", "1")))
    parser.add_argument("--pace", type=float, default=4.0, help="longest life of the gateway in seconds")
    given = parser.parse_args()
    report = chaos(given.devices, given.kills, seed=given.seed, pace=given.pace)
    for name, value in report.items():
        print(f"{name:>18}: {value}")
    print("SOUND: everything that was answered is there exactly once" if sound(report) else "NOT SOUND")
    return 0 if sound(report) else 1


if __name__ == "__main__":
    sys.exit(main())
