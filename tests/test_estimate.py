"""What `snakemake estimate` tells: the jobs and steps that a run then has, and times that follow from them."""

import itertools
import json
import os
import re
import time
from collections import Counter
from dataclasses import replace

import psutil
import pytest
import studies
from applicability.__main__ import check_options
from applicability.errors import InputError
from applicability.estimate import calibrate, estimate
from applicability.estimate.jobs import STAGE_OF, Job, job
from applicability.storage import snakemake_record
from applicability.study.study import Study
from checkouts import JOBS, Project
from conftest import PLANE, TASKS, make_cell, make_learner


def make_study(**changes) -> Study:
    """One whose batch grows with n."""
    return studies.make_study(**{"learners": {"net": make_learner(batch_size=256)}} | changes)


def jobs_of(study: Study, done: bool = False) -> list[Job]:
    """The jobs of a study of one learner, a figure among them."""
    cells = [study.cell(*each) for each in itertools.product(study.scales, study.sample_sizes)]
    found = [Job(rule, study, done=done) for rule in ("optimum", "combine", "summarise", "draw_gap")]
    found += [Job("simulate", study, cell, done=done) for cell in cells]
    return found + [Job(rule, study, cell, study.learners["net"], done) for cell in cells for rule in ("train", "test")]


def made_up(study: Study) -> estimate.Times:
    """A machine on which a step takes 1 ms for 60 draws and 5 for 300, of three replicates, and all else a second."""
    once = {(study.name, what, ""): {1: 1.0} for what in ("combine", "figure")}
    once[study.name, "simulate", ""] = once[study.name, "optimum", ""] = {10**6: 1.0}
    for name in study.learners:
        once |= {(study.name, what, name): {10**6: 1.0} for what in ("beside", "test")}
        once[study.name, "step", name] = {60: 1e-3, 300: 5e-3}
    return once


def test_a_training_is_its_steps_times_the_time_of_one():
    study = make_study()
    times = made_up(study)
    for n, size, steps, step in (  # 2·3·n draws, of which a batch is as many or 3·size
        *((10, 256, 30, 1e-3), (30, 256, 1000, 3e-3), (50, 256, 1000, 5e-3), (100, 256, 2000, 10e-3)),
        (100, 100, 1000, 5e-3),
    ):
        training = Job("train", study, study.cell(1.0, n), make_learner(batch_size=size, steps=steps))
        assert estimate.seconds_of(training, times) == pytest.approx(1 + steps * step)


def test_a_jobs_time_is_in_proportion_to_what_it_does():
    """Seconds of each number that is drawn, read or trained on, cell or figure; the study has 2 x 2 cells."""
    study, learner = make_study(), make_learner(batch_size=3, steps=9)
    rates = {("simulate", ""): 2, ("beside", "net"): 3, ("test", "net"): 5, ("optimum", ""): 7}
    rates |= {("combine", ""): 11, ("figure", ""): 13, ("step", "net"): 10 / 3}
    times = {(study.name, *what): {1: float(rate)} for what, rate in rates.items()}
    for rule, n, expected in (
        ("simulate", 10, 2 * 60),  # 3 replicates, 2 groups
        ("simulate_test", 50, 2 * 300),
        ("train", 10, 9 * 9 * 10 / 3 + 3 * 60),  # 9 steps of 9 draws, 3 in each replicate
        ("test", 10, 5 * (60 + 300)),
        ("optimum", None, 7 * 2 * 300),  # of two scales
        ("combine", None, 11 * 4),  # of four cells
        ("draw_gap", None, 13),
    ):
        job = Job(rule, study, study.cell(1.0, n) if n else None, learner)
        assert estimate.seconds_of(job, times) == pytest.approx(expected)


def test_more_is_to_be_expected_of_more_and_less_of_what_is_left():
    study, larger = make_study(), make_study(scales=[0.5, 1.0, 2.0])
    few, many = ({job: estimate.seconds_of(job, made_up(study)) for job in jobs_of(each)} for each in (study, larger))
    assert estimate.wall(few, 2, 2) < estimate.wall(many, 2, 2)
    assert estimate.steps(few) == 4 * 30 < estimate.steps(many) == 6 * 30
    times = [estimate.wall(many, cores, cores) for cores in (1, 2, 1000)]
    assert times == sorted(times, reverse=True)
    assert times[0] == pytest.approx(sum(many.values()) + 0.012 * len(many))
    assert times[-1] == max(many.values())
    trained = sum(seconds for job, seconds in many.items() if job.stage in ("train", "test"))
    assert estimate.wall(many, 1000, 1) == trained  # of which one card takes one at a time


