"""The commands by name: the rules hand them out, the command line offers them."""

import importlib
from collections.abc import Callable

# command -> its module, in running order; the function bears the command's name
COMMANDS = {
    "device": "device",
    "simulate": "simulate",
    "train": "train",
    "test": "test",
    "optimum": "optimum",
    "combine": "combine",
    "summarise": "summarise",
    "tabulate": "summarise",
    "plan": "plan",
    "compare": "compare",
    "typeset": "typeset",
    "describe": "describe",
    "plot": "plot",
    "example": "example",
    "describe_example": "describe",
    "calibrate": "calibrate",
}


def command(name: str) -> Callable[..., None]:
    """The function of a command, its module imported only now."""
    return getattr(importlib.import_module(f"applicability.{COMMANDS[name]}"), name)
