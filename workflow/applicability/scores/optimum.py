"""Scores of the optimal rule at a scale; bounds of its accuracy where densities are not known.

Used by the stages optimum and example. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
from scipy.special import softmax

from applicability.learners.discriminant import discriminant, excess_law, sample_covariance
from applicability.logits import log_odds
from applicability.scores.exact import exact
from applicability.scores.honesty import moments, refuse_untrue
from applicability.scores.neighbours import bounds_of
from applicability.scores.score import score
from applicability.study import Cell
from applicability.tasks.reduction import gaussian_distance, on_a_line
from applicability.tasks.sample import sample_once
from applicability.tasks.table import Rows
from applicability.tasks.truth import Truth, of_named

COLUMNS = ["accuracy", "accuracy_error", "log_loss", "brier", "auc", "information", "boundary", "boundaries"]

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

    Returns study, scale, COLUMNS, guessing (accuracy of the likeliest group), plugin_constant and plugin_from, the two
    of :func:`excess_law`, and midpoint_constant: the midpoint of the means of n draws of each group has a standard
    deviation of midpoint_constant/√n = σ/√(2n). The three are NaN but for two Gaussians of one scale on a line, seen as
    they are. accuracy_error is the standard error of the accuracy. Scores are exact, and the error is 0, where the task
    is one in one dimension, or as good as one (:func:`on_a_line`); else they are those of :func:`scores_on_draws`.
    boundary and boundaries are missing in more than one dimension. Where densities are not known COLUMNS and the error
    give way to :func:`applicability.scores.neighbours.bounds_of` MOST_ROWS draws, or as many rows of each group of a
    table as the smallest has.
    """
    truth, line = Truth.of(cell.task, cell.scale), on_a_line(cell.task) if cell.known else None
    if not truth.known:
        scores = {name: [value] for name, value in bounds_of(draws_for_bounds(cell, truth)).items()}
    elif line:
        on_it = Truth.of(line, cell.scale)
        scores = exact(on_it, lambda x: on_it.logits(x[..., None])) | {"accuracy_error": [0.0]}
    else:
        scores = scores_on_draws(cell)
    names = [name for name in COLUMNS + BOUNDS if name in scores and (cell.dimension == 1 or "boundar" not in name)]
    on_line = cell.dimension == 1 and not cell.observe  # there is a law of the plug-in rule
    distance = gaussian_distance(cell.task) / cell.scale if on_line else np.nan
    constant, least = excess_law(distance)
    known = {"guessing": float(truth.weights.max()), "plugin_constant": constant, "plugin_from": least}
    apart = np.nan if np.isnan(distance) else np.diff([group.loc for group in truth.groups])[0]
    known["midpoint_constant"] = float(abs(apart) / distance / np.sqrt(2))
    return {"study": cell.study, "scale": cell.scale} | {name: float(scores[name][0]) for name in names} | known


def draws_for_bounds(cell: Cell, truth: Truth) -> np.ndarray:
    """Draws [G, n, d] of a cell's scale, equally many of each group."""
    counts = [len(group.rows) for group in truth.groups if isinstance(group, Rows)]
    return sample_once(cell, "optimum", min([MOST_ROWS // len(cell.task), *counts]), 0)


def scores_on_draws(cell: Cell) -> dict[str, np.ndarray]:
    """Scores [1] of the true log-odds on draws of their own, the accuracy on as many as an error of ERROR takes.

    A draw counts for each group by its posterior, not for its own group alone: the mean is the same, with less noise.
    Raises InputError as :func:`applicability.scores.honesty.refuse_untrue` does.
    """
    truth = Truth.of(cell.task, cell.scale)
    own = np.repeat(np.eye(len(cell.task)), BATCH, axis=0)  # [G·BATCH, G]
    scores, sums = [], np.zeros(3)  # of 1, of the largest posterior, and of its square, over all draws
    events, probabilities = 0, 0  # see `refuse_untrue`
    for batch in range(MOST):
        x = sample_once(cell, "optimum", BATCH, batch)
        joint = truth.log_joint(x.reshape(-1, cell.dimension))
        posterior = softmax(joint, axis=-1)
        if batch < SCORED:
            scores.append(score(log_odds(joint)[None].mT, posterior[None].mT))
        right = posterior.max(-1)
        sums += [len(right), right.sum(), (right**2).sum()]
        if not truth.closed:
            named = [joint.argmax(-1), linear_rule(x)]
            told = np.column_stack([posterior, *(of_named(posterior, each) for each in named)])
            events = events + np.column_stack([own, *(of_named(own, each) for each in named)]).sum(0)
            probabilities = probabilities + moments(told, 0)
        _, accuracy, square = sums / sums[0]
        error = np.sqrt(max(square - accuracy**2, 0) / sums[0])
        if error <= ERROR:
            break
    if not truth.closed:
        rules = [f"sorted right by {rule}" for rule in ("the optimal rule", "the plug-in rule")]
        refuse_untrue(cell.scale, [f"of group {group}" for group in cell.groups] + rules, events, probabilities)
    means = {name: np.mean([each[name] for each in scores], axis=0) for name in scores[0]}
    return means | {
        "accuracy": [accuracy],
        "accuracy_error": [error],
        "information": truth.entropy - means["log_loss"],
    }


def linear_rule(x: np.ndarray) -> np.ndarray:
    """The groups [G·m] that the plug-in rule of draws [G, m, d] names for these draws."""
    slopes, offsets = discriminant(x[None], sample_covariance)
    return (x.reshape(-1, x.shape[-1]) @ slopes[0] + offsets[0]).argmax(-1)
