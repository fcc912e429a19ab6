"""The one exception that a user's input can cause, and how any is told."""


class InputError(ValueError):
    """Something the user gave (config, argument or file) is not usable; each message is one line, fit to show."""

    def __init__(self, *messages: str):
        super().__init__("\n".join(map(one_line, messages)))


def one_line(message: str) -> str:
    """A message without line breaks and with escapes for what a terminal would obey."""
    line = " ".join(part.strip() for part in message.splitlines())
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in line)


def in_a_line(error: BaseException) -> str:
    """An exception as the last line of its traceback has it: its name and the first line of its message."""
    return f"{type(error).__name__}: {error}".partition("\n")[0].rstrip(": ")
