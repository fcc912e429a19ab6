"""What a cluster is told of a training beforehand: it grows with the work, and suffices."""

import subprocess
import sys
from pathlib import Path

import pytest
from applicability.estimate import workload
from applicability.stages.simulate import simulate
from conftest import LINE, make_cell, make_learner

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
# getrusage would count the memory of the process that started this one, as it was at the time
PEAK = r"""
import re, sys
from applicability.__main__ import main
assert main(sys.argv[1:]) == 0
print(re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())[1])
"""


def peak_of(words: list) -> float:
    """The most memory that a command has, in MiB."""
    done = subprocess.run([sys.executable, "-c", PEAK, *words], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def test_what_a_training_asks_for_grows_with_it_and_suffices(tmp_path):
    small, large = make_cell(), make_cell(n=20_000, replicates=20)
    learner, wide = make_learner(steps=30), make_learner(steps=3000, hidden=[256, 256])
    for amount in (workload.memory_of, workload.minutes_of, workload.operations_of):
        assert amount(small, learner) < amount(large, wide)
    # a 1-8-8-1 network has 1·8 + 8·8 + 8·1 weights; 16 of 40 draws a step, 30 steps, 3 replicates
    assert workload.operations_of(small, learner) == 6 * (8 + 64 + 8) * 16 * 30 * 3
    three = make_cell(task=LINE)  # of which a network has an output for each
    assert workload.operations_of(three, learner) == 6 * (8 + 64 + 24) * 16 * 30 * 3
    names = {"samples": "samples.npz", "test": "test.npz", "model": "model.pt", "scores": "scores.csv"}
    files = {name: tmp_path / path for name, path in names.items()}
    chosen = make_learner(hidden=[256, 256], batch_size=4096, steps=2)
    peak = 0.0
    for words in (
        ["simulate", "--cell", large.json(), "--samples", files["samples"]],
        ["train", "--samples", files["samples"], "--learner", chosen.json(), "--model", files["model"]],
        ["simulate", "--cell", large.of_tests().json(), "--samples", files["test"], "--role", "test"],
        ["test", "--samples", files["samples"], "--test-samples", files["test"], "--model", files["model"],
         "--scores", files["scores"]],
    ):  # fmt: skip
        peak = max(peak, peak_of(words))
    assert peak < workload.memory_of(large, chosen)


def test_a_long_training_needs_no_more_memory_than_a_short_one(tmp_path):
    cell = make_cell(n=100, replicates=10)
    learner = make_learner(hidden=[64, 64], batch_size=256, steps=1500)
    samples, model = tmp_path / "samples.npz", tmp_path / "model.pt"
    simulate(cell.json(), samples)
    words = ["train", "--samples", samples, "--learner", learner.json(), "--model", model]
    assert 100 < peak_of(words) < workload.memory_of(cell, learner)
