"""docs/reading-the-tables.md names every file and every column that runs write, and no other."""

import html
import json
import re

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from applicability.config import studies as configs
from applicability.config.validation import validate
from applicability.figures import catalogue
from applicability.layout import figures_of_example
from applicability.scores.verdict import VERDICTS
from applicability.stages.describe import describe_example
from applicability.stages.example import example
from applicability.storage import tables
from checkouts import ROOT
from conftest import LINE, PLANE, TASKS, make_learner, record_beside
from studies import by_stages, make_study, studies_of

SPACE = [[name, [*coordinates, {"norm": {}}]] for name, coordinates in PLANE[:2]]
STUDIES = {"line": TASKS[0], "three-on-a-line": LINE, "three-in-the-plane": PLANE, "space": SPACE}
SMALL = {"scales": [0.5], "sample_sizes": [5, 6, 7], "replicates": 2}
NET = make_learner(name="net", hidden=[4], steps=3)
WIDE = make_learner(name="wide", hidden=[4], epochs=3, patience=2, validation=0.2)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The results of tiny studies of all kinds, and of the worked examples."""
    folder = tmp_path_factory.mktemp("reading") / "results"
    for name, task in STUDIES.items():
        others = {"learners": {"net": NET, "wide": WIDE}, "baseline": "net"} if name == "line" else {}
        by_stages(make_study(**{"name": name, "task": task, "learners": {"net": NET}} | SMALL | others), folder / name)
    by_stages(make_study(name="tilted", weights=[0.2, 0.8], learners={"net": NET}, **SMALL), folder / "tilted")
    values = np.random.default_rng(0).normal(size=30)
    pd.DataFrame({"x": values, "group": ["a", "b"] * 15}).to_csv(folder.parent / "rows.csv", index=False)
    task = {"table": {"file": str(folder.parent / "rows.csv"), "group": "group"}}
    unknown = {"task": task, **SMALL, "test_draws": 5, "learners": {"net": {"hidden": [4], "steps": 3}}}
    by_stages(studies_of({"studies": {"table": unknown}})["table"], folder / "table")
    small = {"gaussians": {"n": 30, "epochs": 2}, "clusters": {"epochs": 2}}
    given = validate(yaml.safe_load((ROOT / "config/test.yaml").read_text()) | {"examples": small})
    for name, (cell, learner) in configs.examples(given).items():
        here = folder / "examples" / name
        example(cell.json(), learner.json(), here / "metrics.json")
        describe_example(here / "metrics.json", figures_of_example(cell), here / "captions.md")
    return folder


def tables_of_page() -> dict[str, dict[str, list[list[str]]]]:
    """The page's tables by their section and the heading of their first column: rows of cells."""
    found = {}
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        section = found.setdefault(html.unescape(part.partition("\n")[0]), {})
        for block in re.findall(r"(?:^\|.*\n)+", part, re.MULTILINE):
            head, _, *rows = ([cell.strip() for cell in row.split("|")[1:-1]] for row in block.splitlines())
            section.setdefault(head[0], []).extend(rows)
    return found


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def told(section: str, heading: str = "column") -> list[str]:
    """The names in the first column of a section's tables."""
    return [name for row in TABLES[section][heading] for name in quoted(row[0])]


PAGE = (ROOT / "docs/reading-the-tables.md").read_text()
TABLES = tables_of_page()
COST = told("scores.csv")[-5:-1]
KEYS = told("Keys")
# what a name of the page may stand for
FAMILIES = {"<group>": "([abc]|class [12])", "<n>": r"\d+"}
SCORES = [name for name in told("scores.csv") if name not in ("diverged", *COST, "test_device")]


def pattern(name: str) -> str:
    """The names of columns that a name of the page stands for; <score> is any of the page's other scores."""
    for family, each in FAMILIES.items():
        name = name.replace(family, each)
    if "<score>" not in name:
        return name
    others = [pattern(score) for score in SCORES if score != name]
    return name.replace("<score>", f"(?:{'|'.join(others)})")


def assert_same(names: list[str], found: set[str], given: list[str] = ()) -> None:
    """Every name stands for one that was found, and every one found for a name, or is `given` elsewhere."""
    strange = [each for each in found if not any(re.fullmatch(pattern(name), each) for name in [*names, *given])]
    assert not strange, "in the files, not in the page"
    assert not [name for name in names if not any(re.fullmatch(pattern(name), each) for each in found)], "not written"


def columns(paths) -> set[str]:
    """The columns of tables, the arrays of files of them, and the keys of others."""
    found = set()
    for path in paths:
        read = {".csv": tables.read, ".npz": np.load, ".pt": torch.load}.get(path.suffix)
        found |= set(read(path) if read else json.loads(path.read_text()))
    assert found
    return found


