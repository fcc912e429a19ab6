"""Studies and worked examples, made of a validated config.

Rules, validation.py and the command line use it. May import study and config.outside.
"""

import math
from collections.abc import Mapping
from dataclasses import fields

from applicability.config.outside import is_table
from applicability.study.cell import BALANCED, Cell
from applicability.study.learner import Estimator, Learner, Network, OwnNetwork, kind_of_learner
from applicability.study.study import Study
from applicability.study.task import kind_of, table_rows

TEST_DRAWS = 10000

VALIDATION = 0.1  # share of the training draws that is held out where a config names none

EXAMPLE_TASKS = {  # example -> its task; the group of label 0 first
    "gaussians": [["a", [{"norm": {"loc": 1.0}}]], ["b", [{"norm": {"loc": 2.0}}]]],
    "clusters": [
        ["class 2", [{"norm": {"loc": 5.0}}, {"norm": {"loc": 0.0}}]],
        ["class 1", [{"norm": {"loc": 0.0}}, {"norm": {"loc": 5.0}}]],
    ],
}


def studies(config: Mapping) -> dict[str, Study]:
    """The studies of a validated config, by name."""
    return {name: make_study(name, entry) for name, entry in config["studies"].items()}


def make_study(name: str, entry: Mapping) -> Study:
    """A study from its entry. Where 1 and 1.0 mean the same, both become 1.0."""
    task = make_task(entry["task"])
    changed = {
        "task": task,
        "test_draws": entry.get("test_draws", usual_test_draws(task)),
        "scales": sorted(as_floats(entry["scales"])),
        "sample_sizes": sorted(entry["sample_sizes"]),
        **{key: as_floats(entry[key]) for key in ("target_accuracy", "tolerance") if key in entry},
        **shares_in_use(entry, [group for group, _ in task]),
        "learners": {each: make_learner(each, options) for each, options in entry["learners"].items()},
    }
    return Study(name=name, **entry | changed)


def shares_in_use(entry: Mapping, groups: list[str]) -> dict:
    """Weights, of sum 1 in the order of the groups, and training of a study; of equal weights those of none."""
    given = {str(group): weight for group, weight in entry.get("weights", {}).items()}  # of a table 0 and 1, say
    if set(given) != set(groups) or len(set(given.values())) == 1:
        return {"weights": None, "training": BALANCED}
    total = math.fsum(given.values())
    return {"weights": [given[group] / total for group in groups]}


def usual_test_draws(task: list) -> int:
    """Test draws per group where a config names none: of a table a third of the smallest group."""
    rows = table_rows(task)
    return max(1, min(rows.values()) // 3) if rows else TEST_DRAWS


def examples(config: Mapping) -> dict[str, tuple[Cell, Network]]:
    """The worked examples of a validated config, by name: cell (one replicate) and learner."""
    found = {}
    for name, entry in config["examples"].items():
        entry = {"batch_size": 2 * entry["n"], "dropout": 0, "standardise": False} | entry  # clusters: all draws
        seed, n, scale = entry.pop("seed"), entry.pop("n"), float(entry.pop("scale"))
        cell = Cell(name, seed, EXAMPLE_TASKS[name], scale, n, test_draws=n, replicates=1)
        found[name] = cell, make_learner("net", entry)
    return found


def make_task(entry: Mapping) -> list:
    """The groups of a task in the config's order, each with a list of distributions."""
    if is_table(entry):
        table = entry["table"]
        return [[group, [{"table": table | {"group": group, "rows": rows}}]] for group, rows in table["rows"].items()]
    return [[group, make_group(given)] for group, given in entry.items()]


def make_group(given: Mapping | list) -> list[dict]:
    """A group's distributions: numbers as floats, each component of a mixture with a list of its own."""
    return [make_distribution(each) for each in (given if isinstance(given, list) else [given])]


def make_distribution(entry: Mapping) -> dict:
    """A distribution from its entry, `times` left out where it is taken once."""
    name, parameters = kind_of(entry)
    made = parameters if name == "python" else as_floats(parameters)
    if name == "mixture":
        made = [make_component(each) for each in parameters]
    return {name: made} | {key: entry[key] for key in ["times"] if entry.get(key, 1) > 1}


def make_component(given: Mapping | list) -> dict:
    """A component of a mixture, with its weight if it has one."""
    if isinstance(given, list):
        return {"coordinates": make_group(given)}
    rest = {key: value for key, value in given.items() if key != "weight"}
    coordinates = make_group(rest.get("coordinates", rest)) * (rest.get("times", 1) if "coordinates" in rest else 1)
    return {key: float(given[key]) for key in ["weight"] if key in given} | {"coordinates": coordinates}


def make_learner(name: str, entry: Mapping) -> Learner:
    """A learner from its entry; keys that are not of its kind are arguments of its network, or options of its class."""
    kind = kind_of_learner(entry)
    known = {field.name for field in fields(kind)} - {"name"}
    given = {key: value for key, value in entry.items() if key in known}
    beside = {key: value for key, value in entry.items() if key not in known}
    if kind is OwnNetwork and isinstance(given["python"], str):
        file, _, factory = given["python"].rpartition(":")
        given["python"] = {"file": file, "name": factory, "arguments": beside}
    elif kind is Estimator and isinstance(given["sklearn"], str):
        given["sklearn"] = {"class": given["sklearn"], "options": beside}
    if "patience" in given:
        given.setdefault("validation", VALIDATION)
    floats = [key for key in ("dropout", "optimiser", "validation") if key in given]
    return kind(name=name, **given | {key: as_floats(given[key]) for key in floats})


def as_floats(value):
    """Every whole number within nested mappings and lists as a float."""
    if isinstance(value, Mapping):
        return {key: as_floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_floats(inner) for inner in value]
    return float(value) if type(value) is int else value
