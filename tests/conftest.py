"""Shared pieces: small studies for the library's tests, and a copy of the project to run snakemake in."""

import errno
import fcntl
import os
import shutil
from collections import Counter
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from applicability.drawing import style
from applicability.storage.files import write_atomically
from applicability.study.cell import Cell
from applicability.study.learner import Learner
from applicability.tasks.sample import sample
from checkouts import ROOT, SNAKEMAKE, Project, checkout
from filelock import FileLock
from hypothesis import settings
from matplotlib import rc_context

settings.register_profile("usual", deadline=None, max_examples=50)
settings.load_profile("usual")

# a file that another test left open may be noticed in any test
LOUD = pytest.mark.filterwarnings("error", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def two(first: dict, second: dict) -> list:
    """The task of two distributions on a line."""
    return [["a", [first]], ["b", [second]]]


TASKS = [
    two({"norm": {"loc": 1.0}}, {"norm": {"loc": 2.0}}),
    two({"norm": {}}, {"norm": {"scale": 3.0}}),
    two({"laplace": {}}, {"laplace": {"loc": 1.0}}),
    two({"t": {"df": 3.0}}, {"norm": {"loc": 1.0}}),
    two({"skewnorm": {"a": 4.0}}, {"skewnorm": {"a": -2.0, "loc": 1.0}}),
    two({"gamma": {"a": 2.0}}, {"expon": {"loc": 0.5}}),
    two({"uniform": {}}, {"uniform": {"loc": 0.5, "scale": 2.0}}),
]
# three groups, on a line and in the plane
LINE = [[name, [{"norm": {"loc": loc}}]] for name, loc in (("a", 1.0), ("b", 2.0), ("c", 3.0))]
CORNERS = {"a": (0.0, 0.0), "b": (1.0, 0.0), "c": (0.5, 0.866)}
PLANE = [[name, [{"norm": {"loc": x}}, {"norm": {"loc": y}}]] for name, (x, y) in CORNERS.items()]
# what a training took, and where it ran, as of_replicates takes it
COST = {"diverged": False, "steps": 1, "seconds": 1.0, "device": "cpu", "test_device": "cpu", "versions": "v"}


def make_cell(**changes) -> Cell:
    """A small cell of two Gaussians."""
    usual = {"study": "s", "seed": 0, "task": TASKS[0], "scale": 0.5, "n": 20, "test_draws": 50, "replicates": 3}
    return Cell(**usual | changes)


def draws_of(cell: Cell, role: str, n: int) -> np.ndarray:
    """n draws of each group of a cell, [R, G·n, d]."""
    return sample(cell, role, [n] * len(cell.task))


def in_groups(draws: np.ndarray, groups: int = 2) -> np.ndarray:
    """Draws [R, G·n, d] as [R, G, n, d]."""
    return draws.reshape(len(draws), groups, -1, draws.shape[-1])


def make_learner(**changes) -> Learner:
    """A small learner of 30 steps."""
    usual = {"name": "net", "hidden": [8, 8], "activation": "relu", "dropout": 0.0, "standardise": False}
    usual |= {"optimiser": {"sgd": {"lr": 0.1}}, "batch_size": 16}
    usual |= {} if "epochs" in changes else {"steps": 30}
    return Learner.of(usual | changes)


def guarded(record: Path) -> dict[str, str]:
    """The environment of a process that reaches nothing but files of this machine, and records what it tries to."""
    return {"PYTHONPATH": str(ROOT / "tests/guard"), "CALLS": str(record)}


class Trap:
    """What makes a file as it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def vouched(path: Path, content: bytes) -> Path:
    """A file with whatever content, and a record that says it is as it was written."""
    with write_atomically(path) as part:
        part.write_bytes(content)
    return path


def record_beside(path: Path) -> Path:
    """Where the record of a job lies whose first file this is."""
    return path.with_name(f".{path.name}.json")


def pytest_addoption(parser) -> None:
    parser.addoption("--kills", type=int, default=2, help="how often a run is killed in test_interruptions.py")
    parser.addoption("--interrupts", type=int, default=1, help="how often it gets Ctrl-C there")


def pytest_terminal_summary(terminalreporter) -> None:
    """Add up what the tests that passed have counted (`record_property`)."""
    counts = Counter()
    for report in terminalreporter.stats.get("passed", []):
        counts.update(dict(report.user_properties))
    for what, count in counts.items():
        terminalreporter.write_line(f"{what}: {count}")


def assert_one_line(text: str, said: str) -> None:
    """A message is one line without a trace, not too long, and says so."""
    assert said in text
    assert text.rstrip("\n").isprintable()
    assert "Traceback" not in text
    assert len(text) < 700


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A checkout in which the test config has run; not to be changed. Processes that test side by side share it."""
    base = tmp_path_factory.getbasetemp()
    path = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "finished"
    with FileLock(f"{path}.lock"):
        said = path / "output.txt"
        if not said.exists():
            shutil.rmtree(path, ignore_errors=True)
            done = checkout(path / "project").run(*SNAKEMAKE, "--cores", "2", **guarded(path / "calls"))
            assert done.returncode == 0, done.stdout
            said.write_text(done.stdout)
    project = Project(path / "project")
    project.output = said.read_text()
    return project


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """A copy of the finished checkout, to be changed at will."""
    shutil.copytree(finished.path, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


@pytest.fixture
def fresh(tmp_path) -> Project:
    """A checkout in which nothing has run."""
    return checkout(tmp_path / "project")


@pytest.fixture
def no_locks(monkeypatch):
    """A file system without locks."""
    refusing = Mock(side_effect=OSError(errno.EOPNOTSUPP, "Operation not supported"))
    monkeypatch.setattr(fcntl, "flock", refusing)


@pytest.fixture
def refusal(record_property):
    """For a test that refuses one bad input: it is counted."""
    record_property("bad inputs refused", 1)


@pytest.fixture
def styled():
    """As the stage draws: in the style of every figure."""
    with rc_context(style.RC):
        yield


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """As in the workers."""
    import torch

    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
