"""A network of one's own: as the stacked one where it is the same, its hooks, its streams, what is refused."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from applicability import own_code
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.learners.estimators import fit_estimators
from applicability.learners.fitting import fit
from applicability.learners.own_tried import describe_module
from applicability.learners.saved import load, save
from applicability.randomness import torch_generators
from applicability.scores.evaluation import judge
from applicability.scores.verdict import alike_learners
from applicability.study.learner import OwnNetwork
from applicability.tasks.sample import sample
from checkouts import ROOT, jobs_in
from conftest import LINE, draws_of, make_cell, make_learner

CPU, MODELS = torch.device("cpu"), f"{ROOT}/tests/models.py"


def own(name="Net", groups=2, file=MODELS, inputs=1, **options):
    """A learner of a file, the tests' models, as reading a config describes it."""
    training = {"optimiser": {"sgd": {"lr": 0.1}}, "batch_size": 256, "standardise": False}
    training |= {} if "epochs" in options else {"steps": 20}
    known = {key: options.pop(key) for key in (*training, "epochs", "patience", "validation") if key in options}
    training |= ({"validation": 0.1} if "patience" in known else {}) | known
    found = describe_module(file, name, options, training["optimiser"], inputs, groups)
    return OwnNetwork(name="own", python=found, **training)


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({}, {"steps": 45}),  # of 3 steps an epoch
        ({"task": LINE}, {"epochs": 6, "standardise": True}),
        ({"weights": [0.2, 0.8]}, {"epochs": 5, "batch_size": 64, "optimiser": {"adam": {"lr": 0.003}}}),
        ({"weights": [0.3, 0.7], "training": "as_weights"}, {"epochs": 40, "patience": 2, "validation": 0.3}),
        ({"task": LINE}, {"epochs": 30, "patience": 3, "validation": 0.2, "optimiser": {"adamw": {"lr": 0.01}}}),
    ],
    ids=str,
)
def test_a_1_64_64_1_network_trains_as_the_stacked_one(changes, options):
    cell = make_cell(**changes)
    options = {"batch_size": 16, "optimiser": {"sgd": {"lr": 0.1}}} | options
    draws = sample(cell, "train", cell.counts)
    mine = fit(cell, own(groups=len(cell.task), **options), draws, CPU)
    ours = fit(cell, make_learner(hidden=[64, 64], **options), draws, CPU)
    np.testing.assert_array_equal(mine.steps, ours.steps)
    np.testing.assert_allclose(mine.losses, ours.losses, atol=1e-5)
    if "patience" in options:
        np.testing.assert_allclose(mine.validation, ours.validation, atol=1e-5)
    tests = draws_of(cell, "test", 50)
    found = [judge(each.network, cell, draws, tests).scores for each in (mine, ours)]
    assert found[0].keys() == found[1].keys()
    for name in ("log_loss", "exact_gap", "posterior_error"):
        np.testing.assert_allclose(*(each[name] for each in found), atol=1e-4)


def plain(cell, draws, replicate):
    """A replicate of `Normal` as a PyTorch user trains it."""
    seeds = {role: torch_generators(cell.seed, role, 3)[replicate] for role in ("init", "shuffle", "dropout")}
    module = own_code.found_in(MODELS, own_code.sha256_of(MODELS), "Normal")
    torch.manual_seed(seeds["init"].initial_seed())
    net = module(inputs=1, outputs=1, width=8)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    schedule, x, labels = net.scheduler(optimiser), torch.from_numpy(draws[replicate]), torch.arange(40) // 20
    torch.manual_seed(seeds["dropout"].initial_seed())
    for _ in range(5):
        seed = torch.empty(2, dtype=torch.int64).random_(generator=seeds["shuffle"])[1].item()
        order = torch.randperm(40, generator=torch.Generator().manual_seed(seed))
        for batch in order.split(16):
            optimiser.zero_grad()
            net.loss(net(x[batch]), labels[batch]).backward()
            optimiser.step()
        schedule.step()
    return net.eval()


