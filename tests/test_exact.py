"""Exact scores: against simulation, against what is known, and the inequalities that hold for any network."""

import numpy as np
import pytest
import torch
from applicability.learners.network import StackedNetwork
from applicability.scores.curves import curves_of
from applicability.scores.evaluation import diverged, evaluate, scores_of
from applicability.scores.exact import decided, exact, regions
from applicability.scores.quadrature import infinite_moments
from applicability.tasks.truth import Truth
from conftest import LINE, TASKS, draws_of, make_cell, two
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logsumexp, xlogy
from scipy.stats import norm

GAUSSIANS = two({"norm": {"loc": 1.0}}, {"norm": {"loc": 2.0}})


def random_network(seed, replicates=1, gain=3.0, activation="relu", outputs=1) -> StackedNetwork:
    """Networks of random weights in float64; a gain above 1 gives them several boundaries."""
    generators = [torch.Generator().manual_seed(seed + index) for index in range(replicates)]
    network = StackedNetwork.initial([1, 16, 16, outputs], generators, activation).to(torch.float64)
    for weight in network.weights:
        weight *= gain
    return network


def exact_of(network: StackedNetwork, truth: Truth) -> dict[str, np.ndarray]:
    return exact(truth, lambda x: network.logits(x[..., None]))


def finely(task: list, scale: float, logits, cells: int = 100_000) -> dict[str, float]:
    """Scores by the midpoint rule in narrow cells around each group, wider outwards; logits are [1 or G, M]."""
    groups = []
    for _, [distribution] in task:
        [(name, options)] = distribution.items()
        groups.append(getattr(stats, name)(**options | {"scale": options.get("scale", 1.0) * scale}))
    steps = scale * np.sinh(np.linspace(-16, 16, cells))
    edges = np.concatenate([place for group in groups for place in (group.median() + steps, group.support())])
    edges = np.unique(edges[np.isfinite(edges)])
    x = (edges[1:] + edges[:-1]) / 2
    mass = np.stack([group.pdf(x) for group in groups]) * np.diff(edges) / len(groups)
    anywhere = mass.sum(0)
    x, mass, anywhere = x[anywhere > 0], mass[:, anywhere > 0], anywhere[anywhere > 0]
    own, given = mass / anywhere, logits(x)
    given = np.concatenate([-given, given]) if len(groups) == 2 else given
    found, aucs, squares = expit(given), [], 0.0
    for group, inside in enumerate(mass):
        _, place = np.unique(given[group], return_inverse=True)
        rest, among = np.bincount(place, anywhere - inside), np.bincount(place, inside)
        aucs.append(((rest.cumsum() - rest / 2) * among).sum() / rest.sum() / among.sum())
        squares += (inside * ((found - np.eye(len(groups))[group][:, None]) ** 2).sum(0)).sum() / 2
    loss = (mass * np.logaddexp(0, -given)).sum()
    logs = np.stack([group.logpdf(x) for group in groups])
    away = given - [logs[group] - logsumexp(np.delete(logs, group, 0), axis=0) for group in range(len(groups))]
    return {
        "accuracy": mass[given.argmax(0), np.arange(len(x))].sum(),
        "bayes_accuracy": mass.max(0).sum(),
        "log_loss": loss,
        "brier": squares,
        "auc": np.mean(aucs),
        "posterior_error": (anywhere * abs(found - own)).sum() / 2,
        "excess_log_loss": loss + xlogy(mass, own).sum(),
        "information": np.log(len(groups)) - loss,
        "log_ratio_rmse": np.sqrt((anywhere * away**2).mean(0).sum()),
    }


MIXED = [["a", [{"t": {"df": 3.0}}]], ["b", [{"norm": {"loc": 1.0}}]], ["c", [{"laplace": {"loc": 2.0, "scale": 2.0}}]]]
WITHIN = {"log_loss": 1e-5, "excess_log_loss": 1e-5, "information": 1e-5, "brier": 5e-6}
WITHIN |= {"auc": 5e-5, "posterior_error": 2e-5, "accuracy": 2e-4, "bayes_accuracy": 1e-6}


