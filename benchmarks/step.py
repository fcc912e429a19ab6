"""µs per SGD step and network on one core, ours against others': `python benchmarks/step.py`."""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import time
from itertools import islice

import numpy as np
import pandas as pd
import rivals
import torch
from applicability.learners.network import StackedNetwork
from applicability.learners.own_network import OwnTraining
from applicability.learners.training import Training
from applicability.study.learner import Network, OwnNetwork

STEPS = 78  # of an epoch
DRAWS = STEPS * rivals.BATCH  # both groups together
ROUNDS = 7
FLOPS = 6 * rivals.BATCH * (64 + 64 * 64 + 64)  # of the products of a step: forward, and twice that backward


def ours(x: np.ndarray, y: np.ndarray) -> rivals.Epoch:
    """This library's own stacked training."""
    options = {"hidden": [64, 64], "activation": "relu", "dropout": 0.0, "standardise": False}
    learner = Network(
        name="net", **options, optimiser={"sgd": {"lr": rivals.RATE}}, batch_size=rivals.BATCH, epochs=1000
    )
    init, shuffle = ([torch.Generator().manual_seed(seed + each) for each in range(len(x))] for seed in (0, 1000))
    network = StackedNetwork.initial([1, 64, 64, 1], init, "relu")
    labels = torch.from_numpy(y).long()
    steps = Training(network, torch.from_numpy(x), labels, learner, shuffle).steps(learner.total_steps(DRAWS))

    def epoch() -> None:
        with torch.inference_mode():  # as in applicability.learners.fitting.fit
            for _ in islice(steps, STEPS):
                pass

    return epoch


def own(x: np.ndarray, y: np.ndarray) -> rivals.Epoch:
    """A network of one's own in this library, one after the other."""
    file = {"file": rivals.__file__, "name": "plain"}
    options = {"python": file, "standardise": False, "optimiser": {"sgd": {"lr": rivals.RATE}}}
    learner = OwnNetwork(name="own", **options, batch_size=rivals.BATCH, epochs=1000)
    labels = torch.from_numpy(y).long()
    trainings = [OwnTraining(rivals.plain(), learner, *each) for each in zip(torch.from_numpy(x), labels, strict=True)]
    shuffle = torch.Generator().manual_seed(0)
    return lambda: [list(training.steps(STEPS, shuffle)) for training in trainings]


def product() -> float:
    """µs that the products of a step would take at the speed of a large one."""
    side = 2048
    a, b = torch.ones(side, side), torch.empty(side, side)
    torch.mm(a, a, out=b)
    return seconds(lambda: torch.mm(a, a, out=b)) * FLOPS / (2 * side**3) * 1e6


def seconds(act: rivals.Epoch) -> float:
    """How long it takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


METHODS = {
    "ours": ours,
    "JAX, jit(vmap(scan))": rivals.jax_scan,
    "torch.func.vmap": rivals.vmap,
    "ours, a network of one's own": own,
    "scikit-learn MLPClassifier": rivals.scikit_learn,
    "DataLoader loop": rivals.data_loader,
}
ONE_BY_ONE = list(METHODS)[3:]  # one network after the other, whatever R


def measured(replicates: int) -> pd.DataFrame:
    """µs per step and network of each round, a column per method; the methods take turns."""
    generator = np.random.default_rng(0)
    labels = np.tile(np.repeat(np.float32([0, 1]), DRAWS // 2), (replicates, 1))
    draws = generator.normal(1 + labels, 0.5).astype(np.float32)[..., None]
    counts = {name: 1 if name in ONE_BY_ONE else replicates for name in METHODS}
    epochs = {name: method(draws[: counts[name]], labels[: counts[name]]) for name, method in METHODS.items()}
    for epoch in epochs.values():
        epoch()  # compiled, allocated, in the cache
    rows = []
    for _ in range(ROUNDS):
        row = {name: seconds(epoch) / STEPS / counts[name] * 1e6 for name, epoch in epochs.items()}
        rows.append(row | {"floor": product()})
    return pd.DataFrame(rows)


def table() -> pd.DataFrame:
    """Medians over the rounds, and those of ours' ratio to each within a round; a row per method, columns by R."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    columns = {}
    for replicates in (1, 10, 30):
        rounds = measured(replicates)
        columns[f"µs, R = {replicates}"] = rounds.median().round(0)
        columns[f"× ours, R = {replicates}"] = rounds.div(rounds["ours"], axis=0).median().round(2)
    return pd.DataFrame(columns)


if __name__ == "__main__":
    print(table().to_markdown())
