"""Take the pictures of docs/images from a real server over the shipped data: ``python docs/screenshots.py [NAME…]``."""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.real import browser, load, server, settled  # noqa: E402

from clearbay.apply.cases import Casework, Draft  # noqa: E402
from clearbay.apply.cases.acts import Act, perform  # noqa: E402
from clearbay.apply.cases.drafts import Upload  # noqa: E402
from clearbay.model.case import Actor, Limit, Place  # noqa: E402
from clearbay.store import Home  # noqa: E402

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SHOTS = {
    "map-class": (DESK, "light", "lang=en&rule=cn.gb3097-1997&t=2015"),
    "map-objectives": (DESK, "light", "lang=zh-Hant&rule=hk.wqo-marine&t=2015"),
    "map-compare": (DESK, "light", "lang=zh-Hans&rule=cn.gb3097-1997&compare=hk.wqo-marine&t=2015"),
    "map-dark": (DESK, "dark", "lang=zh-Hans&rule=cn.gb3097-1997&t=2015"),
    "station": (DESK, "light", "lang=en&rule=cn.gb3097-1997&t=2015&sel=station:hk.epd.marine.VM5"),
    "rules": (DESK, "light", "lang=en&view=rules"),
    "portraits": (DESK, "light", "lang=zh-Hans&view=portraits&rule=cn.gb3097-1997"),
    "events": (DESK, "light", "lang=en&view=events&event={event}"),
    "trace": (DESK, "light", "lang=en&view=trace&event={event}"),
    "phone-trace": (PHONE, "light", "lang=zh-Hans&view=trace&event={event}"),
    "desk": (DESK, "light", "lang=en&view=desk"),
    "case": (DESK, "light", "lang=en&view=case&case={case}"),
    "leader": (DESK, "light", "lang=zh-Hans&view=leader"),
    "list": (DESK, "light", "lang=en&view=list"),
    "phone": (PHONE, "light", "lang=pt&rule=cn.gb3097-1997&t=2015"),
    "handle": (PHONE, "light", "lang=en&view=handle&case={case}"),
    "complain": (PHONE, "light", "lang=zh-Hant&view=complain"),
    "phone-station": (PHONE, "light", "lang=zh-Hans&rule=cn.gb3097-1997&t=2015&sel=station:hk.epd.marine.VM5"),
}

READY = {"handle": "phone-steps", "complain": "complain-form"}
"""Pages without a map, and what they have drawn last."""

OFFICER = Actor("chan", "陈志明", frozenset({"operator"}), "100000")
HANDLER = Actor("li", "李伟", frozenset({"operator"}), "100000")


def work(home: Path) -> str:
    """Cases made up for the pictures, some of them handled, over the demonstration; the id of one in the middle."""
    moment = [datetime.now(UTC)]
    with Home.open(home) as opened:
        casework = Casework(opened, clock=lambda: moment[0])

        def begin(hours: float, title: str, place: tuple[float, float, str], severity: int, **more: Any) -> str:
            moment[0] = datetime.now(UTC) - timedelta(hours=hours)
            draft = Draft(
                "pollution-alarm", title, place=Place(place[0], place[1], place[2]), severity=severity,
                generated=True, **more,
            )  # fmt: skip
            return casework.open(OFFICER, draft).id

        def then(hours: float, who: Actor, id: str, action: str, **more: Any) -> None:
            moment[0] = datetime.now(UTC) - timedelta(hours=hours)
            perform(casework, who, id, Act(action, **more))

        given = {"assignee": (HANDLER.id, HANDLER.name)}
        begin(3, "Foam at the sluice", (113.93, 22.50, "Shenzhen Bay"), 2, jurisdiction="440305")
        begin(0.5, "Dead fish along the shore", (114.20, 22.45, "Tolo Harbour"), 1, jurisdiction="810000")
        begin(30, "Turbid water after the storm", (113.55, 22.20, "Inner Harbour"), 4, jurisdiction="820000")
        closed = begin(400, "Oil sheen in the harbour", (114.17, 22.29, "Victoria Harbour"), 3, jurisdiction="810000")
        then(399, OFFICER, closed, "dispatch", **given)
        then(398, OFFICER, closed, "dismiss", reason="Reflection of the evening sun")
        about = {"channel": "phone", "subject": "water"}
        said = {"finding": "A pipe had burst", "answer": "The pipe is mended"}
        for number in range(30):
            hours = 400 + 55 * number
            city = ("440300", "810000", "440400", "820000", "810000")[number % 5]
            moment[0] = datetime.now(UTC) - timedelta(hours=hours)
            draft = Draft(
                "public-complaint", "Smell at the quay", jurisdiction=city, fields=about, generated=True,
                place=Place(113.9 + number / 100, 22.4, "Quay"),
            )  # fmt: skip
            one = casework.open(OFFICER, draft).id
            then(hours - 5 - 9 * (number % 4), OFFICER, one, "accept")
            then(hours - 40 - 9 * (number % 5), HANDLER, one, "start")
            paper = Upload((f"Report {number}".encode(),), "report.txt", "document", "text/plain")
            casework.attach(HANDLER, one, paper)
            then(hours - 90 - 30 * (number % 7), HANDLER, one, "answer", reason="Looked into", fields=said)
            then(hours - 320, OFFICER, one, "close")
            if number % 9 == 4:
                then(hours - 340, OFFICER, one, "reopen", reason="It smells again", to="investigating")
                then(hours - 350, HANDLER, one, "edit", fields={"finding": "Another pipe"})
                casework.attach(HANDLER, one, Upload((b"Second report",), "second.txt", "document", "text/plain"))
                then(hours - 360, HANDLER, one, "answer", reason="Looked into again", fields=said)
                then(hours - 380, OFFICER, one, "close")
        limit = Limit("le", 0.5, "mg/L")
        shown = begin(
            26, "Inorganic nitrogen above the limit", (113.95, 22.42, "Deep Bay"), 2, jurisdiction="810000",
            station="hk.epd.marine.DM2", property="DIN", limit=limit,
        )  # fmt: skip
        then(25.5, OFFICER, shown, "dispatch", **given)
        then(23, HANDLER, shown, "arrive")
        then(22, HANDLER, shown, "comment", reason="The pump of the northern works stood still; it runs again.")
        picture = (ROOT / "docs" / "images" / "trace.png").read_bytes()
        casework.attach(
            HANDLER, shown,
            Upload((picture,), "works.png", "photo", "image/png", moment[0], Place(113.95, 22.42), "As traced"),
        )  # fmt: skip
        then(20, HANDLER, shown, "finish", reason="Pump repaired, sluice shut.", fields={"cause": "Pump failed"})
        return shown


def main() -> None:
    """Write every picture anew, or those that are named."""
    images = ROOT / "docs" / "images"
    images.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        load(home)
        case = work(home)
        with server(home, "--open") as address, browser() as chromium:
            with urllib.request.urlopen(f"{address}/api/events?status=open") as answer:
                event = json.load(answer)["items"][0]["id"]
            for name, (size, scheme, query) in SHOTS.items():
                if sys.argv[1:] and name not in sys.argv[1:]:
                    continue
                page = chromium.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                page.goto(f"{address}/?{query.format(event=event, case=case)}")
                if name in READY:
                    page.get_by_test_id(READY[name]).wait_for()
                else:
                    settled(page)
                page.wait_for_timeout(1_000)
                page.screenshot(path=images / f"{name}.png")
                page.close()


if __name__ == "__main__":
    main()
