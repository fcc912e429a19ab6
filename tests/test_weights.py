"""Groups that are not alike in number: the truth, scores and training go by their weights; known values throughout."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.figures import ratio
from applicability.learners.discriminant import RULES, discriminant, named_by, sample_covariance
from applicability.learners.fitting import fit
from applicability.learners.network import StackedNetwork
from applicability.scores.curves import curves_of
from applicability.scores.evaluation import diverged, evaluate, reference_accuracies, scores_of
from applicability.scores.exact import exact
from applicability.scores.neighbours import bounds_of, expected_errors
from applicability.scores.optimum import draws_for_bounds, optimum_of
from applicability.scores.ranking import RECALLS, roc
from applicability.scores.score import own_group, score
from applicability.stages.describe import describe
from applicability.storage import tables
from applicability.study.cell import shares_of
from applicability.tasks.sample import sample, sample_once
from applicability.tasks.truth import Truth
from checkouts import ROOT
from conftest import LINE, TASKS, draws_of, in_groups, make_cell, make_learner, two
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from studies import by_stages, studies_of

CPU = torch.device("cpu")
RING = f"{ROOT}/config/groups/ring.py:Ring"
RARE = [0.95, 0.05]
GAUSSIANS = two({"norm": {}}, {"norm": {"loc": 2.0}})  # at 0 and 2
LINEAR = {"a": {"norm": {}}, "b": {"norm": {"loc": 2}}}


def boundary(scale: float, weights: list[float]) -> float:
    """Where the optimal rule of GAUSSIANS changes: halfway, moved by the log-odds of the weights."""
    return 1 + scale**2 / 2 * np.log(weights[0] / weights[1])


def entry(**changes) -> dict:
    """A study as a config has it."""
    learner = {"hidden": [8], "steps": 100, "standardise": True}
    usual = {"task": LINEAR, "sample_sizes": [10, 40], "replicates": 5, "test_draws": 400, "learners": {"net": learner}}
    return usual | changes


def linear(slope: float, offset: float) -> StackedNetwork:
    """A network of one replicate on a line, of log-odds slope·x + offset."""
    weight, bias = (torch.tensor([[[value]]], dtype=torch.float64) for value in (slope, offset))
    return StackedNetwork([weight], [bias], "relu")


@given(st.lists(st.floats(1e-6, 1), min_size=2, max_size=6), st.integers(0, 60))
def test_draws_are_shared_by_weights_with_one_each_and_never_fewer_of_more(given, more):
    weights, groups = [each / sum(given) for each in given], len(given)
    counts = shares_of(groups + more, weights)
    assert sum(counts) == groups + more
    assert min(counts) >= 1
    assert all(one <= other for one, other in zip(counts, shares_of(groups + more + 1, weights), strict=True))
    one_by_one = [1] * groups
    for _ in range(more):
        one_by_one[int(np.argmax([w / (2 * c + 1) for w, c in zip(weights, one_by_one, strict=True)]))] += 1
    assert counts == one_by_one


def test_shares_of_many_draws_are_the_weights():
    assert shares_of(20, RARE) == [19, 1]
    assert shares_of(200, [0.5, 0.3, 0.2]) == [100, 60, 40]
    assert shares_of(2 * 10**9, [0.999, 0.001]) == [1_998_000_000, 2_000_000]
    assert shares_of(4, [0.999, 0.001]) == [3, 1]


@pytest.mark.parametrize("weights", [RARE, [0.3, 0.7]])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_optimum_of_two_gaussians_is_known(scale, weights):
    """By its boundary; the areas by quadrature over the threshold."""
    row = optimum_of(make_cell(task=GAUSSIANS, scale=scale, weights=weights))
    edge, (first, second) = boundary(scale, weights), weights
    recalls = norm.cdf(edge / scale), norm.sf((edge - 2) / scale)
    named = first * (1 - recalls[0]), second * recalls[1]
    assert row["boundary"] == pytest.approx(edge, abs=1e-9)
    assert [row["recall_a"], row["recall_b"]] == pytest.approx(recalls, abs=1e-12)
    assert row["accuracy"] == pytest.approx(np.dot(weights, recalls), abs=1e-12)
    assert row["balanced_accuracy"] == pytest.approx(np.mean(recalls), abs=1e-12)
    assert row["precision_b"] == pytest.approx(named[1] / sum(named), abs=1e-10)
    assert row["guessing"] == max(weights)
    assert row["auc"] == pytest.approx(norm.cdf(np.sqrt(2) / scale), abs=1e-5)  # whatever the weights
    assert np.isnan([row["plugin_constant"], row["plugin_from"], row["midpoint_constant"]]).all()

    def precision(threshold: float) -> float:
        found, false = second * norm.sf((threshold - 2) / scale), first * norm.sf(threshold / scale)
        return found / (found + false) * norm.pdf((threshold - 2) / scale) / scale

    area = quad(precision, 2 - 8 * scale, 2 + 8 * scale, epsabs=1e-10, limit=200)[0]
    assert row["pr_auc_b"] == pytest.approx(area, abs=2e-6)
    entropy = -np.dot(weights, np.log(weights))
    assert row["information"] == pytest.approx(entropy - row["log_loss"], abs=1e-12)
    alike = optimum_of(make_cell(task=GAUSSIANS, scale=scale))
    assert row["training_log_loss"] == alike["log_loss"] == alike["training_log_loss"]  # balanced
    shared = optimum_of(make_cell(task=GAUSSIANS, scale=scale, weights=weights, training="as_weights"))
    assert shared["training_log_loss"] == shared["log_loss"] == row["log_loss"]


def test_in_more_dimensions_and_of_more_groups_the_optimum_is_as_on_a_line(monkeypatch):
    """Draws of 3 coordinates, of which one tells: exact; and by draws within five standard errors."""
    monkeypatch.setattr("applicability.scores.optimum.ERROR", 3e-4)
    line = make_cell(task=LINE, scale=0.5, weights=[0.7, 0.2, 0.1])
    space = replace(line, task=[[name, [*one, {"norm": {}}, {"t": {"df": 3.0}}]] for name, one in LINE])
    known, found = optimum_of(line), optimum_of(space)
    assert [found[name] for name in found] == pytest.approx([known[name] for name in found], nan_ok=True, abs=0)
    monkeypatch.setattr("applicability.scores.optimum.on_a_line", lambda task: None)
    drawn = optimum_of(space)
    assert 0 < drawn["accuracy_error"] <= 3e-4
    assert drawn["accuracy"] == pytest.approx(known["accuracy"], abs=5 * drawn["accuracy_error"])
    for name in ("log_loss", "information", "auc", "recall_c", "precision_b", "pr_auc_a", "training_log_loss"):
        assert drawn[name] == pytest.approx(known[name], abs=4e-3), name


@pytest.mark.parametrize("weights", [RARE, [0.5, 0.5]])
@pytest.mark.parametrize(("law", "scale"), [({"t": {"df": 3.0}}, 1.0), ({"cauchy": {}}, 1.0), ({"norm": {}}, 5.0)])
def test_areas_are_exact_in_heavy_tails_too(law, scale, weights):
    """Of the rule that falls at x: the mean precision over the draws of the second group; and all areas are numbers."""
    [(name, parameters)] = law.items()
    truth = Truth.of(two(law, {name: parameters | {"loc": 2.0}}), scale, weights)
    first, second = (group.law for group in truth.components())

    def precision(share: float) -> float:
        threshold = second.isf(share)
        false = weights[0] * first.sf(threshold)
        return weights[1] * share / (weights[1] * share + false)

    area = quad(precision, 0, 1, epsabs=1e-9, limit=500)[0]
    found = exact(truth, lambda x: x[..., None])["pr_auc"]
    assert found[0, 1] == pytest.approx(area, abs=1e-5)
    assert np.isfinite(found).all()
    assert np.isfinite(exact(truth, lambda x: truth.logits(x[..., None]))["pr_auc"]).all()


def test_the_area_under_precision_and_recall_is_that_by_hand():
    """Draws of falling logits b, a, b: precision 1 until recall ½; ½ there, then along (½ + r)/(1 + r) to ⅔."""
    scores = score(np.array([[[2.0, 3.0, 1.0]]]), own_group([1, 2]))
    behind = quad(lambda r: (0.5 + r) / (0.5 + r + 0.5), 0, 0.5)[0]
    assert scores["pr_auc"][0, 1] == pytest.approx(0.5 + behind)
    assert scores["pr_auc"][0, 0] == pytest.approx(quad(lambda r: r / (r + 1), 0, 1)[0])  # one a, below a b
    tied = score(np.zeros((1, 1, 3)), own_group([1, 2]))
    assert tied["pr_auc"][0] == pytest.approx([1 / 3, 2 / 3])  # guessing has the share of the group
    apart = score(np.array([[[-1.0, 1.0, 2.0]]]), own_group([1, 2]))
    assert apart["pr_auc"][0] == pytest.approx([1, 1])


@given(st.lists(st.integers(-3, 3), min_size=8, max_size=8), st.floats(0.05, 0.95))
def test_the_roc_goes_with_the_areas(values, weight):
    """The mean of precision over recalls is its area; recall of the first group over recalls of the second the AUC."""
    logits, mass = np.array([values], float), own_group([4, 4], [1 - weight, weight])
    scores, (false, precision) = score(logits[None], mass), roc(logits, mass)
    assert np.trapezoid(1 - false[0], RECALLS) == pytest.approx(scores["auc"][0], abs=0.01)
    assert np.trapezoid(precision[0], RECALLS) == pytest.approx(scores["pr_auc"][0, 1], abs=0.03)
    assert (np.diff(false[0]) >= -1e-12).all()
    assert false[0, -1] <= 1 + 1e-12


def test_draws_of_each_group_count_by_its_weight():
    """40 draws of each group, weighed, score as 760 and 40 do that are as many as the weights say."""
    rng = np.random.default_rng(0)
    logits = rng.normal([[[-1.0] * 40 + [1.0] * 40]], 2)
    weighed = score(logits, own_group([40, 40], RARE))
    repeated = np.concatenate([*[logits[..., :40]] * 19, logits[..., 40:]], axis=2)
    for name, values in score(repeated, own_group([760, 40])).items():
        np.testing.assert_allclose(weighed[name], values, atol=1e-12, err_msg=name)
    assert weighed["accuracy"] == pytest.approx(np.dot(RARE, weighed["recall"][0]))


def test_what_no_draw_is_named_has_no_precision():
    scores = score(np.full((1, 1, 4), -1.0), own_group([2, 2], RARE))
    assert scores["precision"][0, 0] == 0.95
    assert np.isnan(scores["precision"][0, 1])
    assert scores["recall"][0].tolist() == [1, 0]


@pytest.mark.parametrize("task", [GAUSSIANS, LINE])
@pytest.mark.parametrize("standardise", [False, True])
def test_balanced_networks_are_brought_to_the_weights_afterwards(task, standardise):
    """Trained on the same draws, their log-odds differ by the log of the weights' ratio."""
    weights = [0.6, 0.3, 0.1][-len(task) :]
    weights = [each / sum(weights) for each in weights]
    learner, plain = make_learner(standardise=standardise), make_cell(task=task)
    cell, draws = replace(plain, weights=weights), sample(plain, "train", plain.counts)
    np.testing.assert_array_equal(sample(cell, "train", cell.counts), draws)
    one, other = (fit(each, learner, draws, CPU) for each in (plain, cell))
    assert torch.equal(one[1], other[1])  # losses
    x = np.linspace(-3, 5, 9)[None, :, None]
    moved = other[0].outputs(x) - one[0].outputs(x)
    shift = np.diff(np.log(weights)) if len(task) == 2 else np.log(weights) + np.log(3)
    np.testing.assert_allclose(moved, np.broadcast_to(shift, moved.shape), atol=1e-5)


