"""Arguments of the command line that are JSON: checked before any work, by the schema that holds the config.

Not so where they are handed to workers, which come from a config that was checked.
"""

import json

from applicability.config import EXAMPLE_TASKS, as_many, resolved, sized
from applicability.errors import InputError
from applicability.schema import checked_as

# command -> those of its arguments, each with its name in the schema
JSON = {
    "simulate": {"cell": "cell"},
    "train": {"learner": "learner"},
    "optimum": {"cells": "cell"},
    "combine": {"grid": "grid"},
    "summarise": {"target_accuracy": "target_accuracy", "tolerance": "tolerance"},
    "plan": {"seed": "seed"},
    "describe": {"study": "study"},
    "plot": {"options": "options"},
    "example": {"cell": "cell", "learner": "learner"},
    "calibrate": {"cells": "cell", "learners": "learner"},
}


def check(command: str, options: dict) -> None:
    """Raises InputError where an option of a command is not JSON of what it should be."""
    for option, name in JSON.get(command, {}).items():
        texts = options[option]
        values = [checked(name, text) for text in ([texts] if isinstance(texts, str) else texts)]
        if (command, name) == ("example", "cell") and values[0]["study"] not in EXAMPLE_TASKS:
            raise InputError(f"cell.study: expected one of {', '.join(EXAMPLE_TASKS)}; found {values[0]['study']!r}")
        if (command, name) == ("example", "learner") and "epochs" not in values[0]:
            raise InputError("learner: 'epochs' is missing")


def checked(name: str, text: str):
    """What a text of JSON holds. Raises InputError where that is not what the schema allows under that name."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: expected JSON: {error}") from error
    sized(f"{name}.", value)
    if isinstance(value, dict):
        value = {key: inner for key, inner in value.items() if inner is not None}  # one of a learner's budgets
    checked_as(name, value)
    if name == "cell":
        as_many("cell.task", value["task"])
        resolved("cell.scale", value["scale"], value["task"])
    return value
