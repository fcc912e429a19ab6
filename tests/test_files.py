"""Files are written whole or not at all, and read only as they were written."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from applicability.errors import InputError
from applicability.learners import network
from applicability.stages.combine import combine
from applicability.stages.optimum import optimum
from applicability.stages.plan import plan
from applicability.stages.simulate import simulate
from applicability.stages.summarise import summarise
from applicability.stages.test import test as stage_test
from applicability.stages.train import train
from applicability.storage import processes, tables
from applicability.storage.arrays import read_arrays
from applicability.storage.files import companion, opened, whole
from applicability.study import Grid
from conftest import Trap, make_cell, make_learner, vouched


def other_writer(path) -> subprocess.Popen:
    """A process that has begun to write a file, and goes on when its input ends."""
    program = (
        "import sys; from applicability.files import companion, opened, whole\n"
        f"with whole({str(path)!r}) as part, open(part, 'w') as file:\n"
        "    file.write('one'); file.flush(); print(flush=True); sys.stdin.read(); file.write(' whole')\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    writer.stdout.readline()
    return writer


def test_two_writers_of_a_file_never_mix(tmp_path):
    path = tmp_path / "table.csv"
    other = other_writer(path)
    with whole(path) as part:
        part.write_text("other, whole")
    assert path.read_text() == "other, whole"
    other.communicate(b"")
    with opened(path, "a file") as file:
        assert file.read() == b"one whole"
    assert set(tmp_path.iterdir()) == {path, companion(path)}


def test_what_dead_writers_left_is_removed_and_nothing_else(tmp_path):
    path = tmp_path / "table.csv"
    dead = other_writer(path)
    dead.kill()
    dead.wait()
    pid, _, host = processes.name().split("-", maxsplit=2)
    reused = tmp_path / f".part-table.csv.{pid}-1.00-{host}.csv"  # its process had the number that is this one's now
    foreign = tmp_path / f".part-table.csv.{pid}-1.00-another-{host}.csv"
    unknown = tmp_path / ".part-table.csv.mine.csv"
    for left in (reused, foreign, unknown):
        left.touch()
    with whole(path) as part:
        assert set(tmp_path.iterdir()) == {foreign, unknown}
        part.write_text("whole")
    assert set(tmp_path.iterdir()) == {path, companion(path), foreign, unknown}


def flipped(content: bytes, place: float) -> bytes:
    """One bit changed, so far from the start to the end."""
    place = int(place * (len(content) - 1))
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


# kind of file -> how it is read
KINDS = {
    "samples.npz": lambda path: read_arrays(path, "train", "test"),
    "curves.npz": lambda path: read_arrays(path, "logits"),
    "model.pt": network.load,
    **{f"{name}.csv": tables.read for name in ("history", "cost", "cell", "scores", "optimum", "summary", "planning")},
}
# a file's content and another's of its kind -> what it becomes
DAMAGES = {
    "truncated": lambda content, other: content[:-1],
    "cut in half": lambda content, other: content[: len(content) // 2],
    "emptied": lambda content, other: b"",
    "longer": lambda content, other: content + b"\0",
    "another study's": lambda content, other: other,
    **{
        f"flipped at {place:.0%}": lambda content, other, at=place: flipped(content, at)
        for place in (0, 0.1, 0.5, 0.9, 1)
    },
}


@pytest.fixture(scope="module")
def cells(tmp_path_factory) -> list[Path]:
    """Folders of two studies of one cell, each with every kind of file."""
    folders = []
    for scale in (0.5, 1.0):
        cell, folder = make_cell(scale=scale), tmp_path_factory.mktemp("study")
        paths = {name: folder / name for name in KINDS}
        simulate(cell.json(), paths["samples.npz"])
        train(paths["samples.npz"], make_learner().json(), paths["model.pt"])
        stage_test(paths["samples.npz"], paths["model.pt"], paths["cell.csv"])
        grid = Grid(study="s", learners=["net"], scales=[scale], sample_sizes=[cell.n], replicates=cell.replicates)
        combine([paths["cell.csv"]], grid.json(), paths["scores.csv"])
        optimum([cell.json()], paths["optimum.csv"])
        summarise(paths["scores.csv"], paths["summary.csv"])
        plan(*(paths[f"{name}.csv"] for name in ("scores", "summary", "optimum", "planning")))
        folders.append(folder)
    return folders


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_by_name_with_what_to_do(cells, tmp_path, kind, damage, record_property):
    path, (content, other) = tmp_path / kind, (folder.joinpath(kind).read_bytes() for folder in cells)
    companion(path).write_bytes(companion(cells[0] / kind).read_bytes())
    path.write_bytes(content)
    KINDS[kind](path)
    path.write_bytes(DAMAGES[damage](content, other))
    with pytest.raises(
        InputError, match=rf"^{path}: expected .*: it is not as it was written: delete it and run again$"
    ):
        KINDS[kind](path)
    record_property("damaged files refused", 1)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_runs_no_code_whatever_the_companion_says(tmp_path, kind):
    path = vouched(tmp_path / kind, pickle.dumps(Trap(tmp_path / "trapped"), protocol=2))
    with pytest.raises(InputError, match=f"^{path}: expected"):
        KINDS[kind](path)
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b"\xff"])
def test_a_file_without_a_sound_companion_is_refused(tmp_path, content):
    path = vouched(tmp_path / "table.csv", b"n\n1\n")
    companion(path).unlink() if content is None else companion(path).write_bytes(content)
    with pytest.raises(InputError, match=r"table.csv: expected a table in CSV: .* companion .table.csv.json"):
        tables.read(path)
