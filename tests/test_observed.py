"""Studies that observe their draws through a map: the truth is that of z, and networks see x = g(z)."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from applicability import own_code
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.figures import catalogue
from applicability.layout import described_parts
from applicability.stages.describe import describe
from applicability.storage import tables
from applicability.tasks.observed import view_of
from checkouts import ROOT
from conftest import LOUD, draws_of
from readable import labels_of
from studies import by_stages, drawn, studies_of

MAPS = """\
import numpy as np

def same(z): return z
def bent(z): return np.concatenate([z, z**2], axis=1)
def coarse(z): return np.round(z, 3)
def endless(z): return np.exp(1000 * z)
def flat(z): return z[:, 0]
def sorted_first(z): return z - z[0]
def failing(z): return z @ np.ones(7)
NOTHING = 3
"""
TASK = {"a": {"norm": {"loc": 1}}, "b": {"norm": {"loc": 2}}}
LEARNERS = {"net": {"hidden": [8], "optimiser": {"adam": {"lr": 0.01}}, "steps": 300}}
SPIRAL = str(ROOT / "config/maps/spiral.py")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("maps.py").write_text(MAPS)
    return tmp_path


def entry(**changes) -> dict:
    """A small study, as in a config."""
    usual = {"task": TASK, "scales": [0.5], "sample_sizes": [30], "replicates": 3, "test_draws": 4000}
    return usual | {"learners": LEARNERS} | changes


def scores_of(folder, **changes) -> pd.DataFrame:
    study = studies_of({"studies": {"s": entry(**changes)}})["s"]
    return tables.read(by_stages(study, folder)[0])


def test_a_map_that_changes_nothing_changes_no_score(here, tmp_path):
    plain, same = scores_of(tmp_path / "plain"), scores_of(tmp_path / "same", observe="maps.py:same")
    measured = ["seconds"]
    rules = [name for name in plain if name.startswith("plugin")]
    pd.testing.assert_frame_equal(
        plain.drop(columns=measured + rules), same.drop(columns=measured + rules), check_exact=True
    )
    pd.testing.assert_frame_equal(plain[rules], same[rules], atol=1e-9)


@pytest.mark.parametrize(("function", "inputs"), [("spiral", 2), ("waves", 100)])
def test_the_best_possible_and_exact_scores_are_those_of_the_line(here, tmp_path, function, inputs):
    observe = f"{SPIRAL}:{function}"
    plain, seen = scores_of(tmp_path / "plain"), scores_of(tmp_path / "seen", observe=observe)
    assert studies_of({"studies": {"s": entry(observe=observe)}})["s"].inputs == inputs
    np.testing.assert_array_equal(seen["exact_bayes_accuracy"], plain["exact_bayes_accuracy"])
    np.testing.assert_array_equal(seen["bayes_accuracy"], plain["bayes_accuracy"])
    assert (seen["exact_gap"] >= -1e-9).all()
    assert (seen["accuracy"] != plain["accuracy"]).all()
    for name in ("accuracy", "log_loss", "auc"):  # on 8,000 draws
        np.testing.assert_allclose(seen[f"exact_{name}"], seen[name], atol=0.03)
    for rule in ("plugin", "nearest", "shrunk"):
        assert ((seen[f"{rule}_gap"] >= -1e-9) & (seen[f"{rule}_accuracy"] > 0.5)).all()


def test_rules_see_what_networks_see(here, tmp_path):
    """On a parabola a line cuts off both ends of z: groups of one mean are told apart, as they are not on a line."""
    task = {"narrow": {"norm": {}}, "wide": {"norm": {"scale": 4}}}
    plain, seen = (
        scores_of(tmp_path / name, task=task, sample_sizes=[500], **more)
        for name, more in (("plain", {}), ("seen", {"observe": "maps.py:bent"}))
    )
    assert plain["plugin_accuracy"].max() < 0.56
    assert seen["plugin_accuracy"].min() > 0.7
    np.testing.assert_allclose(seen["exact_bayes_accuracy"], plain["exact_bayes_accuracy"])


@LOUD
@pytest.mark.usefixtures("styled")
def test_pictures_show_what_is_seen_or_the_draws_and_say_which(here):
    study = studies_of({"studies": {"mine": entry(observe=f"{SPIRAL}:spiral")}})["mine"]
    paths = by_stages(study, here / "results/mine")
    shown = {name: drawn(catalogue.figures()[name], study, learner, here, [here / "a.svg"])
             for name, learner in (("samples", None), ("posterior", "net"), ("ratio", "net"))}  # fmt: skip
    assert labels_of(shown["samples"]) == ("", "x₁", "x₂")
    assert labels_of(shown["posterior"])[1] == labels_of(shown["ratio"])[1] == "z, in units of the locations"
    points = np.concatenate([each.get_offsets() for each in shown["samples"].axes[0].collections])
    draws = view_of(study.cell(0.5, 30))(draws_of(study.cell(0.5, 30), "train", 30))[0].reshape(-1, 2)
    np.testing.assert_allclose(points, draws)
    radius, angle = np.hypot(*draws.T), np.arctan2(*draws.T[::-1])
    np.testing.assert_allclose(np.exp(1j * 8 * np.log(radius)), np.exp(1j * angle), atol=1e-4)  # both tell z
    describe(study.json(), described_parts(study), paths, here / "captions.md")
    text = (here / "captions.md").read_text()
    said = f"see x = g(z) of the draws z, 2 coordinates, by ``spiral`` of ``{SPIRAL}``. It is taken to be injective"
    assert said in text
    assert "2-8-1 ReLU" in text
    assert "true densities" not in text.partition("<!-- figures/samples -->")[2]


@pytest.mark.usefixtures("refusal")
@pytest.mark.parametrize(
    ("observe", "said"),
    [
        (
            "maps.py:coarse",
            "maps.py: expected a map coarse that is injective, in float32 too; found [0-9,]+ places for",
        ),
        ("maps.py:endless", r"maps.py: expected finite numbers of shape \[2000, D\] of endless; found inf at \["),
        ("maps.py:flat", r"maps.py: expected finite numbers .* of flat; found float64 of shape \[2000\]"),
        ("maps.py:sorted_first", "maps.py: expected of sorted_first numbers that each place alone decides"),
        ("maps.py:failing", "maps.py, line 9: failing raised ValueError: "),
        ("maps.py:NOTHING", "maps.py: expected a function NOTHING; found same, bent, "),
        ("maps.py:missing", "maps.py: expected a function missing; found same, bent, "),
        ("none.py:same", "none.py: expected a Python file; No such file or directory"),
        ("maps.py", "expected a name of a Python file and a function in it, as config/maps/spiral.py:spiral; found "),
    ],
)
def test_a_map_that_is_none_is_refused(here, observe, said):
    with pytest.raises(InputError) as refused:
        validate({"studies": {"s": entry(observe=observe)}})
    assert re.match(f"config: studies.s.observe: {said}", str(refused.value))


def test_a_map_that_changed_since_the_config_was_read_is_refused(here):
    cell = studies_of({"studies": {"s": entry(observe="maps.py:bent")}})["s"].cell(0.5, 30)
    np.testing.assert_array_equal(view_of(cell)(np.array([[2.0], [3.0]])), [[2, 4], [3, 9]])
    Path("maps.py").write_text(MAPS.replace("z**2", "z**3"))
    own_code.found_in.cache_clear()
    with pytest.raises(InputError, match=r"maps.py: expected the file that the config was read with; it has changed"):
        view_of(cell)(np.zeros((1, 1)))
