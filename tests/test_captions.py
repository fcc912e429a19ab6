"""What is said of a study is what its tables say: captions, methods, and the tables that are printed."""

import html
import io
import json
import re

import pandas as pd
import pytest
from applicability.figures import catalogue
from applicability.layout import described_parts, typeset_tables
from applicability.report.findings import Findings
from applicability.report.readable import WRITTEN
from applicability.stages.describe import describe, describe_example
from applicability.stages.tabulate import tabulate
from applicability.stages.typeset import typeset
from applicability.storage import tables
from conftest import LOUD, PLANE, TASKS, make_learner, vouched
from docutils.core import publish_doctree
from studies import by_stages, make_study

pytestmark = LOUD

SETTINGS = {"halt_level": 2, "report_level": 5}  # a warning is an error

# a study whose tables are written here by hand; names that reStructuredText and LaTeX would take for markup
BASE = {"hidden": [8, 4], "activation": "leaky_relu", "batch_size": 1024, "dropout": 0.25, "standardise": True}
ADAM = {"adam": {"lr": 0.01, "betas": [0.9, 0.99]}}
STUDY = make_study(
    name="tiny", seed=7, replicates=10, test_draws=1250, target_accuracy=0.8, tolerance=0.0025,
    scales=[0.5, 2.0], sample_sizes=[10, 1000], baseline="base",
    learners={
        "base": make_learner(name="base", epochs=1500, **BASE),
        "more_": make_learner(name="more_", steps=300, **BASE),
        "lost": make_learner(name="lost", hidden=[], optimiser=ADAM),
    },
)  # fmt: skip
SUMMARY = """
learner scale n    steps diverged accuracy exact  gap     q25     median  q75    plugin  within data    beyond verdict     shown_by
base    0.5   10   20    0        0.801    0.8120 0.0250  0.0200  0.0240  0.0300 0.0040  1      0.0084  0.0166 training    more_
base    0.5   1000 4000  0        0.834    0.8375 0.0030  0.0010  0.0024  0.0045 0.00005 9      0.0010  0.0020 good        nan
base    2     10   20    0        0.551    0.5610 0.0400  0.0100  0.0350  0.0700 0.0080  0      0.0287  0.0113 data        n_=_1000
base    2     1000 4000  0        0.592    0.5984 -0.0007 -0.0014 -0.0008 0      0.00021 10     -0.0007 0      good        nan
more_   0.5   10   300   0        0.820    0.8270 0.0095  0.0090  0.0094  0.0100 0.0040  2      0.0084  0.0011 model       plug-in
more_   0.5   1000 300   0        0.836    0.8390 0.0010  0.0005  0.0009  0.0015 0.00005 10     0.0010  0      good        nan
more_   2     10   300   0        0.550    0.5700 0.0287  0.0100  0.0280  0.0400 0.0080  3      0.0287  0      unexplained nan
more_   2     1000 300   0        0.595    0.5985 0.0006  -0.0001 0.0005  0.0013 0.00021 6      0.0004  0.0002 good        nan
lost    0.5   10   30    1        nan      nan    nan     nan     nan     nan    0.0040  0      nan     nan    diverged    nan
lost    0.5   1000 30    0        0.701    0.7000 0.1413  0.1300  0.1400  0.1500 0.00005 4      0.0010  0.1403 unexplained nan
lost    2     10   30    4        nan      nan    nan     nan     nan     nan    0.0080  0      nan     nan    diverged    nan
lost    2     1000 30    2        nan      nan    nan     nan     nan     nan    0.00021 5      nan     nan    diverged    nan
"""  # noqa: E501
OTHER = """
boundary_rmse          0.05 0.01 0.6  0.03  0.04 0.02 0.5  0.05  nan nan nan nan
excess_log_loss_mean   0.11 0.12 0.13 0.14  0.21 0.22 0.23 0.24  nan 3   nan nan
posterior_error_mean   0.31 0.32 0.33 0.34  0.41 0.42 0.43 0.44  nan 4   nan nan
log_ratio_rmse_mean    0.51 0.52 0.53 0.54  0.61 0.62 0.63 0.64  nan nan nan nan
calibration_error_mean 2e-5 0.02 0.03 0.04  0.71 0.72 0.73 0.74  nan 5   nan nan
"""
OPTIMUM = """
scale accuracy accuracy_error log_loss training_log_loss guessing plugin_constant plugin_from midpoint_constant
0.5   0.841345 0              0.36146  0.38642           0.5      4.321e-5        31.4        0.354
2     0.598706 9.4e-5         0.66214  0.67653           0.5      nan             nan         nan
"""
PLANNING = """
learner scale gap   needed fitted_n unfitted             theory_n
base    0.5   0.01  10     23.4     nan                  4.321
base    0.5   0.005 1000   1045.6   nan                  8.642
base    2     0.005 >1000  nan      no_power_law         nan
more_   0.5   0.005 10     nan      against_the_table    8.642
more_   2     0.005 1000   nan      beyond_the_grid      nan
more_   2     0.001 >1000  1999.9   nan                  nan
lost    0.5   0.005 nan    nan      fewer_than_5_sizes   8.642
lost    2     0.005 nan    nan      fewer_than_5_sizes   nan
"""
DIFFERENCES = """
learner scale n    mean    q25     median  q75     better worse shown
more_   0.5   10   -0.0150 -0.0200 -0.0140 -0.0100 10     0     -1
more_   0.5   1000 -0.0020 -0.0040 -0.0010 0       7      2     0
more_   2     10   0.0090  0.0010  0.0080  0.0170  1      9     1
more_   2     1000 0.0013  -0.0001 0.0012  0.0027  4      6     0
lost    0.5   10   nan     nan     nan     nan     0      0     0
lost    0.5   1000 0.1383  0.1300  0.1380  0.1466  0      10    1
"""
METRICS = {"epoch_loss": [0.69314, 0.5, 0.31416], "optimum": 0.97725, "accuracy": 0.976543, "training_accuracy": 0.98}
METRICS |= {"mean_output_class_1": 0.9123, "mean_output_class_2": 0.0877}


