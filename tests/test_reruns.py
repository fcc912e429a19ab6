"""What reruns after a change, and what does not. On which code a job depends is in test_rules.py."""

import os

import pandas as pd
import pytest
from checkouts import CELLS, FROM_SCORES, FROM_TRAININGS, LEARNERS, LIBRARY, OF_CELLS, OF_SUMMARY, SCALES, jobs_in

pytestmark = pytest.mark.workflow

MAPS = ["accuracy", "share", "verdict", "shortfall", "gap"]  # of each learner


def test_nothing_reruns_where_nothing_that_counts_changed(project):
    """Times of sources, comments, docstrings, formatting and the device."""
    for part in ("Snakefile", "workflow", "config", "profiles"):
        for path in [project.path / part, *(project.path / part).rglob("*")]:
            os.utime(path)
    project.edit(f"{LIBRARY}/errors.py", '"""An exception', '"""In short, an exception')
    project.edit(f"{LIBRARY}/study/task.py", "\n\n\n", "\n\n\n\n# a comment\n")
    project.edit(f"{LIBRARY}/learners/training.py", " = ", "  =  ")
    assert project.jobs("--config", "device=auto") == {}


def test_a_larger_grid_runs_its_new_cells_and_what_is_drawn_from_them(project):
    """From 2 x 3 to 3 x 4 cells; test draws of a scale serve a new sample size too."""
    project.configure(scales=[0.2, 0.5, 1], sample_sizes=[10, 30, 100, 300])
    cells = {"simulate": 6, "simulate_test": 1, "train": 6 * LEARNERS, "test": 6 * LEARNERS, "optimum": 1}
    assert project.jobs() == cells | FROM_TRAININGS | {"draw_samples": 1, "typeset": 3 + LEARNERS}


def test_one_more_learner_and_other_steps_of_one_run_these_two_alone(project):
    learners = project.learners() | {"logistic": {"hidden": [], "epochs": 5}}
    learners["net-steps"]["steps"] = 150
    project.configure(learners=learners)
    maps = dict.fromkeys(["tabulate", *(f"draw_{name}" for name in MAPS)], 3) | {"typeset": 2 + 3}
    of_two = {"train": 2 * CELLS, "test": 2 * CELLS} | dict.fromkeys(OF_CELLS, 2)
    assert project.jobs() == FROM_SCORES | maps | of_two


def test_any_deleted_file_of_a_cell_is_made_again(project):
    """The test draws of scale 1, the draws of a cell, and files of three other networks."""
    deleted = ["1/test.npz", "0.2/n=100/samples.npz", "0.2/n=10/net/history.csv", "0.2/n=300/net/scores.csv"]
    for name in [*deleted, "0.2/n=300/net-steps/curves.npz"]:
        (project.path / f"results/tiny/scale={name}").unlink()
    jobs = project.jobs()
    assert (jobs["simulate_test"], jobs["simulate"]) == (1, 1)
    assert jobs["train"] == 2 + 1
    assert jobs["test"] == 3 * LEARNERS + 2 + 1 + 1 + 1


def test_another_target_baseline_and_tolerance_and_more_test_draws(project):
    """A tolerance gives verdicts anew, a target marks them, no tests. Test draws belong to a cell: all of it runs."""
    project.configure(target_accuracy=0.999, baseline="net")
    told = {"compare": 1, "typeset": 1, "describe": 1, "draw_differences": 1}
    assert project.jobs() == told | {"draw_verdict": LEARNERS, "draw_verdicts": 1}
    project.configure(tolerance=0.01)
    assert project.jobs() == told | OF_SUMMARY | {"summarise": 1, "tabulate": LEARNERS, "typeset": 2 + LEARNERS}
    project.configure(test_draws=1001)
    jobs = project.jobs()
    assert (jobs["simulate_test"], jobs["test"]) == (SCALES, CELLS * LEARNERS)


def test_edited_training_reruns_trainings_and_what_follows(project):
    project.edit(f"{LIBRARY}/stages/train.py", "SPANS = 100", "SPANS = 50")
    trained = CELLS * LEARNERS
    done = project.snakemake("-n").stdout
    assert jobs_in(done) == {"train": trained, "test": trained} | FROM_TRAININGS
    line = "Training net at scale 0.2, n = 10 of tiny: workflow/applicability/stages/train.py changed"
    assert line in done.splitlines()
    target = "results/tiny/scale=1/n=10/net-steps/history.csv"
    project.snakemake(target)  # the edited library is what runs, whichever is installed
    history = pd.read_csv(project.path / target)
    assert len(history) == 6 * 50
