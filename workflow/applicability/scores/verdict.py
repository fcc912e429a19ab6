"""The verdict on a learner in a cell: whether it works, or what would bring back most of what is missing.

Used by the stage summarise; reports read VERDICTS. May import learners, tasks, storage, study, logits and errors.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from applicability.errors import InputError
from applicability.learners.discriminant import RULES
from applicability.scores.evidence import HALF, lower_limit, shows_half
from applicability.study.learner import Learner

VERDICTS = ["best known", "good", "training", "model", "data", "unexplained", "diverged"]


def with_verdicts(
    summary: pd.DataFrame, gaps: pd.DataFrame, learners: Mapping[str, Learner], tolerance: float
) -> pd.DataFrame:
    """The summary of a study with four more columns.

    summary: a row per learner and cell. gaps: :func:`applicability.scores.evidence.gaps_of` its scores.
    learners: by name.
    tolerance: the gap that is good enough, in accuracy.

    within: number of replicates with a gap of at most the tolerance. within_low: :func:`lower_limit` of their
    share. verdict: the first row that holds. shown_by: the learner, the reference rule or the n that shows it.

    | verdict | what the replicates show |
    |---|---|
    | `best known` | nothing: the gaps of the study are gaps to this learner at this n |
    | `good` | at least half of the trainings are within the tolerance |
    | `diverged` | a training diverged |
    | `training` | the same model, trained otherwise, brings back at least half of the mean gap |
    | `model` | another model or a reference rule does |
    | `data` | more draws do, in as many steps |
    | `unexplained` | none of these |

    What brings half back must also be shown to be better in at least half of the replicates (:func:`is_better`). More
    draws are those of the largest n of the grid at which a training takes as many steps; there, half of the gap must
    go with more draws if what the n before had more is continued as 1/n. Of a learner that stops early, or makes so
    many passes over the draws by itself, other draws take other steps, and none is `data` (`Learner.paced`). The same
    model is a network of the same hidden layers and activation, or of the same file and arguments, or a classifier of
    the same class and options. All linear models are one: networks without hidden layers, the reference rules, and
    classifiers with linear log-odds.
    """
    cells = {}  # scale -> n -> gaps [R, K]
    for (scale, n), found in gaps.groupby(["scale", "n"]):
        cells.setdefault(scale, {})[n] = found.to_numpy()
    names = list(gaps.columns)
    alike = {learner: alike_learners(learner, learners, names) for learner in summary["learner"].unique()}
    sizes = summary.groupby(["learner", "scale", "steps"])["n"].agg(sorted).to_dict()
    counts, given = [], []
    best = summary.groupby("scale")["best_known"].first() if "best_known" in summary else {}
    for learner, scale, n, steps in summary[["learner", "scale", "n", "steps"]].itertuples(index=False):
        here, place = cells[scale], names.index(learner)
        counts.append((here[n][:, place] <= tolerance).sum())
        if n == max(here) and scale in best and best[scale] == learner:
            given.append(("best known", ""))
        else:
            same = sizes[learner, scale, steps] if learners[learner].paced else [n]
            given.append(verdict(here, names, place, n, alike[learner], same, tolerance))
    words, by = zip(*given, strict=True)
    low = lower_limit(counts, summary["replicates"])
    return summary.assign(within=counts, within_low=low, verdict=words, shown_by=by)


def rivals(summary: pd.DataFrame) -> int:
    """The number of others that a learner of a summary is held against: learners and reference rules."""
    return summary["learner"].nunique() - 1 + sum(f"{rule}_gap_mean" in summary for rule in RULES)


def alike_learners(name: str, learners: Mapping[str, Learner], names: Sequence[str]) -> np.ndarray:
    """Which of K learners and reference rules have the model of a learner, [K].

    name: of the learner. learners: by name. names: of all K.
    Raises InputError where that one is not among the learners.
    """
    if name not in learners:
        raise InputError(f"learners: expected every learner of the scores, {name} too; found {', '.join(learners)}")
    alike = {other for other, learner in learners.items() if learner.model == learners[name].model}
    alike |= set(RULES.values()) if learners[name].linear else set()
    return np.array([other in alike for other in names])


def verdict(
    cells: Mapping[int, np.ndarray],
    names: Sequence[str],
    place: int,
    n: int,
    alike: np.ndarray,
    sizes: Sequence[int],
    tolerance: float,
) -> tuple[str, str]:
    """The verdict on one of K learners and rules, and who shows it: see :func:`with_verdicts`.

    cells: n -> gaps [R, K] at one scale. names: of the K. place: the learner's index. n: of the cell.
    alike: whether each has the learner's model, [K]. sizes: every n at which its training takes as many steps.
    """
    here, means = cells[n], cells[n].mean(0)
    own = here[:, place]
    if shows_half((own <= tolerance).sum(), len(own)):
        return "good", ""
    if np.isnan(own).any():
        return "diverged", ""
    tests = max(1, here.shape[1] - 1)  # every other learner and rule: the best of many is better by luck
    enough = (1 - HALF) * means[place]  # the mean gap with which half is brought back
    helps = is_better(here, own[:, None], tolerance, tests) & (means <= enough)
    for word, among in (("training", alike), ("model", ~alike)):
        if (helps & among).any():
            return word, names[np.where(helps & among, means, np.inf).argmin()]
    *_, before, last = [n, *sizes]
    more, less = cells[last][:, place], cells[before][:, place]
    if n < last:
        shown = is_better(more, own, tolerance) and more.mean() <= enough
        return ("data", f"n = {last}") if shown else ("unexplained", "")
    cost = (less.mean() - own.mean()) / (n / before - 1) if before < n else 0  # of n draws, by a law of 1/n
    shown = is_better(own, less, tolerance) and cost >= enough
    return ("data", f"n = {before}") if shown else ("unexplained", "")


def is_better(gaps: np.ndarray, than: np.ndarray, tolerance: float, tests: int = 1) -> np.ndarray:
    """Whether some gaps [R, ...] are shown to be smaller than others of the same replicates, [...].

    A gap is better where it is within the tolerance and the other is not, or smaller by more than the tolerance. Of
    the replicates in which either is better, at least half are shown to be those of `gaps`: a sign test. Two learners
    of equal luck pass it in 5 % of cells at most, whatever the luck; of several tests any does in 5 % at most.
    """
    better = (than > tolerance) & (gaps <= np.maximum(tolerance, than - tolerance))
    worse = (gaps > tolerance) & (than <= np.maximum(tolerance, gaps - tolerance))
    return shows_half(better.sum(0), (better | worse).sum(0), tests)