def table(text: str, **names: str) -> pd.DataFrame:
    """A table written as above, `_` within words for a space; the numbers of its columns are those of longer names."""
    found = pd.read_csv(io.StringIO(text), sep=r"\s+", dtype={"needed": str})
    found = found.rename(columns=names)
    return found.replace(dict.fromkeys(("shown_by", "unfitted"), r"_(?=.)"), " ", regex=True)


def written() -> dict[str, pd.DataFrame]:
    """The tables above by name. Beside exact scores, those on test draws are there."""
    parts = ("q25", "median", "q75")
    gaps = {"gap": "exact_gap_mean"} | {part: f"exact_gap_{part}" for part in parts}
    named = {"accuracy": "accuracy_mean", "exact": "exact_accuracy_mean", "plugin": "plugin_gap_median"}
    named |= {"data": "shortfall_data", "beyond": "shortfall_learner"}
    summary = table(SUMMARY, **gaps, **named).assign(replicates=10, plugin_gap_mean=9.0)
    summary["shortfall_overlap"] = summary["scale"].map({0.5: 0.158655, 2: 0.401294})
    for name, *values in map(str.split, OTHER.strip().splitlines()):
        summary[name] = [*map(float, values)]
    for part in ("mean", *parts):
        summary[f"gap_{part}"] = 9.0
    named = {part: f"difference_{part}" for part in ("mean", *parts)}
    planning = table(PLANNING)
    planning["needed"] = planning["needed"].str.replace(">", "> ")
    scores = pd.DataFrame({"device": ["cuda", "cpu", "cpu"], "test_device": "mps"})
    scores["versions"] = ["torch 2.2", "torch 2.1", "torch 2.2"]
    differences = table(DIFFERENCES, **named).assign(baseline="base", replicates=10)
    known = {"summary": summary, "optimum": table(OPTIMUM), "planning": planning, "differences": differences}
    return known | {"scores": scores}


