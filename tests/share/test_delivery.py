import gzip

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from clearbay.share.delivery import Delivery, accepts_gzip, pack, without_empty

TEXT = "the tide comes in, the tide goes out; " * 200


@pytest.fixture
def served():
    """A small application behind a delivery, its state to be changed, and what reached it."""
    seen, state = [], {"is": "1"}

    def text(request):
        seen.append(str(request.url.query))
        return PlainTextResponse(TEXT)

    def stream(_):
        return StreamingResponse(
            (TEXT[i : i + 1000].encode() for i in range(0, len(TEXT), 1000)), media_type="text/csv"
        )

    routes = [
        Route("/api/text", text),
        Route("/api/stream", stream),
        Route("/api/bad", lambda _: PlainTextResponse("no " * 500, 422)),
        Route("/api/bytes", lambda _: Response(b"PAR1" * 500, media_type="application/vnd.apache.parquet")),
        Route("/page", lambda _: PlainTextResponse("page")),
    ]
    app = Delivery(Starlette(routes=routes), state=lambda path: state["is"] if path.startswith("/api/") else None)
    return TestClient(app), seen, state


def test_a_client_that_has_the_answer_is_told_so(served):
    """The tag of an answer, sent back, is answered by 304 without asking the application; weak and strong alike."""
    client, seen, _ = served
    tag = client.get("/api/text").headers["etag"]
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        answer = client.get("/api/text", headers={"If-None-Match": sent})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == tag
    assert len(seen) == 1


def test_new_data_are_a_new_tag(served):
    """Once the state changes the old tag is worth nothing and the answer is made anew."""
    client, seen, state = served
    tag = client.get("/api/text").headers["etag"]
    state["is"] = "2"
    answer = client.get("/api/text", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag
    assert len(seen) == 2


def test_every_query_has_its_own_tag_and_memory(served):
    """Answers in memory are those of their own address."""
    client, seen, _ = served
    tags = {client.get("/api/text", params={"q": q}).headers["etag"] for q in "abcabc"}
    assert len(tags) == 3
    assert len(seen) == 3


def test_the_answer_is_the_same_packed_or_not(served):
    """Compression changes the way, not the answer; whole and streamed, first and remembered."""
    client, _, _ = served
    for path in ("/api/text", "/api/stream"):
        for _ in range(2):
            plain = client.get(path, headers={"Accept-Encoding": "identity"})
            packed = client.get(path, headers={"Accept-Encoding": "gzip"})
            assert plain.text == packed.text == TEXT
            assert packed.headers["content-encoding"] == "gzip"
            assert "content-encoding" not in plain.headers
            assert "Accept-Encoding" in plain.headers["vary"]


def test_what_is_compressed_already_is_left_alone(served):
    """A Parquet file travels as it is."""
    client, _, _ = served
    assert "content-encoding" not in client.get("/api/bytes", headers={"Accept-Encoding": "gzip"}).headers


def test_failures_are_neither_tagged_nor_kept(served):
    """Only a success may be remembered by anyone."""
    client, _, _ = served
    answer = client.get("/api/bad")
    assert answer.status_code == 422
    assert "etag" not in answer.headers


def test_head_is_get_without_a_body(served):
    """The same headers, nothing else."""
    client, _, _ = served
    for path in ("/api/text", "/api/stream", "/page"):
        whole, head = client.get(path), client.head(path)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers.get("etag") == whole.headers.get("etag")
        assert head.headers["content-type"] == whole.headers["content-type"]


def test_pages_outside_the_api_have_no_tag_from_here(served):
    """Files are tagged by those who serve them."""
    client, _, _ = served
    assert "etag" not in client.get("/page").headers


def test_the_memory_is_bounded(served):
    """Answers larger than an eighth of the memory are not kept, and the oldest make room."""
    calls = []
    route = Route("/api/x", lambda request: calls.append(request.url.query) or PlainTextResponse(TEXT))
    client = TestClient(Delivery(Starlette(routes=[route]), state=lambda _: "1", memory=len(TEXT) * 9))
    for q in range(20):
        client.get(f"/api/x?q={q}")
    client.get("/api/x?q=19")
    client.get("/api/x?q=0")
    assert len(calls) == 21
    calls.clear()
    tiny = TestClient(Delivery(Starlette(routes=[route]), state=lambda _: "1", memory=1000))
    for _ in range(3):
        tiny.get("/api/x")
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("header", "taken"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("", False), ("br", False), ("gzip;q=0", False)],
)
def test_gzip_is_sent_to_those_who_take_it(header, taken):
    """A weight of zero is a refusal."""
    assert accepts_gzip(header) is taken


def test_empty_parameters_say_nothing():
    """What a form sends without a value counts as left out."""
    assert without_empty(b"standard=x&period=&bbox=&limit=5&flag") == b"standard=x&limit=5"
    assert without_empty(b"") == b""


def test_equal_answers_are_equal_bytes():
    """A packed answer carries no time of its making."""
    assert pack(b"a" * 5000) == pack(b"a" * 5000)
    assert gzip.decompress(pack(b"a" * 5000)) == b"a" * 5000
