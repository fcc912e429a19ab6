"""What counts of replicates show: limits of shares, and the gaps that are counted.

Gaps to the optimum are never negative, and skewed: no usual interval of their mean covers what it promises everywhere
(benchmarks/coverage.py). A count has an exact limit, whatever the distribution of the gaps.
Used by the stages summarise, plan and compare, and by reports. May import learners, tasks, storage, study, logits and
errors.
"""

import math

import numpy as np
import pandas as pd
from scipy.special import betaincinv
from scipy.stats import binom

from applicability.learners.discriminant import RULES
from applicability.storage.tables import sharpest

ERROR = 0.05  # probability that a limit lies above the true share

HALF = 0.5

FEWEST = 5  # replicates that can show a half: 0.5⁵ < 0.05 < 0.5⁴


def lower_limit(counts, totals, tests: int = 1) -> np.ndarray:
    """Lower limit of a share of which counts of totals are seen; 0 where nothing is.

    One-sided at 95 %, exact: Clopper and Pearson, The use of confidence or fiducial limits, 1934. Counts and totals are
    numbers or arrays of one shape. Of several tests all limits hold together at 95 % (Bonferroni).
    """
    counts, totals = np.asarray(counts), np.asarray(totals)
    return np.where(counts > 0, betaincinv(np.maximum(counts, 1), totals - counts + 1, ERROR / tests), 0.0)


def shows_half(counts, totals, tests: int = 1) -> np.ndarray:
    """Whether counts of totals show that a share is at least one half. One test takes 5 of 5, 9 of 10, 20 of 30."""
    return lower_limit(counts, totals, tests) >= HALF


def least_count(total: int, tests: int = 1) -> int:
    """The least count of total that shows a half, in one of several tests; total + 1 where not even all do."""
    counts = np.arange(total + 1)
    return int(counts[shows_half(counts, total, tests)].min(initial=total + 1))


def chance(total: int) -> float:
    """The probability that total differences of no sign of their own show a half on either side."""
    return float(2 * binom.sf(least_count(total) - 1, total, HALF))


def counted(count: int, total: int) -> str:
    """A share as a count with its lower limit: 7 of 10, at least 39 %."""
    return f"{count} of {total}, at least {math.floor(100 * lower_limit(count, total))} %"


def median_limit(gaps: np.ndarray) -> np.ndarray:
    """Upper limit of the median of gaps [N, R]: the largest of the fewest that are shown to be half of R, [N].

    Half of the trainings are shown to be within a gap where the limit is. A gap of NaN, a training that diverged, is
    within none. NaN where so many have one, and where R is below 5: so few never show half.
    """
    replicates = gaps.shape[1]
    least = least_count(replicates)
    return np.sort(gaps, axis=1)[:, least - 1] if least <= replicates else np.full(len(gaps), np.nan)


def gaps_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Gaps to the optimum as well as they are known: a column for each learner, then for each reference rule.

    scores: scores.csv of a study. The rows are its scales, sample sizes and replicates, as an index of these names.
    """
    keys = ["scale", "n", "replicate"]
    gaps = scores.pivot(index=keys, columns="learner", values=sharpest(scores, "gap"))
    one = scores[scores["learner"] == scores["learner"].iloc[0]].set_index(keys)
    return gaps.assign(**{name: one[f"{rule}_gap"] for rule, name in RULES.items() if f"{rule}_gap" in one})
