"""The chain of evidence: what it holds, what it notices, and what a sudden death leaves of it."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import pytest

from clearbay.model.errors import BadInput, StoreError
from clearbay.store import chain as chains
from clearbay.store.chain import BrokenLink, Chain, Position, Verified, entries, genesis, segments, verify


def written(directory: Path, *rounds: list[bytes], segment_bytes: int = chains.SEGMENT) -> Position:
    with Chain.open(directory, "test", segment_bytes=segment_bytes) as chain:
        for given in rounds:
            chain.append(given, time=1)
            chain.sync()
        return chain.position


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    """What was appended is read back with its number, and the chain verifies with its head."""
    head = written(tmp_path, [b"one", b""], [b"three"])
    assert [(entry.seq, entry.data) for entry in entries(tmp_path, "test")] == [(0, b"one"), (1, b""), (2, b"three")]
    assert verify(tmp_path, "test", known=head) == Verified(3, head.link)
    assert verify(tmp_path, "nobody") == Verified(0, genesis("nobody"))


def test_append_tells_the_first_number_and_the_head(tmp_path: Path) -> None:
    """``append`` returns the number of its first entry and the new head."""
    with Chain.open(tmp_path, "test") as chain:
        assert chain.append([b"a", b"b"])[0] == 0
        first, head = chain.append([b"c"])
        assert (first, head) == (2, chain.position.link)


def test_a_chain_goes_on_after_it_was_closed(tmp_path: Path) -> None:
    """A chain opened again continues, over as many segments as it takes."""
    for number in range(6):
        written(tmp_path, [b"%d" % number * 40, b"x"], segment_bytes=200)
    assert len(segments(tmp_path, "test")) > 2
    assert isinstance(verified := verify(tmp_path, "test"), Verified)
    assert verified.entries == 12
    assert [entry.seq for entry in entries(tmp_path, "test", start=7)] == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("cut", range(1, 50, 7))
def test_a_torn_tail_is_cut_off(tmp_path: Path, cut: int) -> None:
    """A half-written last entry is no broken link: opening cuts it off and goes on behind the last whole one."""
    head = written(tmp_path, [b"whole"])
    (path,) = segments(tmp_path, "test")
    size = path.stat().st_size
    written(tmp_path, [b"torn"])
    os.truncate(path, path.stat().st_size - cut)
    if path.stat().st_size < size:
        pytest.skip("cuts into the entry before")
    assert verify(tmp_path, "test", known=head) == Verified(1, head.link)
    written(tmp_path, [b"next"])
    assert [entry.data for entry in entries(tmp_path, "test")] == [b"whole", b"next"]


@pytest.mark.parametrize("place", [3, 20, 48, 50, 70, 90, 200])
def test_a_changed_byte_is_found(tmp_path: Path, place: int) -> None:
    """Any changed byte breaks the chain that was recorded, wherever it is."""
    head = written(tmp_path, [b"first entry", b"second entry", b"third entry"])
    (path,) = segments(tmp_path, "test")
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    broken = verify(tmp_path, "test", known=head)
    assert isinstance(broken, BrokenLink)
    assert broken.file == path.name


def test_a_missing_segment_is_found(tmp_path: Path) -> None:
    """A segment taken away breaks the chain; the last one missing shows against what was recorded."""
    head = written(tmp_path, *([[b"x" * 50]] * 6), segment_bytes=150)
    files = segments(tmp_path, "test")
    last = files[-1].read_bytes()
    files[-1].unlink()
    assert isinstance(verify(tmp_path, "test"), Verified)
    assert isinstance(verify(tmp_path, "test", known=head), BrokenLink)
    with pytest.raises(StoreError, match="does not hold what the store recorded"):
        Chain.open(tmp_path, "test", known=head)
    files[-1].write_bytes(last)
    files[1].unlink()
    assert isinstance(verify(tmp_path, "test"), BrokenLink)


def test_another_chain_in_its_place_is_found(tmp_path: Path) -> None:
    """A chain rewritten from its beginning verifies by itself, but not against the recorded head."""
    head = written(tmp_path / "a", [b"true"])
    written(tmp_path / "b", [b"false"])
    assert isinstance(verify(tmp_path / "b", "test"), Verified)
    assert isinstance(verify(tmp_path / "b", "test", known=head), BrokenLink)
    with pytest.raises(StoreError):
        Chain.open(tmp_path / "b", "test", known=head)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second writer is told that there is one."""
    with Chain.open(tmp_path, "test"), pytest.raises(StoreError, match="another process"):
        Chain.open(tmp_path, "test")
    with pytest.raises(BadInput):
        Chain.open(tmp_path, "no/name")


def test_a_full_disk_leaves_the_chain_whole(tmp_path: Path) -> None:
    """An append that does not fit is refused as a whole, and the chain takes the next that does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Chain.open(tmp_path, "test") as chain:
        chain.append([b"before"])
        chain.sync()
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            with pytest.raises(StoreError, match="disk is full"):
                chain.append([b"x" * 3000, b"y" * 3000])
            chain.append([b"small"])
            chain.sync()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
        head = chain.position
    assert verify(tmp_path, "test", known=head) == Verified(2, head.link)


def test_a_failed_flush_takes_back_what_was_not_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk does not confirm, the chain stands where it last was safe."""
    with Chain.open(tmp_path, "test") as chain:
        chain.append([b"safe"])
        chain.sync()
        safe = chain.position
        chain.append([b"doubtful"])
        with monkeypatch.context() as patch:
            patch.setattr(chains, "_flush", _refuse)
            with pytest.raises(StoreError):
                chain.sync()
        assert chain.position == safe
        chain.append([b"again"])
        chain.sync()
    assert [entry.data for entry in entries(tmp_path, "test")] == [b"safe", b"again"]


def _refuse(_: int) -> None:
    raise OSError(5, "Input/output error")
