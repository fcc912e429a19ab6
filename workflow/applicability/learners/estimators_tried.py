"""What a study keeps of a classifier of scikit-learn, found out by trying it as a config is read.

Used by described.py. May import tasks, storage, study, randomness, logits and errors.
"""

import functools
import inspect
from dataclasses import fields, replace

import numpy as np
from scipy.special import expit, softmax
from sklearn.pipeline import Pipeline

from applicability.errors import InputError, did_you_mean
from applicability.learners.estimators import Estimators, asked, class_at, fitted_one, made
from applicability.learners.predictor import is_linear
from applicability.logits import decide, losses
from applicability.study.cell import BALANCED, Cell
from applicability.study.learner import Network
from applicability.tasks.observed import view_of
from applicability.tasks.sample import sample

GIVEN = {  # options that are not the config's to give -> why
    "random_state": "the seed of the study gives it",
    "n_jobs": "a job has one core",
    "warm_start": "each replicate is fitted anew",
    **dict.fromkeys(
        ("class_weight", "priors", "class_prior", "fit_prior"), "groups count as the key weights of the study says"
    ),
}
PAIRS, ALONE = 100, 5  # pairs of draws on which is tried whether logits are linear; draws that are asked alone
OTHERS = 0.1  # share of draws of which a rule may name another group than it predicts (SVC by its probabilities)
KERNELS = ("gaussian_process", "semi_supervised")  # parts of scikit-learn that keep a number for each pair of draws
UNEVEN = np.array([0.3, 0.7])  # a place between two draws: jumps are at draws, or halfway
BESIDE, NEARLY = 1e-9, 0.95  # of a standard deviation: how far beside a place; of places: the share
CLOSE = 1e-9  # probabilities that differ by less are the same
NOT_HERE = "expected no such key beside sklearn"
OF_NETWORKS = {field.name for field in fields(Network)}
FAR = 1e3  # times the draws: places at which a classifier must say something too


def describe_estimator(path: str, options: dict, few: str, more: str) -> dict:
    """What a study keeps of a classifier: class and options, and what was found of it.

    path, options: of the config. few, more: the study's smallest cell, and one of draws enough to tell, as JSON.

    parameters: all options, as texts. says: see above. linear: whether its logits are linear. constant: whether they
    are constant but for jumps. passes: whether its budget is a number of passes over the draws, `max_iter` of a class
    with `partial_fit`. trees: how many models it has within. pairs: whether it keeps a number for each pair of draws.
    Raises InputError for another class, an option that it has not, a value that it refuses, and where it cannot be
    fitted to so few draws, does not say the same twice, or of a draw alone, names other groups than it predicts, says
    nothing far from the draws, or has no probabilities that could be weighed.
    """
    found = class_at(path)
    refuse_options(options, [*inspect.signature(found).parameters])
    described, few, more = {"class": path, "options": options}, Cell.parse(few), Cell.parse(more)
    (x, labels), (least, least_labels) = (draws_to_try(cell) for cell in (more, few))
    tried, again = (fitted_one(made(described, 0), x, labels) for _ in range(2))
    rules = Estimators([tried], what_it_says(tried, x), np.zeros(len(more.task)))
    refuse_rules(path, rules, replace(rules, fitted=[again]), x)
    if few.weights and few.training == BALANCED and not rules.probabilities:
        text = f"expected a classifier with probabilities, which are brought to the weights of the groups; {path} has"
        raise InputError(f"{text} none (training: as_weights needs none)")
    replace(rules, fitted=[fitted_one(made(described, 0), least, least_labels)]).logits(least[None])
    parameters = {name: value for name, value in tried[-1].get_params().items() if name != "random_state"}
    rounds = parameters.get("max_iter") if "max_leaf_nodes" in parameters else None  # of boosting by histograms
    trees = parameters.get("n_estimators") or rounds or 1
    pairs = np.random.default_rng(0).integers(len(x), size=(2, PAIRS))
    return described | {
        "parameters": {name: str(value) for name, value in parameters.items()},
        "says": rules.says,
        "linear": is_linear(functools.partial(comparable, rules), x[pairs]),
        "constant": is_constant(rules, UNEVEN @ x[pairs].swapaxes(0, 1)),
        "passes": hasattr(found, "partial_fit") and "max_iter" in parameters and parameters.get("solver") != "lbfgs",
        "trees": trees * len(more.task),
        "pairs": path.partition(".")[0] in KERNELS,
    }