def test_hooks_modes_and_streams_are_those_of_a_plain_loop():
    """Batch normalisation, dropout, a scheduler and a loss of its own, of the second of three replicates."""
    cell, learner = make_cell(), own("Normal", width=8, epochs=5, batch_size=16, optimiser={"sgd": {"lr": 0.1}})
    draws = draws_of(cell, "train", 20)
    torch.manual_seed(5)
    fitted, behind = fit(cell, learner, draws, CPU), torch.rand(3)
    assert torch.equal(behind, torch.rand(3, generator=torch.Generator().manual_seed(5)))
    expected = plain(cell, draws, 1)(torch.from_numpy(draws[1])).detach()
    torch.testing.assert_close(torch.from_numpy(fitted.network.logits(draws)[1]), expected.double())
    assert fitted.losses.shape == (15, 3)
    assert (fitted.losses > 0.5).all()  # nat, not a squared error


def test_a_replicate_has_the_bits_that_it_has_alone(tmp_path):
    cell, learner = make_cell(replicates=3), own("Normal", epochs=30, patience=2, batch_size=16, standardise=True)
    draws = draws_of(cell, "train", 20)
    together = fit(cell, learner, draws, CPU)
    alone = fit(make_cell(replicates=1), learner, draws[:1], CPU)
    assert together.network.logits(draws)[0].tolist() == alone.network.logits(draws[:1])[0].tolist()
    assert len(set(together.steps)) > 1
    for name in ("one", "two"):
        save(together.network, tmp_path / name, learner=learner.json())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again, _ = load(tmp_path / "one")
    np.testing.assert_array_equal(again.logits(draws), together.network.logits(draws))


def test_a_diverged_module_is_one_and_its_original_stays_in_single_precision():
    cell, learner = make_cell(), own(steps=9, optimiser={"sgd": {"lr": 1e20}})
    fitted = fit(cell, learner, draws := draws_of(cell, "train", 20), CPU)
    scores = judge(fitted.network, cell, draws, draws_of(cell, "test", 50)).scores
    assert scores["diverged"].all()
    assert np.isnan(scores["exact_gap"]).all()
    assert {each.dtype for module in fitted.network.modules for each in module.parameters()} == {torch.float32}


def test_a_linear_network_is_known_by_what_it_computes():
    learners = {"line": own("line"), "net": own(), "logistic": make_learner(hidden=[])}
    names = [*learners, "plug-in"]
    assert alike_learners("line", learners, names).tolist() == [True, False, True, True]
    assert alike_learners("net", learners, names).tolist() == [False, True, False, False]
    assert alike_learners("net", learners | {"more": own(steps=30)}, ["more"]).tolist() == [True]
    assert alike_learners("net", learners | {"wide": own(width=65)}, ["wide"]).tolist() == [False]


PLAIN = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, inputs, outputs, width=4):
        super().__init__()
        self.first, self.last = nn.Linear(inputs, width), nn.Linear(width, outputs)
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        x = self.first(x)
        return self.last(x + self.gate * torch.relu(x))
"""


def config(**more) -> dict:
    """A config with a learner of mine.py."""
    learner = {"python": "mine.py:Net", "steps": 20} | more
    task = {"a": {"norm": {"loc": 1}}, "b": {"norm": {"loc": 2}}}
    return {"studies": {"s": {"task": task, "sample_sizes": [20], "learners": {"own": learner}}}}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory with a file of one's own, which a test may write anew."""
    monkeypatch.chdir(tmp_path)
    own_code.found_in.cache_clear()

    def write(old: str = "", new: str = "") -> None:
        assert old in PLAIN
        (tmp_path / "mine.py").write_text(PLAIN.replace(old, new) if old else PLAIN)

    write()
    return write


def test_a_network_that_begins_linear_is_not_taken_for_one(here):
    assert not own(file="mine.py").linear


