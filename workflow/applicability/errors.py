"""The one exception that a user's input can cause."""


class InputError(ValueError):
    """Something the user gave (config, argument or file) is not usable; its message is one line, fit to show."""
