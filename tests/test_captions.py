"""What is said of a study is what its tables say: captions, methods, and the tables that are printed."""

import html
import re

import numpy as np
import pandas as pd
import pytest
from applicability.errors import InputError
from applicability.layout import described_parts
from applicability.report.readable import WRITTEN
from applicability.stages.describe import describe
from applicability.stages.typeset import typeset
from applicability.storage import tables
from applicability.study import Study
from applicability.wording import measured
from conftest import PLANE, TASKS, make_learner
from docutils.core import publish_doctree
from studies import by_stages, make_study

SETTINGS = {"halt_level": 2, "report_level": 5}  # a warning is an error
STUDIES = {
    # names that reStructuredText and LaTeX would take for markup; one of the learners diverges
    "line": {
        "task": TASKS[0],
        "learners": {
            "net_": make_learner(name="net_", steps=20),
            "net_more": make_learner(name="net_more", steps=90),
            "lost": make_learner(name="lost", optimiser={"sgd": {"lr": 1e30}}),
        },
    },
    "plane": {
        "task": PLANE,
        "learners": {name: make_learner(name=name, steps=20) for name in ("net", "other")},
        "baseline": "net",
    },
    "gone": {
        "task": TASKS[0],
        "learners": {
            name: make_learner(name=name, steps=steps, optimiser={"sgd": {"lr": 1e30}})
            for name, steps in (("short", 20), ("long", 40))
        },
        "baseline": "short",
    },
    "alone": {"task": TASKS[1], "learners": {"net": make_learner(hidden=[])}, "replicates": 1, "scales": [0.5]},
}


@pytest.fixture(scope="module", params=STUDIES)
def described(request, tmp_path_factory):
    """A study, the folder of its tables, and the parts of its captions by name."""
    usual = {"scales": [0.3, 2.0], "sample_sizes": [10, 30], "test_draws": 100}
    usual |= {"name": request.param, "target_accuracy": 0.8, "tolerance": 0.01}
    study, folder = make_study(**usual | STUDIES[request.param]), tmp_path_factory.mktemp(request.param)
    tables, captions = by_stages(study, folder), folder / "captions.md"
    shown = described_parts(study)
    describe(Study.parse(study.json()).json(), shown, tables, captions)
    parts = re.findall(r"^<!-- (.*?) -->\n\n(.*?)\n\n<!-- end -->$", captions.read_text(), re.DOTALL | re.MULTILINE)
    assert [name for name, _ in parts] == ["methods", *shown]
    return study, folder, dict(parts)


def test_every_part_is_plain_text_to_rest_with_what_is_seen_and_what_not(described):
    _, _, parts = described
    for name, text in parts.items():
        publish_doctree(text, settings_overrides=SETTINGS)
        assert not re.search(r"\bnan\b|None|\{|\}", text.replace("{norm", "")), name
        assert name == "methods" or text.count("\n\n") == 1, name
        assert re.search(r"\d", text), name


def test_the_numbers_are_those_of_the_tables(described):
    study, folder, parts = described
    summary, best = (pd.read_csv(folder / f"{name}.csv") for name in ("summary", "optimum"))
    column = "exact_gap_mean" if "exact_gap_mean" in summary else "gap_mean"
    for learner, rows in summary.groupby("learner"):
        caption = parts[f"figures/gap-{learner}"]
        if rows[column].isna().all():
            assert "known in no cell" in caption
        else:
            low, high = rows.loc[rows[column].idxmin()], rows.loc[rows[column].idxmax()]
            found = re.search(r"from (\S+) \(scale (\S+), n = (\d+)\) to (\S+) \(scale (\S+), n = (\d+)\)", caption)
            told = [[measured(100 * row[column], ".2g"), f"{row['scale']:g}", f"{row['n']:g}"] for row in (low, high)]
            assert list(found.groups()) == [*told[0], *told[1]]
        verdicts = {
            word: int(count) for word, count in re.findall(r"(\w+) in (\d+)", parts[f"figures/verdict-{learner}"])
        }
        counted = rows["verdict"].value_counts().to_dict()
        assert {word: count for word, count in verdicts.items() if word in counted} == counted
        assert ("In 4 of 4 cells a training diverged" in caption) == ("diverged" in counted)
    assert f"{best['accuracy'].max():.3f}" in parts[f"figures/accuracy-{next(iter(study.learners))}"]


def test_the_methods_are_those_of_the_config(described):
    study, _, parts = described
    methods = parts["methods"]
    assert f"{len(study.scales)} scales" in methods or len(study.scales) == 1
    for name, learner in study.learners.items():
        assert f"- ``{name}``: {'-'.join(map(str, learner.sizes(study.dimension, len(study.task))))}" in methods
        assert f"{learner.steps} steps" in methods
    assert ("exact" in methods) == (study.dimension == 1)


def test_printed_tables_have_every_row_and_no_raw_name(described):
    study, folder, _ = described
    known = ["summary", "optimum", "planning", *(f"tables/accuracy-{learner}" for learner in study.learners)]
    for name in [*known, *(["differences"] if study.baseline else [])]:
        path = folder / f"{name}.csv"
        pages = [folder / f"pages/{path.stem}{ending}" for ending in (".md", ".tex", ".html")]
        typeset(path, path.stem.partition("-")[0], pages)
        rows = len(tables.read(path))
        markdown, latex, page = (path.read_text() for path in pages)
        assert markdown.count("\n") == rows + 2
        assert latex.count(r"\\") == rows + 1
        assert all(rule in latex for rule in (r"\toprule", r"\midrule", r"\bottomrule"))
        assert latex.isascii()
        assert not re.search(r"(?<!\\)[_%]", latex.partition("\n")[2])
        assert page.count("<tr") == rows + 1
        assert all(
            "_" not in cell or cell in study.learners for cell in re.findall(r">([^<]*)</t[dh]>", html.unescape(page))
        )


@pytest.mark.parametrize(
    ("value", "form", "written", "latex"),
    [
        (6.7e-6, ".2g", "6.7·10⁻⁶", r"6.7$\cdot10^{-6}$"),
        (-1.5, ".3f", "−1.500", "$-$1.500"),
        (np.inf, ",.0f", "∞", r"$\infty$"),
        (12345.0, ",.0f", "12,345", "12,345"),
    ],
)
def test_numbers_are_written_as_a_person_writes_them(value, form, written, latex):
    assert measured(value, form) == written
    assert WRITTEN[".tex"](pd.DataFrame({"x": [written]}), "x").splitlines()[5] == rf"{latex} \\"


def test_a_table_or_ending_that_is_not_known_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"kind: expected one of summary, .*; found 'scores'"):
        typeset(tmp_path / "scores.csv", "scores", [tmp_path / "scores.md"])
    with pytest.raises(InputError, match=r"pages: expected names that end in \.md, .*; found .*scores.pdf"):
        typeset(tmp_path / "summary.csv", "summary", [tmp_path / "scores.pdf"])
