"""Training: stacked equals one by one, our optimisers equal torch's, our batches equal a DataLoader's."""

import contextlib
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
import torch
from applicability.learners import fitting
from applicability.learners import network as networks
from applicability.learners.fitting import Fitted, fit
from applicability.learners.network import StackedNetwork
from applicability.learners.saved import save
from applicability.learners.training import Training, batches, binary_cross_entropy, cross_entropy
from applicability.randomness import torch_generators
from applicability.stages.simulate import simulate
from applicability.stages.train import SPANS, history_of, train
from applicability.storage import tables
from conftest import LINE, PLANE, TASKS, draws_of, make_cell, make_learner
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

OPTIMISERS = [
    {"sgd": {"lr": 0.1}},
    {"sgd": {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}},
    {"sgd": {"lr": 0.05, "momentum": 0.9, "nesterov": True}},
    {"adam": {"lr": 0.01}},
    {"adam": {"lr": 0.01, "weight_decay": 0.1, "betas": [0.8, 0.99], "eps": 1e-6}},
    {"adamw": {"lr": 0.01}},
    {"adamw": {"lr": 0.01, "weight_decay": 0.2}},
]
TORCH = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
CPU = torch.device("cpu")


def plain_training(cell, learner, x, labels, replicate):
    """One replicate as a PyTorch user trains it, with nn.Linear, DataLoader and torch.optim; also every loss."""
    init, shuffle = (torch_generators(cell.seed, role, cell.replicates)[replicate] for role in ("init", "shuffle"))
    sizes = learner.sizes(x.shape[-1], len(cell.groups))
    with global_stream_of(init):
        linears = [nn.Linear(*each) for each in pairwise(sizes)]
    network = nn.Sequential(*[layer for linear in linears for layer in (linear, nn.ReLU())][:-1]).double()
    loader = DataLoader(TensorDataset(x, labels), learner.batch_size, shuffle=True)
    [(name, options)] = learner.optimiser.items()
    optimiser = TORCH[name](network.parameters(), **options)
    losses = []
    with global_stream_of(shuffle):
        while True:
            for inputs, targets in loader:
                loss = plain_loss(network(inputs), targets)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                losses.append(loss.item())
                if len(losses) == learner.total_steps(len(x)):
                    return network, losses


def plain_loss(logits, labels):
    """Torch's cross-entropy; of two groups, by one logit."""
    if logits.shape[1] == 1:
        return nn.functional.binary_cross_entropy_with_logits(logits.squeeze(-1), labels.to(logits.dtype))
    return nn.functional.cross_entropy(logits, labels)


@contextlib.contextmanager
def global_stream_of(generator):
    """Torch's global stream stands where `generator` does; DataLoader and the layers of torch.nn draw from it."""
    with torch.random.fork_rng():
        torch.set_rng_state(generator.get_state())
        yield


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=str)
@pytest.mark.parametrize(
    ("task", "budget"),
    [(TASKS[0], {"epochs": 12}), (TASKS[0], {"steps": 2, "hidden": []}), (PLANE, {"steps": 31})],
    ids=str,
)
def test_stacked_training_is_plain_training_of_each(optimiser, task, budget):
    """40 or 60 draws in batches of 16: the last of an epoch has 8 or 12. In float64: rounding is out of the way."""
    cell, learner = make_cell(task=task), make_learner(optimiser=optimiser, **budget)
    draws = draws_of(cell, "train", cell.n)
    init, shuffle = (torch_generators(cell.seed, role, cell.replicates) for role in ("init", "shuffle"))
    network = StackedNetwork.initial(learner.sizes(draws.shape[-1], len(task)), init, "relu").to(torch.float64)
    x = torch.from_numpy(draws).double()
    labels = torch.arange(len(task)).repeat_interleave(cell.n).expand(cell.replicates, -1)
    losses = torch.stack(
        [loss for loss, _ in Training(network, x, labels, learner, shuffle).steps(learner.total_steps(x.shape[1]))]
    )
    for replicate in range(cell.replicates):
        plain, expected = plain_training(cell, learner, x[replicate], labels[replicate], replicate)
        np.testing.assert_allclose(losses[:, replicate], expected, rtol=1e-9)
        linears = [layer for layer in plain if isinstance(layer, nn.Linear)]
        for weight, bias, linear in zip(network.weights, network.biases, linears, strict=True):
            torch.testing.assert_close(weight[replicate], linear.weight.T, rtol=1e-8, atol=1e-11)
            torch.testing.assert_close(bias[replicate, 0], linear.bias, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("groups", [2, 3, 5])
def test_the_loss_and_its_slope_are_torchs(groups):
    logits = torch.randn(2, 40, groups if groups > 2 else 1, dtype=torch.float64, generator=torch.Generator()) * 30
    labels = torch.randint(groups, (2, 40), generator=torch.Generator())
    losses, slope = cross_entropy(logits, labels) if groups > 2 else binary_cross_entropy(logits, 2.0 * labels - 1)
    logits.requires_grad_()
    expected = torch.stack([plain_loss(*each) for each in zip(logits, labels, strict=True)])
    torch.testing.assert_close(losses, expected)
    torch.testing.assert_close(slope, torch.autograd.grad(expected.sum(), logits)[0])


CHANGES = [{}, {"standardise": True}, {"dropout": 0.3}, {"hidden": []}]


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=str)
@pytest.mark.parametrize(("task", "changes"), [(LINE, {}), *((TASKS[0], each) for each in CHANGES)], ids=str)
def test_results_do_not_depend_on_how_many_are_stacked(optimiser, task, changes):
    """To the bit, over enough steps for a last bit to grow; 66 draws in batches of 16, the last one of 2."""
    few, many = (make_cell(replicates=replicates, n=33, task=task) for replicates in (2, 5))
    learner = make_learner(optimiser=optimiser, **{"hidden": [13, 7], "steps": 300} | changes)
    alone, alone_losses, *_ = fit(few, learner, draws_of(few, "train", few.n), CPU)
    stacked, losses, *_ = fit(many, learner, draws_of(many, "train", many.n), CPU)
    assert torch.equal(losses[:, :2], alone_losses)
    for one, other in zip(stacked.parameters, alone.parameters, strict=True):
        assert torch.equal(one[:2], other)


