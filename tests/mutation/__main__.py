"""Mutation testing: one small wrong change of the library at a time, of which a test must fail.

`python tests/mutation [--every K] [--seconds S] [--jobs J] [PATH …]`, or `make mutants`. Works on clones of the last
commit. The tests that call the changed function run, first those that call few others, last those that start processes,
until one fails. Prints each survivor as it is found, then a table, and writes both to .mutants/survivors.txt. Mutants
come in a mixed order: what a run has tried until Ctrl-C is a sample, and has its table.
"""

import argparse
import contextlib
import importlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path

from changes import Mutant, mutants, mutated
from reach import ALL

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".mutants"
USUAL = "not slurm and not long and not slow"  # as in make test
MATHEMATICS = ("tasks/", "learners/", "scores/", "logits.py", "randomness.py")
PATIENCE = 60  # s beyond those allowed, then a mutant is taken to run for ever
KILLED, SURVIVED, UNREACHED = "killed", "survived", "no test reaches it"


class OutOfTime:
    """Pytest plugin: ends a session without failure after a number of seconds."""

    def __init__(self, seconds: float):
        self.end = time.monotonic() + seconds

    def pytest_runtest_logfinish(self):
        import pytest

        if time.monotonic() > self.end:
            pytest.exit("out of time", returncode=0)


def clone(folder: str) -> Path:
    """The last commit, in a new folder within a folder."""
    folder = Path(tempfile.mkdtemp(dir=folder)) / "project"
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, folder], check=True)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """Variables with which Python takes the library of a clone."""
    paths = f"{folder / 'workflow'}{os.pathsep}{Path(__file__).parent}"
    return {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}


def reached(jobs: int, place: str) -> dict[str, dict]:
    """Seconds and called functions of each test, by name (see reach.py); taken once for a commit."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folder = FOLDER / f"reach-{commit[:12]}"
    if not folder.exists():
        part = folder.with_suffix(".part")
        part.mkdir(parents=True, exist_ok=True)
        here = clone(place)
        words = [sys.executable, "-m", "pytest", "-p", "reach", "-n", str(jobs), "-m", USUAL]
        subprocess.run(words, cwd=here, env=os.environ | environment(here) | {"REACH": str(part)}, check=True)
        part.rename(folder)
    return {name: test for file in folder.iterdir() for name, test in json.loads(file.read_text()).items()}


def refuse_missing(names: list[str], place: str) -> None:
    """Ends where a traced test is not there any more: to ask for it would fail, as a test that notices does."""
    here = clone(place)
    words = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider", *names]
    done = subprocess.run(words, cwd=here, env=os.environ | environment(here), capture_output=True, text=True)
    if done.returncode:
        sys.exit(
            f"expected all tests of the trace, in {FOLDER}; pytest says:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


def tests_of(mutant: Mutant, tests: dict[str, dict]) -> list[str]:
    """The tests that call a mutant's function (outside of functions, any of its module), as they are to be run."""
    start = f"{mutant.path}:{mutant.function}"
    inside = f"{start}." if mutant.function else start
    found = [
        (ALL in test["calls"], len(test["calls"]), test["seconds"], name)
        for name, test in tests.items()
        if any(call in (ALL, start) or call.startswith(inside) for call in test["calls"])
    ]
    return [name for *_, name in sorted(found)]


def prepare(place: str) -> None:
    """In a process that tries mutants: a clone, its bytecode, and the packages that tests import."""
    global here
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that counts
    here = clone(place)
    subprocess.run([sys.executable, "-m", "compileall", "-q", here / "workflow", here / "tests"], check=True)
    os.environ.update(environment(here))
    os.chdir(here)
    sys.path[:0] = [str(here / "workflow"), str(here / "tests")]
    sys.dont_write_bytecode = True
    for name in ("hypothesis", "jsonschema", "pandas", "pytest", "scipy.stats", "seaborn", "torch", "yaml"):
        importlib.import_module(name)


def attempt(task: tuple[Mutant, list[str], float]) -> tuple[Mutant, str]:
    """What becomes of a mutant: killed, survived, or that no test reaches it."""
    mutant, names, seconds = task
    path = here / mutant.path
    text, times = path.read_text(), path.stat()
    path.write_text(mutated(text, mutant.number))
    try:
        return mutant, (run(names, seconds) if names else UNREACHED)
    finally:
        path.write_text(text)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # its bytecode is valid again


def run(names: list[str], seconds: float) -> str:
    """Whether a test fails, in a process of its own."""
    child = os.fork()
    if not child:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        import pytest

        status = 1
        try:
            status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *names], plugins=[OutOfTime(seconds)])
        finally:
            os._exit(int(status))
    end = time.monotonic() + seconds + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return KILLED


def table(ends: dict[Mutant, str]) -> str:
    """Mutants and how many were killed, by folder, and of the mathematics and the rest."""
    counts = Counter()
    for mutant, end in ends.items():
        inside = mutant.path.removeprefix("workflow/applicability/")
        part = "the mathematics" if inside.startswith(MATHEMATICS) else "the rest"
        for name in (inside.partition("/")[0], part):
            counts[name, "all"] += 1
            counts[name, KILLED] += end == KILLED
    names = sorted({name for name, _ in counts}, key=lambda name: (name.startswith("the "), name))
    counted = [(name, counts[name, "all"], counts[name, KILLED]) for name in names]
    rows = [f"| {name} | {made} | {gone} | {gone / made:.1%} |" for name, made, gone in counted]
    return "\n".join(["| | mutants | killed | share |", "|---|---:|---:|---:|", *rows])


def main() -> None:
    """Try mutants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="one mutant in so many, chosen by its own text")
    parser.add_argument("--seconds", type=float, default=300, help="of tests for a mutant, s")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time")
    parser.add_argument(
        "paths", nargs="*", type=Path, default=[ROOT / "workflow/applicability"], help="modules, folders"
    )
    asked = parser.parse_args()
    modules = sorted(module for path in asked.paths for module in ([path] if path.is_file() else path.rglob("*.py")))
    found = [mutant for module in modules for mutant in mutants(module.resolve(), ROOT)]
    places = {mutant: zlib.crc32(str(mutant).encode()) for mutant in found}
    chosen = sorted((mutant for mutant in found if places[mutant] % asked.every == 0), key=places.get)
    ends = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        tests = reached(asked.jobs, place)
        refuse_missing([*tests], place)
        tasks = [(mutant, tests_of(mutant, tests), asked.seconds) for mutant in chosen]
        pool = multiprocessing.get_context("fork").Pool(asked.jobs, prepare, (place,))
        with pool, contextlib.suppress(KeyboardInterrupt):
            for mutant, end in pool.imap_unordered(attempt, tasks):
                ends[mutant] = end
                if end != KILLED:
                    print(f"{end}: {mutant}", flush=True)
    said = table(ends)
    print(said)
    survivors = sorted(f"{end}: {mutant}" for mutant, end in ends.items() if end != KILLED)
    (FOLDER / "survivors.txt").write_text("\n".join([*survivors, "", said, ""]))


if __name__ == "__main__":
    main()
