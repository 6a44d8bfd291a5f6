"""Where observations live: records and hot rows in SQL, history in monthly Parquet files, read through DuckDB."""

from clearbay.store.home import Home
from clearbay.store.reader import Reader
from clearbay.store.results import CompactResult, ImportedFile, IngestResult, KeepResult

__all__ = ["CompactResult", "Home", "ImportedFile", "IngestResult", "KeepResult", "Reader"]
