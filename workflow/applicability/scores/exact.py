"""Exact scores in one dimension, by quadrature and from decision regions: no draws, no noise.

Used by scores. May import learners, tasks, storage, study, logits and errors.
"""

from collections.abc import Callable

import numpy as np

from applicability.errors import InputError
from applicability.logits import decide, losses
from applicability.scores.quadrature import inner, nodes, settled
from applicability.scores.score import distance, rates, ratio_errors, score, squares, weighed
from applicability.tasks.truth import Truth

HALVINGS = 40  # bisections of the interval that holds a boundary

FARTHEST, PLACES = 20, 20_000  # draws from one to another between which a jump is looked for; such places, at most

ROUNDS = 4  # of looking for a further jump between two places

FINER = 12  # of one that holds a jump which names no other group: to 1e-7 of the probability

BETTER = 1e-9  # accuracy by which rounding may put a rule above the optimal one

ALIKE = 1e-12  # a smaller lead of the likeliest group's logit is a tie

RARE = 1e-4  # a rule that names all groups but one for a smaller share of draws collapsed

ROW = 16  # edges are bisected in rows of a multiple: matrix products of other shapes may round differently


def exact(
    truth: Truth, logits: Callable[[np.ndarray], np.ndarray], near: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Exact scores [R] of R rules for a task in one dimension, by name.

    truth: of the task.
    logits: function of places x [R or 1, M] that returns the rules' log-odds [R, M, K].
    near: [R, N], places beside the nodes between which rules are constant but for a jump, as those of trees and of
    nearest neighbours are between training draws; None: rules have no jumps.

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
    nodes_x, mass = nodes(truth)
    x, mass = (nodes_x[None], mass[None]) if near is None else in_steps(truth, nodes_x, near, logits)
    found, true = logits(x).mT, truth.logits(x[..., None]).mT
    chosen = decided(found) if near is None else decide(found)
    edges, labels = regions(chosen, x, lambda places: decide(logits(places).mT))
    optimal_edges, optimal_labels = optimal_regions(truth, nodes_x)
    gone = collapsed(chosen, mass.sum(1))
    scores = score(found, mass)
    scores |= rates(confusion_on_a_line(truth, edges, labels))  # from the cdf, more precise than the nodes
    accuracy = scores["accuracy"]
    bayes = rates(confusion_on_a_line(truth, optimal_edges, optimal_labels))["accuracy"]
    scores |= {
        "bayes_accuracy": np.broadcast_to(bayes, accuracy.shape),
        "gap": gap_of(accuracy, bayes, truth.scale),
        **distance(found, true, mass),
        "information": truth.entropy - scores["log_loss"],
        "boundaries": np.isfinite(edges).sum(1),
        "collapsed": gone,
    }
    within = inner(truth, x)
    exist = settled(weighed(mass, losses(found)).sum(1), within)
    scores |= {name: np.where(exist, scores[name], np.nan) for name in ("log_loss", "excess_log_loss", "information")}
    exist = settled(squares(found, true, mass), within)
    scores["log_ratio_rmse"] = np.where(exist, scores["log_ratio_rmse"], np.nan)
    if len(truth.groups) == 2:
        errors = ratio_errors(found, true, mass)
        scores["ratio_mae"] = np.where(settled(errors, within), errors.sum(1), np.nan)
        boundary, error = nearest_edge(np.where(gone[:, None], np.inf, edges), optimal_edges[0])
        scores |= {"boundary": boundary, "boundary_error": error}
    return scores


def accuracy_on_a_line(truth: Truth, named: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Exact accuracy [R] of R rules, which give the groups [R, M] that they name at places [R or 1, M]."""
    x, _ = nodes(truth)
    return rates(confusion_on_a_line(truth, *regions(named(x[None]), x[None], named)))["accuracy"]


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
            f"{bayes[0]:.9g} with them, and a learner's {accuracy.max():.9g}"
        )
    return gap


def collapsed(chosen: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Whether rules name one group for all but one draw in 10,000, [R], 0 or 1.

    chosen: [R, M], indices of the groups that the rules name at M places. mass: [R or 1, M], probability of the places.
    """
    shares = [(mass * (chosen == group)).sum(1) for group in range(chosen.max() + 1)]
    return (mass.sum(1) - np.max(shares, axis=0) < RARE * mass.sum(1)).astype(int)


def optimal_regions(truth: Truth, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The decision :func:`regions` of the optimal rule, R = 1."""
    return regions(decided(truth.logits(x[None, :, None]).mT), x[None], lambda places: truth.decide(places[..., None]))


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
    x: [R or 1, M], places in rising order.
    decide: the rules' decision [R, K] as a function of places [R, K].

    A change between neighbouring places is located by bisection. Edges rise and are filled up with inf. Labels are the
    groups below the first edge, between each two, above the last.
    """
    replicates, places = np.nonzero(np.diff(found, axis=1))
    counts = np.bincount(replicates, minlength=len(found))
    slots = np.arange(len(places)) - np.repeat(counts.cumsum() - counts, counts)
    most = counts.max()
    shape = len(found), -(-most // ROW) * ROW
    x = np.broadcast_to(x, found.shape)
    low, high = np.full(shape, x[0, 0]), np.full(shape, x[0, 0])
    low[replicates, slots], high[replicates, slots] = x[replicates, places], x[replicates, places + 1]
    labels = np.repeat(found[:, :1], shape[1] + 1, axis=1)
    labels[replicates, slots + 1] = found[replicates, places + 1]
    for _ in range(HALVINGS if shape[1] else 0):
        middle = (low + high) / 2
        below = decide(middle) == labels[:, :-1]
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    edges = np.full(shape, np.inf)
    edges[replicates, slots] = high[replicates, slots]
    return edges[:, :most], labels[:, : most + 1]


def in_steps(
    truth: Truth, x: np.ndarray, near: np.ndarray, logits: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Places at which rules that are constant but for jumps say all that they say, and the probability of each.

    x: [M], nodes. near: [R, N], training draws: rules jump halfway between two of them, mostly of close ones.
    Returns places [R, P] in rising order, and mass [R, G, P]: that of each group between the jumps, or halfway where
    there is none, on either side of a place, from the cdf. What is missed are jumps that are undone before the next
    node, draw or place halfway.
    """
    near = np.sort(near.astype(float), axis=1)
    apart = range(1, min(near.shape[1], max(1, min(FARTHEST, PLACES // near.shape[1])) + 1))
    halfway = [(near[:, each:] + near[:, :-each]) / 2 for each in apart]
    nodes = np.broadcast_to(x, (len(near), len(x)))
    places = np.sort(np.concatenate([near, *halfway, nodes], axis=1).clip(x[0], x[-1]), axis=1)
    for _ in range(ROUNDS):
        found = logits(places)
        low, high, behind = jumps_of(places, found, logits)
        more = np.where((behind != found[:, 1:]).any(2), high, places[:, :1])  # a second jump lies further right
        most = (more > places[:, :1]).sum(1).max()
        if not most:
            break
        places = np.sort(np.concatenate([places, np.sort(more, axis=1)[:, -most:]], axis=1), axis=1)
    found = logits(places)
    low, high, _ = jumps_of(places, found, logits)
    cuts = np.pad((low + high) / 2, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
    return places, (np.diff(truth.cdf(cuts), axis=1) * truth.weights).mT


def jumps_of(
    places: np.ndarray, found: np.ndarray, logits: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends [R, P − 1] of where rules jump first between neighbouring places, and their logits [R, P − 1, K] behind.

    places: [R, P], in rising order. found: [R, P, K], the logits there. Without a jump the ends are the places.
    """
    low, high, behind = places[:, :-1], places[:, 1:], found[:, 1:]
    jumps = (found[:, :-1] != behind).any(2)
    width = -(-jumps.sum(1).max() // ROW) * ROW
    asked = np.argsort(~jumps, axis=1, kind="stable")[:, :width]  # the jumps of each rule first
    before, after = (np.take_along_axis(each, asked[..., None], 1) for each in (found, behind))
    left, right = (np.take_along_axis(each, asked, 1) for each in (low, high))
    for _ in range(FINER if width else 0):
        middle = (left + right) / 2
        here = logits(middle)
        same = (here == before).all(2)
        left, right = np.where(same, middle, left), np.where(same, right, middle)
        after = np.where(same[..., None], after, here)
    low, high, behind = low.copy(), high.copy(), behind.copy()
    np.put_along_axis(low, asked, left, 1)
    np.put_along_axis(high, asked, right, 1)
    np.put_along_axis(behind, asked[..., None], after, 1)
    return low, high, behind


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
