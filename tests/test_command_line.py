"""The command line: a subcommand per stage, and one line for what the user can mend."""

import json
import subprocess
import sys

import pytest
from applicability.__main__ import main
from applicability.commands import COMMANDS
from applicability.storage import tables
from applicability.study import Grid
from conftest import make_cell, make_learner


def test_a_study_can_be_run_by_hand(tmp_path, capsys):
    cell, learner = make_cell(), make_learner()
    grid = Grid(study="s", learners=["net"], scales=[0.5], sample_sizes=[20], replicates=3)
    names = (
        "samples.npz",
        "test.npz",
        "model.pt",
        "cell.csv",
        "scores.csv",
        "optimum.csv",
        "summary.csv",
        "table.csv",
        "plan.csv",
    )
    names += ("map.svg", "curves.svg")
    at = {name: str(tmp_path / name) for name in names}
    drawn, trained = ["--samples", at["samples.npz"]], ["--model", at["model.pt"]]
    scores, summary = ["--scores", at["scores.csv"]], ["--summary", at["summary.csv"]]
    optimum, one = ["--optimum", at["optimum.csv"]], ["--options", json.dumps({"learner": "net"})]
    several = ["--options", json.dumps({"learners": ["net"]})]
    for words in (
        ["simulate", "--cell", cell.json(), *drawn],
        ["simulate", "--cell", cell.of_tests().json(), "--samples", at["test.npz"], "--role", "test"],
        ["train", *drawn, "--learner", learner.json(), *trained],
        ["test", *drawn, "--test-samples", at["test.npz"], *trained, "--scores", at["cell.csv"]],
        ["combine", "--cells", at["cell.csv"], "--grid", grid.json(), *scores],
        ["optimum", "--cells", cell.json(), *optimum],
        ["summarise", *scores, *summary, "--target-accuracy", "0.8"],
        ["plan", *scores, *summary, *optimum, "--planning", at["plan.csv"]],
        ["tabulate", *summary, "--learner", "net", "--table", at["table.csv"]],
        ["plot", "--figure", "accuracy", "--tables", summary[1], optimum[1], *several, "--pictures", at["map.svg"]],
        ["plot", "--figure", "ratio", "--cells", str(tmp_path / "curves.npz"), *one, "--pictures", at["curves.svg"]],
    ):  # fmt: skip
        assert main(words) == 0
    assert len(tables.read(at["scores.csv"])) == 3
    assert (tmp_path / "map.svg").stat().st_size > 1000
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["simulate", "--cell", "{", "--samples", "x.npz"], "cell: expected JSON: Expecting property name"),
        (["simulate", "--cell", "[]", "--samples", "x.npz"], "cell: expected a mapping; found []"),
        (["train", "--samples", "no.npz", "--learner", make_learner().json(), "--model", "m"],
         "no.npz: expected an .npz file with the cell and train: it does not exist"),
        (["summarise", "--scores", "no.csv", "--summary", "s"], "no.csv: expected a table in CSV"),
        (["device", "--device", "abacus"], "device: expected one of auto"),
    ],
)  # fmt: skip
def test_what_the_user_can_mend_is_one_line(words, said, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_each_error_of_an_argument_is_a_line(tmp_path, capsys):
    assert main(["simulate", "--cell", make_cell(n=0, seed=-1).json(), "--samples", str(tmp_path / "x.npz")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("applicability: cell.n: expected a whole number ≥ 1")
    assert second.startswith("applicability: cell.seed: expected a whole number ≥ 0")
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_command_and_its_options():
    def run(*words):
        words = [sys.executable, "-m", "applicability", *words]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    listed = run("--help")
    assert all(name in listed for name in COMMANDS)
    options = run("train", "--help")
    assert all(option in options for option in ("--samples", "--learner", "--model", "--device"))
