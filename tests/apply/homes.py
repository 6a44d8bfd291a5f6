"""A small real home: excerpts of the shipped data, taken in as any file is."""

from __future__ import annotations

import atexit
import gzip
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import clearbay
from clearbay import collect, packs
from clearbay.apply.desk import Desk
from clearbay.store import Home
from clearbay.transmit.intake import take_in

DATA = Path(clearbay.__file__).parent / "data"

MARINE = ("DM1", "DM2", "TM2", "VM1", "VM2", "SM1", "WM1")
RIVER = ("JR11", "JR3", "KN1")
YEARS = ("2017", "2018", "2019")


def excerpt(path: str, keep: Callable[[list[str]], bool], head: int = 1) -> bytes:
    """The first ``head`` lines of a shipped CSV and the lines whose cells ``keep`` wants."""
    lines = gzip.decompress((DATA / path).read_bytes()).decode("utf-8-sig").splitlines(keepends=True)
    return "".join(lines[:head] + [line for line in lines[head:] if keep(line.split(","))]).encode()


def files() -> dict[tuple[str, str], bytes]:
    """(source, name) -> the excerpt."""
    marine = ("marine_hk/epd_marine_1986-2022.csv.gz", "marine_hk/epd_marine_all_columns_2019.csv.gz")
    river = "river_hk/epd_river_1986-2017.csv.gz"
    return {
        ("epd-marine", "marine.csv"): excerpt(marine[0], lambda row: row[1] in MARINE and row[2][:4] in YEARS),
        ("epd-river", "river.csv"): excerpt(river, lambda row: row[2] in RIVER and row[3][:4] >= "2015"),
        ("epd-aqhi", "aqhi.csv"): excerpt(
            "air_hk/hk_aqhi_official_hourly_2014-2019.csv.gz", lambda row: row[0][:7] in ("2017-01", "2017-02")
        ),
        ("epd-air", "air.csv"): excerpt(
            "air_hk/hk-air_hourly2017.csv.gz", lambda row: row[0].endswith(("/01/2017", "/1/2017")), head=12
        ),
        ("cnemc", "cnemc_national_4h_excerpt_2021-04-01_02.csv.gz"): (
            DATA / "river_cn/cnemc_national_4h_excerpt_2021-04-01_02.csv.gz"
        ).read_bytes(),
    }


@cache
def built() -> Path:
    """The home, built once a test run; tests that write take a copy."""
    folder = Path(tempfile.mkdtemp(prefix="clearbay-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with Home.create(folder / "home") as home:
        home.register_stations(packs.stations())
        for (source, name), data in files().items():
            take_in(home, collect.source(source).read(data, name=name), name=name)
        home.compact()
    return folder / "home"


@pytest.fixture
def home_path(tmp_path: Path) -> Path:
    """A copy of the small home, free to be written to."""
    return Path(shutil.copytree(built(), tmp_path / "home", ignore=shutil.ignore_patterns("cache")))


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """Services over the small home; only read from it."""
    with Home.open(built()) as home:
        yield Desk(home)
