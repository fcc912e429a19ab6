"""Every score of the trained rules of a cell, networks or others.

Used by the stages test and example. May import learners, tasks, storage, study, logits and errors.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from applicability.learners.discriminant import named_by, reference_rules
from applicability.learners.predictor import Predictor
from applicability.logits import decide, defined, losses, numbers
from applicability.scores.exact import accuracy_on_a_line, collapsed, exact
from applicability.scores.honesty import moments, refuse_untrue
from applicability.scores.quadrature import infinite_moments
from applicability.scores.score import (
    OF_PROBABILITIES,
    by_group,
    confusion,
    distance,
    own_group,
    own_group_of,
    rates,
    score,
)
from applicability.study.cell import Cell
from applicability.tasks.observed import View, unchanged, view_of
from applicability.tasks.truth import Truth, of_named

WORSE = 10  # times the loss of guessing: a network that learned anything has less on its training draws


class Judged(NamedTuple):
    """R trained rules that were tested; what diverged is NaN."""

    rules: Predictor  # in float64, on the CPU: expectations do not depend on the device
    logits: np.ndarray  # [R, K, M], on the test draws
    scores: dict[str, np.ndarray]  # [R] each, by name


def judge(rules: Predictor, cell: Cell, training: np.ndarray, draws: np.ndarray) -> Judged:
    """Test the R rules of a cell: every score of :func:`scores_of`, without those that :func:`diverged`.

    rules: R trained rules on the device to test on.
    training, draws: [R, N, d] and [R, M, d], the training and the test draws, without the cell's map.
    """
    truth, view = Truth.of_cell(cell), view_of(cell)
    logits = evaluate(rules, view(draws))
    logits[diverged(rules, evaluate(rules, view(training)), logits, truth, cell.counts)] = np.nan
    rules = rules.in_double()
    return Judged(rules, logits, scores_of(rules, logits, truth, cell, training, draws, view))


def evaluate(rules: Predictor, draws: np.ndarray) -> np.ndarray:
    """Logits [R, K, M] in float64 of R rules on draws [R, M, d]."""
    return rules.logits(draws).mT


def scores_of(
    rules: Predictor,
    logits: np.ndarray,
    truth: Truth,
    cell: Cell,
    training: np.ndarray,
    draws: np.ndarray,
    view: View = unchanged,
) -> dict[str, np.ndarray]:
    """Every score [R] of the R rules of a cell, by name.

    rules: R trained rules in float64.
    logits: [R, K, M], their logits on the test draws, NaN where a training diverged.
    truth: of the cell's task.
    cell: gives the groups' names and training draws.
    training, draws: [R, N, d] and [R, M, d], the training and the test draws.
    view: what networks, and rules, see of a place.

    Returns :func:`sampled_scores`; :func:`expected_scores`, where the draws give <name> too named exact_<name>, or, as
    means over draws, expected_<name>; and <rule>_accuracy and <rule>_gap of the reference rules, known in the same way
    (:func:`reference_accuracies`). Scores of each group are <name>_<group>. A rule with a logit of NaN is `diverged`:
    its scores are NaN, those of the other rules are not. Where densities are not known there are no expected scores and
    no gaps. Of rules that give no probabilities, scores OF_PROBABILITIES are NaN.
    """
    gone = ~defined(logits)
    logits = numbers(logits)
    seen = sampled_scores(logits, truth, draws)
    known, posterior = {}, None
    if truth.known:
        posterior = None if truth.exact else truth.posterior(draws)

        def logits_at(places: np.ndarray) -> np.ndarray:
            """Logits [R, M, K] at places, without those of trainings that diverged."""
            found = rules.logits(view(places))
            found[gone] = 0
            return found

        if truth.exact and rules.constant:
            known = exact_one_by_one(truth, rules, training, view)
        else:
            known = expected_scores(logits_at, logits, truth, draws, posterior)
    references = {
        rule: {"accuracy": found} | ({"gap": known["bayes_accuracy"] - found} if known else {})
        for rule, found in reference_accuracies(truth, cell, training, draws, posterior, view).items()
    }
    if not rules.probabilities:
        seen, known = without_probabilities(seen), without_probabilities(known)
    better = "exact" if truth.exact else "expected"
    known = {f"{better}_{name}" if name in seen else name: values for name, values in known.items()}
    scores = {
        name: values if name.endswith("bayes_accuracy") else np.where(gone, np.nan, values)
        for name, values in by_group(seen | known, cell.groups).items()
    }
    of_rules = {f"{rule}_{name}": each for rule, found in references.items() for name, each in found.items()}
    return {"diverged": gone} | scores | of_rules


def exact_one_by_one(truth: Truth, rules: Predictor, training: np.ndarray, view: View) -> dict[str, np.ndarray]:
    """:func:`exact` scores [R] of rules that are constant but for jumps, by name.

    Each has as many places as jumps, so that no sum may be one of several: its last digits would depend on the others.
    """
    pairs = zip(rules.one_by_one(), training[..., 0], strict=True)
    found = [exact(truth, lambda x, one=one: one.logits(view(x[..., None])), near[None]) for one, near in pairs]
    return {name: np.concatenate([each[name] for each in found]) for name in found[0]}


def without_probabilities(scores: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Scores by name, NaN where they are OF_PROBABILITIES."""
    return {name: values * np.nan if name in OF_PROBABILITIES else values for name, values in scores.items()}


