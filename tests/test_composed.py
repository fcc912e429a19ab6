"""Groups put together of distributions: mixtures, dependent coordinates, repeated ones; draws, densities, optimum."""

import re

import numpy as np
import pytest
import torch
from applicability.config.groups import faults_of_task
from applicability.config.studies import make_group
from applicability.learners.network import StackedNetwork
from applicability.report.protocols import distributions
from applicability.scores import optimum as optimum_scores
from applicability.scores.evaluation import evaluate, scores_of
from applicability.scores.optimum import optimum_of
from applicability.study.task import dimension
from applicability.tasks.distributions import at_scale, draws
from applicability.tasks.reduction import on_a_line
from applicability.tasks.truth import Truth
from conftest import draws_of, in_groups, make_cell
from scipy import stats
from scipy.integrate import quad
from scipy.stats import norm


def normal(*locs: float, scale: float = 1.0) -> list[dict]:
    """A group of independent Gaussian coordinates."""
    return [{"norm": {"loc": loc, "scale": scale}} for loc in locs]


def mixture(*components: list[dict], weights: list[float] = ()) -> list[dict]:
    """A group of components; without weights all are as likely."""
    weighted = [{"weight": weight} for weight in weights] or [{}] * len(components)
    return [{"mixture": [{"coordinates": each} | more for each, more in zip(components, weighted, strict=True)]}]


def correlated(mean: list[float], rho: float, first: float = 1.0) -> list[dict]:
    return [{"multivariate_normal": {"mean": mean, "cov": [[first, rho], [rho, 1.0]]}}]


def student(loc: list[float], rho: float, df: float) -> list[dict]:
    return [{"multivariate_t": {"loc": loc, "shape": [[1.0, rho], [rho, 1.0]], "df": df}}]


HUMPS = mixture(normal(-1), normal(2), weights=[3, 7])
CORNERS = mixture(normal(0, 0), normal(1, 1))
A = 2 / np.sqrt(20)
Q = norm.cdf(0.5 / 0.3)
# name -> groups, scale, accuracy of the optimal rule: closed forms, and quadrature in the plane
BEST = {
    "humps": ([HUMPS, normal(0.5)], 1.0, 0.70581),
    "narrow humps": ([HUMPS, normal(0.5)], 0.5, 0.90966),
    "xor": ([CORNERS, mixture(normal(0, 1), normal(1, 0))], 0.3, Q**2 + (1 - Q) ** 2),
    "one covariance": ([correlated([0, 0], 0.8), correlated([1, 0], 0.8)], 2.0, norm.cdf(1 / 0.6 / 2 / 2)),
    "two covariances": ([correlated([-0.1, 0], 0.25, 2.0), correlated([0.1, 0], -0.25, 2.0)], 1.0, 0.56094),
    "joint or marginals": ([correlated([0, 0], 0.9), normal(0, 0)], 1.0, 0.75744),
    "threenorm": ([mixture(normal(*[A] * 20), normal(*[-A] * 20)), normal(*[A, -A] * 10)], 1.0, 0.895),
}


@pytest.mark.parametrize("name", BEST)
def test_the_best_possible_is_that_of_closed_forms_and_of_quadrature(name, monkeypatch):
    monkeypatch.setattr(optimum_scores, "ERROR", 4e-4)
    monkeypatch.setattr(optimum_scores, "SCORED", 1)
    groups, scale, accuracy = BEST[name]
    row = optimum_of(make_cell(task=[[f"g{index}", group] for index, group in enumerate(groups)], scale=scale))
    exact = row["accuracy_error"] == 0
    assert exact == (name in ("humps", "narrow humps", "one covariance"))
    assert row["accuracy"] == pytest.approx(accuracy, abs=5e-6 if exact else 1.5e-3)


def test_a_mixture_on_a_line_is_exact():
    densities = [lambda x: 0.3 * norm.pdf(x, -1, 0.5) + 0.7 * norm.pdf(x, 2, 0.5), norm(0.5, 0.5).pdf]
    pieces = np.linspace(-6, 7, 131)
    right = sum(
        quad(lambda x: max(each(x) for each in densities), *ends)[0] / 2
        for ends in zip(pieces, pieces[1:], strict=False)
    )
    row = optimum_of(make_cell(task=[["a", HUMPS], ["b", normal(0.5)]], scale=0.5))
    assert row["accuracy"] == pytest.approx(right, abs=1e-9)
    assert row["boundaries"] == 2


PLANAR = {
    "mixture": mixture(normal(0, 0), correlated([3, 1], -0.7), weights=[0.2, 0.8]),
    "nested": mixture(mixture(normal(0, 0), normal(2, 2), weights=[3, 1]), [*HUMPS, *normal(4)]),
    "normal": correlated([1, -1], 0.8, 2.0),
    "t": student([0, 1], -0.5, 3.0),
    "product": [*HUMPS, {"laplace": {"loc": 1.0}}],
    "twice": [{"gamma": {"a": 2.0}, "times": 2}],
}


