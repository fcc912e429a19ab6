"""Expectations over a task's distributions in one dimension, as sums over quadrature nodes, and which of them exist.

Used by scores. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
from scipy.special import expit

from applicability.errors import InputError
from applicability.tasks.truth import Truth

TAIL = 30  # logit of the share of a group that lies beyond the nodes: 1e-13 on either side

CUT = 25  # the same of a second, nearer end: 1e-11

MOVED = 0.01  # share by which an expectation may differ between the two ends

NOTHING = 1e-9  # a smaller difference is none

PANELS = 432  # quadrature panels of each component, between quantiles

ORDER = 4  # Gauss-Legendre nodes of each half panel

LOST = 1e-5  # share of a group's mass that the quadrature may miss: 6e-6 of the oddest that a config may have


def nodes(truth: Truth) -> tuple[np.ndarray, np.ndarray]:
    """Quadrature nodes x [M] and masses [G, M] for integrals over p(x, group).

    Gauss-Legendre in panels between quantiles of every component, evenly spaced in the logit of their share. The panels
    are dense where the draws are, follow heavy tails, and break where a density does (at its median or the end of its
    support). Raises InputError where a group's mass is missed: densities that are infinite somewhere, or scales that
    float64 cannot tell from the locations.
    """
    shares = expit(np.linspace(-TAIL, 0, PANELS // 2 + 1))
    laws = [each.law for each in truth.components()]
    places = [each for law in laws for each in (law.ppf(shares), law.isf(shares), law.support())]
    edges = np.unique(np.concatenate(places))
    edges = edges[np.isfinite(edges)]
    edges = np.unique(np.concatenate([edges, (edges[1:] + edges[:-1]) / 2]))
    points, weights = np.polynomial.legendre.leggauss(ORDER)
    half = np.diff(edges)[:, None] / 2
    x = (edges[:-1, None] + half * (1 + points)).ravel()
    densities = np.exp(truth.log_densities(x[:, None])) * truth.weights
    mass = (densities * (half * weights).reshape(-1, 1)).T
    held = mass.sum(1) / truth.weights
    if not (abs(held - 1) <= LOST).all():
        found = ", ".join(f"{share:.6g}" for share in held)
        raise InputError(
            f"task: expected densities that can be integrated at scale {truth.scale:g}; found {found}, not 1"
        )
    return x, mass


def inner(truth: Truth, x: np.ndarray) -> np.ndarray:
    """Whether places x [...] lie within the nearer end, in the tails of the widest component, [...]."""
    share = expit(-CUT)
    laws = [each.law for each in truth.components()]
    low, high = min(law.ppf(share) for law in laws), max(law.isf(share) for law in laws)
    return (low <= x) & (x <= high)


def settled(parts: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Whether expectations exist as numbers, [...]: they hardly depend on where the sum over nodes ends.

    parts: [R, M], what each node adds, from 0 on. inner: [R or 1, M], :func:`inner`.

    A sum that moves by more than 1 % between the two ends says where it was cut: the expectation is infinite, or nearly
    all of it lies further out.
    """
    with np.errstate(invalid="ignore"):
        whole = parts.sum(-1)
        return np.isfinite(whole) & (whole - np.where(inner, parts, 0).sum(-1) <= MOVED * whole + NOTHING)


def infinite_moments(truth: Truth) -> tuple[bool, bool]:
    """Whether |x|, and whether x² or the squared log-odds, have no expectation in some coordinate of a task.

    A coordinate of a class of the user's own is passed over: only draws of it are known.
    """
    first, second = [], []
    for one in map(truth.of_coordinate, range(truth.dimension)):
        if not one.closed:
            continue
        x, mass = nodes(one)
        within, weight = inner(one, x), mass.sum(0)
        with np.errstate(over="ignore"):
            parts = weight * np.array([abs(x), x**2, *(one.logits(x[:, None]).T ** 2)])
        exist = settled(np.where(weight > 0, parts, 0), within)
        first.append(exist[0])
        second.append(exist[1:].all())
    return not all(first), not all(second)
