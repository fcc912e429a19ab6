"""How often intervals of the mean gap over R replicates cover it, in %: `python benchmarks/coverage.py`.

The gap is the optimal rule's accuracy less that of a rule from n draws of each of N(0, 1) and N(Δ, 1): never negative,
and skewed. A pool of gaps stands for their distribution: its mean is the truth, and sets of R are drawn from it without
replacement. Intervals are two-sided, at 95 %; a function takes sets [S, R] and returns lower and upper limits, [2, S].
"""

import numpy as np
import pandas as pd
import torch
from applicability.learners.fitting import fit
from applicability.scores.evidence import lower_limit
from applicability.scores.exact import exact
from applicability.study.cell import Cell
from applicability.study.learner import Network
from applicability.tasks.sample import sample
from applicability.tasks.truth import Truth
from scipy.special import gammaln, lambertw, ndtr, ndtri, psi
from scipy.stats import t as student

DISTANCE = 1.0  # Δ: n·Δ² is n
TASK = [["a", [{"norm": {"loc": 0.0}}]], ["b", [{"norm": {"loc": DISTANCE}}]]]
TRUTH = Truth.of(TASK, scale=1.0)
OPTIONS = {"hidden": [16], "activation": "relu", "dropout": 0.0, "standardise": False, "batch_size": 64, "steps": 500}
LEARNER = Network(name="net", optimiser={"sgd": {"lr": 0.1}}, **OPTIONS)
REPLICATES = (5, 10, 30)
SETS, PARTS = 10_000, 20  # sets of a row; each part of them has bootstrap resamples of its own
RESAMPLES = 1000
SIDES = np.array([[0.025], [0.975]])
NEAR = 0.005  # half a point
ROUNDING = 1e-15  # no gap is less


def plugin_pool(n: int, generator: np.random.Generator) -> tuple[np.ndarray, None]:
    """10⁶ gaps of the plug-in rule, for which the means of n draws are all there is to know; no control."""
    return plugin_gaps(generator.normal([0, DISTANCE], 1 / np.sqrt(n), (1_000_000, 2))), None


def plugin_gaps(means: np.ndarray) -> np.ndarray:
    """Gaps [R] of the plug-in rule, whose threshold is halfway between the means [R, 2] of the draws of each group."""
    threshold, sign = means.mean(1), np.sign(means[:, 1] - means[:, 0])
    right = 0.5 + sign * (ndtr(threshold) - ndtr(threshold - DISTANCE)) / 2
    return np.maximum(ndtr(DISTANCE / 2) - right, ROUNDING)


