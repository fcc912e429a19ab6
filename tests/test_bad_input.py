"""Bad words on the command line and bad files: one line, and nothing is done before it; reading runs no code."""

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
from applicability.study import Grid
from conftest import Trap, assert_one_line, make_cell, make_learner, vouched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CELL, LEARNER = make_cell(), make_learner()
GRID = Grid(study="s", learners=["net"], scales=[0.5], sample_sizes=[20], replicates=3)
HALF = CELL.json().replace('"n": 20, ', "")
TRAIN = ["train", "--samples", "s.npz", "--model", "new.pt"]
COMBINE = ["combine", "--cells", "cell.csv", "--scores", "new.csv"]
FIGURE = ["plot", "--figure", "accuracy", "--tables", "summary.csv", "optimum.csv", "--pictures"]
ACCURACY = [*FIGURE, "new.svg", "--options"]
WORDS = [  # command lines, and what the line must say; each argument in JSON is checked (more values: test_bad_config.py)
    (["simulate", "--cell", "", "--samples", "new"], "cell: expected JSON: Expecting value"),
    (["simulate", "--cell", "[" * 99999, "--samples", "new"], "cell: expected JSON: maximum recursion depth"),
    ([*TRAIN, "--learner", "[]"], "learner: expected a mapping; found []"),
    ([*COMBINE, "--grid", "null"], "grid: expected a mapping; found None"),
    ([*COMBINE, "--grid", GRID.json().replace("20", "1")], "scores of study s: expected each of 3 keys once"),
    (["optimum", "--cells", CELL.json(), HALF, "--optimum", "new"], "cell: 'n' is missing"),
    (["describe", "--study", "3", "--shown", "x", "--tables", "x", "--captions", "new"], "study: expected a mapping"),
    (["calibrate", "--studies", "3", "--rates", "new"], "study: expected a mapping; found 3"),
    (["example", "--cell", CELL.json(), "--learner", LEARNER.json(), "--metrics", "new"],
     "cell.study: expected one of gaussians, clusters; found 's'"),
    (["example", "--cell", CELL.json().replace('"s"', '"clusters"'), "--learner", LEARNER.json(), "--metrics", "new"],
     "learner: 'epochs' is missing"),
    (["simulate", "--cell", CELL.json(), "--samples", "folder"], "folder: expected a file that can be written"),
    (["simulate", "--cell", CELL.json(), "--samples", "s.npz/x"], "s.npz/x: expected a file that can be written"),
    (["simulate", "--cell", CELL.json(), "--samples", "x" * 250], "expected a file that can be written: File name too"),
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
    (["test", "--samples", "s.npz", "--model", "none.pt", "--scores", "new"], "none.pt: expected a model file"),
    (["test", "--samples", "s.npz", "--model", "s.npz", "--scores", "new"], "s.npz: expected a model file"),
    (["test", "--samples", "model.pt", "--model", "model.pt", "--scores", "new"], "model.pt: expected an .npz file"),
]  # fmt: skip


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> Path:
    """A folder with what a cell leaves, by the command line."""
    folder = tmp_path_factory.mktemp("worked")
    at = {
        name: str(folder / name)
        for name in ("s.npz", "model.pt", "cell.csv", "scores.csv", "optimum.csv", "summary.csv")
    }
    (folder / "folder").mkdir()
    for words in (
        ["simulate", "--cell", CELL.json(), "--samples", at["s.npz"]],
        ["train", "--samples", at["s.npz"], "--learner", LEARNER.json(), "--model", at["model.pt"]],
        ["test", "--samples", at["s.npz"], "--model", at["model.pt"], "--scores", at["cell.csv"]],
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


READERS = {
    "s.npz": lambda path: read_arrays(path, "train", "test"),
    "model.pt": network.load,
    "scores.csv": lambda path: tables.read(path, *tables.KEYS),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("kind", ["empty", "text", "random", "pickle", "half", "utf-16", "folder", "missing"])
@pytest.mark.usefixtures("refusal")
def test_bad_files_are_refused_whatever_their_record_says(name, kind, worked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    good = (worked / name).read_bytes()
    contents = {
        "empty": b"",
        "text": b"hello, this is text\n",
        "random": bytes(range(256)) * 9,
        "pickle": pickle.dumps(Trap(Path("sprung")), protocol=2),
        "half": good.replace(b"0.5", b"half", 3) if name.endswith(".csv") else good[: len(good) // 2],
        "utf-16": "study,learner\n1,2\n".encode("utf-16"),
    }
    if kind in contents:
        vouched(Path(name), contents[kind])
    elif kind == "folder":
        Path(name).mkdir()
    with pytest.raises(InputError) as refused:
        READERS[name](Path(name))
    assert_one_line(str(refused.value), f"{name}: expected")
    assert not Path("sprung").exists()


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
    texts = {"cell": CELL, "learner": LEARNER, "grid": GRID}
    parsers = {
        name: lambda path, of=type(each): of.parse(path.read_text("utf-8", "replace")) for name, each in texts.items()
    }
    readers = READERS | parsers
    name = data.draw(st.sampled_from(list(readers)))
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
