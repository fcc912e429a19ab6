"""Every score of the networks of a cell."""

import numpy as np
from scipy.special import expit

from applicability.learners import discriminant
from applicability.learners.network import StackedNetwork
from applicability.logits import decide, finite, losses, numbers
from applicability.scores.exact import collapsed, exact
from applicability.scores.score import distance, own_group, score
from applicability.tasks.truth import Truth

WORSE = 10  # times the loss of guessing: on its own training draws a network that learned anything has less


def evaluate(network: StackedNetwork, draws: np.ndarray) -> np.ndarray:
    """Logits [R, K, G·m] in float64 of draws [R, G, m, d], group by group."""
    return network.logits(draws.reshape(len(draws), -1, draws.shape[-1])).mT


def scores_of(
    network: StackedNetwork,
    logits: np.ndarray,
    truth: Truth,
    training: np.ndarray,
    draws: np.ndarray,
    groups: list[str],
) -> dict[str, np.ndarray]:
    """Every score [R] of R networks in float64, their logits [R, K, G·m] and the training and test draws.

    :func:`sampled_scores`; :func:`expected_scores`, named exact_<name> where the draws give that score too;
    plugin_accuracy and plugin_gap, those of the plug-in linear discriminant of the same training draws (exact in one
    dimension). A network with a logit that is not a finite number is `diverged` and has no score of its own.
    """
    gone = ~finite(logits)
    logits = numbers(logits)
    seen = sampled_scores(logits, truth, draws, groups)
    known = expected_scores(network, logits, truth, draws)
    plugged = discriminant.plugin_accuracy(truth, training, draws)
    optimum = known.get("bayes_accuracy", seen["bayes_accuracy"])
    known = {f"exact_{name}" if name in seen else name: values for name, values in known.items()}
    scores = {
        name: values if name.endswith("bayes_accuracy") else np.where(gone, np.nan, values)
        for name, values in (seen | known).items()
    }
    return {"diverged": gone} | scores | {"plugin_accuracy": plugged, "plugin_gap": optimum - plugged}


def diverged(network: StackedNetwork, fitted: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Whether trainings diverged [R]: a parameter of the network, or one of its logits on the training (fitted) and the
    test draws [R, K, G·m], is not a finite number, or the training draws cost more than ten times what guessing does.

    The last is what a rate that is too high leaves behind where all units died before anything overflowed. It is also
    said of a network that has hardly begun, on draws far from 0.
    """
    groups, draws = max(2, fitted.shape[1]), fitted.shape[2]
    loss = (own_group(draws // groups, groups) * losses(numbers(fitted))).sum((1, 2)) / draws
    return ~(network.sound() & finite(fitted) & finite(logits)) | (loss > WORSE * np.log(groups))


def sampled_scores(logits: np.ndarray, truth: Truth, draws: np.ndarray, groups: list[str]) -> dict[str, np.ndarray]:
    """What a user sees, [R]: :func:`score` of logits [R, K, G·m] on draws [R, G, m, d], and more.

    mean_probability_<group>: over the draws of each group, the mean probability of the second of two groups, of more
    that of the group itself. bayes_accuracy: the optimal rule's accuracy on the same draws. gap: bayes_accuracy −
    accuracy, paired and so less noisy than either.
    """
    scores = score(logits, own_group(draws.shape[2], len(groups)))
    means = expit(logits).reshape(*logits.shape[:2], len(groups), -1).mean(3)  # [R, K, G]
    means = means[:, 0] if logits.shape[1] == 1 else means.diagonal(axis1=1, axis2=2)
    named = {f"mean_probability_{group}": means[:, index] for index, group in enumerate(groups)}
    bayes = (truth.decide(draws) == np.arange(len(groups))[:, None]).mean((1, 2))
    return scores | named | {"bayes_accuracy": bayes, "gap": bayes - scores["accuracy"]}


def expected_scores(
    network: StackedNetwork, logits: np.ndarray, truth: Truth, draws: np.ndarray
) -> dict[str, np.ndarray]:
    """What is to be expected of networks in float64, [R]: :func:`exact` in one dimension.

    In more, as means over the test draws: how far they are from the truth (:func:`distance`) and
    whether they collapsed.
    """
    if truth.dimension == 1:
        return exact(truth, lambda x: numbers(network.logits(x[..., None])))
    draws = draws.reshape(len(draws), -1, truth.dimension)
    away = distance(logits, truth.logits(draws).mT, truth.posterior(draws).mT)
    return away | {"collapsed": collapsed(decide(logits), np.ones(draws.shape[1]))}
