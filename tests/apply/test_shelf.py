import os

import pyarrow as pa

from clearbay.apply.shelf import Shelf

TABLE = pa.table({"a": pa.array(["x", "y", "x"]).dictionary_encode(), "b": [1.5, None, 2.0]})


def test_what_is_kept_is_read_back(tmp_path):
    """A table comes back with its values and types, dictionaries too; not where it was made of something else."""
    shelf = Shelf(tmp_path / "cache", "a")
    assert shelf.read("t", "1") is None
    shelf.write("t", "1", TABLE)
    assert shelf.read("t", "1").equals(TABLE)
    assert shelf.read("t", "2") is None


def test_a_broken_table_is_none(tmp_path):
    """A file cut short is made anew instead of failing."""
    shelf = Shelf(tmp_path, "a")
    shelf.write("t", "1", TABLE)
    path = tmp_path / "a" / "t@1.parquet"
    path.write_bytes(path.read_bytes()[:40])
    assert shelf.read("t", "1") is None


def test_older_tables_are_cleared_away(tmp_path):
    """A table takes the place of the one of before; a release served beside it keeps its own for a day."""
    Shelf(tmp_path, "a").write("t", "1", TABLE)
    Shelf(tmp_path, "a").write("u", "1", TABLE)
    Shelf(tmp_path, "a").write("t", "2", TABLE)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["t@2.parquet", "u@1.parquet"]
    Shelf(tmp_path, "b").write("t", "2", TABLE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    os.utime(tmp_path / "a", (0, 0))
    Shelf(tmp_path, "c").write("t", "2", TABLE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c"]


def test_a_disk_that_refuses_costs_nothing(tmp_path):
    """Where the folder cannot be made, writing says so in the log and goes on."""
    (tmp_path / "file").write_text("in the way")
    shelf = Shelf(tmp_path / "file", "a")
    shelf.write("t", "1", TABLE)
    assert shelf.read("t", "1") is None
