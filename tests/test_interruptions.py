"""Killed, interrupted, run twice at once: the same command goes on, and ends with the bytes of an undisturbed run.

`make reliability` repeats what docs/reliability.md counts.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from applicability.running import locks
from applicability.storage.files import fault_by_checksum
from checkouts import ROOT, Project, checkout, wait_for

SHORTEST, LONGEST = 0.5, {"test": 9.0, "config": 60.0}  # seconds until a run of that config is struck
END = 1800  # in which any run ends


def strike(run: subprocess.Popen, how: signal.Signals) -> None:
    """SIGKILL to every process of the tree at once, or what Ctrl-C sends."""
    if how == signal.SIGKILL:
        tree = [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]
        for act in (psutil.Process.suspend, psutil.Process.kill):
            for process in tree:
                with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself meanwhile
                    act(process)
        psutil.wait_procs(tree[1:], timeout=10)
    else:
        os.killpg(run.pid, how)
    run.wait(timeout=60)


def undisturbed(config: str, finished: Project, path: Path) -> dict[str, bytes]:
    """The files of a run of that config that nothing strikes."""
    if config == "test":
        return finished.files()
    project = with_config(config, path)
    assert project.begin("--cores", "2").wait(timeout=END) == 0, project.said()
    return project.files()


def with_config(config: str, path: Path) -> Project:
    """A checkout in which a shipped config stands in for the test config."""
    project = checkout(path)
    shutil.copy(ROOT / f"config/{config}.yaml", project.path / "config/test.yaml")
    return project


MARKS = {"test": pytest.mark.long, "config": pytest.mark.slow}


@pytest.mark.parametrize("config", [pytest.param(name, marks=mark) for name, mark in MARKS.items()])
def test_after_strikes_the_same_command_ends_with_the_same_bytes(config, finished, tmp_path, request, record_property):
    kills, interrupts = (request.config.getoption(option) for option in ("--kills", "--interrupts"))
    strikes, chance = [signal.SIGKILL] * kills + [signal.SIGINT] * interrupts, random.Random(kills)
    chance.shuffle(strikes)
    expected = undisturbed(config, finished, tmp_path / "undisturbed")
    project, complete = with_config(config, tmp_path / "0"), 0
    while strikes or not complete:
        run = project.begin("--cores", "2")
        try:
            run.wait(timeout=chance.uniform(SHORTEST, LONGEST[config]) if strikes else END)
        except subprocess.TimeoutExpired:
            strike(run, strikes.pop())
            assert "failed" not in (project.path / "said").read_text()
            continue
        assert run.returncode == 0, project.said()
        assert project.files() == expected
        paths = [project.path / "results" / name for name in expected]
        assert not [path for path in paths if fault_by_checksum(path, path.read_bytes())]
        complete += 1
        project = with_config(config, tmp_path / str(complete))
    record_property(f"kills of config/{config}.yaml survived", kills)
    record_property(f"Ctrl-C in config/{config}.yaml survived", interrupts)


def test_a_second_run_at_once_is_refused_and_the_first_goes_on(fresh):
    first = fresh.begin("--cores", "2")
    wait_for(lambda: (fresh.path / "results/provenance.json").exists())
    assert fresh.snakemake("-n").returncode == 0
    second = fresh.snakemake(check=False)
    assert second.returncode != 0
    line = f"Another run is at work in this folder, process {first.pid} on {socket.gethostname()} since "
    assert second.stdout.strip().splitlines()[-1].startswith(line)
    assert "--unlock" not in second.stdout
    assert first.poll() is None
    os.kill(first.pid, signal.SIGKILL)  # and stays a zombie: nobody waits for it
    wait_for(lambda: psutil.Process(first.pid).status() == psutil.STATUS_ZOMBIE)
    assert "its lock is cleared" in fresh.snakemake("results/tiny/optimum.csv").stdout
    first.wait()


def enter(folder: Path) -> subprocess.Popen:
    """A process that is at work in a folder and goes on until its input ends; it says whether it cleared a lock."""
    program = "import sys; from applicability.running import locks; print(locks.enter(), flush=True); sys.stdin.read()"
    return start(program, folder)


def start(program: str, folder: Path) -> subprocess.Popen:
    """A process of Python with pipes to and from it."""
    words = [sys.executable, "-c", program]
    return subprocess.Popen(words, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_lock_is_cleared_only_where_nobody_can_hold_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    locks.LOCKS.mkdir(parents=True)
    left = locks.LOCKS / "0.input.lock"
    left.touch()
    one = enter(tmp_path)
    assert one.stdout.readline() == "True\n"
    left.touch()
    other = enter(tmp_path)
    assert other.stdout.readline() == "False\n"
    one.kill()
    one.wait()
    assert enter(tmp_path).communicate("")[0] == "False\n"
    assert left.exists()
    other.kill()
    wait_for(lambda: psutil.Process(other.pid).status() == psutil.STATUS_ZOMBIE)
    assert enter(tmp_path).communicate("")[0] == "True\n"
    assert not left.exists()
    other.wait()


def test_of_starters_at_once_no_one_takes_away_what_another_locks(tmp_path):
    folder = tmp_path / locks.LOCKS
    folder.mkdir(parents=True)
    (folder / "left").touch()
    program = (
        "import os, sys; from applicability.running import locks; sys.stdin.read()\n"
        "cleared = locks.enter(); mine = locks.LOCKS / str(os.getpid()); mine.touch()\n"
        "print(cleared, flush=True); import time; time.sleep(2); sys.exit(not mine.exists())"
    )
    starters = [start(program, tmp_path) for _ in range(6)]
    for starter in starters:
        starter.stdin.close()
    said = [starter.stdout.read() for starter in starters]
    assert [starter.wait() for starter in starters] == [0] * 6
    assert said.count("True\n") == 1


def test_without_locks_of_the_system_nothing_is_cleared_and_nobody_named(tmp_path, monkeypatch, no_locks):
    monkeypatch.chdir(tmp_path)
    locks.LOCKS.mkdir(parents=True)
    (locks.LOCKS / "left").touch()
    assert not locks.enter()
    assert (locks.LOCKS / "left").exists()
    assert locks.lock_holder() == ""
