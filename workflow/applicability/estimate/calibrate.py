"""Calibration: times each stage on this machine, on small and large cells of a study.

A warm worker runs `calibrate` for estimate.py.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from applicability.estimate import workload
from applicability.stages.assess import assess
from applicability.stages.combine import combine
from applicability.stages.optimum import optimum
from applicability.stages.plot import UNDATED, plot
from applicability.stages.simulate import simulate
from applicability.stages.test import test
from applicability.stages.train import train
from applicability.study.cell import Cell
from applicability.study.learner import Learner
from applicability.study.study import Grid, Study

MOST = 2e10  # floating-point operations of a timed step or test, at most: about half a second
PER_DRAW = 150  # all work on a draw but matrix products, as the number of weights whose products take as long
STEPS = 200  # of the shorter of two timed trainings, at most
PANELS = 9  # of the timed figure, at most


def calibrate(studies: list[str], measured: Path, device: str = "cpu") -> None:
    """Time the stages on cells of studies.

    studies: each a :class:`applicability.study.study.Study` as JSON.
    measured: the JSON file to write, with `ready`, when all libraries were imported (seconds since 1970); `pid`;
    `peak`, the largest memory of this process, MiB; `timed`, the rows of :func:`timed`.
    device: auto, cpu, cuda or mps.
    """
    studies, folder = [Study.parse(study) for study in studies], Path(measured).parent
    list(timed(replace(studies[0], sample_sizes=studies[0].sample_sizes[:1]), folder, device))  # imports take a while
    found = {"ready": time.time(), "pid": os.getpid()}
    found["timed"] = [row for study in studies for row in timed(study, folder, device)]
    Path(measured).write_text(json.dumps(found | {"peak": workload.peak()}))


def timed(study: Study, folder: Path, device: str) -> Iterator[tuple[str, str, str, int, float]]:
    """Rows of study, what was timed, learner or "", amount of work, and seconds.

    step: one SGD step of all replicates; its work is the draws in the step. beside: a training without its steps.
    simulate, test, optimum (of one scale), assess: a job. The work of these five is the numbers drawn or read.
    combine: the scores of one cell. figure: one figure.
    """
    samples, test_samples = folder / "samples.npz", folder / "test.npz"
    table, learners = folder / "table.csv", study.learners.values()
    for n in sorted({study.sample_sizes[0], study.sample_sizes[-1]}):
        cell = short(study.cell(study.scales[len(study.scales) // 2], n), learners)
        scores = [folder / learner.name / "scores.csv" for learner in learners]
        for role, of, path in (("train", cell, samples), ("test", cell.of_tests(), test_samples)):
            taken = seconds(simulate, cell=of.json(), samples=path, role=role)
            yield study.name, "simulate", "", workload.draws_of(of), taken
        for learner, path in zip(learners, scores, strict=True):
            if not learner.losses:
                files = {"samples": samples, "test_samples": test_samples, "scores": path}
                taken = seconds(assess, learner=learner.json(), **files)
                yield study.name, "assess", learner.name, workload.tested_of(cell), taken
                continue
            of_step, files = workload.batch_of(cell, learner) * cell.replicates, {"model": path.with_name("model.pt")}
            files |= {"samples": samples, "device": device}
            few = max(1, min(STEPS, int(MOST / 5 / operations(of_step, cell, learner))))
            same = replace(learner.without_budget(), name=learner.name)
            budgets = [replace(same, steps=steps).json() for steps in (few, 4 * few)]
            less, more = (seconds(train, learner=budget, **files) for budget in budgets)
            step = max(0.0, more - less) / (3 * few)
            yield study.name, "step", learner.name, of_step, step
            yield study.name, "beside", learner.name, workload.draws_of(cell), max(0.0, less - few * step)
            taken = seconds(test, test_samples=test_samples, scores=path, **files)
            yield study.name, "test", learner.name, workload.tested_of(cell), taken
    grid = Grid(study.name, list(study.learners), [cell.scale], [cell.n], cell.replicates).json()
    yield study.name, "combine", "", 1, seconds(combine, cells=scores, grid=grid, scores=table)
    taken = seconds(optimum, cells=[cell.json()], optimum=table)
    yield study.name, "optimum", "", workload.draws_of(cell.of_tests()), taken
    panels = [
        folder / f"{n}/samples.npz" for n in range(1, 1 + min(PANELS, len(study.scales) * len(study.sample_sizes)))
    ]
    for n, panel in enumerate(panels, 1):
        simulate(replace(cell, n=n, replicates=1).json(), panel)
    pictures = [folder / f"figure{ending}" for ending in UNDATED]
    yield study.name, "figure", "", 1, seconds(plot, figure="samples", pictures=pictures, cells=panels)


def seconds(stage: Callable[..., None], **arguments) -> float:
    """The seconds that a stage takes."""
    started = time.perf_counter()
    stage(**arguments)
    return time.perf_counter() - started


def operations(draws: int, cell: Cell, learner: Learner) -> int:
    """Floating-point operations of an SGD step on so many draws; a test needs fewer."""
    return 6 * draws * ((workload.weights_of(cell, learner) if learner.losses else 0) + PER_DRAW)


def short(cell: Cell, learners: Iterable[Learner]) -> Cell:
    """A cell with fewer replicates, then fewer draws, whose tests are short.

    A step takes no more draws than a test, and is short too.
    """
    while cell.n > 1 and max(operations(workload.tested_of(cell), cell, learner) for learner in learners) > MOST:
        if cell.replicates > 1:
            cell = replace(cell, replicates=cell.replicates // 2)
        else:
            cell = replace(cell, n=cell.n // 2, test_draws=max(1, cell.test_draws // 2))
    return cell
