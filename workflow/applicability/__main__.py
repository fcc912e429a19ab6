"""Command line: one subcommand per stage, its options the arguments of the stage's function."""

import argparse
import inspect
import sys

from applicability import arguments as given
from applicability.errors import InputError
from applicability.stages import COMMANDS, command


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
        given.check(name, options)
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


if __name__ == "__main__":
    sys.exit(main())
