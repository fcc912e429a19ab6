"""Validation of a config or a JSON argument: against the schema, then rules beyond schemas.

rules/common.smk validates the config, __main__ the arguments of commands. May import config, study and errors.
"""

import copy
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from jsonschema import ValidationError

from applicability.config.groups import faults_of_rows, faults_of_task, faults_of_weights
from applicability.config.messages import dotted, explain, nearest, shown
from applicability.config.outside import classes_in, described_files, described_learners, described_maps, named_files
from applicability.config.schema import errors_of, whole_schema
from applicability.config.studies import examples, make_group, studies
from applicability.config.variants import make_variants
from applicability.errors import InputError
from applicability.study.cell import BALANCED, Cell
from applicability.study.learner import Trained
from applicability.study.study import Study

DEEPEST, MOST = 20, 100_000  # levels and values of a config: with aliases, few lines of YAML can exceed memory
LARGEST = 1e300  # number
SHOWN = 10  # errors in one message
ROUNDING = 1e-9  # of the sum of weights
NONE = MappingProxyType({})


def validate(config: Mapping) -> dict:
    """A copy of a config with defaults filled in.

    config: as Snakemake merged it.
    Raises InputError with a line for each error, in the order of the config: the key, what is allowed, what was found.
    Rules beyond the schema are checked once the schema is satisfied.
    """
    if not isinstance(config, Mapping):
        raise InputError(f"config: expected a mapping; found {type(config).__name__}")
    check_size("config: ", config)
    config = copy.deepcopy(dict(config))
    errors, made = make_variants(config)
    errors = errors or errors_of("config", config) or [*described_files(named_files(config))]
    errors = errors or [*inconsistencies(config)]
    errors = errors or [*described_maps(config, studies(config).values())]
    errors = errors or [*described_learners(config, studies(config).values())]
    refuse("config: ", config, errors, made)
    return config


def validate_argument(name: str, value) -> None:
    """Validate a JSON argument of a command, and fill in its defaults.

    name: of the argument in the schema's `arguments`.
    value: the argument, read from JSON; changed in place.
    Raises InputError with a line for each error.
    """
    check_size(f"{name}.", value)
    errors = errors_of(name, value)
    if not errors and name in ("cell", "study"):
        classes = [entry for _, given in value["task"] for _, entry in classes_in((), given)]
        if any(isinstance(entry["python"], str) for entry in classes):
            errors = [ValidationError("expected what a cell keeps of a class, not its name", path=["task"])]
        else:
            value["task"] = [[group, make_group(given)] for group, given in value["task"]]
            errors = [*faults_of_kept_shares(value)]
    if name == "cell" and not errors:
        errors = faults_of_task(value["task"], [value["scale"]], ("task",), ("scale",))
        errors += [ValidationError(text, path=["n"]) for text in faults_of_rows(Cell(**value))]
    refuse(f"{name}.", value, errors)


