"""``clearbay standards``: what there is, one in full, the laws side by side."""

from __future__ import annotations

from typing import Any

import pytest

from clearbay import packs
from clearbay.model.errors import BadInput, UnknownName


def test_the_list_has_everything_and_what_is_missing(run: Any) -> None:
    """All rule sets without a day, one version a family on a day, and the rules that nobody found."""
    everything = run("standards", "list", "--json")
    assert [one["id"] for one in everything["items"]] == list(packs.rule_sets())
    assert "mo.aqi" in {one["id"] for one in everything["not_sourced"]}
    today = run("standards", "list", "--on", "2026-03-01", "--json")["items"]
    families = [one["family"] for one in today]
    assert len(families) == len(set(families))
    assert {"cn.gb3095-2026", "cn.hj633-2026"} <= {one["id"] for one in today}


@pytest.mark.parametrize("id", list(packs.rule_sets()))
def test_every_rule_set_can_be_shown(run: Any, id: str) -> None:
    """Each in full as JSON, with sources and confidence, and as text."""
    shown = run("standards", "show", id, "--json")
    assert (shown["id"], shown["confidence"]) == (id, packs.rule_sets()[id].confidence)
    assert shown["sources"]
    assert id in shown["versions"]
    run("standards", "show", id)


def test_a_family_shows_the_version_of_the_day(run: Any) -> None:
    """GB 3095 of 2030 and of 2031; a version named outright must have been in force."""
    assert run("standards", "show", "cn.gb3095", "--on", "2030-12-31", "--json")["id"] == "cn.gb3095-2026"
    assert run("standards", "show", "cn.gb3095", "--on", "2031-01-01", "--json")["id"] == "cn.gb3095-2026-final"
    with pytest.raises(BadInput, match="was not in force"):
        run("standards", "show", "cn.gb3095-2026", "--on", "2024-01-01")
    with pytest.raises(UnknownName, match="no rule set"):
        run("standards", "show", "cn.gb9999")
    with pytest.raises(BadInput, match="is not a day"):
        run("standards", "show", "cn.gb3095", "--on", "soon")


def test_what_is_not_sourced_is_shown_as_such(run: Any) -> None:
    """Macao's index shows what was searched and where its text could be had."""
    shown = run("standards", "show", "mo.aqi", "--json")
    assert shown["searched"]["en"]
    assert shown["obtainable"]["pt"]


def test_the_laws_side_by_side(run: Any) -> None:
    """Lines in one unit with confidence, and what is missing; a day is asked for."""
    found = run("standards", "compare", "DO", "--on", "2024-06-01", "--json")
    assert found["unit"] == "mg/L"
    assert {"cn.gb3838-2002", "cn.gb3097-1997", "hk.wqo-marine"} <= {line["rule_set"] for line in found["lines"]}
    assert all(line["confidence"] for line in found["lines"])
    assert {one["why"] for one in found["absent"]} >= {"index", "not_sourced"}
    used = run("standards", "compare", "DO", "--on", "2024-06-01", "--use", "bathing", "--json")
    assert {line["grade"] for line in used["lines"]} == {"III", "2"}
    run("standards", "compare", "PM2_5", "--on", "2026-03-01")
    with pytest.raises(BadInput, match="which day"):
        run("standards", "compare", "DO", "--json")