def test_columns_of_the_scores_are_those_of_the_page(written):
    for place, missing in (("*", set()), ("*/scale=*/n=*/*", {"best_known", "best_known_accuracy"})):
        found = columns(written.glob(f"{place}/scores.csv"))
        assert_same([name for name in told("scores.csv") if name not in missing], found, KEYS)
        [exact] = [row for row in TABLES["scores.csv"]["column"] if row[0] == "`exact_<score>`"]
        expected = [f"exact_{score}" for score in quoted(exact[1].partition(". ")[0])]
        assert_same(expected, {each for each in found if each.startswith("exact_")})


ROC = ("recall", "false_positives", "precision", "true_false_positives", "true_precision")  # of groups with weights
CELLS, EXAMPLES = "[lst]*/scale=*/n=*", "The worked examples"
WRITTEN = [  # files, the section of the page that names what is in them, and the heading there
    *((f"[lst]*/{name}.csv", f"{name}.csv", "column") for name in ("summary", "optimum", "planning", "differences")),
    ("*/tables/*.csv", "tables/accuracy-<learner>.csv", "column"),
    (f"{CELLS}/*/history.csv", "history.csv", "column"),
    (f"{CELLS}/samples.npz", "samples.npz", "array"),
    ("[lst]*/scale=*/test.npz", "test.npz", "array"),
    ("**/model.pt", "model.pt", "key"),
    (f"{CELLS}/*/curves.npz", "curves.npz", "array"),
    ("examples/*/metrics.json", EXAMPLES, "of `metrics.json`"),
    ("examples/*/history.csv", EXAMPLES, "of `history.csv`"),
    ("examples/clusters/curves.npz", EXAMPLES, "of `curves.npz` of the clusters"),
    ("examples/gaussians/curves.npz", "curves.npz", "array"),
    ("examples/*/samples.npz", "samples.npz", "array"),
]


@pytest.mark.parametrize(("files", "section", "heading"), WRITTEN)
def test_what_is_in_a_file_is_in_the_page(written, files, section, heading):
    lacking = ROC if "examples" in files else ()
    names = [name for name in told(section, heading) if name not in lacking]
    assert_same(names, columns(written.glob(files)), [*KEYS, "cell"])


def test_what_a_training_took_and_an_example_says_of_the_optimum_is_in_the_page(written):
    names = [*told("optimum.csv"), *KEYS]
    for column in columns(written.glob("examples/*/optimum.csv")):
        assert any(re.fullmatch(pattern(name), column) for name in names), column
    assert set(KEYS) <= columns(written.glob("*/scores.csv"))
    assert_same(COST, columns(written.glob(f"{CELLS}/*/cost.csv")), KEYS)
    assert set(quoted(PAGE.partition("## cost.csv")[2].partition("##")[0])) == set(COST)


def test_verdicts_and_figures_are_those_of_the_page():
    assert set(told("summary.csv", "verdict")) == set(VERDICTS)
    drawn = [f"{name}-<learner>" if each.of_learner else name for name, each in catalogue.figures().items()]
    assert sorted(told("Figures", "figure")) == sorted(drawn)


def test_files_are_those_of_the_page(written, finished):
    names = []
    for row in TABLES["Files"]["file"]:
        first, *others = quoted(row[0])
        names += [first, *(first.rpartition(".")[0] + ending for ending in others)]
        names += [f"{first.rpartition('/')[0]}/{each}" for each in quoted(row[1]) if "with it" in row[1]]
    names = {name: re.sub("<[a-z]+>", "[^/]+", name.replace(".", r"\.")) for name in names}
    here = {f"results/{path.relative_to(written)}" for path in written.rglob("[!.]*") if path.is_file()}
    here |= {f"results/{name}" for name in (*finished.files(), "provenance.json")}
    assert not [path for path in here if not any(re.fullmatch(name, path) for name in names.values())]
    assert not [name for name, each in names.items() if not any(re.fullmatch(each, path) for path in here)]


def test_what_tells_of_a_run_is_in_the_page(finished):
    results = finished.path / "results"
    assert_same(told("provenance.json", "key"), columns([results / "provenance.json"]))
    assert_same(told("Records", "key"), columns([record_beside(results / "tiny/summary.csv")]))
    machine = json.loads((results / "provenance.json").read_text())["machine"]
    assert f"| `machine` | {', '.join(machine)} |" in PAGE
    assert list(columns([record_beside(results / "provenance.json")]) - {"files"}) == []


def test_a_name_too_many_or_too_few_is_seen():
    assert_same(["a_<group>", "<score>_mean"], {"a_b", "gap_mean", "exact_gap_mean", "mean_probability_c_mean"})
    for names, found in (("gap", {"gap", "gap_mean"}), ("gap gaps", {"gap"}), ("<score>_mean", {"steps_mean"})):
        with pytest.raises(AssertionError):
            assert_same(names.split(), found)