@pytest.mark.parametrize("activation", networks.ACTIVATIONS)
def test_no_activation_rounds_by_the_place_in_the_stack(activation):
    cells = [make_cell(replicates=replicates, n=33) for replicates in (2, 3, 7)]
    learner = make_learner(activation=activation, hidden=[9])
    first, *others = (fit(cell, learner, draws_of(cell, "train", cell.n), CPU)[1][:, :2] for cell in cells)
    assert all(torch.equal(first, losses) for losses in others)


def test_one_replicate_alone_differs_by_rounding_at_most():
    few, many = make_cell(replicates=1), make_cell(replicates=4)
    alone, stacked = (fit(cell, make_learner(), draws_of(cell, "train", cell.n), CPU)[1] for cell in (few, many))
    torch.testing.assert_close(stacked[:, :1], alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [40, 64])
def test_a_batch_of_all_draws_takes_no_number_of_its_stream(size):
    """Their order is immaterial. That smaller ones are a DataLoader's is seen above."""
    x, labels, stream = torch.arange(40.0)[None, :, None], torch.arange(40.0)[None], torch.Generator().manual_seed(3)
    for _, targets in batches(x, labels, size, 2, [stream]):
        assert torch.equal(targets.sort()[0], labels)
    assert torch.equal(stream.get_state(), torch.Generator().manual_seed(3).get_state())


def stream(seed: int, role: int, replicate: int) -> torch.Generator:
    """The generator of a role's stream, as randomness.py says that it is seeded."""
    words = np.random.SeedSequence(seed, spawn_key=(role, replicate)).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0]))


def test_a_training_takes_initial_weights_orders_and_masks_from_their_own_streams_of_the_seed():
    cell, learner = make_cell(seed=5), make_learner(dropout=0.3)
    draws = draws_of(cell, "train", cell.n)
    init, shuffle, masks = ([stream(5, role, replicate) for replicate in range(3)] for role in (2, 3, 4))
    network = StackedNetwork.initial([1, 8, 8, 1], init, "relu", 0.3)
    x, labels = torch.from_numpy(draws), torch.arange(2).repeat_interleave(20).expand(3, -1)
    expected = torch.stack(
        [loss for loss, _ in Training(network, x, labels, learner, shuffle, masks).steps(learner.total_steps(40))]
    )
    found, losses, *_ = fit(cell, learner, draws, CPU)
    assert torch.equal(losses, expected)
    assert all(torch.equal(one, other) for one, other in zip(found.parameters, network.parameters, strict=True))


@pytest.mark.parametrize("size", [16, 40])
def test_a_long_training_has_a_first_batch_at_once(size):
    """Orders of all epochs beforehand would take 30 MB; those of three small ones take less than 100 kB."""
    x, labels = torch.zeros(3, 40, 1), torch.zeros(3, 40)
    tracemalloc.start()
    next(batches(x, labels, size, 10**6, [torch.Generator() for _ in range(3)]))
    assert tracemalloc.get_traced_memory()[1] < 1e5  # bytes at most
    tracemalloc.stop()


@pytest.mark.parametrize("scale", [1e-30, 1e-13, 1e-12, 1e-3, 1e15])
def test_a_standardised_training_does_not_depend_on_the_unit(scale):
    """Training draws about 0 in two coordinates; a third is constant, and says nothing."""
    cell, learner = make_cell(n=200), make_learner(standardise=True, steps=100)
    draws = np.random.default_rng(0).normal(size=(3, 400, 3))
    draws[:, 200:] += [1.0, 2.0, 0.0]
    x = np.random.default_rng(1).normal(size=(1, 50, 3))
    draws[..., 2], x[..., 2] = 0.1, 0.1
    logits = []
    for unit in (1.0, scale):
        network, losses, *_ = fit(cell, learner, (draws * unit).astype(np.float32), CPU)
        logits.append(network.in_double().logits(x * unit))
        assert losses[-1].max() < 0.6
    np.testing.assert_allclose(logits[1], logits[0], rtol=1e-3, atol=1e-3)


