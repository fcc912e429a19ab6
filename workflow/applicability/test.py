"""Stage test: a network's scores on fresh draws, and against the truth."""

from pathlib import Path

import numpy as np
from scipy.special import expit

from applicability import device as devices
from applicability import network as networks
from applicability import plugin, tables
from applicability.errors import InputError
from applicability.exact import collapsed, exact
from applicability.files import read_arrays, write_arrays
from applicability.network import StackedNetwork
from applicability.score import distance, own_group, reliability, score
from applicability.study import Learner
from applicability.truth import Truth

POINTS = 201  # of a curve


def test(samples: Path, model: Path, scores: Path, device: str = "cpu") -> None:
    """Score every replicate's network on the replicate's own test draws, and against the truth.

    samples, model: what simulate and train wrote, with cost.csv beside the model. scores: a table with a row per
    replicate: keys, :func:`scores_of`, and the cost of the training. Writes beside it curves.npz: :func:`curves_of`.
    """
    cell, training, draws = read_arrays(samples, "train", "test")
    network, record = networks.load(model)
    if record["cell"] != cell.json():
        raise InputError(f"{model}: expected a model trained on {samples}, found one of another cell")
    learner = Learner.parse(record["learner"]).name
    truth = Truth.of(cell.task, cell.scale)
    logits = evaluate(network.to(devices.resolve(device)), draws)
    network = network.cpu().double()  # the same expectations whatever the device
    columns = scores_of(network, logits, truth, training, draws, [group for group, _ in cell.task])
    table = tables.of_replicates(learner, cell, **columns)
    cost = Path(model).with_name("cost.csv")
    whole = table.merge(tables.read(cost)[tables.KEYS + tables.COST], on=tables.KEYS)
    if len(whole) != len(table):
        raise InputError(f"{cost}: expected a row for each of {len(table)} replicates of {model}, found {len(whole)}")
    write_arrays(Path(scores).with_name("curves.npz"), cell, **curves_of(network, logits, truth))
    tables.write(whole, scores)


def evaluate(network: StackedNetwork, draws: np.ndarray) -> np.ndarray:
    """Logits [R, G, m] in float64 of draws [R, G, m, d]."""
    return network.logits(draws.reshape(len(draws), -1, draws.shape[-1])).reshape(draws.shape[:-1])


def scores_of(
    network: StackedNetwork,
    logits: np.ndarray,
    truth: Truth,
    training: np.ndarray,
    draws: np.ndarray,
    groups: list[str],
) -> dict[str, np.ndarray]:
    """Every score [R] of R networks in float64, their logits [R, 2, m] and the training and test draws.

    :func:`on_draws`; :func:`expected`, named exact_<name> where the draws give that score too; plugin_accuracy and
    plugin_gap, those of the plug-in linear discriminant of the same training draws (exact in one dimension). A network
    with a logit that is not a finite number has no score of its own.
    """
    broken = ~np.isfinite(logits).all(axis=(1, 2))
    logits = numbers(logits)
    seen = on_draws(logits, truth, draws, groups)
    known = expected(network, logits, truth, draws)
    plugged = plugin.accuracy(truth, training, draws)
    optimum = known.get("bayes_accuracy", seen["bayes_accuracy"])
    known = {f"exact_{name}" if name in seen else name: values for name, values in known.items()}
    scores = {
        name: values if name.endswith("bayes_accuracy") else np.where(broken, np.nan, values)
        for name, values in (seen | known).items()
    }
    return scores | {"plugin_accuracy": plugged, "plugin_gap": optimum - plugged}


def numbers(logits: np.ndarray) -> np.ndarray:
    """Logits with 0 for what is not a finite number."""
    return np.where(np.isfinite(logits), logits, 0)


def on_draws(logits: np.ndarray, truth: Truth, draws: np.ndarray, groups: list[str]) -> dict[str, np.ndarray]:
    """What a user sees, [R]: :func:`applicability.score.score` of logits [R, 2, m] on draws [R, 2, m, d], and more.

    mean_probability_<group>: mean probability of the second group, over the draws of each. bayes_accuracy: the
    optimal rule's accuracy on the same draws. gap: bayes_accuracy − accuracy, paired and so less noisy than either.
    """
    scores = score(logits.reshape(len(logits), -1), own_group(draws.shape[2]))
    means = {f"mean_probability_{group}": expit(logits[:, i]).mean(1) for i, group in enumerate(groups)}
    bayes = (truth.decide(draws) == np.arange(2)[:, None]).mean((1, 2))
    return scores | means | {"bayes_accuracy": bayes, "gap": bayes - scores["accuracy"]}


def expected(network: StackedNetwork, logits: np.ndarray, truth: Truth, draws: np.ndarray) -> dict[str, np.ndarray]:
    """What is to be expected of networks in float64, [R]: :func:`applicability.exact.exact` in one dimension.

    In more, as means over the test draws: how far they are from the truth (:func:`applicability.score.distance`) and
    whether they collapsed.
    """
    if truth.dimension == 1:
        return exact(truth, lambda x: numbers(network.logits(x[..., None])))
    draws = draws.reshape(len(draws), -1, truth.dimension)
    logits = logits.reshape(len(logits), -1)
    away = distance(logits, truth.logit(draws), np.moveaxis(truth.posterior(draws), -1, 1))
    return away | {"collapsed": collapsed((logits > 0).mean(1))}


def curves_of(network: StackedNetwork, logits: np.ndarray, truth: Truth) -> dict[str, np.ndarray]:
    """What the figures of a single cell show, for R networks in float64 and their logits [R, 2, m] on test draws.

    share, probability, frequency [R, 15]: :func:`applicability.score.reliability` on the test draws. In one dimension
    also x [P], true_log_ratio [P] and log_ratio [R, P].
    """
    names = ("share", "probability", "frequency")
    bins = reliability(numbers(logits).reshape(len(logits), -1), own_group(logits.shape[2]))
    curves = dict(zip(names, bins, strict=True))
    if truth.dimension == 1:
        x = np.linspace(*truth.span(), POINTS)
        curves |= {"x": x, "true_log_ratio": truth.log_ratio(x[:, None]), "log_ratio": network.logits(x[None, :, None])}
    return curves
