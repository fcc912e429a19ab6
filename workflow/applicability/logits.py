"""Logits: what a network says of a draw, and what follows from that.

Shape [R, K, M]: R replicates, M places. Of two groups K = 1, the log-odds of the second group. Of G > 2 groups K = G,
the log-odds of each group against the rest, ln p̂/(1 − p̂).
"""

import numpy as np


def decide(logits: np.ndarray) -> np.ndarray:
    """The likeliest group's index [R, M]; ties go to the first."""
    return (logits[:, 0] > 0).astype(int) if logits.shape[1] == 1 else logits.argmax(1)


def losses(logits: np.ndarray) -> np.ndarray:
    """−ln p̂ of each group, [R, G, M], in nat."""
    return softplus(np.concatenate([logits, -logits], axis=1) if logits.shape[1] == 1 else -logits)


def log_odds(weights: np.ndarray) -> np.ndarray:
    """Logits [..., K] from the logarithms of what G > 1 groups weigh [..., G], up to a constant."""
    groups = weights.shape[-1]
    if groups == 2:
        return weights[..., 1:] - weights[..., :1]
    weights = weights - weights.max(-1, keepdims=True)  # where all are −1e300, their logarithms' sum would not be more
    rests = [np.logaddexp.reduce(np.delete(weights, group, -1), axis=-1) for group in range(groups)]
    return weights - np.stack(rests, axis=-1)


def softplus(x: np.ndarray) -> np.ndarray:
    """ln(1 + exp(x))."""
    return np.logaddexp(0, x)


def finite(logits: np.ndarray) -> np.ndarray:
    """Whether all logits [R, K, M] of a replicate are finite numbers, [R]."""
    return np.isfinite(logits).all((1, 2))


def numbers(logits: np.ndarray) -> np.ndarray:
    """Logits with 0 for what is not a finite number."""
    return np.where(np.isfinite(logits), logits, 0)
