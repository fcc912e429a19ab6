"""How long a job takes on this machine: what jobs do, times what that took in a calibration."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from applicability.estimate import workload
from applicability.study import Cell, Learner, Study

# what was timed -> how much work it is, in a unit of its own
WORK = {
    "simulate": lambda cell, learner: workload.draws(cell),
    "train": lambda cell, learner: workload.operations(cell, learner) / workload.steps(cell, learner),  # a step
    "beside": lambda cell, learner: workload.draws(cell),
    "test": lambda cell, learner: workload.draws(cell) * workload.weights(cell, learner),
    "optimum": lambda cell, learner: workload.draws(cell) if cell.dimension > 1 else 1,  # on a line no draws are needed
    "combine": lambda cell, learner: cell.replicates,
    "plot": lambda cell, learner: 1,
}
# a table takes as long as so many reads of a cell's scores, and of each learner and cell so many (measured once)
TABLES = {"combine": (0, 0.6), "summarise": (2, 0.1), "plan": (2, 0.1), "compare": (2, 0.1), "tabulate": (2, 0)}
TABLES |= {"typeset": (4, 0), "describe": (6, 0.1)}
MAP = 4, 1 / 12  # panels that a figure of tables takes as long as, and of each cell so many (measured once)


@dataclass(frozen=True, eq=False)  # each its own, whatever is in it
class Job:
    """A job of a run: its rule, its study and what it is about."""

    rule: str
    study: Study
    cell: Cell | None = None
    learner: Learner | None = None
    panels: int = 0  # cells whose files a figure reads, each a panel
    done: bool = False


class Curve:
    """Seconds over work, as measured: means that never fall, straight between them, in proportion beyond the last."""

    def __init__(self, totals: Mapping[float, np.ndarray]):
        """totals: work -> times it was done, and the seconds that this took in all."""
        self.work = sorted(totals)
        times, seconds = np.transpose([totals[work] for work in self.work])
        self.seconds = isotonic_regression(seconds / times, weights=seconds).x

    def __call__(self, work: float) -> float:
        return float(np.interp(work, self.work, self.seconds)) * max(1.0, work / self.work[-1])


def keys(what: str, cell: Cell, learner: Learner | None) -> list[tuple[str, ...]]:
    """Whose times are those of a learner, the nearest first: its own in its study, all of the study, all."""
    own = [(what, cell.study, learner.without_budget().json())] if learner else []
    return [*own, (what, cell.study), (what,)]


class Rates:
    """What was timed at points, a cell and a learner each: by learner, by study and in all.

    CPU time, which others at work on the same cores disturb less, times what they slow down all of it.
    """

    def __init__(self, points: list[tuple[Cell, Learner]], timed: Iterable[tuple[str, int, float, float, float]]):
        """timed: what, place of its point, times it was done, seconds and those of CPU (see
        :mod:`applicability.calibrate`)."""
        timed = list(timed)
        totals = defaultdict(lambda: defaultdict(lambda: np.zeros(2)))
        for what, place, times, _, cpu in timed:
            cell, learner = points[place]
            for key in keys(what, cell, learner):
                totals[key][WORK[what](cell, learner)] += times, cpu
        self.curves = {key: Curve(found) for key, found in totals.items()}
        self.slowed = sum(row[3] for row in timed) / sum(row[4] for row in timed)

    def seconds(self, what: str, cell: Cell, learner: Learner | None = None) -> float:
        """Of one time; where this learner, or this study, was not timed, by what was with as much work."""
        curve = next(self.curves[key] for key in keys(what, cell, learner) if key in self.curves)
        return self.slowed * curve(WORK[what](cell, learner))

    def job(self, job: Job) -> float:
        """Seconds of a job in its worker."""
        study, cell, learner = job.study, job.cell, job.learner
        if job.rule == "train":
            step, beside = (self.seconds(what, cell, learner) for what in ("train", "beside"))
            return workload.steps(cell, learner) * step + beside
        if job.rule in ("simulate", "test"):
            return self.seconds(job.rule, cell, learner)
        if job.rule == "optimum":
            return sum(self.seconds("optimum", study.cell(scale, 1)) for scale in study.scales)
        cell, cells = study.cell(study.scales[0], 1), len(study.scales) * len(study.sample_sizes)
        if job.rule in TABLES:
            fixed, each = TABLES[job.rule]
            return (fixed + each * cells * len(study.learners)) * self.seconds("combine", cell)
        return (job.panels or MAP[0] + MAP[1] * cells) * self.seconds("plot", cell)
