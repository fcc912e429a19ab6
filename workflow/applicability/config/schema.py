"""The config's schema: what it allows, and the one line that says what does not fit."""

import copy
import difflib
import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from applicability.errors import InputError

SCHEMA = Path(__file__).parents[2] / "schemas" / "config.schema.yaml"

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # runs nothing; the one in C is ten times as fast

LONGEST = 200  # characters of a value that a message shows

WORDS = {"array": "a list", "object": "a mapping", "string": "a text", "boolean": "true or false"}

WORDS |= {"number": "a number", "integer": "a whole number"}


def checked_as(name: str, value):
    """A value, with defaults filled in, of the config itself or of another part of the schema: `arguments.<name>`.

    Raises InputError with one line that names the first wrong key, what is allowed and what was found.
    """
    errors = list(validator(name).iter_errors(value))
    if errors:  # a misspelt key is the cause where another is missing, so it comes first
        first = min(errors, key=lambda error: error.validator != "additionalProperties")
        raise InputError(f"config: {told(first)}" if name == "config" else told(first, name))
    return value


@functools.cache
def validator(name: str) -> Draft202012Validator:
    """What checks a part of the schema."""
    schema = whole_schema()
    part = schema if name == "config" else {"$ref": f"#/$defs/arguments/{name}", "$defs": schema["$defs"]}
    return FillingValidator(part)


@functools.cache
def whole_schema() -> dict:
    """The schema file."""
    return yaml.load(SCHEMA.read_text(encoding="utf-8"), LOADER)


def filled(validator, properties, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `properties`, which also fills in defaults."""
    if isinstance(instance, dict):
        for key, part in properties.items():
            if "default" in part:
                instance.setdefault(key, copy.deepcopy(part["default"]))
    yield from Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)


def matched(validator, pattern, instance, schema) -> Iterator[ValidationError]:
    """The schema keyword `pattern`, of the whole text: to Python's `$` a name with a newline behind is one."""
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


FillingValidator = validators.extend(
    Draft202012Validator,
    {"properties": filled, "pattern": matched},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)


def told(error: ValidationError, *above: str) -> str:
    """One line for a user: the key, what was expected, what was found, and the nearest valid name."""
    path = ".".join(map(shown, [*above, *error.absolute_path])) or "the top level"
    found, rule = error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            allowed = sorted(error.schema["properties"])
            unknown = min(set(found) - set(allowed), key=str)
            key = shown(unknown) if path == "the top level" else f"{path}.{shown(unknown)}"
            return f"{key}: unknown; allowed: {', '.join(allowed)}{nearest(unknown, allowed)}"
        case "enum":
            return f"{path}: expected one of {', '.join(rule)}; found {quoted(found)}{nearest(found, rule)}"
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
            return f"{path}: expected {limit}{count}; found {', '.join(map(shown, found)) or 'none'}"
        case "minItems" | "maxItems":
            return (
                f"{path}: expected at {'least' if error.validator == 'minItems' else 'most'} {rule}; found {len(found)}"
            )
        case "pattern" if "examples" in error.schema:
            return f"{path}: expected one of {', '.join(error.schema['examples'])}; found {quoted(found)}"
        case "pattern":
            return f"{path}: expected a name of {error.schema['description']}; found {quoted(found)}"
        case "not":
            return f"{path}: expected another name than {', '.join(rule['enum'])}; found {quoted(found)}"
    return f"{path}: expected {expected(error.schema)}; found {quoted(found)}{hint(found, error.schema)}"


def expected(schema: Mapping) -> str:
    """What a schema of one value asks for, in words."""
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = " and ".join(f"{sign} {schema[key]}" for key, sign in bounds.items() if key in schema)
    return f"{WORDS[schema.get('type', 'number')]} {limits}".strip()


def quoted(value) -> str:
    """A value as Python writes it, the middle of a long one left out."""
    return shown(value, repr)


def shown(value, written: Callable[[object], str] = str) -> str:
    """A key or a number, the middle of a long one left out."""
    try:
        text = written(value)
    except ValueError:  # more digits than Python writes
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} ... {text[-LONGEST // 4 :]}"


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


DEEPEST, MOST = 20, 100_000  # levels and values of a config: few lines of YAML can stand for more than a memory holds

LARGEST = 1e300  # of numbers


def checked(config: Mapping) -> dict:
    """A copy of a config with defaults filled in.

    Raises InputError with one line that names the first wrong key, what is allowed and what was found.
    """
    if not isinstance(config, Mapping):
        raise InputError(f"config: expected a mapping; found {type(config).__name__}")
    sized("config: ", config)
    return checked_as("config", copy.deepcopy(dict(config)))


def sized(above: str, value) -> None:
    """Raises InputError where nested mappings and lists are too deep, too large, or hold a number that is."""
    for count, (path, each) in enumerate(leaves(above, value)):
        if count == MOST:
            raise InputError(f"{path}: expected no more than {MOST:,} values in all")
        if isinstance(each, int | float) and not abs(each) <= LARGEST:
            raise InputError(f"{path}: expected a finite number, up to {LARGEST:g}; found {shown(each)}")


def leaves(above: str, value, *keys) -> Iterator[tuple[str, object]]:
    """Every key and value within nested mappings and lists, with its dotted path. Raises InputError where too deep."""
    path = f"{above}{'.'.join(map(shown, keys))}".rstrip(".: ")
    if not isinstance(value, Mapping | list):
        yield path, value
    elif len(keys) == DEEPEST:
        raise InputError(f"{path}: expected no more than {DEEPEST} levels")
    else:
        for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield path, key
            yield from leaves(above, inner, *keys, key)
