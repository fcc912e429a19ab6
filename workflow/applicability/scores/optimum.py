"""Scores of the optimal rule at a scale; bounds of its accuracy where densities are not known.

Used by the stages optimum and example. May import learners, tasks, storage, study, logits and errors.
"""

from dataclasses import replace

import numpy as np
from scipy.special import softmax

from applicability.learners.discriminant import excess_law, named_by, reference_rules
from applicability.logits import log_odds
from applicability.scores.exact import exact
from applicability.scores.honesty import moments, refuse_untrue
from applicability.scores.neighbours import bounds_of
from applicability.scores.score import by_group, own_group, score
from applicability.study.cell import BALANCED, Cell, shares_of
from applicability.tasks.reduction import gaussian_distance, on_a_line
from applicability.tasks.sample import sample_once
from applicability.tasks.table import Rows
from applicability.tasks.truth import Truth, of_named

COLUMNS = [
    "accuracy",
    "accuracy_error",
    "balanced_accuracy",
    "recall",
    "precision",
    "log_loss",
    "brier",
    "auc",
    "pr_auc",
]
COLUMNS += ["information", "boundary", "boundaries"]

BOUNDS = ["neighbour_error", "neighbour_error_low", "neighbour_error_high"]
BOUNDS += ["accuracy_lower_bound", "accuracy_upper_bound"]

MOST_ROWS = 2**14  # draws that bounds are taken of: their distances in pairs take seconds

ERROR = 1e-4  # of the accuracy, where it is a mean over draws

BATCH = 2**16  # draws of each group at a time

MOST = 64  # batches; of two groups fewer reach ERROR, whatever the task

SCORED = 8  # batches that give the other scores too, which take longer


def optimum_of(cell: Cell) -> dict[str, str | float]:
    """Scores of the optimal rule at a cell's scale, a row of optimum.csv.

    cell: any of the scale.

    Returns study, scale, COLUMNS, guessing (accuracy of the likeliest group), training_log_loss (log-loss of the rule
    that is optimal for groups as they are among the training draws), plugin_constant and plugin_from, the two
    of :func:`excess_law`, and midpoint_constant: the midpoint of the means of n draws of each group has a standard
    deviation of midpoint_constant/√n = σ/√(2n). The three are NaN but for two Gaussians of one scale on a line, seen as
    they are. accuracy_error is the standard error of the accuracy. Scores are exact, and the error is 0, where the task
    is one in one dimension, or as good as one (:func:`on_a_line`); else they are those of :func:`scores_on_draws`.
    boundary and boundaries are missing in more than one dimension. Where densities are not known COLUMNS and the error
    give way to :func:`applicability.scores.neighbours.bounds_of` MOST_ROWS draws, or of as many rows of a table as its
    groups have in the shares of their weights; both bounds are guessing at least.
    """
    truth, line = Truth.of_cell(cell), on_a_line(cell.task) if cell.known else None
    if not truth.known:
        draws, counts = draws_for_bounds(cell, truth)
        scores = {name: [value] for name, value in bounds_of(draws, counts).items()}
        for bound in ("accuracy_lower_bound", "accuracy_upper_bound"):
            scores[bound] = np.maximum(scores[bound], truth.weights.max())
    elif line:
        on_it = Truth.of(line, cell.scale, cell.weights)
        scores = exact(on_it, lambda x: on_it.logits(x[..., None])) | {"accuracy_error": [0.0]}
    else:
        scores = scores_on_draws(cell, truth)
    names = [name for name in COLUMNS + BOUNDS if name in scores and (cell.dimension == 1 or "boundar" not in name)]
    as_they_are = cell.dimension == 1 and not cell.observe and not cell.weights  # there is a law of the plug-in rule
    distance = gaussian_distance(cell.task) / cell.scale if as_they_are else np.nan
    constant, least = excess_law(distance)
    known = {"guessing": float(truth.weights.max()), "plugin_constant": constant, "plugin_from": least}
    apart = np.nan if np.isnan(distance) else np.diff([group.loc for group in truth.groups])[0]
    known["midpoint_constant"] = float(abs(apart) / distance / np.sqrt(2))
    if truth.known:
        alike = replace(cell, weights=None) if cell.training == BALANCED else cell
        known["training_log_loss"] = float(scores["log_loss"][0]) if alike == cell else optimum_of(alike)["log_loss"]
    columns = by_group({name: scores[name] for name in names}, cell.groups)
    return {"study": cell.study, "scale": cell.scale} | {name: float(columns[name][0]) for name in columns} | known


def draws_for_bounds(cell: Cell, truth: Truth) -> tuple[np.ndarray, list[int]]:
    """Draws [N, d] of a cell's scale, group by group, and how many of each group there are: as many as its weight says.

    A table has rows enough of every group.
    """
    rows = [len(group.rows) if isinstance(group, Rows) else MOST_ROWS for group in truth.groups]
    total = max(len(rows), int(min([MOST_ROWS, *(rows / truth.weights)])))
    while any(np.array(counts := shares_of(total, list(truth.weights))) > rows):
        total -= 1  # shares are rounded
    return sample_once(cell, "optimum", counts, 0), counts


def scores_on_draws(cell: Cell, truth: Truth) -> dict[str, np.ndarray]:
    """Scores [1] of the true log-odds on draws of their own, the accuracy on as many as an error of ERROR takes.

    There are as many draws of each group, weighed by the groups' weights. A draw counts for each group by its
    posterior, not for its own group alone: the mean is the same, with less noise. Raises InputError as
    :func:`applicability.scores.honesty.refuse_untrue` does.
    """
    groups, alike = len(cell.task), truth.alike()
    counts = [BATCH] * groups
    own, share = own_group(counts)[0].T, own_group(counts, truth.weights).sum(1).T  # [N, G], [N, 1]
    scores, sums = [], np.zeros((2, groups))  # of the largest posterior, and of its square, over the draws of a group
    events, probabilities = 0, 0  # see `refuse_untrue`
    for batch in range(MOST):
        x = sample_once(cell, "optimum", counts, batch)
        joint = truth.log_joint(x)
        posterior = softmax(joint, axis=-1)
        if batch < SCORED:
            scores.append(score(log_odds(joint)[None].mT, (share * posterior)[None].mT))
        right = posterior.max(-1).reshape(groups, -1)
        sums += [right.sum(1), (right**2).sum(1)]
        if not truth.closed:
            told = posterior if alike is truth else softmax(alike.log_joint(x), axis=-1)
            linear = named_by(*reference_rules(x[None], counts, alike.weights)["plugin"], x[None])[0]
            named = [told.argmax(-1), linear]
            told = np.column_stack([told, *(of_named(told, each) for each in named)])
            events = events + np.column_stack([own, *(of_named(own, each) for each in named)]).sum(0)
            probabilities = probabilities + moments(told, 0)
        drawn = BATCH * (batch + 1)
        means, squares = sums / drawn
        error = np.sqrt((truth.weights**2 * np.maximum(squares - means**2, 0)).sum() / drawn)
        if error <= ERROR:
            break
    if not truth.closed:
        rules = [f"sorted right by {rule}" for rule in ("the optimal rule", "the plug-in rule")]
        refuse_untrue(cell.scale, [f"of group {group}" for group in cell.groups] + rules, events, probabilities)
    averages = {name: np.mean([each[name] for each in scores], axis=0) for name in scores[0]}
    return averages | {
        "accuracy": [max(truth.weights @ means, truth.weights.max())],  # by draws it may seem less than guessing
        "accuracy_error": [error],
        "information": truth.entropy - averages["log_loss"],
    }
