"""Setting: what captions may ask of a study's draws, groups and grid, and of what its gaps are measured to."""

from collections.abc import Mapping
from itertools import count

import pandas as pd

from applicability.report.protocols import distributions, protocol
from applicability.scores.evidence import FEWEST, counted, least_count
from applicability.scores.verdict import rivals
from applicability.storage.tables import best_accuracies, measure_of
from applicability.study.cell import BALANCED
from applicability.study.study import Study
from applicability.study.task import kind_of
from applicability.wording import as_points, listed, measured, named, number


class Setting:
    """The setting of a study, or of one of its learners, in words.

    study: the study.
    tables: its tables by name: summary, optimum, planning, scores and, with a baseline, differences.
    learner: the one that is spoken of; without it, all.
    """

    def __init__(self, study: Study, tables: Mapping[str, pd.DataFrame], learner: str | None = None):
        self.study, self.tables, self.learner = study, tables, learner
        self.names = [learner] if learner else list(study.learners)
        self.summary = of_learners(tables["summary"], self.names)
        self.optimum = tables["optimum"]

    def learners(self) -> str:
        """The names of the learners."""
        return f"learner {named(self.learner)}" if self.learner else f"the learners {listed(map(named, self.names))}"

    def cells(self) -> str:
        """The number of cells of the grid."""
        return number(len(self.study.scales) * len(self.study.sample_sizes))

    def scales(self) -> str:
        """The range of the scales."""
        return ends(self.study.scales)

    def sizes(self) -> str:
        """The range of the sample sizes."""
        return ends(self.study.sample_sizes)

    def replicates(self) -> str:
        """The number of replicates, with the word."""
        total = self.study.replicates
        return f"{number(total)} replicate{'s' if total > 1 else ''}"

    def draws(self) -> str:
        """The number of test draws per group and replicate."""
        return number(self.study.test_draws)

    def table(self) -> dict:
        """What the task keeps of its table; empty where it is none."""
        [name, described], *_ = map(kind_of, self.study.task[0][1])
        return described if name == "table" else {}

    def fresh(self) -> str:
        """What test draws are."""
        if self.table():
            return f"{self.draws()} rows per group that the replicate does not train on"
        return f"{self.draws()} fresh draws per group"

    def weights(self) -> str:
        """Sentences on groups that are not alike in number, and on their training draws; empty where they are alike."""
        if not self.study.weights:
            return ""
        shares = listed(f"{named(g)} {w:.3g}" for g, w in zip(self.study.groups, self.study.weights, strict=True))
        drawn = "are as many of each group"
        if self.study.training != BALANCED:
            drawn = "are shared by these weights, at least one of each group: n is their mean"
        return (
            f"Groups are weighed as they are in use, {shares}: what is best possible, accuracy and all other "
            f"expectations go by these weights. Training draws {drawn}. Learners are then brought to the weights: the "
            f"log-odds of a group rise by the log of its weight over its share of the training draws. "
        )

    def drawn(self) -> str:
        """What n counts."""
        return f"training draws per group{'' if self.study.training == BALANCED else ' (on average)'}"

    def unseen(self) -> str:
        """A sentence on the scales at which naming a group unseen is within the tolerance; empty where none is."""
        best = best_accuracies(self.summary, self.optimum)
        guessing = self.optimum.set_index("scale")["guessing"]
        scales = best.index[best - guessing <= self.study.tolerance]
        if scales.empty:
            return ""
        where = f"scale{'s' if len(scales) > 1 else ''} {listed(map(number, scales))}"
        return (
            f"At {where} naming one group unseen, right in {guessing.iloc[0]:.3g}, is within {self.tolerance()} of "
            f"the {self.measure()} too{'' if self.study.known else ', or above it'}: a good training may tell nothing "
            f"there. "
        )

    def view(self) -> str:
        """A sentence on the map by which learners see the draws; empty where they see them as they are."""
        if not (observe := self.study.observe):
            return ""
        what = f"{observe['dimension']} coordinate{'s' if observe['dimension'] > 1 else ''}"
        return (
            f"Learners and reference rules see x = g(z) of the draws z, {what}, by {named(observe['function'])} of "
            f"{named(observe['file'])}. It is taken to be injective: what is called true, optimal or possible is of z. "
        )

    def repeated(self) -> str:
        """A sentence on rows of a table that are alike; empty where none are."""
        count = self.table().get("repeated", 0)
        rows = f"{number(count)} row{'s are like earlier ones' if count > 1 else ' is like an earlier one'}"
        return f"{rows}, and may stand on both sides of a split. " if count else ""

    def how(self) -> str:
        """How accuracies are known, in brackets."""
        if not self.study.known:
            return " (of test draws)"
        return " (exact)" if self.study.exact else " (each test draw counts by its posterior)"

    def measure(self) -> str:
        """What gaps are measured to: the best possible, or the best known."""
        return measure_of(self.summary)

    def caveat(self) -> str:
        """Sentences on the best known, where the best possible is not; else empty."""
        if self.study.known:
            return ""
        most, best = number(self.study.sample_sizes[-1]), listed(map(named, sorted(set(self.summary["best_known"]))))
        share = max(self.study.weights or [1 / len(self.study.groups)])
        one = measured(100 * share / self.study.test_draws, ".2g")
        return (
            f"Best known is what the best learner or reference rule, {best}, reaches at n = {most} in the replicate's "
            f"own test. More may be possible, also where a gap is 0, as the best one's is by definition. One test draw "
            f"more or less is {one} points{' at most' if self.study.weights else ''}. "
        )

    def bounds(self) -> str:
        """A sentence on what the bounds of the best possible are worth; empty where it is known."""
        if self.study.known:
            return ""
        return (
            "The bounds are Cover and Hart's, from the error of the nearest neighbour rule: they hold for infinitely "
            "many draws. Of few draws in many coordinates the upper one can be too low. "
        )

    def tolerance(self) -> str:
        """The gap that is good enough."""
        return as_points(self.study.tolerance)

    def what_it_takes(self) -> str:
        """Sentences on what so many replicates can show of a share."""
        total = self.study.replicates
        if total < FEWEST:
            return f"With {self.replicates()} no share can be shown to be a half; it takes {FEWEST} of {FEWEST}."
        *_, most = counted(total, total).partition(", ")
        return (
            f"A share is shown to be at least a half where its lower limit is (Clopper and Pearson, one-sided 95 %): "
            f"by {least_count(total)} of {self.replicates()}; {total} of {total} show {most}."
        )

    def what_a_remedy_takes(self) -> str:
        """A sentence on what it takes another learner, or a reference rule, to be shown to be better."""
        others = rivals(self.tables["summary"])
        least = next(total for total in count(1) if least_count(total, others) <= total)
        takes = f"{least} of {least} at least"
        return f"Of {others} rivals, learners and rules, one may be better by luck: to show it takes {takes}. "

    def groups(self) -> str:
        """The distribution of each group at scale 1."""
        return listed(f"{named(name)} ~ {distributions(coordinates)}" for name, coordinates in self.study.task)

    def kinds(self) -> str:
        """What the learners are, before their list."""
        if not self.stepped():
            return "Classifiers of scikit-learn"
        return "Learners; networks minimise cross-entropy" if self.fitted() else "Networks, trained on cross-entropy"

    def fitted(self) -> bool:
        """Whether one of the learners that are told of takes no steps."""
        return not all(self.study.learners[name].losses for name in self.names)

    def stepped(self) -> bool:
        """Whether one of the learners is a network."""
        return any(each.losses for each in self.study.learners.values())

    def described(self) -> list[str]:
        """The model and the training of each learner."""
        groups = len(self.study.groups)
        return [
            f"{named(each.name)}: {protocol(each, self.study.inputs, groups)}" for each in self.study.learners.values()
        ]


def ends(grid: list[float]) -> str:
    """The range of the values of a grid: 0.1 to 2, or the only one."""
    return " to ".join(map(number, dict.fromkeys((grid[0], grid[-1]))))


def of_learners(table: pd.DataFrame, names) -> pd.DataFrame:
    """The rows of some learners."""
    return table[table["learner"].isin(list(names))]
