"""Files that come in parts: whatever breaks, all bytes arrive once, and nothing that is too much is taken."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import socket
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn

from clearbay.apply.cases import Casework, sending
from clearbay.apply.cases.verify import Whole, verify
from clearbay.apply.desk import Desk
from clearbay.share.app import api
from clearbay.store import Home, steps, uploads
from clearbay.store.evidence import LARGEST, Files
from clearbay.store.uploads import Uploads

from .conftest import OPERATOR, Stand

PHOTO = os.urandom(300_000)
SHA256 = hashlib.sha256(PHOTO).hexdigest()


def kept(stand: Stand) -> list[tuple[str, int, str]]:
    found = Casework(stand.home).dossier(OPERATOR, stand.case.id).evidence
    for one in found:
        assert Files(stand.home).digest(one.sha256) == one.sha256
    return [(one.sha256, one.size, one.name) for one in found]


def test_a_file_in_parts_becomes_evidence_over_a_restart(stand: Stand) -> None:
    """What came before the server stopped is still there; what comes after completes it, and the chain holds it."""
    begun = stand.begin(len(PHOTO), key="p1", sha256=SHA256, longitude="114.06", latitude="22.54", note="foam")
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    address = begun.headers["location"]
    assert stand.send(address, 0, PHOTO[:100_000]).headers["upload-offset"] == "100000"
    stand.again()
    assert stand.offset(address) == 100_000
    done = stand.send(address, 100_000, PHOTO[100_000:])
    assert (done.status_code, done.headers["upload-offset"], done.headers["x-evidence"]) == (204, "300000", "1")
    assert kept(stand) == [(SHA256, 300_000, "foam.jpg")]
    one = Casework(stand.home).dossier(OPERATOR, stand.case.id).evidence[0]
    assert (one.kind, one.media_type, one.note, one.place.longitude) == ("photo", "image/jpeg", "foam", 114.06)
    assert not any(Uploads(stand.home).directory.iterdir())
    assert isinstance(verify(stand.home), Whole)


def test_asked_again_it_is_evidence_once(stand: Stand) -> None:
    """The same key is the same upload, before and after it is whole; lost answers are repeated."""
    address = stand.begin(5, key="k").headers["location"]
    assert stand.begin(5, key="k").headers["location"] == address
    assert stand.begin(6, key="k").status_code == 409
    stand.send(address, 0, b"12345")
    again = stand.begin(5, key="k")
    assert (again.headers["location"], again.headers["upload-offset"], again.headers["x-evidence"]) == (
        address,
        "5",
        "1",
    )
    assert stand.send(address, 5, b"").headers["x-evidence"] == "1"
    assert stand.client.head(address, headers=stand.heads()).headers["x-evidence"] == "1"
    assert len(kept(stand)) == 1


@pytest.mark.parametrize("at", ["upload kept", "upload noted"])
def test_a_death_at_the_end_costs_nothing(stand: Stand, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dying between the file, the case and the note of it leaves one piece of evidence once somebody asks again."""

    class Death(BaseException):
        pass

    def die(name: str) -> None:
        if name == at:
            raise Death

    address = stand.begin(len(PHOTO), key="d").headers["location"]
    stand.send(address, 0, PHOTO[:-1])
    monkeypatch.setattr(steps, "observer", die)
    coming = Uploads(stand.home).get(address.rsplit("/", 1)[1])
    part = Uploads(stand.home).open(coming)
    part.write(PHOTO[-1:])
    with pytest.raises(Death):
        sending.finish(Casework(stand.home), OPERATOR, coming)
    part.close()
    monkeypatch.setattr(steps, "observer", None)
    stand.again()
    assert stand.offset(address) == len(PHOTO)
    assert [one[0] for one in kept(stand)] in ([SHA256], [SHA256, SHA256])
    assert stand.client.head(address, headers=stand.heads()).headers["x-evidence"]
    assert isinstance(verify(stand.home), Whole)


@pytest.mark.parametrize("offset", [0, 2, 4, 10**14])
def test_a_part_goes_on_where_the_last_one_ended(stand: Stand, offset: int) -> None:
    """Any other offset is refused with the right one, and nothing of the part is kept."""
    address = stand.begin(10).headers["location"]
    stand.send(address, 0, b"abc")
    wrong = stand.send(address, offset, b"XYZ")
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "3")
    assert stand.offset(address) == 3


