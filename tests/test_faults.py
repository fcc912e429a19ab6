"""What fails is told in few lines, damages nothing, and is made good by the same command."""

import re
import resource
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from applicability.errors import InputError
from applicability.learners import saved
from applicability.learners.network import StackedNetwork
from applicability.stages import plot
from applicability.storage import tables
from applicability.storage.arrays import write_arrays
from applicability.storage.files import check_folders
from checkouts import LIBRARY, Project, jobs_in
from conftest import make_cell

pytestmark = pytest.mark.workflow

# a training does first what it finds here, under its cell and learner
FAULT = """    for fault in Path("faults").glob(f"{cell.scale:g}-{cell.n}-{learner.name}"):
        exec(fault.read_text(), {"fault": fault})
"""
TRAINING = "    started = time.perf_counter()\n    fitted = fit"
KILLED = "import os; os.kill(os.getpid(), 9)"  # what the system does where memory runs out
FAULTS = {
    "1-10-net": KILLED,
    "0.2-10-net": f"fault.unlink(); {KILLED}",  # once
    "1-300-net-steps": "import numpy; numpy.ones(2**50)",
    "0.2-300-net": "raise RuntimeError('spoilt for a test')",
}
DAMAGED = "results/tiny/scale=0.2/n=100/samples.npz"


def report(output: str) -> dict[str, tuple[str, str]]:
    """The end of a run in which jobs failed: of each its reason and its log."""
    lines = output.splitlines()
    [head] = [index for index, line in enumerate(lines) if re.match(r"\d+ jobs? failed; ", line)]
    told = [line.partition(": ") for line in lines[head + 1 :: 2]]
    assert len(told) == int(lines[head].split()[0])
    return {what: (why, log.strip()) for (what, _, why), log in zip(told, lines[head + 2 :: 2], strict=True)}


def training(scale: float, n: int, learner: str) -> str:
    return f"Training {learner} at scale {scale}, n = {n} of tiny"


@pytest.mark.long
def test_what_fails_is_told_and_all_other_cells_finish(project, finished):
    project.edit(f"{LIBRARY}/stages/train.py", TRAINING, FAULT + TRAINING)
    (project.path / "faults").mkdir()
    for name, code in FAULTS.items():
        (project.path / "faults" / name).write_text(code)
    (project.path / DAMAGED).write_text("no archive")
    before = project.files()
    done = project.snakemake("--keep-going", check=False)
    assert (done.returncode, "Traceback" in done.stdout) == (1, False)
    assert len(done.stdout.splitlines()) < 70

    told, samples = report(done.stdout), "Drawing samples in tiny"
    unreadable = f"InputError: {DAMAGED}: it has changed since it was written (checksum); delete it, then run again"
    reasons = {
        training(1, 10, "net"): "WorkerDied: its worker was killed or ran out of memory",
        training(1, 300, "net-steps"): "MemoryError: Unable to allocate 8.00 PiB for an array",
        training(0.2, 300, "net"): "RuntimeError: spoilt for a test",
        training(0.2, 100, "net"): unreadable,
        training(0.2, 100, "net-steps"): unreadable,
        samples: unreadable,
    }
    assert told.keys() == reasons.keys()
    for what, (why, log) in told.items():
        assert reasons[what] in why
        again = "InputError" not in why
        assert done.stdout.count(f"{what}: {why}") == 1 + again
        assert (f"Tried again: {what}: {why}" in done.stdout.splitlines()) == again
        content = (project.path / log).read_text()
        assert reasons[what] in content
        assert ("Traceback" in content) == ("MemoryError" in why or "RuntimeError" in why)
    assert f"Tried again: {training(0.2, 10, 'net')}: WorkerDied" in done.stdout  # and then it went well
    assert told[training(1, 10, "net")][1] == "logs/train/tiny/scale=1/n=10/net.log"

    failed = {re.sub("Training (.*) at scale (.*), n = (.*) of tiny", r"scale=\2/n=\3/\1/", what) for what in told}
    missing = finished.files().keys() - project.files().keys()
    of_cells = {name for name in missing if "scale=" in name}
    assert {re.sub("tiny/(.*/).*", r"\1", name) for name in of_cells} == failed - {samples}
    assert len(of_cells) == 5 * 3  # what they trained; the scores from before are still there
    whole = {name: content for name, content in project.files().items() if f"results/{name}" != DAMAGED}
    assert whole.items() <= finished.files().items()
    of_grid = {"tiny/scores.csv", "tiny/summary.csv", "tiny/figures/budget.png"}  # left as they were, to be made anew
    assert all(whole[name] == before[name] for name in of_grid)

    shutil.rmtree(project.path / "faults")
    (project.path / DAMAGED).unlink()
    again = jobs_in(project.snakemake().stdout)
    assert (again["simulate"], again["train"], again["test"]) == (1, 5, 5)
    assert project.files() == finished.files()


