"""What a training took, and where it ran: the columns of cost.csv.

Used by the stages train and assess. May import tasks, storage, study, randomness, logits and errors.
"""

import functools
import platform
from importlib.metadata import version

import numpy as np
import pandas as pd
import torch

from applicability.learners.device import described
from applicability.storage import tables
from applicability.study.cell import Cell
from applicability.study.learner import Learner


def cost_of(learner: Learner, cell: Cell, steps: np.ndarray | int, seconds: float, place: torch.device) -> pd.DataFrame:
    """The cost of the trainings of a cell, a row per replicate: keys, steps, seconds, device and versions.

    steps: [R], those of gradients; 0 of a learner that takes none. seconds: of all replicates, which share them.
    """
    took = {"steps": steps, "seconds": seconds / cell.replicates}
    where = {"device": described(place), "versions": versions("torch" if learner.losses else "scikit-learn")}
    return tables.of_replicates(learner.name, cell, **took, **where)


@functools.cache  # a training of few steps takes as long as reading them
def versions(package: str) -> str:
    """Versions of the software that the numbers of a training by a package may depend on."""
    packages = ("applicability", "numpy", "scipy", package)
    return " ".join([f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)])
