"""Stage plot: a figure from tables and cell files, in every format asked for."""

import importlib
import inspect
import json
from pathlib import Path
from types import ModuleType

from matplotlib import rc_context

from applicability.drawing import style
from applicability.errors import InputError
from applicability.storage import tables
from applicability.storage.files import ORIGIN, check_endings, write_atomically

UNDATED = {  # metadata without dates or versions of the moment, so that equal content gives equal bytes
    ".pdf": {"CreationDate": None, "ModDate": None},
    ".svg": {"Date": None},
    ".png": {"Software": None},
}

DESCRIPTION = {".pdf": "Subject", ".svg": "Description", ".png": "Description"}

# table -> what its figures read of it, among others
COLUMNS = {
    "summary": ["learner", "scale", "n", "replicates", "accuracy_mean", "gap_high", "verdict"],
    "optimum": ["scale", "accuracy", "log_loss", "guessing", "plugin_constant", "plugin_from"],
    "planning": ["learner", "scale", "gap", "needed", "fitted_n", "theory_n"],
    "differences": ["learner", "baseline", "scale", "n", "difference_mean"],
}


def plot(
    figure: str,
    pictures: list[Path],
    options: str = "{}",
    cells: list[Path] = (),
    summary: Path | None = None,
    optimum: Path | None = None,
    planning: Path | None = None,
    differences: Path | None = None,
) -> None:
    """Draw a figure.

    figure: a module of applicability.figures. pictures: where to, the format by the ending (.pdf, .png or .svg).
    cells, summary, optimum, planning, differences: the files and tables that its `draw` takes; options: what else it
    takes, as JSON.
    """
    module = figure_named(figure)
    paths = {"cells": cells, "summary": summary, "optimum": optimum, "planning": planning, "differences": differences}
    given = taken(module, {name: path for name, path in paths.items() if path} | json.loads(options))
    check_endings("pictures", pictures, UNDATED)
    for name in given.keys() & COLUMNS.keys():
        given[name] = tables.read(given[name], *COLUMNS[name])
    if cells:
        given["cells"] = [module.read(path) for path in cells]
    with rc_context(style.RC):
        drawn = module.draw(**given)
        drawn.draw_without_rendering()  # lays it out, once for all formats
        drawn.set_layout_engine(None)  # an engine, even an idle one, costs a drawing per format
        described = ", ".join(f"{key} {value}" for key, value in ORIGIN.get({}).items()) or None
        for picture in map(Path, pictures):
            metadata = UNDATED[picture.suffix] | {DESCRIPTION[picture.suffix]: described}
            with write_atomically(picture) as part:
                drawn.savefig(part, metadata=metadata)


def figure_named(name: str) -> ModuleType:
    """The module of a figure. Raises InputError where there is none."""
    folder = Path(__file__).parents[1] / "figures"
    known = {".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.py")}
    module = importlib.import_module(f"applicability.figures.{name}") if name in known else None
    if not hasattr(module, "draw"):
        raise InputError(f"figure: expected a module of applicability.figures that draws one; found {name!r}")
    return module


def taken(module: ModuleType, given: dict) -> dict:
    """The arguments given, where they are those of a figure. Raises InputError otherwise."""
    try:
        inspect.signature(module.draw).bind(**given)
    except TypeError as error:
        raise InputError(f"figure {module.__name__.rpartition('.')[2]}: expected other arguments: {error}") from error
    return given
