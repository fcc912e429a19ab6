"""docs/extending.md: what it says to add is there, and works, in a copy of the project."""

import re
import shutil
import sys
from runpy import run_path

import numpy as np
import pandas as pd
import pytest
import torch
from applicability.learners import activations
from applicability.learners.network import StackedNetwork
from applicability.learners.saved import load
from applicability.randomness import torch_generators
from applicability.storage.arrays import read_arrays
from applicability.wording import measured
from checkouts import LIBRARY, ROOT, SNAKEMAKE, Project, checkout
from scipy import special, stats

pytestmark = pytest.mark.workflow

EDIT = re.compile(
    r"^(?:In `(?P<file>[^`]+)`, (?P<side>above|below) the line with `(?P<line>[^`]+)`|A new file `(?P<new>[^`]+)`):"
    r"\n\n```\w+\n(?P<block>.*?)```$",
    re.MULTILINE | re.DOTALL,
)
CELL = "results/extended/scale=0.2/n=100"


def apply(edit: dict, folder) -> None:
    """Do what a block of the page says."""
    path = folder / (edit["new"] or edit["file"])
    if edit["new"]:
        assert not path.exists()
        path.write_text(edit["block"])
        return
    lines = path.read_text().splitlines(keepends=True)
    [place] = [number for number, line in enumerate(lines) if edit["line"] in line]
    lines.insert(place + (edit["side"] == "below"), edit["block"])
    path.write_text("".join(lines))


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A checkout, with tests and pages, to which the page's blocks are applied, and in which its command has run."""
    page = (ROOT / "docs/extending.md").read_text()
    edits = [found.groupdict() for found in EDIT.finditer(page)]
    assert len(edits) == page.count("```") / 2
    project = checkout(tmp_path_factory.mktemp("extending") / "project")
    for part in ("docs", "tests"):
        shutil.copytree(ROOT / part, project.path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", project.path)
    for edit in edits:
        apply(edit, project.path)
    [command] = re.findall(r"^    (snakemake .*)$", page, re.MULTILINE)
    done = project.run(SNAKEMAKE[0], "results/extended/captions.md", *command.split()[1:])
    assert done.returncode == 0, done.stdout
    return project.path


@pytest.fixture(scope="module")
def softsign(extended):
    """The new activation, of the module there."""
    return run_path(str(extended / LIBRARY / "learners/activations.py"))["ACTIVATIONS"]["softsign"]


@pytest.fixture(scope="module")
def trained(extended, softsign):
    """The trained networks of a cell there; the library here does not know their activation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(activations.ACTIVATIONS, "softsign", softsign)
        yield load(extended / CELL / "net/model.pt")[0]


def test_the_distribution_is_scipys(extended):
    optimum = pd.read_csv(extended / "results/extended/optimum.csv")
    np.testing.assert_allclose(optimum["accuracy"], stats.hypsecant.cdf(0.5 / optimum["scale"]), atol=1e-9)


def test_the_activation_has_the_slope_of_its_function(softsign, trained):
    assert trained.activation == "softsign"
    z = torch.linspace(-3, 3, 50, dtype=torch.float64, requires_grad=True)
    y = softsign.of(z)
    torch.testing.assert_close(y, torch.nn.functional.softsign(z))
    y.sum().backward()
    torch.testing.assert_close(softsign.slope(torch.ones_like(z), z, y), z.grad)


def test_the_optimiser_moves_every_weight_by_its_rate(trained):
    fresh = StackedNetwork.initial([1, 16, 1], torch_generators(0, "init", 3), "tanh")
    pairs = zip(trained.parameters, fresh.parameters, strict=True)
    steps = torch.cat([(one - other).flatten() for one, other in pairs]) / 0.003
    torch.testing.assert_close(steps, steps.round(), atol=0.01, rtol=0)
    assert 10 < steps.abs().max() < 300.5


def test_the_score_is_in_the_tables(extended, trained):
    _, draws = read_arrays((extended / CELL).with_name("test.npz"), "test")
    probability = special.expit(trained.logits(draws.reshape(3, -1, 1)).reshape(3, 2, -1))
    expected = np.concatenate([1 - probability[:, 0], probability[:, 1]], axis=1) < 0.1
    scores = pd.read_csv(extended / "results/extended/scores.csv").query("scale == 0.2 and n == 100")
    np.testing.assert_allclose(scores["blunders"], expected.mean(1))
    assert 0 < scores["blunders"].mean() < 0.5
    assert abs(scores["exact_blunders"] - scores["blunders"]).max() < 0.03  # of 2,000 draws
    summary = pd.read_csv(extended / "results/extended/summary.csv")
    parts = ("mean", "sd", "q25", "median", "q75")
    assert {f"{name}_{part}" for name in ("blunders", "exact_blunders") for part in parts} <= set(summary)


def test_the_figure_is_drawn(extended):
    captions = (extended / "results/extended/captions.md").read_text()
    [caption] = re.findall(r"<!-- figures/blunders-net -->\n\n(.*?)\n\n<!-- end -->", captions, re.DOTALL)
    assert caption.startswith("How often learner ``net`` gives a draw's own group")
    summary = pd.read_csv(extended / "results/extended/summary.csv")
    shares = summary["exact_blunders_mean"]
    for row in (shares.idxmin(), shares.idxmax()):
        scale, n = summary.loc[row, ["scale", "n"]]
        assert f"{measured(shares[row], '.2g')} (scale {scale:g}, n = {n:g})" in caption
    figures = extended / "results/extended/figures"
    assert {path.name for path in figures.glob("[!.]*")} == {f"blunders-net.{end}" for end in ("pdf", "png", "svg")}
    assert "share of blunders" in (figures / "blunders-net.svg").read_text()


def test_nothing_but_the_page_has_to_say_that_there_is_a_figure_more(extended):
    """The tests of the copy, as they are, find the new figure with its caption, and its row in the page."""
    page = "tests/test_reading.py::test_verdicts_and_figures_are_those_of_the_page"
    words = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", "-p", "no:xdist", page]
    done = Project(extended).run(*words, "tests/test_catalogue.py", PYTHONPATH=str(extended / "workflow"))
    assert done.returncode == 0, done.stdout
    assert re.search(r"has_a_caption_of_two_paragraphs\[blunders\] PASSED", done.stdout)
