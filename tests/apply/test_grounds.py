"""What may be judged: samples and hourly means only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa

from clearbay import packs
from clearbay.apply.desk import Desk
from clearbay.store import Home
from tests.store.homes import readings, station

STANDARD = packs.standard("cn.gb3838-2002")


def test_verdicts_rest_on_samples_and_hours(tmp_path: Path) -> None:
    """A minute's or a day's mean, however bad, changes no verdict, no list of what is measured and no explanation."""
    with Home.create(tmp_path / "home") as home:
        home.register_stations(
            [station("r", medium="river", jurisdiction="440000"), station("m", medium="river", jurisdiction="440000")]
        )
        good = readings(("r", "2020-01-05", 0.05), averaging="hour")
        bad = pa.concat_tables([readings(("r", "2020-01-05", 9.0), averaging=one) for one in ("minute", "day")])
        other = readings(("m", "2020-01-05", 9.0), averaging="instant")
        home.ingest(pa.concat_tables([good, bad, other]), source="test")
        desk = Desk(home)
        verdicts = desk.assessments.judged(STANDARD, "year", "mean").verdicts.to_pylist()
        assert [(row["station"], row["period"], row["samples"]) for row in verdicts] == [("r", "2020", 1)]
        assert STANDARD.grades[verdicts[0]["grade"]].id == "II"
        assert desk.catalogue().entries["m"].judged == ()
        assert len(desk.catalogue().entries["r"].series) == 3
        assert home.reader().latest().num_rows == 4
        assert desk.catalogue().span == (datetime(2020, 1, 5), datetime(2020, 1, 5))
