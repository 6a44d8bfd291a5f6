"""``clearbay bulletin`` over a small real home."""

import io
import json

import pytest
import typer
from pypdf import PdfReader
from typer.testing import CliRunner

from clearbay.cli.bulletin import bulletin
from clearbay.model.errors import BadInput
from tests.apply.homes import home_path

__all__ = ["home_path"]

app = typer.Typer()
app.command()(bulletin)


def asked(home, out, *more):
    base = ["--home", str(home), "--area", "hk.wcz.deep-bay", "--month", "2018-07", "--out", str(out)]
    return CliRunner().invoke(app, [*base, *more])


@pytest.mark.parametrize(("language", "said"), [("zh-Hans", "后海湾"), ("zh-Hant", "后海灣"), ("en", "Deep Bay")])
def test_a_bulletin_is_written_and_told(home_path, tmp_path, language, said):
    """The file is there in the language asked for, and the answer says what is in it."""
    out = tmp_path / "bulletin.pdf"
    done = asked(home_path, out, "--lang", language, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert said in told["headline"]
    assert told["bytes"] == out.stat().st_size
    assert said in "".join(page.extract_text() for page in PdfReader(io.BytesIO(out.read_bytes())).pages)


def test_the_name_says_the_form(home_path, tmp_path):
    """.html gives the page; a form or a language that is none is refused with those that are."""
    out = tmp_path / "bulletin.html"
    assert asked(home_path, out).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    for more, way_out in (
        (("--lang", "fr"), "zh-Hans"),
        (("--out", "x.doc"), ".pdf"),
        (("--month", "2030-01"), "2019"),
    ):
        failed = asked(home_path, out, *more).exception
        assert isinstance(failed, BadInput)
        assert way_out in failed.mend
