"""What the other files here share.

takes: config (checked here, before anything runs)
makes: CONFIG, STUDIES, EXAMPLES, FOLDERS; the path patterns; what a study, its figures and an example consist of
"""

import atexit
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, f"{workflow.basedir}/workflow")  # this checkout's library, whatever else is installed

# Snakemake would import pandas, for 0.4 s, only to see that no param is a table; workers are processes of their own
sys.modules.setdefault("pandas", None)

from snakemake.utils import update_config

from applicability.config import reading, schema, studies as configs
from applicability.running import locks
from applicability.storage.files import check as check_folders, remove_records
from applicability.errors import InputError

try:
    reading.read(workflow.configfiles, workflow.config_settings.config_args or ())
    update_config(config, reading.read_again(workflow.config_settings.config))  # Snakemake leaves texts within --config
    CONFIG = schema.checked(config)
    STUDIES = configs.studies(CONFIG)
    EXAMPLES = configs.examples(CONFIG)
    FOLDERS = ["logs", *(f"results/{name}" for name in (*STUDIES, "examples"))]
    check_folders(*FOLDERS)
    if workflow.is_main_process and locks.enter():
        logger.info("An earlier run here was killed: its lock is cleared.")
    if workflow.is_main_process and {"--delete-all-output", "--delete-temp-output"} & set(sys.argv):
        for folder in FOLDERS[1:]:  # Snakemake, which knows nothing of records, deletes after this
            atexit.register(remove_records, Path(folder).absolute())
except InputError as error:
    sys.exit(str(error))

CELL = "results/{study}/scale={scale}/n={n}"
SAMPLES = f"{CELL}/samples.npz"
TRAINED = f"{CELL}/{{learner}}"
OF_TRAINED = ["model.pt", "history.csv", "cost.csv", "scores.csv", "curves.npz"]
OPTIMUM = "results/{study}/optimum.csv"
SCORES = "results/{study}/scores.csv"
SUMMARY = "results/{study}/summary.csv"
PLANNING = "results/{study}/planning.csv"
DIFFERENCES = "results/{study}/differences.csv"
TABLE = "results/{study}/tables/accuracy-{learner}.csv"
TYPESET = "results/{study}/tables/{table}{format}"
CAPTIONS = "results/{study}/captions.md"
FIGURE = "results/{study}/figures/{figure}{format}"
EXAMPLE = "results/examples/{example}"
CAPTIONS_OF_EXAMPLE = f"{EXAMPLE}/captions.md"
OF_EXAMPLE = ["history.csv", "samples.npz", "model.pt", "curves.npz", "optimum.csv"]  # beside metrics.json
FORMATS = [".pdf", ".png", ".svg"]
TABLE_FORMATS = [".html", ".md", ".tex"]
TEMPLATES = sorted(os.path.relpath(path) for path in Path(workflow.basedir, "workflow/report").glob("*.rst"))
TABLES = {"summary": SUMMARY, "optimum": OPTIMUM, "planning": PLANNING, "differences": DIFFERENCES}
MOST = {"study": 15, "learner": 4}  # scales, and sample sizes, in a figure of single cells: of all, and of a learner's

# figure -> what it reads: tables of the study, and a file of cells
OF_STUDY = {
    "samples": ["samples.npz"],
    "budget": ["summary", "optimum"],
    "accuracies": ["summary", "optimum"],
    "gaps": ["summary"],
    "verdicts": ["summary"],
    "learning": ["summary", "optimum"],
    "needed": ["planning"],
    "boundary": ["summary"],
    "differences": ["differences"],
}
OF_LEARNER = {
    "accuracy": ["summary", "optimum"],
    "gap": ["summary"],
    "verdict": ["summary"],
    "posterior": ["curves.npz"],
    "ratio": ["curves.npz"],
    "reliability": ["curves.npz"],
    "regions": ["curves.npz"],
    "loss": ["history.csv", "optimum"],
}
MAPS = {"accuracies": "accuracy", "gaps": "gap", "verdicts": "verdict"}  # figure of all learners -> of one of them
A_PAGE = 6  # maps
# figure or table -> the studies that have what it shows, where not all do
SHOWN_OF = {
    **dict.fromkeys(MAPS, lambda study: 2 <= len(study.learners) <= A_PAGE),
    "budget": lambda study: study.budgets(),
    "boundary": lambda study: study.dimension == 1 and len(study.task) == 2,
    "differences": lambda study: study.baseline,
    "posterior": lambda study: study.dimension == 1,
    "ratio": lambda study: study.dimension == 1 and len(study.task) == 2,
    "regions": lambda study: study.dimension == 2,
}