def test_draws_as_weights_are_trained_on_as_they_are():
    """Of 40 draws 38 are of the first group. Of 4 at weights 0.999 and 0.001 one is of the second: the log-odds make
    up for that."""
    cell = make_cell(task=GAUSSIANS, weights=RARE, training="as_weights")
    assert cell.counts == [38, 2]
    draws = sample(cell, "train", cell.counts)
    assert draws.shape == (3, 40, 1)
    np.testing.assert_array_equal(draws[:, :20], draws_of(cell, "train", 20)[:, :20])  # the first of the same stream
    learner, x = make_learner(steps=3), np.zeros((1, 1, 1))
    few = make_cell(task=GAUSSIANS, n=2, weights=[0.999, 0.001], training="as_weights")
    assert few.counts == [3, 1]
    exactly = replace(few, weights=[0.75, 0.25])
    assert exactly.counts == few.counts
    away = [fit(each, learner, sample(each, "train", each.counts), CPU)[0].outputs(x) for each in (few, exactly)]
    np.testing.assert_allclose(away[0] - away[1], np.log(0.001 / 0.999) - np.log(1 / 3), atol=1e-5)


def test_the_test_draws_are_as_many_of_each_group_whatever_the_training():
    cell = make_cell(weights=RARE, training="as_weights")
    assert cell.of_tests().counts == [50, 50]
    assert cell.of_tests() == replace(cell, training="balanced").of_tests()


