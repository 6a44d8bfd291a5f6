"""Networks in a home: files mapped, sites in the records, one kept in place of another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from clearbay.model.errors import BadInput, StoreError, UnknownName
from clearbay.model.text import LANGUAGES
from clearbay.store import Home
from clearbay.store.network import Networks, SiteRecord

TITLE = dict.fromkeys(LANGUAGES, "Rivers")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as opened:
        yield opened


def site(name: str, reach: str = "r1") -> SiteRecord:
    return SiteRecord(name, "outlet", TITLE, 113.0, 23.0, reach, 0.5, 12.0, None, {"industry": "dyeing"})


def keep(home: Home, count: int = 3, **more: object) -> None:
    table = pa.table({"id": [f"r{at}" for at in range(count)], "length_km": [1.0] * count})
    Networks(home).keep(
        "main",
        {"reaches": table},
        title=TITLE,
        layout="generic",
        source="rivers.gpkg",
        generated=False,
        warnings=("something",),
        **more,  # type: ignore[arg-type]
    )


def test_what_was_kept_is_there_again(home: Home) -> None:
    """Record, arrays and sites come back as they went in, also for another opener of the home."""
    keep(home, sites=[site("o1"), site("o2")])
    with Home.open(home.path) as other:
        networks = Networks(other)
        record = networks.record("main")
        assert (record.reaches, record.warnings, record.sites) == (3, ("something",), {"outlet": 2})
        assert networks.tables(record)["reaches"]["id"].to_pylist() == ["r0", "r1", "r2"]
        assert networks.sites("main") == (site("o1"), site("o2"))


def test_a_network_takes_the_place_of_the_one_before(home: Home) -> None:
    """The same id twice is one network; its sites stay, its old files go, and who asks by version sees the change."""
    keep(home, sites=[site("o1")])
    before = Networks(home).record("main")
    keep(home, count=5)
    after = Networks(home).record("main")
    assert (after.reaches, after.sites) == (5, {"outlet": 1})
    assert after.version > before.version
    assert [folder.name for folder in (home.path / "network" / "main").iterdir()] == [str(after.generation)]


def test_sites_are_replaced_by_id(home: Home) -> None:
    """A site given again is corrected, others stay."""
    keep(home, sites=[site("o1"), site("o2")])
    Networks(home).put_sites("main", [site("o2", "r2"), site("o3")])
    assert [(one.id, one.reach) for one in Networks(home).sites("main")] == [("o1", "r1"), ("o2", "r2"), ("o3", "r1")]


def test_what_cannot_be_is_said(home: Home) -> None:
    """An unknown network, a bad name, and files that somebody took away."""
    with pytest.raises(UnknownName, match="there are: none"):
        Networks(home).record("main")
    with pytest.raises(BadInput, match="cannot name"):
        Networks(home).keep("../x", {}, title=TITLE, layout="", source="", generated=False, warnings=())
    keep(home)
    record = Networks(home).record("main")
    for path in (home.path / "network" / "main" / str(record.generation)).iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="missing"):
        Networks(home).tables(record)
