"""Stage test: what a user sees of a network, its scores on fresh draws."""

from pathlib import Path

import numpy as np
import torch
from scipy.special import expit
from scipy.stats import rankdata

from applicability import device as devices
from applicability import network as networks
from applicability import tables
from applicability.errors import InputError
from applicability.files import read_samples
from applicability.network import StackedNetwork
from applicability.study import Learner


def test(samples: Path, model: Path, scores: Path, device: str = "cpu") -> None:
    """Score every replicate's network on the replicate's own test draws.

    samples, model: what simulate and train wrote, with cost.csv beside the model. scores: a table with a row per
    replicate: keys, :func:`score`, and the cost of its training.
    """
    cell, draws = read_samples(samples, "test")
    network, record = networks.load(model)
    if record["cell"] != cell.json():
        raise InputError(f"{model}: expected a model trained on {samples}, found one of another cell")
    logits = evaluate(network.to(devices.resolve(device)), draws)
    table = tables.of_replicates(Learner.parse(record["learner"]).name, cell, **score(logits, list(dict(cell.task))))
    cost = Path(model).with_name("cost.csv")
    whole = table.merge(tables.read(cost)[tables.KEYS + tables.COST], on=tables.KEYS)
    if len(whole) != len(table):
        raise InputError(f"{cost}: expected a row for each of {len(table)} replicates of {model}, found {len(whole)}")
    tables.write(whole, scores)


def evaluate(network: StackedNetwork, draws: np.ndarray) -> np.ndarray:
    """Logits [R, G, m] in float64 of draws [R, G, m, d]."""
    replicates, groups, m, inputs = draws.shape
    x = torch.from_numpy(draws).reshape(replicates, groups * m, inputs).to(network.weights[0].device)
    with torch.inference_mode():
        return network(x).cpu().double().numpy().reshape(replicates, groups, m)


def score(logits: np.ndarray, groups: list[str]) -> dict[str, np.ndarray]:
    """Scores [R] of the logits [R, 2, m] of two equally likely groups; the logit speaks for the second.

    accuracy: share of draws sorted right (a logit of 0 goes to the first group). log_loss: mean −ln p̂ of the true
    group, in nat. brier: mean squared error of the second group's probability. auc: probability that a draw of the
    second group has the larger logit, ties counting half (Mann-Whitney). mean_probability_<group>: mean probability
    of the second group, over the draws of each. A network with a logit that is not a number scores NaN throughout.
    """
    broken = np.isnan(logits).any(axis=(1, 2), keepdims=True)
    logits = np.where(broken, 0, logits)
    first, second = logits[:, 0], logits[:, 1]
    probability = expit(logits)
    scores = {
        "accuracy": ((first <= 0).mean(1) + (second > 0).mean(1)) / 2,
        "log_loss": (np.logaddexp(0, first).mean(1) + np.logaddexp(0, -second).mean(1)) / 2,
        "brier": ((probability[:, 0] ** 2).mean(1) + ((1 - probability[:, 1]) ** 2).mean(1)) / 2,
        "auc": auc(first, second),
        **{f"mean_probability_{group}": probability[:, index].mean(1) for index, group in enumerate(groups)},
    }
    return {name: np.where(broken[:, 0, 0], np.nan, values) for name, values in scores.items()}


def auc(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Area under the ROC curve [R] of two groups' logits [R, m] each, by the rank sum of the second."""
    m = first.shape[1]
    ranks = rankdata(np.concatenate([first, second], axis=1), axis=1)[:, m:]
    return (ranks.sum(1) - m * (m + 1) / 2) / m**2
