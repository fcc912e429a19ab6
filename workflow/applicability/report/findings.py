"""Findings: what captions may ask of a study; each answer is words with numbers."""

from collections.abc import Iterable
from typing import Self

import pandas as pd

from applicability.report.protocols import rivals_wanted
from applicability.report.setting import Setting, of_learners
from applicability.scores.evidence import chance, counted
from applicability.scores.verdict import VERDICTS
from applicability.storage.tables import best_accuracies, most_possible, sharpest
from applicability.wording import as_points, listed, measured, named, number, span


class Findings(Setting):
    """The findings of a study, or of one of its learners, in words, beside its setting."""

    def of(self, learner: str) -> Self:
        """The findings of one learner."""
        return Findings(self.study, self.tables, learner)

    def range(self, score: str, form: str = ".3f", times: float = 1, part: str = "mean") -> str:
        """The range of a score's means, or other parts, as well as they are known, with the cells."""
        column = sharpest(self.summary, f"{score}_{part}")
        return self.between(self.summary, column, form, times)

    def infinite(self, score: str) -> str:
        """A sentence with the number of cells in which a score is missing for its expectation is; empty for none."""
        gone = self.summary[sharpest(self.summary, f"{score}_mean")].isna() & (self.summary["diverged"] == 0)
        return f"In {gone.sum()} of {len(self.summary)} cells it is infinite. " if gone.any() else ""

    def error_of_best(self) -> str:
        """The largest standard error of the best possible accuracy, as an addition; empty where it has none."""
        error = self.optimum["accuracy_error"].max() if self.study.known else 0
        return f", from draws, with a standard error of {measured(error, '.1g')} at most" if error else ""

    def best_accuracy(self) -> str:
        """The range of the best possible accuracy and its standard error; of the best known, with bounds."""
        best = self.between(best_accuracies(self.summary, self.optimum).rename("accuracy").reset_index(), "accuracy")
        if self.study.known:
            return best + self.error_of_best()
        low, high = (self.between(self.optimum, f"accuracy_{end}_bound") for end in ("lower", "upper"))
        return f"{best}. Of the best possible the lower bound goes {low}, the upper bound {high}"

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

    def between(self, table: pd.DataFrame, column: str, form: str = ".3f", times: float = 1) -> str:
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

    def shares(self) -> str:
        """The smallest and the largest count of trainings within the tolerance, with limit and place."""
        rows = self.summary.loc[[self.summary["within"].idxmin(), self.summary["within"].idxmax()]]
        told = [counted(within, total) for within, total in zip(rows["within"], rows["replicates"], strict=True)]
        if told[0] == told[1]:
            return f"In every cell {told[0]}"
        return "From " + " to ".join(f"{told[i]} ({self.place(rows.iloc[i])})" for i in (0, 1))

    def beyond_target(self) -> str:
        """A sentence with the scales at which not even the best possible reaches the target; empty without a target."""
        if self.study.target_accuracy is None:
            return ""
        most, target = most_possible(self.summary, self.optimum), f"{self.study.target_accuracy:g}"
        beyond = most.index[most < self.study.target_accuracy]
        what = "best possible" if self.study.known else "upper bound of the best possible"
        if beyond.empty:
            return f"The {what} reaches {target} at every scale. "
        scales = f"scale{'s' if len(beyond) > 1 else ''} {listed(map(number, beyond))}"
        if not self.study.known:
            return f"Outlined: at {scales} the {what} is below {target}. "
        return f"Outlined, overlap: at {scales} not even the {what} reaches {target}. "

    def would_tell(self) -> str:
        """A sentence on the further learners that would tell why, where a cell is unexplained; else empty."""
        unexplained = self.summary["learner"][self.summary["verdict"] == "unexplained"].unique()
        learners = list(self.study.learners.values())
        wanted = {name: rivals_wanted(self.study.learners[name], learners) for name in unexplained}
        told = [f"{named(name)} {listed(kinds)}" for name, kinds in wanted.items() if kinds]
        further = f" So may a further learner: for {'; for '.join(told)}." if told else ""
        return f"Where it is unexplained, more replicates may tell.{further}" if len(unexplained) else ""

    def shortfall(self) -> str:
        """The largest data and the largest learner part, with the cells."""
        told = []
        for part in ("data", "learner"):
            values = 100 * self.summary[f"shortfall_{part}"].dropna()
            if len(values):
                row = self.summary.loc[values.idxmax()]
                told.append(f"the largest part of {part} is {measured(values.max(), '.2g')} points ({self.place(row)})")
        return f"Of the cells, {listed(told)}" if told else "Data and learner are known in no cell"

    def diverged(self) -> str:
        """A sentence with the number of cells in which a training diverged; empty for none."""
        gone = (self.summary["diverged"] > 0).sum()
        return f"In {gone} of {len(self.summary)} cells a training diverged. " if gone else ""

    def stopped(self, names: Iterable[str] = ()) -> bool:
        """Whether one of some learners stops early; without names, of those that are told of."""
        learners = [self.study.learners[name] for name in names or self.names]
        return any(learner.losses and learner.patience for learner in learners)

    def budgets(self) -> str:
        """The cell in which training budgets differ most, and the accuracy of each there."""
        summary = of_learners(self.summary, self.study.budgets)
        column = sharpest(summary, "accuracy_mean")
        cells = summary.groupby(["scale", "n"])[column]
        apart = (cells.max() - cells.min()).dropna()
        if apart.empty:
            return "in no cell that is known"
        scale, n = apart.idxmax()
        rows = summary[(summary["scale"] == scale) & (summary["n"] == n)]
        reached = listed(
            f"{measured(row[column], '.3f')} after {number(row['steps'])} steps ({named(row['learner'])}"
            f"{', median' * self.stopped([row['learner']])})"
            for _, row in rows.iterrows()
        )
        best = measured(best_accuracies(self.summary, self.optimum)[scale], ".3f")
        return f"at scale {number(scale)} and n = {number(n)}: {reached}, where {best} is {self.measure().split()[1]}"

    def at_most_draws(self) -> str:
        """The range of each learner's and the plug-in rule's median gaps at the largest n, points."""
        rows = self.summary[self.summary["n"] == self.summary["n"].max()]
        column = sharpest(rows, "gap_median")
        gaps = {named(learner): of_learners(rows, [learner])[column] for learner in self.names}
        gaps["the plug-in rule"] = of_learners(rows, self.names[:1])["plugin_gap_median"]
        told = [f"{who} {span(100 * values.dropna(), '.2g')}" for who, values in gaps.items() if values.notna().any()]
        return f"At n = {number(rows['n'].iloc[0])} the median gaps of the scales are, in points: {'; '.join(told)}"

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
                f"no n up to {number(self.study.sample_sizes[-1])}": len(needed) - len(sizes),
                "no n, for want of replicates,": len(self.study.scales) - len(needed),
            }
            words = [f"{size} at {count} of {len(self.study.scales)} scales" for size, count in counts.items() if count]
            told.append(f"{named(learner)} {listed(words)}")
        return f"For a gap of {as_points(gap)}: {'; '.join(told)}"

    def helped(self) -> str:
        """The number of differences to the baseline that are shown to be better, and worse."""
        found = self.tables["differences"]["shown"]
        better, worse = (found < 0).sum(), (found > 0).sum()
        return f"Of {len(found)} differences {better} are shown to be better in at least half, {worse} to be worse"

    def chance(self) -> str:
        """The number of differences that would be shown, on either side, if nothing differed."""
        return measured(chance(self.study.replicates) * len(self.tables["differences"]), ".0f")

    def where(self) -> str:
        """Where the networks were trained and tested, and the versions of what they depend on."""
        scores = self.tables["scores"]
        trained, tested = (listed(sorted(set(scores[name]))) for name in ("device", "test_device"))
        packages = {}
        for words in map(str.split, sorted(set(scores["versions"]))):
            for name, version in zip(words[::2], words[1::2], strict=True):
                packages.setdefault(name, {})[version] = None
        told = " ".join(f"{name} {listed(versions)}" for name, versions in packages.items())
        return f"{trained}, tested on {tested}, with {told}"
