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
from applicability.storage.files import write_atomically
from conftest import PLANE, TASKS, make_learner
from docutils.core import publish_doctree
from studies import by_stages, make_study

SETTINGS = {"halt_level": 2, "report_level": 5}  # a warning is an error

# a study whose tables are written here by hand; names that reStructuredText and LaTeX would take for markup
BASE = {"hidden": [8, 4], "activation": "leaky_relu", "batch_size": 1024, "dropout": 0.25, "standardise": True}
ADAM = {"adam": {"lr": 0.01, "betas": [0.9, 0.99]}}
STUDY = make_study(
    name="tiny", seed=7, replicates=4, test_draws=1250, target_accuracy=0.93, tolerance=0.01,
    scales=[0.5, 2.0], sample_sizes=[10, 1000], baseline="base",
    learners={
        "base": make_learner(name="base", epochs=1500, **BASE),
        "more_": make_learner(name="more_", steps=300, **BASE),
        "lost": make_learner(name="lost", hidden=[], optimiser=ADAM),
    },
)  # fmt: skip
SUMMARY = """
learner scale n    steps diverged accuracy exact  low    high    gap     gap_low gap_high plugin  verdict
base    0.5   10   20    0        0.801    0.8120 0.8000 0.8240  0.0250  0.0200  0.0300   0.0040  training
base    0.5   1000 4000  0        0.834    0.8375 0.8370 0.8380  0.0030 -0.0010  0.0070   0.00005 reached
base    2     10   20    0        0.551    0.5610 0.5510 0.5710  0.0400  0.0100  0.0700   0.0080  overlap
base    2     1000 4000  0        0.592    0.5984 0.5980 0.5988 -0.0007 -0.0014  0        0.00021 overlap
more_   0.5   10   300   0        0.820    0.8270 0.8260 0.8280  0.0095  0.0090  0.0100   0.0040  reached
more_   0.5   1000 300   0        0.836    0.8390 0.8385 0.8395  0.0010  0.0005  0.0015   0.00005 reached
more_   2     10   300   0        0.550    0.5700 0.5600 0.5800  0.0287  0.0100  0.0400   0.0080  data
more_   2     1000 300   0        0.595    0.5985 0.5980 0.5990  0.0006 -0.0001  0.0013   0.00021 diverged
lost    0.5   10   30    1        nan      nan    nan    nan     nan     nan     nan      0.0040  diverged
lost    0.5   1000 30    0        0.701    0.7000 nan    nan     0.1413  nan     nan      0.00005 diverged
lost    2     10   30    4        nan      nan    nan    nan     nan     nan     nan      0.0080  diverged
lost    2     1000 30    2        nan      nan    nan    nan     nan     nan     nan      0.00021 diverged
"""
OTHER = """
boundary_rmse  0.05 0.01 0.6  0.03  0.04 0.02 0.5  0.05  nan nan nan nan
excess         0.11 0.12 0.13 0.14  0.21 0.22 0.23 0.24  nan 3   nan nan
posterior      0.31 0.32 0.33 0.34  0.41 0.42 0.43 0.44  nan 4   nan nan
log_ratio      0.51 0.52 0.53 0.54  0.61 0.62 0.63 0.64  nan nan nan nan
calibration    2e-5 0.02 0.03 0.04  0.71 0.72 0.73 0.74  nan 5   nan nan
"""
OPTIMUM = """
scale accuracy accuracy_error log_loss plugin_constant plugin_from midpoint_constant
0.5   0.841345 0              0.36146  4.321e-5        31.4        0.354
2     0.598706 9.4e-5         0.66214  nan             nan         nan
"""
PLANNING = """
learner scale gap   needed fitted_n fitted_n_low fitted_n_high theory_n
base    0.5   0.01  10     23.4     12.3         1234.5        4.321
base    0.5   0.005 1000   45.6     nan          nan           8.642
base    2     0.005 >1000  nan      nan          nan           nan
more_   0.5   0.005 10     1e5      5            inf           8.642
more_   2     0.005 1000   nan      nan          nan           nan
more_   2     0.001 >1000  nan      nan          nan           nan
lost    0.5   0.005 nan    nan      nan          nan           8.642
lost    2     0.005 nan    nan      nan          nan           nan
"""
DIFFERENCES = """
learner scale n    mean     low     high
more_   0.5   10   -0.0150 -0.0200 -0.0100
more_   0.5   1000 -0.0020 -0.0040  0
more_   2     10    0.0090  0.0010  0.0170
more_   2     1000  0.0013 -0.0001  0.0027
lost    0.5   10    nan     nan     nan
lost    0.5   1000  0.1383  0.1300  0.1466
lost    2     10    nan     nan     nan
lost    2     1000  nan     nan     nan
"""
METRICS = {"epoch_loss": [0.69314, 0.5, 0.31416], "optimum": 0.97725, "accuracy": 0.976543, "training_accuracy": 0.98}
METRICS |= {"mean_output_class_1": 0.9123, "mean_output_class_2": 0.0877}


