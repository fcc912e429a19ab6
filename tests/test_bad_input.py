"""Bad words on the command line and bad files: one line, and nothing is done before it; reading runs no code."""

import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from applicability.__main__ import main
from applicability.errors import InputError
from applicability.learners import network
from applicability.storage import tables
from applicability.storage.arrays import read_arrays
from applicability.storage.files import write_atomically
from applicability.study import Cell, Grid, Learner
from conftest import Trap, assert_one_line, make_cell, make_learner, vouched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CELL, LEARNER = make_cell(), make_learner()
GRID = Grid(study="s", learners=["net"], scales=[0.5], sample_sizes=[20], replicates=3)
NAME = "expected a name of letters, digits, _ and -, a letter first, 64 at most; found"


def with_(record, **changes) -> str:
    """The JSON of a cell, learner or grid with changes; ... takes a key away."""
    changed = json.loads(record.json()) | changes
    return json.dumps({key: value for key, value in changed.items() if value is not ...})


def task(a, b=({"norm": {}},)) -> str:
    """A cell of these groups."""
    return with_(CELL, task=[["a", a], ["b", list(b)]])


CELLS = {
    "": "cell: expected JSON: Expecting value",
    "[]": "cell: expected a mapping; found []",
    "3": "cell: expected a mapping; found 3",
    "[" * 99999: "cell: expected JSON: maximum recursion depth",
    with_(CELL, n=...): "cell: 'n' is missing",
    with_(CELL, x=1): "cell.x: unknown",
    with_(CELL, n=0): "cell.n: expected a whole number ≥ 1",
    with_(CELL, n=True): "cell.n: expected a whole number ≥ 1",
    with_(CELL, n=10**30): "cell.n: expected a whole number ≥ 1",
    with_(CELL, scale="x"): "cell.scale: expected a number > 0",
    with_(CELL, scale=float("nan")): "cell.scale: expected a finite number, up to 1e+300; found nan",
    with_(CELL, scale=1e-9): "cell.scale: expected at least",
    with_(CELL, seed=-1): "cell.seed: expected a whole number ≥ 0",
    with_(CELL, replicates=0): "cell.replicates: expected a whole number ≥ 1",
    with_(CELL, study="../x"): f"cell.study: {NAME} '../x'",
    with_(CELL, task=3): "cell.task: expected a list; found 3",
    with_(CELL, task=[]): "cell.task: expected at least 2; found 0",
    task([]): "cell.task.0.1: expected at least 1; found 0",
    task([{"nrom": {}}]): "cell.task.0.1.0.nrom: unknown",
    task([{"norm": {"mean": 1}}]): "cell.task.0.1.0.norm.mean: unknown",
    task([{"norm": {}}] * 2): "cell.task: expected as many coordinates in every group; found 2 in a, 1 in b",
}
LEARNERS = {
    "[]": "learner: expected a mapping; found []",
    with_(LEARNER, name=1): "learner.name: expected a text; found 1",
    with_(LEARNER, name="a/b"): f"learner.name: {NAME} 'a/b'",
    with_(LEARNER, hidden=[0]): "learner.hidden.0: expected a whole number ≥ 1",
    with_(LEARNER, activation="x"): "learner.activation: expected one of relu",
    with_(LEARNER, dropout=2): "learner.dropout: expected a number ≥ 0 and < 1; found 2",
    with_(LEARNER, optimiser={}): "learner.optimiser: expected one entry; found none",
    with_(LEARNER, optimiser={"sgd": {"rate": 1}}): "learner.optimiser.sgd.rate: unknown",
    with_(LEARNER, batch_size=-1): "learner.batch_size: expected a whole number ≥ 1",
    with_(LEARNER, steps=None): "learner: expected exactly one of epochs, steps; found neither",
    with_(LEARNER, epochs=1): "learner: expected exactly one of epochs, steps; found epochs and steps",
    with_(LEARNER, standardise="no"): "learner.standardise: expected true or false; found 'no'",
}
GRIDS = {
    "null": "grid: expected a mapping; found None",
    with_(GRID, learners="net"): "grid.learners: expected a list; found 'net'",
    with_(GRID, scales=None): "grid.scales: expected a list; found None",
    with_(GRID, replicates="3"): "grid.replicates: expected a whole number",
    with_(GRID, sample_sizes=[1]): "scores of study s: expected each of 3 keys once",
}
TRAIN = ["train", "--samples", "s.npz", "--model", "new.pt"]
COMBINE = ["combine", "--cells", "cell.csv", "--scores", "new.csv"]
FIGURE = ["plot", "--figure", "accuracy", "--tables", "summary.csv", "optimum.csv", "--pictures"]
TEST = ["test", "--samples", "s.npz", "--test-samples", "t.npz"]
ACCURACY = [*FIGURE, "new.svg", "--options"]
WORDS = [  # command lines, and what the line must say
    *((["simulate", "--cell", text, "--samples", "new.npz"], said) for text, said in CELLS.items()),
    *(([*TRAIN, "--learner", text], said) for text, said in LEARNERS.items()),
    *(([*COMBINE, "--grid", text], said) for text, said in GRIDS.items()),
    (["optimum", "--cells", CELL.json(), with_(CELL, n=...), "--optimum", "new.csv"], "cell: 'n' is missing"),
    (["example", "--cell", CELL.json(), "--learner", LEARNER.json(), "--metrics", "new"], "cell.study: expected"),
    (["simulate", "--cell", CELL.json(), "--samples", "folder"], "folder: expected a file that can be written"),
    (["simulate", "--cell", CELL.json(), "--samples", "s.npz/x"], "s.npz/x: expected a file that can be written"),
    (["simulate", "--cell", CELL.json(), "--samples", "x" * 250], "expected a file that can be written: File name too"),
    (["simulate", "--cell", CELL.json(), "--samples", "new", "--role", "init"], "role: expected train or test; found"),
    (["summarise", "--scores", "scores.csv", "--summary", "new", "--tolerance", "1%"], "tolerance: expected JSON"),
    (["summarise", "--scores", "scores.csv", "--summary", "new", "--target-accuracy", "95"], "target_accuracy: ex"),
    (["plan", "--scores", "scores.csv", "--summary", "summary.csv", "--optimum", "optimum.csv", "--planning", "new",
      "--seed", "-1"], "seed: expected a whole number ≥ 0"),
    (["plan", "--scores", "scores.csv", "--summary", "optimum.csv", "--optimum", "optimum.csv", "--planning", "new"],
     "optimum.csv: expected a table with the columns study, learner, scale, n; missing: learner"),
    (["tabulate", "--summary", "summary.csv", "--learner", "nett", "--table", "new"], "learner: expected one of net"),
    (["compare", "--scores", "scores.csv", "--baseline", "nett", "--differences", "new"], "baseline: expected one of"),
    ([*ACCURACY, "{"], "options: expected JSON"),
    ([*ACCURACY, "[]"], "options: expected a mapping; found []"),
    ([*ACCURACY, "{}"], "figure accuracy: expected other arguments: missing a required argument: 'learners'"),
    ([*ACCURACY, '{"learners": ["net"], "x": 1}'], "expected other arguments: got an unexpected keyword argument 'x'"),
    ([*ACCURACY, '{"learners": ["net", "nett"]}'], "learner: expected one of net; found 'nett'"),
    ([*ACCURACY, '{"learners": []}'], "options.learners: expected"),
    ([*ACCURACY, '{"learners": "net"}'], "options.learners: expected"),
    ([*ACCURACY, '{"summary": "x"}'], "figure accuracy: expected other arguments"),
    ([*FIGURE, "new.jpg", "--options", '{"learners": ["net"]}'], "expected names that end in .pdf, .svg, .png"),
    (["plot", "--figure", "catalogue", "--pictures", "new.svg"], "figure: expected a module of applicability.figures"),
    (["plot", "--figure", "../x", "--pictures", "new.svg"], "figure: expected a module of applicability.figures"),
    (["plot", "--figure", "samples", "--pictures", "new.svg"], "missing a required argument: 'samples'"),
    (["plot", "--figure", "gap", "--tables", "optimum.csv", "--pictures", "new.svg"], "required argument: 'summary'"),
    (["plot", "--figure", "gap", "--tables", "none.csv", "--pictures", "new.svg"], "none.csv: expected a table in CSV"),
    (["plot", "--figure", "samples", "--cells", "curves.npz", "--pictures", "new.svg"], "'train is not a file"),
    (["device", "--device", "$(touch x)"], "device: expected one of auto"),
    ([*TEST, "--model", "none.pt", "--scores", "new"], "none.pt: expected a model file"),
    ([*TEST, "--model", "s.npz", "--scores", "new"], "s.npz: expected a model file"),
    ([*TEST, "--samples", "model.pt", "--model", "model.pt", "--scores", "new"], "model.pt: expected an .npz file"),
]  # fmt: skip


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> Path:
    """A folder with what a cell leaves, by the command line."""
    folder = tmp_path_factory.mktemp("worked")
    at = {
        name: str(folder / name)
        for name in ("s.npz", "t.npz", "model.pt", "cell.csv", "scores.csv", "optimum.csv", "summary.csv")
    }
    (folder / "folder").mkdir()
    for words in (
        ["simulate", "--cell", CELL.json(), "--samples", at["s.npz"]],
        ["simulate", "--cell", CELL.of_tests().json(), "--samples", at["t.npz"], "--role", "test"],
        ["train", "--samples", at["s.npz"], "--learner", LEARNER.json(), "--model", at["model.pt"]],
        [
            "test",
            "--samples",
            at["s.npz"],
            "--test-samples",
            at["t.npz"],
            "--model",
            at["model.pt"],
            "--scores",
            at["cell.csv"],
        ],
        ["combine", "--cells", at["cell.csv"], "--grid", GRID.json(), "--scores", at["scores.csv"]],
        ["optimum", "--cells", CELL.json(), "--optimum", at["optimum.csv"]],
        ["summarise", "--scores", at["scores.csv"], "--summary", at["summary.csv"]],
    ):
        assert main(words) == 0
    return folder


