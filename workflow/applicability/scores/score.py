"""Scores of predicted log-odds, on test draws and at quadrature nodes.

`logits` [R, K, M]: predictions at M places. Of two groups K = 1, the second group's log-odds; of more K = G, each
group's log-odds against the rest, ln p̂/(1 − p̂). `mass` [R, G, M]: probability of each true group there, up to a
common factor: of test draws what each counts, in its own group alone (:func:`own_group`), p(x, group) at quadrature
nodes; R = 1 where all replicates share it.
A score of one group against the rest is averaged over groups; two groups have equal ones, but for the edges of the
calibration's bins. Used by scores and the stage example. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
from scipy.special import expit

from applicability.logits import decide, losses
from applicability.scores.ranking import against_rest, binned, pr_areas, ranked
from applicability.tasks.truth import FLOOR, Truth

# scores of the probabilities that a rule gives; of one that names groups and ranks draws, no more, they are none
OF_PROBABILITIES = ["log_loss", "brier", "calibration_error", "mean_probability", "posterior_error"]
OF_PROBABILITIES += ["log_ratio_rmse", "excess_log_loss", "information", "ratio_mae"]


def score(logits: np.ndarray, mass: np.ndarray) -> dict[str, np.ndarray]:
    """Scores [R] of predicted log-odds, by name.

    logits: [R, K, M], predictions at M places.
    mass: [R or 1, G, M], probability of each true group there.

    Returns accuracy: share sorted right. log_loss: mean −ln p̂ of the true group, in nat, NaN where infinite. brier:
    mean squared error of the probabilities p̂, half the sum over groups (of two: the squared error of the second's).
    auc: probability that a group has a larger logit than the rest, ties counting half (Mann-Whitney).
    calibration_error: mean |p̂ − share of the group| over 15 bins of equal mass by p̂ (ECE). auc and
    calibration_error are means over one group against the rest.
    balanced_accuracy, recall, precision: see :func:`rates`. pr_auc [R, G]: see :func:`pr_areas`.
    """
    total = mass.sum((1, 2))
    ones, pairs, low, high = ranked(*against_rest(logits, mass))
    rest, own = pairs[:, 0], pairs[:, 1]
    probability, below = expit(ones), (low + high) / 2
    shares, probabilities, frequencies = binned(ones, pairs, below)
    areas = pr_areas(pairs, low, high)

    def mean(values: np.ndarray) -> np.ndarray:
        """Mean over the groups."""
        return values.reshape(logits.shape[:2]).mean(1)

    squares = mean((rest * probability**2 + own * (1 - probability) ** 2).sum(1))
    return rates(confusion(decide(logits), mass)) | {
        "log_loss": mean_of(mass, losses(logits)),
        "brier": squares * (mass.shape[1] / 2) / total,
        "auc": np.minimum(mean((own * below[:, 0]).sum(1) / (rest.sum(1) * own.sum(1))), 1),  # not 1 + 1e-15
        "calibration_error": mean(np.nansum(shares * abs(probabilities - frequencies), axis=1)),
        "pr_auc": areas if logits.shape[1] == 1 else areas[:, 1].reshape(len(logits), -1),
    }


def confusion(chosen: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Mass by the group named and the true one, [R, G, G], of groups named at M places [R, M] and the `mass` there."""
    return np.stack([(mass * (chosen == group)[:, None]).sum(2) for group in range(mass.shape[1])], axis=1)


def rates(confusion: np.ndarray) -> dict[str, np.ndarray]:
    """Scores of decisions from the mass by the group named and the true one, [R, G, G].

    Returns accuracy [R]. recall [R, G]: share of a group that is named so; of two groups, ill the second, the second's
    is the sensitivity, the first's the specificity. balanced_accuracy [R]: their mean. precision [R, G]: share of the
    group among what is named so (positive predictive value); NaN where nothing is.
    """
    hits = confusion.diagonal(axis1=1, axis2=2)
    with np.errstate(invalid="ignore"):
        recall, precision = hits / confusion.sum(1), hits / confusion.sum(2)
    accuracy = hits.sum(1) / confusion.sum((1, 2))
    return {"accuracy": accuracy, "balanced_accuracy": recall.mean(1), "recall": recall, "precision": precision}


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
        "excess_log_loss": mean_of(mass, losses(logits) - losses(true_logits)),
    }


def mean_of(mass: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Means [R] of values [R, G, M] at a mass [R or 1, G, M]; NaN where one is infinite.

    An infinite value is the loss of a rule that gives the true group no chance; where that group cannot be it is none.
    """
    sums = weighed(mass, values).sum((1, 2))
    return np.where(np.isfinite(sums), sums, np.nan) / mass.sum((1, 2))


def weighed(mass: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mass times values, 0 where there is no mass, whatever the value."""
    with np.errstate(invalid="ignore"):
        return np.where(mass > 0, mass * values, 0)


def squares(logits: np.ndarray, true_logits: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """What each place adds to the mean square of logit − true logit, [R, M]; infinite where one group alone can be."""
    anywhere = mass.sum(1, keepdims=True)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(anywhere > 0, anywhere * (logits - true_logits) ** 2, 0).mean(1)


def ratio_errors(logits: np.ndarray, true_logits: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """What each place adds to the mean of |r̂ − r| over the first of two groups, [R, M].

    r is the density of the second group over that of the first, r̂ = exp(logit) over the ratio of their weights. Where
    the first group cannot be, no place counts.
    """
    weights = mass.sum(2, keepdims=True)
    first, second = np.moveaxis(mass / weights, 1, 0)
    found, true = (each[:, 0] - np.log(weights[:, 1] / weights[:, 0]) for each in (logits, true_logits))
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.where(second > 0, second * abs(np.expm1(found - true)), np.exp(found) * first)
    return np.where((true < FLOOR / 2) & (first + second > 0), errors, 0)


def by_group(scores: dict[str, np.ndarray], groups: list[str]) -> dict[str, np.ndarray]:
    """Scores [R] by name, those of each group [R, G] taken apart: <name>_<group>."""
    apart = {}
    for name, values in scores.items():
        if np.ndim(values) == 2:
            apart |= {f"{name}_{group}": values[:, index] for index, group in enumerate(groups)}
        else:
            apart[name] = values
    return apart


def own_group(counts: list[int], weights: np.ndarray | None = None) -> np.ndarray:
    """The mass [1, G, M] of draws in the order of their groups, each in its own group alone.

    counts: [G], draws of each group, M in all.
    weights: [G], prior probabilities, which a group's draws share: of M in all. Without them each draw has mass 1.
    """
    factors = 1 if weights is None else np.asarray(weights) * sum(counts) / counts
    return np.repeat(np.eye(len(counts)) * factors, counts, axis=1)[None]


def own_group_of(truth: Truth, draws: np.ndarray) -> np.ndarray:
    """The mass [1, G, M] of test draws [R, M, d], as many of each group, weighed: see :func:`own_group`."""
    groups = len(truth.weights)
    return own_group([draws.shape[1] // groups] * groups, truth.weights)
