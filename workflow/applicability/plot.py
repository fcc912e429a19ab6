"""Stage plot: a figure from tables and cell files, in every format asked for."""

import importlib
import json
from pathlib import Path

from matplotlib import rc_context

from applicability import tables
from applicability.figures import style
from applicability.files import whole
from applicability.origin import ORIGIN

UNDATED = {  # metadata without dates or versions of the moment, so that equal content gives equal bytes
    ".pdf": {"CreationDate": None, "ModDate": None},
    ".svg": {"Date": None},
    ".png": {"Software": None},
}
DESCRIPTION = {".pdf": "Subject", ".svg": "Description", ".png": "Description"}


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
    module = importlib.import_module(f"applicability.figures.{figure}")
    paths = {"summary": summary, "optimum": optimum, "planning": planning, "differences": differences}
    data = {name: tables.read(path) for name, path in paths.items() if path}
    if cells:
        data["cells"] = [module.read(path) for path in cells]
    with rc_context(style.RC):
        drawn = module.draw(**data, **json.loads(options))
        drawn.draw_without_rendering()  # lays it out, once for all formats
        drawn.set_layout_engine(None)  # an engine, even an idle one, costs a drawing per format
        described = ", ".join(f"{key} {value}" for key, value in ORIGIN.get({}).items()) or None
        for picture in map(Path, pictures):
            metadata = UNDATED[picture.suffix] | {DESCRIPTION[picture.suffix]: described}
            with whole(picture) as part:
                drawn.savefig(part, metadata=metadata)
