"""The schema of a config and of JSON arguments: validators, and misspelt keys.

validation.py validates by it, messages.py words the errors, docs/fill.py lists the keys. May import nothing of ours.
"""

import copy
import difflib
import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

SCHEMA = Path(__file__).parents[2] / "schemas" / "config.schema.yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # runs no code; the loader in C is ten times as fast
KINDS = {"python", "sklearn"}  # keys of a learner that say of what kind it is
NEAR = 0.65  # similarity of a misspelt key: `sdg` is `sgd` (0.67), `poisson` is not `expon` (0.5)

NEARER = 0.9  # of a key that means something else elsewhere: `weights` of a component is `weight` (0.92)


@functools.cache
def whole_schema() -> dict:
    """The schema file."""
    return yaml.load(SCHEMA.read_text(encoding="utf-8"), LOADER)


@functools.cache
def validator(name: str) -> Draft202012Validator:
    """The validator of the config, or of the part `arguments.<name>` of the schema."""
    schema = whole_schema()
    part = schema if name == "config" else {"$ref": f"#/$defs/arguments/{name}", "$defs": schema["$defs"]}
    return FillingValidator(part)


def fill_properties(validator, properties, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `properties`, which also fills in defaults."""
    if isinstance(instance, dict):
        for key, part in properties.items():
            if "default" in part:
                instance.setdefault(key, copy.deepcopy(part["default"]))
    yield from Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)


def match_pattern(validator, pattern, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `pattern`, matched to the whole text: Python's `$` allows a newline behind."""
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def refuse_unknown(validator, allowed, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `additionalProperties`, with an error for each unknown key, at the key."""
    if allowed is not False:
        yield from Draft202012Validator.VALIDATORS["additionalProperties"](validator, allowed, instance, schema)
    elif isinstance(instance, dict):
        for key in instance:
            if key not in schema["properties"]:
                yield ValidationError("unknown", path=[key], instance=key)


def miss_keys(validator, required, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `required`, with an error for each missing key."""
    if isinstance(instance, dict):
        for key in required:
            if key not in instance:
                yield ValidationError("missing", validator_value=key)


def choose_one(validator, others, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `oneBesides`: exactly one key, not counting others that may stand beside it."""
    if isinstance(instance, dict) and len(instance.keys() - set(others)) != 1:
        yield ValidationError("not one")


FillingValidator = validators.extend(
    Draft202012Validator,
    {
        "properties": fill_properties,
        "pattern": match_pattern,
        "additionalProperties": refuse_unknown,
        "required": miss_keys,
        "oneBesides": choose_one,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)


def errors_of(name: str, value) -> list[ValidationError]:
    """Fill defaults into a value and list its errors, each cause without its consequences."""
    errors = list(validator(name).iter_errors(value))
    unknown: dict[tuple, list[ValidationError]] = {}  # mapping -> its unknown keys
    for error in errors:
        if error.validator == "additionalProperties":
            unknown.setdefault(tuple(error.absolute_path)[:-1], []).append(error)
    return [error for error in errors if not follows(error, unknown.get(tuple(error.absolute_path), []))]


def follows(error: ValidationError, unknown: list[ValidationError]) -> bool:
    """Whether an error follows from another.

    A misspelt key is also missing under its right name; one that names another kind of learner asks for other keys. 2.5
    in the place of an integer: its limits do not matter.
    """
    meant = {meant_key(each.instance, each.schema["properties"]) for each in unknown}
    match error.validator:
        case "required" | "oneOf" if meant & KINDS:
            return True
        case "required":
            missing = {error.validator_value}
        case "oneOf" if not isinstance(error.instance, dict):
            return True
        case "oneOf":
            missing = {part["required"][0] for part in error.validator_value} - set(error.instance)
        case "maxProperties" | "oneBesides":
            return bool(unknown)
        case "minimum" | "maximum":
            return error.schema.get("type") == "integer" and type(error.instance) is not int
        case _:
            return False
    return bool(meant & missing)


def meant_key(name, allowed: Iterable[str]) -> str | None:
    """The allowed key that an unknown name means; None if there is none.

    name: in other capitals, listed in the schema's `meant`, or misspelt. allowed: the keys.
    """
    for key in (*same_names(name, allowed), *keys_meant(name)):
        if key in allowed:
            return key
    cutoff = NEARER if sentence(name) else NEAR
    near = difflib.get_close_matches(str(name), list(allowed), n=1, cutoff=cutoff)
    return near[0] if near else None


def same_names(name, allowed: Iterable[str]) -> list[str]:
    """The allowed keys that differ from a name only in capitals, spaces, `_` and `-`."""
    return [key for key in allowed if fold(key) == fold(name)]


def keys_meant(name) -> list[str]:
    """The keys that an unknown name may stand for, by the schema's `meant`."""
    return [] if sentence(name) else meanings().get(fold(name), [])


def sentence(name) -> str:
    """The sentence that the schema's `meant` has for a name; "" where it has none."""
    meaning = meanings().get(fold(name))
    return meaning if isinstance(meaning, str) else ""


@functools.cache
def meanings() -> dict[str, list[str] | str]:
    """The schema's `meant`, by folded name: the keys meant, or a sentence."""
    return {fold(name): meaning for name, meaning in whole_schema()["meant"].items()}


def fold(name) -> str:
    """A name in lower case, without underscores, hyphens and spaces."""
    return re.sub(r"[-_ ]", "", str(name)).lower()
