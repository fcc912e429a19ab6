"""Stage test: a network's scores on fresh draws, and against the truth."""

from pathlib import Path

import numpy as np
import torch
from scipy.special import expit

from applicability import device as devices
from applicability import network as networks
from applicability import plugin, tables
from applicability.errors import InputError
from applicability.exact import collapsed, exact
from applicability.files import read_arrays, write_arrays
from applicability.network import StackedNetwork
from applicability.score import decide, distance, log_odds, losses, own_group, reliability, score
from applicability.study import Learner
from applicability.truth import Truth

# dimension -> points along each side of a picture, scales beyond the outer locations
PICTURES = {1: (201, 5), 2: (61, 3)}
WORSE = 10  # times the loss of guessing: on its own training draws a network that learned anything has less


def test(samples: Path, model: Path, scores: Path, device: str = "cpu") -> None:
    """Score every replicate's network on the replicate's own test draws, and against the truth.

    samples, model: what simulate and train wrote, with cost.csv beside the model. scores: a table with a row per
    replicate: keys, whether it :func:`diverged`, :func:`scores_of`, and the cost of the training. Writes beside it
    curves.npz: :func:`curves_of`.
    """
    cell, training, draws = read_arrays(samples, "train", "test")
    network, record = networks.load(model)
    if record.get("cell") != cell.json():
        raise InputError(f"{model}: expected a model trained on {samples}, found one of another cell")
    learner = Learner.parse(record.get("learner")).name
    truth = Truth.of(cell.task, cell.scale)
    network = network.to(devices.resolve(device))
    logits = evaluate(network, draws)
    gone = diverged(network, evaluate(network, training), logits)
    network = network.to("cpu", torch.float64)  # the same expectations whatever the device
    for values in (logits, *(parameter.numpy() for parameter in network.parameters)):
        values[gone] = np.nan  # nothing is said by what has diverged
    columns = scores_of(network, logits, truth, training, draws, [group for group, _ in cell.task])
    table = tables.of_replicates(learner, cell, **columns)
    cost = Path(model).with_name("cost.csv")
    whole = table.merge(tables.read(cost, *tables.KEYS, *tables.COST)[tables.KEYS + tables.COST], on=tables.KEYS)
    if len(whole) != len(table):
        raise InputError(f"{cost}: expected a row for each of {len(table)} replicates of {model}, found {len(whole)}")
    write_arrays(Path(scores).with_name("curves.npz"), cell, **curves_of(network, logits, truth))
    tables.write(whole, scores)


def logits_of(network: StackedNetwork, x: np.ndarray) -> np.ndarray:
    """Logits [R, M, K] in float64 of x [R or 1, M, d], as scores have them: of one group, or each against the rest."""
    outputs = network.logits(x)
    with np.errstate(invalid="ignore"):  # of a network that diverged
        return outputs if outputs.shape[-1] == 1 else log_odds(outputs)


def evaluate(network: StackedNetwork, draws: np.ndarray) -> np.ndarray:
    """Logits [R, K, G·m] in float64 of draws [R, G, m, d], group by group."""
    return logits_of(network, draws.reshape(len(draws), -1, draws.shape[-1])).mT


def scores_of(
    network: StackedNetwork,
    logits: np.ndarray,
    truth: Truth,
    training: np.ndarray,
    draws: np.ndarray,
    groups: list[str],
) -> dict[str, np.ndarray]:
    """Every score [R] of R networks in float64, their logits [R, K, G·m] and the training and test draws.

    :func:`on_draws`; :func:`expected`, named exact_<name> where the draws give that score too; plugin_accuracy and
    plugin_gap, those of the plug-in linear discriminant of the same training draws (exact in one dimension). A network
    with a logit that is not a finite number is `diverged` and has no score of its own.
    """
    gone = ~finite(logits)
    logits = numbers(logits)
    seen = on_draws(logits, truth, draws, groups)
    known = expected(network, logits, truth, draws)
    plugged = plugin.accuracy(truth, training, draws)
    optimum = known.get("bayes_accuracy", seen["bayes_accuracy"])
    known = {f"exact_{name}" if name in seen else name: values for name, values in known.items()}
    scores = {
        name: values if name.endswith("bayes_accuracy") else np.where(gone, np.nan, values)
        for name, values in (seen | known).items()
    }
    return {"diverged": gone} | scores | {"plugin_accuracy": plugged, "plugin_gap": optimum - plugged}