def test_more_than_was_said_is_not_taken(stand: Stand) -> None:
    """A part beyond the length is refused before it is read, and one that does not say its own length as it comes."""
    address = stand.begin(10).headers["location"]
    assert stand.send(address, 0, b"x" * 11).status_code == 422
    assert stand.send(address, 0, iter([b"x" * 9, b"y" * (1 << 20)])).status_code == 422
    assert stand.offset(address) == 0  # the client of this test sends both at once
    assert stand.send(address, 0, b"z" * 10).status_code == 204
    assert [one[1] for one in kept(stand)] == [10]


@pytest.mark.parametrize(
    ("length", "status"), [("0", 422), (str(LARGEST + 1), 413), ("9" * 400, 422), ("-1", 422), ("1e3", 422), ("", 422)]
)
def test_a_length_is_sane(stand: Stand, length: str, status: int) -> None:
    """Nothing, more than a node takes, and what is no number of bytes are refused; no room is made for them."""
    assert stand.begin(0, more={"Upload-Length": length}).status_code == status
    assert not any(Uploads(stand.home).directory.glob("*"))


def test_nobody_holds_more_than_their_share(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unfinished files are bounded by number and bytes for each person; giving one up makes room."""
    monkeypatch.setattr(uploads, "MOST", 2)
    first = stand.begin(1000).headers["location"]
    stand.begin(1000)
    refused = stand.begin(1000)
    assert (refused.status_code, refused.json()["where"]) == (422, "quota")
    assert stand.client.delete(first, headers=stand.heads()).status_code == 204
    assert stand.client.head(first, headers=stand.heads()).status_code == 404
    assert stand.begin(1000).status_code == 201
    monkeypatch.setattr(uploads, "MOST", 50)
    monkeypatch.setattr(uploads, "MOST_BYTES", 2500)
    assert stand.begin(1000).status_code == 422


def test_only_its_sender_knows_an_upload(stand: Stand) -> None:
    """Another key, or none, learns nothing of it and adds nothing to it; another protocol is not spoken."""
    address = stand.begin(10).headers["location"]
    other = {"Authorization": f"Bearer {stand.other}"}
    assert stand.client.head(address, headers=other).status_code == 404
    assert stand.send(address, 0, b"x", **other).status_code == 404
    assert stand.client.delete(address, headers=stand.heads() | other).status_code == 404
    assert stand.client.get(address).status_code == 401
    assert stand.client.get("/api/uploads/nothing").status_code == 401
    assert stand.begin(10, case="PA-2026-4403-09999").status_code == 404
    assert stand.begin(10, more={"Authorization": ""}).status_code == 401
    assert stand.begin(10, more={"Tus-Resumable": "0.2.2"}).status_code == 412
    assert stand.send(address, 0, b"x", **{"Content-Type": "image/jpeg"}).status_code == 415
    assert stand.client.options("/api/uploads").headers["tus-version"] == "1.0.0"
    assert stand.offset(address) == 0


@pytest.mark.parametrize(
    "said",
    [
        "filename !!!",
        "filename //79",
        "a YQ==,a YQ==",
        "x " + "A" * 9000,
        "kind aGVscA==",
        "taken eA==",
        "longitude bmFu,latitude MQ==",
        "longitude MTE0",
        "sha256 YWI=",
    ],
)
def test_words_about_a_file_are_read_or_refused(stand: Stand, said: str) -> None:
    """What cannot be read, is too much or is no such thing is told; nothing is begun."""
    case = f"case {base64.b64encode(stand.case.id.encode()).decode()}"
    assert stand.begin(5, more={"Upload-Metadata": f"{case},{said}"}).status_code == 422


def test_a_damaged_file_starts_over(stand: Stand) -> None:
    """A file that is not what its sender hashed is thrown away and may be sent again under the same address."""
    address = stand.begin(len(PHOTO), sha256=SHA256).headers["location"]
    assert stand.send(address, 0, b"\0" + PHOTO[1:]).json()["where"] == "sha256"
    assert (stand.offset(address), kept(stand)) == (0, [])
    assert stand.send(address, 0, PHOTO).headers["x-evidence"] == "1"


def test_old_parts_go(stand: Stand) -> None:
    """A file that nobody finished is forgotten after its time; what belongs to no upload is cleared away, and what is
    evidence stays."""
    whole, half = stand.begin(3).headers["location"], stand.begin(10).headers["location"]
    stand.send(whole, 0, b"abc")
    stand.send(half, 0, b"abc")
    found = Uploads(stand.home)
    stray = found.directory / "stray"
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    now = Casework(stand.home).clock()
    assert found.sweep(now) == 1
    assert stand.offset(half) == 3
    assert found.sweep(now + uploads.LASTS + timedelta(minutes=1)) == 2
    assert stand.client.head(half, headers=stand.heads()).status_code == 404
    assert (len(kept(stand)), [*found.directory.iterdir()]) == (1, [])


class Served:
    """The API on a real socket, in a thread."""

    def __init__(self, home: Home) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(api(Desk(home)), log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.listener]}, daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(30)
        self.listener.close()

    def half(self, stand: Stand, address: str, offset: int, said: int, sent: bytes) -> http.client.HTTPConnection:
        """Begin a part, send only some of it, and leave the line open."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.putrequest("PATCH", address)
        heads = stand.heads(
            **{
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
                "Content-Length": str(said),
            }
        )
        for name, value in heads.items():
            line.putheader(name, value)
        line.endheaders(sent)
        return line

    def ask(self, stand: Stand, method: str, address: str, body: bytes = b"", **more: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request(method, address, body or None, stand.heads(**more))
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer


def arrived(path: Path, size: int) -> None:
    """Wait until a part has come so far."""
    deadline = 120_000
    waiting = threading.Event()
    while path.stat().st_size < size and deadline:
        waiting.wait(0.005)
        deadline -= 5
    assert path.stat().st_size == size


def test_a_line_that_breaks_or_hangs_keeps_what_came(stand: Stand) -> None:
    """A part cut in the middle is kept up to its last byte; one that hangs makes way for who asks for the offset, and
    keeps others out until then."""
    address = stand.begin(len(PHOTO), sha256=SHA256).headers["location"]
    part = Uploads(stand.home).directory / address.rsplit("/", 1)[1]
    with Served(stand.home) as served:
        broken = served.half(stand, address, 0, len(PHOTO), PHOTO[:70_000])
        arrived(part, 70_000)
        broken.close()
        assert served.ask(stand, "HEAD", address).getheader("upload-offset") == "70000"
        hanging = served.half(stand, address, 70_000, 230_000, PHOTO[70_000:100_000])
        arrived(part, 100_000)
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "100000"}
        assert served.ask(stand, "PATCH", address, PHOTO[100_000:], **kind).status == 423
        assert served.ask(stand, "HEAD", address).getheader("upload-offset") == "100000"
        assert hanging.getresponse().status == 409
        hanging.close()
        done = served.ask(stand, "PATCH", address, PHOTO[100_000:], **kind)
        assert (done.status, done.getheader("x-evidence")) == (204, "1")
    assert kept(stand) == [(SHA256, 300_000, "foam.jpg")]


def test_two_at_once_make_one_file(stand: Stand) -> None:
    """Eight senders of the same file, each going on from what it is told: one file, whole, once."""
    address = stand.begin(len(PHOTO), sha256=SHA256, key="race").headers["location"]
    odd: list[int] = []
    with Served(stand.home) as served:

        def sender() -> None:
            for _ in range(2000):
                offset = int(served.ask(stand, "HEAD", address).getheader("upload-offset") or 0)
                if offset == len(PHOTO):
                    return
                kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
                status = served.ask(stand, "PATCH", address, PHOTO[offset : offset + 20_000], **kind).status
                if status not in (204, 409, 423):
                    odd.append(status)

        crowd = [threading.Thread(target=sender) for _ in range(8)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join(120)
    assert odd == []
    assert kept(stand) == [(SHA256, 300_000, "foam.jpg")]
