"""Scores of predicted log-odds, on test draws and at quadrature nodes.

`logits` [R, K, M]: predictions at M places. Of two groups K = 1, the second group's log-odds; of more K = G, each
group's log-odds against the rest, ln p̂/(1 − p̂). `mass` [R, G, M]: probability of each true group there, 1 or 0 for
test draws, p(x, group) at quadrature nodes; R = 1 where all replicates share it.
A score of one group against the rest is averaged over groups; two groups have equal ones, but for the edges of the
calibration's bins. Used by scores and the stage example. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
from scipy.special import expit

from applicability.logits import decide, losses
from applicability.tasks.truth import FLOOR

BINS = 15  # of equal mass, for the calibration error


def score(logits: np.ndarray, mass: np.ndarray) -> dict[str, np.ndarray]:
    """Scores [R] of predicted log-odds, by name.

    logits: [R, K, M], predictions at M places.
    mass: [R or 1, G, M], probability of each true group there.

    Returns accuracy: share sorted right. log_loss: mean −ln p̂ of the true group, in nat. brier: mean squared error of
    the probabilities p̂, half the sum over groups (of two: the squared error of the second's). auc: probability that a
    group has a larger logit than the rest, ties counting half (Mann-Whitney). calibration_error: mean |p̂ − share of the
    group| over 15 bins of equal mass by p̂ (ECE). auc and calibration_error are means over one group against the rest.
    """
    total = mass.sum((1, 2))
    ones, pairs = against_rest(logits, mass)
    rest, own = pairs[:, 0], pairs[:, 1]
    probability = expit(ones)
    below = mass_below(ones, pairs)
    shares, probabilities, frequencies = binned(ones, pairs, below)

    def mean(values: np.ndarray) -> np.ndarray:
        """Mean over the groups."""
        return values.reshape(logits.shape[:2]).mean(1)

    squares = mean((rest * probability**2 + own * (1 - probability) ** 2).sum(1))
    return {
        "accuracy": np.take_along_axis(mass, decide(logits)[:, None], 1).sum((1, 2)) / total,
        "log_loss": (mass * losses(logits)).sum((1, 2)) / total,
        "brier": squares * (mass.shape[1] / 2) / total,
        "auc": np.minimum(mean((own * below[:, 0]).sum(1) / (rest.sum(1) * own.sum(1))), 1),  # not 1 + 1e-15
        "calibration_error": mean(np.nansum(shares * abs(probabilities - frequencies), axis=1)),
    }


def distance(logits: np.ndarray, true_logits: np.ndarray, mass: np.ndarray) -> dict[str, np.ndarray]:
    """Errors [R] of log-odds against the true ones; `mass` is the true joint probability.

    log_ratio_rmse: root mean square of logit − true logit. posterior_error: E|p̂ − p*|, half the sum over groups.
    excess_log_loss: E KL(p*‖p̂), in nat: the expected log-loss over that of the truth.
    """
    anywhere = mass.sum(1, keepdims=True)
    total = mass.sum((1, 2))
    errors = anywhere * abs(expit(logits) - expit(true_logits))
    return {
        "log_ratio_rmse": np.sqrt(squares(logits, true_logits, mass).sum(1) / total),
        "posterior_error": errors.mean(1).sum(1) * (mass.shape[1] / 2) / total,
        "excess_log_loss": (mass * (losses(logits) - losses(true_logits))).sum((1, 2)) / total,
    }


def squares(logits: np.ndarray, true_logits: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """What each place adds to the mean square of logit − true logit, [R, M]; infinite where one group alone can be."""
    anywhere = mass.sum(1, keepdims=True)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(anywhere > 0, anywhere * (logits - true_logits) ** 2, 0).mean(1)


def ratio_errors(logits: np.ndarray, true_logits: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """What each place adds to the mean of |r̂ − r| over the first of two groups, [R, M].

    r is the density of the second group over that of the first, r̂ = exp(logit). Where the first group cannot be, no
    place counts.
    """
    first, second = np.moveaxis(mass / mass.sum(2, keepdims=True), 1, 0)
    found, true = logits[:, 0], true_logits[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.where(second > 0, second * abs(np.expm1(found - true)), np.exp(found) * first)
    return np.where((true < FLOOR / 2) & (first + second > 0), errors, 0)


def reliability(logits: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, ...]:
    """Reliability diagram: share of the mass, mean p̂, frequency of the group, [R, K, 15] each.

    The 15 bins have equal mass by logit. Equal logits share a bin, so a bin may be empty: its share is 0, its p̂ and
    frequency are NaN.
    """
    ones, pairs = against_rest(logits, mass)
    return tuple(values.reshape(*logits.shape[:2], BINS) for values in binned(ones, pairs, mass_below(ones, pairs)))


def against_rest(logits: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each group against the rest: logits [R·K, M] and masses [R·K, 2, M], those of the rest first."""
    if logits.shape[1] == 1:
        return logits[:, 0], mass
    pairs = np.stack([mass.sum(1, keepdims=True) - mass, mass], axis=2)
    pairs = np.broadcast_to(pairs, (len(logits), *pairs.shape[1:]))
    return logits.reshape(-1, logits.shape[2]), pairs.reshape(-1, 2, logits.shape[2])


def binned(logits: np.ndarray, mass: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, ...]:
    """:func:`reliability` of logits [B, M] and masses [B, 2, M], with their :func:`mass_below`; [B, 15] each."""
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
    """Mass [B, 2, M] at smaller logits [B, M] than each; ties count half."""
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


def own_group(m: int, groups: int = 2) -> np.ndarray:
    """The mass [1, G, G·m] of draws in the order of their groups.

    m: draws per group.
    groups: number G of groups.

    Each draw has mass 1 in its own group and 0 in the others.
    """
    return np.repeat(np.eye(groups), m, axis=1)[None]
