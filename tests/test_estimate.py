"""What `snakemake estimate` tells: the jobs and steps that a run then has, and times that follow from them."""

import itertools
import json
import re

import pytest
import studies
from applicability.estimate import workload
from applicability.estimate.calibrate import calibrate
from applicability.estimate.estimate import STAGES, Measured, memory, points, steps, table, wall, within
from applicability.estimate.rates import Curve, Job, Rates
from applicability.storage import snakemake_record
from applicability.study import Study
from checkouts import JOBS, Project
from conftest import PLANE, TASKS, make_cell, make_learner


def learner(**changes):
    """One whose batch grows with n."""
    return make_learner(**{"batch_size": 256} | changes)


def make_study(**changes) -> Study:
    return studies.make_study(**{"learners": {"net": learner()}} | changes)


def jobs_of(study: Study, done: bool = False) -> list[Job]:
    """The jobs of a study, a figure among them."""
    found = [Job("combine", study, done=done), Job("find_optimum", study, done=done)]
    found += [Job("draw_gap", study, done=done), Job("draw_samples", study, panels=4, done=done)]
    for scale, n in itertools.product(study.scales, study.sample_sizes):
        cell = study.cell(scale, n)
        found.append(Job("simulate", study, cell, done=done))
        for learner in study.learners.values():
            found += [Job(rule, study, cell, learner, done=done) for rule in ("train", "test")]
    return found


def made_up(study: Study, slowed: float = 1.0) -> Rates:
    """Rates of a machine that takes a millisecond for anything, 10 for a step of the largest cell."""
    chosen = points([study])
    whats = ("simulate", "train", "beside", "test", "optimum", "combine", "plot")
    timed = [(what, place, 1, slowed * 1e-3, 1e-3) for what in whats for place in range(len(chosen))]
    return Rates(chosen, [*timed, ("train", 0, 1, slowed * 19e-3, 19e-3)])


def test_a_curve_goes_through_what_was_measured_and_on_in_proportion():
    curve = Curve({10: (2, 2.0), 20: (1, 3.0)})
    assert [curve(work) for work in (5, 10, 15, 20, 40)] == [1, 1, 2, 3, 6]
    noisy = Curve({1: (1, 3.0), 2: (1, 1.0), 3: (1, 5.0)})
    assert 1 <= noisy(1) == noisy(2) <= 3 < noisy(3) == 5


def test_a_training_is_its_steps_times_the_time_of_one():
    study = make_study()
    rates, cell = made_up(study), study.cell(1.0, 100)
    one, two = (Job("train", study, cell, learner(steps=count)) for count in (1000, 2000))
    assert rates.job(two) - rates.job(one) == pytest.approx(1000 * 10e-3)
    assert made_up(study, slowed=2).job(one) == pytest.approx(2 * rates.job(one))
    few, unknown = study.cell(1.0, 10), learner(hidden=[80, 80])
    assert rates.job(Job("train", study, few, learner())) <= rates.job(Job("train", study, cell, learner()))
    assert rates.job(Job("train", study, cell, unknown)) > 10 * rates.job(Job("train", study, cell, learner()))


def test_learners_that_differ_in_budget_alone_are_timed_once():
    both = {"net": learner(), "longer": learner(name="longer", steps=500)}
    assert len(points([make_study(learners=both)])) == len(points([make_study()])) == 2
    assert len(points([make_study(), make_study(name="t")])) == 4


def test_more_is_to_be_expected_of_more_and_less_of_what_is_left():
    study, larger = make_study(), make_study(scales=[0.5, 1.0, 2.0])
    rates = made_up(study)
    few, many = ({job: rates.job(job) for job in jobs_of(each)} for each in (study, larger))
    left = {job: seconds for job, seconds in many.items() if job.cell and job.cell.scale == 2.0}
    assert 0 == wall({}, 2, 2) < wall(left, 2, 2) < wall(many, 2, 2)
    assert wall(few, 2, 2) < wall(many, 2, 2)
    assert steps(few) == 4 * 30 < steps(many) == 6 * 30
    times = [wall(many, cores, cores) for cores in (1, 2, 8, 1000)]
    assert times == sorted(times, reverse=True)
    assert times[-1] >= max(many.values())
    assert times[0] == pytest.approx(sum(many.values()) + 0.012 * len(many))
    assert wall(many, 8, 1) > times[2]  # of which one card takes one at a time


def test_the_table_adds_up():
    study = make_study()
    done, left = jobs_of(study, done=True), jobs_of(make_study(name="t"))
    jobs, times = [*done, *left], dict.fromkeys([*done, *left], 10.0)
    rows = {line.split()[0]: line.split() for line in table(jobs, times).splitlines()}
    assert rows["train"] == ["train", "8", "4", "4", "240", "120", "80", "s", "40", "s"]
    assert rows["tables"] == ["tables", "4", "2", "2", "40", "s", "20", "s"]
    assert rows["in"] == ["in", "all", "32", "16", "16", "240", "120", "5", "min", "3", "min"]
    assert len({len(line) for line in table(jobs, times).splitlines()}) == 1


def test_memory_is_that_of_all_workers_and_grows_with_a_cell_larger_than_those_timed():
    study = make_study()
    rates, largest = made_up(study), workload.memory(study.cell(1.0, 100), learner())
    found = Measured(rates, seconds=1, start=1, worker=300, others=200, largest=largest)
    assert memory(jobs_of(study), found, cores=2) == 800
    assert memory(jobs_of(make_study(sample_sizes=[10_000_000])), found, cores=2) > 10_000