def test_the_table_adds_up():
    done, left = jobs_of(make_study(), done=True), jobs_of(make_study(name="t"))
    table = estimate.table([*done, *left], dict.fromkeys(left, 10.0))
    rows = {line.split()[0]: line.split() for line in table.splitlines()}
    assert rows["train"] == ["train", "8", "4", "4", "120", "40", "s"]
    assert rows["tables"] == ["tables", "6", "3", "3", "30", "s"]
    assert rows["figures"] == ["figures", "2", "1", "1", "10", "s"]
    assert rows["in"] == ["in", "all", "32", "16", "16", "120", "3", "min"]
    assert len({len(line) for line in table.splitlines()}) == 1


def test_a_job_is_told_by_its_rule_and_wildcards_and_an_unknown_rule_refused_by_name():
    study = make_study()
    for rule, words, expected in (
        ("train", "0.5 10 net", (study.cell(0.5, 10), study.learners["net"], "train")),
        ("simulate_test", "0.5", (study.cell(0.5, 50), None, "simulate")),
        ("draw_gap", "", (None, None, "figures")),
    ):
        wildcards = dict(zip(("scale", "n", "learner"), words.split(), strict=False)) | {"study": "s"}
        found = job(rule, wildcards, False, {"s": study})
        assert (found.cell, found.learner, found.stage) == expected
        with pytest.raises(InputError, match="found ponder"):
            job("ponder", wildcards, False, {"s": study})


def test_memory_is_that_of_all_workers_and_what_this_machine_has_not_will_not_fit(monkeypatch):
    found = [{"pid": 0, "peak": 300.0}]
    one, two = (estimate.memory(jobs_of(make_study()), found, cores) for cores in (1, 2))
    assert 300 < two - one < 310
    assert estimate.memory(jobs_of(make_study(sample_sizes=[10_000_000])), found, cores=2) > 10_000
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"total": 23 * 2**30}))
    assert estimate.needs(22.9 * 1024) == "22.9 GiB of memory"
    more = "it will not fit; fewer cores (--cores N) or draws need less"
    assert estimate.needs(188.8 * 1024) == f"188.8 GiB of memory, of which this machine has 23: {more}"


def test_what_is_timed_takes_at_most_half_a_second():
    """That is 2e10 operations, in a test 6 of each number drawn, for each weight and for 150 more; replicates are
    halved first, then draws."""
    many, half = {"n": 10**7, "test_draws": 10**7}, {"n": 5 * 10**6, "test_draws": 5 * 10**6}
    for hidden, cell, shorter in (
        ([64, 64], {"n": 10_000, "test_draws": 10_000, "replicates": 10}, {}),
        ([], many | {"replicates": 1}, half),
        ([], many | {"replicates": 2}, half),
        ([4000, 4000, 4000], {"n": 200, "test_draws": 1}, {"n": 50}),  # 3.2e7 weights, 102 numbers
    ):
        given = make_cell(**cell)
        expected = replace(given, **shorter, replicates=1) if shorter else given
        assert calibrate.short(given, [make_learner(hidden=each, batch_size=256) for each in ([], hidden)]) == expected


