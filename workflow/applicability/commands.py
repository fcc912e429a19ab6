"""Commands by name, and the module of each.

Used by the rules, the workers and the command line. May import nothing of ours.
"""

import importlib
from collections.abc import Callable

# command -> its module, in running order; the function bears the command's name
COMMANDS = {
    "device": "learners.device",
    "simulate": "stages.simulate",
    "train": "stages.train",
    "test": "stages.test",
    "assess": "stages.assess",
    "optimum": "stages.optimum",
    "combine": "stages.combine",
    "summarise": "stages.summarise",
    "tabulate": "stages.tabulate",
    "plan": "stages.plan",
    "compare": "stages.compare",
    "typeset": "stages.typeset",
    "plot": "stages.plot",
    "describe": "stages.describe",
    "example": "stages.example",
    "describe_example": "stages.describe",
    "calibrate": "estimate.calibrate",
}


def command(name: str) -> Callable[..., None]:
    """The function of a command; imports its module only now."""
    return getattr(importlib.import_module(f"applicability.{COMMANDS[name]}"), name)