def draws_to_try(cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    """The training draws [N, d] of the first replicate of a cell, as learners see them, and their groups' indices."""
    draws = view_of(cell)(sample(replace(cell, replicates=1), "train", cell.counts))
    return draws[0].astype(float), np.repeat(np.arange(len(cell.task)), cell.counts)


def refuse_rules(path: str, rules: Estimators, again: Estimators, x: np.ndarray) -> None:
    """Raises InputError where a classifier, fitted to draws x [N, d], does not say what scores ask of it."""
    said, groups = rules.logits(x[None]), len(rules.shift)
    if said.shape[2] != (groups if groups > 2 else 1):
        raise InputError(f"expected a classifier that says one number a group; {path} says {said.shape[2]} of {groups}")
    if not np.array_equal(said, again.logits(x[None])):
        raise InputError(f"expected a classifier that says the same twice for one random_state; {path} does not")
    alone = np.concatenate([rules.logits(each[None, None]) for each in x[:ALONE]], axis=1)
    if not np.allclose(alone, said[:, :ALONE], equal_nan=True):
        raise InputError(f"expected a classifier that each draw alone decides; {path} says others beside other draws")
    if np.isnan(said).any() or np.isnan(rules.logits(FAR * x[None])).any():
        raise InputError(f"expected a classifier that says a number everywhere; {path} says NaN, far away or here")
    other = decide(said.mT)[0] != asked(rules.fitted[0], "which groups", rules.fitted[0].predict, x)
    if other.mean() > OTHERS:
        text = f"expected a classifier that names the groups it predicts; {path} names others of {other.mean():.0%}"
        raise InputError(text)


def comparable(rules: Estimators, x: np.ndarray) -> np.ndarray:
    """Logits [M, 1] of the first classifier for draws x [M, d]; of more groups what their differences are of."""
    logits = rules.logits(x[None])[0]
    return -losses(logits[None].mT)[0].mT if rules.probabilities and logits.shape[1] > 1 else logits


def is_constant(rules: Estimators, x: np.ndarray) -> bool:
    """Whether logits are constant but for jumps: equal a little beside nearly all places x [M, d]."""
    beside = x + BESIDE * x.std(0)
    return bool((rules.logits(x[None]) == rules.logits(beside[None])).all(2).mean() > NEARLY)


def refuse_options(options: dict, names: list[str]) -> None:
    """Raises InputError for an option that is not among the names, or is GIVEN."""
    allowed = sorted({*names, "standardise"} - GIVEN.keys())
    for name in options:
        if name in GIVEN:
            raise InputError(f"{name}: {NOT_HERE}; {GIVEN[name]}")
        if name in OF_NETWORKS and name not in allowed:
            raise InputError(f"{name}: {NOT_HERE}; it is a key of networks")
        if name not in allowed:
            meant = did_you_mean(name, allowed)
            raise InputError(f"{name}: unknown; allowed: {', '.join(allowed)}{meant}")


def what_it_says(fitted: Pipeline, x: np.ndarray) -> str:
    """What a classifier says of draws x [M, d]: see above. Raises InputError where it has no function for it."""
    has_probabilities, has_decisions = (hasattr(fitted, name) for name in ("predict_proba", "decision_function"))
    if not has_probabilities and not has_decisions:
        name = type(fitted[-1]).__name__
        raise InputError(f"expected a classifier with predict_proba or decision_function; {name} has neither")
    if not has_probabilities:
        return "decisions"
    if has_decisions:
        found, told = fitted.decision_function(x), fitted.predict_proba(x)
        said = np.stack([expit(-found), expit(found)], axis=-1) if found.ndim == 1 else softmax(found, axis=-1)
        if said.shape == told.shape and np.abs(said - told).max() < CLOSE:
            return "log-odds"
    return "probabilities"
