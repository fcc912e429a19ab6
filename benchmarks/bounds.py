"""Bounds of the best possible accuracy by nearest neighbours, against the truth, in %: `python benchmarks/bounds.py`.

Tasks of two groups whose best accuracy is known: Φ(Δ/2) of Gaussians at a distance Δ, and q² + (1 − q)² of XOR of
Gaussians of width s, with q = Φ(0.5/s). Bounds are medians over replicates; `held` counts replicates with the truth
between both.
"""

import pandas as pd
from applicability.config.studies import make_task
from applicability.scores.neighbours import bounds_of
from applicability.study.cell import Cell
from applicability.tasks.sample import sample
from scipy.special import ndtr

SIZES = (30, 100, 300, 1000, 3000)  # draws per group
REPLICATES = 5
WIDTH = 0.3  # of the Gaussians of XOR


def at(place: float, times: int = 1) -> list[dict]:
    """Gaussians of width 1 at the same place of `times` coordinates."""
    return [{"norm": {"loc": place}, "times": times}]


def corners(*places: tuple[float, float]) -> dict:
    """A mixture of Gaussians of XOR's width at places in the plane."""
    return {"mixture": [[{"norm": {"loc": place, "scale": WIDTH}} for place in each] for each in places]}


SIDE = ndtr(0.5 / WIDTH)  # q
TASKS = {  # groups, and the best accuracy
    "Gaussians, d = 1": ({"a": at(0), "b": at(2)}, ndtr(1)),
    "XOR, d = 2": (
        {"same": corners((0, 0), (1, 1)), "different": corners((0, 1), (1, 0))},
        SIDE**2 + (1 - SIDE) ** 2,
    ),
    "twonorm, d = 20": ({"a": at(2 / 20**0.5, times=20), "b": at(-2 / 20**0.5, times=20)}, ndtr(2)),
    "Gaussians, d = 100": ({"a": at(0, times=100), "b": at(2) + at(0, times=99)}, ndtr(1)),
}


def row(cell: Cell, best: float) -> dict:
    """The bounds of a cell's replicates, and how many replicates have the truth between theirs."""
    found = pd.DataFrame([bounds_of(draws, cell.counts) for draws in sample(cell, "train", cell.counts)])
    lower, upper = found["accuracy_lower_bound"], found["accuracy_upper_bound"]
    held = ((lower <= best) & (best <= upper)).sum()
    shown = {"lower": 100 * lower.median(), "upper": 100 * upper.median(), "best": 100 * best}
    return {"n": cell.n} | shown | {"held": f"{held} of {REPLICATES}"}


def table() -> pd.DataFrame:
    """A row per task and n."""
    rows = []
    for name, (groups, best) in TASKS.items():
        for n in SIZES:
            cell = Cell("bounds", 0, make_task(groups), 1.0, n, test_draws=1, replicates=REPLICATES)
            rows.append({"task": name} | row(cell, best))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    print(table().to_markdown(index=False, floatfmt=".1f", intfmt=","))
