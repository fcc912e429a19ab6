"""Common random numbers: a stream's key names all that it may depend on.

A stream of draws, or of the order of a table's rows, depends on (seed, role, group, replicate), of the optimum's draws
on their batch for the replicate; a stream of initial weights, batch orders or dropout masks, or the random_state of a
classifier of scikit-learn, on (seed, role, replicate).
No stream depends on scale, n, learner or the number of replicates, so growing any of these changes no number that was
there. There is no global random state. Used by tasks and learners. May import nothing of ours.
"""

import numpy as np

BLOCK = 1000  # draws that a stream gives at a time

ROLES = {"train": 0, "test": 1, "init": 2, "shuffle": 3, "dropout": 4, "optimum": 6, "split": 7, "estimator": 8}


def sequence(seed: int, role: str, *key: int) -> np.random.SeedSequence:
    """NumPy's `SeedSequence` of one stream, with its role and key as spawn key."""
    return np.random.SeedSequence(seed, spawn_key=(ROLES[role], *key))


def generator(seed: int, role: str, *key: int) -> np.random.Generator:
    """NumPy generator of one stream of random numbers.

    seed, role: the study's seed, and one of ROLES.
    key: group and replicate.
    """
    return np.random.default_rng(sequence(seed, role, *key))


def torch_generators(seed: int, role: str, replicates: int) -> list:
    """A `torch.Generator` for each replicate, on the CPU: every device sees equal numbers.

    seed, role: the study's seed, and one of ROLES. replicates: how many.
    """
    import torch  # not at the top: simulating needs none, and importing it takes longer

    return [
        torch.Generator().manual_seed(int(sequence(seed, role, replicate).generate_state(1, np.uint64)[0]))
        for replicate in range(replicates)
    ]
