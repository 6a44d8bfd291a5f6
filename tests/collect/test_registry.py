from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Mapping
from importlib import import_module

import pytest

import clearbay.collect
from clearbay import collect
from clearbay.collect.batch import ROW_READINGS, Batch
from clearbay.collect.demo import DATA, Shipped, measured
from clearbay.collect.registry import MODULES
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.text import LANGUAGES
from tests.collect import shipped


def test_every_module_that_reads_a_source_is_registered() -> None:
    """A module of the room with a SOURCE is in the registry, and nothing else is."""
    found = set()
    for module in pkgutil.iter_modules(clearbay.collect.__path__):
        loaded = import_module(f"clearbay.collect.{module.name}")
        if hasattr(loaded, "SOURCE"):
            found.add(loaded)
    assert found == set(MODULES)
    assert {module.SOURCE.id for module in found} == set(collect.sources())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_source_has_the_one_signature(module: object) -> None:
    """read(data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch, and no other."""
    read = module.read  # type: ignore[attr-defined]
    hints = inspect.get_annotations(read, eval_str=True, locals={"Mapping": Mapping, "Batch": Batch})
    signature = inspect.signature(read)
    assert list(signature.parameters) == ["data", "name", "options"]
    assert [parameter.kind.name for parameter in signature.parameters.values()] == [
        "POSITIONAL_OR_KEYWORD",
        "KEYWORD_ONLY",
        "KEYWORD_ONLY",
    ]
    assert hints == {"data": bytes, "name": str, "options": Mapping[str, str] | None, "return": Batch}
    assert signature.parameters["options"].default is None


@pytest.mark.parametrize("source", collect.sources().values(), ids=lambda source: source.id)
def test_every_source_says_what_it_is(source: collect.Source) -> None:
    """A source has a title in four languages, a licence, an example, and help for each option."""
    assert set(source.title) == set(LANGUAGES)
    assert source.licence
    assert source.example
    assert source.attribution or source.id == "table"
    assert all(source.options.values())


@pytest.mark.parametrize("file", measured(), ids=lambda file: file.name)
def test_files_are_told_by_their_bytes(file: Shipped) -> None:
    """Each shipped file is recognised as its own source and as no other."""
    data = file.path.read_bytes()
    assert [id for id, source in collect.sources().items() if source.sniff(data)] == [file.source]
    assert collect.detect(data) == file.source


def test_what_is_no_known_layout_is_not_guessed() -> None:
    """Text, bytes and nothing at all are of no source."""
    for data in (b"", b"a,b\n1,2\n", b"\x1f\x8bnot gzip", bytes(range(256))):
        assert collect.detect(data) is None


def test_unknown_names_are_answered_with_what_is_near() -> None:
    """A mistyped source or option is refused, naming the closest."""
    with pytest.raises(UnknownName, match="epd-marine"):
        collect.source("epd-marin")
    with pytest.raises(BadInput, match="precision"):
        collect.source("cnemc").read(b"", name="x", options={"precison": "raw"})


@pytest.mark.parametrize("file", measured(), ids=lambda file: file.name)
def test_readings_have_one_shape(file: Shipped) -> None:
    """Every source yields the columns of READINGS and the row, no nulls, and known properties only."""
    batch = shipped.batch(file.source, str(file.path.relative_to(DATA)))
    assert batch.readings.schema.equals(ROW_READINGS)
    assert all(column.null_count == 0 for column in batch.readings.columns)
    assert batch.source == file.source
    assert batch.samples is not None
    assert batch.samples.column_names[:4] == ["row", "station", "time", "depth"]
    if file.rows is not None and file.source != "epd-aqhi":
        assert batch.samples.num_rows == file.rows


def test_a_programme_names_its_source() -> None:
    """The stations of every source but one's own tables belong to a programme that leads back to it."""
    assert {source.id for source in collect.sources().values() if not source.programme} == {"table"}
    found = collect.source_of("cn.cnemc")
    assert found is not None
    assert found.attribution.startswith("China National Environmental Monitoring Centre")
    assert collect.source_of("local") is None
