"""Shared pieces: small studies for the library's tests, and a copy of the project to run snakemake in."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from applicability.files import whole
from applicability.study import Cell, Learner
from filelock import FileLock
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

ROOT = Path(__file__).parents[1]

# the jobs of config/test.yaml, by rule
CELLS, LEARNERS = 6, 2  # 2 scales x 3 sample sizes
OF_SUMMARY = {f"draw_{name}": LEARNERS for name in ("accuracy", "gap", "verdict")}
OF_SUMMARY |= {f"draw_{name}": 1 for name in ("learning", "boundary", "budget")}
OF_CURVES = {f"draw_{name}": LEARNERS for name in ("posterior", "ratio", "reliability")}
OF_HISTORY = {"draw_loss": LEARNERS}
FIGURES = {"draw_samples": 1, "draw_needed": 1} | OF_SUMMARY | OF_CURVES | OF_HISTORY
TABLES = {"combine": 1, "summarise": 1, "tabulate": LEARNERS, "plan": 1}
FROM_SCORES = TABLES | OF_SUMMARY | {"draw_needed": 1}  # all that follows from scores
FROM_TRAININGS = FROM_SCORES | OF_CURVES | OF_HISTORY
JOBS = 1 + CELLS + 2 * CELLS * LEARNERS + 1 + sum(TABLES.values()) + sum(FIGURES.values())  # with `all`
LIBRARY = "workflow/applicability"
PARTS = ["Snakefile", "config", "profiles", "workflow"]
SNAKEMAKE = [Path(sys.executable).with_name("snakemake"), "--configfile", "config/test.yaml"]
WORKERS = ["--workflow-profile", "profiles/slurm-workers", "--dask-most", "2"]


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


def make_cell(**changes) -> Cell:
    """A small cell of two Gaussians."""
    usual = {"study": "s", "seed": 0, "task": TASKS[0], "scale": 0.5, "n": 20, "test_draws": 50, "replicates": 3}
    return Cell(**usual | changes)


def make_learner(**changes) -> Learner:
    """A small learner of 30 steps."""
    usual = {"name": "net", "hidden": [8, 8], "activation": "relu", "dropout": 0.0, "standardise": False}
    usual |= {"optimiser": {"sgd": {"lr": 0.1}}, "batch_size": 16}
    usual |= {} if "epochs" in changes else {"steps": 30}
    return Learner(**usual | changes)


def guarded(record: Path) -> dict[str, str]:
    """The environment of a process that reaches nothing but files of this machine, and records what it tries to."""
    return {"PYTHONPATH": str(ROOT / "tests/guard"), "CALLS": str(record)}


def vouched(path: Path, content: bytes) -> Path:
    """A file with whatever content, and a companion that says it is as it was written."""
    with whole(path) as part:
        part.write_bytes(content)
    return path


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


class Project:
    """A checkout in a folder of its own, with what a user does to it."""

    def __init__(self, path: Path):
        self.path = path

    def snakemake(self, *arguments: str, cores: int = 2, check: bool = True) -> subprocess.CompletedProcess:
        """Run snakemake on config/test.yaml; stdout and stderr come back together."""
        done = self.run(*SNAKEMAKE, "--cores", str(cores), *arguments)
        assert not check or done.returncode == 0, done.stdout
        return done

    def run(self, *words, **environment: str) -> subprocess.CompletedProcess:
        """Run a command here."""
        return subprocess.run(
            words,
            cwd=self.path,
            env=os.environ | environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )

    def begin(self, *arguments: str) -> subprocess.Popen:
        """Start the same, with the profile's cores, in a session of its own as a terminal's would be."""
        words = [*SNAKEMAKE, *arguments]
        with open(self.path / "said", "w") as said:
            return subprocess.Popen(words, cwd=self.path, stdout=said, stderr=said, start_new_session=True)

    def said(self) -> str:
        """What the run that was begun last has said so far."""
        return (self.path / "said").read_text()

    def trained(self) -> int:
        """Trainings done so far."""
        return len(list(self.path.glob("results/tiny/*/*/*/model.pt")))

    def jobs(self, *arguments: str) -> dict[str, int]:
        """The jobs that a dry run announces, by rule, `all` left out."""
        return jobs_in(self.snakemake("-n", *arguments).stdout)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        path = self.path / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def configure(self, **changes) -> None:
        """Change keys of the test config's only study."""
        path = self.path / "config/test.yaml"
        config = yaml.safe_load(path.read_text())
        config["studies"]["tiny"].update(changes)
        path.write_text(yaml.safe_dump(config))

    def learners(self) -> dict:
        """The learners of the test config's only study."""
        return yaml.safe_load((self.path / "config/test.yaml").read_text())["studies"]["tiny"]["learners"]

    def files(self) -> dict[str, bytes]:
        """Every result by its path, measured seconds left out; not what tells of them: companions, provenance.json."""
        results = self.path / "results"
        telling = {results / "provenance.json", *results.rglob(".*.json")}
        return {
            str(path.relative_to(results)): without_seconds(path)
            for path in sorted(results.rglob("*"))
            if path.is_file() and path not in telling
        }


def wait_for(what: Callable, seconds: float = 120):
    """What `what()` gives as soon as that counts as true."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def without_seconds(path: Path) -> bytes:
    """A file's bytes; of a table with a `seconds` column, all but that column."""
    content = path.read_bytes()
    if path.suffix == ".csv":
        rows = [line.split(b",") for line in content.splitlines()]
        if b"seconds" in rows[0]:
            column = rows[0].index(b"seconds")
            content = b"\n".join(b",".join(row[:column] + row[column + 1 :]) for row in rows)
    return content


def jobs_in(output: str) -> dict[str, int]:
    """The first table of jobs that Snakemake prints."""
    if "Nothing to be done" in output:
        return {}
    table = re.search(r"^job +count\n[- ]+\n(.*?)^total", output, re.MULTILINE | re.DOTALL)
    assert table, output
    counts = {rule: int(count) for rule, count in (line.split() for line in table[1].splitlines())}
    counts.pop("all", None)
    return counts


def checkout(path: Path) -> Project:
    """A copy of this project's code, without results."""
    path.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, path / part, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(source, path / part)
    return Project(path)


def assert_one_line(text: str, said: str) -> None:
    """A message is one line without a trace, not too long, and says so."""
    assert said in text
    assert text.rstrip("\n").isprintable()
    assert "Traceback" not in text
    assert len(text) < 700


def assert_readable(figure: Figure) -> None:
    """No text of a figure is cut at its edge, and none lies on another."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    boxes = {text: text.get_window_extent(renderer).padded(-1) for text in texts_of(figure)}
    for text, box in boxes.items():
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
        assert inside, f"{text.get_text()!r} is cut"
    for (one, box), (other, another) in combinations(boxes.items(), 2):
        assert not box.overlaps(another), f"{one.get_text()!r} on {other.get_text()!r}"


def texts_of(figure: Figure) -> list[Text]:
    """Every text that a figure shows: of ticks, only those within their axis."""
    found = [figure._supxlabel, figure._supylabel, *figure.texts]
    for legend in figure.legends:
        found += legend.get_texts()
    for axes in figure.axes:
        found += [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            found += [label for tick in ticks for label in (tick.label1, tick.label2)]
    return [text for text in found if text is not None and text.get_visible() and text.get_text().strip()]


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
def refusal(record_property):
    """For a test that refuses one bad input: it is counted."""
    record_property("bad inputs refused", 1)


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """As in the workers."""
    import torch

    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