@pytest.mark.parametrize("task", [*TASKS, LINE, MIXED], ids=str)
@pytest.mark.parametrize(("scale", "seed"), [(0.6, 0), (2.0, 1)])
def test_exact_scores_of_relu_networks_agree_with_a_finer_quadrature(task, scale, seed):
    """Steep networks, of kinks; docs/decisions.md tells how near. The finer one knows boundaries to a cell."""
    network = random_network(seed, outputs=1 if len(task) == 2 else 3)
    scores = exact_of(network, Truth.of(task, scale))
    for name, value in finely(task, scale, lambda x: network.logits(x[None, :, None])[0].T).items():
        if name != "log_ratio_rmse":
            assert scores[name][0] == pytest.approx(value, abs=WITHIN[name]), name
        elif np.isfinite(value) and "'t'" not in str(task):  # of Student's t and a Gaussian it does not exist
            assert scores[name][0] == pytest.approx(value, rel=1e-4)


def test_exact_scores_agree_with_draws():
    task, m, scale = TASKS[4], 500_000, 0.6
    truth, network = Truth.of(task, scale), random_network(1)
    cell = make_cell(task=task, scale=scale, replicates=1, n=m)
    draws = draws_of(cell, "test", m)
    scores = scores_of(network, evaluate(network, draws), truth, cell, draws, draws)
    for name in ("accuracy", "bayes_accuracy", "log_loss", "brier", "auc", "calibration_error"):
        assert scores[name][0] == pytest.approx(scores[f"exact_{name}"][0], abs=3 / np.sqrt(m)), name


def test_several_boundaries_are_all_found():
    curves = {2: lambda x: (x - 1) * (x - 2.5), 3: lambda x: (x - 1) * (x - 1.5) * (x - 1.501), 0: lambda x: x * 0 + 1}
    truth = Truth.of(GAUSSIANS, 0.5)
    logits = {count: (lambda x, curve=curve: curve(x)[..., None]) for count, curve in curves.items()}
    for count, logit in logits.items():
        scores = exact(truth, logit)
        assert scores["boundaries"][0] == count
        assert scores["collapsed"][0] == (count == 0)
    np.testing.assert_allclose(exact(truth, logits[2])["boundary"], 1)
    np.testing.assert_allclose(exact(truth, logits[2])["boundary_error"], -0.5)
    between = norm.cdf(2.5, 1, 0.5) - norm.cdf(1, 1, 0.5)
    beyond = norm.cdf(1, 2, 0.5) + norm.sf(2.5, 2, 0.5)
    assert exact(truth, logits[2])["accuracy"][0] == pytest.approx((between + beyond) / 2)


def test_edges_are_exact_to_the_last_digits():
    thresholds = np.array([[0.3], [1.7], [99.0]])
    x = np.linspace(0, 2, 101)
    edges, labels = regions(x > thresholds, x, lambda places: places > thresholds)
    np.testing.assert_allclose(edges[:2], thresholds[:2], rtol=1e-12)
    assert edges[2] == np.inf
    assert labels[:2].tolist() == [[0, 1], [0, 1]]


def test_where_the_likeliest_are_alike_the_decision_before_goes_on_if_it_is_one_of_them():
    two = np.array([[[1e-13, -5.0, 1e-13, -1e-13, 5.0, -1e-13]]])  # at first that of the first sure place
    assert decided(two).tolist() == [[0, 0, 0, 0, 1, 1]]
    three = np.array([[5.0, 1.0, -5.0, -5.0], [-5.0, 1 + 1e-13, 1 + 1e-13, 1.0], [-5.0, -5.0, 1.0, 1 + 1e-13]])
    assert decided(three[None]).tolist() == [[0, 0, 1, 2]]


@pytest.mark.parametrize("scale", [0.2, 0.5, 1.0, 2.0])
def test_a_shifted_threshold_costs_what_the_formula_says(scale):
    """Excess error Δφ(Δ/2)(t − t*)²/(4·scale²) + O((t − t*)⁴)."""
    truth, distance = Truth.of(GAUSSIANS, scale), 1 / scale
    shift = 0.01 * scale
    scores = exact(truth, lambda x: x[..., None] - 1.5 - shift)
    expected = distance * norm.pdf(distance / 2) * shift**2 / (4 * scale**2)
    assert scores["gap"][0] == pytest.approx(expected, rel=1e-3)
    assert scores["boundary_error"][0] == pytest.approx(shift, rel=1e-9)


def assert_no_better_than_the_truth(truth: Truth, scores: dict[str, np.ndarray]) -> None:
    """What holds for any rule of any task."""
    excess, gap = scores["excess_log_loss"], scores["gap"]
    best = exact(truth, lambda x: truth.logits(x[..., None]))
    assert (excess >= -1e-9).all()
    assert (gap <= np.sqrt(2 * np.maximum(excess, 0)) + 1e-9).all()
    assert (scores["accuracy"] <= best["accuracy"] + 1e-12).all()
    assert (scores["information"] <= best["information"] + 1e-9).all()
    assert (gap <= 2 * scores["posterior_error"] + 1e-6).all()


