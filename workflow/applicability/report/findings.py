"""Findings: what captions may ask of a study; each answer is words with numbers."""

from collections.abc import Mapping
from typing import Self

import pandas as pd

from applicability.scores.verdict import VERDICTS
from applicability.storage.tables import best_known, holds_zero
from applicability.study import Learner, Study
from applicability.tasks.distributions import in_words
from applicability.wording import listed, measured, named, number, span

WRITTEN = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "silu": "SiLU", "gelu": "GELU"}

WRITTEN |= {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}


class Findings:
    """The findings of a study, or of one of its learners, in words.

    study: the study.
    tables: its tables by name: summary, optimum, planning, scores and, with a baseline, differences.
    learner: the one that is spoken of; without it, all.
    """

    def __init__(self, study: Study, tables: Mapping[str, pd.DataFrame], learner: str | None = None):
        self.study, self.tables, self.learner = study, tables, learner
        self.names = [learner] if learner else list(study.learners)
        self.summary = of_learners(tables["summary"], self.names)
        self.optimum = tables["optimum"]

    def of(self, learner: str) -> Self:
        """The findings of one learner."""
        return Findings(self.study, self.tables, learner)

    def learners(self) -> str:
        """The names of the learners."""
        return f"learner {named(self.learner)}" if self.learner else f"the learners {listed(map(named, self.names))}"

    def cells(self) -> str:
        """The number of cells of the grid."""
        return number(len(self.study.scales) * len(self.study.sample_sizes))

    def scales(self) -> str:
        """The range of the scales."""
        return f"{number(self.study.scales[0])} to {number(self.study.scales[-1])}"

    def sizes(self) -> str:
        """The range of the sample sizes."""
        return f"{number(self.study.sample_sizes[0])} to {number(self.study.sample_sizes[-1])}"

    def draws(self) -> str:
        """The number of test draws per group and replicate."""
        return number(self.study.test_draws)

    def range(self, score: str, form: str = ".3f", times: float = 1) -> str:
        """The range of a score's means, exact ones where there are any, with the cells."""
        column = best_known(self.summary, f"{score}_mean")
        return self.between(self.summary, column, form, times)

    def how(self) -> str:
        """How accuracies are known, in brackets."""
        return " (exact)" if self.study.dimension == 1 else " (each test draw counts by its posterior)"

    def infinite(self, score: str) -> str:
        """A sentence with the number of cells in which a score is missing for its expectation is; empty for none."""
        gone = self.summary[best_known(self.summary, f"{score}_mean")].isna() & (self.summary["diverged"] == 0)
        return f"In {gone.sum()} of {len(self.summary)} cells it is infinite. " if gone.any() else ""

    def error_of_best(self) -> str:
        """The largest standard error of the best possible accuracy, as an addition; empty where it is exact."""
        error = self.optimum["accuracy_error"].max()
        return f", from draws, with a standard error of {measured(error, '.1g')} at most" if error else ""

    def best(self, score: str, form: str = ".3f") -> str:
        """The range of a score of the optimal rule, with the scales."""
        return self.between(self.optimum, score, form)

    def midpoint(self) -> str:
        """A sentence on the dashed line of the boundary's figure; empty where there is none."""
        known = self.optimum["midpoint_constant"].notna().any()
        return "Dashed: the standard deviation of the midpoint of the groups' means, σ/√(2n). " if known else ""

    def errors_of_boundary(self) -> str:
        """The range of the boundary's error, in units of the scale, with the cells."""
        relative = self.summary[["learner", "scale", "n"]].assign(
            error=self.summary["boundary_rmse"] / self.summary["scale"]
        )
        return self.between(relative, "error", ".2g")

    def between(self, table: pd.DataFrame, column: str, form: str, times: float = 1) -> str:
        """The smallest and the largest value of a column, each with its row's place."""
        values = times * table[column].dropna()
        if values.empty:
            return "known in no cell"
        low, high = (
            f"{measured(values[row], form)} ({self.place(table.loc[row])})"
            for row in (values.idxmin(), values.idxmax())
        )
        return f"from {low} to {high}" if low != high else f"{low}"

    def place(self, row: pd.Series) -> str:
        """The place of a table's row: scale, n and, among several, learner."""
        words = [f"scale {number(row['scale'])}"]
        words += [f"n = {number(row['n'])}"] if "n" in row else []
        words += [named(row["learner"])] if "learner" in row and len(self.names) > 1 else []
        return ", ".join(words)

    def verdicts(self) -> str:
        """The number of cells with each verdict, for each learner."""
        found = []
        for learner in self.names:
            counts = of_learners(self.summary, [learner])["verdict"].value_counts()
            given = listed(f"{verdict} in {counts[verdict]}" for verdict in VERDICTS if verdict in counts)
            found.append(f"{named(learner)}: {given} of {self.cells()} cells")
        return "; ".join(found)

    def undecided(self) -> str:
        """The number of cells in which the interval of the gap includes 0."""
        low, high = (self.summary[best_known(self.summary, f"gap_{end}")] for end in ("low", "high"))
        return f"{holds_zero(low, high).sum()} of {len(self.summary)}"

    def diverged(self) -> str:
        """A sentence with the number of cells in which a training diverged; empty for none."""
        count = (self.summary["diverged"] > 0).sum()
        return f"In {count} of {len(self.summary)} cells a training diverged. " if count else ""

    def budgets(self) -> str:
        """The cell in which training budgets differ most, and the accuracy of each there."""
        summary = of_learners(self.summary, self.study.budgets)
        column = best_known(summary, "accuracy_mean")
        cells = summary.groupby(["scale", "n"])[column]
        apart = (cells.max() - cells.min()).dropna()
        if apart.empty:
            return "in no cell that is known"
        scale, n = apart.idxmax()
        rows = summary[(summary["scale"] == scale) & (summary["n"] == n)]
        reached = listed(
            f"{measured(row[column], '.3f')} after {number(row['steps'])} steps ({named(row['learner'])})"
            for _, row in rows.iterrows()
        )
        best = self.optimum.set_index("scale").loc[scale, "accuracy"]
        return f"at scale {number(scale)} and n = {number(n)}: {reached}, where {measured(best, '.3f')} is possible"

    def at_most_draws(self) -> str:
        """The range of each learner's and the plug-in rule's gaps at the largest n, points."""
        rows = self.summary[self.summary["n"] == self.summary["n"].max()]
        column = best_known(rows, "gap_mean")
        gaps = {named(learner): of_learners(rows, [learner])[column] for learner in self.names}
        gaps["the plug-in rule"] = of_learners(rows, self.names[:1])["plugin_gap_mean"]
        told = [f"{who} {span(100 * values.dropna(), '.2g')}" for who, values in gaps.items() if values.notna().any()]
        return f"At n = {number(rows['n'].iloc[0])} the mean gaps of the scales are, in points: {'; '.join(told)}"

    def needed(self, gap: float = 0.005) -> str:
        """The sample sizes that each learner needs for a gap, over the scales."""
        planning = self.tables["planning"]
        rows = planning[abs(planning["gap"] - gap) < 1e-12]
        told = []
        for learner in self.names:
            needed = of_learners(rows, [learner])["needed"].dropna()
            sizes = pd.to_numeric(needed[~needed.str.startswith(">")])
            counts = {
                f"n from {span(sizes, ',.0f')}": len(sizes),
                f"more than {number(self.study.sample_sizes[-1])}": len(needed) - len(sizes),
                "none that did not diverge": len(self.study.scales) - len(needed),
            }
            words = [f"{size} at {count} of {len(self.study.scales)} scales" for size, count in counts.items() if count]
            told.append(f"{named(learner)} {listed(words)}")
        return f"For a gap of {measured(100 * gap, 'g')} points: {'; '.join(told)}"

    def helped(self) -> str:
        """The number of differences to the baseline whose interval excludes 0, on either side."""
        table = self.tables["differences"]
        better, worse = (table["difference_high"] < 0).sum(), (table["difference_low"] > 0).sum()
        return f"Of {len(table)} differences {better} are below 0 by their interval and {worse} above"

    def chance(self) -> str:
        """The number of 95 % intervals that would exclude 0 if nothing differed."""
        return measured(0.05 * len(self.tables["differences"]), ".0f")

    def where(self) -> str:
        """Where the networks were trained and tested, and the versions of what they depend on."""
        trained, tested, versions = (
            listed(sorted(set(self.tables["scores"][name]))) for name in ("device", "test_device", "versions")
        )
        return f"{trained}, tested on {tested}, with {versions}"

    def groups(self) -> str:
        """The distribution of each group at scale 1."""
        return listed(
            f"{named(name)} ~ {' × '.join(named(in_words(each)) for each in coordinates)}"
            for name, coordinates in self.study.task
        )

    def described(self) -> list[str]:
        """The network and the training of each learner."""
        groups = len(self.study.groups)
        return [
            f"{named(each.name)}: {protocol(each, self.study.dimension, groups)}"
            for each in self.study.learners.values()
        ]


def of_learners(table: pd.DataFrame, names) -> pd.DataFrame:
    """The rows of some learners."""
    return table[table["learner"].isin(list(names))]


def protocol(learner: Learner, dimension: int, groups: int) -> str:
    """A learner in words: layers, optimiser, batch size and training budget."""
    [(optimiser, options)] = learner.optimiser.items()
    words = [
        "-".join(map(str, learner.sizes(dimension, groups)))
        + (f" {WRITTEN.get(learner.activation, learner.activation)}" if learner.hidden else " logistic")
    ]
    words += [f"dropout {learner.dropout:g}"] if learner.dropout else []
    words += ["standardised inputs"] if learner.standardise else []
    words += [
        f"{WRITTEN.get(optimiser, optimiser)} with {', '.join(f'{key} = {given}' for key, given in options.items())}"
    ]
    words += [f"batches of {number(learner.batch_size)}", learner.budget]
    return ", ".join(words)
