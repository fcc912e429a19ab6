"""Reading and writing: files are written whole or not at all, and read only as they were written, running no code.

Beside each file lies a hidden companion, `.<file>.json`: where the file was written, its SHA-256 and its origin.
"""

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path

from applicability.errors import InputError
from applicability.storage import processes

ORIGIN: ContextVar[Mapping[str, str]] = ContextVar("origin")  # of the job in hand; none by hand


@contextlib.contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well, and vanishes otherwise; so does the
    companion. Raises InputError where the path cannot be written, the disk being full, say."""
    path = Path(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    part, beside = part_of(path), part_of(companion(path))
    try:
        with writing(path):
            yield part
            record = {"path": str(path), "sha256": sha256(part.read_bytes()), **ORIGIN.get({})}
            beside.write_text(json.dumps(record, indent=2) + "\n")
            os.replace(part, path)
            os.replace(beside, companion(path))
    except BaseException:
        for left in (part, beside):
            with contextlib.suppress(OSError):
                left.unlink()
        raise


def part_of(path: Path) -> Path:
    """A temporary path beside a path. What a process that is dead has left in such a place is removed.

    No other process has the same one, on any machine: a worker that was given up for dead may still be writing.
    """
    beginning = f".part-{path.name}."
    for left in path.parent.glob(f"{beginning}*{path.suffix}"):
        if not processes.living(left.name.removeprefix(beginning).removesuffix(path.suffix)):
            left.unlink(missing_ok=True)
    return path.with_name(f"{beginning}{processes.name()}{path.suffix}")


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


def companion(path: str | Path) -> Path:
    """Where a file's companion lies."""
    return Path(path).with_name(f".{Path(path).name}.json")


def sha256(content: bytes) -> str:
    """The digest of a content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def damage(path: str | Path, content: bytes) -> str | None:
    """What tells the content of a file from what :func:`whole` left there; None where it is the same."""
    try:
        record = json.loads(companion(path).read_bytes())
    except FileNotFoundError:
        return f"it has no companion {companion(path).name}"
    except ValueError:
        record = None
    match record:
        case {"path": str(), "sha256": str(written)}:
            return None if sha256(content) == written else "it is not as it was written"
    return f"its companion {companion(path).name} is damaged"


@contextlib.contextmanager
def opened(path: str | Path, expected: str) -> Iterator[io.BytesIO]:
    """The content of a file that :func:`whole` wrote.

    Raises InputError that names the file and what was expected where it is missing or damaged, and for whatever goes
    wrong in the block.
    """
    try:
        content = Path(path).read_bytes()
        if damaged := damage(path, content):
            raise ValueError(f"{damaged}: delete it and run again")
        yield io.BytesIO(content)
    except Exception as error:
        reason = "it does not exist" if isinstance(error, FileNotFoundError) else str(error).partition("\n")[0]
        raise InputError(f"{path}: expected {expected}: {reason}") from error


def check(*folders: str, writable: bool = False) -> None:
    """Raises InputError where a folder, or the nearest that is there above it, is none, or none to write to."""
    for folder in map(Path, folders):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not there.is_dir():
            raise InputError(f"{there}: expected a folder; found a file")
        if writable and not os.access(there, os.W_OK | os.X_OK):
            raise InputError(f"{there}: expected a folder that can be written to; found one that cannot")
