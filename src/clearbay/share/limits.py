"""How often an address may do something: a bound that spares the server and locks nobody out for long."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from fastapi import Request

from clearbay.apply.signin import network_of
from clearbay.share.problems import Denied

_KEPT = 10_000


class Tap:
    """At most ``most`` times in ``window`` seconds for each name. Safe to share between threads; one a process."""

    def __init__(self, most: int, window: float) -> None:
        self.most, self.window = most, window
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait(self, name: str, *, count: bool = True) -> float:
        """Count one more for ``name``, unless told not to; the seconds to wait where it is too many, else 0."""
        moment = time.monotonic()
        with self._lock:
            since, held = self._counts.pop(name, (moment, 0))
            if moment - since > self.window:
                since, held = moment, 0
            used = held + 1 if count else held
            self._counts[name] = since, used
            while len(self._counts) > _KEPT:
                self._counts.popitem(last=False)
        too_many = used > self.most if count else used >= self.most
        return self.window - (moment - since) if too_many else 0.0

    def pass_or_refuse(self, name: str, what: str, *, count: bool = True) -> None:
        """Raise 429 with the time to wait where it is too many."""
        wait = self.wait(name, count=count)
        if wait:
            raise Denied(
                429,
                what,
                where="address",
                mend=f"wait {wait:.0f} seconds",
                headers={"Retry-After": str(int(wait) + 1)},
            )


def address(request: Request) -> str:
    """Where a request comes from, as limits count it: of IPv6 the network, for one machine has many addresses."""
    return network_of(request.client.host if request.client else "")
