"""What a run will take, told before it: jobs, SGD steps, time and memory."""

import json
import math
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from snakemake_logger_plugin_progress.forecast import spoken

from applicability.estimate import workload
from applicability.estimate.rates import Job, Rates
from applicability.running.workers import Workers
from applicability.study import Cell, Learner, Study

STAGES = ["simulate", "train", "test", "tables", "figures"]
SECONDS = 8  # of calibration, beside what the workers take to start
SCHEDULED = 0.012  # seconds of Snakemake's process for each job (docs/benchmarks.md, Growth)
LONGEST_EPOCH = 100  # steps, at points that are timed
MOST = 2e10  # floating-point operations of a step or a test there
BUSY = 1.25  # times as long as the CPU time: then somebody else is at work


@dataclass(frozen=True)
class Measured:
    """What a calibration found."""

    rates: Rates
    seconds: float  # that it took
    start: float  # of these until the workers were ready
    worker: float  # MiB of the largest
    others: float  # MiB of all other processes
    largest: int  # MiB that :func:`applicability.estimate.workload.memory` has for the largest point


def points(studies: Iterable[Study]) -> list[tuple[Cell, Learner]]:
    """What to time: of each learner the largest, the smallest and a middle sample size, smaller where a step, an epoch
    or a test would take long. The largest come first, for the time may not suffice for all."""
    found = {}
    for place in (-1, 0, None):
        for study in studies:
            n = study.sample_sizes[len(study.sample_sizes) // 2 if place is None else place]
            scale = study.scales[len(study.scales) // 2]
            for learner in study.learners.values():
                cell = within(study.cell(scale, n), learner)
                found[cell.json(), learner.without_budget().json()] = cell, learner
    return list(found.values())


def within(cell: Cell, learner: Learner) -> Cell:
    """The cell, made smaller until its epochs, steps and tests are short: rather fewer draws than fewer replicates, and
    smaller batches last."""

    def share() -> float:
        step = workload.operations(cell, learner) / workload.steps(cell, learner)
        return min(1.0, MOST / step, MOST / (2 * workload.draws(cell) * workload.weights(cell, learner)))

    groups = len(cell.task)
    cell = replace(cell, n=min(cell.n, max(1, LONGEST_EPOCH * learner.batch_size // groups)))
    least = min(cell.n, math.ceil(learner.batch_size / groups))
    cell = replace(cell, n=max(least, int(cell.n * share())), test_draws=max(1, int(cell.test_draws * share())))
    cell = replace(cell, replicates=max(1, int(cell.replicates * share())))
    return replace(cell, n=max(1, int(cell.n * share())))


def measured(jobs: Iterable[Job], workers: Workers, count: int, device: str) -> Measured:
    """Time the stages in so many workers at once, as in a run. Nothing of that is left but their logs."""
    begun, chosen = time.time(), points({job.study.name: job.study for job in jobs}.values())
    cells, learners = ([each.json() for each in column] for column in zip(*chosen, strict=True))

    def calibrated(worker: int) -> dict:
        path = Path(folder, str(worker), "measured.json")
        path.parent.mkdir()
        words = {"first": str(worker * len(chosen) // count), "seconds": str(SECONDS), "device": device}
        log = f"logs/estimate/{worker}.log"
        workers.run("calibrate", log, cells=cells, learners=learners, measured=str(path), **words)
        return json.loads(path.read_text())

    # on the disk that the results will be on
    with tempfile.TemporaryDirectory(prefix="estimate-", dir=".snakemake") as folder, ThreadPoolExecutor(count) as pool:
        found = list(pool.map(calibrated, range(count)))
    own = {each["pid"] for each in found}
    helping = [child for child in psutil.Process().children(recursive=True) if child.pid not in own]
    main = max(workload.peak(), workload.peak(resource.RUSAGE_CHILDREN))
    return Measured(
        rates=Rates(chosen, [row for each in found for row in each["timed"]]),
        seconds=time.time() - begun,
        start=sum(each["ready"] for each in found) / count - begun,
        worker=max(each["peak"] for each in found),
        others=main + sum(child.memory_info().rss for child in helping) / 2**20,
        largest=max(workload.memory(cell, learner) for cell, learner in chosen),
    )


def stage(job: Job) -> str:
    """The row of the table that a job is counted in."""
    return "figures" if job.rule.startswith("draw_") else job.rule if job.rule in STAGES else "tables"


def steps(jobs: Iterable[Job]) -> int:
    """SGD steps of the trainings among jobs; a step is one of all replicates at once."""
    return sum(workload.steps(job.cell, job.learner) for job in jobs if job.rule == "train")


def wall(times: Mapping[Job, float], cores: int, trainings: int) -> float:
    """Expected seconds of jobs that take so long each, on so many cores, so many trainings and tests at a time.

    No schedule is faster than W/c, all work shared out evenly, or than C, the longest chain of jobs that wait for one
    another; a greedy one takes W/c + (1 − 1/c)·C at most (Graham 1966). Expected is halfway.
    """
    seconds, cells = dict.fromkeys(STAGES, 0.0), defaultdict(float)
    last = {"tables": 0.0, "figures": 0.0}
    for job, taken in times.items():
        here = stage(job)
        seconds[here] += taken
        if job.learner and job.cell:
            cells[job.study.name, job.cell.scale, job.cell.n, job.learner.name] += taken
        elif here in last:
            last[here] = max(last[here], taken)
    even = (sum(seconds.values()) + SCHEDULED * len(times)) / cores
    chain = max(cells.values(), default=0.0) + sum(last.values())
    least = max(even, chain, (seconds["train"] + seconds["test"]) / trainings, SCHEDULED * len(times))
    return (least + max(least, even + (1 - 1 / cores) * chain)) / 2


def memory(jobs: Iterable[Job], found: Measured, cores: int) -> float:
    """MiB of the main process and of so many workers, each at the largest of the jobs."""
    beyond = [workload.memory(job.cell, job.learner) - found.largest for job in jobs if job.rule in ("train", "test")]
    return found.others + cores * (found.worker + max([0, *beyond]))


def table(jobs: list[Job], times: Mapping[Job, float] | None = None) -> str:
    """Jobs, steps and, where known, time of every stage, in all and left."""
    lines = [["", "jobs", "done", "left", "steps", "steps left"] + ["time", "time left"] * bool(times)]
    for name in [*STAGES, "in all"]:
        here = [job for job in jobs if name in (stage(job), "in all")]
        left = [job for job in here if not job.done]
        line = [f"{count:,}" for count in (len(here), len(here) - len(left), len(left))]
        line += [f"{steps(each):,}" if name in ("train", "in all") else "" for each in (here, left)]
        line += [spoken(sum(map(times.get, each))) for each in (here, left)] if times else []
        lines.append([name, *line])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "   ".join([first.ljust(widths[0]), *(word.rjust(width) for word, width in zip(rest, widths[1:], strict=True))])
        for first, *rest in lines
    )


def estimate(listing: str, *given) -> None:
    """Print the lines of :func:`told`, of which these are the other arguments, and write them to a file."""
    with open(listing, "w") as file:
        for line in told(*given):
            print(line)
            print(line, file=file)


def told(
    jobs_of_config: Callable[[], list[Job]], workers: Workers, cores: int, trainings: int, device: str
) -> Iterator[str]:
    """The lines that tell what is to be done, and what it will take.

    jobs_of_config: asks Snakemake, which takes as long as a run until its first job. trainings: how many can be under
    way at a time, of `cores` jobs.
    """
    begun = time.time()
    jobs = jobs_of_config()
    left, asked = [job for job in jobs if not job.done], time.time() - begun
    if not left:
        yield table(jobs)
        yield f"nothing is left to do: all {len(jobs):,} jobs are done"
        return
    found = measured(jobs, workers, trainings, device)
    times = {job: found.rates.job(job) for job in jobs}
    start, on = asked + found.start, "1 core" if cores == 1 else f"{cores} cores"
    yield table(jobs, times)
    yield "A step is one of all replicates at once. Times are those of one core while all others are at work, too."
    yield (
        f"This rests on {found.seconds:.0f} s of calibration just now, on this machine: the stages themselves, on "
        f"cells of this config. To start takes {spoken(start)}."
    )
    if found.rates.slowed > BUSY:
        yield f"Meanwhile jobs had {1 / found.rates.slowed:.0%} of a core each: is something else at work here?"
    if len(left) < len(jobs):
        yield f"from nothing about {spoken(start + wall(times, cores, trainings))}; what is left:"
    expected = start + wall({job: times[job] for job in left}, cores, trainings)
    yield f"about {spoken(expected)} on {on}, {memory(left, found, cores) / 1024:.1f} GiB of memory"