def table(text: str, **names: str) -> pd.DataFrame:
    """A table written as above; the numbers of its columns are those of longer names."""
    found = pd.read_csv(io.StringIO(text), sep=r"\s+", dtype={"needed": str})
    return found.rename(columns=names)


def written() -> dict[str, pd.DataFrame]:
    """The tables above by name. Beside exact scores, those on test draws are there."""
    summary = table(
        SUMMARY, accuracy="accuracy_mean", exact="exact_accuracy_mean", low="exact_accuracy_low",
        high="exact_accuracy_high", gap="exact_gap_mean", gap_low="exact_gap_low", gap_high="exact_gap_high",
        plugin="plugin_gap_mean",
    )  # fmt: skip
    longer = {"excess": "excess_log_loss_mean", "posterior": "posterior_error_mean"}
    longer |= {"log_ratio": "log_ratio_rmse_mean", "calibration": "calibration_error_mean"}
    for name, *values in map(str.split, OTHER.strip().splitlines()):
        summary[longer.get(name, name)] = [*map(float, values)]
    for score in ("gap_mean", "gap_low", "gap_high"):
        summary[score] = 9.0
    named = {each: f"difference_{each}" for each in ("mean", "low", "high")}
    planning = table(PLANNING)
    planning["needed"] = planning["needed"].str.replace(">", "> ")
    scores = pd.DataFrame(
        {
            "device": ["cuda", "cpu", "cpu"],
            "test_device": ["mps"] * 3,
            "versions": ["torch 2.2", "torch 2.1", "torch 2.2"],
        }
    )
    return {
        "summary": summary,
        "optimum": table(OPTIMUM),
        "planning": planning,
        "differences": table(DIFFERENCES, **named).assign(baseline="base"),
        "scores": scores,
    }


