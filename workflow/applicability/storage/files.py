"""Atomic writes and verified reads: a changed file is refused, and reading runs no code.

Beside the files of a job lies one hidden record, `.<first file>.json`: each file's path and checksum (SHA-256), and the
origin of them all. Stages, learners, running, rules and the command line use it. May import errors.
"""

import contextlib
import fcntl
import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from applicability.errors import InputError

ORIGIN: ContextVar[Mapping[str, str]] = ContextVar("origin")  # of the present job; none for a command typed by hand
WRITTEN: ContextVar[dict[str, str] | None] = ContextVar("written", default=None)  # by the present job: path -> SHA-256

CHANGED = "it has changed since it was written (checksum)"
FOREIGN = "it was not written by this pipeline (no record beside it)"
REMEDY = {CHANGED: "delete it", FOREIGN: "move it away"}  # a foreign file may be precious


@contextlib.contextmanager
def write_record() -> Iterator[dict[str, str]]:
    """Write one record of all files that the block writes, if the block succeeds.

    Yields the checksums so far, by path. Of nested blocks, the outermost writes the record.
    Raises InputError where the record cannot be written.
    """
    if (files := WRITTEN.get()) is not None:
        yield files
        return
    token = WRITTEN.set(files := {})
    try:
        yield files
    finally:
        WRITTEN.reset(token)
    if files:
        first = Path(next(iter(files)))
        with replace_at_end(first.with_name(f".{first.name}.json")) as part:
            part.write_text(json.dumps({**ORIGIN.get({}), "files": files}, indent=2) + "\n")


@contextlib.contextmanager
def write_atomically(path: str | Path) -> Iterator[Path]:
    """Write a file atomically: yields a temporary path, renamed to `path` on success, removed on error.

    path: the file; missing folders are made. Its checksum goes into the job's record.
    Raises InputError where the file cannot be written: the disk is full, say.
    """
    with write_record() as files, replace_at_end(Path(path)) as part:
        yield part
        files[str(path)] = sha256(part.read_bytes())


@contextlib.contextmanager
def replace_at_end(path: Path) -> Iterator[Path]:
    """A locked temporary path beside `path`, renamed to it on success, removed on error."""
    with explain_failure(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(path)
        with open_part(path) as file:
            part = Path(file.name)
            try:
                yield part
                os.replace(part, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    part.unlink()
                raise


def open_part(path: Path) -> IO[bytes]:
    """A new temporary file beside a path, uniquely named, locked until it is closed."""
    while True:
        file = open(path.with_name(f".part-{path.name}.{secrets.token_hex(8)}{path.suffix}"), "xb")  # noqa: SIM115
        lock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # before the lock was taken, another writer removed the file as a leftover


def remove_leftovers(path: Path) -> None:
    """Remove temporary files of killed writers: nobody holds a lock on them."""
    for left in path.parent.glob(f".part-{path.name}.*{path.suffix}"):
        with contextlib.suppress(OSError), open(left, "r+b") as file:
            if lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                left.unlink()


def lock(file: IO | int, how: int) -> bool:
    """Lock a file until it is closed or the process ends.

    file: an open file or its descriptor.
    how: flags of `fcntl.flock`.
    Returns whether the lock was taken: False where another holds it, or the file system has no locks.
    """
    try:
        fcntl.flock(file, how)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def explain_failure(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into an InputError that names `path`.

    Also an OSError that another error hides, as in torch.save.
    """
    try:
        yield
    except Exception as error:
        cause = error
        while cause is not None and not isinstance(cause, OSError):
            cause = cause.__context__
        if cause is None:
            raise
        raise InputError(f"{path}: expected a file that can be written: {cause.strerror or cause}") from error


def check_endings(option: str, paths: Iterable[str | Path], known: Iterable[str]) -> None:
    """Check the suffixes of file names.

    option: the option that named the files.
    paths: the files.
    known: the suffixes allowed, with their dot.
    Raises InputError, which names the option, where a suffix is not allowed.
    """
    if odd := [path for path in paths if Path(path).suffix not in known]:
        raise InputError(f"{option}: expected names that end in {', '.join(known)}; found {odd[0]}")


def sha256(content: bytes) -> str:
    """The SHA-256 checksum of a content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def records(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The sound records in a folder, each with its files' checksums by path as written."""
    for path in sorted(folder.glob(".*.json")):
        with contextlib.suppress(OSError, ValueError):
            match json.loads(path.read_bytes()):
                case {"files": dict(files)}:
                    yield path, files
                case {"path": str(written), "sha256": str(digest)}:  # of earlier versions: a record per file
                    yield path, {written: digest}


def known_checksums(path: Path) -> Iterator[tuple[str, str]]:
    """Every path and checksum that the present job and nearby records know of a file."""
    for files in (WRITTEN.get() or {}, *(files for _, files in records(path.parent))):
        yield from ((name, digest) for name, digest in files.items() if Path(name).name == path.name)


def fault_by_checksum(path: str | Path, content: bytes) -> str | None:
    """What is wrong with a file by its checksum: CHANGED, FOREIGN or None.

    path: the file. content: its bytes, read already.
    """
    known = [digest for _, digest in known_checksums(Path(path))]
    if not known:
        return FOREIGN
    return None if sha256(content) in known else CHANGED


def remove_records(folder: str | Path) -> None:
    """Remove records whose files are all gone, then empty folders, in `folder` and below."""
    for place, _, _ in os.walk(folder, topdown=False):
        for path, files in records(Path(place)):
            if not any(path.with_name(Path(name).name).exists() for name in files):
                path.unlink()
        with contextlib.suppress(OSError):  # it is not empty
            os.rmdir(place)


@contextlib.contextmanager
def open_verified(path: str | Path, expected: str) -> Iterator[io.BytesIO]:
    """Open a file that :func:`write_atomically` wrote, after a check of its checksum: yields its content.

    path: the file.
    expected: what the file should hold, for messages.
    Raises InputError, which names the file: it is missing, foreign or changed, or the block failed.
    """
    try:
        content = Path(path).read_bytes()
        if not (damaged := fault_by_checksum(path, content)):
            yield io.BytesIO(content)
    except Exception as error:
        reason = "it does not exist" if isinstance(error, FileNotFoundError) else str(error).partition("\n")[0]
        raise InputError(f"{path}: expected {expected}: {reason}") from error
    if damaged:
        raise InputError(f"{path}: {damaged}; {REMEDY[damaged]}, then run again")


def check_folders(*folders: str, writable: bool = False) -> None:
    """Check that folders are there or can be made.

    folders: paths; of a missing one, the nearest parent that exists counts.
    writable: whether to check the permission to write too.
    Raises InputError where a file stands in the place of a folder, or permission is missing.
    """
    for folder in map(Path, folders):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not there.is_dir():
            raise InputError(f"{there}: expected a folder; found a file")
        if writable and not os.access(there, os.W_OK | os.X_OK):
            raise InputError(f"{there}: expected a folder that can be written to; found one that cannot")
