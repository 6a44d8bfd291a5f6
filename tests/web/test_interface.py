import pytest
from starlette.requests import Request

from clearbay.web.interface import Interface


def request(**headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": sent, "query_string": b""})


@pytest.fixture
def built(tmp_path):
    """A built interface, and a secret beside it."""
    root = tmp_path / "static"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>map</title>")
    (root / "assets" / "index-Bx3kQ9aZ.js").write_text("run()")
    (root / "assets" / "worker-C0ffee12.mjs").write_text("work()")
    (root / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return Interface(root)


def test_hashed_assets_are_kept_for_ever_and_the_page_never(built):
    """A new build changes the page's own links; what they name never changes."""
    asset = built.answer(request(), "assets/index-Bx3kQ9aZ.js")
    assert "immutable" in asset.headers["cache-control"]
    assert asset.media_type == "text/javascript"
    assert built.answer(request(), "assets/worker-C0ffee12.mjs").media_type == "text/javascript"
    for path in ("", "index.html", "favicon.svg"):
        assert built.answer(request(), path).headers["cache-control"] == "no-cache"


def test_any_other_address_is_the_page_itself(built):
    """The page reads its own address, so every path that is no file answers it."""
    for path in ("station/hk.epd", "list", "a/b/c"):
        found = built.answer(request(), path)
        if found is not None:
            assert b"<title>map" in found.body
    assert b"<title>map" in built.answer(request(), "list").body


def test_a_missing_asset_is_missing(built):
    """A stale page must not run the page's HTML as its script."""
    assert built.answer(request(), "assets/index-gone1234.js") is None


@pytest.mark.parametrize("path", ["../secret.txt", "assets/../../secret.txt", "/etc/passwd", "..\\secret.txt", "a\0b"])
def test_nothing_outside_the_folder_is_ever_served(built, path):
    """However a path is written, it stays inside."""
    found = built.answer(request(), path)
    assert found is None or b"secret" not in found.body


def test_a_page_that_is_known_is_not_sent_again(built):
    """The tag of a file, sent back, is answered by 304 without a body."""
    first = built.answer(request(), "")
    again = built.answer(request(if_none_match=first.headers["etag"]), "")
    assert again.status_code == 304
    assert again.body == b""


def test_without_a_build_the_page_says_how_to_make_one(tmp_path):
    """A plain page names the command, and a missing script stays missing."""
    found = Interface(tmp_path).answer(request(), "")
    assert b"make demo" in found.body
    assert Interface(tmp_path).answer(request(), "assets/x-12345678.js") is None


def test_pages_for_a_bad_line_come_without_the_map(tmp_path):
    """The map's code is not sent ahead to a page without a map; the service worker is asked for anew each time."""
    root = tmp_path / "static"
    root.mkdir()
    link = '<link rel="modulepreload" crossorigin href="/assets/bayMap-Bx3kQ9aZ.js" fetchpriority="low">'
    (root / "index.html").write_text(f"<!doctype html><title>map</title>{link}")
    (root / "sw.js").write_text("work()")
    interface = Interface(root)
    light = request()
    light.scope["query_string"] = b"view=handle"
    assert b"bayMap" not in interface.answer(light, "").body
    assert b"bayMap" in interface.answer(request(), "").body
    worker = interface.answer(request(), "sw.js")
    assert (worker.headers["cache-control"], worker.media_type) == ("no-cache", "text/javascript")
