"""What an estimate rests on: the stages themselves, timed for some seconds on cells of the config."""

import itertools
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from applicability.estimate.workload import peak
from applicability.stages.combine import combine
from applicability.stages.optimum import optimum
from applicability.stages.plot import UNDATED, plot
from applicability.stages.simulate import simulate
from applicability.stages.test import test
from applicability.stages.train import train
from applicability.storage import tables
from applicability.study import Cell, Grid, Learner

ENOUGH = 0.2  # seconds of a training that tells the time of a step
GROWTH = 16  # times as many steps at most from one training to the next, until it takes so long
PANELS = 6  # of the figure that is drawn


def calibrate(
    cells: list[str], learners: list[str], measured: Path, first: str = "0", seconds: str = "8", device: str = "cpu"
) -> None:
    """Time the stages for about so many seconds.

    cells, learners: :class:`applicability.study.Cell` and :class:`applicability.study.Learner` as JSON, as many of the
    one as of the other: points, taken in turns from the one in place `first` on. Writes `measured`, JSON: `ready`, when
    all was imported (seconds since 1970); `pid`; `peak`, the most memory of this process in MiB; and `timed`, lists of
    what, place of the point, amount, seconds and those of CPU. What: simulate, test, a job; train, so many steps of all
    replicates at once; beside, the rest of such a job; optimum, a scale; combine, a cell; plot, so many panels.
    """
    points = [(Cell.parse(cell), Learner.parse(learner)) for cell, learner in zip(cells, learners, strict=True)]
    clock = Clock(Path(measured).parent, device)
    cell, learner = min(points, key=lambda point: point[0].n)
    clock.cell(0, cell, learner)
    clock.figure(cell)
    ready = time.time()
    clock.timed, clock.known = [], set()  # imports, and what libraries do but once
    ready -= clock.figure(cell)  # the first one was more than that, too
    end = time.perf_counter() + float(seconds)
    for place in itertools.islice(itertools.cycle(range(len(points))), int(first), None):
        clock.cell(place, *points[place])
        if time.perf_counter() > end:
            break
    record = {"ready": ready, "pid": os.getpid(), "peak": peak(), "timed": clock.timed}
    Path(measured).write_text(json.dumps(record))


class Clock:
    """Runs stages on files in a folder of its own and keeps what they took."""

    def __init__(self, folder: Path, device: str):
        self.folder, self.device = folder, device
        self.timed: list[tuple[str, int, float, float, float]] = []
        self.steps: dict[int, int] = {}  # place of a point -> steps that take long enough
        self.known: set[str] = set()  # studies whose optimum was found

    def run(self, what: str, place: int, amount: float, stage: Callable[..., None], **arguments) -> float:
        """Seconds of a stage, which are kept with those of CPU."""
        started, cpu = time.perf_counter(), time.process_time()
        stage(**arguments)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        self.timed.append((what, place, amount, seconds, cpu))
        return seconds

    def cell(self, place: int, cell: Cell, learner: Learner) -> None:
        """All that is done for a cell and a learner, and of its study the optimum at one scale."""
        samples, model, scores, table = (
            self.folder / f"{name}.csv" for name in ("samples", "model", "scores", "table")
        )
        self.run("simulate", place, 1, simulate, cell=cell.json(), samples=samples)
        self.train(place, cell, learner, samples, model)
        self.run("test", place, 1, test, samples=samples, model=model, scores=scores, device=self.device)
        grid = Grid(cell.study, [learner.name], [cell.scale], [cell.n], cell.replicates)
        self.run("combine", place, 1, combine, cells=[scores], grid=grid.json(), scores=table)
        if cell.study not in self.known:
            self.run("optimum", place, 1, optimum, cells=[cell.json()], optimum=table)
            self.known.add(cell.study)

    def train(self, place: int, cell: Cell, learner: Learner, samples: Path, model: Path) -> None:
        """A training of so many steps that it takes long enough; shorter ones lead to it and are forgotten."""
        epoch = math.ceil(len(cell.task) * cell.n / learner.batch_size)
        steps, seconds = self.steps.get(place, 1), 0.0
        while seconds < ENOUGH / 2:
            steps = math.ceil(steps * min(GROWTH, ENOUGH / seconds)) if seconds else steps
            if epoch < 2 * steps:
                steps = math.ceil(steps / epoch) * epoch  # every epoch begins with a shuffle
            chosen = replace(learner, epochs=None, steps=steps)
            job = {"samples": samples, "learner": chosen.json(), "model": model, "device": self.device}
            self.run("train", place, steps, train, **job)
            *named, whole, cpu = self.timed.pop()
            seconds = float(tables.read(model.with_name("cost.csv"))["seconds"].sum())  # of all replicates
        share = seconds / whole
        self.timed.append((*named, seconds, cpu * share))
        self.timed.append(("beside", place, 1, whole - seconds, cpu * (1 - share)))
        self.steps[place] = steps

    def figure(self, cell: Cell) -> float:
        """Seconds of a figure of some panels."""
        paths = [self.folder / f"{n}.npz" for n in range(1, PANELS + 1)]
        for n, path in enumerate(paths, 1):
            simulate(replace(cell, n=n, test_draws=1, replicates=1).json(), path)
        pictures = [self.folder / f"figure{format}" for format in UNDATED]
        return self.run("plot", 0, PANELS, plot, figure="samples", pictures=pictures, cells=paths)