# picture of an example -> what it reads
OF_PICTURE = {
    "samples": {"cells": [f"{EXAMPLE}/samples.npz"]},
    "loss": {"cells": [f"{EXAMPLE}/history.csv"], "optimum": f"{EXAMPLE}/optimum.csv"},
    "surface": {"cells": [f"{EXAMPLE}/curves.npz"]},
}
PICTURES = {"gaussians": ["samples", "loss"], "clusters": ["samples", "loss", "surface"]}


def written(scale):
    """A scale in a path: the shortest decimal that reads back as the same number (0.2, 1, 1e-05)."""
    return repr(scale).removesuffix(".0")


def one_of(values):
    """A pattern that matches these values and no others."""
    return "|".join(re.escape(str(value)) for value in sorted(set(values)))


wildcard_constraints:
    study=one_of(STUDIES),
    learner=one_of(learner for study in STUDIES.values() for learner in study.learners),
    scale=one_of(written(scale) for study in STUDIES.values() for scale in study.scales),
    n=one_of(n for study in STUDIES.values() for n in study.sample_sizes),
    table=one_of([*TABLES, *(f"accuracy-{learner}" for study in STUDIES.values() for learner in study.learners)]),
    example=one_of(EXAMPLES),


def over_grid(pattern, name, most=None, **wildcards):
    """A path pattern at every cell of a study, or at those of at most `most` scales and sample sizes, evenly taken."""
    study = STUDIES[name]
    scales = [written(scale) for scale in thinned(study.scales, most)]
    return expand(pattern, study=name, scale=scales, n=thinned(study.sample_sizes, most), **wildcards)


def thinned(values, most):
    """At most so many values, the first and the last among them."""
    if most is None or len(values) <= most:
        return values
    return [values[round(place * (len(values) - 1) / (most - 1))] for place in range(most)]


def of_study(name):
    """Every file of a study, the cells' too: Snakemake makes a deleted one again only where it is asked for."""
    learners = list(STUDIES[name].learners)
    return [
        *over_grid(SAMPLES, name),
        *over_grid(f"{TRAINED}/{{file}}", name, learner=learners, file=OF_TRAINED),
        *expand([SCORES, CAPTIONS, *tables_of(name).values()], study=name),
        *expand(TABLE, study=name, learner=learners),
        *expand(TYPESET, study=name, table=typeset_of(name), format=TABLE_FORMATS),
        *expand(FIGURE, study=name, figure=figures_of(name), format=FORMATS),
    ]


def tables_of(name):
    """The tables that a study has, but for its scores, with their paths."""
    return {table: path for table, path in TABLES.items() if shown(table, name)}


def typeset_of(name):
    """The tables of a study that are typeset."""
    return [*tables_of(name), *(f"accuracy-{learner}" for learner in STUDIES[name].learners)]


def figures_of(name):
    """The figures of a study."""
    learners = STUDIES[name].learners
    figures = [figure for figure in OF_STUDY if shown(figure, name)]
    return figures + [f"{figure}-{learner}" for figure in OF_LEARNER if shown(figure, name) for learner in learners]


def shown(figure, name):
    """Whether a study has what a figure or table shows."""
    return figure not in SHOWN_OF or bool(SHOWN_OF[figure](STUDIES[name]))


def of_example(name):
    """Every file of a worked example."""
    return expand(f"{EXAMPLE}/{{file}}", example=name, file=["metrics.json", "captions.md", *OF_EXAMPLE]) + expand(
        f"{EXAMPLE}/{{picture}}{{format}}", example=name, picture=PICTURES[name], format=FORMATS
    )
