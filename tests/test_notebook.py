"""Studies without files: the numbers of a run, and the page that shows how."""

import re
import subprocess
import sys

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml
from applicability.errors import InputError
from applicability.notebook import draw_again, load_networks, make_one, score_cell, train_cell
from checkouts import ROOT
from conftest import PLANE
from studies import by_stages, studies_of

LEARNER = {"hidden": [8], "optimiser": {"adam": {"lr": 0.01}}, "epochs": 60, "patience": 4, "batch_size": 16}
LINE = {"a": {"norm": {}}, "b": {"norm": {"loc": 2}}}
ENTRY = {"task": LINE, "sample_sizes": [20], "replicates": 5, "test_draws": 200, "learners": {"net": LEARNER}}


@pytest.mark.parametrize(
    "changes",
    [{}, {"observe": f"{ROOT}/config/maps/spiral.py:spiral"}, {"weights": {"a": 9, "b": 1}, "training": "as_weights"}],
    ids=["plain", "map", "weights"],
)
def test_a_cell_by_hand_has_the_numbers_of_a_run(tmp_path, changes):
    entry = ENTRY | changes
    study = make_one(entry, "tiny")
    assert study == studies_of({"studies": {"tiny": entry}})["tiny"]
    by_stages(study, tmp_path)
    [folder] = tmp_path.glob("scale=*/n=20/net")
    networks = train_cell(study.cell(1.0, 20), study.learners["net"])
    saved = load_networks(folder / "model.pt")
    for one, other in zip(networks.parameters, saved.parameters, strict=True):
        assert (one == other).all()
    run = pd.read_csv(folder / "scores.csv")
    scores = score_cell(study.cell(1.0, 20), networks)
    assert set(run) - set(scores) == {"steps", "seconds", "device", "versions", "test_device"}
    pd.testing.assert_frame_equal(scores, run[list(scores)], check_exact=True, check_dtype=False)


def test_probabilities_are_those_of_the_logits():
    for task in (LINE, dict(PLANE)):
        study = make_one(ENTRY | {"task": task})
        networks = train_cell(study.cell(1.0, 20), study.learners["net"])
        x = np.random.default_rng(0).normal(size=(7, study.dimension))
        found, logits = networks.predict_proba(x), networks.logits(x[None].astype(np.float32))
        assert found.shape == (5, 7, len(task))
        np.testing.assert_allclose(found.sum(-1), 1, rtol=1e-12)
        expected = np.log(found / (1 - found))[..., 1:] if len(task) == 2 else np.log(found / (1 - found))
        np.testing.assert_allclose(expected, logits, rtol=1e-6, atol=1e-9)


def test_a_classifier_and_a_network_of_ones_own_are_trained_alike(tmp_path):
    own = {"python": f"{ROOT}/tests/models.py:Net", "width": 4, "steps": 20}
    entry = ENTRY | {"learners": {"tree": {"sklearn": "tree.DecisionTreeClassifier"}, "own": own}}
    study = make_one(entry, "tiny")
    by_stages(study, tmp_path)
    for name, learner in study.learners.items():
        scores = score_cell(study.cell(1.0, 20), train_cell(study.cell(1.0, 20), learner), name)
        [path] = tmp_path.glob(f"scale=*/n=20/{name}/scores.csv")
        pd.testing.assert_frame_equal(scores, pd.read_csv(path)[list(scores)], check_exact=True, check_dtype=False)


def test_a_figure_is_drawn_again_of_some_rows(finished):
    config = yaml.safe_load((ROOT / "config/test.yaml").read_text())
    study, results = make_one(config["studies"]["tiny"], "tiny"), finished.path / "results"
    whole = draw_again("learning", study, results=results)
    summary = pd.read_csv(results / "tiny/summary.csv")
    some = draw_again("learning", study, results=results, summary=summary[summary["scale"] == summary["scale"].min()])
    assert len(some.axes) == 1 < len(whole.axes)
    assert draw_again("posterior", study, "net", results=results).axes
    for name, learner in (("nothing", None), ("gap", "none"), ("gap", None)):
        with pytest.raises(InputError, match=r"figure: expected one of budget, .*; found "):
            draw_again(name, study, learner, results)


def test_a_bad_entry_gets_the_line_of_a_run():
    with pytest.raises(InputError, match=r"config: studies.mine.sample_sise: unknown; .*did you mean 'sample_sizes'"):
        make_one(ENTRY | {"sample_sise": [3]}, "mine")


@pytest.mark.workflow
def test_what_the_page_shows_runs(finished, tmp_path):
    """All of it in one process, in a folder with the results that it names."""
    page = (ROOT / "docs/from-python.md").read_text()
    (tmp_path / "results").symlink_to(finished.path / "results")
    (tmp_path / "config").symlink_to(ROOT / "config")
    notebook = nbformat.read(ROOT / "docs/from-python.ipynb", as_version=4)
    nbformat.validate(notebook)
    script = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert script.split() == "\n".join(re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)).split()
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "exact_gap" in done.stdout
    assert (tmp_path / "accuracy.pdf").exists()
    assert (tmp_path / "learning.pdf").exists()
    replicates = yaml.safe_load((ROOT / "config/test.yaml").read_text())["studies"]["tiny"]["replicates"]
    assert f"of each group: [{replicates}, 9, 2]" in page
