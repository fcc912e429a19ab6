"""Stage plot: a figure from tables and cell files, in every format asked for."""

import importlib
import json
from pathlib import Path

from matplotlib import rc_context

from applicability.figures import style
from applicability.files import whole

UNDATED = {  # metadata without dates or versions of the moment, so that equal content gives equal bytes
    ".pdf": {"CreationDate": None, "ModDate": None},
    ".svg": {"Date": None},
    ".png": {"Software": None},
}


def plot(figure: str, data: list[Path], pictures: list[Path], options: str = "{}") -> None:
    """Draw a figure.

    figure: a module of applicability.figures. data: the files it reads, each what its `draw` takes. options: what
    else `draw` takes, as JSON. pictures: where to, the format by the ending (.pdf, .png or .svg).
    """
    module = importlib.import_module(f"applicability.figures.{figure}")
    with rc_context(style.RC):
        drawn = module.draw([module.read(path) for path in data], **json.loads(options))
        drawn.draw_without_rendering()  # lays it out, once for all formats
        drawn.set_layout_engine("none")
        for picture in map(Path, pictures):
            with whole(picture) as part:
                drawn.savefig(part, metadata=UNDATED[picture.suffix])
