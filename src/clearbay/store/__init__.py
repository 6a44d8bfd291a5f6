"""Where observations live: records and hot rows in SQL, history in monthly Parquet files, read through DuckDB."""

from clearbay.store import (  # noqa: F401 (the schema is whole once the package is imported)
    tables_cases,
    tables_devices,
    tables_events,
    tables_findings,
    tables_keys,
    tables_network,
    tables_notices,
    tables_people,
    tables_pull,
    tables_review,
    tables_sta,
    tables_uploads,
)
from clearbay.store.home import Home
from clearbay.store.reader import Reader
from clearbay.store.results import CompactResult, ImportedFile, IngestResult, KeepResult

__all__ = ["CompactResult", "Home", "ImportedFile", "IngestResult", "KeepResult", "Reader"]
