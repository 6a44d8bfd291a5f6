"""Text in the four languages of the bay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["zh-Hans", "zh-Hant", "en", "pt"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Text = Mapping[Language, str]
"""One meaning in the four languages; every key of ``LANGUAGES`` is present in a validated pack."""
