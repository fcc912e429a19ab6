"""Write docs/what-it-shows.md from the default study: `make docs`, or `python docs/build.py [results/gaussians]`.

The page is docs/what-it-shows.md.jinja with the numbers filled in. What they come from is kept beside it: the tables in
docs/tables (the columns that the page uses) and the figures in docs/pictures. A test fills the page in again from these
tables, so that no number in it can drift.
"""

import shutil
import sys
from pathlib import Path

import jinja2
import pandas as pd

DOCS = Path(__file__).parent
SCORES = ["accuracy", "exact_accuracy", "exact_gap", "exact_calibration_error", "excess_log_loss", "log_ratio_rmse"]
SCORES += ["plugin_accuracy", "plugin_gap", "bayes_accuracy", "collapsed"]
FIGURES = ["samples", "budget", "learning", "needed", "boundary", "accuracy-net", "gap-net-steps"]
FIGURES += ["verdict-net", "posterior-net", "ratio-net-steps", "reliability-net", "loss-net"]


def rendered() -> str:
    """The page, with the numbers of docs/tables."""
    tables = {name: pd.read_csv(DOCS / "tables" / f"{name}.csv") for name in ("summary", "optimum", "planning")}
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.globals |= functions(**tables)
    return environment.from_string((DOCS / "what-it-shows.md.jinja").read_text()).render()


def functions(summary: pd.DataFrame, optimum: pd.DataFrame, planning: pd.DataFrame) -> dict:
    """What the page asks the tables: each returns a number as it is to be printed."""

    def row(learner: str, scale: float, n: int) -> pd.Series:
        [found] = summary.query("learner == @learner and scale == @scale and n == @n").index
        return summary.loc[found]

    def mean(score: str, learner: str, scale: float, n: int, digits: int = 3, times: float = 1) -> str:
        """Mean and 95 % interval of a score in a cell."""
        here = row(learner, scale, n)
        value, low, high = (f"{times * here[f'{score}_{part}']:.{digits}f}" for part in ("mean", "low", "high"))
        return f"{value} ({low} to {high})".replace("-", "−")

    def gap(learner: str, scale: float, n: int, digits: int = 2) -> str:
        """Mean gap in points, with its interval."""
        return mean("exact_gap", learner, scale, n, digits, 100)

    def best(score: str, scale: float, digits: int = 3) -> str:
        """A score of the optimal rule."""
        return f"{optimum.set_index('scale').loc[scale, score]:.{digits}f}"

    def needed(learner: str, scale: float, points: float) -> str:
        """The smallest n that comes within so many points of the optimum."""
        return f"{int(plan(learner, scale, points)['needed']):,}"

    def plan(learner: str, scale: float, points: float) -> pd.Series:
        here = planning[(planning["learner"] == learner) & (planning["scale"] == scale)]
        return here[abs(here["gap"] - points / 100) < 1e-9].iloc[0]

    def fitted(learner: str, scale: float, points: float) -> str:
        """The n of the power law, with its interval."""
        here = plan(learner, scale, points)
        low, high = here["fitted_n_low"], here["fitted_n_high"]
        return f"{here['fitted_n']:.0f} ({low:.0f} to {high:.0f})"

    def count(verdict: str, learner: str | None = None) -> str:
        """How many cells got a verdict."""
        rows = summary if learner is None else summary[summary["learner"] == learner]
        return str((rows["verdict"] == verdict).sum())

    def share(score: str, learner: str, scale: float, n: int) -> str:
        """Share of the replicates of a cell, in per cent."""
        return f"{100 * row(learner, scale, n)[f'{score}_mean']:.0f} %"

    def cells() -> str:
        """How many cells a learner has."""
        return str(len(summary) // summary["learner"].nunique())

    def plugged(scale: float, n: int, digits: int) -> str:
        """Mean gap of the plug-in rule in points, with its interval."""
        return mean("plugin_gap", summary["learner"].iloc[0], scale, n, digits, 100)

    def theory(scale: float, n: int, digits: int) -> str:
        """Its c/n, in points."""
        return f"{100 * optimum.set_index('scale').loc[scale, 'plugin_constant'] / n:.{digits}f}"

    def rmse(learner: str, scale: float, n: int) -> str:
        """Root mean square error of the boundary, in scales."""
        return f"{row(learner, scale, n)['boundary_rmse'] / scale:.3f}"

    def midpoint(n: int) -> str:
        """Standard deviation of the midpoint of two means, in scales."""
        return f"{(2 * n) ** -0.5:.3f}"

    def steps(learner: str, n: int) -> str:
        return f"{summary.query('learner == @learner and n == @n')['steps'].iloc[0]:,}"

    given = (mean, share, gap, best, needed, fitted, count, cells, plugged, theory, rmse, midpoint, steps)
    return {function.__name__: function for function in given}


def collect(study: Path) -> None:
    """Copy the tables and pictures that the page uses from a study's results."""
    summary = pd.read_csv(study / "summary.csv")
    names = ["learner", "scale", "n", "replicates", "steps", "verdict", "reached_by", "boundary_rmse"]
    names += [f"{score}_{part}" for score in SCORES for part in ("mean", "low", "high")]
    tables = {"summary": summary[names]}
    tables |= {name: pd.read_csv(study / f"{name}.csv") for name in ("optimum", "planning")}
    for name, table in tables.items():
        table.to_csv(DOCS / "tables" / f"{name}.csv", index=False, float_format="%.8g")
    for figure in FIGURES:
        shutil.copyfile(study / "figures" / f"{figure}.png", DOCS / "pictures" / f"{figure}.png")


if __name__ == "__main__":
    collect(Path(sys.argv[1] if len(sys.argv) > 1 else DOCS.parent / "results" / "gaussians"))
    (DOCS / "what-it-shows.md").write_text(rendered())
