from threading import Barrier, Thread
from time import sleep

import pytest

from clearbay.apply.kept import Kept


def test_equal_questions_are_computed_once():
    """However many ask for the same key at once, it is computed one time and all get that value."""
    kept: Kept[str, object] = Kept(4)
    calls, answers, together = [], [], Barrier(8)

    def make() -> object:
        calls.append(1)
        sleep(0.05)
        return object()

    def ask() -> None:
        together.wait()
        answers.append(kept.get("key", make))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len(answers) == 8
    assert len(set(map(id, answers))) == 1


def test_a_failure_is_not_kept():
    """What failed is tried again by the next caller."""
    kept: Kept[str, int] = Kept(4)
    with pytest.raises(ZeroDivisionError):
        kept.get("key", lambda: 1 // 0)
    assert kept.get("key", lambda: 7) == 7


def test_the_least_recently_used_goes_first():
    """A memory of two keeps the two asked for last."""
    kept: Kept[str, str] = Kept(2)
    for key in ("a", "b"):
        kept.get(key, key.upper)
    kept.get("a", str)
    kept.get("c", lambda: "C")
    assert len(kept) == 2
    assert kept.peek("a") == "A"
    assert kept.peek("b") is None
    assert kept.peek("c") == "C"
