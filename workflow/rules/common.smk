"""What the other files here share.

takes: config (checked here, before anything runs)
makes: CONFIG, STUDIES, WORKERS; the path patterns; what a study, a cell and a figure consist of; `run_stage`
"""

import json
import re
import sys

sys.path.insert(0, f"{workflow.basedir}/workflow")  # this checkout's library, whatever else is installed

from applicability import config as configs
from applicability.errors import InputError
from applicability.imports import sources
from applicability.workers import Workers

try:
    CONFIG = configs.checked(config)
    STUDIES = configs.studies(CONFIG)
except InputError as error:
    sys.exit(str(error))
WORKERS = Workers(workflow.cores)

CELL = "results/{study}/scale={scale}/n={n}"
SAMPLES = f"{CELL}/samples.npz"
TRAINED = f"{CELL}/{{learner}}"
OF_TRAINED = ["model.pt", "history.csv", "cost.csv", "scores.csv"]
SCORES = "results/{study}/scores.csv"
SUMMARY = "results/{study}/summary.csv"
TABLE = "results/{study}/tables/accuracy-{learner}.csv"
FIGURE = "results/{study}/figures/{figure}{format}"
FORMATS = [".pdf", ".png", ".svg"]


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


def over_grid(pattern, name, **wildcards):
    """A path pattern at every cell of a study."""
    study = STUDIES[name]
    scales = map(written, study.scales)
    return expand(pattern, study=name, scale=list(scales), n=study.sample_sizes, **wildcards)


def of_study(name):
    """Every file of a study, the cells' too: Snakemake makes a deleted one again only where it is asked for."""
    learners = list(STUDIES[name].learners)
    figures = ["samples", *(f"accuracy-{learner}" for learner in learners)]
    return [
        *over_grid(SAMPLES, name),
        *over_grid(f"{TRAINED}/{{file}}", name, learner=learners, file=OF_TRAINED),
        SCORES.format(study=name),
        SUMMARY.format(study=name),
        *expand(TABLE, study=name, learner=learners),
        *expand(FIGURE, study=name, figure=figures, format=FORMATS),
    ]


def pictures(name, figure, **labels):
    """The files `name` of a figure in every format; the report shows the png with the figure's caption."""
    labels = {"figure": figure, **labels}
    shown = {"category": "{study}", "subcategory": "figures", "caption": f"../report/{figure}.rst", "labels": labels}
    paths = expand(FIGURE, figure=name, format=FORMATS, allow_missing=True)
    return [report(path, **shown) if path.endswith(".png") else path for path in paths]


def cell_json(wildcards):
    """The cell of a job, as its one param."""
    return STUDIES[wildcards.study].cell(float(wildcards.scale), int(wildcards.n)).json()


def run_stage(name, input, output, params, log, **others):
    """Hand a stage to a warm worker; its arguments are the job's files and params, by their names."""
    files = {key: value for key, value in [*input.items(), *output.items(), *params.items()] if key != "code"}
    plain = {key: value if isinstance(value, str) else list(value) for key, value in files.items()}
    WORKERS.run(name, log[0], **plain, **others)
