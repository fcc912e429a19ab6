"""A copy of this project in a temporary folder, in which Snakemake is run and timed, on two cores and no more."""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).parent.parent
CORES = 2
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])  # whatever is started from here stays on them
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())


@dataclass
class Run:
    """A command's wall time in s, the peak memory of its main process in MiB and its jobs' times."""

    began: float
    wall: float
    memory: float
    jobs: pd.DataFrame  # stage, seconds, cpu (seconds too), end (as time.time() has it)


class Project:
    """The files that are under version control here, as they are now."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="benchmark-")
        self.root = Path(self.folder.name)
        files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        subprocess.run(["cp", "--parents", *files.splitlines(), self.root], cwd=ROOT, check=True)

    def config(self, content: dict) -> str:
        """A config file of this content; its path."""
        path = self.root / "config/benchmark.yaml"
        path.write_text(yaml.safe_dump(content))
        return str(path)

    def empty(self) -> None:
        """No results, no logs, no memory of earlier runs."""
        subprocess.run(["rm", "-rf", "results", "logs", ".snakemake"], cwd=self.root, check=True)

    def snakemake(self, *words: str) -> Run:
        """Run Snakemake on two cores. Raises RuntimeError with what it said where it fails."""
        command = [Path(sys.executable).with_name("snakemake"), "--cores", str(CORES), *words]
        began, started, memory = time.time(), time.perf_counter(), 0.0
        with open(self.root / "said", "w+") as said:
            process = subprocess.Popen(command, cwd=self.root, stdout=said, stderr=said)
            while process.poll() is None:
                memory = max(memory, peak(process.pid))
                time.sleep(0.02)
            wall = time.perf_counter() - started
            if process.returncode:
                said.seek(0)
                raise RuntimeError(said.read()[-2000:])
        return Run(began, wall, memory, self.jobs(began))

    def jobs(self, since: float) -> pd.DataFrame:
        """The jobs that ended since then, from their logs."""
        rows = []
        for path in self.root.glob("logs/**/*.log"):
            done = re.search(r"^done in ([\d.]+) s \(([\d.]+) s of CPU\)", path.read_text(), re.MULTILINE)
            end = path.stat().st_mtime
            if done and end > since:
                rows.append((path.relative_to(self.root / "logs").parts[0], float(done[1]), float(done[2]), end))
        return pd.DataFrame(rows, columns=["stage", "seconds", "cpu", "end"])


def peak(process: int) -> float:
    """The most memory that a process has had so far, in MiB; 0 of one that has gone."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else 0.0
