"""Stage typeset: a table for readers, with headings in words, as Markdown, LaTeX or HTML."""

from pathlib import Path

from applicability.errors import InputError
from applicability.report.readable import READABLE, WRITTEN
from applicability.storage import tables
from applicability.storage.files import check_endings, write_atomically


def typeset(table: Path, kind: str, pages: list[Path]) -> None:
    """Write a table for readers.

    table: summary.csv, optimum.csv, planning.csv, differences.csv or accuracy-<learner>.csv of a study.
    kind: the first word of the table's name.
    pages: the files to write, each in the format of its ending: .md, .tex (booktabs) or .html.
    Raises InputError for another kind or ending.
    """
    if kind not in READABLE:
        raise InputError(f"kind: expected one of {', '.join(READABLE)}; found {kind!r}")
    check_endings("pages", pages, WRITTEN)
    readable = READABLE[kind](tables.read(table))
    for page in map(Path, pages):
        with write_atomically(page) as part:
            part.write_text(WRITTEN[page.suffix](readable, Path(table).stem), encoding="utf-8")