@given(
    st.sampled_from(TASKS),
    st.floats(0.05, 20),
    st.floats(0.05, 0.95),
    st.integers(0, 10**6),
    st.floats(0.1, 10),
    st.sampled_from(["relu", "tanh", "sigmoid"]),
)
@settings(max_examples=40, deadline=None)
def test_no_network_on_any_task_beats_the_truth(task, scale, weight, seed, gain, activation):
    truth = Truth.of(task, scale, [weight, 1 - weight])
    assert_no_better_than_the_truth(truth, exact_of(random_network(seed, 2, gain, activation), truth))


def test_a_diverged_network_has_no_score_and_no_curve_but_the_references_have_theirs():
    """Of three one has a parameter that is no number, and one such a logit on a single draw."""
    cell = make_cell()
    truth, training, test = Truth.of(cell.task, cell.scale), draws_of(cell, "train", 20), draws_of(cell, "test", 50)
    network = random_network(0, 3)
    network.weights[0][1] = np.nan
    logits = evaluate(network, test)
    logits[2, 0, 7] = np.nan
    scores = scores_of(network, logits, truth, cell, training, test)
    references = {"bayes_accuracy", "exact_bayes_accuracy", "plugin_accuracy", "plugin_gap"}
    assert scores.pop("diverged").tolist() == [False, True, True]
    for name, values in scores.items():
        missing = name.removeprefix("exact_").startswith(("boundary", "precision"))  # the sound one collapsed
        assert np.isfinite(values[0]) or missing
        assert (np.isfinite(values[1:]) == (name in references)).all()
    curves = curves_of(network, logits, truth, test)
    for name in ("share", "probability", "frequency"):
        assert [np.isfinite(each).any() for each in curves[name]] == [True, False, False]
    assert [np.isfinite(each).all() for each in curves["logits"]] == [True, False, False]


@pytest.mark.parametrize(
    ("weight", "bias", "gone"),
    [(0, 13.8, False), (0, 13.95, True), (0, np.nan, True), (0, np.inf, True), (-np.inf, 0, True)],
)
def test_what_counts_as_diverged(weight, bias, gone):
    """A network of one logit for all draws, of which half are of each group, costs half of it; guessing costs 0.69 nat.
    ReLU makes 0 of a first weight of −inf."""
    cell = make_cell()
    truth, draws = Truth.of_cell(cell), draws_of(cell, "train", 20)
    network = random_network(0, 3, gain=1)
    for parameter in network.parameters:
        parameter[1] = 0
    network.weights[0][1], network.biases[-1][1] = weight, bias
    logits = evaluate(network, draws)
    assert diverged(network, logits, logits, truth, cell.counts).tolist() == [False, gone, False]
    spoilt = logits.copy()
    spoilt[2, 0, 5] = np.nan  # on either draws
    for pair in ((spoilt, logits), (logits, spoilt)):
        assert diverged(network, *pair, truth, cell.counts).tolist() == [False, gone, True]


def test_the_plug_in_gap_is_to_the_exact_optimum():
    cell = make_cell()
    truth, training, test = Truth.of(cell.task, 0.5), draws_of(cell, "train", 20), draws_of(cell, "test", 50)
    network = random_network(0, 3)
    scores = scores_of(network, evaluate(network, test), truth, cell, training, test)
    np.testing.assert_allclose(scores["plugin_gap"], norm.cdf(1) - scores["plugin_accuracy"], atol=1e-12)
    np.testing.assert_allclose(scores["exact_gap"], norm.cdf(1) - scores["exact_accuracy"], atol=1e-12)


def test_a_rule_whose_boundary_no_draw_ever_crosses_has_collapsed():
    truth = Truth.of(GAUSSIANS, 0.5)
    for threshold, gone in ((1.5, 0), (1.0 - 3.9 * 0.5, 1), (1.0 - 3.5 * 0.5, 0), (2.0 + 3.9 * 0.5, 1), (-9.0, 1)):
        scores = exact(truth, lambda x, threshold=threshold: x[..., None] - threshold)
        assert scores["collapsed"][0] == gone
        assert np.isnan(scores["boundary"][0]) == np.isnan(scores["boundary_error"][0]) == bool(gone)


