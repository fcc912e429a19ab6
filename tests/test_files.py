"""Files are written whole or not at all, and read only as they were written."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from applicability.errors import InputError
from applicability.learners import saved
from applicability.stages.simulate import simulate
from applicability.stages.test import test as stage_test
from applicability.stages.train import train
from applicability.storage import files, tables
from applicability.storage.arrays import read_arrays
from checkouts import wait_for
from conftest import make_cell, make_learner, record_beside, vouched


def other_writer(path) -> subprocess.Popen:
    """A process that has begun to write a file, and goes on when its input ends."""
    program = (
        "import sys; from applicability.storage.files import write_atomically\n"
        f"with write_atomically({str(path)!r}) as part, open(part, 'w') as file:\n"
        "    file.write('one'); file.flush(); print(flush=True); sys.stdin.read(); file.write(' whole')\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    writer.stdout.readline()
    return writer


def test_two_writers_of_a_file_never_mix(tmp_path):
    path = tmp_path / "table.csv"
    other = other_writer(path)
    vouched(path, b"other, whole")
    assert path.read_text() == "other, whole"
    other.communicate(b"")
    with files.open_verified(path, "a file") as file:
        assert file.read() == b"one whole"
    assert set(tmp_path.iterdir()) == {path, record_beside(path)}


def test_what_dead_writers_left_is_removed_and_nothing_else(tmp_path):
    path = tmp_path / "table.csv"
    dead, living = other_writer(path), other_writer(path)
    dead.kill()  # and stays a zombie: nobody waits for it
    wait_for(lambda: psutil.Process(dead.pid).status() == psutil.STATUS_ZOMBIE)
    assert len(list(tmp_path.iterdir())) == 2
    with files.write_atomically(path) as part:
        [other] = set(tmp_path.iterdir()) - {part}
        part.write_text("whole")
    assert set(tmp_path.iterdir()) == {path, record_beside(path), other}
    living.communicate(b"")
    assert living.returncode == 0
    assert set(tmp_path.iterdir()) == {path, record_beside(path)}
    dead.wait()


def test_without_locks_files_are_written_and_nothing_is_removed(tmp_path, no_locks):
    path, left = tmp_path / "table.csv", tmp_path / ".part-table.csv.0.csv"
    left.touch()
    vouched(path, b"whole")
    assert set(tmp_path.iterdir()) == {path, record_beside(path), left}


def test_the_files_of_a_job_have_one_record_written_last(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    with files.write_record():
        for path in (one, two):
            vouched(path, path.name.encode())
        assert set(tmp_path.iterdir()) == {one, two}
        assert files.fault_by_checksum(one, b"one") is None  # to the job itself
    assert set(tmp_path.iterdir()) == {one, two, record_beside(one)}
    assert json.loads(record_beside(one).read_text())["files"].keys() == {str(one), str(two)}
    assert (files.fault_by_checksum(two, b"two"), files.fault_by_checksum(two, b"one")) == (None, files.CHANGED)
    with pytest.raises(RuntimeError):
        write_and_fail(one)
    assert files.fault_by_checksum(one, b"anew") == files.CHANGED


def write_and_fail(path: Path) -> None:
    """A job that fails after its first file."""
    with files.write_record():
        vouched(path, b"anew")
        raise RuntimeError


def test_records_go_with_the_last_of_their_files_and_empty_folders_with_them(tmp_path):
    kept, gone, below = tmp_path / "a" / "kept", tmp_path / "a" / "gone", tmp_path / "b" / "c" / "gone"
    for paths in ([kept, gone], [below]):
        with files.write_record():
            for path in paths:
                vouched(path, b"")
    for path in (gone, below):
        path.unlink()
    files.remove_records(tmp_path)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {kept, record_beside(kept)}
    assert not (tmp_path / "b").exists()
    kept.unlink()
    files.remove_records(tmp_path)
    assert not tmp_path.exists()


def flipped(content: bytes, place: float) -> bytes:
    """One bit changed, so far from the start to the end."""
    place = int(place * (len(content) - 1))
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


# kind of file -> how it is read
KINDS = {
    "samples.npz": lambda path: read_arrays(path, "train"),
    "curves.npz": lambda path: read_arrays(path, "logits"),
    "model.pt": saved.load,
    "scores.csv": tables.read,
}
# a file's content and another's of its kind -> what it becomes
DAMAGES = {
    "truncated": lambda content, other: content[:-1],
    "cut in half": lambda content, other: content[: len(content) // 2],
    "emptied": lambda content, other: b"",
    "longer": lambda content, other: content + b"\0",
    "another study's": lambda content, other: other,
}
DAMAGES |= {
    f"flipped at {place:.0%}": lambda content, other, at=place: flipped(content, at) for place in (0, 0.1, 0.5, 0.9, 1)
}


@pytest.fixture(scope="module")
def cells(tmp_path_factory) -> list[Path]:
    """Folders of two studies of one cell, each with every kind of file."""
    folders = []
    for scale in (0.5, 1.0):
        cell, folder = make_cell(scale=scale), tmp_path_factory.mktemp("study")
        paths = {name: folder / name for name in (*KINDS, "test.npz")}
        simulate(cell.json(), paths["samples.npz"])
        train(paths["samples.npz"], make_learner().json(), paths["model.pt"])
        simulate(cell.of_tests().json(), paths["test.npz"], role="test")
        stage_test(paths["samples.npz"], paths["test.npz"], paths["model.pt"], paths["scores.csv"])
        folders.append(folder)
    return folders


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_by_name_with_what_to_do(cells, tmp_path, kind, damage, record_property):
    path, (content, other) = tmp_path / kind, (folder.joinpath(kind).read_bytes() for folder in cells)
    for record, _ in files.records(cells[0]):
        shutil.copy(record, tmp_path)
    path.write_bytes(content)
    KINDS[kind](path)
    path.write_bytes(DAMAGES[damage](content, other))
    with pytest.raises(InputError, match=rf"^{path}: {re.escape(files.CHANGED)}; delete it, then run again$"):
        KINDS[kind](path)
    record_property("damaged files refused", 1)


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b"\xff", b'{"files": {"other.csv": "0"}}'])
def test_a_file_without_a_sound_record_is_refused_and_not_to_be_deleted(tmp_path, content):
    path = vouched(tmp_path / "table.csv", b"n\n1\n")
    record_beside(path).unlink() if content is None else record_beside(path).write_bytes(content)
    with pytest.raises(InputError, match=rf"table.csv: {re.escape(files.FOREIGN)}; move it away, then run again$"):
        tables.read(path)


def test_a_record_of_an_earlier_version_counts(tmp_path):
    path = vouched(tmp_path / "table.csv", b"n\n1\n")
    [(name, digest)] = json.loads(record_beside(path).read_text())["files"].items()
    record_beside(path).write_text(json.dumps({"path": name, "sha256": digest, "study": "s"}))
    assert files.fault_by_checksum(path, b"n\n1\n") is None
    assert files.fault_by_checksum(path, b"n\n2\n") == files.CHANGED
