"""The default study's `net` learner from nothing, on two cores, ours against a notebook's loop: `python
benchmarks/study.py`."""

import time

import joblib
import numpy as np
import pandas as pd
import torch
from project import CORES, DEFAULT, Project, Run
from rivals import BATCH, RATE, one_epoch, plain
from torch.utils.data import DataLoader, TensorDataset

ROUNDS = 5
STUDY = DEFAULT["studies"]["gaussians"]
SCALE = 0.5  # the loop is timed on the cells of one scale: their cost does not depend on it
STAGES = {"simulate": "simulate", "train": "train", "test": "test", "plot": "figures"}  # any other: tables


def notebook_cell(scale: float, n: int, seed: int) -> float:
    """One replicate of a cell as a notebook has it: draws, training with a DataLoader, accuracy on fresh draws."""
    torch.manual_seed(seed)
    y = torch.cat([torch.zeros(n), torch.ones(n)])
    x = 1 + y[:, None] + scale * torch.randn(2 * n, 1)
    network = plain()
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE)
    loader = DataLoader(TensorDataset(x, y), batch_size=BATCH, shuffle=True)
    for _ in range(STUDY["learners"]["net"]["epochs"]):
        one_epoch(network, optimiser, loader)
    m = STUDY["test_draws"]
    y = torch.cat([torch.zeros(m), torch.ones(m)])
    x = 1 + y[:, None] + scale * torch.randn(2 * m, 1)
    with torch.no_grad():
        return ((network(x).squeeze(-1) > 0) == (y > 0.5)).double().mean().item()


def loop(jobs: int) -> float:
    """Seconds of the whole grid, from one replicate for each job of the cells of one scale; the sizes in falling order,
    so that no core waits long for the other."""
    notebook_cell(SCALE, 10, 0)  # whatever is imported or started at first is there
    joblib.Parallel(CORES)(joblib.delayed(notebook_cell)(SCALE, 10, seed) for seed in range(CORES))
    work = [(SCALE, n, seed) for n in reversed(STUDY["sample_sizes"]) for seed in range(jobs)]
    started = time.perf_counter()
    if jobs == 1:
        for each in work:
            notebook_cell(*each)
    else:
        joblib.Parallel(jobs)(joblib.delayed(notebook_cell)(*each) for each in work)
    return (time.perf_counter() - started) * len(STUDY["scales"]) * STUDY["replicates"] / jobs


def split(run: Run) -> dict[str, float]:
    """CPU time in s of the parts and what is left of both cores; training's share of them while any was on, by its CPU
    time and by the time between its jobs' starts and ends."""
    jobs = run.jobs.assign(part=run.jobs["stage"].map(STAGES).fillna("tables"))
    begins = jobs["end"] - jobs["seconds"]
    parts = jobs.groupby("part")["cpu"].sum().reindex([*STAGES.values(), "tables"], fill_value=0)
    start = CORES * (begins.min() - run.began)
    training = jobs["part"] == "train"
    window = jobs["end"][training].max() - begins[training].min()
    rest = {"scheduling": CORES * run.wall - start - parts.sum()}
    shares = jobs.loc[training, ["cpu", "seconds"]].sum() / (CORES * window)
    return {"start": start} | rest | parts.to_dict() | shares.to_dict()


def tables() -> list[pd.DataFrame]:
    """Wall times with their ratios to ours in each round, and the split of ours; medians."""
    project = Project()
    content = {"device": "cpu", "studies": {"gaussians": STUDY | {"learners": {"net": STUDY["learners"]["net"]}}}}
    config, walls, parts = project.config(content), [], []
    for _ in range(ROUNDS):
        project.empty()
        run = project.snakemake("--configfile", config)
        parts.append(split(run))
        walls.append({"ours": run.wall, "plain loop": loop(1), "joblib on both cores": loop(CORES)})
    walls = pd.DataFrame(walls)
    ratios = walls.div(walls["ours"], axis=0)
    compared = pd.DataFrame({"s": walls.median().round(1), "× ours": ratios.median().round(1)})
    parts = pd.DataFrame(parts).median()
    shares = {"CPU": parts.pop("cpu"), "wall": parts.pop("seconds")}
    spent = pd.DataFrame({"core s": parts.round(1), "%": (100 * parts / parts.sum()).round(1)})
    for name, share in shares.items():
        spent.loc[f"training's share of both cores while any is on, {name} time"] = [np.nan, round(100 * share, 1)]
    return [compared, spent]


if __name__ == "__main__":
    for table in tables():
        print(table.to_markdown(), "\n")
