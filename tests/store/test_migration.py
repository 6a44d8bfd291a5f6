"""A home made by an earlier release is brought forward with everything it holds."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, text

from clearbay.store import Home, records, stations

from .homes import readings, station, values

ROWS = [(1, 100, 1, 1.0, "", 1, 10, 20, 3), (1, 100, 2, 1.5, "<", 2, 20, None, 4), (2, 200, 1, 7.0, "", 1, 10, None, 3)]


@pytest.fixture
def aged(home: Home) -> Home:
    """A home with one file of history and three hot rows, as the first schema had them."""
    home.ingest(readings(("A", "2020-01-05", 3.0), ("B", "2020-01-05", 4.0)), source="test")
    home.compact()
    path = home.history / "2020-01.000001.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["averaging"]), path)
    config = Config()
    config.set_main_option("script_location", "clearbay.store:migrations")
    with records._exclusively(home.records) as connection:
        everything = MetaData()
        everything.reflect(connection)
        everything.drop_all(connection, [one for one in everything.sorted_tables if one.name != "alembic_version"])
        connection.execute(text("DELETE FROM alembic_version"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        run = connection.execute
        numbers = {"home": home.identity, "data_version": 3, "history_version": 1, "generation": 1}
        for key, value in numbers.items():
            run(text("INSERT INTO meta (key, value) VALUES (:key, :value)"), {"key": key, "value": str(value)})
        stations.register(connection, [station("A"), station("B")], replace=True)
        day = 1578182400000000
        for number, name, count, first in ((1, "A", 2, 100), (2, "B", 2, 200)):
            run(text("INSERT INTO datastream (id, station, property, depth, count, first, last, version)"
                     f" VALUES ({number}, '{name}', 'TP', '', {count}, {first}, {day}, 4)"))  # fmt: skip
            run(text("INSERT INTO latest (datastream, time, value, censoring, flag, revision, result_time)"
                     f" VALUES ({number}, {day}, {number + 2}.0, '', 1, 1, 5)"))  # fmt: skip
        columns = ("datastream", "time", "revision", "value", "censoring", "flag", "result_time", "until", "version")
        marks = ", ".join(f":{name}" for name in columns)
        run(text(f"INSERT INTO hot ({', '.join(columns)}) VALUES ({marks})"),
            [dict(zip(columns, row, strict=True)) for row in ROWS])  # fmt: skip
        run(text("INSERT INTO history_file (name, month, kind, rows, bytes, generation)"
                 f" VALUES ('{path.name}', 202001, 'current', 2, 1, 1)"))  # fmt: skip
    home.close()
    return home


def test_an_older_home_is_brought_forward(aged: Home) -> None:
    """Hot rows with their revisions, statistics, latest values and history are as they were; averaging is empty."""
    with Home.open(aged.path) as home:
        reader = home.reader()
        expected = [("A", "", 1.5, "<", 2), ("A", "", 3.0, "", 1), ("B", "", 7.0, "", 1), ("B", "", 4.0, "", 1)]
        columns = ("station", "averaging", "value", "censoring", "revision")
        assert values(reader.observations(), *columns) == expected
        assert values(reader.latest(), *columns) == [expected[1], expected[3]]
        assert home.counts() == (4, 2)
        again = readings(("A", "1970-01-01T00:00:00.000100", 1.5), ("B", "2020-01-05", 4.0), censoring="")
        assert home.ingest(again, source="test").duplicate == 1
        home.compact()
        assert home.reader().observations().num_rows == 4
