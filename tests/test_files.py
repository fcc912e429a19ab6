"""Files are written whole or not at all, by one process at a time, and what a dead one left is cleared."""

import subprocess
import sys

from applicability import processes
from applicability.files import whole


def other_writer(path) -> subprocess.Popen:
    """A process that has begun to write a file, and goes on when its input ends."""
    program = (
        "import sys; from applicability.files import whole\n"
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
    assert path.read_text() == "one whole"
    assert list(tmp_path.iterdir()) == [path]


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
    assert set(tmp_path.iterdir()) == {path, foreign, unknown}