def test_curves_are_what_the_networks_say():
    cell = make_cell()
    truth, test = Truth.of(cell.task, cell.scale), draws_of(cell, "test", 300)
    network = random_network(0, 3)
    curves = curves_of(network, evaluate(network, test), truth, test)
    x = curves["x"]
    assert (len(x), x[0], x[-1]) == (201, -1.5, 4.5)  # five scales beyond the means
    np.testing.assert_allclose(curves["true_logits"], (x - 1.5) / 0.25)
    np.testing.assert_allclose(curves["logits"], network.logits(x[None]), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose((curves["share"] * curves["frequency"]).sum(2), 0.5)
    mean = (curves["share"] * curves["probability"]).sum(2)
    np.testing.assert_allclose(mean, expit(evaluate(network, test)).mean(2))


T3, CAUCHY = {"t": {"df": 3.0, "loc": 1.0}}, {"cauchy": {}}
LOSSES = {"log_loss", "excess_log_loss", "information"}
INFINITE = [  # groups, log-odds of a rule, and which of its expectations do not exist
    (TASKS[0], lambda x: 3 * x, set()),
    (two({"norm": {}}, T3), lambda x: x, {"log_ratio_rmse"}),  # the true log-ratio grows as x², its square as x⁴
    (two({"t": {"df": 5.0}}, {"t": {"df": 5.0, "loc": 1.0}}), lambda x: abs(x) - 1, {"ratio_mae"}),
    (two(CAUCHY, {"cauchy": {"loc": 2.0}}), lambda x: x - 1, {*LOSSES, "log_ratio_rmse", "ratio_mae"}),
    (two(CAUCHY, {"cauchy": {"loc": 2.0}}), lambda x: np.tanh(x - 1), set()),
    (two({"uniform": {}}, {"uniform": {"loc": 0.5}}), lambda x: x, {"log_ratio_rmse"}),  # of one group alone in places
]


@pytest.mark.parametrize(("task", "rule", "infinite"), INFINITE)
def test_an_expectation_that_does_not_exist_is_missing(task, rule, infinite):
    scores = exact(Truth.of(task, 1.0), lambda x: rule(x)[..., None])
    names = {*LOSSES, "log_ratio_rmse", "ratio_mae", "posterior_error", "brier", "accuracy", "gap"}
    assert {name for name in names if not np.isfinite(scores[name][0])} == infinite


def test_expectations_have_their_known_values():
    """Of t₃ E x² is 3. Over draws of a the mean of r is 1, and that of |1 − r| is ∫ |p(x | b) − p(x | a)| dx."""
    alike = exact(Truth.of(two({"t": {"df": 3.0}}, {"t": {"df": 3.0}}), 1.0), lambda x: x[..., None])
    assert alike["log_ratio_rmse"][0] == pytest.approx(np.sqrt(3), rel=1e-3)
    gaussians = Truth.of(TASKS[0], 1.0)
    for rule, mae in (
        (lambda x: 0 * x, 4 * norm.cdf(0.5) - 2),
        (lambda x: x - 1.5 + np.log(2), 1),
        (lambda x: x - 1.5, 0),
    ):
        assert exact(gaussians, lambda x, rule=rule: rule(x)[..., None])["ratio_mae"][0] == pytest.approx(mae, abs=1e-6)
    disjoint = Truth.of(two({"uniform": {}}, {"uniform": {"loc": 0.25}}), 1.0)  # r is 0 below 0.25 and 1 above
    assert exact(disjoint, lambda x: 0 * x[..., None])["ratio_mae"][0] == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize(
    ("second", "infinite"),
    [
        ({"norm": {"loc": 2.0}}, (False, False)),
        ({"t": {"df": 2.0}}, (False, True)),
        ({"cauchy": {}}, (True, True)),
        ({"uniform": {}}, (False, True)),
    ],
    ids=str,
)
def test_in_more_dimensions_the_moments_of_each_coordinate_decide(second, infinite):
    norms = [{"norm": {}}, {"norm": {}}]
    task = [["a", [*norms, {"norm": {}}]], ["b", [*norms, second]]]
    assert infinite_moments(Truth.of(task, 1.0)) == infinite
    cell, truth = make_cell(task=task, scale=1.0, replicates=1), Truth.of(task, 1.0)
    training, draws = draws_of(cell, "train", 20), draws_of(cell, "test", 50)
    network = StackedNetwork.initial([3, 4, 1], [torch.Generator().manual_seed(0)], "relu").to(torch.float64)
    scores = scores_of(network, evaluate(network, draws), truth, cell, training, draws)
    assert (np.isnan(scores["excess_log_loss"][0]), np.isnan(scores["log_ratio_rmse"][0])) == infinite
    assert np.isfinite([scores[name][0] for name in ("log_loss", "posterior_error", "expected_gap")]).all()