def test_what_is_timed_stays_small_however_large_the_config():
    cell = make_cell(n=10**8, test_draws=10**8, replicates=100)
    large = make_learner(hidden=[4000, 4000, 4000], batch_size=10_000)
    small = within(cell, large)
    assert workload.operations(small, large) / workload.steps(small, large) <= 2e10
    assert workload.draws(small) * workload.weights(small, large) <= 2e10
    usual = make_cell(n=10_000, test_draws=10_000, replicates=10)
    assert within(usual, make_learner(hidden=[64, 64], batch_size=256)) == usual


@pytest.mark.parametrize("task", [TASKS[0], PLANE])
def test_calibrating_times_the_stages_themselves_in_a_folder_of_its_own(task, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chosen = points([make_study(task=task)])
    cells, learners = ([each.json() for each in column] for column in zip(*chosen, strict=True))
    (tmp_path / "own").mkdir()
    calibrate(cells, learners, "own/measured.json", first="1", seconds="0")
    assert list(tmp_path.iterdir()) == [tmp_path / "own"]
    told = json.loads((tmp_path / "own/measured.json").read_text())
    assert {row[0] for row in told["timed"]} == {"simulate", "train", "beside", "test", "optimum", "combine", "plot"}
    assert {row[1] for row in told["timed"] if row[0] == "train"} == {1}
    assert all(seconds > 0 for *_, seconds, _ in told["timed"])
    rates = Rates(chosen, told["timed"])
    assert min(map(rates.job, jobs_of(make_study(task=task)))) > 0


def test_jobs_are_told_by_what_they_make():
    files = [("train", "a/1", "no update"), ("train", "b/1", "no update"), ("train", "a/2", "update pending")]
    lines = [dict(zip(("rule", "output_file", "plan"), each, strict=True)) for each in files]
    found = snakemake_record.jobs(lines, lambda rule, path: {"n": path[-1]})
    assert found == [("train", {"n": "1"}, True), ("train", {"n": "2"}, False)]


def told(project: Project) -> tuple[dict[str, list[str]], str]:
    """The rows of the table by stage, and the last line."""
    lines = project.snakemake("estimate").stdout.splitlines()
    rows = [re.split(" {2,}", line.strip()) for line in lines]
    [last] = [line for line in lines if re.match("about |nothing is left", line)]
    return {row[0]: row[1:] for row in rows if row[0] in (*STAGES, "in all") and len(row) > 3}, last


def by_stage(jobs: dict[str, int]) -> dict[str, int]:
    """Jobs by stage, from those of a dry run by rule."""
    found = dict.fromkeys(STAGES, 0)
    for rule, count in jobs.items():
        found["figures" if rule.startswith("draw_") else rule if rule in found else "tables"] += count
    return found


def stamps(project: Project) -> dict:
    """When each of the results was written."""
    return {path: path.stat().st_mtime_ns for path in (project.path / "results").rglob("*") if path.is_file()}


def hurried(project: Project) -> Project:
    """A checkout that calibrates for a moment only."""
    project.edit("workflow/applicability/estimate.py", "SECONDS = 8", "SECONDS = 0.1")
    return project


@pytest.mark.long
@pytest.mark.workflow
def test_jobs_and_steps_are_those_of_a_run_and_nothing_is_disturbed(project):
    """With all done, and with some."""
    before = stamps(project)
    rows, last = told(project)
    assert last == f"nothing is left to do: all {JOBS - 1} jobs are done"
    assert rows["in all"][:5] == [str(JOBS - 1), str(JOBS - 1), "0", "1,400", "0"]
    assert stamps(project) == before

    hurried(project).configure(sample_sizes=[10, 30, 100, 300])
    (project.path / "results/tiny/scale=1/n=100/net/model.pt").unlink()
    before, expected = stamps(project), by_stage(project.jobs())
    rows, last = told(project)
    assert {name: int(rows[name][2]) for name in STAGES} == expected
    assert all(int(jobs) == int(done) + int(left) for jobs, done, left, *_ in rows.values())
    assert rows["train"][:5] == ["16", "11", "5", "1,840", "460"]  # 2 of 20 and 2 of 200 steps more, and 20 again
    assert re.fullmatch(r"about \d+ (s|min) on 2 cores, \d\.\d GiB of memory", last)
    assert stamps(project) == before
    assert not list(project.path.glob(".snakemake/estimate-*"))


@pytest.mark.long
@pytest.mark.workflow
def test_from_nothing_all_is_left_and_nothing_is_written_but_logs(fresh):
    hurried(fresh).configure(
        task={name: [{"norm": {"loc": loc}}] * 2 for name, loc in (("a", 0), ("b", 1))}, scales=[1]
    )
    rows, last = told(fresh)
    assert {name: int(rows[name][2]) for name in STAGES} == by_stage(fresh.jobs())
    assert rows["in all"][1] == "0"
    assert last.startswith("about ")
    assert last in (fresh.path / "logs/estimate.txt").read_text()
    assert not (fresh.path / "results").exists()


@pytest.mark.workflow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["all"], "estimate: expected no other target beside it"),
        (["--workflow-profile", "profiles/slurm-workers"], "found executor dask"),
    ],
)
def test_what_cannot_be_estimated_is_one_line(fresh, words, said):
    done = fresh.snakemake("estimate", *words, check=False)
    assert done.returncode == 1
    assert said in done.stdout
    assert "Traceback" not in done.stdout
