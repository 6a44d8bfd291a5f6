"""The store against a model of itself that is too simple to be wrong."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearbay.store import Home, resident, upkeep
from clearbay.store import home as home_module
from clearbay.store.ledger import Ledger

from .homes import readings, station, values

START = datetime(2020, 1, 30)
KNOWN = datetime(2021, 1, 1)

Key = tuple[str, datetime]
Row = tuple[str, int, float, str, int]  # station, day, value, censoring, flag

rows = st.tuples(
    st.sampled_from("ABC"), st.integers(0, 4), st.sampled_from([0.5, 1.0, 2.0]), st.sampled_from(["", "<"]),
    st.sampled_from([1, 2, 4]),
)  # fmt: skip
batches = st.tuples(st.just("ingest"), st.lists(rows, min_size=1, max_size=8), st.integers(0, 5), st.booleans())
others = [st.just((name,)) for name in ("compact", "keep", "reopen")]
actions = st.lists(st.one_of(batches, *others), min_size=1, max_size=7)


class Model:
    """Every revision of every key in a plain list."""

    def __init__(self) -> None:
        self.told: dict[Key, list[tuple[float, str, int, datetime]]] = {}

    def ingest(self, batch: list[Row], known: datetime) -> int:
        added = 0
        for key, lines in itertools.groupby(sorted(batch, key=lambda row: row[:2]), key=lambda row: row[:2]):
            where = key[0], START + timedelta(days=key[1])
            held = self.told.setdefault(where, [])
            said = [row[2:] for row in lines]
            if held and self._equal(held[-1], said[-1]):
                continue
            chain = [word for i, word in enumerate(said) if i == 0 or word != said[i - 1]]
            if held and self._equal(held[-1], chain[0]):
                chain = chain[1:]
            held.extend((*word, known) for word in chain)
            added += len(chain)
        return added

    @staticmethod
    def _equal(held: tuple[Any, ...], said: tuple[Any, ...]) -> bool:
        return held[:2] == said[:2] and (said[2] == 2 or said[2] == held[2])

    def seen(self, as_of: datetime | None) -> list[tuple[Any, ...]]:
        answer = []
        for (name, time), held in sorted(self.told.items()):
            valid = [(i, word) for i, word in enumerate(held, 1) if as_of is None or word[3] <= as_of]
            if valid:
                revision, (value, censoring, flag, known) = valid[-1]
                answer.append((name, time, value, censoring, flag, revision, known))
        return answer


COLUMNS = ("station", "time", "value", "censoring", "flag", "revision", "result_time")


@pytest.mark.parametrize("in_memory", [True, False])
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=actions)
def test_any_story_reads_as_the_model_tells_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, in_memory: bool, actions: list[Any], tmp_path: Path
) -> None:
    """Whatever is taken in, in whatever order, through hot rows or straight into history, compacted, laid together or
    reopened in between: every reading, present or as of any moment, gives what a list of all revisions gives."""
    monkeypatch.setattr(resident, "LIMIT", 4_000_000 if in_memory else -1)
    monkeypatch.setattr(upkeep, "FAN", 2)
    _wipe(home)
    model = Model()
    reader = home.reader()
    for action in actions:
        if action[0] == "ingest":
            _, batch, when, bulk = action
            monkeypatch.setattr(home_module, "BULK", 1 if bulk else 1_000_000)
            known = KNOWN + timedelta(days=when)
            lines = [(r[0], (START + timedelta(days=r[1])).isoformat(), r[2], {"censoring": r[3], "flag": r[4]})
                     for r in batch]  # fmt: skip
            result = home.ingest(readings(*lines), source="test", result_time=known)
            assert result.new + result.revised == model.ingest(batch, known)
            assert result.new + result.revised + result.duplicate == len(batch)
        elif action[0] == "compact":
            home.compact()
        elif action[0] == "keep":
            home.keep(closed=timedelta(days=100 * 365))
        else:
            with Home.open(home.path) as again:
                assert values(again.reader().observations(), *COLUMNS) == model.seen(None)
        assert values(reader.observations(), *COLUMNS) == model.seen(None)
    for when in range(-1, 6):
        as_of = KNOWN + timedelta(days=when)
        assert values(reader.observations(as_of=as_of), *COLUMNS) == model.seen(as_of)
    everything = model.seen(None)
    newest = {row[0]: row for row in everything}
    assert values(reader.latest(), *COLUMNS) == [newest[name] for name in sorted(newest)]
    found = {row[1]: row[5:] for row in values(reader.datastreams(), *reader.datastreams().column_names)}
    for name in newest:
        times = [row[1] for row in everything if row[0] == name]
        assert found[name] == (len(times), min(times), max(times))
    assert home.counts() == (len(everything), len(newest))


def _wipe(home: Home) -> None:
    """An empty home again, at the price of a few deletes instead of a new database for each example."""
    with home.records.write() as connection:
        for table in ("hot_block", "datastream_state", "datastream", "history_file"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        for key in ("data_version", "history_version", "state_version"):
            connection.exec_driver_sql(f"UPDATE meta SET value = '0' WHERE key = '{key}'")
    for path in home.history.iterdir():
        path.unlink()
    home._reader = None
    home._writer.ledger = Ledger(home._opened)
    home.register_stations(station(name) for name in "ABC")
