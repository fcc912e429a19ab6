"""What a cluster is told of a training beforehand: by hand, and that it suffices."""

import subprocess
import sys
from pathlib import Path

import pytest
from applicability.estimate import workload
from applicability.study.learner import Estimator, OwnNetwork
from conftest import LINE, PLANE, make_cell, make_learner

# getrusage would count the memory of the process that started this one, as it was at the time
PEAK = r"""
import re, sys
from applicability.__main__ import main
for line in sys.stdin:
    assert main(line.rstrip("\n").split("\t")) == 0
print(re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())[1])
"""


def test_what_a_training_asks_for():
    """Of 2^18 replicates, which have a MiB for each number of 4 bytes; 30 steps, and draws of training or of test."""
    learner = make_learner()  # 1-8-8-1, 1-8-8-3 and 2-8-8-3: an output for each of more than two groups
    for changes, weights, batch, units, data in (  # of a batch 16 draws, or all of 3·5
        ({}, 8 + 64 + 8, 16, 17, 40 * (40 + 2)),
        ({"test_draws": 70}, 8 + 64 + 8, 16, 17, 140 * (40 + 2)),
        ({"task": LINE, "n": 5}, 8 + 64 + 24, 15, 19, 60 * (40 + 2)),
        ({"task": PLANE}, 16 + 64 + 24, 16, 19, 60 * (40 + 4)),
        ({"n": 100}, 8 + 64 + 8, 16, 17, 200 * (40 + 2)),
    ):
        cell = make_cell(**{"replicates": 2**18, "test_draws": 20} | changes)
        assert workload.weights_of(cell, learner) == weights
        assert workload.operations_of(cell, learner) == 2**18 * 6 * weights * batch * 30
        assert workload.minutes_of(cell, learner) == 12  # 10, and a minute and some at 1e9 operations a second
        step = 4 * units * batch + 10 * weights
        assert workload.memory_of(cell, learner) == 600 + step + data + 3 * 30  # a loss, and again in float64


def test_epochs_are_as_many_steps_as_batches_and_random_numbers_are_counted():
    """7 epochs of ⌈3·20/16⌉ = 4 batches; a step takes 2 ms beside its operations: 2·10⁷ of them 40,006 s."""
    assert workload.steps_of(make_cell(task=LINE), make_learner(epochs=7)) == 28
    assert workload.minutes_of(make_cell(), make_learner(hidden=[], steps=2 * 10**7)) == 10 + 667
    cell = make_cell(task=PLANE)  # 3 replicates, 3 groups, 2 coordinates, 20 and 50 draws
    assert (workload.draws_of(cell), workload.tested_of(cell)) == (360, 360 + 900)


def test_what_learners_of_other_kinds_ask_for():
    """Of three replicates of 2,000 draws; a network of one's own is trained three times, one after another."""
    usual = {"name": "it", "standardise": False}
    training = {"optimiser": {"sgd": {"lr": 0.1}}, "batch_size": 16, "steps": 10**6}
    own, cell = OwnNetwork(python={"weights": 10, "units": 100}, **training, **usual), make_cell(n=1000)
    assert workload.operations_of(cell, own) == 6 * 100 * 16 * 10**6 * 3
    assert workload.minutes_of(cell, own) == 10 + 101  # 3 · 2,000 s, and 28.8 s of operations
    for pairs, minutes, memory in (  # 0.4 s of pairs, 52 s of trees and, of a kernel, 8 s of triples; a fit
        (False, 10 + 3, 3 * (60 * 100 * 2000 + 2000 * 42)),
        (True, 10 + 4, 3 * (60 * 100 * 2000 + 2 * 2000**2 + 2000 * 42) + 14 * 2000**2),
    ):
        forest = Estimator(sklearn={"trees": 100, "pairs": pairs}, **usual)
        assert workload.minutes_of(cell, forest) == minutes
        assert workload.memory_of(cell, forest) == 601 + 4 * memory // 2**20


LARGE = {"n": 10_000, "replicates": 20}, {"hidden": [256, 256], "batch_size": 4096, "steps": 2}
LONG = {"n": 100, "replicates": 10}, {"hidden": [64, 64], "batch_size": 256, "steps": 1500}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(("cell", "learner"), [LARGE, LONG], ids=["large", "long"])
def test_what_a_training_asks_for_suffices(tmp_path, cell, learner):
    cell, learner = make_cell(**cell), make_learner(**learner)
    samples, test_samples, model = (tmp_path / name for name in ("samples.npz", "test.npz", "model.pt"))
    drawn, trained = ["--samples", samples], ["--model", model]
    commands = [
        ["simulate", "--cell", cell.json(), *drawn],
        ["simulate", "--cell", cell.of_tests().json(), "--samples", test_samples, "--role", "test"],
        ["train", *drawn, "--learner", learner.json(), *trained],
        ["test", *drawn, "--test-samples", test_samples, *trained, "--scores", tmp_path / "scores.csv"],
    ]
    lines = "".join("\t".join(map(str, words)) + "\n" for words in commands)
    done = subprocess.run([sys.executable, "-c", PEAK], input=lines, capture_output=True, text=True, check=True)
    assert 100 < int(done.stdout) / 1024 < workload.memory_of(cell, learner)  # MiB
