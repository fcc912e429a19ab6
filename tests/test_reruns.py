"""What reruns after a change, and what does not."""

import os

import pandas as pd
import pytest
from checkouts import CELLS, FIGURES, FROM_SCORES, FROM_TRAININGS, LEARNERS, LIBRARY, OF_CURVES, OF_HISTORY, jobs_in

pytestmark = pytest.mark.workflow


def of_one_learner() -> dict[str, int]:
    """The figures that show the cells of a learner, once each."""
    return dict.fromkeys(OF_CURVES | OF_HISTORY, 1)


def test_nothing_changed_nothing_to_do(finished):
    assert finished.jobs() == {}


def test_touched_sources_rerun_nothing(project):
    for part in ("Snakefile", "workflow", "config", "profiles"):
        for path in [project.path / part, *(project.path / part).rglob("*")]:
            os.utime(path)
    assert project.jobs() == {}


def test_one_more_scale_runs_its_cells_and_what_is_drawn_from_them(project):
    project.configure(scales=[0.2, 0.5, 1])
    cells = {"simulate": 3, "simulate_test": 1, "train": 6, "test": 6, "optimum": 1}
    assert project.jobs() == cells | FROM_TRAININGS | {"draw_samples": 1, "typeset": 3 + LEARNERS}


def test_one_more_sample_size_runs_its_cells(project):
    project.configure(sample_sizes=[10, 30, 100, 300])
    assert project.jobs() == {"simulate": 2, "train": 4, "test": 4} | FROM_TRAININGS | {"draw_samples": 1}


def test_one_more_learner_runs_that_learner(project):
    learners = project.learners()
    project.configure(learners=learners | {"logistic": {"hidden": [], "epochs": 5}})
    maps = dict.fromkeys(["tabulate", "draw_accuracy", "draw_gap", "draw_verdict"], 3) | {"typeset": 2 + 3}
    assert project.jobs() == {"train": CELLS, "test": CELLS} | FROM_SCORES | maps | of_one_learner()


def test_a_larger_grid_changes_no_number_that_was_there(project):
    before = project.files()
    learners = project.learners() | {"logistic": {"hidden": [], "epochs": 5}}
    project.configure(scales=[0.2, 0.5, 1], sample_sizes=[10, 30, 100, 300], learners=learners)
    scores = pd.read_csv(project.path / "results/tiny/scores.csv")
    assert jobs_in(project.snakemake("results/tiny/scores.csv").stdout)["train"] == 12 * 3 - CELLS * LEARNERS
    after = project.files()
    assert all(after[name] == content for name, content in before.items() if "scale=" in name)
    grown = pd.read_csv(project.path / "results/tiny/scores.csv")
    left = grown.merge(scores[["learner", "scale", "n", "replicate"]])
    pd.testing.assert_frame_equal(left, scores, check_exact=True)


def test_more_replicates_rerun_every_cell_and_change_no_number_that_was_there(project):
    project.configure(replicates=4)
    scores = pd.read_csv(project.path / "results/tiny/scores.csv")
    assert jobs_in(project.snakemake("results/tiny/scores.csv").stdout)["train"] == CELLS * LEARNERS
    grown = pd.read_csv(project.path / "results/tiny/scores.csv").query("replicate < 3").reset_index(drop=True)
    assert len(grown) == len(scores)
    numbers = [name for name in scores if name != "seconds"]
    pd.testing.assert_frame_equal(grown[numbers], scores[numbers], check_exact=True)


def test_other_steps_of_a_learner_rerun_that_learner_alone(project):
    learners = project.learners()
    learners["net-steps"]["steps"] = 150
    project.configure(learners=learners)
    assert project.jobs() == {"train": CELLS, "test": CELLS} | FROM_SCORES | of_one_learner()


@pytest.mark.long
def test_a_deleted_model_reruns_its_cell(project):
    before = project.files()
    (project.path / "results/tiny/scale=1/n=100/net/model.pt").unlink()
    assert project.jobs() == {"train": 1, "test": 1} | FROM_SCORES | of_one_learner()
    project.snakemake()
    assert project.files() == before


@pytest.mark.parametrize("name", ["samples.npz", "net/history.csv", "net/scores.csv", "net/curves.npz"])
def test_any_deleted_file_of_a_cell_is_made_again(project, name):
    (project.path / "results/tiny/scale=1/n=100" / name).unlink()
    jobs = project.jobs()
    assert jobs.get("simulate", 0) == (name == "samples.npz")
    assert jobs.get("train", 0) == {"samples.npz": 2, "net/history.csv": 1}.get(name, 0)
    assert jobs["test"] == (2 if name == "samples.npz" else 1)


def test_another_target_gives_other_verdicts_and_tests_nothing_again(project):
    project.configure(target_accuracy=0.999)
    assert project.jobs() == {name: count for name, count in FROM_SCORES.items() if name != "combine"}
    project.snakemake("results/tiny/summary.csv")
    summary = pd.read_csv(project.path / "results/tiny/summary.csv")
    assert set(summary["verdict"]) == {"overlap"}


def test_an_edited_figure_redraws_that_figure_and_tells_its_caption_anew(project):
    project.edit(f"{LIBRARY}/figures/samples.py", "alpha=0.5", "alpha=0.4")
    assert project.jobs() == {"draw_samples": 1}


def test_an_edited_style_redraws_all_figures(project):
    project.edit(f"{LIBRARY}/drawing/style.py", '"font.size": 8', '"font.size": 9')
    assert project.jobs() == FIGURES


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
    assert len(history) == 3 * 50


def test_comments_docstrings_and_formatting_rerun_nothing(project):
    project.edit(f"{LIBRARY}/errors.py", '"""An exception', '"""In short, an exception')
    project.edit(f"{LIBRARY}/study.py", "\n\n\n", "\n\n\n\n# a comment\n")
    project.edit(f"{LIBRARY}/learners/training.py", " = ", "  =  ")
    assert project.jobs() == {}


def test_another_version_of_a_package_reruns_what_imports_it(project, tmp_path, monkeypatch):
    installed = tmp_path / "site/matplotlib-99.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Name: matplotlib\nVersion: 99.0\n")
    monkeypatch.setenv("PYTHONPATH", f"{installed.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    assert project.jobs() == FIGURES


def test_edited_simulation_reruns_all(project):
    project.edit(f"{LIBRARY}/tasks/distributions.py", "BLOCK = 1000", "BLOCK = 500")
    assert project.jobs()["simulate"] == CELLS


def test_another_device_reruns_nothing(project):
    assert project.jobs("--config", "device=auto") == {}