def network_pool(n: int, _: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Gaps of 4,000 networks, trained in stacks of 500, and of the plug-in rule on the same draws, their control."""
    stacks = []
    for seed in range(8):
        cell = Cell("coverage", seed, TASK, 1.0, n, test_draws=1, replicates=500)
        draws = sample(cell, "train", cell.counts)
        network = fit(cell, LEARNER, draws, torch.device("cpu"))[0].in_double()
        gaps = exact(TRUTH, lambda x, network=network: network.logits(x[..., None]))["gap"]
        stacks.append([np.maximum(gaps, ROUNDING), plugin_gaps(draws.reshape(-1, 2, n).mean(2, dtype=float))])
    return tuple(np.concatenate(stacks, axis=1))


def around(centre: np.ndarray, error: np.ndarray, freedom: int) -> np.ndarray:
    """Student's interval of estimates [S] with standard errors [S]."""
    return centre + student.ppf(SIDES, freedom) * error


def t(values: np.ndarray) -> np.ndarray:
    """Student's interval of the mean."""
    replicates = values.shape[1]
    return around(values.mean(1), values.std(1, ddof=1) / np.sqrt(replicates), replicates - 1)


def cox(gaps: np.ndarray) -> np.ndarray:
    """Cox's interval of a lognormal mean, with Student's quantile: Olsson, Confidence intervals for the mean of a
    log-normal distribution, Journal of Statistics Education 13, 2005."""
    logs, replicates = np.log(gaps), gaps.shape[1]
    variance = logs.var(1, ddof=1)
    error = np.sqrt(variance / replicates + variance**2 / (2 * (replicates - 1)))
    return np.exp(np.minimum(around(logs.mean(1) + variance / 2, error, replicates - 1), 0))  # no gap is above 1


def gamma(gaps: np.ndarray) -> np.ndarray:
    """Interval of the mean μ of a gamma distribution, by its profile likelihood (of which Fraser, Reid and Wong, Simple
    and accurate inference for the mean of the gamma model, Canadian Journal of Statistics 25, 1997).

    With r = x̄/μ the likeliest shape k has ln k − ψ(k) = r − ln r − 1 + ln x̄ − (mean of ln x), and R draws have the
    log-likelihood R·(kψ(k) − k − ln Γ(k)) but for a constant. Its double may fall by R·ln(1 + t²/(R − 1)), as for
    Student's interval of a normal mean, instead of χ²: of gamma draws 94 to 96 % are covered then, from R = 5 on.
    """
    mean, replicates = gaps.mean(1), gaps.shape[1]
    shapes = np.geomspace(1e-6, 1e6, 100_000)
    spreads, heights = np.log(shapes) - psi(shapes), shapes * psi(shapes) - shapes - gammaln(shapes)
    spread = np.log(mean) - np.log(gaps).mean(1)
    fall = np.log1p(student.ppf(SIDES[1], replicates - 1) ** 2 / (replicates - 1)) / 2
    widest = np.interp(np.interp(spread, spreads[::-1], heights[::-1]) - fall, heights, spreads)
    return mean / -lambertw(-np.exp(spread - widest - 1), [[-1], [0]]).real  # x̄ over either r


def bca(gaps: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Bootstrap interval, corrected for bias and skew: Efron, Better bootstrap confidence intervals, JASA 82, 1987."""
    replicates = gaps.shape[1]
    weights = generator.multinomial(replicates, np.full(replicates, 1 / replicates), RESAMPLES) / replicates
    means, mean = np.sort(gaps @ weights.T), gaps.mean(1, keepdims=True)
    away = gaps - mean
    acceleration = (away**3).sum(1) / (6 * (away**2).sum(1) ** 1.5)
    below = ((means < mean).mean(1) + (means <= mean).mean(1)) / 2
    bias = ndtri(np.clip(below, 1 / RESAMPLES, 1 - 1 / RESAMPLES))
    moved = bias + ndtri(SIDES)
    places = ndtr(bias + moved / (1 - acceleration * moved)) * (RESAMPLES - 1)
    return np.take_along_axis(means, places.round().astype(int).T, 1).T


def with_control(gaps: np.ndarray, controls: np.ndarray, known: float) -> np.ndarray:
    """Interval of the mean gap at the known mean of a control, by regression of gaps on controls [S, R]: Lavenberg and
    Welch, A perspective on the use of control variables, Management Science 27, 1981."""
    replicates = gaps.shape[1]
    x, y = (each - each.mean(1, keepdims=True) for each in (controls, gaps))
    square, off = (x**2).sum(1), controls.mean(1) - known
    slope = (x * y).sum(1) / square
    variance = ((y - slope[:, None] * x) ** 2).sum(1) / (replicates - 2)
    return around(gaps.mean(1) - slope * off, np.sqrt(variance * (1 / replicates + off**2 / square)), replicates - 2)


def picked(pool: int, replicates: int, generator: np.random.Generator) -> np.ndarray:
    """Places [S, R] of sets in a pool: disjoint ones, in a new order whenever the pool is used up."""
    whole = pool // replicates
    orders = [generator.permutation(pool)[: whole * replicates] for _ in range(-(-SETS // whole))]
    return np.concatenate(orders).reshape(-1, replicates)[:SETS]


def row(gaps: np.ndarray, controls: np.ndarray | None, replicates: int, generator: np.random.Generator) -> dict:
    """Coverage of each interval; last, of the lower limit of the share of gaps of at most half a point."""
    places = picked(len(gaps), replicates, generator)
    sets, near = gaps[places], gaps <= NEAR
    limits = {
        "t": t(sets),
        "t of √gap": np.maximum(t(np.sqrt(sets)), 0) ** 2,  # of (mean √gap)², which is less than the mean gap
        "t of log gap": np.exp(t(np.log(sets))),  # of the geometric mean, which is less, too
        "Cox": cox(sets),
        "gamma": gamma(sets),
        "BCa": np.concatenate([bca(part, generator) for part in np.split(sets, PARTS)], axis=1),
    }
    if controls is not None:
        limits["control"] = with_control(sets, controls[places], controls.mean())
    found = {name: 100 * ((low <= gaps.mean()) & (gaps.mean() <= high)).mean() for name, (low, high) in limits.items()}
    share = lower_limit(near[places].sum(1), np.full(SETS, replicates))
    return {"R": replicates} | found | {"share": 100 * (share <= near.mean()).mean()}


def table() -> pd.DataFrame:
    """A row per rule, n and R."""
    cases = [("network", n, network_pool) for n in (3, 30, 300)]
    cases += [("plug-in", n, plugin_pool) for n in (3, 10, 30, 100, 300)]
    generator, rows = np.random.default_rng(0), []
    for rule, n, pool_of in cases:
        pool = pool_of(n, generator)
        rows += [{"rule": rule, "n·Δ²": n} | row(*pool, replicates, generator) for replicates in REPLICATES]
    return pd.DataFrame(rows).round(1).astype(object).fillna("–")


if __name__ == "__main__":
    print(table().to_markdown(index=False, floatfmt=".1f"))
