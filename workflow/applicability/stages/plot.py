"""Stage plot: draws a figure from tables and cell files, in every format asked for."""

import importlib
import inspect
import json
from pathlib import Path
from types import ModuleType

from matplotlib import rc_context

from applicability.drawing import style
from applicability.errors import InputError
from applicability.storage import tables as stored
from applicability.storage.files import ORIGIN, check_endings, write_atomically

UNDATED = {  # metadata without dates and versions, so that equal content gives equal bytes
    ".pdf": {"CreationDate": None, "ModDate": None},
    ".svg": {"Date": None},
    ".png": {"Software": None},
}

DESCRIPTION = {".pdf": "Subject", ".svg": "Description", ".png": "Description"}


def plot(
    figure: str, pictures: list[Path], options: str = "{}", tables: list[Path] = (), cells: list[Path] = ()
) -> None:
    """Draw a figure.

    figure: a module of applicability.figures, whose function `draw` says what else is needed.
    pictures: the files to write, each in the format of its ending (.pdf, .png or .svg).
    options: arguments of `draw` that are neither tables nor cells, as JSON.
    tables: tables that `draw` takes, each by its name: summary.csv is the argument summary.
    cells: files of several cells, all of one name: the files curves.npz are the argument curves.
    Raises InputError where there is no such figure, or `draw` takes other arguments.
    """
    module = figure_named(figure)
    check_endings("pictures", pictures, UNDATED)
    given = {Path(path).stem: stored.read(path) for path in tables} | json.loads(options)
    if cells:
        given[Path(cells[0]).stem] = [module.read(path) for path in cells]
    try:
        inspect.signature(module.draw).bind(**given)
    except TypeError as error:
        raise InputError(f"figure {figure}: expected other arguments: {error}") from error
    with rc_context(style.RC):
        drawn = module.draw(**given)
        drawn.draw_without_rendering()  # lays it out, once for all formats
        drawn.set_layout_engine(None)  # a layout engine, even an idle one, costs a drawing per format
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
