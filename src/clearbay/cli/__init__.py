"""The command ``clearbay``: every room from the shell."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from clearbay import __version__
from clearbay.cli.output import BAD_INPUT, FAILED, answer, console
from clearbay.model.errors import BadInput, ClearbayError

COMMANDS = {
    "demo": "serve:demo",
    "assess": "files:assess",
    "aqhi": "files:aqhi",
    "aqi": "air:aqi",
    "rate": "rate:rate",
    "index": "index:index",
    "standards": "standards:standards",
    "hj212": "hj212:app",
    "mapping": "files:mapping",
    "init": "home:init",
    "import": "home:import_",
    "qc": "qc:qc",
    "review": "review:app",
    "bulletin": "bulletin:bulletin",
    "serve": "serve:serve",
    "user": "user:app",
    "key": "key:app",
    "network": "network:app",
    "gateway": "gateway:gateway",
    "device": "device:app",
    "simulate": "gateway:simulate",
    "watch": "doors:watch",
    "pull": "doors:pull",
    "mqtt": "doors:mqtt",
    "detect": "detect:detect",
    "events": "events:app",
    "trace": "trace:trace",
    "scenario": "scenario:scenario",
    "live": "live:live",
    "case": "case:app",
    "playbook": "playbook:app",
    "notices": "notices:app",
    "verify": "verify:verify",
    "doctor": "doctor:doctor",
}
"""Every command in the order of the help, with the module here that has it: only the one that is called is loaded."""


class _Commands(TyperGroup):
    """The commands of ``COMMANDS``, each loaded when it is asked for."""

    def list_commands(self, ctx: typer.Context | None) -> list[str]:  # type: ignore[override]
        """Every command, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context | None, cmd_name: str) -> Any:  # type: ignore[override]
        """One command, or None where there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"clearbay.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = cmd_name
            return group
        alone = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    name="clearbay",
    cls=_Commands,
    help="From a probe's packet to a closed case: monitoring data in, judged under the law that applies, on one map.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; what a person can mend is told in plain words, with exit status 2.

    Where ``--json`` was asked for, the error is the one JSON object on standard output.
    """
    try:
        app()
    except BadInput as error:
        _tell(error.what, error.where, error.mend)
        sys.exit(BAD_INPUT)
    except ClearbayError as error:
        _tell(str(error))
        sys.exit(FAILED)
    except OSError as error:
        _tell(error.strerror or str(error), str(error.filename or ""), "check the path, its rights and the space left")
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        console.print("stopped")
        sys.exit(130)


def _tell(what: str, where: str = "", mend: str = "") -> None:
    # As Text, because brackets in the name of a file are no markup.
    if "--json" in sys.argv[1:]:
        answer({"error": {"what": what, "where": where, "mend": mend}}, as_json=True, text="")
    console.print("[bold red]error[/]", Text(f"{where}: {what}" if where else what), soft_wrap=True)
    if mend:
        console.print("[dim]mend:[/]", Text(mend), soft_wrap=True)