def test_the_reference_rules_know_the_weights():
    """Their threshold is halfway, moved by s²·ln(w_a/w_b)/(m_b − m_a), whatever the shares of the draws."""
    draws = np.random.default_rng(0).normal(size=(4, 50, 1)) + np.repeat([0.0, 2.0], [40, 10])[:, None]
    slopes, offsets = discriminant(draws, [40, 10], np.array(RARE), sample_covariance)
    first, second = draws[:, :40, 0], draws[:, 40:, 0]
    variance = (40 * first.var(1) + 10 * second.var(1)) / 50
    apart = second.mean(1) - first.mean(1)
    edges = (first.mean(1) + second.mean(1)) / 2 + variance * np.log(19) / apart
    for side, named in ((-1e-6, 0), (1e-6, 1)):
        assert (named_by(slopes, offsets, edges[:, None, None] + side) == named).all()


def test_reference_rules_are_near_the_optimum_of_gaussians_at_any_weights():
    plane = [["a", [{"norm": {}}] * 2], ["b", [{"norm": {"loc": 2.0}}, {"norm": {}}]]]
    for task, weights in ((GAUSSIANS, RARE), (plane, RARE), (plane, [0.2, 0.8])):
        cell = make_cell(task=task, scale=1.0, n=2000, weights=weights, training="as_weights", test_draws=20_000)
        truth, training = Truth.of_cell(cell), sample(cell, "train", cell.counts)
        draws = draws_of(cell, "test", cell.test_draws)
        found = reference_accuracies(truth, cell, training, draws, None if truth.exact else truth.posterior(draws))
        assert set(found) == ({"plugin"} if truth.exact else {*RULES})
        for accuracies in found.values():
            np.testing.assert_allclose(accuracies, optimum_of(cell)["accuracy"], atol=4e-3)


