"""Classifiers of scikit-learn: scores against its own and against fine grids, certainty, decisions, what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.figures import catalogue
from applicability.learners.discriminant import named_by, reference_rules
from applicability.learners.estimators import fit_estimators, made, replicate_seed
from applicability.learners.estimators_tried import describe_estimator
from applicability.learners.predictor import is_linear
from applicability.scores.evaluation import evaluate, judge
from applicability.scores.score import OF_PROBABILITIES, distance, own_group, score
from applicability.scores.verdict import alike_learners
from applicability.study.learner import Estimator
from applicability.tasks.sample import sample
from applicability.tasks.truth import Truth
from conftest import LINE, PLANE, TASKS, draws_of, make_cell, make_learner, two
from sklearn import metrics
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neighbors import NearestCentroid
from studies import by_stages, make_study

FOREST, NEIGHBOURS = "ensemble.RandomForestClassifier", "neighbors.KNeighborsClassifier"
TREE, LOGISTIC, BAYES = "tree.DecisionTreeClassifier", "linear_model.LogisticRegression", "naive_bayes.GaussianNB"
BOOSTED, SVM, PERCEPTRON = "ensemble.HistGradientBoostingClassifier", "svm.SVC", "neural_network.MLPClassifier"
LINEAR, QUADRATIC = (f"discriminant_analysis.{name}DiscriminantAnalysis" for name in ("Linear", "Quadratic"))
SEVERAL = {FOREST: {"n_estimators": 20}, NEIGHBOURS: {"n_neighbors": 7}, LOGISTIC: {}, BAYES: {}, BOOSTED: {}}


def learner(path, cell, standardise=False, **options):
    """A classifier as reading a config describes it."""
    return Estimator(name="it", standardise=standardise, sklearn=described(path, options, cell))


def described(path, options, cell, most=200):
    """What a study keeps of a classifier whose smallest cell this is."""
    return describe_estimator(path, options, cell.json(), replace(cell, n=max(cell.n, most)).json())


def judged(path, cell, **options):
    """A cell, its training and test draws, fitted classifiers, and what is judged of them."""
    training, draws = sample(cell, "train", cell.counts), sample(cell, "test", cell.of_tests().counts)
    rules = fit_estimators(cell, learner(path, cell, **options), training)
    return training, draws, rules, judge(rules, cell, training, draws)


@pytest.mark.parametrize("path", SEVERAL)
@pytest.mark.parametrize("task", [TASKS[0], LINE, PLANE], ids=["two", "line", "plane"])
def test_scores_on_draws_are_those_of_scikit_learn(path, task):
    cell = make_cell(task=task, scale=1.0, n=40, replicates=2, test_draws=300)
    training, draws, rules, found = judged(path, cell, **SEVERAL[path])
    labels, groups = np.repeat(np.arange(len(task)), 300), len(task)
    for replicate, x in enumerate(draws.astype(float)):
        plain = made({"class": path, "options": SEVERAL[path]}, replicate_seed(0, replicate))
        plain.fit(training[replicate].astype(float), np.repeat(np.arange(groups), 40))
        p, scores = plain.predict_proba(x), {name: values[replicate] for name, values in found.scores.items()}
        np.testing.assert_allclose(
            rules.predict_proba(x)[replicate], plain.predict_proba(x.astype(np.float32)), atol=1e-6
        )
        assert scores["accuracy"] == pytest.approx(metrics.accuracy_score(labels, plain.predict(x)))
        auc = metrics.roc_auc_score(labels, p[:, 1] if groups == 2 else p, multi_class="ovr")
        assert scores["auc"] == pytest.approx(auc, abs=1e-6)
        brier = ((p - np.eye(groups)[labels]) ** 2).sum(1).mean() / 2
        assert scores["brier"] == pytest.approx(brier, abs=1e-6)
        certain = (p[np.arange(len(x)), labels] == 0).any()
        assert np.isnan(scores["log_loss"]) == certain
        if not certain:
            assert scores["log_loss"] == pytest.approx(metrics.log_loss(labels, p), abs=1e-5)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize(
    ("path", "options", "close"),
    [
        (TREE, {}, 2e-5),
        (NEIGHBOURS, {"n_neighbors": 1}, 2e-5),
        (NEIGHBOURS, {"n_neighbors": 4}, 2e-5),
        (BOOSTED, {}, 2e-5),
        (FOREST, {"n_estimators": 20}, 2e-5),
        ("ensemble.ExtraTreesClassifier", {"n_estimators": 5}, 1e-3),  # their thresholds are anywhere between draws
    ],
)
def test_exact_scores_of_rules_that_jump_are_those_of_a_fine_grid(path, options, close, standardise):
    """A million cells, of a probability of 5e-6 at most: of 40 jumps these leave 1e-5."""
    cell = make_cell(scale=1.0, n=60, replicates=2)
    _, _, _, found = judged(path, cell, standardise=standardise, **options)
    truth, x = Truth.of_cell(cell), np.linspace(-5, 8, 1_000_001)
    mass = np.diff(truth.cdf(x), axis=0).T / 2  # [G, M], of both groups alike
    middle = (x[1:] + x[:-1]) / 2
    logits = evaluate(found.rules, middle[None, :, None])
    expected = score(logits, mass[None]) | distance(logits, truth.logits(middle[None, :, None]).mT, mass[None])
    for name in ("accuracy", "recall", "brier", "auc", "calibration_error", "posterior_error"):
        values = expected[name][:, 1] if name == "recall" else expected[name]
        column = {"recall": "exact_recall_b", "posterior_error": name}.get(name, f"exact_{name}")
        np.testing.assert_allclose(found.scores[column], values, atol=close, err_msg=name)
    assert (found.scores["boundaries"] > 5).all() or path == BOOSTED


def test_a_replicate_has_numbers_of_its_own_whatever_the_others_are():
    """Equal draws: only the random_state differs."""
    cell = make_cell(scale=1.0, n=60, replicates=3)
    draws, it = draws_of(cell, "train", 60), learner(FOREST, cell, n_estimators=5)
    draws[1:] = draws[0]
    together = evaluate(fit_estimators(cell, it, draws), draws)
    alone = evaluate(fit_estimators(replace(cell, replicates=1), it, draws[:1]), draws[:1])
    np.testing.assert_array_equal(together[:1], alone)
    assert not np.array_equal(together[0], together[1])
    assert not np.array_equal(together, evaluate(fit_estimators(replace(cell, seed=1), it, draws), draws))


def test_a_rule_that_is_certain_where_it_may_be_has_a_loss():
    """Uniform groups that do not meet: a tree gives each no chance where it cannot be; where they meet it is wrong."""
    apart, meeting = two({"uniform": {}}, {"uniform": {"loc": 2.0}}), two({"uniform": {}}, {"uniform": {"loc": 0.5}})
    for task, loss in ((apart, 0.0), (meeting, np.nan)):
        cell = make_cell(task=task, scale=1.0, n=50)
        _, _, _, found = judged(TREE, cell)
        for name in ("log_loss", "exact_log_loss", "excess_log_loss"):
            np.testing.assert_allclose(found.scores[name], loss, atol=1e-3, err_msg=name)
        assert not found.scores["diverged"].any()
        assert np.isfinite(found.scores["brier"]).all()
        assert np.isfinite(found.scores["exact_auc"]).all()


@pytest.mark.parametrize("path", [FOREST, NEIGHBOURS, BOOSTED, LOGISTIC])
def test_scores_of_a_replicate_do_not_depend_on_the_others(path):
    """To the bit: also where the others have more jumps."""
    cells = [make_cell(scale=1.0, n=40, replicates=replicates) for replicates in (1, 4)]
    alone, together = (judged(path, cell)[3].scores for cell in cells)
    for name, values in alone.items():
        np.testing.assert_array_equal(together[name][:1], values, err_msg=name)


def test_draws_of_which_a_rule_is_certain_are_ties():
    """Infinite logits: of 3 and 2 draws, two pairs alike, the AUC by hand."""
    logits = np.array([[[-np.inf, -np.inf, np.inf, -np.inf, np.inf]]])
    found = score(logits, own_group([3, 2]))
    assert found["auc"].tolist() == [(2 * 0.5 + 0 + 2 * 1 + 0.5) / 6]
    assert np.isnan(found["log_loss"]).all()


@pytest.mark.parametrize("task", [TASKS[0], PLANE], ids=["two", "plane"])
def test_a_rule_without_probabilities_has_no_score_of_any(task, tmp_path):
    cell = make_cell(task=task, scale=1.0, n=40)
    _, draws, rules, found = judged(SVM, cell)
    plain = rules.fitted[0].decision_function(draws[0].astype(float))
    expected = plain > 0 if len(task) == 2 else plain.argmax(1)
    labels = np.repeat(np.arange(len(task)), 50)
    assert found.scores["accuracy"][0] == pytest.approx(metrics.accuracy_score(labels, expected))
    if len(task) == 2:
        assert found.scores["auc"][0] == pytest.approx(metrics.roc_auc_score(labels, plain))
    gone = [name for name, values in found.scores.items() if np.isnan(values).any()]
    told = {name.removeprefix("exact_").removeprefix("expected_") for name in gone}
    none = {name for name in told if name.startswith("mean_probability")}
    assert told - none <= {*OF_PROBABILITIES}
    assert {"log_loss", "brier", "calibration_error", "posterior_error", "excess_log_loss"} <= told
    with pytest.raises(InputError, match=r"SVC: expected a classifier with probabilities"):
        rules.predict_proba(draws[0])
    study = make_study(task=task, learners={"net": make_learner(), "svm": learner(SVM, cell)})
    shown = {name: figure.learners(study) for name, figure in catalogue.figures().items()}
    assert shown["loss"] == shown["reliability"] == shown["posterior"] == ["net"]
    assert shown["gap"] == ["net", "svm"]


def test_probabilities_are_brought_to_the_weights():
    """Of the same draws: the log-odds rise by ln(w·G) of a group; of draws by weights by as good as nothing."""
    plain, weighed = make_cell(scale=1.0, n=200), make_cell(scale=1.0, n=200, weights=[0.9, 0.1])
    draws = draws_of(plain, "train", 200)
    for path, options in ((BAYES, {}), (LOGISTIC, {}), (FOREST, {"n_estimators": 7})):
        logits = [
            evaluate(fit_estimators(cell, learner(path, cell, **options), draws), draws) for cell in (plain, weighed)
        ]
        finite = np.isfinite(logits[0])
        np.testing.assert_allclose((logits[1] - logits[0])[finite], np.log(0.1 / 0.9), atol=1e-9)
        np.testing.assert_array_equal(logits[1][~finite], logits[0][~finite])
    _, _, _, found = judged(BAYES, weighed)
    assert (found.scores["posterior_error"] < 0.03).all()
    shared = replace(weighed, training="as_weights")
    _, _, _, found = judged(LOGISTIC, shared)
    assert (found.scores["posterior_error"] < 0.03).all()


@pytest.mark.parametrize(
    ("path", "options", "groups", "says", "linear", "passes"),
    [
        (LOGISTIC, {}, 2, "log-odds", True, False),
        (LOGISTIC, {}, 3, "log-odds", True, False),
        (QUADRATIC, {}, 2, "log-odds", False, False),
        (SVM, {"kernel": "linear"}, 2, "decisions", True, False),
        (SVM, {}, 2, "decisions", False, False),
        ("linear_model.SGDClassifier", {"loss": "log_loss"}, 2, "log-odds", True, True),
        (PERCEPTRON, {"max_iter": 5}, 2, "probabilities", False, True),
        (BOOSTED, {}, 2, "log-odds", False, False),
        (NEIGHBOURS, {}, 3, "probabilities", False, False),
        (BAYES, {}, 3, "probabilities", False, False),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_is_found_of_a_class(path, options, groups, says, linear, passes):
    cell = make_cell(task=PLANE[:groups], scale=1.0)
    found = described(path, options, cell)
    assert (found["says"], found["linear"], found["passes"]) == (says, linear, passes)


def test_the_verdict_knows_what_is_one_model_and_whose_training_is_paced():
    cell = make_cell()
    learners = {"logistic": learner(LOGISTIC, cell), "line": make_learner(hidden=[]), "few": learner(NEIGHBOURS, cell)}
    learners |= {
        "scaled": learner(NEIGHBOURS, cell, standardise=True),
        "more": learner(NEIGHBOURS, cell, n_neighbors=9),
    }
    names = [*learners, "plug-in"]
    assert alike_learners("logistic", learners, names).tolist() == [True, True, False, False, False, True]
    assert alike_learners("few", learners, names).tolist() == [False, False, True, False, False, False]
    learners["same"] = learner(NEIGHBOURS, cell, n_neighbors=5)  # the default, written out
    assert alike_learners("few", learners, ["same"]).tolist() == [True]
    assert learners["few"].paced
    assert not learner("linear_model.SGDClassifier", cell, loss="log_loss").paced


def test_a_rule_that_is_certain_is_not_called_linear():
    """Infinite at one end of every pair, and halfway or not."""
    ends = np.random.default_rng(0).normal(size=(2, 100, 1))
    ends[0] += 9
    assert is_linear(lambda x: 3 * x + 1, ends)
    assert not is_linear(lambda x: np.where(x > 8, np.inf, x), ends)
    assert not is_linear(lambda x: np.where(x > 3, np.inf, x), ends)
    xor = make_cell(task=[["a", [{"norm": {"loc": 0.0}}] * 2], ["b", [{"norm": {"loc": 1.0}}] * 2]], scale=0.3, n=30)
    for path in (FOREST, NEIGHBOURS, TREE):
        assert not learner(path, xor).linear


def test_a_tree_that_could_not_split_is_not_called_linear():
    cell = make_cell(n=400)
    assert not learner(TREE, cell, min_samples_leaf=300).linear
    assert learner(LINEAR, cell).linear


def test_the_shares_of_the_training_draws_are_the_prior_of_every_class():
    """Nearest centroids are uniform unless told otherwise."""
    cell = make_cell(scale=1.0, n=500, weights=[0.9, 0.1], training="as_weights")
    for path in ("neighbors.NearestCentroid", LINEAR, BAYES):
        assert (judged(path, cell)[3].scores["exact_gap"] < 0.01).all(), path


def test_what_naive_bayes_says_far_away_is_no_certainty():
    cell = make_cell(scale=0.02, n=50)
    found, theirs = (
        judged(path, cell)[3].scores for path in (BAYES, "discriminant_analysis.QuadraticDiscriminantAnalysis")
    )
    np.testing.assert_allclose(found["exact_gap"], theirs["exact_gap"], atol=1e-6)
    np.testing.assert_allclose(found["log_ratio_rmse"], theirs["log_ratio_rmse"], rtol=0.1)


def test_log_odds_are_exact_where_probabilities_round():
    cell = make_cell(scale=0.1, n=50)
    _, _, rules, found = judged(LOGISTIC, cell, C=1e6)
    assert abs(evaluate(rules, np.array([[[-40.0], [40.0]]]))).min() > 40
    assert np.isfinite(found.scores["exact_log_loss"]).all()


NONE = "expected a classifier of scikit-learn by its path, as svm.SVC; found"
NOT_HERE = "expected no such key beside sklearn"


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        (
            "ensemble.RandomForrestClassifier",
            {},
            f"{NONE} 'ensemble.RandomForrestClassifier'; did you mean {FOREST!r}?",
        ),
        ("RandomForestClassifier", {}, f"; did you mean {FOREST!r}?"),
        ("os.system", {}, f"{NONE} 'os.system'"),
        ("cluster.KMeans", {}, f"{NONE} 'cluster.KMeans'"),
        (SVM, {"kernal": "rbf"}, "kernal: unknown; allowed: C, "),
        (SVM, {"kernal": "rbf"}, "; did you mean 'kernel'?"),
        (SVM, {"C": -1}, "The 'C' parameter of SVC must be a float in the range (0.0, inf]. Got -1 instead."),
        (FOREST, {"random_state": 1}, f"random_state: {NOT_HERE}; the seed of the study gives it"),
        (FOREST, {"epochs": 2}, f"epochs: {NOT_HERE}; it is a key of networks"),
        (FOREST, {"n_jobs": 2}, f"n_jobs: {NOT_HERE}; a job has one core"),
        (
            FOREST,
            {"class_weight": "balanced"},
            f"class_weight: {NOT_HERE}; groups count as the key weights of the study",
        ),
        (
            NEIGHBOURS,
            {"n_neighbors": 9},
            "KNeighborsClassifier: asked of draws it said: ValueError: Expected n_neighbors <= ",
        ),
        (
            SVM,
            {"decision_function_shape": "ovo"},
            "that names the groups it predicts; svm.SVC names",
        ),
        (
            "dummy.DummyClassifier",
            {"strategy": "stratified"},
            "that each draw alone decides; dummy.",
        ),
        ("neighbors.RadiusNeighborsClassifier", {}, "RadiusNeighborsClassifier: asked of draws it said: "),
        (
            "naive_bayes.MultinomialNB",
            {},
            "MultinomialNB: asked to be fitted to 400 draws it said: Val",
        ),
        ("multiclass.OneVsRestClassifier", {}, "missing 1 required positional argument: 'estimator'"),
    ],
)
def test_what_cannot_be_fitted_is_refused(refusal, path, options, said):
    task = PLANE if "decision_function_shape" in options else TASKS[0]
    with pytest.raises(InputError) as refused:
        described(path, options, make_cell(n=4, task=task))
    assert said in str(refused.value)


def test_decisions_cannot_be_weighed(refusal):
    with pytest.raises(InputError, match=r"expected a classifier with probabilities, .*; svm.SVC has none"):
        described(SVM, {}, make_cell(n=4, weights=[0.1, 0.9]))


def config(**learners) -> dict:
    """A config of two studies with these learners, and in the second a network `net`."""
    task = {"a": {"norm": {"loc": 1}}, "b": {"norm": {"loc": 2}}}
    study = {"task": task, "sample_sizes": [10], "learners": learners}
    return {"studies": {"s": study, "t": study | {"learners": {"net": {"hidden": [2], "steps": 1}}}}}


@pytest.mark.parametrize(
    ("learners", "said"),
    [
        ({"f": {"sklearn": SVM, "kernal": 1}}, "s.learners.f: kernal: unknown; allowed: "),
        ({"f": {"sklearn": 3}}, "s.learners.f.sklearn: expected a text; found 3"),
        ({"f": {"sklearn": SVM, "standardise": "no"}}, "s.learners.f.standardise: expected true or false; found 'no'"),
        ({"f": {"skleran": SVM, "hidden": [], "steps": 1}}, "s.learners.f.skleran: unknown; allowed: "),
        ({"net": {"sklearn": BAYES}}, "t.learners.net: expected another name: it is a network of this library, and "
         "a classifier of scikit-learn has this name in study s"),
    ],
)  # fmt: skip
def test_a_config_says_whose_it_is(refusal, learners, said):
    with pytest.raises(InputError) as refused:
        validate(config(**learners))
    assert str(refused.value).startswith(f"config: studies.{said}"), refused.value


def test_the_reference_rules_are_those_of_scikit_learn():
    """Linear discriminants, of the sample and the shrunk covariance, and the nearest mean, in the plane."""
    cell = make_cell(task=PLANE, scale=1.0, n=60)
    draws, labels = draws_of(cell, "train", 60), np.repeat(np.arange(3), 60)
    rules = reference_rules(draws, cell.counts, np.ones(3) / 3)
    places = np.random.default_rng(0).normal(size=(2000, 2)) * 2
    theirs = {
        "plugin": (LinearDiscriminantAnalysis(solver="lsqr", priors=np.ones(3) / 3), 0.999),
        "nearest": (NearestCentroid(), 1),
        # theirs shrinks correlations, after scaling every coordinate by its standard deviation
        "shrunk": (LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=np.ones(3) / 3), 0.98),
    }
    for rule, (classifier, share) in theirs.items():
        fitted = classifier.fit(draws[0].astype(float), labels)
        assert (named_by(*rules[rule], places[None])[0] == fitted.predict(places)).mean() >= share, rule


def test_a_study_of_it_goes_through_all_stages(tmp_path):
    """No losses and no steps; its verdicts go by draws."""
    cell = make_cell(n=10)
    study = make_study(replicates=6, learners={"net": make_learner(), "forest": learner(FOREST, cell, n_estimators=5)})
    study = replace(study, learners={name: replace(each, name=name) for name, each in study.learners.items()})
    by_stages(study, tmp_path)
    summary = pd.read_csv(tmp_path / "summary.csv").set_index("learner")
    assert (summary.loc["forest", "steps"] == 0).all()
    assert {path.name for path in (tmp_path / "scale=1/n=10/forest").glob("[!.]*")} == {
        "cost.csv",
        "scores.csv",
        "curves.npz",
    }
    scores = pd.read_csv(tmp_path / "scores.csv")
    assert scores["steps"].dtype == int
    assert scores.loc[scores["learner"] == "forest", "versions"].str.contains("scikit-learn 1").all()