def diverged(network: StackedNetwork, fitted: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Whether trainings diverged [R]: a parameter of the network, or one of its logits on the training (fitted) and the
    test draws [R, K, G·m], is not a finite number, or the training draws cost more than ten times what guessing does.

    The last is what a rate that is too high leaves behind where all units died before anything overflowed. It is also
    said of a network that has hardly begun, on draws far from 0.
    """
    sound = [torch.isfinite(parameter).flatten(1).all(1).cpu().numpy() for parameter in network.parameters]
    groups, draws = max(2, fitted.shape[1]), fitted.shape[2]
    loss = (own_group(draws // groups, groups) * losses(numbers(fitted))).sum((1, 2)) / draws
    return ~np.all([*sound, finite(fitted), finite(logits)], axis=0) | (loss > WORSE * np.log(groups))


def finite(logits: np.ndarray) -> np.ndarray:
    """Whether all logits [R, K, M] of a replicate are finite numbers, [R]."""
    return np.isfinite(logits).all((1, 2))


def numbers(logits: np.ndarray) -> np.ndarray:
    """Logits with 0 for what is not a finite number."""
    return np.where(np.isfinite(logits), logits, 0)


def on_draws(logits: np.ndarray, truth: Truth, draws: np.ndarray, groups: list[str]) -> dict[str, np.ndarray]:
    """What a user sees, [R]: :func:`applicability.score.score` of logits [R, K, G·m] on draws [R, G, m, d], and more.

    mean_probability_<group>: over the draws of each group, the mean probability of the second of two groups, of more
    that of the group itself. bayes_accuracy: the optimal rule's accuracy on the same draws. gap: bayes_accuracy −
    accuracy, paired and so less noisy than either.
    """
    scores = score(logits, own_group(draws.shape[2], len(groups)))
    means = expit(logits).reshape(*logits.shape[:2], len(groups), -1).mean(3)  # [R, K, G]
    means = means[:, 0] if logits.shape[1] == 1 else means.diagonal(axis1=1, axis2=2)
    named = {f"mean_probability_{group}": means[:, index] for index, group in enumerate(groups)}
    bayes = (truth.decide(draws) == np.arange(len(groups))[:, None]).mean((1, 2))
    return scores | named | {"bayes_accuracy": bayes, "gap": bayes - scores["accuracy"]}


def expected(network: StackedNetwork, logits: np.ndarray, truth: Truth, draws: np.ndarray) -> dict[str, np.ndarray]:
    """What is to be expected of networks in float64, [R]: :func:`applicability.exact.exact` in one dimension.

    In more, as means over the test draws: how far they are from the truth (:func:`applicability.score.distance`) and
    whether they collapsed.
    """
    if truth.dimension == 1:
        return exact(truth, lambda x: numbers(logits_of(network, x[..., None])))
    draws = draws.reshape(len(draws), -1, truth.dimension)
    away = distance(logits, truth.logits(draws).mT, truth.posterior(draws).mT)
    return away | {"collapsed": collapsed(decide(logits), np.ones(draws.shape[1]))}


def curves_of(network: StackedNetwork, logits: np.ndarray, truth: Truth) -> dict[str, np.ndarray]:
    """What the figures of a single cell show, for R networks in float64 and their logits [R, K, G·m] on test draws.

    share, probability, frequency [R, K, 15]: :func:`applicability.score.reliability` on the test draws. x [P, d],
    true_logits [P, K] and logits [R, P, K]: on a line, and on a grid in the plane (the first coordinate running
    fastest); more dimensions have no picture. All are NaN for a network that diverged.
    """
    names = ("share", "probability", "frequency")
    groups = len(truth.groups)
    bins = reliability(numbers(logits), own_group(logits.shape[2] // groups, groups))
    sound = finite(logits)[:, None, None]
    curves = {name: np.where(sound, values, np.nan) for name, values in zip(names, bins, strict=True)}
    if truth.dimension in PICTURES:
        points, margin = PICTURES[truth.dimension]
        x = lattice([truth.span(margin, each) for each in range(truth.dimension)], points)
        curves |= {"x": x, "true_logits": truth.logits(x), "logits": logits_of(network, x[None]).astype(np.float32)}
    return curves


def lattice(spans: list[tuple[float, float]], points: int) -> np.ndarray:
    """Evenly spaced points of a line, a rectangle and so on, so many along each side: [P, d], the first coordinate
    running fastest."""
    sides = np.meshgrid(*(np.linspace(low, high, points) for low, high in reversed(spans)), indexing="ij")
    return np.stack([side.ravel() for side in reversed(sides)], axis=-1)