def test_the_error_of_an_optimum_from_draws_is_its_scatter(monkeypatch):
    monkeypatch.setattr("applicability.scores.optimum.BATCH", 500)
    monkeypatch.setattr("applicability.scores.optimum.MOST", 1)
    task = [["a", [{"norm": {}}] * 2], ["b", [{"norm": {"loc": 2.0, "scale": 2.0}}] * 2]]
    found = [optimum_of(make_cell(task=task, scale=1.0, seed=seed, weights=[0.9, 0.1])) for seed in range(200)]
    accuracies, errors = ([each[name] for each in found] for name in ("accuracy", "accuracy_error"))
    assert np.mean(errors) == pytest.approx(np.std(accuracies), rel=0.2)  # of 200, known to a twentieth


def test_expected_scores_of_weighed_draws_are_those_on_a_line():
    """A rule that looks at the first of two coordinates; the second tells nothing."""
    plane = [[name, [*one, {"norm": {}}]] for name, one in GAUSSIANS]
    cell = make_cell(task=plane, scale=1.0, n=30, replicates=1, test_draws=50_000, weights=RARE)
    training, draws = draws_of(cell, "train", 30), draws_of(cell, "test", cell.test_draws)
    weight = torch.tensor([[[1.5], [0.0]]], dtype=torch.float64)
    network = StackedNetwork([weight], [torch.tensor([[[-3.0]]], dtype=torch.float64)], "relu")
    scores = scores_of(network, evaluate(network, draws), Truth.of_cell(cell), cell, training, draws)
    known = exact(Truth.of(GAUSSIANS, 1.0, RARE), lambda x: (1.5 * x - 3)[..., None])
    for name in ("accuracy", "bayes_accuracy", "gap"):
        assert scores[f"expected_{name}"] == pytest.approx(known[name], abs=2e-3), name
        assert scores[name] == pytest.approx(known[name], abs=4e-3), name
    for name in ("log_loss", "brier", "auc", "posterior_error", "excess_log_loss", "log_ratio_rmse"):
        assert scores[name] == pytest.approx(known[name], abs=0.02), name
    for index, group in enumerate("ab"):
        for name in ("recall", "precision", "pr_auc"):
            assert scores[f"{name}_{group}"] == pytest.approx(known[name][:, index], abs=0.02)


