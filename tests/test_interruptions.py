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
from pathlib import Path

import psutil
import pytest
from applicability.running import locks
from applicability.storage import processes
from applicability.storage.files import damage
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


@pytest.mark.parametrize(
    "config", [pytest.param("test", marks=pytest.mark.long), pytest.param("config", marks=pytest.mark.slow)]
)
def test_after_any_number_of_strikes_the_same_command_ends_with_the_same_bytes(
    config, finished, tmp_path, request, record_property
):
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
        assert not [name for name in expected if damage(path := project.path / "results" / name, path.read_bytes())]
        complete += 1
        project = with_config(config, tmp_path / str(complete))
    record_property(f"kills of config/{config}.yaml survived", kills)
    record_property(f"Ctrl-C in config/{config}.yaml survived", interrupts)


def test_a_second_run_at_once_is_refused_and_the_first_goes_on(fresh):
    first = fresh.begin("--cores", "2")
    wait_for(lambda: list(fresh.path.glob(".snakemake/locks/*")))
    second = fresh.snakemake(check=False)
    assert second.returncode != 0
    line = f"Another run is at work in this folder, process {first.pid} on {socket.gethostname()}: wait for its end,"
    assert second.stdout.strip().splitlines()[-1].startswith(line)
    assert "--unlock" not in second.stdout
    assert first.poll() is None
    strike(first, signal.SIGKILL)
    assert "its lock is cleared" in fresh.snakemake("results/tiny/optimum.csv").stdout


def test_a_lock_is_cleared_only_where_nobody_can_hold_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    locks.LOCKS.mkdir(parents=True)
    lock = locks.LOCKS / "0.input.lock"
    sleeper = subprocess.Popen(["sleep", "60"])
    name = processes.name(sleeper.pid)
    try:
        for other in (name, "1-1.00-another-machine"):
            lock.touch()
            locks.HERE.mkdir(exist_ok=True)
            (locks.HERE / other).touch()
            assert not locks.enter()
            assert lock.exists()
            assert f"process {other.split('-')[0]} on {other.split('-', 2)[2]}: wait" in locks.at_work()
            assert ("--unlock" in locks.at_work()) == ("another" in other)
            (locks.HERE / other).unlink()
        (locks.HERE / f"{sleeper.pid}-1.00-{name.split('-', 2)[2]}").touch()  # its number was another's before
        assert locks.enter()
        assert not lock.exists()
    finally:
        sleeper.kill()
        sleeper.wait()
    lock.touch()
    for gone in (name, f"{sleeper.pid}-2.00-{name.split('-', 2)[2]}", f"{sleeper.pid}-3.00-{name.split('-', 2)[2]}"):
        (locks.HERE / gone).touch()
    assert locks.enter()
    assert not lock.exists()
