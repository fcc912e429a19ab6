"""The verdict on a learner in a cell: whether it works, or what would bring back most of what is missing.

Used by the stage summarise; reports read VERDICTS. May import learners, tasks, storage, study, logits and errors.
"""

from collections.abc import Mapping, Set

import numpy as np
import pandas as pd

from applicability.errors import InputError
from applicability.learners.discriminant import RULES
from applicability.scores.evidence import HALF, gaps_of, lower_limit, shows_half
from applicability.study import Learner

VERDICTS = ["good", "training", "model", "data", "unexplained", "diverged"]


def with_verdicts(
    summary: pd.DataFrame, scores: pd.DataFrame, learners: Mapping[str, Learner], tolerance: float
) -> pd.DataFrame:
    """The summary of a study with four more columns.

    summary: a row per learner and cell. scores: scores.csv of the study. learners: by name.
    tolerance: the gap that is good enough, in accuracy.

    within: number of replicates with a gap of at most the tolerance. within_low: :func:`lower_limit` of their
    share. verdict: the first row that holds. shown_by: the learner, the reference rule or the n that shows it.

    | verdict | what the replicates show |
    |---|---|
    | `good` | at least half of the trainings are within the tolerance |
    | `diverged` | a training diverged |
    | `training` | the same network, trained otherwise, brings back at least half of the mean gap |
    | `model` | another network or a reference rule does |
    | `data` | more draws do, in as many steps |
    | `unexplained` | none of these |

    What brings half back must also be shown to be better in at least half of the replicates (:func:`is_better`). More
    draws are those of the largest n of the grid at which a training takes as many steps; there, half of the gap must
    go with more draws if what the n before had more is continued as 1/n. The same network has the same hidden layers
    and activation; a reference rule is linear, as a network without hidden layers is.
    """
    gaps = gaps_of(scores)
    alike = {name: alike_learners(name, learners) for name in summary["learner"].unique()}
    sizes = summary.groupby(["learner", "scale", "steps"])["n"].agg(sorted)
    counts, given = [], []
    for learner, scale, n, steps in summary[["learner", "scale", "n", "steps"]].itertuples(index=False):
        here = gaps.loc[scale]
        counts.append((here.loc[n, learner] <= tolerance).sum())
        given.append(verdict(here, learner, n, alike[learner], sizes[learner, scale, steps], tolerance))
    words, by = zip(*given, strict=True)
    low = lower_limit(counts, summary["replicates"])
    return summary.assign(within=counts, within_low=low, verdict=words, shown_by=by)


def rivals(summary: pd.DataFrame) -> int:
    """The number of others that a learner of a summary is held against: learners and reference rules."""
    return summary["learner"].nunique() - 1 + sum(f"{rule}_gap_mean" in summary for rule in RULES)


def alike_learners(name: str, learners: Mapping[str, Learner]) -> set[str]:
    """The learners, and the reference rules, that have the network of one of them.

    Raises InputError where that one is not among the learners.
    """
    if name not in learners:
        raise InputError(f"learners: expected every learner of the scores, {name} too; found {', '.join(learners)}")
    alike = {other for other, learner in learners.items() if learner.network == learners[name].network}
    return alike | (set() if learners[name].hidden else set(RULES.values()))


def verdict(
    gaps: pd.DataFrame, learner: str, n: int, alike: Set[str], sizes: list[int], tolerance: float
) -> tuple[str, str]:
    """The verdict on a learner at one scale and n, and who shows it: see :func:`with_verdicts`.

    gaps: at the scale, a row per n and replicate, a column per learner and reference rule.
    alike: names of those that have the learner's network. sizes: every n at which its training takes as many steps.
    """
    here = gaps.loc[n]
    own, means = here[learner], gaps.groupby("n").mean(skipna=False)
    if shows_half((own <= tolerance).sum(), len(own)):
        return "good", ""
    if own.isna().any():
        return "diverged", ""
    tests = max(1, len(here.columns) - 1)  # every other learner and rule: the best of many is better by luck
    enough = (1 - HALF) * means.loc[n, learner]  # the mean gap with which half is brought back
    better = [other for other in here if is_better(here[other], own, tolerance, tests)]
    better = {other: mean for other in better if (mean := means.loc[n, other]) <= enough}
    for word, others in (("training", better.keys() & alike), ("model", better.keys() - alike)):
        if others:
            return word, min(sorted(others), key=better.get)
    *_, before, last = [n, *sizes]
    if n < last:
        helps = is_better(gaps.loc[last, learner], own, tolerance) and means.loc[last, learner] <= enough
        return ("data", f"n = {last}") if helps else ("unexplained", "")
    fell = means.loc[before, learner] - means.loc[n, learner]
    cost = fell / (n / before - 1) if before < n else 0  # of having n draws and no more, by a law of 1/n
    helps = is_better(own, gaps.loc[before, learner], tolerance) and cost >= enough
    return ("data", f"n = {before}") if helps else ("unexplained", "")


def is_better(gaps, than, tolerance: float, tests: int = 1) -> bool:
    """Whether some gaps [R] are shown to be smaller than others [R] of the same replicates.

    A gap is better where it is within the tolerance and the other is not, or smaller by more than the tolerance. Of
    the replicates in which either is better, at least half are shown to be those of `gaps`: a sign test. Two learners
    of equal luck pass it in 5 % of cells at most, whatever the luck; of several tests any does in 5 % at most.
    """
    gaps, than = np.asarray(gaps), np.asarray(than)
    better = (than > tolerance) & (gaps <= np.maximum(tolerance, than - tolerance))
    worse = (gaps > tolerance) & (than <= np.maximum(tolerance, gaps - tolerance))
    return bool(shows_half(better.sum(), (better | worse).sum(), tests))