SHAPE = r"mine.py: expected finite numbers of shape \[16, 1\] of Net.forward"
ALONE = "mine.py: Net: expected in evaluation outputs that each draw alone decides; found others beside other draws"
SHARED = "mine.py: expected of Net parameters of each module's own; found one that two share"
GLOBAL = "x = x + __import__('numpy').random.normal() * self.training; x = self.first(x)"
ANEW = "mine.py: expected of Net parameters from torch's random numbers alone; found others anew"
OTHERS = "torch.rand(1, generator=torch.Generator().manual_seed(id(self) % 2**40))"
FAULTS = {  # what is written in the file -> in the place of what, and what is said
    "import torch\n1 / 0": ("import torch", "mine.py, line 2: the file raised ZeroDivisionError: division by zero"),
    "class Not": ("class Net", "mine.py: expected a class or function Net; found Not"),
    "def Net(inputs, outputs): return 3\n\n\nclass Not": (
        "class Net",
        "mine.py: expected an nn.Module of Net; found int",
    ),
    "nn.Linear(width, 2)": ("nn.Linear(width, outputs)", rf"{SHAPE}; found shape \[16, 2\]"),
    "return x.sum().item(); self.last(x": ("return self.last(x", f"{SHAPE}; found float"),
    "return self.last(x / 0": ("return self.last(x", f"{SHAPE}; found (nan|inf|-inf)"),
    "self.last(x).detach()": ("self.last(x + self.gate * torch.relu(x))", f"{SHAPE} with a gradient; found none"),
    "x = self.first(x[:, 1:])": ("x = self.first(x)", "mine.py, line 12: Net.forward raised RuntimeError: "),
    "return self.last(x - x.mean(0)": ("return self.last(x", ALONE),
    "torch.sigmoid(self.last(x + self.gate * torch.relu(x)))": (
        "self.last(x + self.gate * torch.relu(x))",
        "mine.py: Net: expected log-odds, with no sigmoid or softmax behind them",
    ),
    "def __init__(self, width=4, outputs=1)": (
        "def __init__(self, inputs, outputs, width=4)",
        "mine.py: expected arguments inputs and outputs of Net, with which it is called; found width, outputs",
    ),
    OTHERS: ("torch.zeros(1)", ANEW),
    GLOBAL: ("x = self.first(x)", ANEW),
    "def scheduler(self, o): return torch.optim.lr_scheduler.ReduceLROnPlateau(o)\n\n    def forward": (
        "def forward",
        "mine.py: Net.scheduler raised TypeError: ",
    ),
    "def loss(self, o, labels): return 1.0\n\n    def forward": (
        "def forward",
        "mine.py: Net.loss raised AttributeError: ",
    ),
}


@pytest.mark.parametrize("new", FAULTS)
def test_what_it_may_not_be_is_said_with_its_line(here, refusal, new):
    old, said = FAULTS[new]
    here(old, new)
    with pytest.raises(InputError) as refused:
        own(file="mine.py")
    assert re.match(said, str(refused.value)), refused.value


ARGUMENTS = "mine.py: expected arguments of Net among inputs, outputs, width"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"widht": 3}, f"{ARGUMENTS}; found widht; did you mean 'width'?"),
        ({"hidden": [3]}, f"{ARGUMENTS}; found hidden"),
        ({"width": -1}, "mine.py, line 8: Net raised RuntimeError: "),
        ({"file": "none.py"}, "none.py: expected a Python file; No such file or directory"),
        (
            {"optimiser": {"signsgd": {"lr": 1}}},
            "expected as optimiser beside python sgd or adam or adamw; found signsgd",
        ),
    ],
)
def test_a_wrong_argument_gets_a_line(here, refusal, options, said):
    with pytest.raises(InputError) as refused:
        own(**{"file": "mine.py"} | options)
    assert str(refused.value).startswith(said), refused.value


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"widht": 3}, f": {ARGUMENTS}; found widht; did you mean 'width'?"),
        ({"python": "mine:Net"}, ".python: expected a name of a Python file and a class or function in it, as "),
        ({"epochs": 3}, ": expected exactly one of epochs, steps; found epochs and steps"),
        ({"patience": 3}, ": expected the key epochs beside patience; found none"),
    ],
)
def test_a_config_says_whose_it_is(here, refusal, more, said):
    with pytest.raises(InputError) as refused:
        validate(config(**more))
    assert str(refused.value).startswith(f"config: studies.s.learners.own{said}"), refused.value


