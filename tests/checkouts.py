"""A copy of the project in a folder of its own, and what running snakemake there gives."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from applicability.figures import catalogue

ROOT = Path(__file__).parents[1]

# the jobs of config/test.yaml, by rule
SCALES, CELLS, LEARNERS = 2, 6, 2  # 2 scales x 3 sample sizes
SHOWN = {
    name: each for name, each in catalogue.figures().items() if name not in ("regions", "differences", "detection")
}
FIGURES = {f"draw_{name}": LEARNERS if each.of_learner else 1 for name, each in SHOWN.items()}


def figures_of(file: str) -> dict[str, int]:
    """The jobs that draw a file or a table."""
    return {f"draw_{name}": FIGURES[f"draw_{name}"] for name, each in SHOWN.items() if file in each.reads}


OF_SUMMARY, OF_CELLS = figures_of("summary"), figures_of("curves") | figures_of("history")
TABLES = {"combine": 1, "summarise": 1, "tabulate": LEARNERS, "plan": 1, "typeset": 3 + LEARNERS, "describe": 1}
FROM_SCORES = TABLES | OF_SUMMARY | {"draw_needed": 1, "typeset": 2 + LEARNERS}  # but for the optimum
FROM_TRAININGS = FROM_SCORES | OF_CELLS
JOBS = 1 + SCALES + CELLS + 2 * CELLS * LEARNERS + 1 + sum(TABLES.values()) + sum(FIGURES.values())  # with `all`
LIBRARY = "workflow/applicability"
PARTS = ["Snakefile", "config", "profiles", "workflow"]
SNAKEMAKE = [Path(sys.executable).with_name("snakemake"), "--configfile", "config/test.yaml"]
WORKERS = ["--workflow-profile", "profiles/slurm-workers", "--dask-most", "2"]


class Project:
    """A checkout in a folder of its own, with what a user does to it."""

    def __init__(self, path: Path):
        self.path = path

    def snakemake(self, *arguments: str, cores: int = 2, check: bool = True) -> subprocess.CompletedProcess:
        """Run snakemake on config/test.yaml; stdout and stderr come back together."""
        done = self.run(*SNAKEMAKE, "--cores", str(cores), *arguments)
        assert not check or done.returncode == 0, done.stdout
        return done

    def pretend(self, *words) -> subprocess.CompletedProcess:
        """Run snakemake with recorder.py in place of the stages, which tells all in told.json."""
        library = str((self.path if (self.path / "workflow").exists() else ROOT) / "workflow")
        return self.run(sys.executable, ROOT / "tests/recorder.py", "told.json", *words, PYTHONPATH=library)

    def run(self, *words, **environment: str) -> subprocess.CompletedProcess:
        """Run a command here."""
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.run(words, cwd=self.path, env=os.environ | environment, timeout=300, **kept)

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

    def workers(self) -> set[str]:
        """The processes in which the jobs ran, as the last line of their logs says."""
        logs = [path.read_text() for path in self.path.rglob("logs/**/*.log")]
        return {re.search(r"by process (\d+) on .*\n\Z", log)[1] for log in logs}

    def files(self) -> dict[str, bytes]:
        """Every result by its path, measured seconds left out; not what tells of them: records, provenance.json."""
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
