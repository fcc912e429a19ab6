"""The pipeline as a user runs it: what it makes, the same bytes however it ran, and what is refused."""

import random
import re

import pandas as pd
import pytest
from checkouts import CELLS, FIGURES, JOBS, LEARNERS, SCALES, SHOWN, TABLES, jobs_in

pytestmark = pytest.mark.workflow


def test_a_first_run_makes_every_file_of_the_design(finished):
    trained = CELLS * LEARNERS
    cells = {"simulate": CELLS, "simulate_test": SCALES, "train": trained, "test": trained, "optimum": 1}
    assert jobs_in(finished.output) == cells | TABLES | FIGURES
    files = set(finished.files())
    for scale in ("0.2", "1"):
        assert f"tiny/scale={scale}/test.npz" in files
        for n in (10, 100, 300):
            cell = f"tiny/scale={scale}/n={n}"
            assert f"{cell}/samples.npz" in files
            for learner in ("net", "net-steps"):
                made = ("model.pt", "history.csv", "cost.csv", "scores.csv", "curves.npz")
                assert {f"{cell}/{learner}/{name}" for name in made} <= files
    for name in ("scores", "summary", "optimum", "planning", "tables/accuracy-net", "tables/accuracy-net-steps"):
        assert f"tiny/{name}.csv" in files
    typeset = [f"tables/{name}" for name in ("summary", "optimum", "planning", "accuracy-net", "accuracy-net-steps")]
    assert {f"tiny/{name}.{ending}" for name in typeset for ending in ("html", "md", "tex")} <= files
    figures = [name for name, each in SHOWN.items() if not each.of_learner]
    for name in SHOWN.keys() - figures:
        figures += [f"{name}-net", f"{name}-net-steps"]
    assert {f"tiny/figures/{name}.{ending}" for name in figures for ending in ("pdf", "png", "svg")} <= files
    assert len(files) == CELLS + SCALES + trained * 5 + 5 + LEARNERS + 3 * (len(figures) + len(typeset))
    assert not [name for name in files if ".part-" in name]


def test_a_run_tells_its_progress_and_ends_with_where_the_figures_are(finished):
    lines = finished.output.strip().splitlines()
    assert lines[-1] == "The figures are in results/tiny/figures/, the tables beside them."
    assert f"{JOBS} of {JOBS} jobs done" in lines
    assert len(lines) < JOBS  # on a slow machine more of them tell the progress


def test_a_run_of_a_part_counts_that_part_and_ends_with_what_it_made(fresh):
    fresh.configure(scales=[1], sample_sizes=[10])
    config = ["--configfile", "config/test.yaml"]
    trained = fresh.pretend(*config, "--until", "train").stdout.strip().splitlines()
    files = [f"{name}/{file}" for name in ("net-steps", "net") for file in ("cost.csv", "history.csv", "model.pt")]
    assert trained[-1] == f"Made: {', '.join(f'results/tiny/scale=1/n=10/{file}' for file in files)}"
    assert count_in(trained) == 3  # with the draws
    half = fresh.pretend(*config, "--batch", "combine=1/2").stdout.strip().splitlines()
    assert re.fullmatch(r"Jobs done: 1 simulate_test, 2 test, 1 optimum, .*", half[-1]), half[-1]
    assert sum(int(part.split()[0]) for part in half[-1].removeprefix("Jobs done: ").split(", ")) == count_in(half)


def count_in(lines: list[str]) -> int:
    """How many jobs a run says that it did, of as many."""
    [count] = [int(line.split()[0]) for line in lines if re.fullmatch(r"(\d+) of \1 jobs done", line)]
    return count


def test_no_network_of_the_study_beats_the_truth(finished):
    scores = pd.read_csv(finished.path / "results/tiny/scores.csv")
    best = scores["scale"].map(pd.read_csv(finished.path / "results/tiny/optimum.csv").set_index("scale")["accuracy"])
    assert (scores["excess_log_loss"] >= -1e-9).all()
    assert (scores["exact_gap"] <= (2 * scores["excess_log_loss"]) ** 0.5 + 1e-9).all()
    assert (scores["exact_accuracy"] <= best + 1e-12).all()
    assert (scores["plugin_accuracy"] <= best + 1e-12).all()
    sampling = (scores["exact_accuracy"] * (1 - scores["exact_accuracy"]) / 2000) ** 0.5
    assert (abs(scores["accuracy"] - scores["exact_accuracy"]) <= 4 * sampling + 1e-9).all()
    assert (abs(scores["gap"] - (scores["bayes_accuracy"] - scores["accuracy"])) < 1e-12).all()
    summary = pd.read_csv(finished.path / "results/tiny/summary.csv").query("learner == 'net' and scale == 0.2")
    assert summary["verdict"].tolist()[0] == "training"
    assert "net-steps" in summary["reached_by"].iloc[0].split()


