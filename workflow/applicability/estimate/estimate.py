"""Estimate of a run before it starts: jobs, SGD steps, time and memory."""

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean

import numpy as np
import psutil

from applicability.estimate import workload
from applicability.estimate.jobs import STAGE_OF, Job
from applicability.running.workers import Workers
from applicability.wording import spoken

STAGES = [*dict.fromkeys(STAGE_OF.values()), "figures"]
AT_MOST = ["Of learners that stop early they are the most: nobody knows when they will."]
SCHEDULED = 0.012  # seconds that Snakemake's own process spends on each job (docs/benchmarks.md, Growth)

Times = Mapping[tuple[str, str, str], Mapping[int, float]]  # study, what, learner -> work -> seconds


def estimate(
    listing: str, ask: Callable[[], list[Job]], workers: Workers, cores: int, trainings: int, device: str
) -> None:
    """Print what a run takes on this machine, and write it to a file.

    listing: path of the file.
    ask: returns the jobs of the run; it takes as long as a run takes until its first job.
    workers: the warm workers, which calibrate.
    cores: how many jobs run at a time.
    trainings: how many of these may train or test at a time.
    device: auto, cpu, cuda or mps.
    """
    begun, jobs = time.time(), ask()
    left = [job for job in jobs if not job.done]
    told = f"nothing is left to do: all {len(jobs):,} jobs are done"
    if left:
        asked, found = time.time(), calibrated(left, workers, trainings, device)
        took, times = time.time() - asked, means(row for each in found for row in each["timed"])
        taken = {job: seconds_of(job, times) for job in left}
        expected = fmean(each["ready"] for each in found) - begun + wall(taken, cores, trainings)
        lines = [
            table(jobs, taken),
            "Steps and time are of what is left: a step is one of all replicates at once, times are those of one core.",
            *AT_MOST[: any(job.rule == "train" and job.learner.patience for job in left)],
            f"This rests on {took:.0f} s of calibration just now, here: the stages, on cells of this config.",
            f"about {spoken(expected)} on {cores} core{'s' * (cores > 1)}, {needs(memory(left, found, cores))}",
        ]
        told = "\n".join(lines)
    print(told)
    Path(listing).write_text(f"{told}\n")


def calibrated(jobs: Iterable[Job], workers: Workers, count: int, device: str) -> list[dict]:
    """The findings of :func:`~applicability.estimate.calibrate.calibrate` in count workers at once.

    Together they are as busy as in a run.
    """
    studies = [study.json() for study in {job.study.name: job.study for job in jobs}.values()]

    def found(worker: int) -> dict:
        path = Path(folder, str(worker), "measured.json")
        path.parent.mkdir()
        log = f"logs/estimate/{worker}.log"
        workers.run("calibrate", log, studies=studies, measured=str(path), device=device)
        return json.loads(path.read_text())

    # below the working directory: on the disk that the results will be on
    with tempfile.TemporaryDirectory(prefix="estimate-", dir=".snakemake") as folder, ThreadPoolExecutor(count) as pool:
        return list(pool.map(found, range(count)))


def means(rows: Iterable[tuple[str, str, str, int, float]]) -> Times:
    """Mean seconds of timed rows, by study, what was timed, learner and work."""
    found = defaultdict(lambda: defaultdict(list))
    for *key, work, taken in rows:
        found[tuple(key)][work].append(taken)
    return {key: {work: fmean(each) for work, each in sorted(times.items())} for key, times in found.items()}


def seconds_of(job: Job, times: Times) -> float:
    """Seconds of a job, by linear interpolation in its work between timed amounts.

    Above the largest timed amount, seconds are in proportion to work.
    """
    study, cell, learner = job.study, job.cell, job.learner

    def taken(what: str, work: int) -> float:
        measured = times[study.name, what, learner.name if what in ("step", "beside", "test", "assess") else ""]
        return float(np.interp(work, [*measured], [*measured.values()])) * max(1.0, work / max(measured))

    if job.rule == "train":
        step = taken("step", workload.batch_of(cell, learner) * cell.replicates)
        return workload.steps_of(cell, learner) * step + taken("beside", workload.draws_of(cell))
    if job.stage == "simulate":
        return taken("simulate", workload.draws_of(cell))
    if job.rule == "assess":
        return taken("assess", workload.tested_of(cell))
    if job.rule == "test":
        return taken("test", workload.tested_of(cell))
    if job.rule == "optimum":
        return sum(taken("optimum", workload.draws_of(study.cell(scale, study.test_draws))) for scale in study.scales)
    if job.stage == "figures":
        return taken("figure", 1)
    return taken("combine", len(study.scales) * len(study.sample_sizes))  # other tables take no longer


def wall(taken: Mapping[Job, float], cores: int, trainings: int) -> float:
    """Wall time of jobs, shared out over cores; taken: the seconds of each.

    At most so many trainings (and tests) run at a time.
    """
    limited = sum(seconds for job, seconds in taken.items() if job.stage in ("train", "test"))
    shared = (sum(taken.values()) + SCHEDULED * len(taken)) / cores
    return max(shared, limited / trainings, max(taken.values()))


def memory(jobs: Iterable[Job], found: list[dict], cores: int) -> float:
    """MiB of a run: Snakemake's processes, and a worker with the largest job per core."""
    main, own = psutil.Process(), {each["pid"] for each in found}
    others = [each.memory_info().rss for each in [main, *main.children(recursive=True)] if each.pid not in own]
    sizes = [workload.memory_of(job.cell, job.learner) for job in jobs if job.stage in ("train", "test")]
    worker = max(each["peak"] for each in found) + max(sizes, default=workload.PROCESS) - workload.PROCESS
    return sum(others) / 2**20 + cores * worker


def needs(mebibytes: float) -> str:
    """The memory of a run in words, with a warning where this machine has less."""
    need, has = mebibytes / 1024, psutil.virtual_memory().total / 2**30
    lacking = f", of which this machine has {has:.0f}: it will not fit; fewer cores (--cores N) or draws need less"
    return f"{need:.1f} GiB of memory{lacking if need > has else ''}"


def steps(jobs: Iterable[Job]) -> int:
    """SGD steps of the trainings among jobs."""
    return sum(workload.steps_of(job.cell, job.learner) for job in jobs if job.rule == "train")


def table(jobs: list[Job], taken: Mapping[Job, float]) -> str:
    """The table of jobs by stage, with steps and time of jobs not yet done."""
    lines = [["", "jobs", "done", "left", "steps", "time"]]
    for name in [*STAGES, "in all"]:
        here = [job for job in jobs if name in (job.stage, "in all")]
        left = [job for job in here if not job.done]
        counts = [f"{count:,}" for count in (len(here), len(here) - len(left), len(left))]
        counts.append(f"{steps(left):,}" if name in ("train", "in all") else "")
        lines.append([name, *counts, spoken(sum(taken[job] for job in left))])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    words = ([name.ljust(widths[0]), *map(str.rjust, line, widths[1:])] for name, *line in lines)
    return "\n".join("   ".join(line) for line in words)
