"""Where the files of a history lie, and which of them count.

The store writes one file a month, ``2019-07.000012.parquet``: a month rewritten has a higher number, and the file it
replaces stays for a while; ``….superseded.parquet`` holds earlier revisions. So of the store's files the newest of
every month counts and no superseded one. Files with other names all count.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet as pq

from clearbay.model.errors import BadInput

NUMBERS = MappingProxyType(
    {
        "value": (nw.Float64, nw.Float32, nw.Int64, nw.Int32, nw.Int16, nw.Int8, nw.Decimal),
        "flag": (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32),
    }
)
"""What the numeric columns of a file may hold."""

_MONTH = re.compile(r"^(\d{4}-\d{2})\.(\d{6,})(\.superseded)?\.parquet$")
_SCHEME = re.compile(r"^([a-z][a-z0-9+]+)://", re.IGNORECASE)
_LISTED = MappingProxyType({"s3": "s3", "s3a": "s3", "s3n": "s3", "gs": "gs", "gcs": "gs", "file": "file"})
"""Object stores that this machine can list, and the name that pyarrow has for each."""


@dataclass(frozen=True)
class History:
    """The files of a history: addresses as the engine opens them, and their size in bytes where it is known.

    ``is_remote``: in an object store; ``is_listed``: this machine can list and open them.
    """

    files: tuple[str, ...]
    bytes: int | None
    is_remote: bool = False
    is_listed: bool = True

    @property
    def is_stores(self) -> bool:
        """Whether the store wrote all of it: then no station has two values of a property, depth and time."""
        return all(_MONTH.match(os.path.basename(name)) for name in self.files)

    @cached_property
    def footers(self) -> tuple[Any, ...]:
        """What each file says of itself at its end (pyarrow's FileMetaData); none where this machine cannot open it."""
        if not self.is_listed:
            return ()
        system, _ = pyarrow.fs.FileSystem.from_uri(_listable(self.files[0])) if self.is_remote else (None, "")
        paths = [_listable(name).partition("://")[2] if self.is_remote else name for name in self.files]
        return tuple(pq.read_metadata(path, filesystem=system) for path in paths)

    @property
    def rows(self) -> int | None:
        """Rows in all files; None where that is not known here."""
        return sum(one.num_rows for one in self.footers) if self.footers else None

    @property
    def is_mixed(self) -> bool:
        """Whether some files have the column ``averaging`` and others, written earlier, have not."""
        return len({"averaging" in footer.schema.names for footer in self.footers}) > 1

    @property
    def widest_first(self) -> tuple[str, ...]:
        """The files, one that has the column ``averaging`` before those that have not."""
        if not self.is_mixed:
            return self.files
        pairs = zip(self.files, self.footers, strict=True)
        return tuple(name for name, _ in sorted(pairs, key=lambda pair: "averaging" not in pair[1].schema.names))

    def words(self, column: str) -> frozenset[str] | None:
        """The only words of ``depth`` or ``averaging`` that occur, where the footers tell (each group of rows has
        one); else None. A file without ``averaging`` has the empty word."""
        found: set[str] = set()
        for footer in self.footers:
            place = footer.schema.names.index(column) if column in footer.schema.names else -1
            if place < 0 and column == "averaging":
                found.add("")
                continue
            for group in range(footer.num_row_groups):
                told = footer.row_group(group).column(place).statistics if place >= 0 else None
                if told is None or not told.has_min_max or told.min != told.max:
                    return None
                found.add(told.min)
        return frozenset(found) if self.footers else None

    def dataset(self) -> Any:
        """The files as one pyarrow dataset, for engines of this process that cannot open an object store."""
        system, _ = pyarrow.fs.FileSystem.from_uri(_listable(self.files[0]))
        paths = [_listable(name).partition("://")[2] for name in self.widest_first]
        return pyarrow.dataset.dataset(paths, format="parquet", filesystem=system)


def find(place: str, *, here: bool = True) -> History:
    """The files that count at ``place``: a folder (with the folders below it), a glob, or one file.

    ``here``: they are opened by this machine. Else a place that this machine cannot list is handed on as it is, which
    only a glob allows: nobody else can say which files count.
    """
    scheme = _SCHEME.match(place)
    if scheme and scheme[1].lower() not in _LISTED:
        if here:
            raise BadInput(
                f"this machine does not know {scheme[1]}://", where=place, mend="use a folder, s3:// or gs://"
            )
        if not _is_glob(place) and not place.endswith(".parquet"):
            raise BadInput(
                f"this machine cannot list {scheme[1]}://, so it cannot tell which files count",
                where=place,
                mend=f"give a glob that leaves out superseded files: {place.rstrip('/')}/*[0-9].parquet",
            )
        return History((place,), None, True, False)
    if scheme and scheme[1].lower() != "file":
        return _in_store(place)
    return _on_disk(place.removeprefix("file://"))


def newest(names: Iterable[str]) -> list[str]:
    """Of the store's files the newest of every month, and every file with another name; sorted.

    >>> newest(["2020-01.000002.parquet", "2020-01.000010.parquet", "2020-01.000010.superseded.parquet", "a.parquet"])
    ['2020-01.000010.parquet', 'a.parquet']
    """
    chosen: list[str] = []
    months: dict[tuple[str, str], tuple[int, str]] = {}
    for name in names:
        folder, base = os.path.split(name)
        match = _MONTH.match(base)
        if match is None:
            chosen.append(name)
        elif not match[3]:
            key = (folder, match[1])
            months[key] = max(months.get(key, (-1, "")), (int(match[2]), name))
    return sorted([*chosen, *(name for _, name in months.values())])


def _on_disk(place: str) -> History:
    path = Path(place)
    if path.is_dir():
        if (path / "records.sqlite").is_file() and (path / "history").is_dir():
            path = path / "history"
        names = [str(file) for file in path.rglob("*.parquet")]
    elif path.is_file():
        names = [place]
    else:
        names = glob.glob(place, recursive=True)
    files = newest(os.path.abspath(name) for name in names if name.endswith(".parquet"))
    if not files:
        raise BadInput("there is no Parquet file", where=place, mend="give a folder, a glob or a file")
    return History(tuple(files), sum(os.path.getsize(name) for name in files))


def _in_store(place: str) -> History:
    root = place.partition("*")[0].rpartition("/")[0] if _is_glob(place) else place
    try:
        system, path = pyarrow.fs.FileSystem.from_uri(_listable(root))
        found = system.get_file_info(pyarrow.fs.FileSelector(path, recursive=True))
    except (OSError, ValueError) as error:
        raise BadInput(
            f"the object store does not list it: {error}", where=place, mend="check keys and region"
        ) from error
    scheme = place.partition("://")[0]
    sizes = {f"{scheme}://{info.path}": info.size for info in found if info.path.endswith(".parquet")}
    if _is_glob(place):
        wanted = re.compile(glob.translate(place) if hasattr(glob, "translate") else _translated(place))
        sizes = {name: size for name, size in sizes.items() if wanted.match(name)}
    files = newest(sizes)
    if not files:
        raise BadInput("there is no Parquet file", where=place, mend="give a folder, a glob or a file")
    return History(tuple(files), sum(sizes[name] for name in files), True)


def _translated(pattern: str) -> str:
    """A glob as a regular expression: ``*`` within a folder, ``**`` across them."""
    parts = re.split(r"(\*\*/?|\*|\?|\[[^\]]+\])", pattern)
    known = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    words = [known.get(part, part.replace("[!", "[^") if part.startswith("[") else re.escape(part)) for part in parts]
    return "".join(words) + r"\Z"


def _is_glob(place: str) -> bool:
    return any(mark in place for mark in "*?[")


def _listable(address: str) -> str:
    """The address under the name that pyarrow has for its scheme."""
    scheme, _, rest = address.partition("://")
    return f"{_LISTED[scheme.lower()]}://{rest}"
