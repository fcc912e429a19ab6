"""The command line: a subcommand per stage; bad words and bad files get one line, and nothing is done before it."""

import pickle
import re
import shlex
from pathlib import Path

import pytest
from applicability.__main__ import main
from applicability.commands import COMMANDS
from applicability.errors import InputError, in_a_line
from applicability.learners import saved
from applicability.storage import tables
from applicability.storage.arrays import read_arrays
from applicability.study.study import Grid
from conftest import Trap, assert_one_line, make_cell, make_learner, vouched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CELL, LEARNER = make_cell(), make_learner()
GRID = Grid(study="s", learners=["net"], scales=[0.5], sample_sizes=[20], replicates=3)
TEXTS = {  # words of the tables below that are longer
    "CELL": CELL.json(),
    "OF_TESTS": CELL.of_tests().json(),
    "HALF": CELL.json().replace('"n": 20, ', ""),
    "CLUSTERS": CELL.json().replace('"s"', '"clusters"'),
    "DEEP": "[" * 99999,
    "LEARNER": LEARNER.json(),
    "STOPPING": make_learner(epochs=9, patience=2, validation=0.1).json(),
    "GRID": GRID.json(),
    "OTHER": make_learner(name="other").json(),
    "LARGER": GRID.json().replace("20", "21"),
    "LONG": "x" * 250,
}
RUN = """
simulate --cell CELL --samples s.npz
simulate --cell OF_TESTS --samples t.npz --role test
train --samples s.npz --learner LEARNER --model model.pt
test --samples s.npz --test-samples t.npz --model model.pt --scores cell.csv
combine --cells cell.csv --grid GRID --scores scores.csv
optimum --cells CELL --optimum optimum.csv
summarise --scores scores.csv --summary summary.csv --learners LEARNER --tolerance 0.02
plan --scores scores.csv --optimum optimum.csv --planning planning.csv
tabulate --summary summary.csv --learner net --table table.csv
plot --figure accuracy --tables summary.csv optimum.csv --options '{"learners": ["net"]}' --pictures map.svg
plot --figure ratio --cells curves.npz --options '{"learner": "net"}' --pictures curves.svg
"""
ACCURACY = "plot --figure accuracy --tables summary.csv optimum.csv --pictures new.svg --options"
# command lines, and what the line says; of each argument in JSON one bad value (others: test_bad_config.py)
REFUSED = f"""
simulate --samples new --cell ''           | cell: expected JSON: Expecting value
simulate --samples new --cell DEEP         | cell: expected JSON: maximum recursion depth
simulate --samples new --cell 3            | cell: expected a mapping; found 3
train --samples s.npz --model new --learner []              | learner: expected a mapping; found []
combine --cells cell.csv --scores new --grid null           | grid: expected a mapping; found None
combine --cells cell.csv --scores new --grid LARGER         | scores of study s: expected each of 3 keys once
optimum --optimum new --cells CELL HALF                     | cell: 'n' is missing
describe --shown x --tables x --captions new --study 3      | study: expected a mapping; found 3
calibrate --measured new --studies 3                        | study: expected a mapping; found 3
example --metrics new --cell CELL --learner LEARNER         | cell.study: expected one of gaussians, clusters; found 's'
example --metrics new --cell CLUSTERS --learner LEARNER     | learner: 'epochs' is missing
example --metrics new --cell CLUSTERS --learner STOPPING    | learner.patience: expected none; a worked example
summarise --scores scores.csv --summary new --learners LEARNER --tolerance 1% | tolerance: expected JSON
summarise --scores summary.csv --summary new --learners LEARNER | steps, device, test_device; missing: replicate
summarise --scores scores.csv --summary new --learners OTHER | learners: expected every learner of the scores, net too
plan --scores scores.csv --optimum summary.csv --planning new | plugin_from; missing: plugin_constant
tabulate --summary summary.csv --learner nett --table new   | learner: expected one of net; found 'nett'
compare --scores scores.csv --baseline nett --differences x | baseline: expected one of net; found 'nett'
{ACCURACY} {{                              | options: expected JSON
{ACCURACY} []                              | options: expected a mapping; found []
{ACCURACY} '{{"learners": []}}'            | options.learners: expected at least 1; found 0
{ACCURACY} '{{"learners": "net"}}'         | options.learners: expected a list; found 'net'
{ACCURACY} '{{"learners": ["net", "nett"]}}' | learner: expected one of net; found 'nett'
{ACCURACY} {{}}                            | expected other arguments: missing a required argument: 'learners'
{ACCURACY} '{{"learners": ["net"], "x": 1}}' | expected other arguments: got an unexpected keyword argument 'x'
{ACCURACY} '{{"summary": "x"}}'            | figure accuracy: expected other arguments
plot --figure accuracy --pictures new.jpg  | pictures: expected names that end in .pdf, .svg, .png; found new.jpg
plot --figure catalogue --pictures new.svg | figure: expected a module of applicability.figures
plot --figure ../x --pictures new.svg      | figure: expected a module of applicability.figures
plot --figure samples --pictures new.svg   | missing a required argument: 'samples'
plot --figure gap --pictures new.svg --tables none.csv      | none.csv: expected a table in CSV
plot --figure samples --pictures new.svg --cells curves.npz | 'train is not a file
typeset --table scores.csv --kind scores --pages new.md     | kind: expected one of summary, optimum, planning
typeset --table summary.csv --kind summary --pages new.pdf  | expected names that end in .md, .tex, .html; found new.pdf
device --device '$(touch x)'               | device: expected one of auto
simulate --cell CELL --samples folder      | folder: expected a file that can be written
simulate --cell CELL --samples s.npz/x     | s.npz/x: expected a file that can be written
simulate --cell CELL --samples new --role init | role: expected train or test; found 'init'
simulate --cell CELL --samples LONG        | expected a file that can be written: File name too
test --samples s.npz --test-samples t.npz --model s.npz --scores new       | s.npz: expected a model file
test --samples model.pt --test-samples t.npz --model model.pt --scores new | model.pt: expected an .npz file
test --samples none.npz --test-samples t.npz --model model.pt --scores new | none.npz: expected an .npz file
"""


