"""What a cell costs beyond its work, from 50 to 2,000 cells of a tiny learner: `python benchmarks/growth.py`."""

import pandas as pd
from project import CORES, Project

GRIDS = {50: (10, 5), 500: (25, 20), 2000: (50, 40)}  # cells: scales x sample sizes
STAGES = ["simulate", "train", "test"]


def study(scales: int, sizes: int) -> dict:
    """A config of as many cells that are hardly any work."""
    return {
        "device": "cpu",
        "studies": {
            "growth": {
                "task": {"a": {"norm": {"loc": 1.0}}, "b": {"norm": {"loc": 2.0}}},
                "scales": [round(0.1 + 0.02 * place, 2) for place in range(scales)],
                "sample_sizes": list(range(10, 10 + sizes)),
                "replicates": 2,
                "test_draws": 100,
                "learners": {"net": {"hidden": [4], "optimiser": {"sgd": {"lr": 0.1}}, "steps": 5}},
            }
        },
    }


def table() -> pd.DataFrame:
    """Per number of cells: wall times in s of a dry run, of a run up to scores.csv and of the same once more; memory of
    the main process; and the overhead per cell and stage: what of the wall time was not the jobs' work on two cores."""
    project = Project()
    rows = {}
    for cells, grid in GRIDS.items():
        project.empty()
        config = project.config(study(*grid))
        words = ["results/growth/scores.csv", "--configfile", config]
        dry = project.snakemake(*words, "--dry-run")
        real = project.snakemake(*words)
        again = project.snakemake(*words)
        work = real.jobs["cpu"].sum() / CORES
        rows[cells] = {
            "dry run, s": dry.wall,
            "run, s": real.wall,
            "of it work on two cores, s": work,
            "once more, s": again.wall,
            "ms per cell and stage": 1000 * (real.wall - work) / (cells * len(STAGES)),
            "memory, MiB": real.memory,
        }
    return pd.DataFrame(rows).T.rename_axis("cells").round(1)


if __name__ == "__main__":
    print(table().to_markdown())
