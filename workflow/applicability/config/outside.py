"""What a config names by a file or a class, groups, tables, maps and learners, described by another process.

Reading a config neither runs code of the user's nor reads their data in this process.
validation.py and studies.py use it. May import config.messages and study; runs described.py as a program.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from jsonschema import ValidationError

from applicability.config.messages import shown
from applicability.study.learner import Estimator, Learner, OwnNetwork
from applicability.study.study import Study

PACKAGE = Path(__file__).parents[1]
ENOUGH = 300  # draws of each group that tell what a classifier says
BESIDES = ("python", "weight", "times")  # keys that are no arguments of the class
TRAINING = {field.name for field in fields(OwnNetwork)} - {"name", "python"}  # keys that are no arguments of a network


def named_files(config: dict) -> list[tuple[tuple, dict]]:
    """The entries of a config's tasks that name a file of the user's, each with its path (:func:`described_files`)."""
    found = []
    for name, study in config["studies"].items():
        path, task = ("studies", name, "task"), study["task"]
        if is_table(task):
            found.append((path, task))
        else:
            found += [each for group, given in task.items() for each in classes_in((*path, group), given)]
    return found


def is_table(task: dict) -> bool:
    """Whether a task is a table; one with several groups may have a group of this name."""
    return [*task] == ["table"]


def classes_in(path: tuple, given) -> Iterator[tuple[tuple, dict]]:
    """The entries with a class of the user's own within a task, or a part of it, each with its path."""
    if isinstance(given, list):
        for place, each in enumerate(given):
            yield from classes_in((*path, place), each)
    elif "python" in given:
        yield path, given
    else:
        for key in ("mixture", "coordinates"):
            yield from classes_in((*path, key), given.get(key, []))


def described_files(found: list[tuple[tuple, dict]]) -> Iterator[ValidationError]:
    """Put what a task keeps of a class or a table in the place of its name; an error for each that is unusable.

    found: paths in the config, and entries there, which are changed in place: `{python: FILE.py:CLASS, ...}`, or a
    task `{table: {file: FILE, ...}}`.
    """
    errors = [ValidationError(text, path=path) for path, entry in found for text in faults_of_entry(path, entry)]
    if errors or not found:
        yield from errors
        return
    for (path, entry), answer in zip(found, answers_of([question(entry) for _, entry in found]), strict=True):
        if "refused" in answer:
            yield from (ValidationError(line, path=path) for line in answer["refused"])
        elif is_table(entry):
            entry["table"] = answer["described"]
        else:
            beside = {key: entry[key] for key in BESIDES[1:] if key in entry}
            entry.clear()
            entry |= {"python": answer["described"]} | beside


def described_maps(config: dict, studies: Iterable[Study]) -> Iterator[ValidationError]:
    """Put what a study keeps of its map in the place of its name; an error for each that is unusable.

    config: is changed in place. studies: those of the config, of which the groups are described already.
    """
    asked = {}
    for study in studies:
        if study.observe:
            file, _, name = study.observe.rpartition(":")
            ends = sorted({study.scales[0], study.scales[-1]})
            asked[study.name] = "map", {"file": file, "name": name, "task": study.task, "scales": ends}
    for study, answer in zip(asked, answers_of([*asked.values()]) if asked else [], strict=True):
        for line in answer.get("refused", []):
            yield ValidationError(line, path=("studies", study, "observe"))
        config["studies"][study]["observe"] = answer.get("described")


def faults_of_numbers(entry: dict) -> Iterator[str]:
    """What to say of numbers that YAML reads as texts, `1e-3`, among arguments and options."""
    for key, value in entry.items():
        if isinstance(value, str) and key not in ("python", "sklearn"):
            with contextlib.suppress(ValueError):
                yield f"{key}: expected a number; found {value!r} (YAML reads it as text: write {float(value)})"


