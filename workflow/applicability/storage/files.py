"""Files are written atomically, and read only as they were written, running no code.

Beside the files of a job lies one hidden record, `.<first file>.json`: each file's path and SHA-256, and their origin.
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

ORIGIN: ContextVar[Mapping[str, str]] = ContextVar("origin")  # of the job in hand; none by hand
WRITTEN: ContextVar[dict[str, str] | None] = ContextVar("written", default=None)  # by the job in hand: path -> SHA-256

CHANGED = "it has changed since it was written (checksum)"
FOREIGN = "it was not written by this pipeline (no record beside it)"
REMEDY = {CHANGED: "delete it", FOREIGN: "move it away"}  # nobody is told to delete what is not of the pipeline


@contextlib.contextmanager
def recorded() -> Iterator[dict[str, str]]:
    """Write one record of all files that are written within the block, at its good end.

    Yields the digests so far, by path. A block within another one leaves the record to that one.
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
    """Write a file and its record: yields a temporary path, renamed to `path` on success, removed on error.

    Raises InputError where the path cannot be written, the disk being full, say.
    """
    with recorded() as files, replace_at_end(Path(path)) as part:
        yield part
        files[str(path)] = sha256(part.read_bytes())


@contextlib.contextmanager
def replace_at_end(path: Path) -> Iterator[Path]:
    """A locked temporary path beside `path`, renamed to it on success, removed on error."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(path)
        with begun(path) as file:
            part = Path(file.name)
            try:
                yield part
                os.replace(part, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    part.unlink()
                raise


def begun(path: Path) -> IO[bytes]:
    """A new temporary file beside a path, of a name that no other process has, locked until it is closed."""
    while True:
        file = open(path.with_name(f".part-{path.name}.{secrets.token_hex(8)}{path.suffix}"), "xb")  # noqa: SIM115
        lock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # another writer took it for a leftover, in the instant before it was locked


def remove_leftovers(path: Path) -> None:
    """Remove what writers of a file have left that ended in the middle: nobody holds its lock."""
    for left in path.parent.glob(f".part-{path.name}.*{path.suffix}"):
        with contextlib.suppress(OSError), open(left, "r+b") as file:
            if lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                left.unlink()


def lock(file: IO | int, how: int) -> bool:
    """Lock a file until it is closed or its process ends; False where others hold it, or where there are no locks."""
    try:
        fcntl.flock(file, how)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """An OSError, also one that led to another error on its way (as in torch.save), becomes an InputError that names
    `path`."""
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
    """Raises InputError, which names the option that named them, where paths end otherwise."""
    if odd := [path for path in paths if Path(path).suffix not in known]:
        raise InputError(f"{option}: expected names that end in {', '.join(known)}; found {odd[0]}")


def sha256(content: bytes) -> str:
    """The digest of a content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def records(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The records in a folder, each with the SHA-256 of its files by their paths as written; damaged ones are none."""
    for path in sorted(folder.glob(".*.json")):
        with contextlib.suppress(OSError, ValueError):
            match json.loads(path.read_bytes()):
                case {"files": dict(files)}:
                    yield path, files
                case {"path": str(written), "sha256": str(digest)}:  # of versions that kept a record per file
                    yield path, {written: digest}


def written_as(path: Path) -> Iterator[tuple[str, str]]:
    """The path and SHA-256 of a file as the job in hand, and each record beside the file, has them."""
    for files in (WRITTEN.get() or {}, *(files for _, files in records(path.parent))):
        yield from ((name, digest) for name, digest in files.items() if Path(name).name == path.name)


def damage(path: str | Path, content: bytes) -> str | None:
    """What tells the content of a file from what :func:`write_atomically` left there: CHANGED, FOREIGN or nothing."""
    known = [digest for _, digest in written_as(Path(path))]
    if not known:
        return FOREIGN
    return None if sha256(content) in known else CHANGED


def remove_records(folder: str | Path) -> None:
    """Remove the records of files that are gone, then empty folders, in a folder and all below it."""
    for place, _, _ in os.walk(folder, topdown=False):
        for path, files in records(Path(place)):
            if not any(path.with_name(Path(name).name).exists() for name in files):
                path.unlink()
        with contextlib.suppress(OSError):  # it is not empty
            os.rmdir(place)


@contextlib.contextmanager
def open_verified(path: str | Path, expected: str) -> Iterator[io.BytesIO]:
    """The content of a file that :func:`write_atomically` wrote.

    Raises InputError that names the file where it is missing, was not written by the pipeline or has changed since; and
    with what was expected for whatever goes wrong in the block.
    """
    try:
        content = Path(path).read_bytes()
        if not (damaged := damage(path, content)):
            yield io.BytesIO(content)
    except Exception as error:
        reason = "it does not exist" if isinstance(error, FileNotFoundError) else str(error).partition("\n")[0]
        raise InputError(f"{path}: expected {expected}: {reason}") from error
    if damaged:
        raise InputError(f"{path}: {damaged}; {REMEDY[damaged]}, then run again")


def check(*folders: str, writable: bool = False) -> None:
    """Raises InputError where a folder, or the nearest that is there above it, is none, or none to write to."""
    for folder in map(Path, folders):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not there.is_dir():
            raise InputError(f"{there}: expected a folder; found a file")
        if writable and not os.access(there, os.W_OK | os.X_OK):
            raise InputError(f"{there}: expected a folder that can be written to; found one that cannot")
