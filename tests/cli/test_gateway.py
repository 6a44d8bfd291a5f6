"""The commands of the gateway: the real process, the real port."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clearbay.cli import app
from clearbay.model.errors import BadInput
from clearbay.store import Home
from tests.transmit_gateway.stand import MN, Device, hour

WAIT = 120


def clearbay(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clearbay", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=False)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[Path, int, Any]]:
    """A running gateway that takes in everybody."""
    with Home.create(tmp_path / "home"):
        pass
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "clearbay", "gateway", "--home", str(tmp_path / "home"), "--port", "0", "--approve-all",
         "--ready-file", str(ready)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + WAIT
        while not ready.exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
        yield tmp_path / "home", json.loads(ready.read_text())["port"], process
    finally:
        process.kill()
        process.wait()


def test_simulated_devices_are_answered_and_listed(gateway: tuple[Path, int, Any]) -> None:
    """Generated packets are answered and their devices listed as generated; a second gateway at the same home is told
    why it cannot be; SIGTERM stops the first in peace."""
    home, port, process = gateway
    done = clearbay("simulate", "--port", str(port), "--devices", "20", "--rate", "200", "--seconds", "1.5", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["generated"] is True
    assert told["acked"] == told["sent"] > 50
    assert told["latency_ms"]["p50"] > 0
    with Device(port) as device:
        device.send(hour(0))
        assert "CN=9014" in device.line()
    second = clearbay("gateway", "--home", str(home), "--port", "0")
    assert second.returncode == 1
    assert "another process writes the chain" in second.stderr
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=WAIT)
    assert process.returncode == 0
    assert "EVERY DEVICE IS TAKEN IN" in said
    listed = invoked("device", "list", "--home", str(home), "--json")["devices"]
    assert len(listed) == 21
    assert {one["generated"] for one in listed if one["mn"] != MN} == {True}
    with Home.open(home) as opened:
        assert opened.counts()[0] == 10 * told["acked"] + 3


def invoked(*words: str) -> Any:
    """A command within this process; an error comes out as it was raised."""
    done = CliRunner().invoke(app, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in words else None


def test_devices_are_decided_upon(tmp_path: Path) -> None:
    """Approve with a new station and a plan, change it, refuse it; what does not fit is said with the way out."""
    home = str(tmp_path / "home")
    with Home.create(home):
        pass
    invoked("device", "approve", MN, "--home", home, "--new-station", "Works 7", "--channel", "w01018",
            "--channel", "a21026=ug/m3", "--minutes", "10")  # fmt: skip
    invoked("device", "set", MN, "--home", home, "--accept-crc", "modbus-swapped")
    with pytest.raises(BadInput, match="must be stated"):
        invoked("device", "set", MN, "--home", home, "--channel", "a21026")
    invoked("device", "refuse", MN, "--home", home)
    (listed,) = invoked("device", "list", "--home", home, "--json")["devices"]
    assert (listed["status"], listed["station"]) == ("refused", f"hj212.{MN}")


def test_options_that_do_not_fit_are_told(tmp_path: Path) -> None:
    """A key without its certificate, or a port where nobody listens, is said before anything happens."""
    with pytest.raises(BadInput, match="go together"):
        invoked("gateway", "--home", str(tmp_path), "--tls-key", "key.pem")
    with pytest.raises(BadInput, match="nothing listens"):
        invoked("simulate", "--port", "1", "--devices", "1", "--seconds", "0.1")
