"""Quality control: registered tests, the same flags in streaming as in batch.

``tests()`` lists what there is, ``batch`` flags a whole table, ``Stream`` flags it as it arrives. Flags are QARTOD's.
"""

from clearbay.mine.quality.catalogue import TESTS, tests
from clearbay.mine.quality.config import Config
from clearbay.mine.quality.stream import Pushed, Stream
from clearbay.mine.quality.table import batch

__all__ = ["TESTS", "Config", "Pushed", "Stream", "batch", "tests"]
