"""Small wrong changes of a module: one operator, number, condition, argument or statement at a time."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

OPERATORS = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div},
    **{ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd},
}
TWINS = [
    ("min", "max"),
    ("amin", "amax"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("any", "all"),
    ("ceil", "floor"),
]
TWINS = dict(TWINS) | {other: one for one, other in TWINS}
UNTOUCHED = ("annotation", "returns", "decorator_list")  # fields of a tree that compute nothing


@dataclass(frozen=True)
class Mutant:
    """One wrong change of a module, and where it is."""

    path: str
    function: str  # qualified name of the function, method or class; empty outside of any
    line: int
    was: str
    becomes: str
    number: int  # of the module's changes

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.was}  →  {self.becomes}"


def mutants(path: Path, root: Path) -> list[Mutant]:
    """Every wrong change of a module below a root."""
    found, tree = [], ast.parse(path.read_text())
    for node, function, name, new in every_change(tree):
        was, old = ast.unparse(node), getattr(node, name)
        setattr(node, name, new)
        where = str(path.relative_to(root)), function, node.lineno
        found.append(Mutant(*where, was, ast.unparse(node), len(found)))
        setattr(node, name, old)
    return found


def mutated(text: str, number: int) -> str:
    """A module's text with one of its changes, without comments."""
    tree = ast.parse(text)
    node, _, name, new = next(islice(every_change(tree), number, None))
    setattr(node, name, new)
    return ast.unparse(tree)


def every_change(tree: ast.AST) -> Iterator[tuple[ast.AST, str, str, object]]:
    """Every node that can be changed, its function, and the change: see :func:`changes`."""
    return ((node, function, *change) for node, function in places(tree) for change in changes(node))


def places(node: ast.AST, function: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Every expression and statement of a tree, with its function's qualified name."""
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or field in UNTOUCHED or is_docstring(child):
                continue
            inside = function
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and (not function or isinstance(node, ast.ClassDef)):
                inside = f"{function}.{child.name}".lstrip(".")
            if isinstance(child, ast.expr | ast.stmt):
                yield child, inside
            yield from places(child, inside)


def is_docstring(node: ast.AST) -> bool:
    """Whether a statement is a string by itself."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    """The wrong changes of one node: an attribute of it, and what it becomes."""
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                yield "ops", node.ops[:place] + [OPERATORS[type(operator)]()] + node.ops[place + 1 :]
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp() if type(node.op) in OPERATORS:
            yield "op", OPERATORS[type(node.op)]()
        case ast.UnaryOp(op=ast.USub()):
            yield "op", ast.UAdd()
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield "operand", ast.UnaryOp(node.op, node.operand)
        case ast.Constant(value=bool()):
            yield "value", not node.value
        case ast.Constant(value=int()):
            yield "value", node.value + 1
        case ast.Constant(value=float()):
            yield "value", 2 * node.value or 1.0
        case ast.Name() if node.id in TWINS:
            yield "id", TWINS[node.id]
        case ast.Attribute() if node.attr in TWINS:
            yield "attr", TWINS[node.attr]
        case ast.Call():
            for place in range(len(node.keywords)):
                yield "keywords", node.keywords[:place] + node.keywords[place + 1 :]
        case ast.If() | ast.IfExp() | ast.While() if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield "test", ast.UnaryOp(ast.Not(), node.test)
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield "__class__", ast.Pass
