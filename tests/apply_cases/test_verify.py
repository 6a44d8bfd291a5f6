"""Evidence stands: any change of any byte of chain, records or files is found, and the first broken link is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from clearbay.apply.cases import Casework
from clearbay.apply.cases.verify import Broken, Whole, verify
from clearbay.model.errors import StoreError, UnknownName
from clearbay.store import Home, chain
from clearbay.store.cases import CHAIN, VOID
from tests.apply_cases.casehome import DUTY, Time, alarm, taken_in, treated


@pytest.fixture
def filled(casework: Casework, home: Home, time: Time) -> str:
    """A home with three cases, one of them with evidence and a suspension of work."""
    case = treated(casework, time)
    for _ in range(2):
        casework.comment(DUTY, alarm(casework).id, "seen")
    return case.id


def test_an_untouched_home_is_whole(home: Home, filled: str) -> None:
    """Entries, cases, actions and files are counted; one case alone is checked on the same chain."""
    found = verify(home)
    assert isinstance(found, Whole)
    assert (found.cases, found.actions, found.files, found.pending) == (3, 9, 1, 0)
    assert found.entries == {"cases": 9}
    alone = verify(home, filled)
    assert isinstance(alone, Whole)
    assert (alone.cases, alone.actions) == (1, 5)
    with pytest.raises(UnknownName):
        verify(home, "PA-2026-4403-99999")


def test_any_flipped_byte_of_the_chain_is_found(home: Home, filled: str) -> None:
    """Whichever byte of the chain changes, by whichever bits: the entry it lies in, or the first after it, is named."""
    (path,) = chain.segments(home.evidence, CHAIN)
    sound = path.read_bytes()
    starts = [at for at in range(len(sound)) if sound.startswith(b'{"actor"', at)]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(at=st.integers(0, len(sound) - 1), bits=st.integers(1, 255))
    def flipped(at: int, bits: int) -> None:
        spoiled = bytearray(sound)
        spoiled[at] ^= bits
        path.write_bytes(bytes(spoiled))
        found = verify(home)
        assert isinstance(found, Broken), at
        entry = max(0, sum(start - 13 <= at for start in starts) - 1)
        assert found.entry is None or found.entry in (entry, entry + 1) or at < 64, (found, entry)

    try:
        flipped()
    finally:
        path.write_bytes(sound)
    assert isinstance(verify(home), Whole)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (
            "UPDATE case_file SET title = 'nothing happened' WHERE number = (SELECT min(number) FROM case_file)",
            "case PA-2026-4403-00001",
        ),
        (
            "UPDATE case_file SET due = due + 1 WHERE number = (SELECT number FROM case_file ORDER BY number LIMIT 1 OFFSET 1)",  # noqa: E501
            "case PA-2026-4403-00002",
        ),
        (
            "UPDATE case_file SET fields = '{}' WHERE number = (SELECT min(number) FROM case_file)",
            "case PA-2026-4403-00001",
        ),
        (
            'UPDATE case_clock SET due = due + 86400000000 WHERE "case" = (SELECT min(number) FROM case_file) '
            "AND id = 1",
            "case PA-2026-4403-00001",
        ),
        (
            'DELETE FROM case_clock WHERE "case" = (SELECT number FROM case_file ORDER BY number LIMIT 1 OFFSET 2)',
            "case PA-2026-4403-00003",
        ),
        (
            "INSERT INTO case_party VALUES ((SELECT number FROM case_file ORDER BY number LIMIT 1 OFFSET 1), '440400', 'joint', 'x', 1, NULL)",  # noqa: E501
            "case PA-2026-4403-00002",
        ),
        (
            "UPDATE case_action SET payload = replace(CAST(payload AS TEXT), 'Duty', 'Dora') WHERE entry = 0",
            "chain cases",
        ),
        ("DELETE FROM case_action WHERE entry = 4", "chain cases"),
        ("UPDATE case_action SET entry = 99 WHERE entry = 8", "chain cases"),
        ("UPDATE case_evidence SET by = 'somebody'", "case PA-2026-4403-00001"),
        ("DELETE FROM case_evidence", "case PA-2026-4403-00001"),
        ("UPDATE chain_head SET link = '" + "0" * 64 + "'", "chain cases"),
        ("UPDATE chain_head SET entries = entries + 1", "chain cases"),
    ],
)
def test_any_change_of_the_records_is_found(home: Home, filled: str, change: str, where: str) -> None:
    """Rows changed, added or taken away behind the engine's back do not fit what was chained."""
    with home.records.write() as connection:
        connection.execute(text(change.replace("by =", '"by" =')))
    found = verify(home)
    assert isinstance(found, Broken), found
    assert found.where == where, found


