"""The glossary fixes the words: those of the code are in it, in four languages."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

from clearbay.model import observation, rule, standard, station, target
from clearbay.packs import rulebook

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
COLUMNS = 6


def _rows() -> list[list[str]]:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in rows if row[0] != "English"]


def _coded() -> set[str]:
    return set(re.findall(r"`([^`]+)`", GLOSSARY.read_text(encoding="utf-8")))


def test_every_term_has_four_languages_and_a_meaning() -> None:
    """Each row gives the word in four languages, how the code writes it, and what it means; no term twice."""
    rows = _rows()
    assert len(rows) >= 60
    for row in rows:
        assert len(row) == COLUMNS, row
        assert all(row), row
        assert row[4].startswith("`")
    names = [row[0] for row in rows]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "module", ["observation", "property", "standard", "station", "text", "rule", "crosswalk", "target"]
)
def test_every_public_word_of_the_model_is_there(module: str) -> None:
    """Each public class and constant of the model is a word of the glossary."""
    model = importlib.import_module(f"clearbay.model.{module}")
    words = {
        name
        for name, value in vars(model).items()
        if not name.startswith("_")
        and (getattr(value, "__module__", "") == model.__name__ or (name.isupper() and not inspect.ismodule(value)))
    }
    assert words
    assert words <= _coded(), words - _coded()


def test_every_word_that_data_carry_is_there() -> None:
    """Words of fixed vocabularies (confidence, operators, media, flags, kinds, statistics) are in the glossary."""
    words = {
        *get_args(standard.Confidence),
        *get_args(standard.Operator),
        *get_args(station.Medium),
        *(flag.name for flag in observation.Flag),
        *filter(None, get_args(observation.Depth)),
        *filter(None, get_args(observation.Censoring)),
        *rulebook.KINDS,
        *rulebook.RULE_KINDS,
        *rulebook.RULE_MEDIA,
        *get_args(rule.Averaging),
        *get_args(target.Measured),
        *rulebook.STATISTICS,
        *rulebook.WATER_TYPES,
        *rulebook.DEPTHS,
    }
    assert words <= _coded(), words - _coded()


def test_the_words_of_the_packs_are_there() -> None:
    """What the packs hand out (layers, registers) and what a verdict says is named."""
    assert {"Layer", "Register", "attained", "not_attained", "V+", "4+", "10+", "determinants", "multiple"} <= _coded()
