"""Groups of one's own: a class in a file; what it may give, what is said of what it may not, and what reruns."""

import re
import textwrap
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from applicability import own_code
from applicability.config import validation
from applicability.config.studies import studies
from applicability.described import answers
from applicability.errors import InputError
from applicability.learners.fitting import fit
from applicability.scores import optimum as optimum_scores
from applicability.scores.evaluation import evaluate, scores_of
from applicability.scores.optimum import optimum_of
from applicability.tasks.distributions import at_scale
from applicability.tasks.truth import Truth
from checkouts import ROOT, jobs_in
from conftest import assert_one_line, draws_of, in_groups, make_cell, make_learner
from scipy.integrate import quad
from scipy.stats import norm

RING = "config/groups/ring.py:Ring"
GAUSSIAN = """\
    from scipy.stats import norm

    class Mine:
        def __init__(self, scale, loc=0.0):
            self.law = norm(loc, scale)

        def rvs(self, size, rng):
            return self.law.rvs((size, 1), random_state=rng)

        def logpdf(self, x):
            return self.law.logpdf(x[:, 0])
"""

BLIND = """\
    import numpy as np
    from scipy.stats import norm

    class Mine:
        def __init__(self, scale, loc=0.0):
            self.scale, self.loc = scale, loc

        def rvs(self, size, rng):
            return rng.normal(self.loc, self.scale, (size, 2)) * [1, -1 if self.loc else 1]

        def logpdf(self, x):
            return norm.logpdf(x, 0, self.scale).sum(1)
"""


def config_of(**task) -> dict:
    """A config of one small study of a task."""
    learners = {"net": {"hidden": [8], "optimiser": {"adam": {"lr": 0.01}}, "steps": 200}}
    grid = {"scales": [0.2, 0.5], "sample_sizes": [20, 200], "replicates": 5, "test_draws": 500}
    return {"device": "cpu", "studies": {"s": {"task": task, "learners": learners} | grid}}


def cell_of(scale: float = 0.2, **task):
    """A cell of it, as the rules make it."""
    [study] = studies(validation.validate(config_of(**task))).values()
    return study.cell(scale, 20)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory with a file of one's own, which a test may write anew."""
    monkeypatch.chdir(tmp_path)
    own_code.found_in.cache_clear()

    def write(text: str = GAUSSIAN, old: str = "", new: str = "") -> str:
        assert old in text
        (tmp_path / "mine.py").write_text(textwrap.dedent(text.replace(old, new)))
        return "mine.py:Mine"

    return write


def test_the_ring_of_the_config_is_sorted_as_well_as_its_radii_tell(monkeypatch):
    """The distance is all that tells two rings apart, its sign left out: an integral on a line."""
    monkeypatch.setattr(optimum_scores, "ERROR", 3e-4)
    monkeypatch.chdir(ROOT)
    cell = cell_of(0.8, inner={"python": RING, "radius": 1}, outer={"python": RING, "radius": 2})
    row = optimum_of(cell)
    right = quad(lambda r: max(norm.pdf([r, -r], radius, 0.8).sum() / 2 for radius in (1, 2)), 0, 9, limit=200)[0]
    assert row["accuracy"] == pytest.approx(right, abs=1.2e-3)
    assert 0 < row["accuracy_error"] <= 3e-4
    assert optimum_of(replace(cell, scale=0.2))["accuracy"] == pytest.approx(norm.cdf(0.5 / 0.2), abs=1.2e-3)


def test_on_a_line_it_is_as_the_distribution_that_it_imitates_but_known_by_draws(here, monkeypatch):
    monkeypatch.setattr(optimum_scores, "ERROR", 3e-4)
    mine = here()
    cell = cell_of(0.5, a={"python": mine}, b={"python": mine, "loc": 1})
    assert (cell.dimension, cell.exact) == (1, False)
    assert optimum_of(cell)["accuracy"] == pytest.approx(norm.cdf(1), abs=1.2e-3)
    draws = draws_of(cell, "train", 1500)
    np.testing.assert_array_equal(in_groups(draws_of(cell, "train", 20)), in_groups(draws)[:, :, :20])
    assert draws[:, 1500:].mean() == pytest.approx(1, abs=0.03)
    truth = Truth.of(cell.task, 0.5)
    assert truth.span(3) == pytest.approx((-1.5, 2.5), abs=0.1)
    np.testing.assert_allclose(truth.logits(np.array([[0.0], [2.0]])), [[-2], [6]])


