"""Quality control on the way in: flags stored, revisions of earlier flags, a state that outlives the process."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from clearbay.collect.batch import ROW_READINGS, Batch
from clearbay.mine.quality import Config
from clearbay.model.errors import BadInput
from clearbay.store import Home
from clearbay.store.review import Reviews
from clearbay.transmit.intake import take_in
from clearbay.transmit.quality import CONFIG, DIRECTORY, STATE, QualityStage
from tests.store.homes import station

START = datetime(2024, 5, 1)
SPIKES = Config.read({"spike": {"suspect_threshold": 1}, "gross_range": {"fail_span": [0, 14]}})


@pytest.fixture
def home(tmp_path: Path):
    """A home with one station."""
    with Home.create(tmp_path / "home") as made:
        made.register_stations([station("A")])
        yield made


def rows(*values: float, first: int = 0, property: str = "pH", flag: int = 2) -> pa.Table:
    """Hourly readings."""
    lines = [
        {
            "station": "A", "property": property, "depth": "", "averaging": "", "time": START + timedelta(hours=hour),
            "value": value, "censoring": "", "flag": flag, "row": hour,
        }
        for hour, value in enumerate(values, first)
    ]  # fmt: skip
    return pa.Table.from_pylist(lines, schema=ROW_READINGS)


def stored(home: Home) -> list[int]:
    """The flags of the home in order of time."""
    return home.reader().observations()["flag"].to_pylist()


def give(home: Home, stage: QualityStage, table: pa.Table):
    """Take a table in as a committer does."""
    return home.ingest(stage(table), source="test")


def test_flags_are_stored_and_revised(home: Home) -> None:
    """A pH of 77 fails at once; a spike is suspect once the next value has come."""
    stage = QualityStage(home, SPIKES)
    give(home, stage, rows(7.0, 9.0, 77.0))
    assert stored(home) == [1, 3, 4]
    give(home, stage, rows(7.0, 12.0, first=3))
    assert stored(home) == [1, 3, 4, 3, 1]
    done = give(home, stage, rows(7.0, first=5))
    assert (done.new, done.revised) == (1, 1)
    assert stored(home) == [1, 3, 4, 3, 3, 1]


def test_what_is_sent_again_changes_nothing(home: Home) -> None:
    """A frame sent again, of now or of long ago, is a duplicate, whatever its flags became."""
    stage = QualityStage(home, SPIKES)
    give(home, stage, rows(7.0, 9.0, 7.0, 77.0, flag=1))
    before = stored(home)
    for again in (rows(77.0, first=3, flag=1), rows(9.0, first=1, flag=1), rows(7.0, 9.0, 7.0, 77.0, flag=1)):
        done = give(home, stage, again)
        assert (done.new, done.revised) == (0, 0)
    assert stored(home) == before


@pytest.mark.parametrize("kept", [True, False], ids=["saved state", "no state"])
def test_a_restart_goes_on(home: Home, kept: bool) -> None:
    """A spike across a restart is found, from the saved state or from the data."""
    stage = QualityStage(home, SPIKES)
    give(home, stage, rows(7.0, 9.0))
    if kept:
        stage.close()
        assert (home.path / DIRECTORY / STATE).exists()
    give(home, QualityStage(home, SPIKES), rows(7.0, first=2))
    assert stored(home) == [1, 3, 1]


def test_a_state_behind_the_data_is_brought_up(home: Home) -> None:
    """Values stored after the state was saved count as seen."""
    stage = QualityStage(home, SPIKES)
    give(home, stage, rows(7.0))
    stage.close()
    give(home, stage, rows(7.0, 12.0, first=1))
    give(home, QualityStage(home, SPIKES), rows(7.0, first=3))
    assert stored(home) == [1, 3, 3, 1]


def test_a_person_has_the_last_word(home: Home) -> None:
    """The stage does not undo a review, neither for values sent again nor for revisions."""
    stage = QualityStage(home, SPIKES)
    give(home, stage, rows(7.0, 9.0))
    Reviews(home).add(("A", "pH", "", ""), START, START + timedelta(days=1), 1, reason="seen", who="Chan")
    assert stored(home) == [1, 1]
    give(home, stage, rows(7.0, first=2))
    assert stored(home) == [1, 1, 1]


def test_imports_are_checked_where_asked(home: Home) -> None:
    """Left alone, an import keeps the flags of its source; with the check it has those of quality control."""
    batch = Batch("test", rows(7.0, 77.0), None)
    take_in(home, batch)
    assert stored(home) == [2, 2]
    done = take_in(home, batch, check=QualityStage(home))
    assert done.revised >= 1
    assert stored(home)[1] == 4


def test_a_file_with_the_newest_first_is_not_late(home: Home) -> None:
    """An import is looked at in order of time, whatever the order of its lines."""
    table = rows(7.0, 9.0, 7.0, 7.0)
    backwards = table.take(pa.array([3, 2, 1, 0]))
    take_in(home, Batch("test", backwards, None), check=QualityStage(home, SPIKES).imported)
    assert stored(home) == [1, 3, 1, 1]


def test_a_home_has_its_own_configuration(home: Home) -> None:
    """quality/config.yaml stands on top of what is shipped; a mistake in it is told with file and key."""
    path = home.path / DIRECTORY / CONFIG
    path.parent.mkdir()
    path.write_text(
        yaml.safe_dump({"properties": {"pH": {"gross_range": {"fail_span": [0, 14], "suspect_span": [6, 9]}}}})
    )
    give(home, QualityStage(home), rows(5.0, 7.0))
    assert stored(home) == [3, 1]
    path.write_text("properties: {pH: {gross_rage: {}}}")
    with pytest.raises(BadInput, match=r"config\.yaml: properties\.pH\.gross_rage"):
        QualityStage(home)
