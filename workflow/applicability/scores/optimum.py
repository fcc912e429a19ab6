"""Scores of the optimal rule at a scale.

Used by the stages optimum and example. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
from scipy.special import softmax

from applicability.errors import InputError
from applicability.learners.discriminant import excess_law
from applicability.logits import log_odds
from applicability.scores.exact import exact
from applicability.scores.score import score
from applicability.study import Cell
from applicability.tasks.reduction import gaussian_distance, on_a_line
from applicability.tasks.sample import sample_once
from applicability.tasks.truth import Truth, of_named

COLUMNS = ["accuracy", "accuracy_error", "log_loss", "brier", "auc", "information", "boundary", "boundaries"]

ERROR = 1e-4  # of the accuracy, where it is a mean over draws

BATCH = 2**16  # draws of each group at a time

MOST = 64  # batches; of two groups fewer reach ERROR, whatever the task

SURE = 6  # standard deviations, beyond which draws do not follow their densities

ROUNDED = 1e-4  # share of draws that float32 may put outside of their support

SCORED = 8  # batches that give the other scores too, which take longer


def optimum_of(cell: Cell) -> dict[str, str | float]:
    """Scores of the optimal rule at a cell's scale, a row of optimum.csv.

    cell: any of the scale.

    Returns study, scale, COLUMNS, guessing (accuracy of the likeliest group), plugin_constant and plugin_from, the
    two of :func:`excess_law`, and midpoint_constant: the midpoint of the means of n draws of each group has a standard
    deviation of midpoint_constant/√n = σ/√(2n). The three are NaN but for two Gaussians of one scale on a line.
    accuracy_error is the standard error of the accuracy. Scores are exact, and the error is 0, where the task is one in
    one dimension, or as good as one (:func:`on_a_line`); else they are those of :func:`scores_on_draws`.
    boundary and boundaries are missing in more than one dimension.
    """
    truth, line = Truth.of(cell.task, cell.scale), on_a_line(cell.task)
    if line:
        on_it = Truth.of(line, cell.scale)
        scores = exact(on_it, lambda x: on_it.logits(x[..., None])) | {"accuracy_error": [0.0]}
    else:
        scores = scores_on_draws(cell)
    names = [name for name in COLUMNS if name in scores and (cell.dimension == 1 or "boundar" not in name)]
    distance = gaussian_distance(cell.task) / cell.scale if cell.dimension == 1 else np.nan
    constant, least = excess_law(distance)
    known = {"guessing": float(truth.weights.max()), "plugin_constant": constant, "plugin_from": least}
    apart = np.nan if np.isnan(distance) else np.diff([group.loc for group in truth.groups])[0]
    known["midpoint_constant"] = float(abs(apart) / distance / np.sqrt(2))
    return {"study": cell.study, "scale": cell.scale} | {name: float(scores[name][0]) for name in names} | known


def scores_on_draws(cell: Cell) -> dict[str, np.ndarray]:
    """Scores [1] of the true log-odds on draws of their own, the accuracy on as many as an error of ERROR takes.

    A draw counts for each group by its posterior, not for its own group alone: the mean is the same, with less noise.
    Raises InputError as :func:`check` does.
    """
    truth = Truth.of(cell.task, cell.scale)
    own = np.repeat(np.eye(len(cell.task)), BATCH, axis=0)  # [G·BATCH, G]
    scores, sums = [], np.zeros(3)  # of 1, of the largest posterior, and of its square, over all draws
    seen, told, spread = np.zeros((3, len(cell.task) + 1))  # draws of each group and draws sorted right: see `check`
    for batch in range(MOST):
        x = sample_once(cell, "optimum", BATCH, batch)
        joint = truth.log_joint(x.reshape(-1, cell.dimension))
        posterior = softmax(joint, axis=-1)
        if batch < SCORED:
            scores.append(score(log_odds(joint)[None].mT, posterior[None].mT))
        right = posterior.max(-1)
        sums += [len(right), right.sum(), (right**2).sum()]
        events = np.column_stack([posterior, right])
        seen += [*own.sum(0), of_named(own, joint.argmax(-1)).sum()]
        told, spread = told + events.sum(0), spread + (events * (1 - events)).sum(0)
        _, accuracy, square = sums / sums[0]
        error = np.sqrt(max(square - accuracy**2, 0) / sums[0])
        if error <= ERROR:
            break
    if not truth.closed:
        check(cell, seen / sums[0], told / sums[0], np.sqrt(spread) / sums[0])
    means = {name: np.mean([each[name] for each in scores], axis=0) for name in scores[0]}
    return means | {
        "accuracy": [accuracy],
        "accuracy_error": [error],
        "information": truth.entropy - means["log_loss"],
    }


def check(cell: Cell, seen: np.ndarray, told: np.ndarray, errors: np.ndarray) -> None:
    """Raises InputError where draws of a class of the user's own do not follow its densities.

    seen: [G + 1], shares of the draws that are of each group, and that the optimal rule sorts right.
    told: [G + 1], the same by the densities. errors: [G + 1], standard deviations of the differences if they agree.
    """
    away = (abs(seen - told) - ROUNDED) / errors
    worst = away.argmax()
    if away[worst] > SURE:
        what = [f"of group {group}" for group in cell.groups] + ["sorted right by the optimal rule"]
        raise InputError(
            f"task: expected draws that follow their densities at scale {cell.scale:g}; found a share of "
            f"{seen[worst]:.4f} {what[worst]}, where logpdf says {told[worst]:.4f}"
        )
