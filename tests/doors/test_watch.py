"""Files put into a folder."""

import json

from clearbay.transmit.doors.files import Reception
from clearbay.transmit.doors.watch import Folder, watch
from tests.doors.conftest import values
from tests.test_commands import run

GOOD = "site,when,DO,NH3N\nA,2024-01-01 08:00,7.1,0.2\nA,2024-01-02 08:00,6.9,<0.05\n"
MIXED = "site,when,DO,NH3N\nB,2024-01-01 08:00,wet,0.2\n"
BAD = "site,when,DO,NH3N\nC,yesterday,wet,0.2\n"


def folder_of(home, tmp_path, settle=0.0) -> Folder:
    inbox = tmp_path / "inbox"
    inbox.mkdir(exist_ok=True)
    how = Reception("table", {"mapping": str(home.path / "mappings" / "lab.yaml")})
    return Folder(inbox, home, how, settle=settle)


def dealt(folder):
    found = []
    watch(folder, found.append, lambda _: False, once=True)
    return {one.path.name: one for one in found}


def test_files_are_taken_in_once_and_moved(home, tmp_path):
    """Good files lie in done, unreadable ones in refused, with their reasons; the same bytes again change nothing."""
    folder = folder_of(home, tmp_path)
    for name, text in {"good.csv": GOOD, "mixed.csv": MIXED, "bad.csv": BAD, "noise.csv": "a,b\n1,2\n"}.items():
        (folder.path / name).write_text(text, encoding="utf-8")
    found = dealt(folder)
    assert {name: one.path.parent.name for name, one in found.items()} == {
        "good.csv": "done",
        "mixed.csv": "done",
        "bad.csv": "refused",
        "noise.csv": "refused",
    }
    assert "line 2, DO: 'wet'" in (folder.path / "done" / "mixed.csv.txt").read_text(encoding="utf-8")
    assert (folder.path / "refused" / "noise.csv.txt").exists()
    assert not (folder.path / "done" / "good.csv.txt").exists()
    assert values(home)["local.lab.A", "DO"] == [7.1, 6.9]
    before = home.data_version
    (folder.path / "good.csv").write_text(GOOD, encoding="utf-8")
    again = dealt(folder)
    assert again["good-2.csv"].taken.known
    assert home.data_version == before


def test_a_file_that_still_grows_is_left_alone(home, tmp_path):
    """A file is read only once it has stayed as it is for the time asked for; unfinished names are never read."""
    folder = folder_of(home, tmp_path, settle=10.0)
    path = folder.path / "grows.csv"
    path.write_text(GOOD[:20], encoding="utf-8")
    (folder.path / "other.csv.part").write_text(GOOD, encoding="utf-8")
    assert list(folder.ready(100.0)) == []
    assert list(folder.ready(111.0)) == [path]
    path.write_text(GOOD, encoding="utf-8")
    assert list(folder.ready(112.0)) == []
    assert list(folder.ready(122.0)) == [path]


def test_the_command_deals_with_what_is_there(home, tmp_path):
    """``clearbay watch --once`` empties the folder, answers as JSON, and exits 3 where something was refused."""
    folder = folder_of(home, tmp_path)
    (folder.path / "good.csv").write_text(GOOD, encoding="utf-8")
    (folder.path / "bad.csv").write_text(BAD, encoding="utf-8")
    home_path, mapping = home.path, home.path / "mappings" / "lab.yaml"
    done = run(
        "watch", folder.path, "--home", home_path, "--mapping", mapping, "--once", "--settle", "0", "--json", ok=3
    )
    files = {one["file"]: one for one in json.loads(done.stdout)["files"]}
    assert (files["good.csv"]["to"], files["good.csv"]["new"]) == ("done", 4)
    assert files["bad.csv"]["to"] == "refused"