def test_it_may_be_a_coordinate_of_a_group_and_a_component_of_a_mixture(here):
    mine = {"python": here(), "loc": 3}
    parts = [{"weight": 0.25, **mine}, {"weight": 0.75, "norm": {"loc": -3}}]
    cell = cell_of(a=[mine, {"norm": {}}], b=[{"mixture": parts}, {"norm": {"loc": 1}}])
    one, other = (at_scale(coordinates, 0.2) for _, coordinates in cell.task)
    assert one.logpdf(np.array([3.1, 0.1])) == pytest.approx(2 * norm.logpdf(0.1, 0, 0.2))
    assert other.logpdf(np.array([3.1, 1.0])) == pytest.approx(
        np.log(0.25) + norm.logpdf(0.1, 0, 0.2) + norm.logpdf(0, 0, 0.2)
    )
    assert (other.block(np.random.default_rng(0))[:, 0] > 0).mean() == pytest.approx(0.25, abs=0.05)


@pytest.mark.usefixtures("refusal")
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("class Mine", "class Other", "mine.py: expected a class Mine; found Other"),
        ("def rvs", "def draw", "mine.py: expected a method rvs of Mine, which draws; it is missing"),
        ("self.law = norm", "self.law = nrm", "mine.py, line 5: Mine raised NameError: name 'nrm' is not defined"),
        ("class Mine:", "class Mine", "mine.py, line 3: the file raised SyntaxError: expected ':'"),
        ("(size, 1)", "size", r"mine.py: expected draws \[1000, d\] of Mine.rvs; found shape \[1000\]"),
        ("(size, 1)", "(7, 1)", r"mine.py: expected draws \[1000, d\] of Mine.rvs; found shape \[7, 1\]"),
        ("=rng)", "=rng) * float('inf')", "finite numbers .* of Mine.rvs; found -?inf, which is none in float32"),
        ("=rng)", "=rng) * 1e39", "finite numbers .* of Mine.rvs; found .*e.\\d+, which is none in float32"),
        ("=rng)", "=rng) * 1e-9 + 1", "of Mine.rvs that float32 tells apart; found 1 that differ"),
        (
            "random_state=rng",
            "random_state=None",
            "expected draws of Mine.rvs from rng alone; found others of an equal",
        ),
        ("x[:, 0]", "x", r"log-densities of shape \[5\] of Mine.logpdf; found float64 of shape \[5, 1\]"),
        ("x[:, 0])", "x[:, 0]) + float('nan')", r"log-densities .* found NaN at \[\d"),
        (
            "x[:, 0])",
            "x[:, 0]) - float('inf')",
            "mine.py: expected finite log-densities of Mine.logpdf at its own draws",
        ),
        (
            "x[:, 0])",
            "x[:, 0]) - (x[:, 0] > x[:, 0].mean()) * 1e308 * 10",
            "mine.py: expected finite log-densities of Mine.logpdf at its own draws",
        ),
        ("loc=0.0", "place", "mine.py: Mine raised TypeError: .* unexpected keyword argument 'loc'"),
        (
            "from scipy",
            "import nothing_there\nfrom scipy",
            "mine.py, line 1: the file raised ModuleNotFoundError: No mod",
        ),
    ],
)
def test_what_it_may_not_be_is_said_with_its_line(here, old, new, said):
    file, name = here(textwrap.dedent(GAUSSIAN), old, new).split(":")
    [answer] = answers([("python", {"file": file, "name": name, "arguments": {"loc": 100}})])
    [line] = answer["refused"]
    assert_one_line(line, "mine.py")
    assert re.search(said, line)


@pytest.mark.usefixtures("refusal")
@pytest.mark.parametrize(
    ("group", "said"),
    [
        (
            {"python": "nowhere.py:Mine"},
            "studies.s.task.b: nowhere.py: expected a Python file; No such file or directory",
        ),
        ({"python": "mine.py"}, "studies.s.task.b.python: expected a name of a Python file and a class .* 'mine.py'"),
        ({"python": "exits.py:Mine"}, "studies.s.task.b: exits.py, line 1: the file raised SystemExit: 3"),
        ({"python": "mine.py:Mine", "weight": 2}, "studies.s.task.b: expected no key weight beside python but in a"),
        ({"python": "mine.py:Mine", "times": -1}, "studies.s.task.b.times: expected a whole number"),
        ({"python": "mine.py:Mine", "since": date(2020, 1, 1)}, "as arguments; found an Object of type date is not"),
        ({"pyhton": "mine.py:Mine"}, "studies.s.task.b.pyhton: unknown; allowed: .*; did you mean 'python'?"),
        ({"python": {"file": "mine.py"}}, "studies.s.task.b.python: 'class' is missing"),
        ({"python": "mine.py:Mine", "scale": 2}, "studies.s.task.b: expected no key scale beside python"),
        ([{"norm": {}}, {"python": "mine.py:Mine"}], "task: expected as many coordinates .* found 1 in a, 2 in b"),
        ({"python": "mine.py:Mine", "place": 1}, "studies.s.task.b: mine.py: Mine raised TypeError: .* 'place'"),
        ({"python": "ends.py:Mine"}, "studies.s.task.b: ends.py: Python ended with status 3 as it was read"),
    ],
    ids=str,
)
def test_entries_that_name_no_usable_class_are_refused(here, group, said):
    here(f"print('not JSON')\n{textwrap.dedent(GAUSSIAN)}")
    Path("exits.py").write_text("raise SystemExit(3)")
    Path("ends.py").write_text("import os\nos._exit(3)")
    with pytest.raises(InputError, match=said):
        cell_of(a={"norm": {}}, b=group)


