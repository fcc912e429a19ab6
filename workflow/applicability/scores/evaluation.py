"""Every score of the networks of a cell.

Used by the stages test and example. May import learners, tasks, storage, study, logits and errors.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from applicability.learners.discriminant import reference_accuracies, reference_rules
from applicability.learners.network import StackedNetwork
from applicability.logits import decide, finite, losses, numbers
from applicability.scores.exact import accuracy_on_a_line, collapsed, exact
from applicability.scores.honesty import moments, refuse_untrue
from applicability.scores.quadrature import infinite_moments
from applicability.scores.score import distance, own_group, score
from applicability.tasks.observed import View, unchanged
from applicability.tasks.truth import Truth, of_named

WORSE = 10  # times the loss of guessing: a network that learned anything has less on its training draws


def evaluate(network: StackedNetwork, draws: np.ndarray) -> np.ndarray:
    """Logits [R, K, G·m] in float64 of networks on draws, group by group.

    network: R networks. draws: [R, G, m, d].
    """
    return network.logits(draws.reshape(len(draws), -1, draws.shape[-1])).mT


def scores_of(
    network: StackedNetwork,
    logits: np.ndarray,
    truth: Truth,
    training: np.ndarray,
    draws: np.ndarray,
    groups: list[str],
    view: View = unchanged,
) -> dict[str, np.ndarray]:
    """Every score [R] of the R networks of a cell, by name.

    network: R networks in float64.
    logits: [R, K, G·m], their logits on the test draws.
    truth: of the cell's task.
    training, draws: [R, G, n, d] and [R, G, m, d], the training and the test draws.
    groups: names of the groups.
    view: what networks, and rules, see of a place.

    Returns :func:`sampled_scores`; :func:`expected_scores`, where the draws give <name> too named exact_<name>, or, as
    means over draws, expected_<name>; and <rule>_accuracy and <rule>_gap of the reference rules, known in the same way
    (:func:`reference_accuracies`). A network with a logit that is not a finite number is `diverged`: its scores are
    NaN, those of the other rules are not. Where densities are not known there are no expected scores and no gaps.
    """
    gone = ~finite(logits)
    logits = numbers(logits)
    seen = sampled_scores(logits, truth, draws, groups)
    draws = draws.reshape(len(draws), -1, truth.dimension)
    known, posterior = {}, own_group(draws.shape[1] // len(groups), len(groups)).mT  # of a draw, all in its own group
    if truth.known:
        posterior = None if truth.exact else truth.posterior(draws)
        known = expected_scores(lambda places: network.logits(view(places)), logits, truth, draws, posterior)
    if truth.exact and view is not unchanged:
        rules = observed_accuracies(truth, view, training)
    else:
        rules = reference_accuracies(truth, view(training), view(draws), posterior)
    rules = {
        rule: {"accuracy": found} | ({"gap": known["bayes_accuracy"] - found} if known else {})
        for rule, found in rules.items()
    }
    better = "exact" if truth.exact else "expected"
    known = {f"{better}_{name}" if name in seen else name: values for name, values in known.items()}
    scores = {
        name: values if name.endswith("bayes_accuracy") else np.where(gone, np.nan, values)
        for name, values in (seen | known).items()
    }
    return (
        {"diverged": gone} | scores | {f"{rule}_{name}": each for rule in rules for name, each in rules[rule].items()}
    )


def observed_accuracies(truth: Truth, view: View, training: np.ndarray) -> dict[str, np.ndarray]:
    """Exact accuracy [R] of each reference rule of what is seen of training draws [R, G, n, 1], on a line."""

    def named(slopes: np.ndarray, offsets: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        return lambda places: (view(places[..., None]) @ slopes + offsets[:, None]).argmax(-1)

    return {rule: accuracy_on_a_line(truth, named(*each)) for rule, each in reference_rules(view(training)).items()}


def diverged(network: StackedNetwork, fitted: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Whether trainings diverged, [R]: infinite or NaN values, or a loss far above guessing.

    network: R networks.
    fitted: [R, K, G·n], their logits on the training draws.
    logits: [R, K, G·m], their logits on the test draws.

    A training diverged where a parameter or a logit is not a finite number, or the loss on the training draws is more
    than ten times that of guessing. The limit on the loss finds trainings with too high a rate, whose units all died
    before anything overflowed. The limit also finds networks that have hardly begun, on draws far from 0.
    """
    groups, draws = max(2, fitted.shape[1]), fitted.shape[2]
    loss = (own_group(draws // groups, groups) * losses(numbers(fitted))).sum((1, 2)) / draws
    return ~(network.sound() & finite(fitted) & finite(logits)) | (loss > WORSE * np.log(groups))


def sampled_scores(logits: np.ndarray, truth: Truth, draws: np.ndarray, groups: list[str]) -> dict[str, np.ndarray]:
    """Scores [R] on test draws: :func:`score`, mean probabilities and the gap.

    logits [R, K, G·m] are those on draws [R, G, m, d]. mean_probability_<group>: mean p̂ over the draws of a group, the
    second group's p̂ of two groups, the group's own of more. Where densities are known also bayes_accuracy: accuracy
    of the optimal rule on the same draws, and gap: bayes_accuracy − accuracy, paired and so less noisy than either.
    """
    scores = score(logits, own_group(draws.shape[2], len(groups)))
    means = expit(logits).reshape(*logits.shape[:2], len(groups), -1).mean(3)  # [R, K, G]
    means = means[:, 0] if logits.shape[1] == 1 else means.diagonal(axis1=1, axis2=2)
    named = {f"mean_probability_{group}": means[:, index] for index, group in enumerate(groups)}
    if not truth.known:
        return scores | named
    bayes = (truth.decide(draws) == np.arange(len(groups))[:, None]).mean((1, 2))
    return scores | named | {"bayes_accuracy": bayes, "gap": bayes - scores["accuracy"]}


def expected_scores(
    logits_at: Callable[[np.ndarray], np.ndarray],
    logits: np.ndarray,
    truth: Truth,
    draws: np.ndarray,
    posterior: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """Expected scores [R] of networks in float64: :func:`exact` where the truth is, which needs no posterior.

    logits_at: gives the networks' logits [R, M, K] at places [R or 1, M, d]. logits: [R, K, M], those of test draws [R,
    M, d] with posterior [R, M, G].

    Else means over the test draws, each of which counts by its posterior p(group | x): accuracy, that of
    the group that the network names; bayes_accuracy, that of the likeliest; gap, the likeliest's less the named one's,
    never below 0; the error of the log-odds (:func:`distance`); and whether the rules collapsed (:func:`collapsed`).
    log_ratio_rmse and excess_log_loss are NaN where a coordinate's :func:`infinite_moments` may make them infinite, and
    where one group alone can be at a draw. Raises InputError where networks sort more draws of a class of the user's
    own right than its densities allow (:func:`refuse_untrue`).
    """
    if truth.exact:
        return exact(truth, lambda x: numbers(logits_at(x[..., None])))
    chosen = decide(logits)
    named, likeliest = of_named(posterior, chosen), posterior.max(2)
    if not truth.closed:
        own = np.repeat(np.arange(posterior.shape[2]), posterior.shape[1] // posterior.shape[2])
        right = (chosen == own).sum()[None]
        refuse_untrue(truth.scale, ["sorted right by networks"], right, moments(named)[:, None])
    means = {"accuracy": named, "bayes_accuracy": likeliest, "gap": likeliest - named}
    away = distance(logits, truth.logits(draws).mT, posterior.mT)
    for name, gone in zip(("excess_log_loss", "log_ratio_rmse"), infinite_moments(truth), strict=True):
        away[name] = np.where(gone | ~np.isfinite(away[name]), np.nan, away[name])
    gone = collapsed(chosen, np.ones(draws.shape[1]))
    return {name: values.mean(1) for name, values in means.items()} | away | {"collapsed": gone}
