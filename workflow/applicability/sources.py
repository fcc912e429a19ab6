"""Which code a job depends on: source files and package versions, read without running them.

The rules hand the code to their jobs as a param: a job runs again where its code has changed.
Used by the rules and figures.catalogue. May import nothing of ours.
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
DISTRIBUTIONS = {"sklearn": "scikit-learn"}  # of packages of another name


class Source(NamedTuple):
    """A module's file, its code's digest, and what the module imports."""

    path: Path
    digest: str
    modules: list[str]  # of this package
    packages: set[str]  # of others


def code_of_modules(*modules: str) -> str:
    """The code that modules need, as JSON: digests of source files, versions of packages.

    modules: dotted names within this package, as `stages.train`.

    Equal code gives equal text. A package is listed where a distribution of its name is installed, its version without
    the local part: torch's `+cpu` is where, not what. Raises KeyError for a module that does not exist.
    """
    sources = sources_of(*modules)
    versions = {name: version_of(name) for name in sorted(set().union(*(each.packages for each in sources)))}
    digests = {os.path.relpath(each.path): each.digest for each in sources}
    return json.dumps(digests | {name: found for name, found in versions.items() if found})


def source_files(*modules: str) -> list[str]:
    """Sorted paths of this package's files that modules need, directly or not.

    modules: as in :func:`code_of_modules`. Paths are relative to the working directory: a project that moves reruns
    nothing.
    """
    return [os.path.relpath(each.path) for each in sources_of(*modules)]


def sources_of(*modules: str) -> list[Source]:
    """The sources that modules need, directly or not, sorted by path.

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
    """Read a module of this package by dotted name. Raises KeyError for others."""
    path = path_of(module)
    tree = tree_of(module)
    nodes = [tree, *statements(tree)]
    names = imported(nodes, module if path.name == "__init__.py" else module.rpartition(".")[0])
    ours = [name for name in names if name.partition(".")[0] == PACKAGE.name and exists(name)]
    others = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {PACKAGE.name}
    drop_docstrings(nodes)  # ast.dump leaves out comments and formatting by itself
    return Source(path, hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:16], ours, others)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement within a node; expressions are skipped, for no import is among them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from statements(child)


def imported(nodes: Iterable[ast.AST], package: str) -> list[str]:
    """Dotted names that statements import, and the package that holds the statements.

    Some names are those of objects in a module, not modules.
    """
    names = [package]
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            names += [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
    return names


def drop_docstrings(nodes: Iterable[ast.AST]) -> None:
    """Remove the docstrings of modules, classes and functions from their nodes."""
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(ast.Constant(str())), *code]:
                    node.body = code


@functools.cache
def path_of(module: str) -> Path:
    """The file of a module, by dotted name. Raises KeyError where it is missing."""
    base = PACKAGE.parent.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    raise KeyError(module)


@functools.cache
def tree_of(module: str) -> ast.Module:
    """The syntax tree of a module, parsed once; :func:`read` removes its docstrings."""
    return ast.parse(path_of(module).read_bytes())


def exists(module: str) -> bool:
    """Whether a dotted name is a module of this package, not an object within."""
    try:
        return bool(path_of(module))
    except KeyError:
        return False


def modules(folder: str) -> list[str]:
    """Sorted names of the modules in a folder (`figures` or `figures.examples`)."""
    paths = path_of(f"{PACKAGE.name}.{folder}").parent.glob("*.py")
    return sorted(path.stem for path in paths if path.stem != "__init__")


@functools.cache
def constants(module: str) -> dict:
    """Literal values of a module's names in capitals, by name.

    module: dotted name within this package. A value that is computed is left out.
    """
    found = {}
    for node in tree_of(f"{PACKAGE.name}.{module}").body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                with contextlib.suppress(ValueError):  # computed, not a literal
                    found[name] = ast.literal_eval(value)
    return found


def parameters(module: str, function: str) -> dict[str, bool]:
    """The names of a function's parameters, each with whether it has a default, read without importing its module.

    module, function: their names. Raises KeyError where the module has no function of the name.
    """
    for node in tree_of(f"{PACKAGE.name}.{module}").body:
        match node:
            case ast.FunctionDef(name=name, args=given) if name == function:
                least = len(given.args) - len(given.defaults)
                return {each.arg: place >= least for place, each in enumerate(given.args)}
    raise KeyError(f"{module}.{function}")


@functools.cache
def version_of(package: str) -> str | None:
    """The installed version of a package without its local part; None for an unknown package."""
    try:
        return version(DISTRIBUTIONS.get(package, package)).partition("+")[0]
    except PackageNotFoundError:
        return None
