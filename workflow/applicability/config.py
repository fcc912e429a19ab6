"""The config: checked against its schema before anything runs, then turned into studies."""

import copy
import difflib
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from applicability.errors import InputError
from applicability.study import Cell, Learner, Study

SCHEMA = Path(__file__).parents[1] / "schemas" / "config.schema.yaml"
EXAMPLE_TASKS = {  # example -> its task; the group of label 0 first
    "gaussians": [["a", [{"norm": {"loc": 1.0}}]], ["b", [{"norm": {"loc": 2.0}}]]],
    "clusters": [
        ["class 2", [{"norm": {"loc": 5.0}}, {"norm": {"loc": 0.0}}]],
        ["class 1", [{"norm": {"loc": 0.0}}, {"norm": {"loc": 5.0}}]],
    ],
}
COARSEST = 1e-4  # smallest scale as a share of loc: there, float32 tells a thousand places within a scale apart
WORDS = {"array": "a list", "object": "a mapping", "string": "a text", "boolean": "true or false"}
WORDS |= {"number": "a number", "integer": "a whole number"}


def checked(config: Mapping) -> dict:
    """A copy of a config with defaults filled in.

    Raises InputError with one line that names the first wrong key, what is allowed and what was found.
    """
    config = copy.deepcopy(dict(config))
    for path, value in leaves(config):
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"config: {path}: expected a finite number; found {value}")
    validator = FillingValidator(yaml.load(SCHEMA.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    errors = list(validator.iter_errors(config))
    if errors:  # a misspelt key is the cause where another is missing, so it comes first
        raise InputError(f"config: {told(min(errors, key=lambda error: error.validator != 'additionalProperties'))}")
    return config


def read_again(value):
    """The texts within nested mappings and lists as YAML reads them. Snakemake does so for `--config seed=1` alone, not
    for what is within, as in `--config 'examples={gaussians: {seed: 1}}'`."""
    if isinstance(value, Mapping):
        return {key: read_again(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [read_again(inner) for inner in value]
    try:
        read = yaml.safe_load(value) if isinstance(value, str) else value
    except (yaml.YAMLError, ValueError):  # such as the 45th of a month
        return value
    return value if isinstance(read, Mapping | list) else read


def studies(checked: Mapping) -> dict[str, Study]:
    """The studies of a checked config, by name."""
    return {name: study(name, entry) for name, entry in checked["studies"].items()}


def study(name: str, entry: Mapping) -> Study:
    """A study from its checked entry; where 1 and 1.0 are the same, they become the same."""
    changed = {
        "task": task(f"studies.{name}.task", entry["task"]),
        "scales": sorted(as_floats(entry["scales"])),
        "sample_sizes": sorted(entry["sample_sizes"]),
        **{key: as_floats(entry[key]) for key in ("target_accuracy", "tolerance")},
        "learners": {each: learner(each, options) for each, options in entry["learners"].items()},
    }
    resolved(f"studies.{name}.scales", min(changed["scales"]), changed["task"])
    if "baseline" in entry and len(changed["learners"]) == 1:
        raise InputError(f"config: studies.{name}.baseline: expected another learner to compare with it; found none")
    if "baseline" in entry and entry["baseline"] not in changed["learners"]:
        known, found = list(changed["learners"]), entry["baseline"]
        raise InputError(
            f"config: studies.{name}.baseline: expected one of the learners {', '.join(known)}; found {found!r}"
            f"{nearest(found, known)}"
        )
    return Study(name=name, **entry | changed)


def examples(checked: Mapping) -> dict[str, tuple[Cell, Learner]]:
    """The worked examples of a checked config, by name: a cell of one replicate, and what is trained on it."""
    found = {}
    for name, entry in checked["examples"].items():
        entry = {"batch_size": 2 * entry["n"], "dropout": 0, "standardise": False} | entry  # the clusters': all draws
        seed, n, scale = entry.pop("seed"), entry.pop("n"), float(entry.pop("scale"))
        resolved(f"examples.{name}.scale", scale, EXAMPLE_TASKS[name])
        cell = Cell(name, seed, EXAMPLE_TASKS[name], scale, n, test_draws=n, replicates=1)
        found[name] = cell, learner("net", entry)
    return found


def task(path: str, entry: Mapping) -> list:
    """A task from its checked entry. Raises InputError where the groups have not as many coordinates each."""
    groups = [[group, as_floats(given if isinstance(given, list) else [given])] for group, given in entry.items()]
    counts = {group: len(coordinates) for group, coordinates in groups}
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{count} in {group}" for group, count in counts.items())
        raise InputError(f"config: {path}: expected as many coordinates in every group; found {found}")
    return groups


def resolved(path: str, scale: float, task: list) -> None:
    """Raises InputError where draws in float32 would lie on a few points, the scale being small against loc."""
    for group, coordinates in task:
        for distribution in coordinates:
            [parameters] = distribution.values()
            loc, least = parameters["loc"], COARSEST * abs(parameters["loc"]) / parameters.get("scale", 1)
            if scale < least:
                raise InputError(
                    f"config: {path}: expected at least {least:g} for draws of {group} about {loc:g} to differ "
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


def leaves(value, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value within nested mappings and lists, with its dotted path."""
    if isinstance(value, Mapping | list):
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, inner in items:
            yield from leaves(inner, f"{path}.{key}".lstrip("."))
    else:
        yield path, value


def filled(validator, properties, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `properties`, which also fills in defaults."""
    if isinstance(instance, dict):
        for key, part in properties.items():
            if "default" in part:
                instance.setdefault(key, copy.deepcopy(part["default"]))
    yield from Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)


FillingValidator = validators.extend(
    Draft202012Validator,
    {"properties": filled},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)


def told(error: ValidationError) -> str:
    """One line for a user: the key, what was expected, what was found, and the nearest valid name."""
    path = ".".join(map(str, error.absolute_path)) or "the top level"
    found, rule = error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            allowed = sorted(error.schema["properties"])
            unknown = min(set(found) - set(allowed), key=str)
            key = unknown if path == "the top level" else f"{path}.{unknown}"
            return f"{key}: unknown; allowed: {', '.join(allowed)}{nearest(unknown, allowed)}"
        case "enum":
            return f"{path}: expected one of {', '.join(rule)}; found {found!r}{nearest(found, rule)}"
        case "required":
            missing = next(key for key in rule if key not in found)
            return f"{path}: {missing!r} is missing"
        case "oneOf":
            names = [part["required"][0] for part in rule]
            there = " and ".join(name for name in names if name in found) or "neither"
            return f"{path}: expected exactly one of {', '.join(names)}; found {there}"
        case "uniqueItems":
            twice = next(item for item in found if found.count(item) > 1)
            return f"{path}: expected each value once; found {twice} twice"
        case "minProperties" | "maxProperties":
            count = {1: "one entry", 2: "two entries"}.get(rule, f"{rule} entries")
            limit = "at least " if error.validator == "minProperties" else "at most "
            if error.schema.get("minProperties") == error.schema.get("maxProperties"):
                limit = ""
            return f"{path}: expected {limit}{count}; found {', '.join(map(str, found)) or 'none'}"
        case "minItems" | "maxItems":
            return (
                f"{path}: expected at {'least' if error.validator == 'minItems' else 'most'} {rule}; found {len(found)}"
            )
        case "pattern" if "examples" in error.schema:
            return f"{path}: expected one of {', '.join(error.schema['examples'])}; found {found!r}"
        case "pattern":
            return f"{path}: expected a name of letters, digits, _ and -, a letter first; found {found!r}"
        case "not":
            return f"{path}: expected another name than {', '.join(rule['enum'])}; found {found!r}"
    return f"{path}: expected {expected(error.schema)}; found {found!r}{hint(found, error.schema)}"


def expected(schema: Mapping) -> str:
    """What a schema of one value asks for, in words."""
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = " and ".join(f"{sign} {schema[key]}" for key, sign in bounds.items() if key in schema)
    return f"{WORDS[schema.get('type', 'number')]} {limits}".strip()


def nearest(name, allowed: list[str]) -> str:
    """The nearest valid name as a question, where one is near."""
    close = difflib.get_close_matches(str(name), allowed, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def hint(found, schema: Mapping) -> str:
    """YAML 1.1 reads 1e-3 as a text; where a number is expected, say how to write it."""
    kind = schema.get("type")
    try:
        value = float(found) if isinstance(found, str) and kind in ("number", "integer") else math.nan
    except ValueError:
        return ""
    if not math.isfinite(value) or (kind == "integer" and not value.is_integer()):
        return ""
    return f" (YAML reads it as text: write {int(value) if kind == 'integer' else value})"
