"""Tables for readers: headings in words; Markdown, LaTeX or HTML. The stage typeset writes them."""

import re
from collections.abc import Callable

import pandas as pd

from applicability.scores.evidence import counted
from applicability.storage.tables import parts_of, sharpest
from applicability.wording import POWERS, measured, number

LONGEST = 40  # rows: LaTeX breaks a longer table over pages

SIGNS = {"−": "$-$", "∞": r"$\infty$", ">": "$>$"}  # mathematical signs, as LaTeX writes them

DIGITS = {raised: digit for digit, raised in POWERS.items()}

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title><style>
body {{ font: 14px sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; }}
th {{ border-bottom: 1px solid; vertical-align: bottom; }}
th, td {{ padding: 0.2em 0.8em; text-align: left; font-variant-numeric: tabular-nums; white-space: nowrap; }}
</style></head><body>
{table}
</body></html>
"""


def key_columns(table: pd.DataFrame) -> dict[str, pd.Series]:
    """The key columns of a table for readers: learner, scale, n."""
    known = {"learner": "Learner", "scale": "Scale", "n": "n per group"}
    return {
        heading: table[name] if name == "learner" else table[name].map(number)
        for name, heading in known.items()
        if name in table
    }


def quartiles(table: pd.DataFrame, name: str, form: str) -> pd.Series:
    """A column of medians in points with quartiles; empty where they are missing."""
    values = (100 * table[f"{name}_{part}"] for part in ("median", "q25", "q75"))
    return pd.Series(
        [
            f"{measured(median, form)} ({measured(low, form)} to {measured(high, form)})" if median == median else ""
            for median, low, high in zip(*values, strict=True)
        ],
        index=table.index,
    )


def of_counts(counts: pd.Series, totals: pd.Series) -> pd.Series:
    """A column of shares as counts with their lower limits: 7 of 10, at least 39 %; empty where a count is missing."""
    return pd.Series(
        [counted(int(count), total) if count == count else "" for count, total in zip(counts, totals, strict=True)],
        index=counts.index,
        dtype="str",
    )


def plain(value: float, form: str) -> str:
    """A number in words; empty where it is NaN."""
    return measured(value, form) if value == value else ""


def of_summary(summary: pd.DataFrame) -> pd.DataFrame:
    """summary.csv for readers: each learner in each cell."""
    accuracy, gap = sharpest(summary, "accuracy_mean"), sharpest(summary, "gap_median")
    parts = {part: 100 * summary[column] for part, column in parts_of(summary).items()}
    shown_by = summary["shown_by"].fillna("").map(lambda name: f" ({thousands(name)})" if name else "")
    columns = {
        "Within the tolerance": of_counts(summary["within"], summary["replicates"]),
        "Gap in points, median (quartiles)": quartiles(summary, gap.removesuffix("_median"), ".3f"),
        "Mean accuracy": summary[accuracy].map(lambda value: plain(value, ".4f")),
        **{f"{part.capitalize()}, points": values.map(lambda v: plain(v, ".2f")) for part, values in parts.items()},
        "SGD steps": summary["steps"].map(number),
        "Verdict": summary["verdict"] + shown_by,
    }
    return pd.DataFrame(key_columns(summary) | columns)


def of_optimum(optimum: pd.DataFrame) -> pd.DataFrame:
    """optimum.csv for readers: the best possible at each scale, or what bounds it."""
    if "neighbour_error" in optimum:
        names = {"Error of the nearest neighbour": "neighbour_error", "from": "neighbour_error_low"}
        names |= {"to": "neighbour_error_high", "Accuracy at least": "accuracy_lower_bound"}
        names |= {"at most": "accuracy_upper_bound"}
        return pd.DataFrame(
            key_columns(optimum) | {name: optimum[it].map("{:.4f}".format) for name, it in names.items()}
        )
    columns = {
        "Accuracy": optimum["accuracy"].map("{:.5f}".format),
        "Log-loss in nat": optimum["log_loss"].map(lambda value: measured(value, ".4g")),
        "Plug-in rule: c": optimum["plugin_constant"].map(lambda value: plain(value, ".3g")),
        "c/n from n": optimum["plugin_from"].map(lambda value: plain(value, ".3g")),
    }
    return pd.DataFrame(key_columns(optimum) | columns)


def of_planning(planning: pd.DataFrame) -> pd.DataFrame:
    """planning.csv for readers: the sample sizes that a gap needs."""
    columns = {
        "Gap in points": (100 * planning["gap"]).map("{:g}".format),
        "n on the grid": planning["needed"].fillna("").map(thousands),
        "n by power law": planning["fitted_n"]
        .map(lambda value: plain(value, ",.0f"))
        .where(planning["fitted_n"].notna(), planning["unfitted"]),
        "n of the plug-in rule": planning["theory_n"].map(lambda value: plain(value, ",.0f")),
    }
    return pd.DataFrame(key_columns(planning) | columns)


def thousands(size: str) -> str:
    """A sample size with thousands apart: `> 10000` becomes `> 10,000`; other words stay."""
    sign, _, digits = size.rpartition(" ")
    return f"{sign} {number(int(digits))}".strip() if digits.isdecimal() else size


def of_differences(differences: pd.DataFrame) -> pd.DataFrame:
    """differences.csv for readers: each learner against the baseline in each cell."""
    known = differences["difference_median"].notna()
    columns = {
        "Baseline": differences["baseline"],
        "Gap less its in points, median (quartiles)": quartiles(differences, "difference", ".3f"),
        "Better in": of_counts(differences["better"].where(known), differences["replicates"]),
        "Worse in": of_counts(differences["worse"].where(known), differences["replicates"]),
    }
    return pd.DataFrame(key_columns(differences) | columns)


def of_accuracy(accuracies: pd.DataFrame) -> pd.DataFrame:
    """accuracy-<learner>.csv for readers: a row for each scale, a column for each n."""
    found = {f"n = {number(int(name))}": accuracies[name] for name in accuracies if name != "scale"}
    return pd.DataFrame(
        key_columns(accuracies)
        | {name: column.map(lambda value: plain(value, ".4f")) for name, column in found.items()}
    )


def markdown(table: pd.DataFrame, name: str) -> str:
    """A table in Markdown."""
    return table.to_markdown(index=False, disable_numparse=True) + "\n"


def latex(table: pd.DataFrame, name: str) -> str:
    """A table in LaTeX with the package booktabs; a long one needs longtable too."""
    text = table.to_latex(index=False, escape=True, longtable=len(table) > LONGEST)
    packages = "booktabs, longtable" if len(table) > LONGEST else "booktabs"
    text = re.sub("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: rf"$\cdot10^{{{power[1].translate(DIGITS)}}}$", text)
    for sign, written in SIGNS.items():
        text = text.replace(sign, written)
    return f"% {name}: \\usepackage{{{packages}}}\n{text}"


def html(table: pd.DataFrame, name: str) -> str:
    """A table as a page of HTML."""
    return PAGE.format(name=name, table=table.to_html(index=False, border=0))


READABLE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "summary": of_summary,
    "optimum": of_optimum,
    "planning": of_planning,
    "differences": of_differences,
    "accuracy": of_accuracy,
}

WRITTEN: dict[str, Callable[[pd.DataFrame, str], str]] = {".md": markdown, ".tex": latex, ".html": html}