def test_the_ratio_is_that_of_densities_whatever_the_weights():
    """A network that knows the posterior knows the ratio; one that is off by a factor 2 is off by its mean, 1."""
    truth = Truth.of(GAUSSIANS, 1.0, RARE)
    assert exact(truth, lambda x: truth.logits(x[..., None]))["ratio_mae"] == pytest.approx(0, abs=1e-9)
    assert exact(truth, lambda x: truth.logits(x[..., None]) + np.log(2))["ratio_mae"] == pytest.approx(1, abs=1e-6)
    disjoint = Truth.of(two({"uniform": {}}, {"uniform": {"loc": 0.25}}), 1.0, RARE)  # r is 0 below 0.25, 1 above
    found = exact(disjoint, lambda x: np.full((*x.shape, 1), np.log(RARE[1] / RARE[0])))  # r̂ is 1
    assert found["ratio_mae"] == pytest.approx(0.25, abs=1e-6)


def test_a_network_that_guesses_has_not_diverged():
    """Its loss is the entropy of the weights, 0.008 here; one that has hardly begun has ln 2."""
    cell = make_cell(weights=[0.999, 0.001])
    truth, draws = Truth.of_cell(cell), draws_of(cell, "train", 20)
    for offset, gone in ((np.log(0.001 / 0.999), False), (0.0, False), (-60.0, False), (60.0, True)):
        network = linear(0.0, offset)
        logits = evaluate(network, draws[:1])
        assert diverged(network, logits, logits, truth, cell.counts).tolist() == [gone]


def test_curves_of_two_groups_have_the_roc_of_the_truth():
    """ROC of Gaussians: recall of one at the threshold of the other's; in the plane of draws by their posterior."""
    plane = [[name, [*one, {"norm": {}}]] for name, one in GAUSSIANS]
    for task, error in ((GAUSSIANS, 1e-4), (plane, 0.01)):
        cell = make_cell(task=task, scale=1.0, weights=RARE, test_draws=5000)
        draws = draws_of(cell, "test", cell.test_draws)
        size = len(task[0][1])
        network = StackedNetwork.initial([size, 4, 1], [torch.Generator().manual_seed(0)] * 3, "relu").in_double()
        logits = evaluate(network, draws)
        logits[1, 0, 3] = np.nan
        curves = curves_of(network, logits, Truth.of_cell(cell), draws)
        for name in ("false_positives", "precision"):
            assert np.isfinite(curves[name]).all(1).tolist() == [True, False, True]
        inside = slice(1, -1)
        false = norm.sf(norm.isf(curves["recall"][inside]) + 2)
        np.testing.assert_allclose(curves["true_false_positives"][inside], false, atol=error)
        precision = 0.05 * curves["recall"][inside] / (0.05 * curves["recall"][inside] + 0.95 * false)
        np.testing.assert_allclose(curves["true_precision"][inside], precision, atol=30 * error)
        frequency = np.nansum(curves["share"] * curves["frequency"], axis=2)
        np.testing.assert_allclose(frequency[[0, 2]], 0.05)


@pytest.mark.parametrize("training", ["balanced", "as_weights"])
def test_a_study_of_weights_goes_through_all_stages_and_says_so(tmp_path, training):
    config = entry(weights={"b": 1, "a": 19}, training=training, scales=[0.5, 3])
    study = studies_of({"studies": {"mine": config}})["mine"]
    assert study.weights == [0.95, 0.05]
    paths = by_stages(study, tmp_path)
    scores = tables.read(paths[0])
    assert (scores["exact_gap"] >= 0).all()
    shares = np.dot([0.95, 0.05], scores[["recall_a", "recall_b"]].T)
    np.testing.assert_allclose(scores["accuracy"], shares)
    assert (scores["exact_gap"] <= np.sqrt(2 * scores["excess_log_loss"]) + 1e-9).all()
    summary, optimum = (tables.read(path) for path in paths[1:3])
    parts = summary[[f"shortfall_{part}" for part in ("overlap", "data", "learner")]].sum(axis=1)
    np.testing.assert_allclose(1 - parts, summary["exact_accuracy_mean"])
    assert optimum["guessing"].tolist() == [0.95, 0.95]
    describe(study.json(), ["figures/verdict-net", "figures/detection-net"], paths, tmp_path / "captions.md")
    text = (tmp_path / "captions.md").read_text()
    assert "``a`` 0.95 and ``b`` 0.05" in text
    assert ("as many of each group" in text) == (training == "balanced")
    assert "At scale 3 naming one group unseen, right in 0.95, is within 0.5 points of the best possible too" in text
    assert "Dotted: the weight of the group" in text


