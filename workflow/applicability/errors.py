"""InputError, the one exception for a user's bad input, and how errors are shown.

Used by every folder that reads input. May import nothing of ours.
"""

import difflib
from collections.abc import Callable, Iterable


class InputError(ValueError):
    """The user's config, argument or file is unusable; each message is one line."""

    def __init__(self, *messages: str):
        super().__init__("\n".join(map(one_line, messages)))


def one_line(message: str) -> str:
    """A message in one line, with characters that would control a terminal escaped."""
    line = " ".join(part.strip() for part in message.splitlines())
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in line)


def in_a_line(error: BaseException) -> str:
    """An exception in the last line of its traceback: name and first line of message."""
    return f"{type(error).__name__}: {error}".partition("\n")[0].rstrip(": ")


def did_you_mean(name: str, known: Iterable[str], written: Callable[[str], str] = str) -> str:
    """The question whether a known name was meant, as an addition to a message; "" where none is near.

    written: how the known name is to be written.
    """
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {written(near[0])!r}?" if near else ""
