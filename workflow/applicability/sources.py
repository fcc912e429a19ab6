"""Which code a job depends on, read off the sources without running them: files of ours, versions of other packages.

The rules give it to their jobs as a param: a job runs again where its code says something else than before.
"""

import ast
import contextlib
import functools
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent


class Source(NamedTuple):
    """A module's file, the digest of its code, and by name the modules of this package and the packages it imports."""

    path: Path
    digest: str
    modules: list[str]
    packages: set[str]


def code_of_modules(*modules: str) -> str:
    """Digests of the source files that modules need and versions of the packages these import, as JSON.

    Equal code gives an equal text. A package is listed where a distribution of the same name is installed, without the
    local part of its version: torch's `+cpu` is where, not what.
    """
    sources = sources_of(*modules)
    versions = {name: version_of(name) for name in sorted(set().union(*(each.packages for each in sources)))}
    digests = {os.path.relpath(each.path): each.digest for each in sources}
    return json.dumps(digests | {name: found for name, found in versions.items() if found})


def source_files(*modules: str) -> list[str]:
    """Files of this package that modules need, directly or not, sorted.

    Paths are relative to the working directory: a project that moves reruns nothing.
    """
    return [os.path.relpath(each.path) for each in sources_of(*modules)]


def sources_of(*modules: str) -> list[Source]:
    """The sources that modules (as `stages.train` or `figures.samples`) need, directly or not, sorted by path.

    An import inside a function counts too. Raises KeyError for a module that does not exist.
    """
    found, ahead = {}, [f"{PACKAGE.name}.{module}" for module in modules]
    while ahead:
        module = ahead.pop()
        if module not in found:
            found[module] = read(module)
            ahead += found[module].modules
    return sorted(found.values())


@functools.cache
def read(module: str) -> Source:
    """One module of this package by its dotted name. Raises KeyError where there is none."""
    path = path_of(module)
    tree = ast.parse(path.read_bytes())
    nodes = [tree, *statements(tree)]
    names = imported(nodes, module if path.name == "__init__.py" else module.rpartition(".")[0])
    ours = [name for name in names if name.partition(".")[0] == PACKAGE.name and exists(name)]
    others = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {PACKAGE.name}
    drop_docstrings(nodes)  # ast.dump leaves out comments and formatting by itself
    return Source(path, hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:16], ours, others)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement within a node, without the expressions: no import is among them, and they are many more."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from statements(child)


def imported(nodes: Iterable[ast.AST], package: str) -> list[str]:
    """Dotted names that statements import, and the package that holds them; some are names in a module, not modules."""
    names = [package]
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            names += [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
    return names


def drop_docstrings(nodes: Iterable[ast.AST]) -> None:
    """Take the docstrings of a module, its classes and its functions out of the tree."""
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(ast.Constant(str())), *code]:
                    node.body = code


@functools.cache
def path_of(module: str) -> Path:
    """The file of one of this package's modules by its dotted name. Raises KeyError where there is none."""
    base = PACKAGE.parent.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    raise KeyError(module)


def exists(module: str) -> bool:
    """Whether a dotted name is a module of this package (and not a name within one)."""
    try:
        return bool(path_of(module))
    except KeyError:
        return False


def modules(folder: str) -> list[str]:
    """The names of the modules in a folder of this package (as `figures` or `figures.examples`), sorted."""
    paths = path_of(f"{PACKAGE.name}.{folder}").parent.glob("*.py")
    return sorted(path.stem for path in paths if path.stem != "__init__")


@functools.cache
def constants(module: str) -> dict:
    """What a module assigns to names in capitals and spells out, by name."""
    found = {}
    for node in ast.parse(path_of(f"{PACKAGE.name}.{module}").read_bytes()).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                with contextlib.suppress(ValueError):  # worked out, not spelt out
                    found[name] = ast.literal_eval(value)
    return found


def parameters(module: str, function: str) -> list[str]:
    """The names of a function's parameters. Raises KeyError where the module has no such function."""
    for node in ast.parse(path_of(f"{PACKAGE.name}.{module}").read_bytes()).body:
        match node:
            case ast.FunctionDef(name=name, args=given) if name == function:
                return [each.arg for each in given.args]
    raise KeyError(f"{module}.{function}")


@functools.cache
def version_of(package: str) -> str | None:
    """The installed version of a package, without its local part; None where no distribution has its name."""
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return None
