"""Config files and the words of `--config`, read once more for what Snakemake passes over."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from applicability.config.schema import LOADER, shown
from applicability.errors import InputError


def read(paths: Iterable[str | Path], words: Iterable[str] = ()) -> None:
    """Read config files, and the words of `--config`, once more, for what Snakemake, which has read them, passes over.

    Raises InputError where a key is there twice, of which YAML takes the last in silence, or `__use_yte__`, by which
    Snakemake runs what is in a config.
    """
    for path in paths:
        try:
            once(path, Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
            raise InputError(f"config: {path}: expected a file of YAML or JSON: {error}") from error
    for word in words:
        with contextlib.suppress(RecursionError, yaml.YAMLError):  # then it is a text
            once("--config", word.partition("=")[2])


def once(origin: str | Path, text: str) -> None:
    """Raises InputError where a mapping within a text of YAML has a key twice, or one that makes it a program."""
    for keys in keys_of(yaml.compose(text, LOADER), set()):
        for key, count in Counter(keys).items():
            if count > 1:
                raise InputError(f"config: {origin}: expected each key once; found {shown(key)} {count} times")
            if key == "__use_yte__":
                raise InputError(f"config: {origin}: __use_yte__: a config is no program")


def keys_of(node: yaml.Node | None, seen: set) -> Iterator[list[str]]:
    """The keys of every mapping within a node of YAML, once however often it is referred to."""
    if isinstance(node, yaml.CollectionNode) and node not in seen:
        seen.add(node)
        inner = node.value
        if isinstance(node, yaml.MappingNode):
            yield [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            inner = [value for _, value in node.value]
        for value in inner:
            yield from keys_of(value, seen)


def read_again(value):
    """The texts within nested mappings and lists as YAML reads them. Snakemake does so for `--config seed=1` alone, not
    for what is within, as in `--config 'examples={gaussians: {seed: 1}}'`."""
    if isinstance(value, Mapping):
        return {key: read_again(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [read_again(inner) for inner in value]
    try:
        read = yaml.safe_load(value) if isinstance(value, str) else value
    except (yaml.YAMLError, ValueError, RecursionError):  # such as the 45th of a month
        return value
    return value if isinstance(read, Mapping | list) else read