@pytest.fixture
def mounted(tmp_path):
    """Mounts a file system in memory, with what options it is told; it is gone at the end."""
    places = []

    def mount(place: Path, options: str) -> None:
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        done = subprocess.run(words, capture_output=True, text=True, check=False) if shutil.which("mount") else None
        if done is None or done.returncode:
            pytest.skip("nothing can be mounted here: a disk that is full or read-only is not tested")
        places.append(place)

    yield mount
    for place in places:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.long
def test_a_full_disk_damages_nothing_and_with_space_the_same_command_goes_on(finished, tmp_path, mounted):
    place = tmp_path / "disk"
    place.mkdir()
    mounted(place, "size=64m")
    project = Project(place / "project")
    shutil.copytree(finished.path, project.path, symlinks=True)
    shutil.rmtree(project.path / "results/tiny/scale=1/n=300")
    filler = place / "filler"
    for left in (0, 48_000):  # bytes: nothing; enough for Snakemake's own files, not for the draws
        filler.write_bytes(bytes(shutil.disk_usage(place).free - left))
        done = project.snakemake(check=False)
        assert (done.returncode, "Traceback" in done.stdout) == (1, False)
        assert "No space left on device" in done.stdout
        assert len(done.stdout.splitlines()) < 60
        assert not list((project.path / "results").rglob(".part-*"))
        assert project.files().items() < finished.files().items()
        filler.unlink()
    told = report(done.stdout)  # without --keep-going
    assert all("No space left on device" in why and log.startswith("logs/") for why, log in told.values())
    project.snakemake()
    assert project.files() == finished.files()


def test_no_place_to_write_is_one_line_before_any_work(fresh, mounted):
    results = fresh.path / "results"
    results.write_text("")
    assert refused(fresh) == "results: expected a folder; found a file"
    results.unlink()
    (fresh.path / ".snakemake").mkdir(exist_ok=True)
    mounted(fresh.path / ".snakemake", "ro")
    assert refused(fresh) == f"{fresh.path}: expected a folder that can be written to: Read-only file system"
    check_folders(fresh.path / ".snakemake/x/y")
    said = r"\.snakemake: expected a folder that can be written to; found one that cannot"
    with pytest.raises(InputError, match=said):
        check_folders(fresh.path / ".snakemake/x/y", writable=True)


def refused(project: Project) -> str:
    """The last line of a run that does nothing."""
    done = project.snakemake(check=False)
    assert done.returncode == 1
    assert not re.search("Traceback|File |jobs done", done.stdout)
    return done.stdout.strip().splitlines()[-1]


def sample(path: Path) -> None:
    write_arrays(path, make_cell(), train=np.ones((3, 2, 1000, 1), np.float32))


def draw(path: Path) -> None:
    plot.plot("samples", [path], cells=[path.parents[1] / "samples.npz"])


WRITERS = {
    "cell.npz": sample,
    "model.pt": lambda path: saved.save(StackedNetwork.initial([100, 100, 1], [torch.Generator()], "relu"), path),
    "table.csv": lambda path: tables.write(pd.DataFrame({"n": range(10_000)}), path),
    **dict.fromkeys(("a.pdf", "a.png", "a.svg"), draw),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_cannot_be_written_whole_leaves_the_one_before(tmp_path, name):
    path = tmp_path / "made" / name
    path.parent.mkdir()
    path.write_text("as before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sample(tmp_path / "samples.npz")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # bytes of a file
    try:
        with pytest.raises(InputError, match=f"{path}: expected a file that can be written: File too large"):
            WRITERS[name](path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "as before"
    assert [child.name for child in path.parent.iterdir()] == [name]