@pytest.mark.parametrize(
    ("task", "shown"),
    [
        ({"a": [0, 0], "b": [1, 0], "c": [0, 1]}, {"regions", "differences"}),
        pytest.param({"a": [0], "b": [1], "c": [2]}, {"posterior", "differences"}, marks=pytest.mark.long),
        pytest.param({"a": [0, 0, 0], "b": [1, 1, 1]}, {"differences"}, marks=pytest.mark.long),
    ],
    ids=["three groups in the plane", "three groups on a line", "three dimensions"],
)
def test_groups_and_coordinates_go_all_the_way_through(fresh, task, shown):
    """Scores, and what is drawn of these alone; test_catalogue.py has which figures there are."""
    groups = {name: [{"norm": {"loc": loc}} for loc in locs] for name, locs in task.items()}
    learners = {"net": {"hidden": [8], "steps": 30}, "wide": {"hidden": [16], "steps": 30}}
    fresh.configure(task=groups, scales=[0.5], sample_sizes=[20], replicates=2, learners=learners, baseline="net")
    drawn = [name if name == "differences" else f"{name}-net" for name in sorted(shown)]
    fresh.snakemake(*(f"results/tiny/figures/{name}.png" for name in (*drawn, "samples")), "results/tiny/captions.md")
    scores = pd.read_csv(fresh.path / "results/tiny/scores.csv")
    assert {f"mean_probability_{name}" for name in task} <= set(scores)
    assert ("exact_accuracy" in scores) == (len(task["a"]) == 1)
    best = scores["scale"].map(pd.read_csv(fresh.path / "results/tiny/optimum.csv").set_index("scale")["accuracy"])
    assert (scores["accuracy"] <= best + 4 * (best * (1 - best) / (1000 * len(task))) ** 0.5).all()
    differences = pd.read_csv(fresh.path / "results/tiny/differences.csv")
    assert differences["learner"].tolist() == ["wide"]


def test_every_job_has_a_log_with_the_command_that_it_ran(finished):
    logs = [path.read_text() for path in (finished.path / "logs").rglob("*.log")]
    assert len(logs) == JOBS - 1  # every job's but `all`
    assert all(text.startswith("python") and "done in" in text for text in logs)


@pytest.mark.long
def test_one_or_two_jobs_in_any_order_give_the_same_bytes(finished, fresh):
    targets = [name for name in finished.files() if name.startswith("tiny/scale") and name.endswith("scores.csv")]
    random.Random(0).shuffle(targets)
    for name in targets[:3]:
        fresh.snakemake(f"results/{name}", cores=1)
    fresh.snakemake(cores=1)
    assert fresh.files() == finished.files()


def test_a_run_without_the_profile_gives_the_same_bytes_from_the_same_warm_workers(finished, fresh):
    fresh.configure(scales=[1], sample_sizes=[10], learners={"net": fresh.learners()["net"]})
    done = fresh.snakemake("--workflow-profile", "none", "results/tiny/summary.csv")
    assert "6 of 6 steps (100%) done" in done.stdout
    expected, found = finished.files(), fresh.files()
    cell = [name for name in found if "scale=1/n=10/" in name]
    assert len(cell) == 6
    assert all(found[name] == expected[name] for name in cell)
    assert len(fresh.workers()) <= 2  # of its 6 jobs


def test_a_config_given_by_hand_replaces_the_default_one(finished):
    assert not list((finished.path / "results").glob("gaussians*"))


@pytest.mark.parametrize("name", ["figures/accuracy-nett.png", "scale=1/n=7/samples.npz", "scale=1.0/n=10/samples.npz"])
def test_a_file_that_the_config_does_not_have_is_refused(finished, name):
    done = finished.snakemake(f"results/tiny/{name}", check=False)
    assert done.returncode == 1
    assert "MissingRuleException" in done.stdout
    assert not (finished.path / "results/tiny" / name).exists()


def test_a_bad_config_is_one_line_before_any_work(fresh):
    fresh.configure(replicate=3)
    done = fresh.snakemake(check=False)
    assert done.returncode == 1
    [line] = [line for line in done.stdout.splitlines() if line.startswith("config: ")]
    assert line.startswith("config: studies.tiny.replicate: unknown")
    assert "Traceback" not in done.stdout
    assert not (fresh.path / "results").exists()


def test_a_device_that_is_not_there_is_refused_before_any_work(fresh):
    import torch

    device = "mps" if not torch.backends.mps.is_available() else "cuda"
    done = fresh.snakemake("--config", f"device={device}", check=False)
    assert done.returncode == 1
    assert "device: expected one of auto, " in done.stdout
    assert f"found '{device}'" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (fresh.path / "results").exists()
