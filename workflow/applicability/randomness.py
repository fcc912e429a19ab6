"""Common random numbers: every stream is keyed by what it may depend on, and by nothing else.

A stream of draws depends on (seed, role, group, replicate); a stream of initial weights, batch orders or dropout
masks on (seed, role, replicate). Neither knows of scale, n, learner or the number of replicates, so that growing
any of these changes no number that was there. The bootstrap's depends on (seed, role). There is no global random state.
"""

import numpy as np

ROLES = {"train": 0, "test": 1, "init": 2, "shuffle": 3, "dropout": 4, "bootstrap": 5}


def sequence(seed: int, role: str, *key: int) -> np.random.SeedSequence:
    """The seed sequence of one stream (NumPy's `SeedSequence` with the key as its spawn key)."""
    return np.random.SeedSequence(seed, spawn_key=(ROLES[role], *key))


def generator(seed: int, role: str, *key: int) -> np.random.Generator:
    """NumPy generator of one stream; that of draws has the group and the replicate as its key."""
    return np.random.default_rng(sequence(seed, role, *key))


def torch_generators(seed: int, role: str, replicates: int) -> list:
    """A `torch.Generator` on the CPU for each replicate, so that every device sees the same numbers."""
    import torch  # not at the top: simulating needs none, and importing it takes longer

    return [
        torch.Generator().manual_seed(int(sequence(seed, role, replicate).generate_state(1, np.uint64)[0]))
        for replicate in range(replicates)
    ]
