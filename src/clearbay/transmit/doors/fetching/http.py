"""A file at a web address: CSV, a workbook, or JSON with a list of objects, which is read as a table."""

from __future__ import annotations

import csv
import io
import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from clearbay import __version__
from clearbay.model.errors import BadInput
from clearbay.transmit.doors.fetching import Fetched, Known, Unreachable

SETTINGS = ("url", "items", "headers", "header_env", "timeout_s")
MOST = 256 * 1024 * 1024
"""Bytes that are fetched at most."""
_TIMEOUT = 60.0


def check(settings: Mapping[str, Any], where: str) -> None:
    """Raise ``BadInput`` for an address that is none, or a secret that nobody set."""
    url = urlsplit(str(settings.get("url", "")))
    if url.scheme not in ("http", "https") or not url.hostname:
        raise BadInput(f"'{settings.get('url')}' is no web address", where=where, mend="write url: https://…")
    for header, variable in (settings.get("header_env") or {}).items():
        if str(variable) not in os.environ:
            raise BadInput(f"the environment has no {variable} for the header {header}", where=where,
                           mend=f"set {variable} before you start")  # fmt: skip


def fetch(settings: Mapping[str, Any], known: Known) -> Fetched | None:
    """The file as it is now; None where the server says that it has not changed."""
    url = str(settings["url"])
    headers = {"User-Agent": f"clearbay/{__version__}", "Accept": "text/csv, application/json, */*;q=0.5"}
    headers |= {str(key): str(value) for key, value in (settings.get("headers") or {}).items()}
    headers |= {str(key): os.environ[str(name)] for key, name in (settings.get("header_env") or {}).items()}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.modified:
        headers["If-Modified-Since"] = known.modified
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=float(settings.get("timeout_s", _TIMEOUT))) as answer:
            data = answer.read(MOST + 1)
            kind, told = answer.headers.get_content_type(), answer.headers
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return None
        raise Unreachable(f"{url} answered {error.code} {error.reason}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{url} cannot be reached: {error}") from error
    if len(data) > MOST:
        raise Unreachable(f"{url} is longer than {MOST >> 20} MiB")
    name = urlsplit(url).path.rsplit("/", 1)[-1] or "fetched"
    if kind.endswith("json") or "items" in settings or data.lstrip()[:1] in (b"[", b"{"):
        data, name = table(data, str(settings.get("items") or ""), url), f"{name}.csv"
    return Fetched(data, name, told.get("ETag") or "", told.get("Last-Modified") or "")


def table(data: bytes, items: str, where: str) -> bytes:
    """JSON as CSV: the list of objects that lies at ``items`` (keys with dots between), a column a key.

    Objects within objects become columns with dotted names; ``BadInput`` where there is no such list.
    """
    try:
        found = json.loads(data)
    except ValueError as error:
        raise BadInput(f"it is no valid JSON ({error})", where=where) from error
    for part in filter(None, items.split(".")):
        if not isinstance(found, dict) or part not in found:
            raise BadInput(f"there is nothing at '{items}'", where=where, mend="correct items in sources.yaml")
        found = found[part]
    if not isinstance(found, list) or any(not isinstance(one, dict) for one in found):
        raise BadInput("no list of objects is there", where=where, mend="say with items: where the list lies")
    rows = [_flat(one) for one in found]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    sink = io.StringIO()
    writer = csv.DictWriter(sink, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue().encode()


def _flat(one: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in one.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{key}.")
        else:
            found[before + str(key)] = "" if value is None else value
    return found
