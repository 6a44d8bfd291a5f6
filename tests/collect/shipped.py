"""The real files that ship with clearbay, read once for all tests, and as the csv module sees them."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from clearbay import collect
from clearbay.collect.batch import Batch
from clearbay.collect.demo import DATA

HERE = Path(__file__).parent / "data"

MARINE = "marine_hk/epd_marine_1986-2022.csv.gz"
MARINE_2019 = "marine_hk/epd_marine_all_columns_2019.csv.gz"
MARINE_2020 = "marine_hk/epd_marine_all_columns_2020.csv.gz"
RIVER = "river_hk/epd_river_1986-2017.csv.gz"
AQHI = "air_hk/hk_aqhi_official_hourly_2014-2019.csv.gz"
AIR_2017 = "air_hk/hk-air_hourly2017.csv.gz"
AIR_2018 = "air_hk/hk-air_hourly2018.csv.gz"
SECTIONS = "river_cn/cnemc_national_4h_excerpt_2021-04-01_02.csv.gz"


def octets(path: str) -> bytes:
    return (DATA / path).read_bytes()


@cache
def batch(source: str, path: str) -> Batch:
    return collect.source(source).read(octets(path), name=Path(path).name)


@cache
def rows(path: str, skip: int = 0) -> list[dict[str, str]]:
    """The rows as Python's csv module reads them: the independent second opinion."""
    lines = gzip.decompress(octets(path)).decode("utf-8-sig").splitlines()[skip:]
    return list(csv.DictReader(lines))


def local(text: str, hours: float = 0.0) -> datetime:
    """A wall-clock time of the bay in UTC."""
    return datetime.fromisoformat(text) + timedelta(hours=hours - 8)
