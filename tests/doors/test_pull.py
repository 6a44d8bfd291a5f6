"""Sources fetched on a schedule, from a real server on loopback."""

import http.server
import json
import threading
from pathlib import Path

import pytest

from clearbay.model.errors import BadInput
from clearbay.transmit.doors import fetching
from clearbay.transmit.doors.pull import EXAMPLE, Puller, load
from tests.doors.conftest import values
from tests.test_commands import run

CSV = "site,when,DO,NH3N\nA,2024-01-01 08:00,7.1,0.2\n"


@pytest.fixture
def web():
    """A server whose files are the members of a dict: (text, entity tag or None, status)."""
    files: dict[str, tuple[str, str | None, int]] = {}
    asked: list[tuple[str, str | None, str | None]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            text, tag, status = files[self.path]
            asked.append((self.path, self.headers.get("If-None-Match"), self.headers.get("Authorization")))
            if tag is not None and self.headers.get("If-None-Match") == tag:
                status, text = 304, ""
            self.send_response(status)
            if tag is not None:
                self.send_header("ETag", tag)
            self.send_header("Content-Type", "application/json" if text[:1] in "[{" and text else "text/csv")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", files, asked
    server.shutdown()
    server.server_close()


def sources(home, *entries):
    (home.path / "sources.yaml").write_text(json.dumps({"sources": list(entries)}), encoding="utf-8")
    return Puller(home, load(home.path))


def test_a_file_is_fetched_when_due_and_not_twice(home, web):
    """New values are stored; what has not changed is neither sent again nor stored again."""
    url, files, asked = web
    files["/a.csv"] = (CSV, '"1"', 200)
    puller = sources(home, {"id": "a", "url": url + "/a.csv", "every_minutes": 30, "mapping": "mappings/lab.yaml"})
    (one,) = puller.due()
    assert puller.ask(one).taken.new == 2
    assert values(home)["local.lab.A", "DO"] == [7.1]
    assert list(puller.due()) == []
    assert 29 * 60 < puller.wait() < 32 * 60
    assert puller.ask(one).taken is None
    assert asked[-1][1] == '"1"'
    files["/a.csv"] = (CSV + "A,2024-01-02 08:00,6.5,0.1\n", '"2"', 200)
    later = Puller(home, load(home.path))  # another process knows the same
    assert later.ask(one).taken.new == 2


def test_json_is_read_by_the_same_mapping(home, web):
    """A list of objects somewhere in a JSON answer is a table; a secret comes out of the environment."""
    url, files, asked = web
    rows = [{"site": "A", "when": "2024-01-01 08:00", "DO": 7.1, "NH3N": None}]
    files["/j"] = (json.dumps({"data": {"values": rows}}), None, 200)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAB_TOKEN", "Bearer x")
        puller = sources(home, {"id": "j", "url": url + "/j", "items": "data.values", "mapping": "mappings/lab.yaml",
                                "header_env": {"Authorization": "LAB_TOKEN"}})  # fmt: skip
        assert puller.ask(puller.sources[0]).taken.new == 1
    assert asked[-1][2] == "Bearer x"


def test_who_fails_is_asked_less_and_less_often(home, web):
    """Failures double the wait up to a day; one answer restores it. The file's faults count as such."""
    url, files, _ = web
    files["/a.csv"] = ("", None, 500)
    puller = sources(home, {"id": "a", "url": url + "/a.csv", "every_minutes": 60, "mapping": "mappings/lab.yaml"})
    waits = [puller.ask(puller.sources[0]).wait / 3600 for _ in range(6)]
    assert [round(wait) for wait in waits[:3]] == [2, 4, 8]
    assert max(waits) < 26
    files["/a.csv"] = ("nothing,of,it\n1,2,3\n", None, 200)
    assert "site" in puller.ask(puller.sources[0]).why
    files["/a.csv"] = (CSV, None, 200)
    assert round(puller.ask(puller.sources[0]).wait / 3600) == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [({"kind": "fax"}, "fax"), ({"url": "ftp://x"}, "web address"), ({"mappin": "x"}, "mapping"),
     ({"every_minutes": "often"}, "no time"), ({"mapping": "mappings/none.yaml"}, "no such mapping"),
     ({"id": ""}, "id"),
     ({"header_env": {"A": "CLEARBAY_NOT_SET"}}, "CLEARBAY_NOT_SET")],
)  # fmt: skip
def test_what_is_wrong_in_the_list_is_told(home, change, word):
    """The key at fault, before anything is fetched."""
    entry = {"id": "a", "url": "http://127.0.0.1/x.csv", "mapping": "mappings/lab.yaml"} | change
    with pytest.raises(BadInput, match=word):
        sources(home, entry)


def test_the_example_is_one_that_is_read(home):
    """The list shown in the documents is read as it stands."""
    document = Path(__file__).parents[2] / "docs" / "doors.md"
    assert f"```yaml\n{EXAMPLE}```" in document.read_text(encoding="utf-8")
    (home.path / "mappings" / "buoy.yaml").write_text("x", encoding="utf-8")
    (home.path / "sources.yaml").write_text(EXAMPLE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAB_TOKEN", "x")
        assert [one.id for one in load(home.path)] == ["county-lab", "buoy"]


def test_every_kind_has_the_one_shape():
    """A module a kind: SETTINGS, check and fetch."""
    for kind in fetching.kinds().values():
        assert kind.SETTINGS
        assert callable(kind.check)
        assert callable(kind.fetch)


def test_the_command_asks_each_now(home, web):
    """``clearbay pull --once`` answers as JSON what came of every source."""
    url, files, _ = web
    files["/a.csv"] = (CSV, None, 200)
    sources(home, {"id": "a", "url": url + "/a.csv", "mapping": "mappings/lab.yaml"})
    done = run("pull", "--home", home.path, "--once", "--json")
    assert json.loads(done.stdout)["sources"][0]["new"] == 2