def test_a_file_that_changed_since_the_config_was_read_is_refused(here):
    cell = cell_of(a={"norm": {}}, b={"python": here()})
    here(GAUSSIAN, "norm(loc, scale)", "norm(loc, 2 * scale)")
    own_code.found_in.cache_clear()
    with pytest.raises(InputError, match=r"mine.py: expected the file that the config was read with; it has changed"):
        draws_of(cell, "train", 5)


def test_a_density_that_the_draws_do_not_follow_is_an_error(here):
    mine = here(GAUSSIAN, "self.law.logpdf(x[:, 0])", "self.law.logpdf(x[:, 0]) + 0.1")
    with pytest.raises(
        InputError, match=r"draws that follow .* at scale 0.5; found .* 0.5000 of group b, where logpdf says 0.5113"
    ):
        optimum_of(cell_of(0.5, a={"norm": {}}, b={"python": mine, "loc": 1}))


def test_a_density_that_knows_less_than_the_draws_do_is_an_error(here):
    """Its posterior is calibrated: only a rule that knows more can tell."""
    cell = replace(cell_of(0.5, a={"python": here(BLIND)}, b={"python": "mine.py:Mine", "loc": 1}), n=200)
    with pytest.raises(InputError, match=r"a share of 0\.\d+ sorted right by the plug-in rule, where logpdf says 0.5"):
        optimum_of(cell)
    train, test = (draws_of(cell, role, 200) for role in ("train", "test"))
    network, *_ = fit(cell, make_learner(steps=300, hidden=[16]), train, torch.device("cpu"))
    truth = Truth.of(cell.task, 0.5)
    with pytest.raises(InputError, match=r"sorted right by learners, where logpdf says 0.5"):
        scores_of(network.in_double(), evaluate(network, test), truth, cell, train, test)


@pytest.mark.workflow
def test_a_study_of_it_runs_whole_and_reruns_as_its_file_changes(fresh):
    (fresh.path / "mine.py").write_text(textwrap.dedent(GAUSSIAN))
    config = config_of(a={"python": "mine.py:Mine"}, b={"python": "mine.py:Mine", "loc": 1})
    rings = config_of(inner={"python": RING, "radius": 1}, outer={"python": RING, "radius": 2})["studies"]["s"]
    config["studies"] |= {"rings": rings}
    (fresh.path / "config/test.yaml").write_text(yaml.safe_dump(config))
    fresh.snakemake()
    captions = {name: (fresh.path / f"results/{name}/captions.md").read_text() for name in ("s", "rings")}
    assert "``Mine(loc=1)`` of ``mine.py``" in captions["s"]
    assert "each test draw counts by its posterior" in captions["s"]
    assert "``Ring(radius=2)`` of ``config/groups/ring.py``" in captions["rings"]
    drawn = {name: {path.stem for path in (fresh.path / f"results/{name}/figures").rglob("*.pdf")} for name in captions}
    assert {"posterior", "ratio", "samples"} <= {each.partition("-")[0] for each in drawn["s"]}
    assert "boundary" not in drawn["s"]
    assert "regions" in {each.partition("-")[0] for each in drawn["rings"]}
    fresh.edit("mine.py", "class Mine", "# a comment\nclass Mine")
    again = jobs_in(fresh.snakemake("-n").stdout)
    assert again["simulate"] == 4
    assert "rings" not in fresh.snakemake("-n", "--quiet", "rules").stdout
    fresh.edit("mine.py", "norm(loc, scale)", "norm(loc, 1 / (scale - 0.2))")
    failed = fresh.snakemake(check=False).stdout
    assert "mine.py, line 6: Mine raised ZeroDivisionError: float division by zero" in failed


def test_a_cell_of_an_own_group_is_an_argument_too(here):
    cell = cell_of(a={"norm": {}}, b={"python": here()})
    given = {key: value for key, value in vars(cell).items() if value is not None}
    validation.validate_argument("cell", given)
    assert make_cell(**given) == cell
