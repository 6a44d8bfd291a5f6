import os

import pyarrow as pa

from clearbay.apply.shelf import Shelf

TABLE = pa.table({"a": pa.array(["x", "y", "x"]).dictionary_encode(), "b": [1.5, None, 2.0]})


def test_what_is_kept_is_read_back(tmp_path):
    """A table comes back with its values and types, dictionaries too."""
    shelf = Shelf(tmp_path / "cache", 1, "a")
    assert shelf.read("t") is None
    shelf.write("t", TABLE)
    assert shelf.read("t").equals(TABLE)


def test_a_broken_table_is_none(tmp_path):
    """A file cut short is made anew instead of failing."""
    shelf = Shelf(tmp_path, 1, "a")
    shelf.write("t", TABLE)
    path = tmp_path / "1-a" / "t.parquet"
    path.write_bytes(path.read_bytes()[:40])
    assert shelf.read("t") is None


def test_older_versions_are_cleared_away(tmp_path):
    """The first table of a new data version makes room of the old one's; a release served beside it keeps its own."""
    Shelf(tmp_path, 1, "a").write("t", TABLE)
    Shelf(tmp_path, 2, "a").write("t", TABLE)
    Shelf(tmp_path, 2, "b").write("t", TABLE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2-a", "2-b"]
    os.utime(tmp_path / "2-a", (0, 0))
    Shelf(tmp_path, 2, "c").write("t", TABLE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2-b", "2-c"]


def test_a_disk_that_refuses_costs_nothing(tmp_path):
    """Where the folder cannot be made, writing says so in the log and goes on."""
    (tmp_path / "file").write_text("in the way")
    shelf = Shelf(tmp_path / "file", 1, "a")
    shelf.write("t", TABLE)
    assert shelf.read("t") is None
