"""Learners that differ in a setting: `lr: {each: [0.1, 0.01]}` of `net` makes `net-lr=0.1` and `net-lr=0.01`.

validation.py uses it. May import config.messages.
"""

import itertools
import math
from collections.abc import Iterator, Mapping

from jsonschema import ValidationError

from applicability.config.messages import shown

EACH = "each"  # the key that stands with its values in the place of one

MOST = 50  # learners made of one

DEEPER = "write it at the option that differs, optimiser: {sgd: {lr: {each: [0.1, 0.01]}}}"


def make_variants(config: dict) -> tuple[list[ValidationError], dict[tuple, tuple]]:
    """Put the learners that `each` asks for in the place of theirs.

    config: as it was read, with anything in the place of its keys; changed in place.

    Returns errors, one for each `each` that cannot be, and the path of each learner with that of the one it is made of.
    """
    errors, made = [], {}
    studies = config.get("studies")
    for study, entry in studies.items() if isinstance(studies, Mapping) else ():
        learners = entry.get("learners") if isinstance(entry, Mapping) else None
        if isinstance(learners, Mapping):
            above, found = ("studies", study, "learners"), {}
            for name, learner in learners.items():
                places = [*places_of_each(learner)]
                errors.extend(faults_of_each(places, *above, name))
                for variant, options in combinations(name, learner, [] if errors else places):
                    if variant in found:
                        text = f"expected values of {EACH} that differ in name; found {variant} twice; {DEEPER}"
                        errors.append(ValidationError(text, path=[*above, name]))
                    found[variant], made[*above, variant] = options, (*above, name)
            entry["learners"] = learners if errors else found
    return errors, made


def places_of_each(value, *path) -> Iterator[tuple[tuple, object]]:
    """The keys down to every `each` within a learner, also within lists and other `each`, with what stands there."""
    if isinstance(value, Mapping) and EACH in value:
        yield path, value[EACH] if [*value] == [EACH] else value
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from places_of_each(inner, *path, key)


def faults_of_each(places: list[tuple[tuple, object]], *above) -> Iterator[ValidationError]:
    """What is wrong with the values of each `each` of a learner, and with their number."""
    for path, values in places:
        if not isinstance(values, list) or not values or not path:
            text = f"expected a list of values, {{{EACH}: [0.1, 0.01]}}, in the place of one; found {shown(values)}"
            yield ValidationError(text, path=[*above, *path])
        elif EACH in path or not all(isinstance(key, str) for key in path):
            yield ValidationError(f"expected no {EACH} within a list; {DEEPER}", path=[*above, *path])
        elif repeated := [value for place, value in enumerate(values) if value in values[:place]]:
            yield ValidationError(f"expected each value once; found {shown(repeated[0])} twice", path=[*above, *path])
    count = math.prod(len(values) for _, values in places if isinstance(values, list))
    if count > MOST:
        yield ValidationError(f"expected at most {MOST} learners of one; found {count:,}", path=above)


def combinations(name, learner, places: list[tuple[tuple, list]]) -> Iterator[tuple[object, object]]:
    """The learners of every combination of values, each with its name, in the order of the values.

    Without places, and by a name that is no text, the learner as it is.
    """
    if not places or not isinstance(name, str):
        yield name, learner
        return
    for chosen in itertools.product(*(values for _, values in places)):
        made, words = learner, [name]
        for (path, _), value in zip(places, chosen, strict=True):
            made = with_setting(made, path, value)
            words.append(f"{path[-1]}={in_a_name(value)}")
        yield "-".join(words), made


def with_setting(entry: Mapping, path: tuple, value) -> dict:
    """A copy of nested mappings with another value at the end of some keys."""
    key, *rest = path
    return dict(entry) | {key: with_setting(entry[key], rest, value) if rest else value}


def in_a_name(value) -> str:
    """A value in a name: 0.01, true, 64x64 of a list, sgd of a mapping with this key."""
    if isinstance(value, list):
        return "x".join(map(str, value)) or "none"
    if isinstance(value, Mapping):
        return "-".join(map(str, value))
    return str(value).lower()
