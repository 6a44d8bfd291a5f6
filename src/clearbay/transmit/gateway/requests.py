"""What a gateway asks of devices: the extraction command, its answers, and what to do when none comes.

A request is ``CN=2061;...;CP=&&BeginTime=...,EndTime=...&&`` with Flag bit A set; the device answers 9011 (whether it
will), sends the data, and ends with 9012 (how it went). The exchange, its timeouts and the three repetitions are those
of HJ 212-2017; the names BeginTime and EndTime were read in two public implementations, not in the standard's text.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from clearbay.collect.hj212 import segment as segments
from clearbay.collect.hj212.packet import Head, framed
from clearbay.collect.hj212.replies import EXECUTED, REQUEST
from clearbay.collect.hj212.versions import flag_of
from clearbay.collect.hj212.writing import print_time
from clearbay.store.devices import GapRequest

ANSWER_S = 10.0
"""Seconds to wait for 9011 (the standard's default for wireless links)."""
REPEATS = 3
"""How often a request without answer is sent again (the standard's default)."""
EXECUTE_S = 300.0
"""Seconds to wait for 9012 after 9011; then the next request may go out all the same."""
TRIES = 3
"""How often a gap is asked for that the device said it would fill and did not."""
AGAIN_S = 3600.0
"""Seconds between two tries at the same gap."""
WAITING = 64
"""Requests that may wait for one device; the rest is found again by the next look for gaps."""


@dataclass(slots=True, eq=False)
class _Open:
    request: GapRequest
    qn: str
    frame: bytes
    sent: float
    repeats: int = 0
    accepted: bool = False


class Asker:
    """Requests to the devices of one gateway, one at a time each. Belongs to the gateway's thread.

    ``done`` is told of every request whose outcome changed.
    """

    def __init__(self, done: Callable[[GapRequest], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._done, self._clock = done, clock
        self._waiting: dict[str, deque[tuple[GapRequest, Head]]] = {}
        self._open: dict[str, _Open] = {}
        self._last_qn = 0

    def __len__(self) -> int:
        return len(self._open) + sum(map(len, self._waiting.values()))

    def busy(self, mn: str) -> bool:
        """Whether something is asked of this device, or waits to be."""
        return mn in self._open or mn in self._waiting

    def ask(self, request: GapRequest, like: Head) -> None:
        """Put a request in line; ``like`` is a packet of the device, whose ST, PW and version the request repeats."""
        line = self._waiting.setdefault(request.mn, deque())
        if len(line) < WAITING:
            line.append((request, like))

    def due(self, mn: str) -> bytes | None:
        """The frame to send to this device now, if any: a new request, or one that was not answered."""
        now, open_ = self._clock(), self._open.get(mn)
        if open_ is not None:
            if open_.accepted:
                if now - open_.sent < EXECUTE_S:
                    return None
                self._close(mn, "no end")
            elif now - open_.sent < ANSWER_S:
                return None
            elif open_.repeats < REPEATS:
                open_.repeats, open_.sent = open_.repeats + 1, now
                return open_.frame
            else:
                self._close(mn, "no answer")
        line = self._waiting.get(mn)
        if not line:
            self._waiting.pop(mn, None)
            return None
        request, like = line.popleft()
        if not line:
            del self._waiting[mn]
        request = replace(request, tries=request.tries + 1, asked=time.time_ns() // 1000, outcome="asked")
        qn = self._qn()
        self._open[mn] = _Open(request, qn, frame_of(request, like, qn), now)
        self._done(request)
        return self._open[mn].frame

    def answered(self, head: Head) -> bool:
        """Take a 9011 or 9012 of a device; returns whether it belongs to a request of ours."""
        open_ = self._open.get(head.mn)
        fields = dict(item.partition("=")[::2] for item in head.cp.replace(",", ";").split(";"))
        # A device of 2005 may repeat QN in the content.
        if open_ is None or open_.qn not in (head.qn, fields.get("QN", "")):
            return False
        if head.cn == REQUEST:
            if fields.get("QnRtn") == "1":
                open_.accepted, open_.sent = True, self._clock()
            else:
                self._close(head.mn, f"refused ({fields.get('QnRtn', 'no QnRtn')})")
        elif head.cn == EXECUTED:
            result = fields.get("ExeRtn", "")
            outcome = {"1": "answered", "100": "no data"}.get(result, f"failed ({result or 'no ExeRtn'})")
            self._close(head.mn, outcome)
        return True

    def gone(self, mn: str) -> None:
        """The device has left: forget what was to be asked; the next look for gaps finds it again."""
        self._waiting.pop(mn, None)
        if mn in self._open:
            self._close(mn, "connection lost")

    def _close(self, mn: str, outcome: str) -> None:
        self._done(replace(self._open.pop(mn).request, outcome=outcome))

    def _qn(self) -> str:
        # Unique per exchange: never the same millisecond twice. QN is printed in China's time, as devices do.
        self._last_qn = max(self._last_qn + 1, time.time_ns() // 1_000_000 + 28_800_000)
        seconds, milliseconds = divmod(self._last_qn, 1000)
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d%H%M%S") + f"{milliseconds:03d}"


def worth_asking(known: GapRequest | None, now: float) -> bool:
    """Whether a gap may be asked for (again); ``now`` in seconds since 1970."""
    if known is None:
        return True
    if known.outcome == "no data" or known.outcome.startswith("refused"):
        return False
    return known.tries < TRIES and now - known.asked / 1e6 >= AGAIN_S


def frame_of(request: GapRequest, like: Head, qn: str) -> bytes:
    """The extraction command as a frame."""
    begin, end = (print_time(datetime.fromtimestamp(at / 1e6, UTC).replace(tzinfo=None)) for at in
                  (request.start, request.end))  # fmt: skip
    fields = {"QN": qn, "ST": like.st, "CN": request.command, "PW": like.pw, "MN": request.mn}
    fields = {name: value for name, value in fields.items() if value}
    fields["Flag"] = str(flag_of(like.version, answer=True))
    return framed(segments.encode_text(segments.join(fields, f"BeginTime={begin},EndTime={end}")))
