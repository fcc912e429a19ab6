"""Write the pages docs/*.md from the studies' results: `make docs`, or `python docs/build.py [results]`.

A page is its template docs/*.md.jinja with the numbers filled in. What they come from is kept beside it: the tables in
docs/tables (the columns that the pages use) and the figures in docs/pictures. A test fills the pages in again from
these tables, so that no number in them can drift.
"""

import json
import shutil
import sys
from pathlib import Path

import jinja2
import pandas as pd
from applicability.report.readable import thousands
from applicability.scores.evidence import chance, counted
from applicability.storage.tables import sharpest

DOCS = Path(__file__).parent
CLASSES = DOCS.parent / "config/groups"
PAGES = ["what-it-shows", "other-studies", "your-own-problem"]
SCORES = ["accuracy", "gap", "exact_accuracy", "exact_gap", "exact_calibration_error", "excess_log_loss"]
SCORES += ["expected_accuracy", "expected_gap", "expected_bayes_accuracy", "log_ratio_rmse", "ratio_mae"]
SCORES += ["nearest_gap", "shrunk_gap", "plugin_accuracy", "plugin_gap", "bayes_accuracy", "collapsed", "boundaries"]
SCORES += ["best_known_accuracy", "exact_recall_ill"]
TABLES = ["summary", "optimum", "planning", "differences"]
FIGURES = {  # study -> what is shown of it
    "gaussians": [
        *("samples", "budget", "learning", "needed", "boundary", "accuracy-net", "gap-net-steps"),
        *("shares", "verdicts", "shortfall-net"),
        *("posterior-net", "ratio-net-steps", "reliability-net", "loss-net"),
    ],
    "clusters": ["budget", "regions-net"],
    "three-groups": ["regions-net-steps", "reliability-net-steps"],
    "techniques": ["differences"],
    "laplace": ["budget"],
    "student-t": [],
    "unequal-scales": ["posterior-net-steps"],
    "twonorm": ["learning"],
    "ringnorm": ["learning"],
    "humps": ["verdicts"],
    "xor": [],
    "joint": [],
    "rings": ["regions-net"],
    "tracks": ["samples", "verdicts"],
    "patients": ["accuracies", "verdicts"],
    "on-a-line": [],
    "spiral": ["samples"],
    "waves": ["learning"],
    "cases-and-controls": ["verdicts"],
    "as-they-come": ["verdicts", "detection-net"],
    "worth-gaussians": ["learning"],
    "worth-xor": [],
    "worth-twonorm": ["learning"],
    "worth-patients": [],
    "ratio-of-1000": [],
    "ratio-of-10000": [],
    "ratio-of-100000": [],
}
EXAMPLES = {"gaussians": ["samples", "loss"], "clusters": ["surface", "loss"]}