@pytest.mark.parametrize("name", PLANAR)
def test_draws_follow_the_density_the_marginals_and_the_scale(name):
    """Counts in 36 boxes against the density's integral over each, and each coordinate against its marginal."""
    group, scale = PLANAR[name], 0.5
    one = at_scale(group, scale)
    x = draws(one, 20_000, np.random.default_rng(0))
    assert one.logpdf(np.ones((1, 2, 1, 2))).shape == (1, 2, 1)
    truth = Truth.of([["a", group]], scale)
    marginals = [truth.of_coordinate(index) for index in (0, 1)]
    for index, each in enumerate(marginals):
        assert stats.kstest(x[:, index], lambda at, each=each: each.cdf(at)[..., 0]).pvalue > 1e-3
    sides = [np.quantile(x[:, index], np.linspace(0.01, 0.99, 7)) for index in (0, 1)]
    found = np.histogram2d(*x.T, bins=sides)[0]
    points, weights = np.polynomial.legendre.leggauss(30)
    places, widths = zip(
        *((side[:-1, None] + np.diff(side)[:, None] * (1 + points) / 2, np.diff(side)) for side in sides), strict=True
    )
    grid = np.stack(np.meshgrid(*(each.ravel() for each in places), indexing="ij"), axis=-1)
    density = np.exp(one.logpdf(grid)).reshape(6, 30, 6, 30)
    masses = np.einsum("iajb,a,b->ij", density, weights, weights) / 4 * np.outer(*widths)
    expected = np.append(masses.ravel(), 1 - masses.sum()) * len(x)
    assert stats.chisquare(np.append(found.ravel(), len(x) - found.sum()), expected).pvalue > 1e-3
    wide = draws(at_scale(group, 1.0), 20_000, np.random.default_rng(0)).astype(float)
    offset = 2 * x - wide  # twice the centre less the centre: each draw goes to its own component's
    apart = abs(offset[:, None] - one.centres).max(-1).min(1)
    assert apart.max() < 1e-4 * abs(wide).max()


@pytest.mark.parametrize("name", PLANAR)
def test_fewer_draws_are_the_first_of_more(name):
    cell = make_cell(task=[["a", PLANAR[name]], ["b", normal(0, 0)]], replicates=2)
    np.testing.assert_array_equal(*(in_groups(draws_of(cell, "train", n))[:, :, :7] for n in (7, 1003)))


def test_a_repeated_coordinate_is_as_if_written_out():
    groups = [[normal(1)[0] | {"times": 3}], normal(1, 1, 1)]
    cells = [make_cell(task=[["a", group], ["b", normal(0, 0, 0)]], scale=0.5) for group in groups]
    assert [cell.dimension for cell in cells] == [3, 3]
    np.testing.assert_array_equal(*(draws_of(cell, "train", 20) for cell in cells))
    best = [optimum_of(cell)["accuracy"] for cell in cells]
    assert best == pytest.approx([norm.cdf(np.sqrt(3) / 0.5 / 2)] * 2, abs=1e-12)


@pytest.mark.parametrize(
    ("groups", "line"),
    [
        ([[*HUMPS, *student([0, 0], 0.5, 3.0)], [*normal(0.5), *student([0, 0], 0.5, 3.0)]], [HUMPS, normal(0.5)]),
        (
            [[*correlated([0, 0], 0.8), *normal(3)], [*correlated([1, 0], 0.8), *normal(4)]],
            [normal(0), normal(np.hypot(1 / 0.6, 1))],
        ),
        ([correlated([0, 0], 0.8), correlated([0, 0], 0.8)], [normal(0), normal(0)]),
        ([correlated([0, 0], 0.8), correlated([1, 0], 0.7)], None),
        ([student([0, 0], 0.8, 3.0), student([1, 0], 0.8, 3.0)], None),
        ([correlated([0, 0], 0.8), normal(1, 0)], None),
        ([HUMPS * 2, mixture(normal(0), normal(1)) * 2], None),
    ],
    ids=str,
)
def test_a_task_is_as_good_as_one_on_a_line_only_where_it_is(groups, line):
    found = on_a_line([[f"g{index}", group] for index, group in enumerate(groups)])
    if line is None:
        assert found is None
    else:
        at = np.array([0.3])
        logs = [[at_scale(group, 1.0).logpdf(at) for group in each] for each in ([one for _, one in found], line)]
        np.testing.assert_allclose(*logs, rtol=1e-12)


