"""Where observations live: records and hot rows in SQL, history in monthly Parquet files, read through DuckDB."""

from clearbay.store import (  # noqa: F401 (the schema is whole once the package is imported)
    tables_cases,
    tables_devices,
    tables_events,
    tables_keys,
    tables_network,
    tables_review,
    tables_sta,
)
from clearbay.store import tables_cases as _cases  # noqa: F401 (the schema is whole once the package is imported)
from clearbay.store import tables_devices as _devices  # noqa: F401
from clearbay.store import tables_keys as _keys  # noqa: F401 (the schema is whole once the package is imported)
from clearbay.store import tables_network as _network  # noqa: F401 (the schema is whole once the package is imported)
from clearbay.store import tables_sta as _sta  # noqa: F401
from clearbay.store.home import Home
from clearbay.store.reader import Reader
from clearbay.store.results import CompactResult, ImportedFile, IngestResult, KeepResult

__all__ = ["CompactResult", "Home", "ImportedFile", "IngestResult", "KeepResult", "Reader"]
