"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# A busy machine is no failure, so no example has a deadline. A complete run (CI) draws the same examples each time, so
# that it fails for what changed; everyday runs keep searching.
settings.register_profile("everyday", deadline=None)
settings.register_profile("complete", deadline=None, derandomize=True)
settings.load_profile("complete" if os.environ.get("CLEARBAY_TESTS_COMPLETE") == "1" else "everyday")
