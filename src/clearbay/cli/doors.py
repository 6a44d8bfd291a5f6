"""``clearbay watch``, ``clearbay pull`` and ``clearbay mqtt``: doors that stay open."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from clearbay.cli.files import MappingOption, OptionOption, read_options
from clearbay.cli.home import HomeOption
from clearbay.cli.output import SOME_BAD, Json, answer, say
from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home
from clearbay.transmit.doors.files import Reception
from clearbay.transmit.doors.pull import Puller, Tried, load
from clearbay.transmit.doors.pull import pull as run_pull
from clearbay.transmit.doors.watch import Folder, Moved
from clearbay.transmit.doors.watch import watch as run_watch

Once = Annotated[bool, typer.Option("--once", help="Deal with what is there now, and leave.")]


def watch(
    directory: Annotated[Path, typer.Argument(help="The folder into which files are put.")],
    home: HomeOption,
    source: Annotated[
        str, typer.Option("--source", help="Which layout the files have; left out: recognised, file by file.")
    ] = "",
    mapping: MappingOption = None,
    option: OptionOption = None,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.05)] = 2.0,
    settle: Annotated[
        float, typer.Option(help="Seconds that a file must stay unchanged before it is read.", min=0)
    ] = 2.0,
    once: Once = False,
    as_json: Json = False,
) -> None:
    """Take in every file that is put into a folder, and move it to `done` or `refused` there.

    What was left out of a file, or why all of it was, stands in a .txt beside it. With --json, one object when it ends.

    Example: `clearbay watch inbox --home bay-data --source table --mapping lab.yaml`
    """
    results: list[dict[str, Any]] = []

    def told(moved: Moved) -> None:
        taken = moved.taken
        results.append(
            {
                "file": moved.path.name,
                "to": moved.path.parent.name,
                "known": taken.known if taken else False,
                "new": taken.new if taken else 0,
                "revised": taken.revised if taken else 0,
                "duplicate": taken.duplicate if taken else 0,
                "bad": len(taken.bad) if taken else 0,
                "why": moved.why,
                "reasons": str(moved.reasons) if moved.reasons else None,
            }
        )
        one = results[-1]
        if len(results) > 10_000:
            del results[:5_000]
        if moved.is_refused:
            say(f"{one['file']}: refused, see {moved.reasons}: {moved.why}")
        elif one["known"]:
            say(f"{one['file']}: already here")
        else:
            left = f", {one['bad']:,} left out, see {moved.reasons}" if one["bad"] else ""
            counts = f"{one['new']:,} new, {one['revised']:,} revised, {one['duplicate']:,} already here"
            say(f"{one['file']}: {counts}{left}")

    options = read_options(option, mapping)
    how = Reception(source or ("table" if mapping else ""), options)
    with Home.open(home) as opened:
        folder = Folder(directory, opened, how, settle=settle)
        if not once:
            say(f"watching {directory} for {home}; stop with Ctrl-C")
        run_watch(folder, told, _Stop(), every=every, once=once, trouble=_trouble)
    answer({"files": results}, as_json=as_json, text="")
    if any(one["bad"] or one["to"] == "refused" for one in results):
        raise typer.Exit(SOME_BAD)


def pull(home: HomeOption, once: Once = False, as_json: Json = False) -> None:
    """Fetch the sources of the home's sources.yaml, each as often as it says.

    What has not changed is not fetched again; a source that fails is asked less and less often. --once asks each of
    them now. Exit status 3 when some failed or had bad values.

    Example: `clearbay pull --home bay-data --once`
    """
    results: dict[str, dict[str, Any]] = {}

    def told(tried: Tried) -> None:
        taken = tried.taken
        counts = {name: getattr(taken, name) if taken else 0 for name in ("new", "revised", "duplicate")}
        results[tried.source.id] = {
            "source": tried.source.id,
            "changed": taken is not None and not taken.known,
            **counts,
            "bad": len(taken.bad) if taken else 0,
            "trouble": tried.why,
            "next_s": round(tried.wait),
        }
        again = f"again in {tried.wait / 60:.0f} min"
        if tried.why:
            say(f"{tried.source.id}: {tried.why}; {again}")
        elif taken is None or taken.known:
            say(f"{tried.source.id}: nothing new; {again}")
        else:
            say(f"{tried.source.id}: {taken.new:,} new, {taken.revised:,} revised, {len(taken.bad):,} bad; {again}")
            for line in taken.reasons.splitlines()[2:7]:
                say(f"  {line}")

    with Home.open(home) as opened:
        puller = Puller(opened, load(home))
        run_pull(puller, told, _Stop(), once=once, trouble=_trouble)
    answer({"sources": list(results.values())}, as_json=as_json, text="")
    if any(one["trouble"] or one["bad"] for one in results.values()):
        raise typer.Exit(SOME_BAD)


def _trouble(error: StoreError) -> None:
    say(f"the store cannot take it now, trying again: {error}")


class _Stop:
    """Waits the seconds asked for; True once somebody has asked the program to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: self._stop.set())

    def __call__(self, seconds: float) -> bool:
        """Wait; whether to stop."""
        return self._stop.wait(seconds)


