"""Logits: the log-odds that a network predicts for draws, and what follows from them.

Shape [R, K, M]: R replicates, M places. Of two groups K = 1, the log-odds of the second group. Of G > 2 groups K = G,
the log-odds of each group against the rest, ln p̂/(1 − p̂). Infinite ones are of a rule that is certain; NaN are of one
that says nothing, as a network that diverged.
Used by tasks, learners, scores and figures. May import nothing of ours.
"""

import numpy as np


def decide(logits: np.ndarray) -> np.ndarray:
    """The likeliest group's index [R, M] by logits [R, K, M]; ties: the first."""
    return (logits[:, 0] > 0).astype(int) if logits.shape[1] == 1 else logits.argmax(1)


def losses(logits: np.ndarray) -> np.ndarray:
    """−ln p̂ of each group, [R, G, M], in nat, from logits [R, K, M]."""
    return softplus(np.concatenate([logits, -logits], axis=1) if logits.shape[1] == 1 else -logits)


def log_odds(weights: np.ndarray) -> np.ndarray:
    """Log-odds [..., K] from log-weights [..., G] of G > 1 groups, known up to a common constant."""
    groups = weights.shape[-1]
    if groups == 2:
        return weights[..., 1:] - weights[..., :1]
    weights = weights - weights.max(-1, keepdims=True)  # logaddexp of −1e300 and −1e300 gives −1e300, not ln 2 more
    rests = [np.logaddexp.reduce(np.delete(weights, group, -1), axis=-1) for group in range(groups)]
    return weights - np.stack(rests, axis=-1)


def softplus(x: np.ndarray) -> np.ndarray:
    """Softplus: ln(1 + exp(x))."""
    return np.logaddexp(0, x)


def defined(logits: np.ndarray) -> np.ndarray:
    """Whether all logits [R, K, M] of a replicate are numbers, infinity among them, [R]."""
    return ~np.isnan(logits).any((1, 2))


def numbers(logits: np.ndarray) -> np.ndarray:
    """Logits [R, K, M] with 0 in place of NaN."""
    return np.where(np.isnan(logits), 0, logits)
