"""Command line: one subcommand per stage, its options the arguments of the stage's function."""

import argparse
import inspect
import json
import sys

from applicability.commands import COMMANDS, command
from applicability.config.studies import EXAMPLE_TASKS
from applicability.config.validation import validate_argument
from applicability.errors import InputError
from applicability.storage.files import write_record


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    arguments: the words of the command line; `sys.argv` if None.
    Returns 0 on success, 2 after an InputError, which goes to stderr, a line per error.
    """
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
        check_options(name, options)
        with write_record():
            command(name)(**options)
    except InputError as error:
        print(*(f"applicability: {line}" for line in str(error).splitlines()), sep="\n", file=sys.stderr)
        return 2
    return 0


def add_options(parser: argparse.ArgumentParser, function) -> None:
    """Add an option for each parameter of a stage's function; a list takes several values."""
    parser.description = inspect.getdoc(function)
    for parameter in inspect.signature(function).parameters.values():
        required = parameter.default is parameter.empty
        parser.add_argument(
            f"--{parameter.name.replace('_', '-')}",
            required=required,
            nargs="+" if str(parameter.annotation).startswith("list") else None,
            **({} if required else {"default": parameter.default}),
        )


# command -> its options that are JSON -> their names in the schema
ARGUMENTS = {
    "simulate": {"cell": "cell"},
    "train": {"learner": "learner"},
    "assess": {"learner": "learner"},
    "optimum": {"cells": "cell"},
    "combine": {"grid": "grid"},
    "summarise": {"learners": "learner", "tolerance": "tolerance"},
    "describe": {"study": "study"},
    "plot": {"options": "options"},
    "example": {"cell": "cell", "learner": "learner"},
    "calibrate": {"studies": "study"},
}
# a learner has epochs or steps
MAY_BE_NULL = ("epochs", "steps", "patience", "validation", "baseline", "target_accuracy", "observe", "weights")


def check_options(command: str, options: dict) -> None:
    """Check the options that are JSON. Raises InputError where one does not fit the schema."""
    for option, name in ARGUMENTS.get(command, {}).items():
        texts = options[option]
        values = [parse_argument(name, text) for text in ([texts] if isinstance(texts, str) else texts)]
        if (command, name) == ("example", "cell") and values[0]["study"] not in EXAMPLE_TASKS:
            raise InputError(f"cell.study: expected one of {', '.join(EXAMPLE_TASKS)}; found {values[0]['study']!r}")
        if (command, name) == ("example", "learner"):
            for key in ("hidden", "epochs"):
                if key not in values[0]:
                    raise InputError(f"learner: {key!r} is missing")
            if "patience" in values[0]:
                raise InputError("learner.patience: expected none; a worked example stops as it is published")


def without_nulls(found: dict) -> dict:
    """A JSON object without its null values where MAY_BE_NULL allows them."""
    return {key: value for key, value in found.items() if value is not None or key not in MAY_BE_NULL}


def parse_argument(name: str, text: str):
    """The value of a JSON text. Raises InputError where the schema's `name` forbids it."""
    try:
        value = json.loads(text, object_hook=without_nulls)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: expected JSON: {error}") from error
    validate_argument(name, value)
    return value


if __name__ == "__main__":
    sys.exit(main())