def test_the_log_ratio_is_infinite_where_one_group_alone_can_be_whatever_the_marginals_say():
    boxes = [[{"uniform": {"loc": loc}} for loc in locs] for locs in ([0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0])]
    task = [["a", mixture(*boxes[:2])], ["b", mixture(*boxes[2:])]]
    cell = make_cell(task=task, scale=1.0, n=20)
    truth = Truth.of(task, 1.0)
    assert truth.of_coordinate(0).logits(np.array([[0.5]])) == pytest.approx(0)
    network = StackedNetwork.initial(
        [2, 3, 1], [torch.Generator().manual_seed(0)] * cell.replicates, "tanh"
    ).in_double()
    train, test = (draws_of(cell, role, 20) for role in ("train", "test"))
    scores = scores_of(network, evaluate(network, test), truth, cell, train, test)
    assert np.isnan(scores["log_ratio_rmse"]).all()
    assert np.isfinite(scores["expected_gap"]).all()
    assert (scores["expected_bayes_accuracy"] == 1).all()


def test_captions_write_out_no_long_list():
    assert distributions(normal(0.5)) == "``norm(loc=0.5, scale=1)``"
    assert distributions(HUMPS) == "0.3 ``norm(loc=-1, scale=1)`` + 0.7 ``norm(loc=2, scale=1)``"
    assert distributions([{"norm": {}, "times": 200}]) == "``norm()``, 200 times"
    assert distributions(correlated([0, 1], 0.5)) == "``multivariate_normal(mean=[0, 1], cov=[[1, 0.5], [0.5, 1]])``"
    one, two = "``norm(loc=0, scale=1)``", "``norm(loc=1, scale=1)``"
    assert distributions([*mixture(normal(0), normal(1)), *normal(0)]) == f"(0.5 {one} + 0.5 {two}) × {one}"
    nested = mixture(mixture(normal(0), normal(1)), normal(1))
    assert distributions(nested) == f"0.5 (0.5 {one} + 0.5 {two}) + 0.5 {two}"
    assert distributions([mixture(normal(0), normal(1))[0] | {"times": 3}]) == f"(0.5 {one} + 0.5 {two}), 3 times"
    wide = [{"multivariate_normal": {"mean": [0.0] * 9, "cov": np.eye(9).tolist()}}]
    assert distributions(wide) == "``multivariate_normal`` of 9 coordinates"
    assert distributions(normal(*range(200))).endswith("× … (200 distributions)")
    assert distributions(mixture(*map(normal, range(200)))).endswith("+ … (200 components)")
    assert max(len(distributions(group)) for group in (wide, normal(*range(200)))) < 120


@pytest.mark.usefixtures("refusal")
@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"mixture": [{"weight": 0.3, "norm": {}}, {"norm": {}}]}, "a weight of every component of a, .* found 1 of 2"),
        ({"mixture": [[{"norm": {}}] * 2, {"norm": {}}]}, "as many coordinates in every component of a; found 2, 1"),
        ([{"norm": {}, "times": 3}], "as many coordinates in every group; found 3 in a, 1 in b"),
        ({"multivariate_normal": {"mean": [0, 0], "cov": [[1, 0]]}}, "2 rows of 2 as cov of a, .* found rows of 2$"),
        ({"multivariate_t": {"loc": [0, 0], "shape": [[1, 0, 0], [0, 1]], "df": 3}}, "as shape of a.* rows of 3, 2$"),
        ({"multivariate_normal": {"mean": [0, 0], "cov": [[1, 0.5], [0.4, 1]]}}, "symmetric .* 0.5 in row 1 and 0.4"),
        (
            {"multivariate_normal": {"mean": [0, 0], "cov": [[1, 1], [1, 1]]}},
            "a positive definite matrix as cov of a, .* found 0$",
        ),
        ({"mixture": [{"multivariate_normal": {"mean": [0, 0], "cov": [[0, 0], [0, 1]]}}] * 2}, "positive definite"),
    ],
    ids=str,
)
def test_what_does_not_fit_together_is_refused(group, said):
    task = [["a", make_group(group)], ["b", normal(0)]]
    first, *_ = faults_of_task(task, [1.0], (), ())
    assert re.search(said, first.message)


@pytest.mark.parametrize(
    ("group", "held", "refused"),
    [
        (correlated([1000, 0], 0.6), 0.178, 0.175),  # 0.1 over 1/‖L⁻¹‖ = 0.566, a bound of √0.4
        (mixture(normal(100), normal(0)), 0.0101, 0.0099),
        (student([0, 0], 0.0, 0.5), 3.3e20, 3.5e20),
    ],
    ids=str,
)
def test_scales_that_float32_cannot_hold_are_those_of_the_worst_component(group, held, refused):
    task = [["a", group], ["b", normal(*[0] * dimension(group))]]
    assert [len(faults_of_task(task, [scale], (), ())) for scale in (held, refused)] == [0, 1]
