"""Apache Spark on this machine for the time of a test run: a Spark Connect server with two workers, on loopback.

    python tests/spark_server.py COMMAND...

Starts the server from the distribution in ``SPARK_HOME`` (``make test-spark`` installs it under ``build/spark``) with
the master ``local-cluster[2,1,1024]``: a driver and two worker processes with an executor each, which exchange data as
on a cluster. Then runs COMMAND with ``CLEARBAY_SPARK_REMOTE`` set to its address, and stops the server.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MASTER = "local-cluster[2,1,1024]"
"""Two workers with one core and 1024 MB each."""

START_S = 180
"""How long the server may take to answer."""


@contextmanager
def spark(home: Path, scratch: Path) -> Iterator[str]:
    """The address of a Spark Connect server that lives as long as the block."""
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "3g",
        "spark.executor.memory": "1g",
        "spark.local.dir": scratch,
        "spark.sql.warehouse.dir": scratch / "warehouse",
        "spark.sql.shuffle.partitions": 2,
        "spark.ui.enabled": "false",
    }
    pairs = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    log = scratch / "spark.log"
    command = [home / "bin" / "spark-submit", "--master", MASTER, *pairs]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    environment |= {"SPARK_WORKER_DIR": str(scratch / "work"), "SPARK_SCALA_VERSION": "2.13"}
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [str(word) for word in command],
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            env=environment,
            start_new_session=True,
        )
    try:
        wait_for(port, server, log)
        yield f"sc://127.0.0.1:{port}"
    finally:
        # The workers are children of the server: the group ends them together.
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server listens; its log's end where it does not."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    tail = log.read_text(errors="replace")[-4000:]
    raise SystemExit(f"Spark did not start in {START_S} s:\n{tail}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> int:
    home = Path(os.environ.get("SPARK_HOME", "build/spark/pyspark")).resolve()
    if not (home / "bin" / "spark-submit").is_file():
        raise SystemExit(f"no Spark under {home}: make test-spark installs it, or set SPARK_HOME")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise SystemExit("Spark needs Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless)")
    with tempfile.TemporaryDirectory() as scratch, spark(home, Path(scratch)) as address:
        print(f"Spark Connect at {address}, master {MASTER}", flush=True)
        return subprocess.run(
            sys.argv[1:], env={**os.environ, "CLEARBAY_SPARK_REMOTE": address}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
