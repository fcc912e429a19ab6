"""Whether draws of a class of the user's own are draws of its densities: else every gap would be false.

Used by scores. May import errors.
"""

import numpy as np

from applicability.errors import InputError

SURE = 6  # standard deviations, beyond which draws do not follow their densities

ROUNDED = 1e-4  # share of draws that float32 may put outside of their support


def moments(probabilities: np.ndarray, axis: int | None = None) -> np.ndarray:
    """Sums over draws of 1, of an event's probability p and of p·(1 − p), [3, ...], as :func:`refuse_untrue` asks."""
    sums = (np.ones_like(probabilities), probabilities, probabilities * (1 - probabilities))
    return np.array([each.sum(axis) for each in sums])


def refuse_untrue(scale: float, what: list[str], events: np.ndarray, probabilities: np.ndarray) -> None:
    """Raises InputError where events happen to draws more or less often than the densities say.

    scale: the grid's scale.
    what: [E], the events in words.
    events: [E], how many of the draws each happened to.
    probabilities: [3, E], the :func:`moments` of the events.

    Of independent draws the variance of a count is the sum of p·(1 − p). That a draw is of a group, or that a rule
    sorts it right, has the posterior as its probability, whatever the rule: a rule that knows more of the draws than
    the densities do is right more often.
    """
    draws, expected, variance = probabilities
    away = (abs(events - expected) - ROUNDED * draws) / np.sqrt(np.maximum(variance, 1))
    worst = away.argmax()
    if away[worst] > SURE:
        seen, told = events[worst] / draws[worst], expected[worst] / draws[worst]
        raise InputError(
            f"task: expected draws that follow their densities at scale {scale:g}; found a share of {seen:.4f} "
            f"{what[worst]}, where logpdf says {told:.4f}: is it the log-density of what rvs draws, normalised?"
        )