def refuse(above: str, value, errors: list[ValidationError], made: Mapping[tuple, tuple] = NONE) -> None:
    """Raises InputError with a line for each of the first errors, if any.

    made: paths of learners that were made of one (:func:`make_variants`): what several of them have is one error.
    """
    if not errors:
        return
    places = {path: place for place, (path, _) in enumerate(walk(value))}
    # below a key that is null jsonschema's path lacks it: these come last, the key itself has an error of its own
    errors = sorted(errors, key=lambda error: places.get(place_of(error), len(places)))
    lines = {}
    for error in errors:
        learner, key, said = tuple(error.absolute_path)[:4], tuple(error.absolute_path)[4:], explain(error)
        lines.setdefault((made.get(learner, learner), key, said), f"{name_of(above, error.absolute_path)}: {said}")
    more = [f"{above.rstrip('.: ')}: and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    raise InputError(*[*lines.values()][:SHOWN], *more)


def place_of(error: ValidationError) -> tuple:
    """The keys down to an error, with the bad name itself, which messages leave out."""
    return *error.absolute_path, *([error.instance] if "propertyNames" in error.absolute_schema_path else [])


def name_of(above: str, path: Iterable) -> str:
    """A path of keys as messages write it: `config: studies.s.seed`, `cell.seed`."""
    return f"{above}{dotted(path)}".rstrip(".: ")


def check_size(above: str, value) -> None:
    """Raises InputError for nesting too deep, too many values or too large a number."""
    for count, (path, inner) in enumerate(walk(value)):
        if count == MOST:
            raise InputError(f"{name_of(above, path)}: expected no more than {MOST:,} values in all")
        if len(path) > DEEPEST:
            raise InputError(f"{name_of(above, path[:-1])}: expected no more than {DEEPEST} levels")
        for each in (*path[-1:], inner):
            if isinstance(each, int | float) and not abs(each) <= LARGEST:
                where = name_of(above, path if each is inner else path[:-1])
                raise InputError(f"{where}: expected a finite number, up to {LARGEST:g}; found {shown(each)}")


def walk(value, *path) -> Iterator[tuple[tuple, object]]:
    """Every value within nested mappings and lists, in order, with the keys to each."""
    yield path, value
    if isinstance(value, Mapping | list):
        for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from walk(inner, *path, key)


def inconsistencies(config: Mapping) -> Iterator[ValidationError]:
    """What is wrong with a config that fits the schema."""
    yield from repeated([*config["studies"], "examples"], "studies")  # results/examples lies beside the studies
    made = studies(config).values()
    for study in made:
        yield from [*faults_of_shares(config["studies"][study.name], study)] or inconsistencies_of(study)
    yield from unlike_learners(made)
    for name, (cell, learner) in examples(config).items():
        yield from faults_of_task(cell.task, [cell.scale], ("examples", name), ("examples", name, "scale"))
        yield from endless(learner, len(cell.task) * cell.n, "examples", name)


def faults_of_shares(entry: Mapping, study: Study) -> Iterator[ValidationError]:
    """What is wrong with the weights and the training of a study's entry."""
    path = ("studies", study.name)
    for text in faults_of_weights(entry["weights"], study.groups) if "weights" in entry else ():
        yield ValidationError(text, path=[*path, "weights"])
    if 0 in (study.weights or []):
        yield ValidationError("expected weights of which none is 0 beside the others", path=[*path, "weights"])
    yield from faults_of_training(entry, *path)


def faults_of_training(value: Mapping, *path) -> Iterator[ValidationError]:
    """An error where training draws are to be shared by weights that are not there."""
    if value.get("training", BALANCED) != BALANCED and "weights" not in value:
        text = f"expected the key weights beside {value['training']}; found none"
        yield ValidationError(text, path=[*path, "training"])


def faults_of_kept_shares(value: Mapping) -> Iterator[ValidationError]:
    """What is wrong with the weights and the training of a cell or a study as an argument."""
    yield from faults_of_training(value)
    weights, groups = value.get("weights"), len(value["task"])
    if weights is not None and (len(weights) != groups or abs(math.fsum(weights) - 1) > ROUNDING):
        text = f"expected weights of {groups} groups, of sum 1; found {shown(weights)}"
        yield ValidationError(text, path=["weights"])


def inconsistencies_of(study: Study) -> Iterator[ValidationError]:
    """What is wrong with a study whose entry fits the schema."""
    path, learners = ("studies", study.name), [*study.learners]
    yield from faults_of_task(study.task, study.scales, (*path, "task"), (*path, "scales"))
    for text in faults_of_rows(study.cell(study.scales[0], study.sample_sizes[-1])):
        yield ValidationError(text, path=[*path, "sample_sizes"])
    yield from repeated(study.scales, *path, "scales")
    yield from repeated(learners, *path, "learners")
    for learner in study.learners.values():
        if not learner.losses:
            continue
        yield from without_validation(
            learner, study.cell(study.scales[0], study.sample_sizes[0]), *path, "sample_sizes"
        )
        yield from endless(learner, len(study.task) * max(study.sample_sizes), *path, "learners", learner.name)
    if study.baseline is not None and len(learners) == 1:
        yield ValidationError("expected another learner to compare with it; found none", path=[*path, "baseline"])
    elif study.baseline is not None and study.baseline not in learners:
        guess = nearest(study.baseline, learners)
        text = f"expected one of the learners {', '.join(learners)}; found {study.baseline!r}{guess}"
        yield ValidationError(text, path=[*path, "baseline"])


def repeated(values: Iterable, *path) -> Iterator[ValidationError]:
    """An error for each repeated number or name; some file systems ignore capitals."""
    for value, count in Counter(value.lower() if isinstance(value, str) else value for value in values).items():
        if count > 1:
            how = ", in capitals or not" if isinstance(value, str) else ""
            yield ValidationError(f"expected each once{how}; found {value} {count} times", path=path)


def unlike_learners(studies: Iterable[Study]) -> Iterator[ValidationError]:
    """An error where a name is that of a network in one study and of a classifier in another: rules go by names."""
    first = {}
    for study in studies:
        for name, learner in study.learners.items():
            other, where = first.setdefault(name, (learner, study.name))
            if other.losses != learner.losses:
                text = f"expected another name: it is {learner.kind}, and {other.kind} has this name in study {where}"
                yield ValidationError(text, path=["studies", study.name, "learners", name])


def without_validation(learner: Trained, cell: Cell, *path) -> Iterator[ValidationError]:
    """An error where a learner that stops early has no draws of a group to hold out."""
    try:
        learner.held_out(cell.counts)
    except InputError as error:
        yield ValidationError(f"{error} of n = {cell.n}", path=path)


def endless(learner: Trained, draws: int, *path) -> Iterator[ValidationError]:
    """An error for epochs of more steps than `steps` may have: the loss of each step is kept in memory."""
    steps, most = learner.total_steps(draws), whole_schema()["$defs"]["count"]["maximum"]
    if steps > most:
        text = f"expected at most {most:,} steps in all; found {steps:,}, of {learner.budget} of {draws:,} draws"
        yield ValidationError(text, path=[*path, "epochs"])
