"""Error messages of the schema: what was expected, what was found, what was probably meant.

validation.py and reading.py use it. May import config.schema.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

import yaml
from jsonschema import ValidationError

from applicability.config.schema import keys_meant, meant_key, same_names, sentence, whole_schema

LONGEST = 200  # characters of a value that a message shows

WORDS = {"array": "a list", "object": "a mapping", "string": "a text", "boolean": "true or false"}
WORDS |= {"number": "a number", "integer": "a whole number"}

BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}

# part of the schema -> the keys above the part in a config
PLACES = {
    "study": ("studies", "NAME"),
    "learner": ("learners", "NAME"),
    "optimiser": ("optimiser",),
    "coordinate": ("task", "GROUP"),
}


def explain(error: ValidationError) -> str:
    """The message of an error, without its key, which is `dotted(error.absolute_path)`."""
    found, rule = error.instance, error.validator_value
    match error.validator:
        case validator if not isinstance(validator, str):  # an error of validation.py
            return error.message
        case "additionalProperties":
            allowed = sorted(error.schema["properties"])
            return f"unknown; allowed: {', '.join(allowed)}{answer(found, allowed)}"
        case "enum":
            return f"expected one of {', '.join(rule)}; found {quoted(found)}{nearest(found, rule)}"
        case "required":
            return f"{rule!r} is missing"
        case "oneOf":
            names = [part["required"][0] for part in rule]
            there = " and ".join(name for name in names if name in found) or "neither"
            return f"expected exactly one of {', '.join(names)}; found {there}"
        case "dependentRequired":
            key, missing = next((key, each) for key in rule if key in found for each in rule[key] if each not in found)
            return f"expected the key {missing} beside {key}; found none"
        case "oneBesides":
            names = [shown(name) for name in found if name not in rule]
            return f"expected one distribution; found {', '.join(names) or 'none'}"
        case "uniqueItems":
            twice = next(item for item in found if found.count(item) > 1)
            return f"expected each value once; found {quoted(twice)} twice"
        case "minProperties" | "maxProperties" | "minItems" | "maxItems":
            return f"expected {count(error)}"
        case "pattern" if "examples" in error.schema:
            return f"expected one of {', '.join(error.schema['examples'])}; found {quoted(found)}"
        case "pattern":
            return f"expected a name of {error.schema['description']}; found {quoted(found)}"
        case "not":
            return f"expected another name than {', '.join(rule['enum'])}; found {quoted(found)}"
    return f"expected {expected(error.schema)}; found {quoted(found)}{hint(error)}"


def count(error: ValidationError) -> str:
    """How many entries or items are allowed, and which or how many were found."""
    found, rule = error.instance, error.validator_value
    limit = "at least " if error.validator.startswith("min") else "at most "
    if error.validator.endswith("Items"):
        return f"{limit}{rule}; found {len(found)}"
    if error.schema.get("minProperties") == error.schema.get("maxProperties"):
        limit = ""
    entries = {1: "one entry", 2: "two entries"}.get(rule, f"{rule} entries")
    return f"{limit}{entries}; found {shown(', '.join(map(shown, found))) or 'none'}"


def expected(schema: Mapping) -> str:
    """What a schema of one value asks for, in words."""
    limits = " and ".join(f"{sign} {schema[key]}" for key, sign in BOUNDS.items() if key in schema)
    return f"{WORDS[schema.get('type', 'number')]} {limits}".strip()


def answer(name, allowed: Iterable[str]) -> str:
    """What an unknown key may mean: an allowed key, another place's key, or neither."""
    if guess := nearest(name, allowed):
        return guess
    if said := sentence(name):
        return f"; {said}"
    places = (place for key in (name, *keys_meant(name)) for place in places_of(key))
    return next((f"; write {place}" for place in places), "") or quotes(name)


def nearest(name, allowed: Iterable[str]) -> str:
    """The question whether an allowed key or choice was meant; "" where none is near."""
    meant = meant_key(name, allowed)
    return f"; did you mean {meant!r}?" if meant else ""


def places_of(name) -> Iterator[str]:
    """Every place of a key, as a config writes it: `optimiser: {sgd: {lr: 0.001}}`."""
    for part, above in PLACES.items():
        properties = whole_schema()["$defs"][part]["properties"]
        owners = {(): properties} | {(owner,): spec.get("properties", {}) for owner, spec in properties.items()}
        for owner, inner in owners.items():
            for key in same_names(name, inner):
                yield in_a_config([*above, *owner, key], inner[key]["examples"][0])


def in_a_config(path: Iterable[str], value) -> str:
    """A value below some keys, as one line of a config."""
    for key in reversed(path):
        value = {key: value}
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=math.inf).strip()[1:-1]


def hint(error: ValidationError) -> str:
    """How to write a value that YAML reads differently, or that lacks a level."""
    found, kind = error.instance, error.schema.get("type")
    if kind == "string" and isinstance(found, bool):
        return quotes(found)
    if isinstance(found, list) and kind in ("number", "integer", "boolean") and "learners" in error.absolute_path:
        return f" (a learner of each: {{each: {shown(found)}}})"
    if "propertyNames" in error.absolute_schema_path:
        return f" (a name has a letter first, as a{shown(found)} has)"
    if kind == "object" and isinstance(found, str) and (name := meant_key(found, error.schema.get("properties", []))):
        return f" (write {{{in_a_config([name], error.schema['properties'][name]['examples'][0])}}})"
    try:
        value = float(found) if isinstance(found, str) and kind in ("number", "integer") else math.nan
    except ValueError:
        return ""
    if not math.isfinite(value) or (kind == "integer" and not value.is_integer()):
        return ""
    return f" (YAML reads it as text: write {int(value) if kind == 'integer' else value})"


def quotes(name) -> str:
    """How to write a name that YAML 1.1 reads as true or false."""
    if not isinstance(name, bool):
        return ""
    words = "yes, on and true" if name else "no, off and false"
    return f" (YAML reads {words} so: write a name in quotes, {'yes' if name else 'no'!r})"


def dotted(path: Iterable) -> str:
    """A path of keys as messages name it."""
    return ".".join(map(shown, path))


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
