"""The command ``clearbay``: every room from the shell."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.text import Text

from clearbay import __version__
from clearbay.cli import (
    air,
    bulletin,
    case,
    device,
    doctor,
    files,
    gateway,
    hj212,
    home,
    index,
    key,
    network,
    playbook,
    qc,
    rate,
    review,
    scenario,
    serve,
    standards,
    trace,
    verify,
)
from clearbay.cli.output import BAD_INPUT, FAILED, answer, console
from clearbay.model.errors import BadInput, ClearbayError

app = typer.Typer(
    name="clearbay",
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


app.command()(serve.demo)
app.command()(files.assess)
app.command()(files.aqhi)
app.command()(air.aqi)
app.command()(rate.rate)
app.command()(index.index)
app.add_typer(standards.standards, name="standards")
app.add_typer(hj212.app, name="hj212")
app.command()(files.mapping)
app.command()(home.init)
app.command("import")(home.import_)
app.command()(qc.qc)
app.add_typer(review.app, name="review")
app.command()(bulletin.bulletin)
app.command()(serve.serve)
app.add_typer(key.app, name="key")
app.add_typer(network.app, name="network")
app.command()(gateway.gateway)
app.add_typer(device.app, name="device")
app.command()(gateway.simulate)
app.command()(trace.trace)
app.add_typer(case.app, name="case")
app.add_typer(playbook.app, name="playbook")
app.command()(verify.verify)
app.command()(scenario.scenario)
app.command()(doctor.doctor)


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