def test_a_whole_case_cannot_vanish(home: Home, filled: str) -> None:
    """A case deleted with everything of it leaves a chain that nobody answers for."""
    with home.records.write() as connection:
        for table in ("case_pace", "case_evidence", "case_clock", "case_action", "case_party"):
            connection.execute(text(f'DELETE FROM {table} WHERE "case" = (SELECT min(number) FROM case_file)'))
        connection.execute(text("DELETE FROM case_file WHERE number = (SELECT min(number) FROM case_file)"))
    found = verify(home)
    assert isinstance(found, Broken)
    assert found.entry == 0
    assert "lost" in found.why


def test_a_changed_or_missing_file_is_found(home: Home, filled: str) -> None:
    """Evidence whose bytes change, or that is gone, is named with its case; unread where nobody asks for it."""
    (path,) = [one for one in (home.evidence / "files").rglob("*") if one.is_file()]
    os.chmod(path, 0o640)
    sound = path.read_bytes()
    path.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    found = verify(home)
    assert isinstance(found, Broken)
    assert found.file.endswith(path.name)
    assert isinstance(verify(home, files=False), Whole)
    path.unlink()
    gone = verify(home, filled)
    assert isinstance(gone, Broken)
    assert "missing" in gone.why


def test_a_cut_chain_is_found_and_nothing_is_written_on_it(casework: Casework, home: Home, filled: str) -> None:
    """A chain that has lost its end is broken, and takes no further action until it is restored."""
    (path,) = chain.segments(home.evidence, CHAIN)
    path.write_bytes(path.read_bytes()[:-40])
    assert isinstance(verify(home), Broken)
    with pytest.raises(StoreError, match="restore"):
        casework.comment(DUTY, filled, "x")


def test_an_action_that_a_death_cut_off_is_named_void(casework: Casework, home: Home, filled: str) -> None:
    """An entry chained but never committed is pending, then named void by the next write; the home stays whole."""

    def die() -> None:
        with casework.cases.write() as writing:
            writing.chain.append([b'{"case":"lost"}'], kind=1)
            writing.chain.sync()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        die()
    found = verify(home)
    assert isinstance(found, Whole)
    assert found.pending == 1
    casework.comment(DUTY, filled, "after the storm")
    again = verify(home)
    assert isinstance(again, Whole)
    assert again.pending == 0
    assert [one.kind for one in chain.entries(home.evidence, CHAIN)].count(VOID) == 1


def test_the_chains_of_others_are_checked_too(home: Home, filled: str, tmp_path: Path) -> None:
    """Raw frames of the gateway lie in chains of their own: one broken link there, and the home is not whole."""
    with chain.Chain.open(home.evidence, "intake") as other:
        other.append([b"##0101QN=1", b"##0101QN=2"])
        other.sync()
    found = verify(home)
    assert isinstance(found, Whole)
    assert found.entries["intake"] == 2
    (path,) = chain.segments(home.evidence, "intake")
    spoiled = bytearray(path.read_bytes())
    spoiled[70] ^= 1
    path.write_bytes(bytes(spoiled))
    broken = verify(home)
    assert isinstance(broken, Broken)
    assert (broken.where, broken.entry) == ("chain intake", 0)


def test_importing_observations_leaves_cases_alone(home: Home, filled: str, time: Time) -> None:
    """What is measured later changes no case's proof."""
    taken_in(home, (time.now, 1.0))
    assert isinstance(verify(home), Whole)