def reference_accuracies(
    truth: Truth,
    cell: Cell,
    training: np.ndarray,
    draws: np.ndarray,
    posterior: np.ndarray | None,
    view: View = unchanged,
) -> dict[str, np.ndarray]:
    """Accuracy [R] of each of the reference rules, exact where the truth is.

    truth, cell, training, draws, view: as of :func:`scores_of`. posterior: [R, M, G], of the test draws; without it
    each counts for its own group.
    """
    rules = {
        rule: functools.partial(named_by, *each)
        for rule, each in reference_rules(view(training), cell.counts, truth.weights).items()
    }
    if truth.exact:
        return {
            rule: accuracy_on_a_line(truth, lambda x, named=named: named(view(x[..., None])))
            for rule, named in rules.items()
        }
    share, seen = shares_of_draws(truth, draws), view(draws)
    chosen = {rule: named(seen) for rule, named in rules.items()}
    if posterior is None:
        mass = own_group_of(truth, draws)
        return {rule: rates(confusion(each, mass))["accuracy"] for rule, each in chosen.items()}
    return {rule: (share * of_named(posterior, each)).sum(1) for rule, each in chosen.items()}


def shares_of_draws(truth: Truth, draws: np.ndarray) -> np.ndarray:
    """What each of test draws [R, M, d] counts in a mean over the distribution of all groups, [M], of sum 1."""
    return own_group_of(truth, draws).sum((0, 1)) / draws.shape[1]


def diverged(rules: Predictor, fitted: np.ndarray, logits: np.ndarray, truth: Truth, counts: list[int]) -> np.ndarray:
    """Whether trainings diverged, [R]: infinite or NaN values, or a loss far above guessing.

    rules: R trained rules.
    fitted: [R, K, N], their logits on the training draws.
    logits: [R, K, M], their logits on the test draws.
    truth: gives the weights of the groups.
    counts: [G], training draws of each group.

    A training diverged where a parameter or an output of a network is not a finite number, or the loss on the training
    draws is more than ten times that of guessing between groups that are alike. The limit on the loss finds trainings
    with too high a rate, whose units all died before anything overflowed. The limit also finds networks that have
    hardly begun, on draws far from 0. It is for networks: a rule of another kind has no rate.
    """
    gone = ~(rules.sound() & defined(fitted) & defined(logits))
    if not rules.trained:
        return gone
    loss = (own_group(counts, truth.weights) * losses(numbers(fitted))).sum((1, 2)) / sum(counts)
    return gone | (loss > WORSE * np.log(len(counts)))


def sampled_scores(logits: np.ndarray, truth: Truth, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Scores on test draws: :func:`score`, mean probabilities and the gap.

    logits [R, K, M] are those on draws [R, M, d], as many of each group, which count by the weights of the groups.
    mean_probability [R, G]: mean p̂ over the draws of a group, the second group's p̂ of two groups, the group's own of
    more. Where densities are known also bayes_accuracy [R]: accuracy of the optimal rule on the same draws, and gap:
    bayes_accuracy − accuracy, paired and so less noisy than either.
    """
    mass = own_group_of(truth, draws)
    scores = score(logits, mass)
    means = expit(logits).reshape(*logits.shape[:2], len(truth.weights), -1).mean(3)  # [R, K, G]
    scores["mean_probability"] = means[:, 0] if logits.shape[1] == 1 else means.diagonal(axis1=1, axis2=2)
    if not truth.known:
        return scores
    bayes = rates(confusion(truth.decide(draws), mass))["accuracy"]
    return scores | {"bayes_accuracy": bayes, "gap": bayes - scores["accuracy"]}


def expected_scores(
    logits_at: Callable[[np.ndarray], np.ndarray],
    logits: np.ndarray,
    truth: Truth,
    draws: np.ndarray,
    posterior: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """Expected scores [R] of rules in float64: :func:`exact` where the truth is, which needs no posterior.

    logits_at: gives the rules' logits [R, M, K] at places [R or 1, M, d]. logits: [R, K, M], those of test draws [R,
    M, d] with posterior [R, M, G].

    Else means over the test draws, as many of each group and weighed by the groups' weights. A draw counts by its
    posterior p(group | x): accuracy, that of the group that the network names; bayes_accuracy, that of the likeliest;
    gap, the likeliest's less the named one's, never below 0; the error of the log-odds (:func:`distance`); and whether
    the rules collapsed (:func:`collapsed`). log_ratio_rmse and excess_log_loss are NaN where a coordinate's
    :func:`infinite_moments` may make them infinite, and where one group alone can be at a draw. Raises InputError where
    networks sort more draws of a class of the user's own right than its densities allow (:func:`refuse_untrue`).
    """
    if truth.exact:
        return exact(truth, lambda x: numbers(logits_at(x[..., None])))
    chosen, share = decide(logits), shares_of_draws(truth, draws)
    if not truth.closed:
        groups, alike = posterior.shape[2], truth.alike()
        own = np.repeat(np.arange(groups), posterior.shape[1] // groups)
        told = of_named(posterior if alike is truth else alike.posterior(draws), chosen)
        refuse_untrue(truth.scale, ["sorted right by learners"], (chosen == own).sum()[None], moments(told)[:, None])
    named, likeliest = of_named(posterior, chosen), posterior.max(2)
    means = {"accuracy": named, "bayes_accuracy": likeliest, "gap": likeliest - named}
    away = distance(logits, truth.logits(draws).mT, posterior.mT * share)
    for name, gone in zip(("excess_log_loss", "log_ratio_rmse"), infinite_moments(truth), strict=True):
        away[name] = np.where(gone | ~np.isfinite(away[name]), np.nan, away[name])
    gone = collapsed(chosen, share[None])
    return {name: (share * values).sum(1) for name, values in means.items()} | away | {"collapsed": gone}