BY = {"base": "learner ``base``", "more_": "learner ``more_``", "lost": "learner ``lost``"}
BEST = "from 0.599 (scale 2) to 0.841 (scale 0.5)"
ERROR = ", from draws, with a standard error of 9·10⁻⁵ at most"
MAP = "from 0.561 (scale 2, n = 10) to 0.838 (scale 0.5, n = 1,000)"
INFINITE = "In 1 of 4 cells it is infinite."
LOST = "In 3 of 4 cells a training diverged."
SOME = "In 3 of 12 cells a training diverged."
TOLD = "``base``: reached in 1, overlap in 2 and training in 1 of 4 cells"
NEEDED = "For a gap of 0.5 points: ``base`` n from 1,000 at 1 of 2 scales and more than 1,000 at 1 of 2 scales; "
NEEDED += "``more_`` n from 10 to 1,000 at 2 of 2 scales; ``lost`` none that did not diverge at 2 of 2 scales."
HELPED = "Of 8 differences 1 are below 0 by their interval and 2 above"
CHANCE = "If nothing differed, about 0 intervals would exclude 0 by chance"
GROUPS = "``a`` ~ ``norm(loc=1)`` and ``b`` ~ ``norm(loc=2)``"
NETWORK = "1-8-4-1 leaky ReLU, dropout 0.25, standardised inputs, SGD with lr = 0.1, batches of 1,024, "
# part -> what its caption says; all of its numbers are in here
SAID = {
    "methods": [
        "study ``tiny`` 2 groups are told apart", f"{GROUPS} at scale 1.", "2 scales, 0.5 to 2,",
        "2 sample sizes, 10 to 1,000 training draws", "Each of the 4 cells", "in 4 replicates", "from seed 7.",
        f"- ``base``: {NETWORK}1,500 epochs\n", f"- ``more_``: {NETWORK}300 steps\n",
        "- ``lost``: 1-1 logistic, Adam with betas = [0.9, 0.99], lr = 0.01, batches of 16, 30 steps\n",
        "on 1,250 fresh draws per group", "called exact", "t-intervals at 95 %",
        "target accuracy of 0.93 with tolerance 0.01.", SOME,
        "Trained on cpu and cuda, tested on mps, with torch 2.1 and torch 2.2.",
    ],
    "figures/budget": [
        "(exact)", "The budgets differ most at scale 0.5 and n = 10: 0.812 after 20 steps (``base``) and 0.827 after "
        "300 steps (``more_``), where 0.841 is possible.", SOME, ERROR,
    ],
    "figures/accuracies": ["accuracy (exact) of the learners ``base``, ``more_`` and ``lost``", SOME, f"{BEST}{ERROR}",
                           "from 0.561 (scale 2, n = 10, ``base``) to 0.839 (scale 0.5, n = 1,000, ``more_``)",
                           "guessing to 1 in"],
    "figures/accuracy-base": [BY["base"], f"{MAP}. The last", f"any rule can do: {BEST}{ERROR}.", "guessing to 1 in"],
    "figures/accuracy-lost": ["draws per group: 0.700 (scale 0.5, n = 1,000).", f"{BEST}{ERROR}", LOST,
                              "guessing to 1 in"],
    "figures/gap-base": [
        "from −0.07 (scale 2, n = 1,000) to 4 (scale 2, n = 10). Hatched are the 2 of 4 cells", "95 % interval",
        "over 4 replicates includes 0.",
    ],
    "figures/gap-more_": ["from 0.06 (scale 2, n = 1,000) to 2.9 (scale 2, n = 10). Hatched are the 1 of 4 cells",
                          "95 % interval", "over 4 replicates includes 0."],
    "figures/gap-lost": ["(hundredths): 14 (scale 0.5, n = 1,000). Hatched are the 0 of 4 cells", "95 % interval",
                         "over 4 replicates includes 0.", LOST],
    "figures/verdict-base": ["target accuracy of 0.93, less the tolerance of 0.01,", f"{TOLD}.", "over 4 replicates"],
    "figures/verdict-more_": ["accuracy of 0.93", "tolerance of 0.01", "over 4 replicates",
                              "``more_``: reached in 2, data in 1 and diverged in 1 of 4 cells."],
    "figures/verdicts": ["accuracy of 0.93", "tolerance of 0.01", SOME, "over 4 replicates",
                         f"{TOLD}; ``more_``: reached in 2, data in 1 and diverged in 1 of 4 cells; "
                         "``lost``: diverged in 4 of 4 cells."],
    "figures/learning": [
        "95 % intervals over 4 replicates", "below the lower edge is below 0.001 points", SOME,
        "At n = 1,000 the mean gaps of the scales are, in points: ``base`` −0.07 to 0.3; ``more_`` 0.06 to 0.1; "
        "``lost`` 14; the plug-in rule 0.005 to 0.021.",
    ],
    "figures/needed": ["within 1, 0.5 and 0.1 points", "95 % interval", NEEDED],
    "figures/differences": ["baseline ``base``, in points with 95 % intervals over 4 replicates", HELPED, SOME, CHANCE],
    "figures/posterior-base": ["goes from 0.31 (scale 0.5, n = 10) to 0.34 (scale 2, n = 1,000)."],
    "figures/ratio-base": ["log-ratio is from 0.51 (scale 0.5, n = 10) to 0.54 (scale 2, n = 1,000)."],
    "figures/ratio-lost": ["log-ratio is known in no cell", INFINITE, LOST],
    "figures/reliability-base": ["in 15 bins of equal",
                                 "goes from 2·10⁻⁵ (scale 0.5, n = 10) to 0.04 (scale 2, n = 1,000)."],
    "figures/regions-base": ["goes, in points, from −0.07 (scale 2, n = 1,000) to 4 (scale 2, n = 10)."],
    "figures/loss-base": ["in nat from 0.36 (scale 0.5) to 0.66 (scale 2)",
                          "is, in nat, from 0.11 (scale 0.5, n = 10) to 0.14 (scale 2, n = 1,000)."],
    "figures/boundary": ["σ/√(2n)", "are from 0.015 (scale 2, n = 1,000, ``base``) to 0.3 (scale 2, n = 10, ``base``).",
                         "one draw in 10,000"],
    "figures/samples": [f"{GROUPS} at scale 1.", "first of 4 replicates, 10 to 1,000 per group, at up to 15 scales"],
    "tables/summary": [
        "accuracy (exact) and", "95 % intervals of the mean over 4 replicates", "target of 0.93",
        "from 0.561 (scale 2, n = 10, ``base``) to 0.839 (scale 0.5, n = 1,000, ``more_``)",
        f"{TOLD}; ``more_``: reached in 2, data in 1 and diverged in 1 of 4 cells; ``lost``: diverged in 4 of 4 cells.",
    ],
    "tables/optimum": [f"{BEST}{ERROR}"],
    "tables/planning": ["95 % interval", NEEDED],
    "tables/differences": ["baseline ``base``", "95 % interval of the mean over 4 replicates", HELPED, CHANCE],
    "tables/accuracy-base": [BY["base"], "over 4 replicates", MAP],
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
    describe(
        STUDY.json(), shown, [folder / f"{name}.csv" for name in ("scores", *STUDY.tables)], folder / "captions.md"
    )
    with write_atomically(folder / "gaussians/metrics.json") as part:
        part.write_text(json.dumps(METRICS))
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
        Learner|Scale|n per group|Accuracy (95 % interval)|Gap in points (95 % interval)|SGD steps|Verdict
        base|0.5|10|0.8120 (0.8000 to 0.8240)|2.500 (2.000 to 3.000)|20|training
        base|0.5|1,000|0.8375 (0.8370 to 0.8380)|0.300 (−0.100 to 0.700)|4,000|reached
        base|2|10|0.5610 (0.5510 to 0.5710)|4.000 (1.000 to 7.000)|20|overlap
        base|2|1,000|0.5984 (0.5980 to 0.5988)|−0.070 (−0.140 to 0.000)|4,000|overlap
        more_|0.5|10|0.8270 (0.8260 to 0.8280)|0.950 (0.900 to 1.000)|300|reached
        more_|0.5|1,000|0.8390 (0.8385 to 0.8395)|0.100 (0.050 to 0.150)|300|reached
        more_|2|10|0.5700 (0.5600 to 0.5800)|2.870 (1.000 to 4.000)|300|data
        more_|2|1,000|0.5985 (0.5980 to 0.5990)|0.060 (−0.010 to 0.130)|300|diverged
        lost|0.5|10|||30|diverged
        lost|0.5|1,000|0.7000|14.130|30|diverged
        lost|2|10|||30|diverged
        lost|2|1,000|||30|diverged""",
    "optimum": """
        Scale|Accuracy|Log-loss in nat|Plug-in rule: c|c/n from n
        0.5|0.84135|0.3615|4.32·10⁻⁵|31.4
        2|0.59871|0.6621||""",
    "planning": """
        Learner|Scale|Gap in points|n on the grid|n by power law (95 % interval)|n of the plug-in rule
        base|0.5|1|10|23 (12 to 1,234)|4
        base|0.5|0.5|1,000|46|9
        base|2|0.5|> 1,000||
        more_|0.5|0.5|10|100,000 (5 to ∞)|9
        more_|2|0.5|1,000||
        more_|2|0.1|> 1,000||
        lost|0.5|0.5|diverged||9
        lost|2|0.5|diverged||""",
    "differences": """
        Learner|Scale|n per group|Baseline|Gap less its, points
        more_|0.5|10|base|−1.500 (−2.000 to −1.000)
        more_|0.5|1,000|base|−0.200 (−0.400 to 0.000)
        more_|2|10|base|0.900 (0.100 to 1.700)
        more_|2|1,000|base|0.130 (−0.010 to 0.270)
        lost|0.5|10|base|
        lost|0.5|1,000|base|13.830 (13.000 to 14.660)
        lost|2|10|base|
        lost|2|1,000|base|""",
    "accuracy-base": """
        Scale|n = 10|n = 1,000
        0.5|0.8120|0.8375
        2|0.5610|0.5984""",
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
    "gone": {
        "learners": {
            name: make_learner(name=name, steps=steps, optimiser={"sgd": {"lr": 1e30}})
            for name, steps in (("short", 20), ("long", 40))
        },
        "baseline": "short",
    },
    "alone": {"task": TASKS[1], "learners": {"net": make_learner(hidden=[])}, "replicates": 1, "scales": [0.5]},
}


@pytest.mark.parametrize("name", STUDIES)
def test_captions_of_any_study_are_plain_text_that_holds_what_is_seen_and_what_not(name, tmp_path):
    study = make_study(**{"name": name, "scales": [0.3, 2.0], "sample_sizes": [10, 30]} | STUDIES[name])
    paths, shown = by_stages(study, tmp_path), described_parts(study)
    describe(study.json(), shown, paths, tmp_path / "captions.md")
    parts = parts_of(tmp_path / "captions.md")
    assert [*parts] == ["methods", *shown]
    for part, text in parts.items():
        publish_doctree(text, settings_overrides=SETTINGS)
        assert not re.search(r"\bnan\b|None|\{|\}", text), part
        assert part == "methods" or text.count("\n\n") == 1, part
        assert re.search(r"\d", text), part
    assert ("exact" in parts["methods"]) == ("(exact)" in parts["tables/summary"]) == (study.dimension == 1)
    assert ("The budgets differ most in no cell that is known" in parts.get("figures/budget", "")) == (name == "gone")
    for table in typeset_tables(study):
        path = next(tmp_path.rglob(f"{table}.csv"))
        typeset(path, table.partition("-")[0], [tmp_path / "page.md"])
        assert (tmp_path / "page.md").read_text().count("\n") == len(tables.read(path)) + 2


def test_scores_on_test_draws_stand_where_there_are_no_exact_ones():
    known = written()
    known["summary"] = known["summary"].filter(regex="^(?!exact_)").assign(gap_low=[0.0, 0.1, -0.1] * 4)
    known["differences"] = pd.concat([known["differences"]] * 10)
    findings = Findings(STUDY, known, "more_")
    assert findings.range("gap") == "9.000 (scale 0.5, n = 10)"
    assert findings.range("accuracy") == "from 0.550 (scale 2, n = 10) to 0.836 (scale 0.5, n = 1,000)"
    assert findings.undecided() == "2 of 4"
    assert findings.chance() == "4"
