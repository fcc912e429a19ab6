"""Files of the user's, run as modules: the one place where code that a config names is read and called.

It is trusted code: it may do whatever the user may. Used by tasks and learners. May import errors.
"""

import functools
import hashlib
import sys
import traceback
from collections.abc import Callable
from types import ModuleType

from applicability.errors import InputError


@functools.cache
def found_in(file: str, digest: str, name: str, what: str = "class"):
    """A class, or another callable, by its name in a file whose SHA-256 is the digest.

    what: `class`, or what else is asked for, for the message. Raises InputError where there is none.
    """
    there = vars(module_in(file, digest))
    wanted = (lambda value: isinstance(value, type)) if what == "class" else callable
    if not wanted(there.get(name)):
        named = ", ".join(each for each, value in there.items() if each != "__builtins__" and wanted(value)) or "none"
        raise InputError(f"{file}: expected a {what} {name}; found {named}")
    return there[name]


def module_in(file: str, digest: str) -> ModuleType:
    """A file of the user's, run as a module. Raises InputError where it is another, or for what it raises."""
    text = content_of(file)
    if hashlib.sha256(text).hexdigest() != digest:
        raise InputError(f"{file}: expected the file that the config was read with; it has changed since")
    module = ModuleType(f"own_{digest[:16]}")
    module.__file__ = file
    sys.modules[module.__name__] = module  # dataclasses and pickles look their class's module up
    called(file, "the file", lambda: exec(compile(text, file, "exec"), vars(module)))
    return module


def sha256_of(file: str) -> str:
    """The SHA-256 of a file of the user's. Raises InputError where it cannot be read."""
    return hashlib.sha256(content_of(file)).hexdigest()


def content_of(file: str) -> bytes:
    """The bytes of a file of the user's. Raises InputError where it cannot be read."""
    try:
        with open(str(file), "rb") as opened:
            return opened.read()
    except OSError as error:
        raise InputError(f"{file}: expected a Python file; {error.strerror}") from error


def called(file: str, what: str, function: Callable, /, *arguments, **named):
    """What a function of the user's returns. Raises InputError, with the line, for what it raises."""
    try:
        return function(*arguments, **named)
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        lines += [error.lineno] if isinstance(error, SyntaxError) and error.filename == file else []
        where = f"{file}, line {lines[-1]}" if lines else file
        said = error.msg if isinstance(error, SyntaxError) else error
        raise InputError(f"{where}: {what} raised {type(error).__name__}: {said}") from error
