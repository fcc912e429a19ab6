"""Training that diverges: no score, no verdict on it but that, and figures that say so. Nothing warns of it."""

import numpy as np
import pandas as pd
import pytest
from applicability.figures import boundary, catalogue
from applicability.layout import figures_of_study
from applicability.storage import tables
from checkouts import without_seconds
from conftest import LOUD, make_learner
from readable import assert_readable, words_in
from studies import by_stages, drawn, make_study

pytestmark = LOUD

OPTIMISERS = {
    "net": {"sgd": {"lr": 0.1}},
    "partly": {"sgd": {"lr": 100.0}},  # in some replicates, in others it just ends badly
    "gone": {"sgd": {"lr": 1e6}},  # some overflow, in some all units die before
    "adam": {"adam": {"lr": 1e30}},  # overflows in the first step
}
USUAL = {"hidden": [16], "steps": 60, "batch_size": 256}
LEARNERS = {name: make_learner(name=name, optimiser=each, **USUAL) for name, each in OPTIMISERS.items()}
LOST = [make_learner(name=name, steps=steps, optimiser=OPTIMISERS["adam"]) for name, steps in (("a", 9), ("b", 8))]
STUDIES = {
    "all": make_study(scales=[1.0], replicates=5, learners=LEARNERS, baseline="net"),
    "alone": make_study(scales=[1.0], replicates=5, learners={"net": LEARNERS["net"]}),
    "lost": make_study(name="lost", learners={each.name: each for each in LOST}, baseline="a"),
}
SILENT = {"samples", "learning", "boundary", "needed", "loss", "share", "shares"}  # have no words for it


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of the results of these studies."""
    folder = tmp_path_factory.mktemp("diverged")
    for name, study in STUDIES.items():
        by_stages(study, folder / "results" / name)
    return folder


def test_what_diverged_has_no_score_and_no_verdict_but_that(made):
    names = "summary", "scores", "differences", "planning"
    summary, scores, differences, planning = (tables.read(made / f"results/all/{name}.csv") for name in names)
    counts = scores.groupby(["learner", "scale", "n"], sort=False)["diverged"].sum()
    assert counts.groupby("learner").sum()[["net", "gone", "adam"]].tolist() == [0, 10, 10]
    assert 0 < counts["partly"].sum() < 10
    assert summary["diverged"].tolist() == counts.tolist()
    gone = summary["diverged"] > 0
    assert ((summary["verdict"] == "diverged") == gone).all()
    for part in ("mean", "sd", "q25", "median", "q75"):
        assert (summary[f"accuracy_{part}"].isna() == gone).all()
    for part in ("data", "learner"):
        assert (summary[f"shortfall_{part}"].isna() == gone).all()
    assert summary["shortfall_overlap"].notna().all()
    assert not summary["shown_by"].isin(["gone", "partly", "adam"]).any()
    assert (differences["difference_mean"].isna() == (differences["diverged"] > 0)).all()
    assert differences["diverged"].sum() == summary["diverged"].sum()
    assert (summary["within"] <= 5 - counts.to_numpy()).all()
    planning = planning.query("learner in ['gone', 'adam']")
    assert (planning["needed"] == "> 100").all()
    assert planning[["fitted_n", "slope"]].isna().all(axis=None)
    assert (made / "results/all/tables/accuracy-gone.csv").read_text() == "scale,10,100\n1.0,,\n"


@pytest.mark.parametrize("name", ["model.pt", "history.csv", "scores.csv", "curves.npz"])
def test_the_others_are_the_same_to_the_byte(made, name):
    for n in (10, 100):
        one, other = (made / f"results/{study}/scale=1/n={n}/net/{name}" for study in ("all", "alone"))
        assert without_seconds(one) == without_seconds(other)


@pytest.mark.parametrize("name", [name for name in figures_of_study(STUDIES["lost"]) if not name.endswith("-b")])
def test_figures_are_drawn_also_where_all_diverged(made, name, tmp_path):
    figure, learner = catalogue.figures()[name.partition("-")[0]], name.partition("-")[2] or None
    shown = drawn(figure, STUDIES["lost"], learner, made, [tmp_path / "a.svg"])
    assert_readable(shown)
    words = {word for axes in shown.axes for word in words_in(axes)}
    assert bool(words & {"3/3", "diverged 3 of 3"}) == (figure.name not in SILENT)


def test_the_boundary_is_drawn_also_where_every_learner_collapsed():
    """Of groups that have no midpoint either: nothing is there to draw, and no axis to take its ends from."""
    rows = [(name, scale, n) for name in ("a", "b") for scale in (0.5, 1.0) for n in (10, 100)]
    summary = pd.DataFrame(rows, columns=["learner", "scale", "n"]).assign(boundary_rmse=np.nan)
    optimum = pd.DataFrame({"scale": [0.5, 1.0], "midpoint_constant": [np.nan, np.nan]})
    figure = boundary.draw(summary, optimum)
    figure.draw_without_rendering()
    assert {axes.get_yscale() for axes in figure.axes[:2]} == {"log"}
