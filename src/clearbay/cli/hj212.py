"""``clearbay hj212``: packets of monitoring devices (HJ 212) into JSON, and JSON into packets."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer

from clearbay.cli.output import say
from clearbay.collect.hj212 import CHECKS, Framer, encode, frame_as_json, from_json
from clearbay.collect.hj212.frame import Frame
from clearbay.model.errors import BadInput

CHUNK = 1 << 16

app = typer.Typer(
    name="hj212",
    help="Read and write packets of monitoring devices (HJ 212-2017, HJ/T 212-2005; 2025 unverified).\n\n"
    "Example: `clearbay hj212 decode packets.txt`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command("decode")
def decode_command(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Packets as they came; - for standard input.")],
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept-crc",
            help=f"A check to accept beside the standard's: {', '.join(list(CHECKS)[1:])}. May be given twice.",
        ),
    ] = None,
) -> None:
    """Print one JSON object a packet, line by line, as they come.

    A packet that is damaged, and what is no packet at all, has `error` with the reason. Exit status 0 when all were
    valid, 1 when some were not.

    Example: `clearbay hj212 decode packets.txt`
    """
    framer, valid, refused = Framer(accept or ()), 0, 0
    with _opened(file) as stream:
        for frame in _frames(framer, stream):
            told = frame_as_json(frame)
            sys.stdout.buffer.write(_line(told))
            sys.stdout.buffer.flush()
            valid, refused = valid + ("error" not in told), refused + ("error" in told)
    if refused or not valid:
        say(f"{valid:,} valid, {refused:,} not")
    if refused:
        raise typer.Exit(1)


@app.command("encode")
def encode_command(
    source: Annotated[
        str, typer.Option("--json", metavar="FILE|-", help="Objects as decode prints them: one, a list, or lines.")
    ],
) -> None:
    """Write packets to standard output.

    An object with `segment` gives that packet to the byte; without, it is built from `st`, `cn`, `mn`, `qn`, `pw`,
    `flag`, `fields` and `data`.

    Example: `clearbay hj212 decode packets.txt | clearbay hj212 encode --json -`
    """
    with _opened(source) as stream:
        content = stream.read()
    # All are made before the first is written: half a set of packets is worse than none.
    packets = []
    for place, given in _objects(content, source):
        try:
            packets.append(encode(from_json(given)))
        except BadInput as error:
            raise BadInput(error.what, where=f"{place}, {error.where}", mend=error.mend) from error
    sys.stdout.buffer.write(b"".join(packets))
    sys.stdout.buffer.flush()


def _frames(framer: Framer, stream: BinaryIO) -> Iterator[Frame]:
    read = getattr(stream, "read1", stream.read)
    while data := read(CHUNK):
        yield from framer.feed(data)
    yield from framer.finish()


def _opened(name: str) -> BinaryIO:
    try:
        return sys.stdin.buffer if name == "-" else Path(name).open("rb")
    except OSError as error:
        raise BadInput(error.strerror or str(error), where=name, mend="give a file that can be read, or -") from error


def _line(told: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # bytes that are not UTF-8 travel as lone surrogates, which only escapes can print
        return json.dumps(told).encode() + b"\n"


def _objects(content: bytes, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Objects of a file that holds one, a list of them, or one a line, each with the place it stands."""
    try:
        whole = json.loads(content)
    except ValueError:
        for number, line in enumerate(content.splitlines(), 1):
            if line.strip():
                yield _object(_parsed(line, f"{name}:{number}"), f"{name}:{number}")
        return
    for number, given in enumerate(whole if isinstance(whole, list) else [whole], 1):
        yield _object(given, f"{name}, object {number}")


def _parsed(line: bytes, where: str) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        raise BadInput(f"not JSON: {error}", where=where, mend="give what decode prints") from error


def _object(given: object, where: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(given, dict):
        raise BadInput("not an object", where=where, mend="give what decode prints")
    return where, given
