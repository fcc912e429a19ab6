"""A classifier of scikit-learn, fitted to each replicate.

    forest: {sklearn: ensemble.RandomForestClassifier, n_estimators: 200}      # of a study's learners

None is stored, since a file of one would be a pickle: the stage assess fits and tests in one job. What it says of draws
is found out once, as a config is read (estimators_tried.py): `says` is

    log-odds       the decision function gives the log-odds: they are exact where probabilities round to 0 and 1
    probabilities  their logs are taken; a probability of 0 is one that the rule is certain of, and its loss infinite
    decisions      there are none: groups are named and draws ranked by the decision function

Used by learners and the stage assess. May import tasks, storage, study, randomness, logits and errors.
"""

import importlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from applicability.errors import InputError, did_you_mean, in_a_line
from applicability.learners.predictor import Predictor
from applicability.logits import log_odds
from applicability.randomness import sequence
from applicability.study.cell import Cell
from applicability.study.learner import Estimator


@dataclass
class Estimators(Predictor):
    """R fitted classifiers."""

    fitted: list[Pipeline]
    says: str
    shift: np.ndarray  # [G], added to the logs of the probabilities
    constant: bool = False

    trained = False

    @property
    def probabilities(self) -> bool:
        """Whether logits are log-odds."""
        return self.says != "decisions"

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Logits [R, M, K] in float64 of draws x [R or 1, M, d]; infinite where a classifier is certain."""
        x = np.broadcast_to(x, (len(self.fitted), *x.shape[1:])).astype(float)
        each = zip(self.fitted, x, strict=True)
        return np.stack([asked(one, "of draws", self.logits_of_one, one, draws) for one, draws in each])

    def logits_of_one(self, fitted: Pipeline, x: np.ndarray) -> np.ndarray:
        """Logits [M, K] of a classifier for draws x [M, d]."""
        if self.says == "probabilities":
            return self.log_odds_of(fitted, x)
        found = fitted.decision_function(x)
        if self.says == "decisions":
            return found.reshape(len(x), -1)
        two = found.ndim == 1
        return found[:, None] + self.shift[1] - self.shift[0] if two else log_odds(found + self.shift)

    def log_odds_of(self, fitted: Pipeline, x: np.ndarray) -> np.ndarray:
        """Log-odds [M, K] of a classifier that gives probabilities, for draws x [M, d]; infinite of 0 and of 1."""
        with np.errstate(divide="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # some take the log of 0 with one
            if len(self.shift) > 2 and self.constant:  # equal probabilities are ties, to the bit
                p = fitted.predict_proba(x) * np.exp(self.shift)
                p = p / p.sum(1, keepdims=True) if self.shift.any() else p
                return np.log(p) - np.log1p(-p)
            logs = getattr(fitted, "predict_log_proba", None)  # of some finer than the log of what rounds to 0
            return log_odds((logs(x) if logs else np.log(fitted.predict_proba(x))) + self.shift)

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """Probabilities [R, M, G] of the groups for draws x [M, d]. Raises InputError where there are none."""
        if not self.probabilities:
            name = type(self.fitted[0][-1]).__name__
            raise InputError(f"{name}: expected a classifier with probabilities; its logits name groups, no more")
        return super().predict_proba(x)

    def one_by_one(self) -> list[Self]:
        """Each classifier as the only one."""
        return [replace(self, fitted=[each]) for each in self.fitted]

    def sound(self) -> np.ndarray:
        """No classifier diverges, [R]."""
        return np.ones(len(self.fitted), bool)

    def to(self, *place) -> Self:
        """The same: they compute on the CPU in float64."""
        return self


def fit_estimators(cell: Cell, learner: Estimator, draws: np.ndarray) -> Estimators:
    """Fit a classifier to the draws [R, N, d] of each replicate of a cell, on one thread.

    Its probabilities are brought to the weights of the groups (Saerens, Latinne and Decaestecker 2002). Raises
    InputError for what a classifier raises, and where the learner is none.
    """
    if not isinstance(learner, Estimator):
        raise InputError(f"learner: expected a classifier of scikit-learn; found {learner.kind}")
    labels = np.repeat(np.arange(len(cell.task)), cell.counts)
    with threadpool_limits(1):  # once: to limit and to free again costs as much as a small fit
        fitted = [
            fitted_one(made(learner.sklearn, replicate_seed(cell.seed, replicate), learner.standardise), each, labels)
            for replicate, each in enumerate(draws.astype(float))
        ]
    shares = np.array(cell.counts) / sum(cell.counts)
    shift = np.log(cell.weights / shares) if cell.weights else np.zeros(len(shares))
    return Estimators(fitted, learner.sklearn["says"], shift, learner.sklearn["constant"])


def replicate_seed(seed: int, replicate: int) -> int:
    """The random_state of a replicate."""
    return int(sequence(seed, "estimator", replicate).generate_state(1)[0])


def fitted_one(classifier: Pipeline, draws: np.ndarray, labels: np.ndarray) -> Pipeline:
    """A classifier that was fitted to draws [N, d] of groups' indices [N]. Raises InputError for what it raises."""
    return asked(classifier, f"to be fitted to {len(labels):,} draws", classifier.fit, draws, labels)


def asked(classifier: Pipeline, what: str, function: Callable, *arguments):
    """What a method of a classifier returns. Raises InputError for what it raises."""
    try:
        return function(*arguments)
    except Exception as error:
        raise InputError(f"{type(classifier[-1]).__name__}: asked {what} it said: {in_a_line(error)}") from error


def made(described: dict, random_state: int, standardise: bool = False) -> Pipeline:
    """A classifier that is not yet fitted, with scaled inputs or not. Raises InputError where its class is none."""
    try:
        classifier = class_at(described["class"])(**described["options"])
    except TypeError as error:
        raise InputError(f"{described['class']}: {error}") from error
    states = [name for name in classifier.get_params() if name.split("__")[-1] == "random_state"]
    classifier.set_params(**dict.fromkeys(states, random_state))
    if classifier.get_params().get("priors") == "uniform":  # of the training draws, as all others
        classifier.set_params(priors="empirical")
    return make_pipeline(*[StandardScaler()] * standardise, classifier)


def class_at(path: str) -> type:
    """The classifier of a path in scikit-learn, as ensemble.RandomForestClassifier. Raises InputError for any other."""
    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(f"sklearn.{module}".rstrip(".")), name, None)
    except ImportError:
        found = None
    if isinstance(found, type) and issubclass(found, ClassifierMixin):
        return found
    from sklearn.utils.discovery import all_estimators  # imports all of scikit-learn

    known = {}
    for there, each in all_estimators(type_filter="classifier"):
        known[there] = ".".join([part for part in each.__module__.split(".")[1:] if part[0] != "_"] + [there])
    text = f"expected a classifier of scikit-learn by its path, as svm.SVC; found {path!r}"
    raise InputError(text + did_you_mean(name, known, known.get))