def words_of(line: str) -> list[str]:
    """The words of a command line above."""
    return [TEXTS.get(word, word) for word in shlex.split(line)]


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> Path:
    """A folder with what a cell leaves, by the command line."""
    folder = tmp_path_factory.mktemp("worked")
    (folder / "folder").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert not any(main(words_of(line)) for line in RUN.strip().splitlines())
    return folder


def test_a_study_can_be_run_by_hand(worked):
    assert len(tables.read(worked / "scores.csv")) == 3
    assert (worked / "map.svg").stat().st_size > 1000


@pytest.mark.parametrize(("line", "said"), [row.split(" | ") for row in REFUSED.strip().splitlines()])
@pytest.mark.usefixtures("refusal")
def test_bad_words_are_refused_in_one_line(line, said, worked, monkeypatch, capsys):
    monkeypatch.chdir(worked)
    before = {path: path.stat().st_mtime_ns for path in worked.iterdir()}
    assert main(words_of(line)) == 2
    error = capsys.readouterr().err
    assert_one_line(error, said)
    assert error.startswith("applicability: ")
    assert {path: path.stat().st_mtime_ns for path in worked.iterdir()} == before


def test_each_error_of_an_argument_is_a_line(tmp_path, capsys):
    assert main(["simulate", "--cell", make_cell(n=0, seed=-1).json(), "--samples", str(tmp_path / "x.npz")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("applicability: cell.n: expected a whole number ≥ 1")
    assert second.startswith("applicability: cell.seed: expected a whole number ≥ 0")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["", "nothing", "train", "train --samples", "device --device cpu --nothing"])
@pytest.mark.usefixtures("refusal")
def test_unknown_words_get_the_usage(line, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(line.split())
    assert re.match(r"usage: .*\n(.*\n)*applicability.*: error: .*\n$", capsys.readouterr().err)


def test_help_names_every_command_and_its_options(capsys):
    for line, named in {"--help": COMMANDS, "train --help": ["--samples", "--learner", "--model"]}.items():
        with pytest.raises(SystemExit, match="0"):
            main(line.split())
        said = capsys.readouterr().out
        assert all(name in said for name in named)


def test_an_error_is_one_line_that_controls_no_terminal():
    assert str(InputError("a:\n  b\x1b[31m", "c")) == "a: b\\x1b[31m\nc"
    for error, line in ((KeyError("x"), "KeyError: 'x'"), (OSError("a\nb"), "OSError: a"), (OSError(), "OSError")):
        assert in_a_line(error) == line


READERS = {
    "s.npz": lambda path: read_arrays(path, "train"),
    "model.pt": saved.load,
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
    if kind == "pickle":
        pickle.loads(contents[kind])
        assert Path("sprung").exists()  # it would have been


@given(st.data())
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_a_spoilt_file_or_argument_is_read_or_refused(worked, tmp_path, data):
    texts = {"cell": CELL, "learner": LEARNER, "grid": GRID}
    name = data.draw(st.sampled_from([*READERS, *texts]))
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
    try:
        if name in texts:
            type(texts[name]).parse(content.decode(errors="replace"))
        else:
            READERS[name](vouched(tmp_path / "spoilt", bytes(content)))
    except InputError as error:
        assert_one_line(str(error), "expected")
