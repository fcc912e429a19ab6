"""A checked config turned into studies and examples."""

from collections import Counter
from collections.abc import Iterable, Mapping

from applicability.config.schema import nearest
from applicability.errors import InputError
from applicability.study import Cell, Learner, Study

EXAMPLE_TASKS = {  # example -> its task; the group of label 0 first
    "gaussians": [["a", [{"norm": {"loc": 1.0}}]], ["b", [{"norm": {"loc": 2.0}}]]],
    "clusters": [
        ["class 2", [{"norm": {"loc": 5.0}}, {"norm": {"loc": 0.0}}]],
        ["class 1", [{"norm": {"loc": 0.0}}, {"norm": {"loc": 5.0}}]],
    ],
}

COARSEST = 1e-4  # smallest scale as a share of loc: there, float32 tells a thousand places within a scale apart


def studies(checked: Mapping) -> dict[str, Study]:
    """The studies of a checked config, by name."""
    distinct("config: studies", [*checked["studies"], "examples"])  # beside which they lie
    return {name: study(name, entry) for name, entry in checked["studies"].items()}


def study(name: str, entry: Mapping) -> Study:
    """A study from its checked entry; where 1 and 1.0 are the same, they become the same."""
    path = f"config: studies.{name}"
    changed = {
        "task": task(f"{path}.task", entry["task"]),
        "scales": sorted(as_floats(entry["scales"])),
        "sample_sizes": sorted(entry["sample_sizes"]),
        **{key: as_floats(entry[key]) for key in ("target_accuracy", "tolerance")},
        "learners": {each: learner(each, options) for each, options in entry["learners"].items()},
    }
    distinct(f"{path}.scales", changed["scales"])
    distinct(f"{path}.learners", changed["learners"])
    resolved(f"{path}.scales", min(changed["scales"]), changed["task"])
    if "baseline" in entry and len(changed["learners"]) == 1:
        raise InputError(f"{path}.baseline: expected another learner to compare with it; found none")
    if "baseline" in entry and entry["baseline"] not in changed["learners"]:
        known, found = list(changed["learners"]), entry["baseline"]
        raise InputError(
            f"{path}.baseline: expected one of the learners {', '.join(known)}; found {found!r}{nearest(found, known)}"
        )
    return Study(name=name, **entry | changed)


def examples(checked: Mapping) -> dict[str, tuple[Cell, Learner]]:
    """The worked examples of a checked config, by name: a cell of one replicate, and what is trained on it."""
    found = {}
    for name, entry in checked["examples"].items():
        entry = {"batch_size": 2 * entry["n"], "dropout": 0, "standardise": False} | entry  # the clusters': all draws
        seed, n, scale = entry.pop("seed"), entry.pop("n"), float(entry.pop("scale"))
        resolved(f"config: examples.{name}.scale", scale, EXAMPLE_TASKS[name])
        cell = Cell(name, seed, EXAMPLE_TASKS[name], scale, n, test_draws=n, replicates=1)
        found[name] = cell, learner("net", entry)
    return found


def task(path: str, entry: Mapping) -> list:
    """A task from its checked entry. Raises InputError where the groups have not as many coordinates each."""
    groups = [[group, as_floats(given if isinstance(given, list) else [given])] for group, given in entry.items()]
    as_many(path, groups)
    return groups


def as_many(path: str, groups: list) -> None:
    """Raises InputError where the groups of a task have not as many coordinates each."""
    counts = {group: len(coordinates) for group, coordinates in groups}
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{count} in {group}" for group, count in counts.items())
        raise InputError(f"{path}: expected as many coordinates in every group; found {found}")


def distinct(path: str, values: Iterable) -> None:
    """Raises InputError where numbers are the same, or names but for capitals: to some systems one file."""
    for value, count in Counter(value.lower() if isinstance(value, str) else value for value in values).items():
        if count > 1:
            how = ", in capitals or not" if isinstance(value, str) else ""
            raise InputError(f"{path}: expected each once{how}; found {value} {count} times")


def resolved(path: str, scale: float, task: list) -> None:
    """Raises InputError where draws in float32 would lie on a few points, the scale being small against loc."""
    for group, coordinates in task:
        for distribution in coordinates:
            [parameters] = distribution.values()
            loc, least = parameters["loc"], COARSEST * abs(parameters["loc"]) / parameters.get("scale", 1)
            if scale < least:
                raise InputError(
                    f"{path}: expected at least {least:g} for draws of {group} about {loc:g} to differ "
                    f"in float32; found {scale:g}"
                )


def learner(name: str, entry: Mapping) -> Learner:
    """A learner from its checked entry."""
    return Learner(name=name, **entry | {key: as_floats(entry[key]) for key in ("dropout", "optimiser")})


def as_floats(value):
    """Every whole number within nested mappings and lists as a float."""
    if isinstance(value, Mapping):
        return {key: as_floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_floats(inner) for inner in value]
    return float(value) if type(value) is int else value