BY = {"base": "learner ``base``", "more_": "learner ``more_``", "lost": "learner ``lost``"}
BEST = "from 0.599 (scale 2) to 0.841 (scale 0.5)"
ERROR = ", from draws, with a standard error of 9·10⁻⁵ at most"
MAP = "from 0.561 (scale 2, n = 10) to 0.838 (scale 0.5, n = 1,000)"
INFINITE = "In 1 of 4 cells it is infinite."
LOST = "In 3 of 4 cells a training diverged."
SOME = "In 3 of 12 cells a training diverged."
TOLD = "``base``: good in 2, training in 1 and data in 1 of 4 cells"
MORE = "``more_``: good in 2, model in 1 and unexplained in 1 of 4 cells"
GONE = "``lost``: unexplained in 1 and diverged in 3 of 4 cells"
WITHIN = "within 0.25 points of the best possible"
ALL = "10 of 10, at least 74 %"
TAKES = "(Clopper and Pearson, one-sided 95 %): by 9 of 10 replicates; 10 of 10 show at least 74 %."
BEYOND = "Outlined, overlap: at scale 2 not even the best possible reaches 0.8."
LUCK = "Of 3 rivals, learners and rules, one may be better by luck: to show it takes 6 of 6 at least."
TELL = "Where it is unexplained, more replicates may tell."
TELL_LOST = f"{TELL} So may a further learner: for ``lost`` the same model trained otherwise."
NEEDED = "For a gap of 0.5 points: ``base`` n from 1,000 at 1 of 2 scales and no n up to 1,000 at 1 of 2 scales; "
NEEDED += "``more_`` n from 10 to 1,000 at 2 of 2 scales; ``lost`` no n, for want of replicates, at 2 of 2 scales."
HELPED = "Of 6 differences 1 are shown to be better in at least half, 2 to be worse"
CHANCE = "If nothing differed, about 0 would be shown by chance"
GROUPS = "``a`` ~ ``norm(loc=1)`` and ``b`` ~ ``norm(loc=2)``"
NETWORK = "1-8-4-1 leaky ReLU, dropout 0.25, standardised inputs, SGD with lr = 0.1, batches of 1,024, "
# part -> what its caption says; all of its numbers are in here
SAID = {
    "methods": ["study ``tiny`` 2 groups are told apart", f"{GROUPS} at scale 1.", "scales 0.5 to 2 (2),",
                "sample sizes 10 to 1,000 (2), training draws", "Each of the 4 cells", "in 10 replicates",
                "from seed 7.",
                f"- ``base``: {NETWORK}1,500 epochs\n", f"- ``more_``: {NETWORK}300 steps\n",
                "- ``lost``: 1-1 logistic, Adam with betas = [0.9, 0.99], lr = 0.01, batches of 16, 30 steps\n",
                "on 1,250 fresh draws per group", "called exact", TAKES, f"A training is good {WITHIN}.", SOME,
                "Trained on cpu and cuda, tested on mps, with torch 2.1 and 2.2."],
    "figures/budget": [
        "(exact)", "The budgets differ most at scale 0.5 and n = 10: 0.812 after 20 steps (``base``) and 0.827 after "
        "300 steps (``more_``), where 0.841 is possible.", SOME, ERROR],
    "figures/accuracies": ["accuracy (exact) of the learners ``base``, ``more_`` and ``lost``", SOME, f"{BEST}{ERROR}",
                           "from 0.561 (scale 2, n = 10, ``base``) to 0.839 (scale 0.5, n = 1,000, ``more_``)",
                           "guessing to 1 in"],
    "figures/accuracy-base": [BY["base"], f"{MAP}. The last column is", f"the best possible: {BEST}{ERROR}.",
                              "guessing to 1 in"],
    "figures/accuracy-lost": ["draws per group: 0.700 (scale 0.5, n = 1,000).", f"{BEST}{ERROR}", LOST,
                              "guessing to 1 in"],
    "figures/shares": [
        "Of 10 trainings of the learners ``base``, ``more_`` and ``lost`` in each cell", TAKES,
        f"{WITHIN}. From 0 of 10, at least 0 % (scale 2, n = 10, ``base``) to {ALL} (scale 2, n = 1,000, ``base``)."],
    "figures/share-lost": [
        "Of 10 trainings of learner ``lost`` in each cell", TAKES,
        f"{WITHIN}. From 0 of 10, at least 0 % (scale 0.5, n = 10) to 5 of 10, at least 22 % (scale 2, n = 1,000)."],
    "figures/shortfall-base": [
        "accuracy of 1, in points", f"mean over 10 replicates of {BY['base']}", "sum to 1 − accuracy (exact). Of the "
        "cells, the largest part of data is 2.9 points (scale 2, n = 10) and the largest part of learner is 1.7 points "
        "(scale 0.5, n = 10)."],
    "figures/shortfall-lost": [
        "accuracy of 1, in points", "mean over 10 replicates", "1 − accuracy (exact).", LOST,
        "the largest part of data is 0.1 points (scale 0.5, n = 1,000) and the largest part of learner is 14 points "
        "(scale 0.5, n = 1,000)."],
    "figures/gap-base": ["median over 10 replicates", "from −0.08 (scale 2, n = 1,000) to 3.5 (scale 2, n = 10)."],
    "figures/gap-lost": ["median over 10 replicates", "(hundredths), 14 (scale 0.5, n = 1,000).", LOST],
    "figures/verdict-base": [f"{BY['base']} can be trusted to come {WITHIN}", f"{TOLD}. {BEYOND}", TAKES, LUCK],
    "figures/verdict-more_": [f"{BY['more_']} can be trusted to come {WITHIN}", f"{MORE}. {BEYOND}", TAKES, LUCK, TELL],
    "figures/verdicts": [f"come {WITHIN}", f"{TOLD}; {MORE}; {GONE}. {BEYOND}", SOME, TAKES, LUCK, TELL_LOST],
    "figures/learning": [
        "quartile of 10 replicates", "below the lower edge is below 0.001 points", SOME,
        "At n = 1,000 the median gaps of the scales are, in points: ``base`` −0.08 to 0.24; ``more_`` 0.05 to 0.09; "
        "``lost`` 14; the plug-in rule 0.005 to 0.021."],
    "figures/needed": ["within 1, 0.5 and 0.1 points", NEEDED, TAKES],
    "figures/differences": ["baseline ``base``, in points: median (dot) and quartiles (bar) of 10 replicates", HELPED,
                            SOME, TAKES, CHANCE],
    "figures/posterior-base": ["goes from 0.31 (scale 0.5, n = 10) to 0.34 (scale 2, n = 1,000)."],
    "figures/ratio-base": ["log-ratio is from 0.51 (scale 0.5, n = 10) to 0.54 (scale 2, n = 1,000)."],
    "figures/ratio-lost": ["log-ratio is known in no cell", INFINITE, LOST],
    "figures/reliability-base": ["in 15 bins of equal",
                                 "goes from 2·10⁻⁵ (scale 0.5, n = 10) to 0.04 (scale 2, n = 1,000)."],
    "figures/regions-base": ["goes, in points, from −0.07 (scale 2, n = 1,000) to 4 (scale 2, n = 10)."],
    "figures/loss-base": ["in nat from 0.39 (scale 0.5) to 0.68 (scale 2)",
                          "is, in nat, from 0.11 (scale 0.5, n = 10) to 0.14 (scale 2, n = 1,000)."],
    "figures/boundary": ["σ/√(2n)", "are from 0.015 (scale 2, n = 1,000, ``base``) to 0.3 (scale 2, n = 10, ``base``).",
                         "one draw in 10,000"],
    "figures/samples": [f"{GROUPS} at scale 1.", "first of 10 replicates, 10 to 1,000 per group, at up to 15 scales"],
    "tables/summary": [
        f"how many of 10 trainings are {WITHIN}", "accuracy (exact), and what is missing to 1 split into", TAKES,
        f"{TOLD}; {MORE}; {GONE}.",
        "from 0.561 (scale 2, n = 10, ``base``) to 0.839 (scale 0.5, n = 1,000, ``more_``)"],
    "tables/optimum": [f"{BEST}{ERROR}"],
    "tables/planning": [NEEDED, TAKES],
    "tables/differences": ["baseline ``base``", "median and quartiles of 10 replicates", HELPED, CHANCE],
    "tables/accuracy-base": [BY["base"], "over 10 replicates", MAP],
    "samples": ["sorts 0.9772 of all draws"],
    "loss": ["from 0.6931 to 0.3142 nat in 3 epochs.", "sorts 0.97654 right, where 0.97725 is possible"],
    "surface": ["at 0.3 and 0.7.", "between 0.3 and 0.7,", "sorts 0.9800 of its training draws right",
                "0.912 in class 1 and 0.088 in class 2"],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The tables above as files, and what is told of them."""
    folder = tmp_path_factory.mktemp("tiny")
    for name, each in written().items():
        tables.write(each, folder / f"{name}.csv")
    for learner in STUDY.learners:
        tabulate(folder / "summary.csv", learner, folder / f"accuracy-{learner}.csv")
    shown = [*described_parts(STUDY), "figures/regions-base"]
    paths = [folder / f"{name}.csv" for name in ("scores", *STUDY.tables)]
    describe(STUDY.json(), shown, paths, folder / "captions.md")
    vouched(folder / "gaussians/metrics.json", json.dumps(METRICS).encode())
    describe_example(folder / "gaussians/metrics.json", [*catalogue.example_figures()], folder / "example.md")
    return folder


def parts_of(page) -> dict[str, str]:
    """The parts of a page of captions by name."""
    return dict(re.findall(r"^<!-- (.*?) -->\n\n(.*?)\n\n<!-- end -->$", page.read_text(), re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("part", SAID)
def test_every_number_of_a_caption_is_that_of_the_tables(folder, part):
    text = (parts_of(folder / "captions.md") | parts_of(folder / "example.md"))[part]
    for said in SAID[part]:
        assert said in text
        text = text.replace(said, "")
    assert not re.search(r"\d", text), "a number that is not known"


# table -> its rows as they are printed
PRINTED = {
    "summary": """
        Learner|Scale|n per group|Within the tolerance|Gap in points, median (quartiles)|Mean accuracy|Overlap, points|Data, points|Learner, points|SGD steps|Verdict
        base|0.5|10|1 of 10, at least 0 %|2.400 (2.000 to 3.000)|0.8120|15.87|0.84|1.66|20|training (more_)
        base|0.5|1,000|9 of 10, at least 60 %|0.240 (0.100 to 0.450)|0.8375|15.87|0.10|0.20|4,000|good
        base|2|10|0 of 10, at least 0 %|3.500 (1.000 to 7.000)|0.5610|40.13|2.87|1.13|20|data (n = 1,000)
        base|2|1,000|10 of 10, at least 74 %|−0.080 (−0.140 to 0.000)|0.5984|40.13|−0.07|0.00|4,000|good
        more_|0.5|10|2 of 10, at least 3 %|0.940 (0.900 to 1.000)|0.8270|15.87|0.84|0.11|300|model (plug-in)
        more_|0.5|1,000|10 of 10, at least 74 %|0.090 (0.050 to 0.150)|0.8390|15.87|0.10|0.00|300|good
        more_|2|10|3 of 10, at least 8 %|2.800 (1.000 to 4.000)|0.5700|40.13|2.87|0.00|300|unexplained
        more_|2|1,000|6 of 10, at least 30 %|0.050 (−0.010 to 0.130)|0.5985|40.13|0.04|0.02|300|good
        lost|0.5|10|0 of 10, at least 0 %|||15.87|||30|diverged
        lost|0.5|1,000|4 of 10, at least 15 %|14.000 (13.000 to 15.000)|0.7000|15.87|0.10|14.03|30|unexplained
        lost|2|10|0 of 10, at least 0 %|||40.13|||30|diverged
        lost|2|1,000|5 of 10, at least 22 %|||40.13|||30|diverged""",  # noqa: E501
    "optimum": """
        Scale|Accuracy|Log-loss in nat|Plug-in rule: c|c/n from n
        0.5|0.84135|0.3615|4.32·10⁻⁵|31.4
        2|0.59871|0.6621||""",
    "planning": """
        Learner|Scale|Gap in points|n on the grid|n by power law|n of the plug-in rule
        base|0.5|1|10|23|4
        base|0.5|0.5|1,000|1,046|9
        base|2|0.5|> 1,000|no power law|
        more_|0.5|0.5|10|against the table|9
        more_|2|0.5|1,000|beyond the grid|
        more_|2|0.1|> 1,000|2,000|
        lost|0.5|0.5||fewer than 5 sizes|9
        lost|2|0.5||fewer than 5 sizes|""",
    "differences": """
        Learner|Scale|n per group|Baseline|Gap less its in points, median (quartiles)|Better in|Worse in
        more_|0.5|10|base|−1.400 (−2.000 to −1.000)|10 of 10, at least 74 %|0 of 10, at least 0 %
        more_|0.5|1,000|base|−0.100 (−0.400 to 0.000)|7 of 10, at least 39 %|2 of 10, at least 3 %
        more_|2|10|base|0.800 (0.100 to 1.700)|1 of 10, at least 0 %|9 of 10, at least 60 %
        more_|2|1,000|base|0.120 (−0.010 to 0.270)|4 of 10, at least 15 %|6 of 10, at least 30 %
        lost|0.5|10|base|||
        lost|0.5|1,000|base|13.800 (13.000 to 14.660)|0 of 10, at least 0 %|10 of 10, at least 74 %""",
    "accuracy-lost": """
        Scale|n = 10|n = 1,000
        0.5||0.7000
        2||""",
}
# signs as LaTeX writes them
SIGNS = {"−": "$-$", "∞": r"$\infty$", "> ": "$>$ ", "_": r"\_", "%": r"\%", "·10⁻⁵": r"$\cdot10^{-5}$"}


@pytest.mark.parametrize("name", PRINTED)
def test_every_number_of_a_printed_table_is_that_of_the_table(folder, name):
    pages = [folder / f"pages/{name}{ending}" for ending in (".md", ".tex", ".html")]
    typeset(folder / f"{name}.csv", name.partition("-")[0], pages)
    markdown, latex, page = (path.read_text() for path in pages)
    rows = [row.strip().split("|") for row in PRINTED[name].strip().splitlines()]

    head, rule, *others = ([cell.strip() for cell in line[1:-1].split("|")] for line in markdown.splitlines())
    assert [head, *others] == rows
    assert {*"".join(rule)} == {":", "-"}

    first, begin, top, *lines, end = latex.splitlines()
    assert (first, begin) == (rf"% {name}: \usepackage{{booktabs}}", rf"\begin{{tabular}}{{{'l' * len(head)}}}")
    assert (top, lines.pop(1), lines.pop(), end) == (r"\toprule", r"\midrule", r"\bottomrule", r"\end{tabular}")
    found = "\n".join(line.removesuffix(r" \\") for line in lines)
    expected = "\n".join(" & ".join(row) for row in rows)
    for sign, as_latex in SIGNS.items():
        expected = expected.replace(sign, as_latex)
    assert found == expected

    found = [re.findall("<t[dh]>(.*?)</t[dh]>", row) for row in page.split("<tr")[1:]]
    assert [[html.unescape(cell) for cell in row] for row in found] == rows
    assert f"<title>{name}</title>" in page


@pytest.mark.parametrize(("rows", "packages"), [(40, "booktabs"), (41, "booktabs, longtable")])
def test_a_table_longer_than_a_page_is_broken(rows, packages):
    latex = WRITTEN[".tex"](pd.DataFrame({"x": ["1"] * rows}), "x")
    assert latex.startswith(rf"% x: \usepackage{{{packages}}}")
    assert (r"\begin{longtable}" in latex) == ("longtable" in packages)


# a study of each other kind: one whose learners all diverge, in the plane, of one cell and replicate
STUDIES = {
    "plane": {"task": PLANE, "learners": {name: make_learner(name=name, steps=3) for name in ("net", "other")}},
    "gone": {"learners": {name: make_learner(name=name, steps=steps, optimiser={"sgd": {"lr": 1e30}})
                          for name, steps in (("short", 20), ("long", 40))}, "baseline": "short"},
    "alone": {"task": TASKS[1], "learners": {"net": make_learner(hidden=[])}, "replicates": 1, "scales": [0.5]},
}  # fmt: skip


@pytest.mark.parametrize("name", STUDIES)
def test_captions_of_any_study_are_plain_text_that_holds_what_is_seen_and_what_not(name, tmp_path):
    study = make_study(**{"name": name, "scales": [0.3, 2.0], "sample_sizes": [10, 30]} | STUDIES[name])
    paths, shown = by_stages(study, tmp_path), described_parts(study)
    describe(study.json(), shown, paths, tmp_path / "captions.md")
    parts = parts_of(tmp_path / "captions.md")
    assert [*parts] == ["methods", *shown]
    for part, text in parts.items():
        publish_doctree(text, settings_overrides=SETTINGS)
        assert not re.search(r"\bnan\b|None|\{|\}|  ", text), part
        assert part == "methods" or text.count("\n\n") == 1, part
        assert re.search(r"\d", text), part
    assert ("exact" in parts["methods"]) == ("(exact)" in parts["tables/summary"]) == (study.dimension == 1)
    assert ("The budgets differ most in no cell that is known" in parts.get("figures/budget", "")) == (name == "gone")
    for table in typeset_tables(study):
        path = next(tmp_path.rglob(f"{table}.csv"))
        typeset(path, table.partition("-")[0], [tmp_path / "page.md"])
        assert (tmp_path / "page.md").read_text().count("\n") == len(tables.read(path)) + 2


def found(summary: pd.DataFrame | None = None, **changes) -> Findings:
    """The findings of another study."""
    return Findings(make_study(**changes), written() | ({} if summary is None else {"summary": summary}))


def test_where_an_expectation_is_infinite_is_counted():
    """Not where a training diverged."""
    rows = pd.DataFrame({"learner": "net", "log_loss_mean": [1.0, float("nan"), float("nan")], "diverged": [0, 0, 1]})
    assert found(rows).infinite("log_loss") == "In 1 of 3 cells it is infinite. "
    assert found(rows.drop(index=1)).infinite("log_loss") == ""


def test_what_so_many_replicates_can_show():
    for replicates, said, chance in (
        (1, "With 1 replicate no share can be shown to be a half; it takes 5 of 5.", "0"),
        (4, "With 4 replicates no share can be shown to be a half; it takes 5 of 5.", "0"),
        (5, "by 5 of 5 replicates; 5 of 5 show at least 54 %.", "4"),
        (30, "by 20 of 30 replicates; 30 of 30 show at least 90 %.", "6"),
    ):
        findings = found(replicates=replicates)
        findings.tables["differences"] = pd.concat([findings.tables["differences"]] * 10)
        assert findings.what_it_takes().endswith(said)
        assert findings.chance() == chance


def test_scales_at_which_no_rule_reaches_the_target_are_named():
    for target, said in (
        (None, ""),
        (0.5, "The best possible reaches 0.5 at every scale."),
        (0.841345, "Outlined, overlap: at scale 2 not even the best possible reaches 0.841345."),
        (0.95, "Outlined, overlap: at scales 0.5 and 2 not even the best possible reaches 0.95."),
    ):
        assert found(target_accuracy=target).beyond_target().strip() == said


def test_where_all_cells_are_alike_none_is_named():
    same = pd.DataFrame({"learner": "net", "scale": [0.5, 1.0], "n": 10, "within": 4, "replicates": 10})
    assert found(same).shares() == "In every cell 4 of 10, at least 15 %"
    nothing = same.assign(shortfall_data=float("nan"), shortfall_learner=float("nan"))
    assert found(nothing).shortfall() == "Data and learner are known in no cell"
    assert found(tolerance=0.01).tolerance() == "1 point"


SAME, OTHER_NETWORK, STEPS = "the same model trained otherwise", "another model", "one with `steps` for `epochs`"


@pytest.mark.parametrize(
    ("learners", "wanted"),  # name -> width and budget; name of each that has an unexplained cell -> what would tell
    [
        ({"a": (8, "epochs")}, {}),
        ({"a": (8, "epochs")}, {"a": f"{SAME}, {OTHER_NETWORK} and {STEPS}"}),
        ({"a": (8, "steps")}, {"a": f"{SAME} and {OTHER_NETWORK}"}),
        ({"a": (8, "epochs"), "b": (8, "epochs")}, {"b": f"{OTHER_NETWORK} and {STEPS}"}),
        ({"a": (8, "epochs"), "b": (8, "steps")}, {"a": OTHER_NETWORK, "b": OTHER_NETWORK}),
        ({"a": (8, "epochs"), "b": (9, "steps"), "c": (9, "epochs")}, {"a": f"{SAME} and {STEPS}", "c": ""}),
        ({"a": (8, "steps"), "b": (9, "steps"), "c": (9, "epochs")}, {"c": ""}),
    ],
)
def test_where_a_cell_is_unexplained_the_learners_that_would_tell_are_named(learners, wanted):
    nets = {name: make_learner(name=name, hidden=[width], **{budget: 9}) for name, (width, budget) in learners.items()}
    verdicts = {name: "unexplained" if name in wanted else "data" for name in learners}
    rows = [(name, verdict) for name, last in verdicts.items() for verdict in ("good", last)]
    told = [f"for ``{name}`` {kinds}" for name, kinds in wanted.items() if kinds]
    said = TELL + f" So may a further learner: {'; '.join(told)}." * bool(told) if wanted else ""
    assert found(pd.DataFrame(rows, columns=["learner", "verdict"]), learners=nets).would_tell() == said