def test_equal_weights_are_none_and_their_order_and_factor_do_not_matter():
    plain = studies_of({"studies": {"s": entry()}})["s"].json()
    assert studies_of({"studies": {"s": entry(weights={"b": 2, "a": 2}, training="as_weights")}})["s"].json() == plain
    one, other = (
        studies_of({"studies": {"s": entry(weights=weights)}})["s"].json()
        for weights in ({"a": 3, "b": 1}, {"b": 0.25, "a": 0.75})
    )
    assert one == other
    assert json.loads(one)["weights"] == [0.75, 0.25]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": {"a": 1}}, "weights: expected at least two entries; found a"),
        ({"weights": {"a": 1, "c": 1}}, "weights: expected a weight of each group, a, b; found those of a, c"),
        ({"weights": {"a": 1, "b": 0}}, "weights.b: expected a number > 0"),
        ({"weights": {"a": 1e30, "b": 1e-300}}, "weights: expected weights of which none is 0 beside the others"),
        ({"weights": [0.5, 0.5]}, "weights: expected"),
        ({"training": "as_weights"}, "training: expected the key weights beside as_weights; found none"),
        ({"training": "weighted", "weights": {"a": 1, "b": 2}}, "training: expected one of balanced, as_weights"),
    ],
)
def test_weights_that_are_none_are_refused(changes, said):
    with pytest.raises(InputError) as refused:
        validate({"studies": {"s": entry(**changes)}})
    assert str(refused.value).startswith(f"config: studies.s.{said}")


def test_draws_within_a_group_are_those_of_the_same_group_at_other_weights():
    """Common random numbers: the first draws of each group's stream."""
    one, other = (make_cell(task=TASKS[0], weights=weights, training="as_weights") for weights in (RARE, [0.6, 0.4]))
    assert (one.counts, other.counts) == ([38, 2], [24, 16])
    first, second = (sample(each, "train", each.counts) for each in (one, other))
    np.testing.assert_array_equal(first[:, :24], second[:, :24])
    np.testing.assert_array_equal(first[:, 38:], second[:, 24:26])
    np.testing.assert_array_equal(in_groups(draws_of(one, "train", 2))[:, 1], first[:, 38:])


