"""What was committed since the last look, whoever committed it: for those who tell others of new observations.

Only what came as hot observations is found; an import of a whole history goes past it, and is news to nobody.
"""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from clearbay.model.observation import OBSERVATIONS
from clearbay.store import datastreams, hot
from clearbay.store.datastreams import PARTS
from clearbay.store.home import Home
from clearbay.store.records import numbers
from clearbay.store.trouble import told

ARRIVED = pa.schema([pa.field("datastream", pa.int32()), *OBSERVATIONS])
"""``OBSERVATIONS`` with the store's number of their datastream; every revision is a row."""

_OVERLAP = timedelta(seconds=60)
"""How far a block that others were laid into is read back: a commit may take this long from its clock to its end."""


class Arrivals:
    """Looks for new observations from now on. Blocks that upkeep has laid together may show some of them twice."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._opened = hot.Opened(16 * 2**20)
        self._names: dict[int, tuple[str, ...]] = {}
        self._version = self._named = -1
        self._moment = pa.scalar(None, pa.timestamp("us"))
        with told("read the data version"), home.records.read() as connection:
            self._version = int(numbers(connection)["data_version"])

    def since_last(self) -> pa.Table:
        """Everything (``ARRIVED``) that was committed since the last call, or since this was made."""
        with told("look for new observations"), self._home.records.read() as connection:
            version = int(numbers(connection)["data_version"])
            if version == self._version:
                return ARRIVED.empty_table()
            parts = []
            for block in hot.listed(connection, self._version):
                rows = self._opened.rows(connection, block)
                if block.level and self._moment.is_valid:
                    rows = rows.filter(pc.greater(rows["result_time"], self._moment))
                parts.append(rows)
            for number, *words in datastreams.since(connection, self._named):
                self._names[number] = tuple(words)
            self._named = version
        self._version = version
        found = hot.together(parts)
        if not found.num_rows:
            return ARRIVED.empty_table()
        newest = pc.max(found["result_time"])
        self._moment = pc.subtract(newest, pa.scalar(_OVERLAP, pa.duration("us")))
        numbers_ = found["datastream"].to_pylist()
        columns = {name: pa.array([self._names[one][at] for one in numbers_]) for at, name in enumerate(PARTS)}
        for name in ARRIVED.names:
            if name not in columns:
                columns[name] = found[name].cast(ARRIVED.field(name).type)
        return pa.table({name: columns[name] for name in ARRIVED.names}, schema=ARRIVED)
