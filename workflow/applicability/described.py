"""What a study keeps of files and classes that a config names, asked by a program: `python -m applicability.described`.

The process that reads a config runs it: so that one neither runs code of the user's nor imports numpy or torch.
Used by config, as a program. Runs modules of tasks and learners; may import errors.
"""

import importlib
import json
import sys
from pathlib import Path

from applicability.errors import InputError, in_a_line

DESCRIBE = {  # kind -> module and function; imported only where it is asked for
    "python": ("tasks.own", "describe_class"),
    "table": ("tasks.table", "describe_table"),
    "map": ("tasks.observed", "describe_map"),
    "module": ("learners.own_tried", "describe_module"),
    "estimator": ("learners.estimators_tried", "describe_estimator"),
}


def answers(asked: list[tuple[str, dict]]) -> list[dict]:
    """For each kind, one of DESCRIBE, and its arguments: {described} or {refused}, the lines of the error."""
    found = []
    for kind, arguments in asked:
        module, function = DESCRIBE[kind]
        try:
            describe = getattr(importlib.import_module(f"applicability.{module}"), function)
            found.append({"described": describe(**arguments)})
        except InputError as error:
            found.append({"refused": str(error).splitlines()})
        except Exception as error:  # of one entry, which alone is to blame
            found.append({"refused": [in_a_line(error)]})
    return found


if __name__ == "__main__":  # what the user's code prints is no answer: that goes to a file
    questions, answer = map(Path, sys.argv[1:])
    answer.write_text(json.dumps(answers(json.loads(questions.read_text()))))
