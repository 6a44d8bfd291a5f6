"""The registry of measures."""

from __future__ import annotations

from clearbay.mine.registry import MEASURES
from clearbay.model.text import LANGUAGES
from clearbay.packs import properties


def test_every_measure_says_what_people_should_know():
    """Each has a name in four languages, a source, a documented function, and inputs that are properties."""
    for name, measure in MEASURES.items():
        assert measure.id == name
        assert all(measure.name[language] for language in LANGUAGES)
        assert measure.source
        assert measure.function.__doc__
        assert set(measure.inputs) <= properties().keys()
