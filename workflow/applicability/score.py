"""Scores of logits against a mass: how much of each group lies where each logit was found.

The mass is 1 in the draw's own group and 0 in the other where logits are those of test draws, and the true joint
probability of place and group where they are those of the nodes of a quadrature. Everything here is for two groups,
shapes are [R, M] for logits (of the second group) and [R, 2, M] for masses, R = 1 where all replicates share them.
"""

import numpy as np
from scipy.special import expit

BINS = 15  # of equal mass, for the calibration error


def score(logits: np.ndarray, mass: np.ndarray) -> dict[str, np.ndarray]:
    """Scores [R] of logits.

    accuracy: share sorted right (a logit of 0 goes to the first group). log_loss: mean −ln p̂ of the true group, in
    nat. brier: mean squared error of the second group's probability p̂. auc: probability that the second group has
    the larger logit, ties counting half (Mann-Whitney). calibration_error: mean |p̂ − share of the second group| over
    15 bins of equal mass by p̂ (ECE).
    """
    first, second = mass[:, 0], mass[:, 1]
    total = mass.sum((1, 2))
    probability = expit(logits)
    below = mass_below(logits, mass)
    shares, probabilities, frequencies = reliability(logits, mass, below)
    return {
        "accuracy": np.where(logits > 0, second, first).sum(1) / total,
        "log_loss": (first * softplus(logits) + second * softplus(-logits)).sum(1) / total,
        "brier": (first * probability**2 + second * (1 - probability) ** 2).sum(1) / total,
        "auc": np.minimum((second * below[:, 0]).sum(1) / (first.sum(1) * second.sum(1)), 1),  # not 1 + 1e-15
        "calibration_error": np.nansum(shares * abs(probabilities - frequencies), axis=1),
    }


def distance(logits: np.ndarray, true_logits: np.ndarray, mass: np.ndarray) -> dict[str, np.ndarray]:
    """How far logits are from the true ones, [R]; `mass` is that of the true joint probability.

    log_ratio_rmse: root mean square of logit − true logit. posterior_error: E|p̂ − p*|. excess_log_loss: E KL(p*‖p̂),
    in nat: the expected log-loss over that of the truth.
    """
    both = mass.sum(1)
    total = both.sum(1)
    excess = mass[:, 0] * (softplus(logits) - softplus(true_logits))
    excess += mass[:, 1] * (softplus(-logits) - softplus(-true_logits))
    with np.errstate(over="ignore", invalid="ignore"):  # infinite where one group alone can be, and so is the error
        squares = np.where(both > 0, both * (logits - true_logits) ** 2, 0)
    return {
        "log_ratio_rmse": np.sqrt(squares.sum(1) / total),
        "posterior_error": (both * abs(expit(logits) - expit(true_logits))).sum(1) / total,
        "excess_log_loss": excess.sum(1) / total,
    }


def reliability(logits: np.ndarray, mass: np.ndarray, below: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    """Of 15 bins of equal mass by logit: share of the mass, mean p̂, frequency of the second group; [R, 15] each.

    Equal logits share a bin, so that a bin may be empty: its share is 0, its p̂ and frequency NaN.
    """
    below = mass_below(logits, mass) if below is None else below
    both = np.broadcast_to(mass.sum(1), logits.shape)
    total = both.sum(1, keepdims=True)
    bins = np.clip((below.sum(1) / total * BINS).astype(int), 0, BINS - 1)
    cells = (bins + BINS * np.arange(len(logits))[:, None]).ravel()

    def sums(values: np.ndarray) -> np.ndarray:
        spread = np.broadcast_to(values, logits.shape).ravel()
        return np.bincount(cells, spread, minlength=BINS * len(logits)).reshape(-1, BINS)

    masses = sums(both)
    with np.errstate(invalid="ignore"):
        return masses / total, sums(both * expit(logits)) / masses, sums(mass[:, 1]) / masses


def mass_below(logits: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Each group's mass [R, 2, M] where logits are smaller than each, ties counting half."""
    order = logits.argsort(axis=1, kind="stable")
    ranked = np.take_along_axis(logits, order, 1)
    m = logits.shape[1]
    places = np.arange(m)
    new = np.diff(ranked, axis=1, prepend=-np.inf) != 0  # where a run of equal logits starts
    start = np.maximum.accumulate(np.where(new, places, 0), axis=1)
    last = np.concatenate([new[:, 1:], np.ones((len(logits), 1), bool)], axis=1)
    end = np.minimum.accumulate(np.where(last, places + 1, m)[:, ::-1], axis=1)[:, ::-1]
    mass = np.broadcast_to(mass, (len(logits), *mass.shape[1:]))
    sums = np.take_along_axis(mass, order[:, None], 2).cumsum(2)
    sums = np.concatenate([np.zeros((*sums.shape[:2], 1)), sums], axis=2)
    halves = (np.take_along_axis(sums, start[:, None], 2) + np.take_along_axis(sums, end[:, None], 2)) / 2
    below = np.empty_like(halves)
    np.put_along_axis(below, order[:, None], halves, 2)
    return below


def own_group(m: int) -> np.ndarray:
    """The mass [1, 2, 2m] of m draws of the first group and then m of the second."""
    return np.repeat(np.eye(2), m, axis=1)[None]


def softplus(x: np.ndarray) -> np.ndarray:
    """ln(1 + exp(x))."""
    return np.logaddexp(0, x)
