"""Exact scores in one dimension, by quadrature and from decision regions: no draws, no noise.

Used by scores. May import learners, tasks, storage, study, logits and errors.
"""

from collections.abc import Callable

import numpy as np

from applicability.errors import InputError
from applicability.logits import decide, losses
from applicability.scores.quadrature import inner, nodes, settled
from applicability.scores.score import distance, rates, ratio_errors, score, squares
from applicability.tasks.truth import Truth

HALVINGS = 40  # bisections of the interval that holds a boundary

BETTER = 1e-9  # accuracy by which rounding may put a rule above the optimal one

ALIKE = 1e-12  # a smaller lead of the likeliest group's logit is a tie

RARE = 1e-4  # a rule that names all groups but one for a smaller share of draws collapsed

ROW = 16  # edges are bisected in rows of a multiple: matrix products of other shapes may round differently


def exact(truth: Truth, logits: Callable[[np.ndarray], np.ndarray]) -> dict[str, np.ndarray]:
    """Exact scores [R] of R rules for a task in one dimension, by name.

    truth: of the task.
    logits: function of places x [R or 1, M] that returns the rules' log-odds [R, M, K].

    Returns all of :func:`score`. bayes_accuracy: the optimal rule's accuracy. gap: bayes_accuracy − accuracy.
    log_ratio_rmse, posterior_error, excess_log_loss: see :func:`distance`.
    information: entropy of the group less log_loss, in nat, a lower bound of the mutual information of draw and group.
    boundaries: number of places where the decision changes. collapsed: see :func:`collapsed`.
    Of two groups also boundary: the rule's boundary nearest to one of the optimal rule's; and boundary_error: how far
    `boundary` lies to the right of the optimal one; a rule that collapsed has NaN for both. And ratio_mae: the mean of
    |r̂ − r| over draws of the first group, with r the density of the second over that of the first.
    An expectation that is infinite is NaN (:func:`settled`): log_ratio_rmse, ratio_mae, and log_loss, with which
    excess_log_loss and information go.
    Raises InputError as :func:`nodes` and :func:`gap_of` do.
    """
    x, mass = nodes(truth)
    found, true = logits(x[None]).mT, truth.logits(x[None, :, None]).mT
    chosen = decided(found)
    edges, labels = regions(chosen, x, lambda places: decide(logits(places).mT))
    optimal_edges, optimal_labels = optimal_regions(truth, x)
    gone = collapsed(chosen, mass.sum(0))
    scores = score(found, mass[None])
    scores |= rates(confusion_on_a_line(truth, edges, labels))  # from the cdf, more precise than the nodes
    accuracy = scores["accuracy"]
    bayes = rates(confusion_on_a_line(truth, optimal_edges, optimal_labels))["accuracy"]
    scores |= {
        "bayes_accuracy": np.broadcast_to(bayes, accuracy.shape),
        "gap": gap_of(accuracy, bayes, truth.scale),
        **distance(found, true, mass[None]),
        "information": truth.entropy - scores["log_loss"],
        "boundaries": np.isfinite(edges).sum(1),
        "collapsed": gone,
    }
    within = inner(truth, x)
    exist = settled((mass * losses(found)).sum(1), within)
    scores |= {name: np.where(exist, scores[name], np.nan) for name in ("log_loss", "excess_log_loss", "information")}
    exist = settled(squares(found, true, mass[None]), within)
    scores["log_ratio_rmse"] = np.where(exist, scores["log_ratio_rmse"], np.nan)
    if len(truth.groups) == 2:
        errors = ratio_errors(found, true, mass[None])
        scores["ratio_mae"] = np.where(settled(errors, within), errors.sum(1), np.nan)
        boundary, error = nearest_edge(np.where(gone[:, None], np.inf, edges), optimal_edges[0])
        scores |= {"boundary": boundary, "boundary_error": error}
    return scores


