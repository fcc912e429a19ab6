"""R trained rules of one kind, the replicates of a cell: what scores and figures ask of them.

Used by learners, scores and the stages. May import tasks, storage, study, randomness, logits and errors.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

import numpy as np
import torch

from applicability.logits import log_odds, losses

BENT = 1e-6  # of the differences of linear logits: what rounding may leave


class Predictor(ABC):
    """R trained rules of one kind."""

    probabilities = True  # whether logits are log-odds; else they name groups and rank draws, no more
    constant = False  # whether logits are constant but for jumps, as those of trees and nearest neighbours
    trained = True  # whether on cross-entropy by gradients: a large loss says that a training diverged

    @abstractmethod
    def logits(self, x: np.ndarray) -> np.ndarray:
        """Logits [R, M, K] in float64 of draws x [R or 1, M, d].

        Of two groups K = 1, the second group's log-odds. Of G > 2 groups K = G, the log-odds of each against the rest.
        """

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """Probabilities [R, M, G] of the groups, in the order of the config, for draws x [M, d]."""
        return np.exp(-losses(self.logits(np.asarray(x, np.float32)[None]).mT)).mT

    @abstractmethod
    def sound(self) -> np.ndarray:
        """Whether all parameters of each rule are finite numbers, [R]."""

    def in_double(self) -> Self:
        """The rules on the CPU in float64: their expectations do not depend on the device."""
        return self.to("cpu", torch.float64)

    @abstractmethod
    def to(self, *place) -> Self:
        """The rules on another device or in another precision; `place` as `Tensor.to` takes it."""


def logits_of_outputs(outputs: np.ndarray) -> np.ndarray:
    """Logits [R, M, K] of the outputs [R, M, out] of networks; NaN where one is not a finite number.

    Of two groups out = 1, the second's log-odds; of G > 2 groups G, logs of their probabilities, up to a common number.
    """
    outputs[~np.isfinite(outputs)] = np.nan
    return outputs if outputs.shape[-1] == 1 else log_odds(outputs)


def is_linear(logits: Callable[[np.ndarray], np.ndarray], ends: np.ndarray) -> bool:
    """Whether differences of the groups' logits are linear in the inputs, as far as pairs of places tell.

    logits: function of places [M, d] that returns logits [M, 1], or of more groups something that differs from the
    logs of their probabilities by one number for all, [M, G]. ends: [2, M, d]. What is constant is not called linear,
    as a tree that had too few draws to split is, nor what is certain anywhere.
    """
    found = [logits(each) for each in (*ends, ends.mean(0))]
    with np.errstate(invalid="ignore"):  # of a rule that is certain
        first, second, between = (each if each.shape[1] == 1 else each - each[:, :1] for each in found)
        bend, rise = np.abs((first + second) / 2 - between).max(), np.abs(first - second).max()
    return bool(np.isfinite(rise) and rise > 0 and bend <= BENT * (rise + 1))  # of NaN not
