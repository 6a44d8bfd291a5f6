import re

import pytest

from clearbay.share import reference


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def page(client):
    return client.get("/docs").text


def test_the_reference_asks_nobody_else_for_anything(page):
    """No script, no style, font or image from anywhere: the page is whole as it is."""
    assert "<script" not in page
    assert "<link" not in page
    assert "<img" not in page
    assert "url(" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_every_path_is_in_the_reference(page, document):
    """Each operation has its article, its parameters and the answers that it gives."""
    for path, operation in reference._operations(document):
        assert f'id="{operation["operationId"]}"' in page
        for one in operation.get("parameters", []):
            assert f"<code>{one['name']}</code>" in page, (path, one["name"])


def test_every_parameter_says_what_it_takes(document):
    """A parameter without a description is not finished."""
    for path, operation in reference._operations(document):
        assert operation["summary"]
        assert operation["description"]
        for one in operation.get("parameters", []):
            described = one.get("description") or one["schema"].get("description")
            assert described, (path, one["name"])


def test_every_member_of_the_main_shapes_exists(document):
    """Operations answer declared shapes, and each reference in the document leads somewhere."""
    shapes = set(document["components"]["schemas"])
    named = set(re.findall(r"#/components/schemas/([\w.-]+)", str(document)))
    assert named <= shapes
    for _, operation in reference._operations(document):
        for status, answer in operation["responses"].items():
            kinds = set(answer.get("content", {}))
            assert kinds == {"application/problem+json"} if int(status) >= 400 else kinds or int(status) > 200


def test_examples_of_the_reference_answer(client, page):
    """Every address that the page offers to try gives an answer; a home without rivers says that it has none."""
    offered = re.findall(r'class="try"><a href="([^"]+)"', page)
    assert len(offered) >= 14
    for address in offered:
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200 or answer.json()["where"] == "network", address


def test_anchors_of_the_page_exist(page):
    """A link inside the page leads to a place in the page."""
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids
