"""Complaints of people without an account: made, followed, answered, and nothing told that is not theirs."""

from __future__ import annotations

import hashlib
import statistics
import time
from pathlib import Path
from typing import Any

import pytest

from clearbay.apply.cases import Casework, complaints, where
from clearbay.model.case import Actor
from clearbay.store import Home
from clearbay.store.evidence import Files

from .conftest import Stand, metadata

DUTY = Actor("wang-duty", "Wang Duty", frozenset({"duty_officer"}), "440300")
HAND = Actor("li-hand", "Li Hand", frozenset({"handler"}), "440300")
BOSS = Actor("zhao-boss", "Zhao Boss", frozenset({"reviewer"}), "440300")

FOAM = {
    "subject": "water",
    "text": "White foam on the river behind the market\nsince this morning, it smells of paint",
    "longitude": 114.06,
    "latitude": 22.6,
    "place": "behind the market",
    "contact": "138 0000 0000",
    "lang": "zh-Hans",
}
KEY = "a-random-key-of-the-browser-0001"


def made(stand: Stand, **more: Any) -> dict[str, Any]:
    answer = stand.client.post("/api/complaints", json=FOAM | more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


def followed(stand: Stand, code: str) -> dict[str, Any]:
    answer = stand.client.get(f"/api/complaints/{code}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_complaint_goes_to_its_answer(stand: Stand) -> None:
    """Made without an account, followed by its code in any spelling, through every step to the answer, and again."""
    filed = made(stand)
    work = Casework(stand.home)
    assert len(filed["code"].replace("-", "")) * 5 >= 100
    assert filed["id_shown"].startswith("PC-")
    first = followed(stand, filed["code"].replace("-", " ").lower())
    assert (first["stage"], first["open"], first["place"]["text"]) == ("found", True, "behind the market")
    assert first["authority"]["en"] == "Shenzhen"
    clock = first["clocks"][0]
    assert clock["name"]["en"] == "To be accepted or declined"
    assert (clock["term"], clock["basis"]) == ({"amount": 3, "unit": "working_days"}, "default")
    assert (clock["due"], first["due"]) == (filed["due"], filed["due"])
    case = filed["id_shown"]
    assert dict(work.get(DUTY, case).fields) == {"channel": "web", "subject": "water", "contact": "138 0000 0000"}
    work.act(DUTY, case, "accept")
    second = followed(stand, filed["code"])
    assert [one["basis"] for one in second["clocks"]] == ["law", "law"]
    assert {one["confidence"] for one in second["clocks"]} == {"one_source"}
    assert "Fujian" in second["clocks"][0]["sources"][0]
    work.comment(HAND, case, "internal: the plant next door has done this before")
    work.act(HAND, case, "start")
    work.attach_kept(HAND, case, _photo(), Files(stand.home).keep([b"the handler's own photograph"]))
    work.act(
        HAND, case, "answer", reason="internal reason", fields={"finding": "a leak", "answer": "The leak is shut."}
    )
    work.act(BOSS, case, "close")
    told = followed(stand, filed["code"])
    assert (told["stage"], told["open"], told["answer"]) == ("closed", False, "The leak is shut.")
    assert [one["what"]["en"] for one in told["timeline"]] == [
        "Complaint received", "Accepted", "Being looked into", "Answered", "Closed",
    ]  # fmt: skip
    assert told["evidence"] == []
    words = str(told)
    for secret in ("internal", "Wang", "Li Hand", "li-hand", "Zhao", "next door", "138 0000", "link", "reporter:"):
        assert secret not in words, secret
    again = stand.client.post(f"/api/complaints/{filed['code']}/reopen", json={"reason": "the foam is back"}).json()
    assert (again["stage"], again["open"], again["reopened"]) == ("found", True, 1)
    assert again["timeline"][-1]["text"] == "the foam is back"
    refused = stand.client.post(f"/api/complaints/{filed['code']}/reopen", json={"reason": "once more"})
    assert refused.status_code == 422


def _photo() -> Any:
    from clearbay.apply.cases import Upload

    return Upload((), "own.jpg", "photo", "image/jpeg")


def test_a_refusal_is_explained(stand: Stand) -> None:
    """A complaint that is not taken on says so, what is owed and by when, and then why; one may ask again."""
    filed = made(stand)
    work, case = Casework(stand.home), filed["id_shown"]
    work.act(DUTY, case, "decline", reason="internal: not ours")
    told = followed(stand, filed["code"])
    assert told["clocks"][0]["name"]["en"] == "Refusal to be explained"
    assert (told["answer"], "internal" in str(told)) == ("", False)
    work.act(DUTY, case, "explain", reason="told by letter", fields={"answer": "The river there belongs to Dongguan."})
    told = followed(stand, filed["code"])
    assert (told["stage"], told["answer"]) == ("refused", "The river there belongs to Dongguan.")
    assert told["may"]["reopen"] is True
    assert set(told["plain"]) == {"zh-Hans", "zh-Hant", "en", "pt"}


def test_words_and_files_are_added(stand: Stand) -> None:
    """More words once under a key; files in parts with the code alone, shown to the reporter and bounded."""
    code = made(stand)["code"]
    said = {"text": "It is red now", "key": "w1"}
    for _ in range(2):
        told = stand.client.post(f"/api/complaints/{code}/comment", json=said).json()
    assert [one["text"] for one in told["timeline"][1:]] == ["It is red now"]
    photo = b"\xff\xd8 a photograph of foam"
    heads = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(photo)),
        "Upload-Metadata": metadata({"filename": "foam.jpg", "kind": "photo", "complaint": code, "key": "f1"}),
    }
    address = stand.client.post("/api/uploads", headers=heads).headers["location"]
    part = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert stand.client.patch(address, content=photo, headers=part).headers["x-evidence"] == "1"
    told = followed(stand, code)
    assert [one["name"] for one in told["evidence"]] == ["foam.jpg"]
    assert told["files_left"] == complaints.FILES - 1
    found = Casework(stand.home).dossier(DUTY, told["id_shown"]).evidence[0]
    assert (found.sha256, found.by.startswith("reporter:")) == (hashlib.sha256(photo).hexdigest(), True)
    wrong = {**heads, "Upload-Metadata": metadata({"complaint": "0000-0000", "key": "f2"})}
    assert stand.client.post("/api/uploads", headers=wrong).status_code == 404
    large = {**heads, "Upload-Length": str(complaints.FILE_BYTES + 1)}
    assert stand.client.post("/api/uploads", headers=large).status_code == 422
    for number in range(complaints.FILES + 1):
        more = metadata({"complaint": code, "kind": "photo", "key": f"g{number}", "filename": "x"})
        last = stand.client.post("/api/uploads", headers={**heads, "Upload-Metadata": more})
    assert (last.status_code, last.json()["where"]) == (422, "quota")


def test_an_answer_that_was_lost_can_be_asked_for_again(stand: Stand) -> None:
    """The same request under the same key is the same complaint with the same code, after a restart too; other words
    are another one, and the key alone opens nothing."""
    first = made(stand, key=KEY)
    stand.again()
    assert made(stand, key=KEY) == first
    assert made(stand, key=KEY, text="Something else altogether, at another place")["code"] != first["code"]
    assert stand.client.get(f"/api/complaints/{KEY}").status_code == 404
    assert stand.client.post("/api/complaints", json=FOAM | {"key": "short"}).status_code == 422


def test_the_code_is_kept_nowhere(stand: Stand) -> None:
    """No file of the home holds the code, in any spelling."""
    code = made(stand)["code"]
    plain = code.replace("-", "")
    with Home.open(stand.path):
        for path in Path(stand.path).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert plain.encode() not in content, path
                assert code.encode() not in content, path


def test_a_wrong_code_is_like_no_code(stand: Stand) -> None:
    """Every wrong code, however wrong, is answered in the same words and by the same work, and too many of them are
    not answered at all; a right one still is, from elsewhere."""
    work, right = Casework(stand.home), made(stand)["code"]
    wrong = [
        right[:-1] + ("0" if right[-1] != "0" else "1"),
        "0000-0000-0000-0000-0000-0000",
        "x",
        "'; DROP TABLE",
        "码",
    ]
    answers = {stand.client.get(f"/api/complaints/{one}").text for one in wrong}
    assert len(answers) == 1
    assert {stand.client.get("/api/complaints/x").status_code for _ in range(10)} == {404, 429}
    assert stand.client.get(f"/api/complaints/{right}").status_code == 429

    def median(code: str) -> float:
        took = []
        for _ in range(60):
            start = time.perf_counter()
            with pytest.raises(complaints.UnknownName):
                complaints.find(work, code)
            took.append(time.perf_counter() - start)
        return statistics.median(took)

    near, far = median(wrong[0]), median("y" * 60)
    assert 1 / 5 < near / far < 5


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": "short"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "<b>Foam</b> on the river, look at it"}, "text"),
        ({"text": "Foam <img src=x onerror=alert(1)> on the river"}, "text"),
        ({"place": "<script>"}, "place"),
        ({"contact": "x" * 201}, "contact"),
        ({"subject": "politics"}, "subject"),
        ({"longitude": 105.8, "latitude": 21.0}, "place"),
        ({"longitude": None, "latitude": None}, "place"),
        ({"longitude": 114.06, "latitude": None}, "place"),
        ({"jurisdiction": "110000"}, "jurisdiction"),
        ({"key": "k"}, "key"),
    ],
)
def test_what_cannot_be_a_complaint_is_told(stand: Stand, more: dict[str, Any], field: str) -> None:
    """Too little, too much, markup, no place, or a place outside: refused with the field that is meant."""
    answer = stand.client.post("/api/complaints", json=FOAM | more)
    assert (answer.status_code, answer.json()["where"]) == (422, field), answer.text


def test_a_smaller_than_sign_is_no_markup(stand: Stand) -> None:
    """Numbers and signs are plain words."""
    assert made(stand, text="Turbidity < 5 or > 10, I cannot tell; a<b")["code"]


def test_an_address_makes_few_complaints(stand: Stand) -> None:
    """More than a handful in ten minutes are answered 429 with the time to wait."""
    answers = [stand.client.post("/api/complaints", json=FOAM) for _ in range(7)]
    assert [one.status_code for one in answers] == [200] * 6 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("position", "code", "sure"),
    [
        ((114.06, 22.6), "440300", True),
        ((113.545, 22.19), "820000", False),
        ((114.17, 22.29), "810000", False),
        ((114.5, 22.45), "440300", False),
        ((105.8, 21.0), "", True),
        ((116.7, 23.4), "", True),
    ],
)
def test_whose_a_position_is(position: tuple[float, float], code: str, sure: bool) -> None:
    """Ashore by the outlines, in the bay's waters by the nearest, near a line with doubt, far away nobody's."""
    found = where.whose(*position)
    assert (found.code, found.sure) == (code, sure)


def test_the_list_of_places_has_the_nine_and_two(stand: Stand) -> None:
    """Nine cities, Hong Kong and Macao take complaints; the list says whose a position seems to be."""
    told = stand.client.get("/api/complaints/places", params={"longitude": 114.17, "latitude": 22.29}).json()
    assert len(told["items"]) == 11
    assert (told["here"], told["sure"], told["outside"]) == ("810000", False, False)
    assert stand.client.get("/api/complaints/places", params={"longitude": 0, "latitude": 0}).json()["outside"] is True


def test_a_merged_complaint_goes_on_in_the_other(stand: Stand) -> None:
    """Its reporter sees where the other stands and its answer, and nothing that the other's reporter said."""
    one, two = made(stand), made(stand, text="The same foam seen from the bridge", place="the secret bridge")
    work = Casework(stand.home)
    work.act(DUTY, two["id_shown"], "accept")
    work.merge(DUTY, one["id_shown"], two["id_shown"], reason="the same")
    told = followed(stand, one["code"])
    assert "together" in told["plain"]["en"]
    assert "bridge" not in str(told)
    work.act(HAND, two["id_shown"], "start")
    work.attach_kept(HAND, two["id_shown"], _photo(), Files(stand.home).keep([b"x"]))
    work.act(HAND, two["id_shown"], "answer", reason="r", fields={"finding": "f", "answer": "It is clean now."})
    told = followed(stand, one["code"])
    assert told["answer"] == "It is clean now."
    assert "bridge" not in str(told)