def test_rows_of_a_calibration_are_what_was_timed(tmp_path, monkeypatch):
    """A training takes 5 s and 10 ms a step here; 3 replicates of 2 groups, tested on 50 draws of each."""
    steps, scales, devices = [], set(), set()

    def seconds(stage, **arguments) -> float:
        if stage.__name__ == "simulate":
            scales.add(json.loads(arguments["cell"])["scale"])
            return {"train": 2.0, "test": 3.0}[arguments["role"]]
        devices.add(arguments.get("device"))  # none for what has no network
        if stage.__name__ == "train":
            steps.append(json.loads(arguments["learner"])["steps"])
            return 5 + 0.01 * steps[-1]
        return {"test": 7.0, "combine": 11.0, "optimum": 13.0, "plot": 17.0}[stage.__name__]

    monkeypatch.setattr(calibrate, "seconds", seconds)
    rows = list(calibrate.timed(make_study(scales=[0.5, 1.0, 2.0], sample_sizes=[10, 100, 1000]), tmp_path, "mps"))
    expected = [
        *(("simulate", "", 60, 2.0), ("simulate", "", 300, 3.0)),
        *(("step", "net", 60, 0.01), ("beside", "net", 60, 5.0), ("test", "net", 60 + 300, 7.0)),
        *(("simulate", "", 6000, 2.0), ("simulate", "", 300, 3.0)),
        *(("step", "net", 3 * 256, 0.01), ("beside", "net", 6000, 5.0), ("test", "net", 6000 + 300, 7.0)),
        *(("combine", "", 1, 11.0), ("optimum", "", 300, 13.0), ("figure", "", 1, 17.0)),
    ]
    assert [row[:4] for row in rows] == [("s", *row[:3]) for row in expected]
    assert [row[-1] for row in rows] == pytest.approx([row[-1] for row in expected])
    assert (steps, scales, devices) == ([200, 800] * 2, {1.0}, {"mps", None})


@pytest.mark.parametrize("task", [TASKS[0], PLANE])
def test_calibrating_times_all_jobs_in_a_folder_of_its_own(task, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = make_study(task=task)
    (tmp_path / "own").mkdir()
    before = time.time()
    calibrate.calibrate([study.json()], "own/measured.json")
    assert list(tmp_path.iterdir()) == [tmp_path / "own"]
    found = json.loads((tmp_path / "own/measured.json").read_text())
    assert before < found["ready"] < time.time()
    assert found["pid"] == os.getpid()
    assert 100 < found["peak"] < 10_000  # MiB of a process with torch
    times = estimate.means(found["timed"])
    assert min(estimate.seconds_of(job, times) for job in jobs_of(study)) > 0


def test_the_line_in_a_log_calibrates_by_hand():
    """The command line takes a study as the rules hand it out, with null for what it has not."""
    check_options("calibrate", {"studies": [make_study(target_accuracy=None).json()]})
    with pytest.raises(InputError, match="study"):
        check_options("calibrate", {"studies": ["{}"]})


def test_jobs_are_told_by_what_they_make():
    files = [("train", "a/1", "no update"), ("train", "b/1", "no update"), ("train", "a/2", "update pending")]
    lines = [dict(zip(("rule", "output_file", "plan"), each, strict=True)) for each in files]
    found = snakemake_record.jobs(lines, lambda rule, path: {"n": path[-1]})
    assert found == [("train", {"n": "1"}, True), ("train", {"n": "2"}, False)]


def stamps(project: Project) -> dict:
    """When each of the results was written."""
    return {path: path.stat().st_mtime_ns for path in (project.path / "results").rglob("*") if path.is_file()}


@pytest.mark.long
@pytest.mark.workflow
def test_jobs_and_steps_are_those_of_a_run_and_nothing_is_disturbed(project):
    """With all done, and with some."""
    before = stamps(project)
    said = project.snakemake("estimate").stdout
    assert f"nothing is left to do: all {JOBS - 1} jobs are done\n" in said
    assert stamps(project) == before

    project.configure(sample_sizes=[10, 30, 100, 300])
    (project.path / "results/tiny/scale=1/n=100/net/model.pt").unlink()
    before, expected = stamps(project), Counter(dict.fromkeys(estimate.STAGES, 0))
    for rule, count in project.jobs().items():
        expected[STAGE_OF.get(rule, "figures")] += count
    lines = project.snakemake("estimate").stdout.splitlines()
    rows = [re.split(" {2,}", line.strip()) for line in lines]
    rows = {name: row for name, *row in rows if name in (*estimate.STAGES, "in all") and len(row) > 3}
    assert {name: int(rows[name][2]) for name in estimate.STAGES} == expected
    assert all(int(jobs) == int(done) + int(left) for jobs, done, left, *_ in rows.values())
    assert rows["train"][:4] == ["16", "11", "5", "460"]  # 2 of 20 and 2 of 200 steps more, and 20 again
    [last] = [line for line in lines if re.fullmatch(r"about \d+ (s|min) on 2 cores, \d\.\d GiB of memory", line)]
    assert (project.path / "logs/estimate.txt").read_text().endswith(f"\n{last}\n")
    assert stamps(project) == before
    assert not list(project.path.glob(".snakemake/estimate-*"))