def accuracy_on_a_line(truth: Truth, named: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Exact accuracy [R] of R rules, which give the groups [R, M] that they name at places [R or 1, M]."""
    x, _ = nodes(truth)
    return rates(confusion_on_a_line(truth, *regions(named(x[None]), x, named)))["accuracy"]


def confusion_on_a_line(truth: Truth, edges: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Joint probability of the group named and the true one, [R, G, G], of rules on a line, from the groups' cdf.

    truth: of a task in one dimension. edges, labels: [R, K] and [R, K + 1], the rules' :func:`regions`.
    """
    ends = np.pad(edges, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
    masses = np.diff(truth.cdf(ends), axis=1) * truth.weights  # [R, K + 1, G]
    named = (np.where((labels == group)[..., None], masses, 0) for group in range(len(truth.groups)))
    # cumsum adds one by one; sum adds in blocks that depend on the stack's longest row
    return np.stack([each.cumsum(1)[:, -1] for each in named], axis=1)


def gap_of(accuracy: np.ndarray, bayes: np.ndarray, scale: float) -> np.ndarray:
    """The optimal rule's accuracy less that of rules, [R]. Raises InputError where it is below 0."""
    gap = bayes - accuracy
    if (gap < -BETTER).any():
        raise InputError(
            f"task: expected all regions of the optimal rule to be found at scale {scale:g}; found accuracy "
            f"{bayes[0]:.9g} with them, and a network's {accuracy.max():.9g}"
        )
    return gap


def collapsed(chosen: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Whether rules name one group for all but one draw in 10,000, [R], 0 or 1.

    chosen: [R, M], indices of the groups that the rules name at M places. mass: [M], probability of the places.
    """
    shares = [(mass * (chosen == group)).sum(1) for group in range(chosen.max() + 1)]
    return (mass.sum() - np.max(shares, axis=0) < RARE * mass.sum()).astype(int)


def optimal_regions(truth: Truth, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The decision :func:`regions` of the optimal rule, R = 1."""
    return regions(decided(truth.logits(x[None, :, None]).mT), x, lambda places: truth.decide(places[..., None]))


def decided(logits: np.ndarray) -> np.ndarray:
    """Index [R, M] of the group that logits [R, K, M] name at rising places.

    A tie of the likeliest two keeps the decision of the place before: in tails in which two groups become alike, the
    order of their logits is rounding.
    """
    lead = abs(logits[:, 0]) if logits.shape[1] == 1 else np.diff(np.sort(logits, axis=1)[:, -2:], axis=1)[:, 0]
    sure = lead > ALIKE
    said = np.where(sure, np.arange(logits.shape[2]), sure.argmax(1)[:, None])
    before = np.take_along_axis(decide(logits), np.maximum.accumulate(said, axis=1), 1)
    if logits.shape[1] == 1:
        return before
    alike = np.take_along_axis(logits, before[:, None], 1)[:, 0] >= logits.max(1) - ALIKE
    return np.where(alike, before, decide(logits))  # the decision before may be a third group, less likely than both


def regions(
    found: np.ndarray, x: np.ndarray, decide: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Decision regions of R rules on a line: edges [R, K] and labels [R, K + 1].

    found: [R, M], index of the decided group at x.
    x: [M], places in rising order.
    decide: the rules' decision [R, K] as a function of places [R, K].

    A change between neighbouring places is located by bisection. Edges rise and are filled up with inf. Labels are the
    groups below the first edge, between each two, above the last.
    """
    replicates, places = np.nonzero(np.diff(found, axis=1))
    counts = np.bincount(replicates, minlength=len(found))
    slots = np.arange(len(places)) - np.repeat(counts.cumsum() - counts, counts)
    most = counts.max()
    shape = len(found), -(-most // ROW) * ROW
    low, high = np.full(shape, x[0]), np.full(shape, x[0])
    low[replicates, slots], high[replicates, slots] = x[places], x[places + 1]
    labels = np.repeat(found[:, :1], shape[1] + 1, axis=1)
    labels[replicates, slots + 1] = found[replicates, places + 1]
    for _ in range(HALVINGS if shape[1] else 0):
        middle = (low + high) / 2
        below = decide(middle) == labels[:, :-1]
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    edges = np.full(shape, np.inf)
    edges[replicates, slots] = high[replicates, slots]
    return edges[:, :most], labels[:, : most + 1]


def nearest_edge(edges: np.ndarray, optimal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each rule's edge nearest to an optimal one, and its error, [R] each.

    edges: [R, K], filled up with inf. optimal: [L]. The error is how far the edge lies to the right of the optimal one;
    without optimal edges it is NaN, and the first edge is given.
    """
    replicates = len(edges)
    if not edges.shape[1] or not len(optimal):
        first = np.min(edges, axis=1, initial=np.inf)
        return np.where(np.isfinite(first), first, np.nan), np.full(replicates, np.nan)
    errors = (edges[:, :, None] - optimal).reshape(replicates, -1)
    best = abs(errors).argmin(1)
    error = errors[np.arange(replicates), best]
    boundary = edges[np.arange(replicates), best // len(optimal)]
    none = ~np.isfinite(boundary)
    return np.where(none, np.nan, boundary), np.where(none, np.nan, error)
