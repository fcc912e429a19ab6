"""Config files and `--config`, checked for faults that Snakemake ignores or cannot place.

rules/common.smk and the logger plugin use it. May import config.messages, config.schema and errors.
"""

import argparse
import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from applicability.config.messages import shown
from applicability.config.schema import LOADER
from applicability.errors import InputError

DEFAULT = Path(__file__).parents[3] / "config" / "config.yaml"


def check_files(paths: Iterable[str | Path], words: Iterable[str] = ()) -> None:
    """Check config files and the words of `--config` for faults that Snakemake ignores.

    paths: the files.
    words: `key=value`, as `--config` takes them.
    Raises InputError, which names the file: the file cannot be read (with line and column), is no mapping, has a key
    twice (YAML silently takes the last) or the key `__use_yte__` (Snakemake would run code in the config).
    """
    for path in paths:
        check_mapping(path, compose(path))
    for word in words:
        with contextlib.suppress(RecursionError, yaml.YAMLError):  # no YAML: a text
            check_keys("--config", yaml.compose(word.partition("=")[2], LOADER))


def explain_refusal(words: list[str]) -> str | None:
    """What is wrong with the config files of a command line; None if nothing.

    words: the command line behind `snakemake`.
    Snakemake reads config files before our rules and does not name the file that it refuses.
    """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", default=[])
    parser.add_argument("--config", "-C", nargs="*")  # else argparse takes `--config` for short for `--configfile`
    try:
        check_files(parser.parse_known_args(words)[0].configfile or [os.path.relpath(DEFAULT)])
    except InputError as error:
        return str(error)
    return None


def compose(path: str | Path) -> yaml.Node | None:
    """The nodes of a YAML file; None if empty. Raises InputError with line and column."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        return yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}, line {mark.line + 1}, column {mark.column + 1}"
        tab = text[mark.index : mark.index + 1] == "\t"
        problem = "found a tab; YAML is indented by spaces" if tab else f"{error.problem} {error.context or ''}".strip()
        raise InputError(f"config: {where}: expected YAML or JSON; {problem}") from error
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"config: {path}: expected YAML or JSON; {reason}") from error


def check_mapping(path: str | Path, node: yaml.Node | None) -> None:
    """Raises InputError where a file holds no mapping, or one with bad keys."""
    if not isinstance(node, yaml.MappingNode):
        found = "an empty file" if node is None else "a list" if isinstance(node, yaml.SequenceNode) else "a text"
        raise InputError(f"config: {path}: expected a mapping with the key 'studies'; found {found}")
    check_keys(path, node)


def check_keys(origin: str | Path, node: yaml.Node | None) -> None:
    """Raises InputError where a mapping within a node has a key twice, or `__use_yte__`."""
    for keys in keys_of(node, set()):
        for key, count in Counter(keys).items():
            if count > 1:
                raise InputError(f"config: {origin}: expected each key once; found {shown(key)} {count} times")
            if key == "__use_yte__":
                raise InputError(f"config: {origin}: __use_yte__: a config is no program")


def keys_of(node: yaml.Node | None, seen: set) -> Iterator[list[str]]:
    """The keys of every mapping within a YAML node; a mapping with aliases counts once."""
    if isinstance(node, yaml.CollectionNode) and node not in seen:
        seen.add(node)
        inner = node.value
        if isinstance(node, yaml.MappingNode):
            yield [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            inner = [value for _, value in node.value]
        for value in inner:
            yield from keys_of(value, seen)


def parse_texts(value):
    """Parse the texts within nested mappings and lists as YAML.

    value: of `--config`. Snakemake parses the outermost value, as in `--config seed=1`, but leaves inner values as
        texts, as in `--config 'examples={gaussians: {seed: 1}}'`.
    """
    if isinstance(value, Mapping):
        return {key: parse_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [parse_texts(inner) for inner in value]
    try:
        read = yaml.safe_load(value) if isinstance(value, str) else value
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: the 45th of a month, say
        return value
    return value if isinstance(read, Mapping | list) else read
