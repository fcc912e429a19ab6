"""Early stopping: each replicate stops as in a plain loop, whatever it is stacked with; what is kept and said."""

import copy

import numpy as np
import pytest
import torch
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.learners.fitting import fit
from applicability.learners.network import StackedNetwork
from applicability.randomness import torch_generators
from applicability.scores.evaluation import evaluate
from applicability.stages.describe import describe
from applicability.stages.train import SPANS, history_of
from applicability.storage import tables
from applicability.tasks.sample import sample
from conftest import LINE, TASKS, draws_of, make_cell, make_learner
from studies import by_stages, studies_of
from test_train import OPTIMISERS, TORCH, plain_loss
from torch import nn

CPU = torch.device("cpu")


def stopping(**changes):
    """A learner that stops early, after few epochs on the draws of these tests."""
    usual = {"hidden": [16], "epochs": 60, "patience": 3, "validation": 0.25, "optimiser": {"adam": {"lr": 0.03}}}
    return make_learner(**usual | changes)


def plain_stopping(cell, learner, x, labels, held, replicate):
    """One replicate as a PyTorch user stops it early: losses of steps and of epochs, and the best network."""
    init, shuffle = (torch_generators(cell.seed, role, cell.replicates)[replicate] for role in ("init", "shuffle"))
    start = StackedNetwork.initial(learner.sizes(x.shape[1], len(cell.task)), [init], "relu")
    layers = []
    for weight, bias in zip(start.weights, start.biases, strict=True):
        linear = nn.Linear(*weight.shape[1:])
        linear.weight.data, linear.bias.data = weight[0].T.contiguous(), bias[0, 0]
        layers += [linear, nn.ReLU()]
    network = nn.Sequential(*layers[:-1])
    [(name, options)] = learner.optimiser.items()
    optimiser = TORCH[name](network.parameters(), **options)
    losses, validation, least, stale, kept = [], [], np.inf, 0, None
    while stale < learner.patience and len(validation) < learner.epochs:
        seed = torch.empty(2, dtype=torch.int64).random_(generator=shuffle)[1].item()
        order = torch.randperm(int((~held).sum()), generator=torch.Generator().manual_seed(seed))
        for batch in order.split(learner.batch_size):
            loss = plain_loss(network(x[~held][batch]), labels[~held][batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        with torch.no_grad():
            validation.append(plain_loss(network(x[held]), labels[held]).item())
        stale += 1
        if validation[-1] < least:
            least, stale, kept = validation[-1], 0, copy.deepcopy(network)
    return losses, validation, kept


@pytest.mark.parametrize("optimiser", [OPTIMISERS[1], OPTIMISERS[3], OPTIMISERS[6]], ids=str)
@pytest.mark.parametrize("task", [LINE, TASKS[-1]], ids=["line", "last"])
def test_each_replicate_stops_where_a_plain_loop_does(task, optimiser):
    """40 draws of each group, the last 10 held out; batches of 16."""
    cell, learner = make_cell(task=task, n=40, replicates=5, scale=1.0), stopping(optimiser=optimiser)
    draws, groups = draws_of(cell, "train", 40), len(task)
    fitted = fit(cell, learner, draws, CPU)
    held = torch.arange(40 * groups) % 40 >= 30
    labels = torch.arange(groups).repeat_interleave(40)
    for replicate in range(5):
        x = torch.from_numpy(draws[replicate])
        losses, validation, kept = plain_stopping(cell, learner, x, labels, held, replicate)
        assert fitted.steps[replicate] == len(losses)
        np.testing.assert_allclose(fitted.losses[: len(losses), replicate], losses, rtol=1e-4, atol=1e-5)
        assert fitted.losses[len(losses) :, replicate].isnan().all()
        np.testing.assert_allclose(fitted.validation[: len(validation), replicate], validation, rtol=1e-5, atol=1e-5)
        assert np.isnan(fitted.validation[len(validation) :, replicate]).all()
        logits = fitted.network(x[None].expand(5, -1, -1))[replicate]
        torch.testing.assert_close(logits, kept(x), rtol=1e-3, atol=1e-4)
    assert len(set(fitted.steps)) > 1


@pytest.mark.parametrize(
    "changes", [{}, {"standardise": True}, {"dropout": 0.3}, {"optimiser": OPTIMISERS[1]}], ids=str
)
def test_where_a_replicate_stops_does_not_depend_on_the_stack(changes):
    """To the bit, also where products of matrices that begin elsewhere in memory would round otherwise."""
    learner = stopping(**changes)
    many, few = (make_cell(replicates=replicates, n=33, scale=1.0) for replicates in (6, 2))
    stacked, alone = (fit(cell, learner, draws_of(cell, "train", 33), CPU) for cell in (many, few))
    assert stacked.steps[:2].tolist() == alone.steps.tolist()
    assert len(set(stacked.steps)) > 2
    for steps, replicate in zip(alone.steps, range(2), strict=True):
        assert torch.equal(stacked.losses[:steps, replicate], alone.losses[:steps, replicate])
    for one, other in zip(stacked.network.parameters, alone.network.parameters, strict=True):
        assert torch.equal(one[:2], other)


@pytest.mark.parametrize("changes", [{}, {"dropout": 0.5}, {"standardise": True}], ids=str)
def test_the_network_is_that_of_the_least_loss_and_stops_after_so_many_epochs(changes):
    """The losses are those that the networks have in use: without dropout, of draws as they are."""
    cell, learner = make_cell(n=40, replicates=5, scale=1.0), stopping(**changes)
    draws = draws_of(cell, "train", 40)
    fitted = fit(cell, learner, draws, CPU)
    held = np.concatenate([draws[:, 30:40], draws[:, 70:]], axis=1)
    signs = np.repeat([-1, 1], 10)
    losses = np.logaddexp(0, -signs * evaluate(fitted.network, held)[:, 0]).mean(1)
    np.testing.assert_allclose(losses, np.nanmin(fitted.validation, axis=0), rtol=1e-5)
    epochs = fitted.steps // 4  # 60 draws in batches of 16
    stopped = epochs < learner.epochs
    assert stopped.any()
    assert (epochs - 1 - np.nanargmin(fitted.validation, axis=0))[stopped].tolist() == [3] * stopped.sum()


def test_a_standardisation_is_that_of_the_draws_that_are_trained_on(monkeypatch):
    seen = []
    monkeypatch.setattr(StackedNetwork, "fold", lambda self, *moments: seen.extend(moments))
    cell = make_cell(n=40, replicates=2)
    draws = draws_of(cell, "train", 40)
    fit(cell, stopping(standardise=True), draws, CPU)
    trained = np.concatenate([draws[:, :30], draws[:, 40:70]], axis=1)
    for found, expected in zip(seen, (trained.mean(1), trained.std(1)), strict=True):
        np.testing.assert_allclose(found[:, 0], expected, rtol=1e-5)


def test_held_out_draws_count_as_their_groups_do_among_those_that_are_trained_on():
    """Of 38 and 2 draws 4 and 1 are held out, and 34 and 1 trained on: the one counts 1/35, not 1/5."""
    cell = make_cell(n=20, weights=[0.95, 0.05], training="as_weights")
    draws = sample(cell, "train", cell.counts)
    fitted = fit(cell, stopping(validation=0.1), draws, CPU)
    held = np.concatenate([draws[:, 34:38], draws[:, 39:]], axis=1)
    logits = evaluate(fitted.network, held)[:, 0] - np.log(0.05 / 0.95 * 34)  # without the change to the weights
    losses = np.logaddexp(0, -np.repeat([-1, 1], [4, 1]) * logits) * np.repeat([34 / 35 / 4, 1 / 35], [4, 1])
    np.testing.assert_allclose(losses.sum(1), np.nanmin(fitted.validation, axis=0), rtol=1e-5)


def test_without_a_lower_loss_the_first_network_is_kept_also_if_it_is_none():
    """At a rate of 1e30 no loss is a number. The initial network would look sound."""
    cell, learner = make_cell(n=40), stopping(optimiser={"sgd": {"lr": 1e30}}, hidden=[8, 8])
    fitted = fit(cell, learner, draws_of(cell, "train", 40), CPU)
    assert not fitted.network.sound().any()
    assert fitted.steps.tolist() == [4 * 4] * 3  # after the first no epoch is better


def test_most_epochs_are_kept_to():
    cell, learner = make_cell(n=40), stopping(patience=1000, epochs=7)
    fitted = fit(cell, learner, draws_of(cell, "train", 40), CPU)
    assert fitted.steps.tolist() == [7 * 4] * 3
    assert fitted.losses.shape == (28, 3)


@pytest.mark.parametrize(
    ("counts", "share", "held"),
    [([10, 10], 0.1, [1, 1]), ([2, 2], 0.1, [1, 1]), ([100, 4], 0.25, [25, 1]),
     ([19, 2], 0.1, [2, 1]), ([3, 3], 0.9, [2, 2]), ([1000] * 3, 0.29, [290] * 3)],
)  # fmt: skip
def test_a_share_of_each_group_is_held_out(counts, share, held):
    assert stopping(validation=share).held_out(counts) == held
    assert make_learner().held_out(counts) == [0] * len(counts)


def test_weighed_networks_know_how_many_draws_of_each_group_they_saw(monkeypatch):
    """Of 38 and 2 draws 4 and 1 are held out: trained on 34 and 1, to be used on 0.95 and 0.05."""
    seen, weights = [], np.array([0.95, 0.05])
    monkeypatch.setattr(StackedNetwork, "reweigh", lambda self, factors: seen.append(factors))
    cell = make_cell(n=20, weights=[*weights], training="as_weights")
    fit(cell, stopping(validation=0.1), sample(cell, "train", cell.counts), CPU)
    np.testing.assert_allclose(seen, [weights * 35 / [34, 1]])


def test_the_files_of_a_training_tell_where_it_stopped(tmp_path):
    config = {"task": {"a": {"norm": {}}, "b": {"norm": {"loc": 1}}}, "scales": [1], "sample_sizes": [20, 40]}
    entry = {"hidden": [8], "optimiser": {"adam": {"lr": 0.01}}, "batch_size": 16}
    learners = {"net": entry | {"epochs": 5}, "stopped": entry | {"epochs": 400, "patience": 5}}
    config |= {"replicates": 5, "test_draws": 200, "learners": learners}
    study = studies_of({"studies": {"stop": config}})["stop"]
    assert study.learners["stopped"].validation == 0.1
    assert study.budgets == {"net": "5 epochs", "stopped": "patience 5 on 10 %, at most 400 epochs"}
    paths = by_stages(study, tmp_path)
    scores, summary = tables.read(paths[0]), tables.read(paths[1])
    taken = scores[(scores["learner"] == "stopped") & (scores["n"] == 40)]["steps"]
    history = tables.read(next(tmp_path.rglob("n=40/stopped/history.csv")))
    assert history.groupby("replicate")["step"].max().tolist() == taken.tolist()
    here = summary[(summary["learner"] == "stopped") & (summary["n"] == 40)]
    assert here["steps"].item() == sorted(taken)[2]
    describe(
        study.json(), ["figures/loss-stopped", "figures/budget", "tables/summary"], paths, tmp_path / "captions.md"
    )
    text = (tmp_path / "captions.md").read_text()
    assert "patience 5 on 10 %, at most 400 epochs" in text
    assert "with a dot at its least" in text
    assert "(their median, where it stops early)" in text


@pytest.mark.parametrize("epochs", [4, 99, 130, 340])
def test_spans_of_a_history_end_with_epochs_and_have_the_least_loss(epochs):
    cell = make_cell(n=40, replicates=2, scale=1.0)
    fitted = fit(cell, stopping(epochs=epochs, patience=1000), draws_of(cell, "train", 40), CPU)
    history = history_of(fitted, cell, "net")
    assert (history["step"] % 4 == 0).all()
    for replicate, rows in history.groupby("replicate"):
        assert len(rows) <= SPANS + 1
        assert rows["step"].iloc[-1] == 4 * epochs
        held = fitted.validation[:, replicate]
        assert rows["validation_loss"].min() == held.min()
        assert rows.set_index("step")["validation_loss"].idxmin() == 4 * (1 + held.argmin())
        widths = np.diff(rows["step"], prepend=0)
        mean = fitted.losses[:, replicate].double().mean().item()
        assert np.average(rows["loss"], weights=widths) == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"validation": 0.2}, "studies.s.learners.net: expected the key patience beside validation; found none"),
        ({"steps": 9, "patience": 3}, "studies.s.learners.net: expected the key epochs beside patience; found none"),
        ({"epochs": 9, "patience": 0}, "studies.s.learners.net.patience: expected a whole number ≥ 1"),
        ({"epochs": 9, "patience": 3, "validation": 1}, "studies.s.learners.net.validation: expected a number > 0"),
        ({"epochs": 9, "patience": 3, "validation": 0}, "studies.s.learners.net.validation: expected a number > 0"),
        ({"epochs": 9, "early_stopping": 3}, "did you mean 'patience'?"),
        ({"epochs": 9, "patience": 3}, "studies.s.sample_sizes: expected at least 2 draws of each group"),
    ],
)  # fmt: skip
def test_a_stopping_that_cannot_be_is_refused(changes, said):
    budget = {} if {"epochs", "steps"} & set(changes) else {"steps": 9}
    learners = {"net": {"hidden": [8]} | budget | changes}
    config = {"task": {"a": {"norm": {}}, "b": {"norm": {"loc": 1}}}, "sample_sizes": [1, 10], "learners": learners}
    with pytest.raises(InputError) as refused:
        validate({"studies": {"s": config}})
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
