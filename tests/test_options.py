"""Every option of a study does what it says, and no more: what changes with it, and what stays as it is."""

import copy

import numpy as np
import pandas as pd
import pytest
import yaml
from applicability.config.schema import whole_schema
from applicability.stages.describe import describe
from applicability.study.study import Study
from checkouts import ROOT, SNAKEMAKE
from studies import by_stages, studies_of, with_value

SGD = {"sgd": {"lr": 0.3, "momentum": 0.5, "nesterov": True, "weight_decay": 0.01}}
ADAM = {"adam": {"lr": 0.02, "weight_decay": 0.1, "betas": [0.8, 0.95], "eps": 1.0e-4}}
# nothing at its default
ODD = {
    "seed": 7,
    "task": {"left": {"norm": {"loc": 1, "scale": 2}}, "right": {"norm": {"loc": 3, "scale": 0.5}}},
    "scales": [0.25, 0.5, 1, 2, 4],
    "sample_sizes": [12, 16, 20, 25, 30],
    "replicates": 6,
    "test_draws": 300,
    "weights": {"right": 0.7, "left": 0.3},
    "training": "as_weights",
    "target_accuracy": 0.87,
    "tolerance": 0.04,
    "baseline": "net",
    "learners": {
        "other": {"hidden": [6, 5], "epochs": 15, "activation": "silu", "optimiser": SGD, "batch_size": 9}
        | {"patience": 2, "validation": 0.3},
        "net": {"hidden": [8], "steps": 60, "activation": "tanh", "dropout": 0.3, "standardise": True}
        | {"optimiser": ADAM, "batch_size": 16},
        "mine": {"python": f"{ROOT}/tests/models.py:Net", "width": 5, "steps": 30, "optimiser": SGD},
        "line": {"sklearn": "linear_model.LogisticRegression", "C": 1.0},
    },
}
SMALL = ODD | {"scales": [0.25]}
TABLES = {"scores", "summary", "optimum", "planning", "differences"}
OF_NET = {"net", "scores", "summary", "planning", "differences"}  # what a training of `net` changes
OF_OTHER = {"other", "scores", "summary", "planning", "differences"}
OF_MINE, OF_LINE = (OF_OTHER - {"other"} | {name} for name in ("mine", "line"))
ALL = {"net", "other", "mine", "line"}
CHANGES = {  # option -> another value, and what changes with it, beside the captions
    "seed": (8, {"train", "test", *ALL, *TABLES - {"optimum"}}),  # the optimum is exact
    "task.right.norm.scale": (0.6, {"train", "test", *ALL, *TABLES}),
    "scales": ([0.25, 1], {"scores", "summary", "optimum", "planning", "differences"}),
    "sample_sizes": ([*ODD["sample_sizes"], 31], {"scores", "summary", "planning", "differences"}),
    "replicates": (8, {"train", "test", *ALL, *TABLES - {"optimum"}}),
    "test_draws": (200, {"test", "scores", "summary"}),  # gaps and differences are exact
    "weights": ({"right": 0.4, "left": 0.6}, {"train", *ALL, *TABLES}),
    "training": ("balanced", {"train", *ALL, *TABLES}),
    "target_accuracy": (0.85, set()),
    "tolerance": (0.01, {"summary"}),
    "baseline": ("other", {"differences"}),
    "observe": (f"{ROOT}/config/maps/spiral.py:spiral", OF_NET | ALL),
    "learners.net.hidden": ([9], OF_NET),
    "learners.net.steps": (61, OF_NET),
    "learners.net.activation": ("elu", OF_NET),
    "learners.net.dropout": (0.2, OF_NET),
    "learners.net.standardise": (False, OF_NET),
    "learners.net.optimiser": (SGD, OF_NET),
    "learners.net.batch_size": (15, OF_NET),
    "learners.mine.python": (f"{ROOT}/tests/models.py:Normal", OF_MINE),
    "learners.mine.width": (6, OF_MINE),
    "learners.line.sklearn": ("svm.LinearSVC", OF_LINE),
    "learners.line.C": (0.01, OF_LINE),
    "learners.other.epochs": (4, OF_OTHER),
    "learners.other.patience": (3, OF_OTHER),
    "learners.other.validation": (0.2, OF_OTHER),
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory) -> dict:
    """What the stages make of a study with nothing at its default, at one of its scales."""
    return made(SMALL, tmp_path_factory.mktemp("odd"))


