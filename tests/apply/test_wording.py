import pytest

from clearbay import packs
from clearbay.apply import rules, wording
from clearbay.model.text import LANGUAGES


@pytest.mark.parametrize("standard", packs.standards().values(), ids=lambda one: one.id)
def test_every_assessment_is_worded_in_four_languages(standard):
    """No place is left unfilled, and Chinese stands without Latin words."""
    for granularity in rules.granularities(standard):
        for depth in rules.depths(standard):
            text = wording.of_assessment(standard, granularity, depth)
            assert tuple(text) == LANGUAGES
            assert all(text.values())
            assert not any("{" in one for one in text.values())
            assert text["zh-Hans"] != text["en"]
    for objective in standard.objectives:
        assert all(wording.of_objective(objective, 4.0, "mg/L").values())
