"""``clearbay gateway`` and ``clearbay simulate``: devices on the wire, real and generated."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer, say
from clearbay.model.errors import BadInput
from clearbay.store import Home
from clearbay.transmit.committer import Committer
from clearbay.transmit.gateway import Gateway, Settings
from clearbay.transmit.gateway.process import loop_factory, settled
from clearbay.transmit.gateway.server import raise_file_limit, tls_context
from clearbay.transmit.simulator import Simulation, script_ending_now
from clearbay.transmit.stages import stages

FILES_BESIDE = 200
"""Open files that are no connections: databases, history, evidence."""


def gateway(
    home: HomeOption,
    port: Annotated[int, typer.Option(help="The port to listen on; 0: any free one.", min=0, max=65535)] = 9212,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 opens it to the network.")] = "127.0.0.1",
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate (PEM): the port speaks TLS then.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Key of the certificate (PEM).")] = None,
    tls_client_ca: Annotated[
        Path | None, typer.Option(help="Authority (PEM) whose certificate each device must show.")
    ] = None,
    connections: Annotated[int, typer.Option(help="Connections held at a time.", min=1)] = 20_000,
    backfill_hours: Annotated[
        int, typer.Option(help="How far back missing hours are asked for from devices; 0: not at all.", min=0)
    ] = 48,
    approve_all: Annotated[
        bool, typer.Option("--approve-all", help="Take in every device that connects. For demonstrations and tests.")
    ] = False,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write address and process id into this file once it listens.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take in packets of monitoring devices (HJ 212) over TCP or TLS, and answer them once they are safe on disk.

    Devices must be registered: `clearbay device list` shows who else has called, `clearbay device approve` lets them
    in. Stop with Ctrl-C: what was read is stored and answered first.

    Example: `clearbay gateway --home bay-data --host 0.0.0.0 --port 9212`
    """
    if (tls_cert is None) != (tls_key is None):
        raise BadInput("--tls-cert and --tls-key go together", mend="give both or neither")
    if tls_client_ca is not None and tls_cert is None:
        raise BadInput("--tls-client-ca needs --tls-cert and --tls-key", mend="give a certificate for the gateway")
    context = None
    if tls_cert is not None and tls_key is not None:
        context = tls_context(str(tls_cert), str(tls_key), str(tls_client_ca) if tls_client_ca else None)
    limit = raise_file_limit(connections + FILES_BESIDE)
    settings = Settings(
        most_connections=max(1, min(connections, limit - FILES_BESIDE)),
        backfill=timedelta(hours=backfill_hours),
        approve_all=approve_all,
    )
    with Home.open(home) as opened, Committer(opened, chain="hj212", linger_s=0.0, stages=stages(opened)) as committer:
        served = Gateway(opened, committer, settings, tell=lambda text: say(f"gateway: {text}"))

        def ready(address: tuple[str, int]) -> None:
            url = f"{'tls' if context else 'tcp'}://{address[0]}:{address[1]}"
            text = f"clearbay takes HJ 212 packets for {home} at {url}  ({len(served.roster)} devices registered)"
            told = {
                "home": str(home),
                "url": url,
                "host": address[0],
                "port": address[1],
                "devices": len(served.roster),
            }
            answer(told, as_json=as_json, text=text)
            if settings.most_connections < connections:
                say(f"this system allows {limit} open files: {settings.most_connections} connections are taken")
            if approve_all:
                say("EVERY DEVICE IS TAKEN IN (--approve-all): values come from whoever connects; not for real data")
            if ready_file is not None:
                draft = ready_file.with_name(ready_file.name + ".part")
                draft.write_text(json.dumps({"host": address[0], "port": address[1], "pid": os.getpid()}))
                draft.replace(ready_file)

        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(served, host, port, context, ready))


async def _serve(
    served: Gateway, host: str, port: int, context: ssl.SSLContext | None, ready: Callable[[tuple[str, int]], None]
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    address = await served.start(host, port, context)
    with settled():
        ready(address)
        await stop.wait()
        say("gateway: stopping; what was read is stored first")
        await served.stop()


def simulate(
    port: Annotated[int, typer.Option(help="The gateway's port.", min=1, max=65535)],
    host: Annotated[str, typer.Option(help="The gateway's address.")] = "127.0.0.1",
    devices: Annotated[int, typer.Option(help="How many devices, each with a connection.", min=1)] = 100,
    rate: Annotated[
        float, typer.Option(help="Packets a second over all devices; 0: as fast as they are answered.", min=0)
    ] = 100.0,
    seconds: Annotated[float, typer.Option(help="How long.", min=0.1)] = 10.0,
    minute_data: Annotated[
        bool, typer.Option("--minute-data", help="Minute data (2051) instead of hour data (2061).")
    ] = False,
    first: Annotated[int, typer.Option(help="Number of the first device, for a second run beside another.", min=0)] = 1,
    as_json: Json = False,
) -> None:
    """Play generated packets of many devices against a gateway, and tell how they were answered.

    Everything sent is generated: MNs begin with SIMULATED, and their stations are marked so. Each device's clock runs
    from packet to packet by a minute or an hour and ends about now. Exit status 1 when nothing was answered.

    Example: `clearbay simulate --port 9212 --devices 1000 --rate 500 --seconds 60`
    """
    raise_file_limit(devices + FILES_BESIDE)
    try:
        socket.create_connection((host, port), timeout=10).close()
    except OSError as error:
        raise BadInput(
            f"nothing listens there ({error.strerror or error})",
            where=f"{host}:{port}",
            mend="start `clearbay gateway`",
        ) from error
    command = "2051" if minute_data else "2061"
    expected = int(seconds * rate / devices) if rate else 1000
    script = script_ending_now(command, expected)
    simulation = Simulation(replace(script, first_device=first), devices, rate=rate)
    report = asyncio.run(simulation.run(lambda: (host, port), seconds))
    told = report.as_json()
    latency = told["latency_ms"]
    text = (
        f"{report.sent:,} packets sent, {report.acked:,} answered in {report.seconds:.1f} s "
        f"({told['rate']:,} a second), {report.resent:,} sent again, {report.held_back:,} held back\n"
        f"answered within (ms): {latency}"
    )
    answer({"generated": True, **told}, as_json=as_json, text=text)
    if not report.acked:
        say("nothing was answered: are the devices approved? `clearbay device list` shows who waits")
        raise typer.Exit(1)
