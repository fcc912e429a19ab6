"""Classes of the user's own, described by another process: reading a config runs no code of theirs in this one.

validation.py uses it. May import study and errors.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from jsonschema import ValidationError

PACKAGE = Path(__file__).parents[1]
BESIDES = ("python", "weight", "times")  # keys that are no arguments of the class


def describe_classes(found: list[tuple[tuple, dict]]) -> Iterator[ValidationError]:
    """Put what a task keeps of a class in the place of its name; an error for each that is unusable.

    found: paths in the config, and entries there, `{python: FILE.py:CLASS, ...}`, which are changed in place.
    """
    asked = []
    if taken := [path for path, entry in found if "scale" in entry]:
        yield ValidationError("expected no key scale beside python; the class is given the grid's", path=taken[0])
        return
    for _, entry in found:
        file, _, name = entry["python"].rpartition(":")
        arguments = {key: value for key, value in entry.items() if key not in BESIDES}
        asked.append({"file": file, "name": name, "arguments": arguments})
    for (path, entry), answer in zip(found, answers_of(asked) if asked else [], strict=True):
        if "refused" in answer:
            yield ValidationError(answer["refused"], path=path)
        else:
            beside = {key: entry[key] for key in BESIDES[1:] if key in entry}
            entry.clear()
            entry |= {"python": answer["described"]} | beside


def answers_of(asked: list[dict]) -> list[dict]:
    """The answers of :mod:`applicability.tasks.own`, run as a program; what it prints else goes to stderr."""
    paths = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", f"{PACKAGE.name}.tasks.own"],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    if done.returncode:  # the user's code ended the process
        return [{"refused": f"{each['file']}: it ended Python with status {done.returncode}"} for each in asked]
    return json.loads(done.stdout)
