"""How every command listens and speaks: people read stderr and tables, machines read one JSON object on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clearbay.model.errors import BadInput

OK, FAILED, BAD_INPUT, SOME_BAD = 0, 1, 2, 3
"""Exit statuses: done; the answer is no; what was given is wrong; done, with bad rows left out and listed."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output, for machines.")]

console = Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """A line for people, on standard error so that standard output stays clean for data."""
    console.print(message, soft_wrap=True, markup=False)


def answer(result: dict[str, Any], *, as_json: bool, text: str) -> None:
    """The result of a command: JSON on standard output for machines, a sentence for people."""
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        sys.stdout.flush()
    elif text:
        console.print(text, soft_wrap=True, markup=False)


def read_bytes(path: Path) -> bytes:
    """The content of a file that a person named; BadInput where it is none, or cannot be read."""
    if path.is_dir():
        raise BadInput("this is a directory, not a file", where=str(path), mend="name the file in it")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput("there is no such file", where=str(path), mend="check the path") from None
    except OSError as error:
        raise BadInput(
            f"the file cannot be read ({error.strerror})", where=str(path), mend="check its rights"
        ) from error


class Rate(TextColumn):
    """Rows a second so far, as a column of a progress bar."""

    def __init__(self) -> None:
        super().__init__("{task.fields[rate]}")

    def render(self, task: Any) -> Any:
        """The finished speed once done, the current one before."""
        speed = task.finished_speed or task.speed
        task.fields["rate"] = f"{speed:,.0f}/s" if speed else ""
        return super().render(task)


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A progress bar with count, rate and time remaining; yields ``report(done, total)``."""
    if quiet or not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=False) as bars:
        task = bars.add_task(title, total=None, rate="")
        yield lambda done, total: bars.update(task, completed=done, total=total)
