"""The pipeline as a user runs it: what it makes, the same bytes however it ran, and what is refused."""

import random
import re

import pytest
from checkouts import CELLS, FIGURES, JOBS, LEARNERS, SCALES, TABLES, jobs_in

pytestmark = pytest.mark.workflow


def test_a_first_run_makes_every_file_of_the_design(finished):
    trained = CELLS * LEARNERS
    cells = {"simulate": CELLS, "simulate_test": SCALES, "train": trained, "test": trained, "optimum": 1}
    assert jobs_in(finished.output) == cells | TABLES | FIGURES
    files = finished.files()
    figures, typeset = sum(FIGURES.values()), TABLES["typeset"]  # in three formats each; test_reading.py has the names
    assert len(files) == CELLS + SCALES + trained * 5 + 5 + LEARNERS + 3 * (figures + typeset)
    assert not [name for name in files if ".part-" in name]


def test_a_run_tells_its_progress_and_ends_with_where_the_figures_are_and_logs_every_command(finished):
    lines = finished.output.strip().splitlines()
    assert lines[-1] == "The figures are in results/tiny/figures/, the tables beside them."
    assert f"{JOBS} of {JOBS} jobs done" in lines
    assert len(lines) < JOBS  # on a slow machine more of them tell the progress
    logs = [path.read_text() for path in (finished.path / "logs").rglob("*.log")]
    assert len(logs) == JOBS - 1  # every job's but `all`
    assert all(text.startswith("python") and "done in" in text for text in logs)
    assert not list((finished.path / "results").glob("gaussians*"))  # of the default config


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


@pytest.mark.long
def test_one_job_at_a_time_in_another_order_gives_the_same_bytes(finished, fresh):
    targets = [name for name in finished.files() if name.startswith("tiny/scale") and name.endswith("scores.csv")]
    random.Random(0).shuffle(targets)
    for name in targets[:2]:
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


@pytest.mark.parametrize("name", ["figures/accuracy-nett.png", "scale=1/n=7/samples.npz", "scale=1.0/n=10/samples.npz"])
def test_a_file_that_the_config_does_not_have_is_refused(finished, name):
    done = finished.snakemake(f"results/tiny/{name}", check=False)
    assert done.returncode == 1
    assert "MissingRuleException" in done.stdout
    assert not (finished.path / "results/tiny" / name).exists()
