"""Command line: one subcommand per stage, its options the arguments of the stage's function."""

import argparse
import inspect
import json
import sys

from applicability.commands import COMMANDS, command
from applicability.config.schema import checked_as, sized
from applicability.config.studies import EXAMPLE_TASKS, as_many, resolved
from applicability.errors import InputError
from applicability.storage.files import recorded


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it went well, 2 with one line on stderr for what the user can mend."""
    words = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="applicability", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        if words[:1] == [name]:  # import the module of this command alone
            add_options(
                subparsers.add_parser(name, formatter_class=argparse.RawDescriptionHelpFormatter),
                command(name),
            )
        else:
            subparsers.add_parser(name)
    options = vars(parser.parse_args(words))
    name = options.pop("command")
    try:
        check(name, options)
        with recorded():
            command(name)(**options)
    except InputError as error:
        print(f"applicability: {error}", file=sys.stderr)
        return 2
    return 0


def add_options(parser: argparse.ArgumentParser, function) -> None:
    """An option for each parameter of a stage's function; a list takes several values."""
    parser.description = inspect.getdoc(function)
    for parameter in inspect.signature(function).parameters.values():
        required = parameter.default is parameter.empty
        parser.add_argument(
            f"--{parameter.name.replace('_', '-')}",
            required=required,
            nargs="+" if str(parameter.annotation).startswith("list") else None,
            **({} if required else {"default": parameter.default}),
        )


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


if __name__ == "__main__":
    sys.exit(main())
