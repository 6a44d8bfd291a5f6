"""Plants whose sensors move together: an offset that lasts is found, with labels and without; drift is not trusted."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.detection.levels import Levels
from clearbay.mine.detection.threshold import Mask, f1
from clearbay.mine.detection.watch import Watch, teach

Floats = np.ndarray


def plant(*, drift: float = 0.0, rows: int = 3000, seed: int = 1) -> tuple[Floats, Mask]:
    """Eight sensors that follow two drivers; every 300 rows one of them is off for 60."""
    rng = np.random.default_rng(seed)
    clock = np.arange(rows)
    drivers = np.stack([np.sin(clock / 24 * 2 * np.pi), np.cos(clock / 37 * 2 * np.pi)], axis=1)
    drivers += 0.3 * rng.standard_normal((rows, 2))
    values = drivers @ rng.standard_normal((2, 8)) + 0.1 * rng.standard_normal((rows, 8))
    values += drift * np.cumsum(rng.standard_normal((rows, 8)), axis=0)
    events = np.zeros(rows, dtype=bool)
    for number, start in enumerate(range(250, rows - 100, 300)):
        values[start : start + 60, number % 8] += 1.5
        events[start : start + 60] = True
    return values * 10.0 ** np.arange(-3, 5) + 7.0, events


NAMES = tuple(f"s{number}" for number in range(8))


def test_a_lasting_offset_is_found_with_labels() -> None:
    """Learnt on the first half, judged on the second; the sensor that is off is named."""
    values, events = plant()
    taught = teach(NAMES, values[:1500], events[:1500], weeks=9.0)
    assert taught.levels is not None
    found = Watch(taught).push(values)
    assert f1(events[1500:], found.event[1500:]) > 0.8
    assert found.contributors(NAMES, 1780)[0] == "s5"  # off from row 1750 on


def test_a_lasting_offset_is_found_without_labels() -> None:
    """What held over the blocks of the past is watched."""
    values, events = plant()
    taught = teach(NAMES, values[:1500], weeks=9.0)
    assert taught.levels is not None
    assert f1(events[1500:], Watch(taught).push(values).event[1500:]) > 0.5


def test_sensors_that_drift_apart_are_not_held_to_their_levels() -> None:
    """Relations that hold in no other block of the past are not watched."""
    values, _ = plant(drift=0.2)
    assert teach(NAMES, values[:1500], weeks=9.0).levels is None


def test_levels_do_not_depend_on_how_a_stream_is_cut() -> None:
    """Row by row or all at once, with gaps and a sensor that never moves."""
    values, events = plant()
    values[100:120, 3] = np.nan
    values[:, 5] = 2.0
    taught = teach(NAMES, values[:1500], events[:1500], weeks=9.0)
    whole = Watch(taught).push(values[:600])
    watch = Watch(taught)
    parts = [watch.push(values[start : min(start + 7, 600)]).score for start in range(0, 600, 7)]
    np.testing.assert_array_equal(np.concatenate(parts), whole.score)
    known = Levels.learn(values)
    assert np.isfinite(known.unexplained(values)).all()


@pytest.mark.parametrize("words", [("normal", "attack 1"), ("0", "1"), ("False", "True"), ("-999", "1"), ("no", "YES")])
def test_labels_are_understood_as_people_write_them(words: tuple[str, str], tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Numbers above zero, words of yes, and names of events beside a word for none."""
    import pyarrow as pa

    from clearbay.cli.detect import _labels

    table = pa.table({"label": [words[0], words[1], words[0]]})
    assert _labels(table, "label", "x").tolist() == [False, True, False]


def test_columns_of_words_become_numbers_where_they_can() -> None:
    """Junk between numbers is a gap, two states are 0 and 1, names are left out; a share of the rows is a time."""
    import pyarrow as pa

    from clearbay.cli.detect import _moment, _sensors

    table = pa.table(
        {
            "level": ["1.5", "2,5", "<1", "Bad", "3.0"],
            "pump": ["ON", "OFF", "ON", "ON", None],
            "mode": ["a", "b", "c", "a", "b"],
        }
    )
    names, values, left_out = _sensors(table, set(), "x")
    assert names == ("level", "pump")
    np.testing.assert_array_equal(values[:, 0], [1.5, 2.5, 0.5, np.nan, 3.0])
    assert set(left_out) == {"mode"}
    stamps = np.datetime64("2026-01-01T00:00", "us") + np.arange(10) * np.timedelta64(1, "h")
    assert _moment("0.5", stamps) == stamps[4]
    assert _moment("2026-01-01T03:00:00+08:00", stamps) == stamps[3]