def described_learners(config: dict, studies: Iterable[Study]) -> Iterator[ValidationError]:
    """Put what a study keeps of networks of one's own and of classifiers of scikit-learn in the place of their names.

    config: is changed in place. studies: those of the config, of which groups and maps are described already.
    Gives an error for each that is unusable.
    """
    asked, errors = {}, []
    for study in studies:
        for learner in study.learners.values():
            path = "studies", study.name, "learners", learner.name
            entry = config["studies"][study.name]["learners"][learner.name]
            texts = [*faults_of_values(entry), *faults_of_numbers(entry)]
            errors += [ValidationError(text, path=path) for text in texts]
            if ask := question_of_learner(study, learner):
                asked[path] = ask
    if errors:
        yield from errors
        return
    for path, answer in zip(asked, answers_of([*asked.values()]) if asked else [], strict=True):
        yield from (ValidationError(line, path=path) for line in answer.get("refused", []))
        *_, study, _, name = path
        learners = config["studies"][study]["learners"]
        key = "python" if "python" in learners[name] else "sklearn"
        kept = TRAINING if key == "python" else {"standardise"}
        rest = {each: value for each, value in learners[name].items() if each in kept}
        learners[name] = {key: answer.get("described")} | rest


def question_of_learner(study: Study, learner: Learner) -> tuple[str, dict] | None:
    """What :mod:`applicability.described` is asked about a learner of a study; None of a network of this library."""
    match learner:
        case OwnNetwork(python=given, optimiser=optimiser):
            return "module", given | {"optimiser": optimiser, "inputs": study.inputs, "groups": len(study.task)}
        case Estimator(sklearn=given):
            least, most = study.sample_sizes[0], study.sample_sizes[-1]
            middle = study.scales[len(study.scales) // 2]
            cells = {"few": study.cell(middle, least), "more": study.cell(middle, max(least, min(ENOUGH, most)))}
            asked = {"path": given["class"], "options": given["options"]}
            return "estimator", asked | {name: cell.json() for name, cell in cells.items()}
    return None


def question(entry: dict) -> tuple[str, dict]:
    """What :mod:`applicability.described` is asked about an entry: its kind, and arguments."""
    if is_table(entry):
        return "table", entry["table"]
    file, _, name = entry["python"].rpartition(":")
    arguments = {key: value for key, value in entry.items() if key not in BESIDES}
    return "python", {"file": file, "name": name, "arguments": arguments}


def faults_of_entry(path: tuple, entry: dict) -> Iterator[str]:
    """What to say of keys that are no arguments of a class, and of values that are none of JSON."""
    if not is_table(entry):
        if not isinstance(entry["python"], str):
            yield f"expected a Python file and a class in it, as groups/ring.py:Ring; found {shown(entry['python'])}"
        if "scale" in entry:
            yield "expected no key scale beside python; the class is given the grid's"
        if "weight" in entry and path[-2:-1] != ("mixture",):
            yield "expected no key weight beside python but in a mixture"
    yield from faults_of_values(entry)


def faults_of_values(entry: dict) -> Iterator[str]:
    """What to say of values that are none of JSON: dates, say."""
    try:
        json.dumps(entry)
    except TypeError as error:
        yield f"expected numbers, texts, lists and mappings as arguments; found an {error}"


def answers_of(asked: list[tuple[str, dict]]) -> list[dict]:
    """The answers of :mod:`applicability.described`, run as a program, with the library before all else."""
    paths = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory() as folder:
        questions, answer = Path(folder, "questions.json"), Path(folder, "answers.json")
        questions.write_text(json.dumps(asked))
        words = [sys.executable, "-W", "ignore", "-P", "-m", f"{PACKAGE.name}.described", questions, answer]
        done = subprocess.run(words, stdout=2, env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"})
        if not answer.exists():  # the user's code ended the process
            files = ", ".join(sorted({each["file"] for _, each in asked if "file" in each}))
            return [{"refused": [f"{files}: Python ended with status {done.returncode} as it was read"]}] * len(asked)
        return json.loads(answer.read_text())
