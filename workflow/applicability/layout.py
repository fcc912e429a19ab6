"""Paths of a study's and an example's files, and which files each of them has.

The patterns are those of Snakemake: the rules fill them. The functions list files, in the order of the config.
Used by the rules. May import study and figures.
"""

from collections.abc import Iterable, Mapping

from applicability.figures import catalogue
from applicability.figures.catalogue import Figure
from applicability.study.cell import Cell
from applicability.study.study import TABLES, Study

CELL = "results/{study}/scale={scale}/n={n}"
SAMPLES = f"{CELL}/samples.npz"
TEST_SAMPLES = "results/{study}/scale={scale}/test.npz"  # the same for every n
TRAINED = f"{CELL}/{{learner}}"
OF_TRAINED = ["model.pt", "history.csv", "cost.csv", "scores.csv", "curves.npz"]
OF_FITTED = ["cost.csv", "scores.csv", "curves.npz"]  # of learners that have no history of losses, and are not stored
STUDY_TABLE = "results/{study}/{table}.csv"  # one of TABLES, or scores
SCORES = STUDY_TABLE.replace("{table}", "scores")
ACCURACIES = "results/{study}/tables/accuracy-{learner}.csv"
TYPESET = "results/{study}/tables/{table}{format}"
CAPTIONS = "results/{study}/captions.md"
FIGURE = "results/{study}/figures/{figure}{format}"
EXAMPLE = "results/examples/{example}"
OF_EXAMPLE = ["history.csv", "samples.npz", "model.pt", "curves.npz", "optimum.csv"]  # beside metrics.json
FIGURE_FORMATS = [".pdf", ".png", ".svg"]
TABLE_FORMATS = [".html", ".md", ".tex"]
# most scales, and sample sizes, in a figure of single cells: per study (False), per learner (True)
PANELS = {False: 15, True: 4}


def fill(pattern: str, **values: Iterable | str) -> list[str]:
    """Fill a pattern with every combination of values; wildcards without values stay.

    pattern: with wildcards in braces.
    values: of each wildcard, by name; a text is one value.
    """
    paths = [pattern]
    for name, given in values.items():
        texts = [given] if isinstance(given, str) else [str(value) for value in given]
        paths = [path.replace(f"{{{name}}}", text) for path in paths for text in texts]
    return paths


def scale_in_path(scale: float) -> str:
    """A scale in a path: the shortest decimal that reads back as the number (0.2, 1, 1e-05)."""
    return repr(scale).removesuffix(".0")


def cell_at(study: Study, wildcards: Mapping[str, str]) -> Cell:
    """The cell that wildcards name: their scale and n; without n, the cell of the scale's test draws."""
    scale, n = float(wildcards.get("scale")), wildcards.get("n")
    return study.cell(scale, int(n)) if n else study.cell(scale, 1).of_tests()


def thinned(values: list, most: int | None) -> list:
    """At most `most` of the values, evenly spaced, with the first and the last."""
    if most is None or len(values) <= most:
        return values
    return [values[round(place * (len(values) - 1) / (most - 1))] for place in range(most)]


def over_grid(pattern: str, study: Study, most: int | None = None, **values: Iterable | str) -> list[str]:
    """Fill a pattern at every cell of a study.

    pattern: with wildcards in braces.
    study: whose cells, in the order of its config.
    most: scales, and sample sizes, to keep at most, evenly spaced; None: all.
    values: of further wildcards, by name.
    """
    scales = map(scale_in_path, thinned(study.scales, most))
    return fill(pattern, study=study.name, scale=scales, n=thinned(study.sample_sizes, most), **values)


def files_of_study(study: Study) -> list[str]:
    """Every file of a study and of its cells.

    Snakemake makes a deleted file again only where it is asked for.
    """
    return [
        *over_grid(SAMPLES, study),
        *fill(TEST_SAMPLES, study=study.name, scale=map(scale_in_path, study.scales)),
        *over_grid(f"{CELL}/{{file}}", study, file=files_of_learners(study)),
        *fill(STUDY_TABLE, study=study.name, table=["scores", *study.tables]),
        *fill(ACCURACIES, study=study.name, learner=study.learners),
        *fill(TYPESET, study=study.name, table=typeset_tables(study), format=TABLE_FORMATS),
        *fill(CAPTIONS, study=study.name),
        *fill(FIGURE, study=study.name, figure=figures_of_study(study), format=FIGURE_FORMATS),
    ]


def files_of_learners(study: Study) -> list[str]:
    """Every file of the learners of a study, within the folder of a cell."""
    of = {learner.name: OF_TRAINED if learner.losses else OF_FITTED for learner in study.learners.values()}
    return [f"{learner}/{file}" for learner, files in of.items() for file in files]


def typeset_tables(study: Study) -> list[str]:
    """The tables of a study that are typeset."""
    return [*study.tables, *(f"accuracy-{learner}" for learner in study.learners)]


def figures_of_study(study: Study) -> list[str]:
    """The figures of a study; those of one learner are named <figure>-<learner>."""
    shown = [figure for figure in catalogue.figures().values() if figure.is_shown(study)]
    return [
        f"{figure.name}-{learner}" if learner else figure.name
        for figure in shown
        for learner in (figure.learners(study) if figure.of_learner else [""])
    ]


def described_parts(study: Study) -> list[str]:
    """Paths, without endings, of what has a caption: figures and typeset tables."""
    figures, tables = figures_of_study(study), typeset_tables(study)
    return [*(f"figures/{name}" for name in figures), *(f"tables/{name}" for name in tables)]


def inputs_of_figure(figure: Figure, study: Study, learner: str | None = None) -> dict[str, list[str]]:
    """The files that a figure reads: `tables` of the study, files of `cells`.

    figure: of the catalogue.
    study: whose files.
    learner: whose, for a figure of one learner.
    """
    files = {"tables": fill(STUDY_TABLE, study=study.name, table=figure.tables)}
    if figure.cell_file:
        pattern = f"{CELL if figure.cell_file == 'samples.npz' else TRAINED}/{figure.cell_file}"
        files["cells"] = over_grid(pattern, study, PANELS[figure.of_learner], learner=learner or "")
    return {name: paths for name, paths in files.items() if paths}


def table_of_name(name: str) -> str:
    """The pattern of a table, by its name: summary, ..., or accuracy-<learner>."""
    return STUDY_TABLE if name in TABLES else TYPESET.replace("{format}", ".csv")


def files_of_example(name: str, cell: Cell) -> list[str]:
    """Every file of a worked example."""
    numbers = fill(f"{EXAMPLE}/{{file}}", example=name, file=["metrics.json", "captions.md", *OF_EXAMPLE])
    return numbers + fill(
        f"{EXAMPLE}/{{figure}}{{format}}", example=name, figure=figures_of_example(cell), format=FIGURE_FORMATS
    )


def figures_of_example(cell: Cell) -> list[str]:
    """The figures of a worked example."""
    return [name for name, figure in catalogue.example_figures().items() if figure.fits(cell)]