def study_of(entry: dict) -> Study:
    """The study that a config's entry asks for; test_rules.py holds it."""
    return studies_of({"studies": {"odd": copy.deepcopy(entry)}})["odd"]


def made(entry: dict, folder) -> dict:
    """What the stages make of a study: arrays, weights and tables, by name."""
    study = study_of(entry)
    paths = by_stages(study, folder)
    describe(study.json(), ["figures/verdicts", "tables/differences"], paths, folder / "captions.md")
    first = folder / f"scale={study.scales[0]}/n={study.sample_sizes[0]}"
    found = {name: timeless(folder / f"{name}.csv") for name in TABLES}
    found["captions"] = (folder / "captions.md").read_text()
    found |= {"train": np.load(first / "samples.npz")["train"], "test": np.load(first.parent / "test.npz")["test"]}
    for name in study.learners:
        with np.load(first / name / "curves.npz") as curves:
            found[name] = curves["logits"]
    return found


def timeless(path) -> pd.DataFrame:
    """A table without the one column that differs from run to run."""
    return pd.read_csv(path).drop(columns="seconds", errors="ignore")


def same(one, other) -> bool:
    """Whether two tables, arrays or texts are equal."""
    return one.equals(other) if isinstance(one, pd.DataFrame) else np.array_equal(one, other)


def test_the_changes_name_every_option_of_a_study_and_of_a_learner():
    schema, options = whole_schema()["$defs"], {path.split(".")[0] for path in CHANGES}
    assert options == set(schema["study"]["properties"])
    of_learners = {path.split(".")[2] for path in CHANGES if "learners" in path}
    assert of_learners == set(schema["learner"]["properties"]) | {"width", "C"}  # an argument, an option


@pytest.mark.parametrize("path", CHANGES)
def test_an_option_changes_what_it_is_for_and_nothing_else(path, odd, tmp_path):
    value, expected = CHANGES[path]
    found = made(with_value(SMALL, path.split("."), value), tmp_path)
    assert {name for name in odd if not same(odd[name], found[name])} == expected | {"captions"}
    if path in ("scales", "sample_sizes", "replicates"):  # growing a study changes no row that was there
        keys = ["learner", "scale", "n", "replicate"]
        both = pd.merge(odd["scores"], found["scores"], on=list(odd["scores"]))
        assert len(both) == len(odd["scores"].merge(found["scores"][keys], on=keys)) > 0


@pytest.mark.workflow
def test_a_run_with_nothing_at_its_default_is_what_its_stages_make_by_hand(fresh, tmp_path):
    (fresh.path / "odd.yaml").write_text(yaml.safe_dump({"device": "cpu", "studies": {"odd": ODD}}, sort_keys=False))
    results, paths = fresh.path / "results/odd", by_stages(study_of(ODD), tmp_path)
    targets = [f"results/odd/{path.relative_to(tmp_path)}" for path in paths]
    done = fresh.run(SNAKEMAKE[0], *targets, "--configfile", "odd.yaml", "--cores", "2")
    assert done.returncode == 0, done.stdout
    for path in paths:
        rows, by_hand = (timeless(each) for each in (results / path.name, path))
        pd.testing.assert_frame_equal(rows, by_hand, check_exact=True)
    scores = pd.read_csv(results / "scores.csv").set_index("learner")
    assert set(scores.loc["net", "steps"]) == {60}
    epochs = scores.loc["other", "steps"] / -(-0.7 * 2 * scores.loc["other", "n"] // 9).astype(int)
    assert set(epochs) <= set(range(3, 16))
    assert 15 in set(epochs)  # the most