def rendered(page: str) -> str:
    """A page, with the numbers of docs/tables; what a study's tables say is asked of its name."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.globals |= {study.replace("-", "_"): Study(study) for study in FIGURES}
    examples = {name: json.loads((DOCS / f"tables/examples/{name}.json").read_text()) for name in EXAMPLES}
    known = {"examples": examples} | {path.stem: path.read_text() for path in CLASSES.glob("*.py")}
    return environment.from_string((DOCS / f"{page}.md.jinja").read_text()).render(known)


class Study:
    """What the pages ask a study's tables; a method returns a number as it is to be printed."""

    def __init__(self, name: str):
        paths = [DOCS / f"tables/{name}/{table}.csv" for table in TABLES]
        self.summary, self.optimum, self.planning, self.differences = (
            pd.read_csv(path) if path.exists() else None for path in paths
        )

    def row(self, learner: str, scale: float, n: int) -> pd.Series:
        [found] = self.summary.query("learner == @learner and scale == @scale and n == @n").index
        return self.summary.loc[found]

    def median(self, score: str, learner: str, scale: float, n: int, digits: int = 3, times: float = 1) -> str:
        """Median and quartiles of a score in a cell."""
        here = self.row(learner, scale, n)
        value, low, high = (f"{times * here[f'{score}_{part}']:.{digits}f}" for part in ("median", "q25", "q75"))
        return f"{value} ({low} to {high})".replace("-", "−")

    def gap(self, learner: str, scale: float, n: int, digits: int = 2) -> str:
        """Median gap in points, with its quartiles."""
        name = sharpest(self.summary, "gap_median").removesuffix("_median")
        return self.median(name, learner, scale, n, digits, 100)

    def mean_gap(self, learner: str, scale: float, n: int, digits: int = 2) -> str:
        """Mean gap in points."""
        return f"{100 * self.row(learner, scale, n)[sharpest(self.summary, 'gap_mean')]:.{digits}f}"

    def within(self, learner: str, scale: float, n: int) -> str:
        """How many trainings of a cell are within the tolerance, with the lower limit of their share."""
        here = self.row(learner, scale, n)
        return counted(here["within"], here["replicates"])

    def part(self, part: str, learner: str, scale: float, n: int, digits: int = 1) -> str:
        """A part of the shortfall of a cell, in points."""
        return f"{100 * self.row(learner, scale, n)[f'shortfall_{part}']:.{digits}f}"

    def verdict(self, learner: str, scale: float, n: int) -> str:
        """The verdict on a cell, with who shows it."""
        here = self.row(learner, scale, n)
        by = "" if pd.isna(here["shown_by"]) else f" (shown by {thousands(here['shown_by'])})"
        return f"`{here['verdict']}`{by}"

    def best(self, score: str, scale: float, digits: int = 3) -> str:
        """A score of the optimal rule."""
        return f"{self.optimum.set_index('scale').loc[scale, score]:.{digits}f}"

    def known(self, scale: float, digits: int = 3) -> str:
        """The best known accuracy at a scale, with whose it is."""
        here = self.summary[self.summary["scale"] == scale].iloc[0]
        return f"{here['best_known_accuracy_mean']:.{digits}f} (`{here['best_known']}`)"

    def needed(self, learner: str, scale: float, points: float) -> str:
        """The smallest n that comes within so many points of the optimum."""
        return f"{int(self.plan(learner, scale, points)['needed']):,}"

    def plan(self, learner: str, scale: float, points: float) -> pd.Series:
        here = self.planning[(self.planning["learner"] == learner) & (self.planning["scale"] == scale)]
        return here[abs(here["gap"] - points / 100) < 1e-9].iloc[0]

    def fitted(self, learner: str, scale: float, points: float) -> str:
        """The n of the power law."""
        return f"{self.plan(learner, scale, points)['fitted_n']:.0f}"

    def fits(self) -> str:
        """How many n there are by power law, of how many."""
        return f"{self.planning['fitted_n'].notna().sum()} of {len(self.planning)}"

    def count(self, verdict: str, learner: str | None = None) -> str:
        """How many cells got a verdict."""
        rows = self.summary if learner is None else self.summary[self.summary["learner"] == learner]
        return str((rows["verdict"] == verdict).sum())

    def share(self, score: str, learner: str, scale: float, n: int) -> str:
        """Share of the replicates of a cell, in per cent."""
        return f"{100 * self.row(learner, scale, n)[f'{score}_mean']:.0f} %"

    def cells(self) -> str:
        """How many cells a learner has."""
        return str(len(self.summary) // self.summary["learner"].nunique())

    def plugged(self, scale: float, n: int, digits: int) -> str:
        """Mean gap of the plug-in rule in points."""
        return f"{100 * self.row(self.summary['learner'].iloc[0], scale, n)['plugin_gap_mean']:.{digits}f}"

    def theory(self, scale: float, n: int, digits: int) -> str:
        """Its c/n, in points."""
        return f"{100 * self.optimum.set_index('scale').loc[scale, 'plugin_constant'] / n:.{digits}f}"

    def rmse(self, learner: str, scale: float, n: int) -> str:
        """Root mean square error of the boundary, in scales."""
        return f"{self.row(learner, scale, n)['boundary_rmse'] / scale:.3f}"

    def midpoint(self, n: int) -> str:
        """Standard deviation of the midpoint of two means, in scales."""
        return f"{(2 * n) ** -0.5:.3f}"

    def steps(self, learner: str, n: int) -> str:
        return f"{self.summary.query('learner == @learner and n == @n')['steps'].iloc[0]:,}"

    def steps_at(self, learner: str, scale: float, n: int) -> str:
        """Median of the steps of a cell's trainings."""
        return f"{self.row(learner, scale, n)['steps']:,}"

    def change(self, learner: str, scale: float, n: int, digits: int = 2) -> str:
        """Median difference of the gap to the baseline's in points, with its quartiles."""
        [found] = self.differences.query("learner == @learner and scale == @scale and n == @n").index
        parts = [self.differences.loc[found, f"difference_{part}"] for part in ("median", "q25", "q75")]
        value, low, high = (f"{100 * part:+.{digits}f}" for part in parts)
        return f"{value} ({low} to {high})".replace("-", "−")

    def at(self, *sizes: int) -> pd.DataFrame:
        """The differences to the baseline at these n."""
        return self.differences[self.differences["n"].isin(sizes)]

    def pairs(self, *sizes: int) -> str:
        """How many differences there are."""
        return str(len(self.at(*sizes)))

    def better(self, *sizes: int) -> str:
        """How many are shown to be better in at least half of the replicates."""
        return str((self.at(*sizes)["shown"] < 0).sum())

    def worse(self, *sizes: int) -> str:
        """How many are shown to be worse."""
        return str((self.at(*sizes)["shown"] > 0).sum())

    def chance(self, *sizes: int) -> str:
        """How many would be shown, on either side, were all differences none."""
        rows = self.at(*sizes)
        return f"{chance(rows['replicates'].iloc[0]) * len(rows):.0f}"

    def most(self, *sizes: int) -> str:
        """The largest help, in points."""
        return f"{-100 * self.at(*sizes)['difference_mean'].min():.2f}"

    def cost(self, learners: tuple[str, ...], *sizes: int) -> str:
        """The largest harm of some learners, in points."""
        rows = self.at(*sizes)
        return f"{100 * rows[rows['learner'].isin(learners)]['difference_mean'].max():.2f}"

    def largest(self, learner: str, *sizes: int) -> str:
        """The largest mean gap of a learner in the cells of these n, in points."""
        rows = self.summary[(self.summary["learner"] == learner) & self.summary["n"].isin(sizes)]
        return f"{100 * rows[sharpest(rows, 'gap_mean')].max():.2f}"

    def error(self, scale: float) -> str:
        """Error of the optimal rule."""
        return f"{1 - self.optimum.set_index('scale').loc[scale, 'accuracy']:.2e}"


def collect(results: Path) -> None:
    """Copy the tables and pictures that the pages use from the studies' results."""
    for study, figures in FIGURES.items():
        for folder in ("tables", "pictures"):
            shutil.rmtree(DOCS / folder / study, ignore_errors=True)
            (DOCS / folder / study).mkdir(parents=True)
        for name in TABLES:
            path = results / study / f"{name}.csv"
            if path.exists():
                table = pd.read_csv(path)
                if name == "summary":
                    table = table[[column for column in table if used(column)]]
                table.to_csv(DOCS / f"tables/{study}/{name}.csv", index=False, float_format="%.8g")
        for figure in figures:
            shutil.copyfile(results / f"{study}/figures/{figure}.png", DOCS / f"pictures/{study}/{figure}.png")
    for example, pictures in EXAMPLES.items():
        folder = results / "examples" / example
        for target in (DOCS / "tables/examples", DOCS / f"pictures/examples/{example}"):
            target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "metrics.json", DOCS / f"tables/examples/{example}.json")
        for picture in pictures:
            shutil.copyfile(folder / f"{picture}.png", DOCS / f"pictures/examples/{example}/{picture}.png")


def used(column: str) -> bool:
    """Whether the pages use a column of summary.csv."""
    keys = ["learner", "scale", "n", "replicates", "steps", "within", "within_low", "verdict", "shown_by", "best_known"]
    kept = any(column == f"{score}_{part}" for score in SCORES for part in ("mean", "q25", "median", "q75"))
    return column in keys or column == "boundary_rmse" or column.startswith("shortfall") or kept


if __name__ == "__main__":
    collect(Path(sys.argv[1] if len(sys.argv) > 1 else DOCS.parent / "results"))
    for page in PAGES:
        (DOCS / f"{page}.md").write_text(rendered(page))