def test_networks_of_a_file_that_has_changed_are_not_made(here, tmp_path):
    cell, learner = make_cell(), own(file="mine.py")
    save(fit(cell, learner, draws_of(cell, "train", 20), CPU).network, tmp_path / "model.pt", learner=learner.json())
    here("width=4", "width=5")
    own_code.found_in.cache_clear()
    with pytest.raises(InputError, match=r"mine.py: expected the file that the config was read with; it has changed"):
        load(tmp_path / "model.pt")


def test_a_parameter_that_all_modules_share_is_refused(here, refusal):
    here("self.gate = nn.Parameter(torch.zeros(1))", "self.gate = GATE")
    path = Path("mine.py")
    path.write_text(path.read_text().replace("class Net", "GATE = nn.Parameter(torch.zeros(1))\n\n\nclass Net"))
    with pytest.raises(InputError, match=SHARED):
        own(file="mine.py")


def test_a_mask_of_infinite_numbers_is_no_divergence(here):
    here("self.gate =", "self.register_buffer('mask', torch.tensor(-torch.inf)); self.gate =")
    cell = make_cell()
    network = fit(cell, own(file="mine.py"), draws := draws_of(cell, "train", 20), CPU).network
    assert not judge(network, cell, draws, draws_of(cell, "test", 50)).scores["diverged"].any()


def test_defaults_that_are_written_out_are_the_same_model():
    assert own(width=64).model == own().model != own(width=63).model


def test_a_network_is_no_classifier_and_the_other_way_round():
    with pytest.raises(InputError, match=r"learner: expected a classifier of scikit-learn; found a network"):
        fit_estimators(make_cell(), own(), None)


def test_what_a_network_raises_in_training_is_said_with_its_line(here):
    """In the last batch of an epoch, of 4 draws."""
    here("x = self.first(x)", "x = self.first(x if len(x) > 4 or not self.training else x[:, 7:])")
    with pytest.raises(InputError, match=r"mine.py, line 12: Net.forward raised RuntimeError"):
        fit(make_cell(), own(file="mine.py", batch_size=9), draws_of(make_cell(), "train", 20), CPU)


@pytest.mark.workflow
def test_a_study_of_learners_of_ones_own_reruns_what_has_changed(fresh):
    (fresh.path / "mine.py").write_text(PLAIN)
    tree = {"sklearn": "tree.DecisionTreeClassifier", "max_depth": {"each": [1, 2]}}
    study = config()["studies"]["s"] | {"replicates": 5, "test_draws": 50, "scales": [1]}
    study["learners"] |= {"tree": tree, "net": {"hidden": [2], "steps": 3}}
    path = fresh.path / "config/test.yaml"
    path.write_text(yaml.safe_dump({"studies": {"s": study}}))
    fresh.snakemake()
    fresh.snakemake("verify")
    assert "nothing is left to do" in fresh.snakemake("estimate").stdout
    assert jobs_in(fresh.snakemake("-n").stdout) == {}
    names = {path.name for path in (fresh.path / "results/s/scale=1/n=20/tree-max_depth=1").glob("[!.]*")}
    assert names == {"cost.csv", "scores.csv", "curves.npz"}
    captions = (fresh.path / "results/s/captions.md").read_text()
    assert "``Net()`` of ``mine.py`` with 14 parameters" in captions
    assert "``DecisionTreeClassifier(max_depth=1)`` of scikit-learn" in captions
    assert "Learners; networks minimise cross-entropy" in captions
    fresh.edit("mine.py", "width=4", "width=5")
    again = jobs_in(fresh.snakemake("-n").stdout)
    assert (again["train"], again["test"], again.get("assess", 0)) == (1, 1, 0)
    fresh.edit("mine.py", "width=5", "width=4")
    study["learners"]["tree"]["max_depth"] = {"each": [1, 3]}
    path.write_text(yaml.safe_dump({"studies": {"s": study}}))
    again = jobs_in(fresh.snakemake("-n").stdout)
    assert (again.get("train", 0), again["assess"]) == (0, 1)
