"""What the code says of itself, read without running it: which files a module, and so a job, depends on."""

import ast
import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

PACKAGE = Path(__file__).parent


def sources(*modules: str) -> list[str]:
    """Files of this package that `modules` (as `stages.train` or `figures.samples`) need, directly or not, sorted.

    Paths are relative to the working directory: a project that moves reruns nothing. An import inside a function
    counts too. Raises KeyError for a module that does not exist.
    """
    found, ahead = {}, [f"{PACKAGE.name}.{module}" for module in modules]
    while ahead:
        module = ahead.pop()
        if module not in found:
            found[module] = path_of(module)
            ahead += imported(module)
    return sorted(os.path.relpath(path) for path in found.values())


def digests(*modules: str) -> str:
    """The files of :func:`sources` with what they hold, as JSON: equal code, equal string."""
    return json.dumps({path: digest(path) for path in sources(*modules)})


@functools.cache
def digest(path: str) -> str:
    """What tells a file's content from any other."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


@functools.cache
def path_of(module: str) -> Path:
    """The file of one of this package's modules by its dotted name. Raises KeyError where there is none."""
    base = PACKAGE.parent.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    raise KeyError(module)


@functools.cache
def imported(module: str) -> list[str]:
    """This package's modules that a module imports itself, with the packages that hold it."""
    path = path_of(module)
    parent = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names = [parent]
    for node in statements(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), parent)
            names += [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.split(".")[0] == PACKAGE.name and exists(name)]


def keys(module: str, table: str) -> list[str]:
    """The keys of a table that a module spells out. Raises KeyError where it does not.

    To check a config against them; importing what is needed for the values, torch say, would take a second.
    """
    for node in ast.parse(path_of(f"{PACKAGE.name}.{module}").read_bytes()).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=found)) if name == table:
                return [ast.literal_eval(key) for key in found]
    raise KeyError(f"{module}.{table}")


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement within a node, without the expressions: no import is among them, and they are many more."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from statements(child)


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
