"""Files on their way in over a bad line: each part is on the disk before it is acknowledged, and all of it outlives
the process.

How much of a file is here is the size of its part in ``evidence/uploads``: a part only grows at its end, and the size
of a file on the disk never runs ahead of its bytes. Whoever writes to a part, or makes evidence of it, holds its lock,
in whichever process.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from clearbay.model.errors import BadInput, Conflict, StoreError, UnknownName
from clearbay.store.cases import micros, moment_of
from clearbay.store.chain import flush_directory
from clearbay.store.evidence import LARGEST, Files, Kept
from clearbay.store.home import Home
from clearbay.store.steps import step
from clearbay.store.tables_uploads import upload
from clearbay.store.trouble import told

LASTS = timedelta(days=7)
"""How long a file may take from its first byte to its last: somebody on a boat comes back to a line within a week."""

MOST = 50
"""Unfinished files of one person at once."""
MOST_BYTES = 2 * 1024**3
"""Bytes that the unfinished files of one person may have when they are whole."""

SPARE = 256 * 1024**2
"""Bytes of the disk that uploads leave free, so that records and chains can still be written."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A file that somebody is about to send, by their own word; see ``Upload`` of the cases for what the words mean."""

    owner: str
    key: str
    case: str
    length: int
    name: str
    kind: str
    media_type: str
    complaint: str = ""
    sha256: str = ""
    taken: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coming:
    """A file on its way in, or in: ``evidence`` is its number in the case once it is part of it."""

    id: str
    promise: Promise
    created: datetime
    expires: datetime
    evidence: int | None


class Locked(BadInput):
    """Somebody else is writing to this file right now."""


