"""The config and functions that all rule files share.

takes: config, validated here before anything runs
makes: CONFIG, STUDIES, EXAMPLES, FOLDERS, AS_MODULE; patterns of wildcards; a job's study, cell, learner
steps: none
"""

import atexit
import os
import re
import sys

sys.path.insert(
    0, os.path.dirname(workflow.current_basedir.get_path_or_uri(secret_free=True))
)  # this checkout's library

from snakemake.utils import update_config

from applicability import layout
from applicability.config import reading, studies, validation
from applicability.errors import InputError
from applicability.figures import catalogue
from applicability.running import locks, snakemake_inside as inside
from applicability.storage.files import check_folders, remove_records
from applicability.storage.provenance import PROJECT
from applicability.study.study import TABLES

AS_MODULE = inside.is_module(workflow)  # of a parent workflow, which owns the folder, the report and the run
inside.leave_out_pandas(workflow)

try:
    inside.check_version()
    inside.check_checkout(workflow)
    reading.check_files(*inside.complete_config(workflow, reading.DEFAULT))
    update_config(config, reading.parse_texts(inside.config_words(workflow)))
    CONFIG = validation.validate(config)
    STUDIES = studies.studies(CONFIG)
    EXAMPLES = studies.examples(CONFIG)
    FOLDERS = ["logs", *(f"results/{name}" for name in (*STUDIES, "examples"))]
    if not AS_MODULE:
        check_folders(*FOLDERS)
        if inside.is_main_process(workflow) and locks.enter():
            logger.info("An earlier run here was killed: its lock is cleared.")
        if inside.is_main_process(workflow) and {"--delete-all-output", "--delete-temp-output"} & set(sys.argv):
            for folder in FOLDERS[1:]:  # at exit, after Snakemake has deleted the outputs: it knows no records
                atexit.register(remove_records, os.path.abspath(folder))
except InputError as error:
    sys.exit(str(error))


def one_of(values):
    """A regular expression that matches these values alone."""
    return "|".join(re.escape(str(value)) for value in sorted(set(values)))


def learners_with(losses):
    """A regular expression that matches the names of learners with, or without, a history of losses."""
    learners = [each for study in STUDIES.values() for each in study.learners.values()]
    return one_of(learner.name for learner in learners if learner.losses == losses) or "(?!)"  # which matches nothing


wildcard_constraints:
    study=one_of(STUDIES),
    learner=one_of(learner for study in STUDIES.values() for learner in study.learners),
    scale=one_of(layout.scale_in_path(scale) for study in STUDIES.values() for scale in study.scales),
    n=one_of(n for study in STUDIES.values() for n in study.sample_sizes),
    table=one_of([*TABLES, *(f"accuracy-{learner}" for study in STUDIES.values() for learner in study.learners)]),
    example=one_of(EXAMPLES),


def study_of(wildcards):
    """The study of a job."""
    return STUDIES[wildcards.study]


def cell_of(wildcards):
    """The cell of a job."""
    return layout.cell_at(study_of(wildcards), wildcards)


def learner_of(wildcards):
    """The learner of a job."""
    return study_of(wildcards).learners[wildcards.learner]


def of_cell(amount):
    """A resource that a training or test requests of a cluster; the second attempt requests twice as much."""
    return lambda wildcards, attempt: attempt * amount(cell_of(wildcards), learner_of(wildcards))


def path_of_table(name):
    """The pattern of a study's table."""
    return layout.STUDY_TABLE.replace("{table}", name)


def in_report(paths, **labels):
    """Files of one figure or table; the report shows the .png or .html, with its caption of captions.md."""
    caption = "../report/caption.rst"
    return [report(path, caption=caption, **labels) if path.endswith((".png", ".html")) else path for path in paths]