def assert_refused(words: list[str], said: str, folder: Path, capsys) -> None:
    """A command ends with one line that says so, and leaves a folder as it was."""
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert main(words) == 2
    assert_one_line(capsys.readouterr().err, said)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize(("words", "said"), WORDS, ids=[f"{words[0]}: {said}"[:60] for words, said in WORDS])
@pytest.mark.usefixtures("refusal")
def test_bad_words_are_refused(words, said, worked, monkeypatch, capsys):
    monkeypatch.chdir(worked)
    assert_refused(words, said, worked, capsys)


@pytest.mark.parametrize(
    "words", [[], ["nothing"], ["train"], ["train", "--samples"], ["device", "--device", "cpu", "--nothing"]], ids=str
)
@pytest.mark.usefixtures("refusal")
def test_unknown_words_get_the_usage(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert re.match(r"usage: .*\n(.*\n)*applicability.*: error: .*\n$", capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def spoil(good: bytes) -> dict[str, bytes]:
    """What can stand in a file's place."""
    return {
        "empty": b"",
        "text": b"hello, this is text\n",
        "random": bytes(range(256)) * 9,
        "pickle": pickle.dumps(Trap(Path("sprung")), protocol=2),
        "half": good[: len(good) // 2],
        "utf-16": "study,learner\n1,2\n".encode("utf-16"),
    }


@pytest.mark.parametrize("kind", [*spoil(b""), "folder", "missing"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("s.npz", ["train", "--learner", LEARNER.json(), "--model", "new.pt", "--samples"]),
        ("model.pt", [*TEST, "--scores", "new.csv", "--model"]),
        ("scores.csv", ["summarise", "--summary", "new.csv", "--scores"]),
        ("summary.csv", ["tabulate", "--learner", "net", "--table", "new.csv", "--summary"]),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)  # fmt: skip
@pytest.mark.usefixtures("refusal")
def test_bad_files_are_refused(name, words, kind, worked, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(worked)
    path = tmp_path / f"bad-{name}"
    if kind == "half" and name.endswith(".csv"):
        vouched(path, (worked / name).read_bytes().replace(b"0.5", b"half", 3))  # a text for a number
    elif kind == "folder":
        path.mkdir()
    elif kind != "missing":
        vouched(path, spoil((worked / name).read_bytes())[kind])
    assert_refused([*words, str(path)], f"bad-{name}: expected", worked, capsys)
    assert not (worked / "sprung").exists()


def test_no_reader_unpickles(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with write_atomically("model.pt") as part:
        torch.save({"weights": Trap(Path("sprung"))}, part)
    with write_atomically("samples.npz") as part:
        np.savez(part, cell=np.array(CELL.json()), train=np.array([Trap(Path("sprung"))], dtype=object))
    for read in (lambda: network.load("model.pt"), lambda: read_arrays("samples.npz", "train")):
        with pytest.raises(InputError):
            read()
    assert not Path("sprung").exists()
    pickle.loads(pickle.dumps(Trap(Path("sprung"))))
    assert Path("sprung").exists()  # it would have been


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_spoilt_file_or_argument_is_read_or_refused(worked, tmp_path, data):
    readers = {
        "s.npz": lambda path: read_arrays(path, "train"),
        "model.pt": network.load,
        "scores.csv": lambda path: tables.read(path, *tables.KEYS),
        "cell": lambda path: Cell.parse(path.read_bytes().decode(errors="replace")),
        "learner": lambda path: Learner.parse(path.read_bytes().decode(errors="replace")),
        "grid": lambda path: Grid.parse(path.read_bytes().decode(errors="replace")),
    }
    name = data.draw(st.sampled_from(list(readers)))
    texts = {"cell": CELL, "learner": LEARNER, "grid": GRID}
    content = bytearray(texts[name].json().encode() if name in texts else (worked / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = sorted(data.draw(st.integers(0, len(content))) for _ in range(2))
        match data.draw(st.sampled_from(["flip", "cut", "splice"])):
            case "flip" if start < len(content):
                content[start] ^= 1 << data.draw(st.integers(0, 7))
            case "cut":
                del content[start:end]
            case _:
                content[start:start] = data.draw(st.one_of(st.binary(max_size=20), st.just(content[start:end])))
    path = vouched(tmp_path / "spoilt", bytes(content))
    try:
        readers[name](path)
    except InputError as error:
        assert_one_line(str(error), "expected")
