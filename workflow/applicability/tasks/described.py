"""What a task keeps of files of the user's, asked by a program: `python -m applicability.tasks.described`.

The process that reads a config runs it, and so neither runs code of the user's nor imports numpy.
Used by config, as a program. May import study, randomness, logits and errors.
"""

import json
import sys
from pathlib import Path

from applicability.errors import InputError
from applicability.tasks.observed import describe_map
from applicability.tasks.own import describe_class
from applicability.tasks.table import describe_table

DESCRIBE = {"python": describe_class, "table": describe_table, "map": describe_map}


def answers(asked: list[tuple[str, dict]]) -> list[dict]:
    """For each kind, one of DESCRIBE, and its arguments: {described} or {refused}, the lines of the error."""
    found = []
    for kind, arguments in asked:
        try:
            found.append({"described": DESCRIBE[kind](**arguments)})
        except InputError as error:
            found.append({"refused": str(error).splitlines()})
    return found


if __name__ == "__main__":  # what the user's code prints is no answer: that goes to a file
    questions, answer = map(Path, sys.argv[1:])
    answer.write_text(json.dumps(answers(json.loads(questions.read_text()))))
