"""What follows from the order of predicted log-odds: calibration, ROC, the area under precision and recall.

Logits [R, K, M] and mass [R, G, M] are as in :mod:`applicability.scores.score`. Used by scores. May import study,
logits and errors.
"""

import numpy as np
from scipy.special import expit

BINS = 15  # of equal mass, for the calibration error

RECALLS = np.maximum(np.linspace(0, 1, 201), 1e-9)  # at which a ROC is given; at 0 precision has a limit alone


def reliability(logits: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, ...]:
    """Reliability diagram: share of the mass, mean p̂, frequency of the group, [R, K, 15] each.

    The 15 bins have equal mass by logit. Equal logits share a bin, so a bin may be empty: its share is 0, its p̂ and
    frequency are NaN.
    """
    ones, pairs, low, high = ranked(*against_rest(logits, mass))
    below = (low + high) / 2
    return tuple(values.reshape(*logits.shape[:2], BINS) for values in binned(ones, pairs, below))


def roc(logits: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rate of false positives and precision of the second of two groups at each of RECALLS, [R, P] each.

    logits: [R, M], of the second group. mass: [R or 1, 2, M].

    Draws are named in falling order of their logits until so much of the group is; of equal logits a part of them.
    """
    found = []
    for values, (rest, own) in zip(logits, np.broadcast_to(mass, (len(logits), *mass.shape[1:])), strict=True):
        _, place = np.unique(-values, return_inverse=True)
        equal = [np.bincount(place, each) / each.sum() for each in (own, rest)]
        holds = equal[0] > 0
        ends = [np.cumsum(each)[holds] for each in equal]
        own_here, rest_here = (each[holds] for each in equal)
        at = np.minimum(np.searchsorted(ends[0], RECALLS), len(own_here) - 1)
        begins = [end[at] - here[at] for end, here in zip(ends, (own_here, rest_here), strict=True)]
        part = np.clip((RECALLS - begins[0]) / own_here[at], 0, 1)
        found.append(begins[1] + part * rest_here[at])
    found, (rest, own) = np.array(found), np.moveaxis(mass.sum(2), 1, 0)[..., None]
    return found, own * RECALLS / (own * RECALLS + rest * found)


def pr_areas(mass: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Areas under the precision-recall curves of both of two groups, [B, 2].

    mass: [B, 2, M], of the group of small logits and of the group of large ones. low, high: as of :func:`ranked`.

    Among equal logits precision changes along a hyperbola, as if groups were mixed there, which is integrated in closed
    form. Source: Keilwagen, Grosse and Grau, Area under precision-recall curves for weighted and unweighted data, PLOS
    ONE 9, 2014.
    """
    above = np.maximum(mass.sum(2, keepdims=True) - high, 0)
    equal = np.maximum(high - low, mass)  # in heavy tails the difference of two sums rounds to 0
    areas = []
    for sought, better in ((0, low), (1, above)):
        found, false = better[:, sought], better[:, 1 - sought]
        here = equal.sum(1)
        with np.errstate(invalid="ignore", divide="ignore"):
            own, other = equal[:, sought] / here, equal[:, 1 - sought] / here
            growth = np.log1p(here / (found + false)) / here
            precision = own + np.where(found + false > 0, (found * other - false * own) * growth, 0)
        weight = mass[:, sought]
        areas.append(np.where(weight > 0, weight * precision, 0).sum(1) / weight.sum(1))
    return np.stack(areas, axis=1)


def against_rest(logits: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each group against the rest: logits [R·K, M] and masses [R·K, 2, M], those of the rest first."""
    if logits.shape[1] == 1:
        return logits[:, 0], mass
    pairs = np.stack([mass.sum(1, keepdims=True) - mass, mass], axis=2)
    pairs = np.broadcast_to(pairs, (len(logits), *pairs.shape[1:]))
    return logits.reshape(-1, logits.shape[2]), pairs.reshape(-1, 2, logits.shape[2])


def binned(logits: np.ndarray, mass: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, ...]:
    """:func:`reliability` of logits [B, M] and masses [B, 2, M]; [B, 15] each.

    below: [B, 2, M], mass at smaller logits; ties count half.
    """
    both = np.broadcast_to(mass.sum(1), logits.shape)
    total = both.sum(1, keepdims=True)
    bins = np.clip((below.sum(1) / total * BINS).astype(int), 0, BINS - 1)
    cells = (bins + BINS * np.arange(len(logits))[:, None]).ravel()

    def sums(values: np.ndarray) -> np.ndarray:
        spread = np.broadcast_to(values, logits.shape).ravel()
        return np.bincount(cells, spread, minlength=BINS * len(logits)).reshape(-1, BINS)

    masses = sums(both)
    with np.errstate(invalid="ignore"):
        return masses / total, sums(both * expit(logits)) / masses, sums(mass[:, 1]) / masses


def ranked(logits: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, ...]:
    """Logits [B, M] in rising order, masses [B, 2, M] in theirs, and the mass at smaller and at most as large logits.

    logits: [B, M]. mass: [B or 1, 2, M].
    """
    order = logits.argsort(axis=1, kind="stable")
    logits = np.take_along_axis(logits, order, 1)
    mass = np.take_along_axis(np.broadcast_to(mass, (len(logits), *mass.shape[1:])), order[:, None], 2)
    m = logits.shape[1]
    places = np.arange(m)
    new = np.ones(logits.shape, bool)  # where a run of equal logits starts
    new[:, 1:] = logits[:, 1:] != logits[:, :-1]
    start = np.maximum.accumulate(np.where(new, places, 0), axis=1)
    last = np.concatenate([new[:, 1:], np.ones((len(logits), 1), bool)], axis=1)
    end = np.minimum.accumulate(np.where(last, places + 1, m)[:, ::-1], axis=1)[:, ::-1]
    sums = np.concatenate([np.zeros((*mass.shape[:2], 1)), mass.cumsum(2)], axis=2)
    low, high = (np.take_along_axis(sums, ends[:, None], 2) for ends in (start, end))
    return logits, mass, low, high
