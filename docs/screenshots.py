"""Take the pictures of docs/images from a real server over the shipped data: ``python docs/screenshots.py [NAME…]``."""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.real import browser, load, server, settled  # noqa: E402

from clearbay.apply.cases.demonstrate import SHOWN, keep_cases  # noqa: E402
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


def work(home: Path) -> str:
    """The cases of the demonstration, in a home; the id of the one to look at."""
    with Home.open(home) as opened:
        return keep_cases(opened)[SHOWN]


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
