"""The map in headless Chromium: first view and change of rule set, against the bars of 1.5 s and 200 ms.

Each first view is a fresh browser context (no cache). It ends when the coloured stations with the land about them, the
sentence and the legend have been painted; the whole map, with names, rivers and borders, is there at `map ready`. A
change of rule set is measured from the click to the frame that shows the new colours. Without a graphics card the
drawing itself is done by the processor: figures are upper bounds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser.real import browser, choose_rule, load, server, settled

RUNS = 7
MARK = "(name) => performance.getEntriesByName(name)[0].startTime"
SWITCH = "() => performance.getEntriesByName('rule-switch').at(-1).duration"


def main() -> None:
    """Print medians and spans in milliseconds."""
    first, ready, switches = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        load(home)
        with server(home) as address, browser() as chromium:
            for _ in range(RUNS):
                context = chromium.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                page.goto(f"{address}/?rule=cn.gb3097-1997&t=2015")
                settled(page)
                first.append(page.evaluate(MARK, "first-view"))
                ready.append(page.evaluate(MARK, "map-ready"))
                for rule in ("hk.wqo-marine", "cn.gb3097-1997") * 2:
                    page.wait_for_timeout(400)
                    choose_rule(page, rule)
                    settled(page)
                    page.wait_for_function("() => performance.getEntriesByName('rule-switch').length > 0")
                    switches.append(page.evaluate(SWITCH))
                context.close()
    for name, values, bar in (
        ("first view", first, 1_500),
        ("map ready", ready, None),
        ("change of rule set", switches, 200),
    ):
        median = statistics.median(values)
        spans = f"median {median:7.0f} ms  ({min(values):.0f} to {max(values):.0f}, n={len(values)})"
        verdict = f"  bar {bar} ms: {'met' if median < bar else 'MISSED'}, ratio {median / bar:.2f}" if bar else ""
        print(f"{name:<20} {spans}{verdict}")


if __name__ == "__main__":
    main()