def test_rows_of_a_table_are_taken_as_the_weights_say(tmp_path, monkeypatch):
    """300 rows of group 0 and 60 of group 1; in use one in ten is of group 1."""
    monkeypatch.chdir(tmp_path)
    rng, sick = np.random.default_rng(0), np.repeat([0, 1], [300, 60])
    table = pd.DataFrame({"x": rng.normal(3.0 * sick), "row": np.arange(360.0), "sick": sick})
    table.to_csv("rows.csv", index=False)
    task = {"table": {"file": "rows.csv", "group": "sick", "columns": ["row", "x"]}}
    learner = {"hidden": [4], "steps": 100, "standardise": True}
    config = {"task": task, "weights": {0: 9, 1: 1}, "training": "as_weights", "sample_sizes": [5, 100]}
    config |= {"replicates": 5, "test_draws": 20, "learners": {"net": learner}}
    study = studies_of({"studies": {"rows": config}})["rows"]
    cell = study.cell(1.0, 100)
    assert cell.counts == [180, 20]
    train, test = (sample(each, role, each.counts) for role, each in (("train", cell), ("test", cell.of_tests())))
    assert [(rows[..., 0] < 300).sum(1).tolist() for rows in (train, test)] == [[180] * 5, [20] * 5]
    for one, other in zip(train[..., 0], test[..., 0], strict=True):
        assert len({*one, *other}) == 240
    drawn, counts = draws_for_bounds(cell, Truth.of_cell(cell))
    assert counts == [300, 33]  # all of the group that is scarce
    assert sum(draws_for_bounds(make_cell(), Truth.of_cell(make_cell()))[1]) == 2**14  # of groups that have no end
    assert optimum_of(cell)["guessing"] == 0.9
    told = optimum_of(cell)
    assert told["neighbour_error"] == expected_errors(drawn, counts) / 333
    assert told["accuracy_lower_bound"] == max(0.9, 1 - told["neighbour_error_high"])
    paths = by_stages(study, tmp_path / "made")
    scores = tables.read(paths[0])
    np.testing.assert_allclose(scores["accuracy"], np.dot([0.9, 0.1], scores[["recall_0", "recall_1"]].T))
    describe(study.json(), ["figures/verdict-net"], paths, tmp_path / "captions.md")
    text = (tmp_path / "captions.md").read_text()
    assert "reaches at n = 100 in the replicate's own test" in text
    assert "One test draw more or less is 4.5 points at most" in text  # 0.9 of 20
    for sizes, weights, said in (
        (
            [156],
            {0: 9, 1: 1},
            "sample_sizes: expected no more draws than 0 has rows, 300: 280 beside 20 test draws; found 281, "
            "the share of 0 at n = 156",
        ),
        (
            [100],
            {0: 1, 1: 1},
            "sample_sizes: expected no more draws than 1 has rows, 60: 40 beside 20 test draws; found 100",
        ),
        ([100], {0: 1, 2: 1}, "weights: expected a weight of each group, 0, 1; found those of 0, 2"),
    ):
        with pytest.raises(InputError) as refused:
            validate({"studies": {"rows": config | {"sample_sizes": sizes, "weights": weights}}})
        assert str(refused.value) == f"config: studies.rows.{said}"


def test_of_weighed_groups_the_bounds_hold_on_a_line():
    """Of weights 0.8 and 0.2: the limit of the error is the mean of 1 − (sum of squared posteriors)."""
    cell = make_cell(task=GAUSSIANS, scale=1.0, weights=[0.8, 0.2])
    draws, counts = sample_once(cell, "optimum", shares_of(8000, cell.weights), 0), [6400, 1600]
    found, best = bounds_of(draws, counts), optimum_of(cell)["accuracy"]

    def integrand(x: float) -> float:
        joint = np.array([0.8, 0.2]) * norm.pdf(x, [0, 2])
        return joint.sum() - (joint**2).sum() / joint.sum()

    assert found["neighbour_error"] == pytest.approx(quad(integrand, -10, 12)[0], abs=0.015)
    assert found["accuracy_lower_bound"] < best < found["accuracy_upper_bound"]


def test_draws_of_a_class_follow_their_densities_at_any_weights(monkeypatch):
    """What a rule sorts right is asked of draws that are as many of each group, not of the weights."""
    monkeypatch.setattr("applicability.scores.optimum.ERROR", 1e-3)
    config = entry(task={name: {"python": RING, "radius": radius} for name, radius in (("in", 1), ("out", 2))})
    study = studies_of({"studies": {"rings": config | {"weights": {"in": 0.97, "out": 0.03}}}})["rings"]
    cell = replace(study.cell(1.0, 40), test_draws=2000)
    truth, train, test = Truth.of_cell(cell), draws_of(cell, "train", 40), draws_of(cell, "test", 2000)
    network = fit(cell, study.learners["net"], train, CPU)[0].in_double()
    scores = scores_of(network, evaluate(network, test), truth, cell, train, test)
    assert (scores["expected_gap"] >= 0).all()
    assert optimum_of(cell)["accuracy"] >= 0.97


def test_the_figure_of_the_ratio_shows_that_of_the_densities():
    """At the midpoint, 1, it is 0 whatever the weights."""
    cell = make_cell(task=GAUSSIANS, scale=1.0, weights=RARE)
    truth, x = Truth.of_cell(cell), np.linspace(-4, 6, 201)[:, None]
    true = truth.logits(x)
    figure = ratio.draw([(cell, x, true, np.repeat(true[None], 3, axis=0))], "net")
    for line in figure.axes[0].lines:
        places, values = line.get_data()
        assert np.interp(1.0, places, values) == pytest.approx(0, abs=1e-9)