class Uploads:
    """The unfinished files of a home. Safe to share between threads and processes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.files = Files(home)
        self.directory = home.evidence / "uploads"

    def begin(self, id: str, promise: Promise, moment: datetime) -> Coming:
        """Make room for a file; returns what was begun under the same owner and key before, where there is something.

        ``BadInput`` for an empty or too large file and beyond the quota, ``Conflict`` where the key stands for another
        file, ``StoreError`` where the disk has no room.
        """
        if promise.length < 1:
            raise BadInput("the file is empty", where="Upload-Length", mend="choose a file with something in it")
        if promise.length > LARGEST:
            raise BadInput(f"a file has at most {LARGEST:,} bytes", where="Upload-Length", mend="send it in two parts")
        request = _request(promise.owner, promise.key or id)
        with told("begin the upload"):
            self.directory.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.directory).free
        with told("begin the upload"), self.home.records.write() as connection:
            held = connection.execute(select(upload).where(upload.c.request == request)).first()
            if held is not None:
                found = _coming(held)
                same = (found.promise.case, found.promise.complaint, found.promise.length, found.promise.sha256)
                if same != (promise.case, promise.complaint, promise.length, promise.sha256):
                    raise Conflict("this key stands for another file", where="key", mend="give every file a key")
                return found
            if free < promise.length + SPARE:
                raise StoreError("there is no room on the disk for this file")
            mine = (upload.c.owner == promise.owner, upload.c.evidence.is_(None))
            count, size = connection.execute(
                select(func.count(), func.coalesce(func.sum(upload.c.length), 0)).where(*mine)
            ).one()
            if count >= MOST or size + promise.length > MOST_BYTES:
                raise BadInput(
                    f"{count} files of yours are not whole yet ({int(size):,} bytes)",
                    where="quota",
                    mend="finish or delete some of them, then send this one",
                )
            row = {
                "id": id,
                "request": request,
                "owner": promise.owner,
                "case": promise.case,
                "complaint": promise.complaint,
                "length": promise.length,
                "sha256": promise.sha256,
                "name": promise.name,
                "media_type": promise.media_type,
                "kind": promise.kind,
                "taken": micros(promise.taken),
                "longitude": promise.longitude,
                "latitude": promise.latitude,
                "place": promise.place,
                "note": promise.note,
                "key": promise.key or id,
                "created": micros(moment),
                "expires": micros(moment + LASTS),
            }
            connection.execute(insert(upload), [row])
            step("upload begun")
            os.close(os.open(self._part(id), os.O_WRONLY | os.O_CREAT, 0o640))
            flush_directory(self.directory)
        return Coming(id, promise, moment, moment + LASTS, None)

    def get(self, id: str) -> Coming:
        """The file of that id; ``UnknownName`` where there is none, or not any longer."""
        with told("look the upload up"), self.home.records.read() as connection:
            row = connection.execute(select(upload).where(upload.c.id == id)).first()
        if row is None:
            raise UnknownName("no upload has this address", where="id", mend="begin it anew: POST /api/uploads")
        return _coming(row)

    def begun(self, owner: str, key: str) -> Coming | None:
        """The file that somebody began under a key of theirs; None where there is none."""
        with told("look the upload up"), self.home.records.read() as connection:
            row = connection.execute(select(upload).where(upload.c.request == _request(owner, key))).first()
        return None if row is None else _coming(row)

    def here(self, coming: Coming) -> int:
        """How many bytes of a file are here. ``UnknownName`` where its part was lost."""
        if coming.evidence is not None:
            return coming.promise.length
        try:
            return self._part(coming.id).stat().st_size
        except FileNotFoundError:
            if (again := self.get(coming.id)).evidence is not None:
                return again.promise.length
            raise UnknownName("this upload is gone", where="id", mend="begin it anew: POST /api/uploads") from None

    def open(self, coming: Coming) -> Part:
        """The part of a file, for this caller alone until it is closed; ``Locked`` where somebody else has it."""
        with told("open the upload"):
            try:
                handle = os.open(self._part(coming.id), os.O_RDWR)
            except PermissionError:  # it is whole and kept already; a death came before that was noted
                handle = os.open(self._part(coming.id), os.O_RDONLY)
            except FileNotFoundError:
                raise UnknownName("this upload is gone", where="id", mend="begin it anew: POST /api/uploads") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not self._names(coming.id, handle):  # somebody made evidence of it while we came for the lock
                raise UnknownName("this upload is gone", where="id", mend="begin it anew: POST /api/uploads")
            return Part(handle, coming.promise.length)
        except BaseException as error:
            os.close(handle)
            if isinstance(error, BlockingIOError):
                raise Locked("another request is sending this file", where="id", mend="wait a moment") from None
            raise

    def whole(self, coming: Coming) -> Kept:
        """Make a kept file of a part that is whole, under its hash; the part stays until ``done``. Under its lock.

        ``BadInput`` where it is not what its sender said it would be: then its bytes are thrown away.
        """
        part = self._part(coming.id)
        with told("keep the evidence"):
            with part.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            if coming.promise.sha256 and coming.promise.sha256 != sha256:
                os.truncate(part, 0)
                raise BadInput("the file arrived damaged", where="sha256", mend="send it again, from the start")
            final = self.files.path(sha256)
            final.parent.mkdir(parents=True, exist_ok=True)
            new = not final.exists()
            if new:
                # The file is laid beside and renamed: under its hash it is never seen half, and its part stays what it
                # is, so that a death from here to the end only means doing this again.
                draft = self.files.directory / "arriving" / coming.id
                draft.parent.mkdir(parents=True, exist_ok=True)
                draft.unlink(missing_ok=True)
                try:
                    os.link(part, draft)
                except OSError:  # a file system without links
                    shutil.copyfile(part, draft)
                    with draft.open("rb") as stream:
                        os.fsync(stream.fileno())
                os.chmod(draft, 0o440)
                os.replace(draft, final)
                flush_directory(final.parent)
            step("upload kept")
        return Kept(sha256, coming.promise.length, new)

    def done(self, coming: Coming, evidence: int) -> None:
        """Note which evidence a file has become, and let go of its part."""
        with told("note the upload"), self.home.records.write() as connection:
            connection.execute(update(upload).where(upload.c.id == coming.id).values(evidence=evidence))
        step("upload noted")
        with suppress(OSError):
            self._part(coming.id).unlink(missing_ok=True)

    def drop(self, coming: Coming) -> None:
        """Forget an unfinished file and its bytes."""
        with told("delete the upload"), self.home.records.write() as connection:
            connection.execute(delete(upload).where(upload.c.id == coming.id, upload.c.evidence.is_(None)))
        with suppress(OSError):
            self._part(coming.id).unlink(missing_ok=True)

    def of_complaint(self, complaint: str) -> tuple[int, int]:
        """How many files were ever sent with a complaint, and their bytes, unfinished ones too."""
        with told("count the uploads"), self.home.records.read() as connection:
            query = select(func.count(), func.coalesce(func.sum(upload.c.length), 0))
            count, size = connection.execute(query.where(upload.c.complaint == complaint)).one()
        return int(count), int(size)

    def sweep(self, moment: datetime) -> int:
        """Forget files whose time is over, and parts that belong to none; returns how many went.

        What became evidence stays in its case; only the memory of how it came goes.
        """
        gone = 0
        with told("clear old uploads away"):
            with self.home.records.read() as connection:
                query = select(upload.c.id).where(upload.c.expires < micros(moment)).limit(1000)
                past = list(connection.scalars(query))
            if past:
                with self.home.records.write() as connection:
                    connection.execute(delete(upload).where(upload.c.id.in_(past)))
                for id in past:
                    self._part(id).unlink(missing_ok=True)
                gone = len(past)
            return gone + self._strays(moment)

    def _strays(self, moment: datetime) -> int:
        """Delete parts older than an hour that no row names: what a death between row and part has left."""
        before = moment.astimezone(UTC).timestamp() - 3600
        try:
            old = [one for one in self.directory.iterdir() if one.stat().st_mtime < before]
        except FileNotFoundError:
            return 0
        if not old:
            return 0
        with self.home.records.read() as connection:
            query = select(upload.c.id).where(upload.c.evidence.is_(None))
            known = set(connection.scalars(query))
        strays = [one for one in old if one.name not in known]
        for one in strays:
            one.unlink(missing_ok=True)
        return len(strays)

    def _names(self, id: str, handle: int) -> bool:
        with suppress(FileNotFoundError):
            return self._part(id).stat().st_ino == os.fstat(handle).st_ino
        return False

    def _part(self, id: str) -> Path:
        return self.directory / id


class Part:
    """The bytes of a file that are here, held open; it only grows at its end."""

    def __init__(self, handle: int, length: int) -> None:
        self._handle, self._length = handle, length
        self.size = os.fstat(handle).st_size

    def write(self, data: bytes) -> None:
        """Add bytes at the end; ``BadInput`` where they are more than was said, and none of these is kept."""
        if self.size + len(data) > self._length:
            raise BadInput(
                f"the file is longer than the {self._length:,} bytes that were said", where="body", mend="begin it anew"
            )
        with told("keep the upload"):
            view = memoryview(data)
            while view:
                written = os.pwrite(self._handle, view, self.size)
                view = view[written:]
                self.size += written

    def cut(self, size: int) -> None:
        """Take back what came after the first ``size`` bytes."""
        with told("keep the upload"):
            os.ftruncate(self._handle, size)
        self.size = size

    def flush(self) -> None:
        """Returns when what is here survives the loss of power."""
        with told("keep the upload"):
            os.fsync(self._handle)

    def close(self) -> None:
        """Let others have it."""
        os.close(self._handle)  # and the lock with it


def _request(owner: str, key: str) -> str:
    return hashlib.sha256(f"{owner}\n{key}".encode()).hexdigest()


def _coming(row: Any) -> Coming:
    promise = Promise(
        owner=row.owner,
        key=row.key,
        case=row.case,
        length=row.length,
        name=row.name,
        kind=row.kind,
        media_type=row.media_type,
        complaint=row.complaint,
        sha256=row.sha256,
        taken=moment_of(row.taken),
        longitude=row.longitude,
        latitude=row.latitude,
        place=row.place,
        note=row.note,
    )
    created, expires = moment_of(row.created), moment_of(row.expires)
    assert created is not None
    assert expires is not None
    return Coming(row.id, promise, created, expires, row.evidence)