def test_draws_that_are_all_alike_are_left_out_whatever_their_mean_is_rounded_to():
    """Of 38 draws at 0.3 float32 has a spread of 6e-8."""
    cell, draws = make_cell(replicates=1, n=19), np.full((1, 38, 1), 0.3, np.float32)
    network, losses, *_ = fit(cell, make_learner(standardise=True), draws, CPU)
    assert (network.weights[0] == 0).all()
    assert losses.isfinite().all()


def test_standardised_draws_have_mean_0_and_spread_1(monkeypatch):
    """Of a spread of 1e-5 of the mean, too: only rounding is no spread."""
    seen = []
    monkeypatch.setattr(
        fitting, "with_budget", lambda training: seen.append(training.x) or Fitted(training.network, [], [])
    )
    draws = np.random.default_rng(0).normal([3.0, 1.0], [0.004, 1e-5], size=(2, 100, 2)).astype(np.float32)
    fit(make_cell(replicates=2, n=50), make_learner(standardise=True), draws, CPU)
    torch.testing.assert_close(seen[0].mean(1), torch.zeros(2, 2), atol=0.02, rtol=0)
    torch.testing.assert_close(seen[0].std(1, correction=0), torch.ones(2, 2), atol=1e-3, rtol=0)


@pytest.mark.parametrize("steps", [1, 99, 100, 101, 250, 5530])
def test_history_keeps_the_mean_loss_of_every_span(steps):
    losses = np.random.default_rng(0).random((steps, 3)).astype(np.float32)
    table = history_of(Fitted(None, torch.from_numpy(losses), np.full(3, steps)), make_cell(), "net")
    assert len(table) == 3 * min(steps, SPANS)
    for replicate, rows in table.groupby("replicate"):
        assert rows["step"].iloc[-1] == steps
        widths = np.diff(rows["step"], prepend=0)
        assert widths.min() >= 1
        assert np.average(rows["loss"], weights=widths) == pytest.approx(losses[:, replicate].mean(), rel=1e-5)


def test_the_files_of_a_training_carry_its_keys_and_what_it_took(tmp_path):
    """test_reading.py has the columns."""
    simulate(make_cell().json(), tmp_path / "samples.npz")
    train(tmp_path / "samples.npz", make_learner(steps=200).json(), tmp_path / "model.pt")
    history, cost = tables.read(tmp_path / "history.csv"), tables.read(tmp_path / "cost.csv")
    for table in (history, cost):
        assert {tuple(row) for row in table[tables.KEYS[:4]].to_numpy()} == {("s", "net", 0.5, 20)}
    assert cost["steps"].tolist() == [200] * 3
    assert (cost["seconds"] > 0).all()
    assert cost["device"].unique().tolist() == ["cpu"]
    assert f"torch {torch.__version__}" in cost["versions"][0]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_agrees_with_the_cpu():
    cell, learner = make_cell(), make_learner(steps=100, dropout=0.2)
    draws = draws_of(cell, "train", cell.n)
    _, on_cpu, *_ = fit(cell, learner, draws, CPU)
    _, on_cuda, *_ = fit(cell, learner, draws, torch.device("cuda"))
    torch.testing.assert_close(on_cuda.cpu(), on_cpu, rtol=1e-3, atol=1e-4)


@pytest.fixture
def two_threads():
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(1)


def test_training_and_evaluation_take_one_thread_and_give_back_what_was_set(two_threads, monkeypatch, tmp_path):
    seen = []
    forward = networks.StackedNetwork.forward

    def watched(*arguments):
        seen.append(torch.get_num_threads())
        return forward(*arguments)

    monkeypatch.setattr(networks.StackedNetwork, "forward", watched)
    cell = make_cell()
    draws = draws_of(cell, "train", cell.n)
    for threads in (1, 2):
        torch.set_num_threads(threads)
        network, *_ = fit(cell, make_learner(), draws, CPU)
        network.logits(draws)
        save(network, tmp_path / str(threads))
        assert torch.get_num_threads() == threads
    with pytest.raises(KeyError):
        fit(cell, make_learner(optimiser={"none": {}}), draws, CPU)
    assert torch.get_num_threads() == 2  # also after a training that fails
    assert set(seen) == {1}
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_an_epoch_has_as_many_steps_as_batches():
    cell = make_cell(n=10)
    _, losses, *_ = fit(cell, make_learner(epochs=2, batch_size=8), draws_of(cell, "train", 10), torch.device("cpu"))
    assert losses.shape == (2 * 3, cell.replicates)
    assert torch.isfinite(losses).all()