def mqtt(
    home: HomeOption,
    broker: Annotated[str, typer.Option(help="The broker, as host or host:port.")],
    tls: Annotated[bool, typer.Option("--tls", help="Speak TLS; port 8883 where none is given.")] = False,
    ca: Annotated[
        Path | None, typer.Option(help="Authority of the broker's certificate (PEM); left out: the system's.")
    ] = None,
    cert: Annotated[Path | None, typer.Option(help="Our own certificate (PEM), for brokers that ask for one.")] = None,
    key: Annotated[Path | None, typer.Option(help="Key of our certificate (PEM).")] = None,
    username: Annotated[str | None, typer.Option(help="User at the broker.")] = None,
    password_env: Annotated[
        str, typer.Option(help="Environment variable that holds the password; it never stands in a command line.")
    ] = "CLEARBAY_MQTT_PASSWORD",
    version: Annotated[int, typer.Option(help="MQTT version: 5, or 3 for 3.1.1.", min=3, max=5)] = 5,
    prefix: Annotated[str, typer.Option(help="What stands before every topic, such as water/.")] = "",
    base: Annotated[str, typer.Option(help="Address of the service for links, such as https://host/sta/v1.1.")] = "",
    retain: Annotated[
        bool, typer.Option(help="Keep the newest of each datastream at the broker for those who come.")
    ] = True,
    ready_file: Annotated[Path | None, typer.Option(help="Write the process id into this file once connected.")] = None,
    as_json: Json = False,
) -> None:
    """Connect a home to an MQTT broker: create observations from what is published, publish what is committed.

    Topics are those of SensorThings: v1.1/Datastreams(5)/Observations and v1.1/Observations. A message is acknowledged
    only once its observation is durable. What was refused is told under v1.1/errors.

    Example: `clearbay mqtt --home bay-data --broker localhost:1883`
    """
    import os

    from clearbay.share.intake import Intake
    from clearbay.share.sta.mqtt import Bridge, Broker

    host, colon, port = broker.rpartition(":") if broker.count(":") == 1 else (broker, "", "")
    if colon and not port.isdecimal():
        raise BadInput(f"'{port}' is no port", where="--broker", mend="write host:1883")
    if version == 4:
        raise BadInput("there is no MQTT version 4", where="--version", mend="5, or 3 for 3.1.1")
    where = Broker(
        host=host or port,
        port=int(port) if colon else 8883 if tls else 1883,
        tls=tls,
        ca=str(ca) if ca else None,
        cert=str(cert) if cert else None,
        key=str(key) if key else None,
        username=username,
        password=os.environ.get(password_env) if username else None,
        version=version,
        prefix=prefix,
        base=base,
        retain=retain,
    )
    stop = _Stop()
    with Home.open(home) as opened:
        bridge = Bridge(opened, where, Intake(opened, chain="mqtt"), told=lambda text: say(f"mqtt: {text}"))
        bridge.start()
        say(f"clearbay takes and publishes observations of {home} at {where.host}:{where.port}; stop with Ctrl-C")
        if ready_file is not None:
            ready_file.write_text(str(os.getpid()))
        try:
            bridge.run(stop)
        finally:
            bridge.stop()
    tally = bridge.tally
    told = {"created": tally.created, "refused": tally.refused, "published": tally.published}
    answer(told, as_json=as_json, text=", ".join(f"{value:,} {name}" for name, value in told.items()))
