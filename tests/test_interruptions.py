"""Killed, interrupted, run twice at once: the same command goes on, and ends with the bytes of an undisturbed run.

`pytest tests/test_interruptions.py --kills 25 --interrupts 10` repeats what docs/reliability.md counts.
"""

import os
import random
import signal
import subprocess

import psutil
from applicability import presence, processes
from conftest import checkout, wait_for

SHORTEST, LONGEST = 0.5, 9.0  # seconds until a run is struck


def strike(run: subprocess.Popen, how: signal.Signals) -> None:
    """SIGKILL to every process of the tree at once, or what Ctrl-C sends."""
    if how == signal.SIGKILL:
        tree = [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]
        for process in tree:
            process.suspend()
        for process in tree:
            process.kill()
        psutil.wait_procs(tree[1:], timeout=10)
    else:
        os.killpg(run.pid, how)
    run.wait(timeout=60)


def test_after_any_number_of_strikes_the_same_command_ends_with_the_same_bytes(finished, tmp_path, request):
    kills, interrupts = (request.config.getoption(option) for option in ("--kills", "--interrupts"))
    strikes, chance = [signal.SIGKILL] * kills + [signal.SIGINT] * interrupts, random.Random(kills)
    chance.shuffle(strikes)
    project, complete = checkout(tmp_path / "0"), 0
    while strikes or not complete:
        run = project.begin("--cores", "2")
        try:
            run.wait(timeout=chance.uniform(SHORTEST, LONGEST) if strikes else 240)
        except subprocess.TimeoutExpired:
            strike(run, strikes.pop())
            continue
        assert run.returncode == 0, project.said()
        assert project.files() == finished.files()
        complete += 1
        project = checkout(tmp_path / str(complete))


def test_a_second_run_at_once_is_refused_and_the_first_goes_on(fresh):
    first = fresh.begin("--cores", "2")
    wait_for(lambda: list(fresh.path.glob(".snakemake/locks/*")))
    second = fresh.snakemake(check=False)
    assert second.returncode != 0
    assert "cannot be locked" in second.stdout
    assert first.poll() is None
    strike(first, signal.SIGKILL)
    assert "its lock is cleared" in fresh.snakemake("results/tiny/optimum.csv").stdout


def test_a_lock_is_cleared_only_where_nobody_can_hold_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    presence.LOCKS.mkdir(parents=True)
    lock = presence.LOCKS / "0.input.lock"
    sleeper = subprocess.Popen(["sleep", "60"])
    name = processes.name(sleeper.pid)
    try:
        for other in (name, "1-1.00-another-machine"):
            lock.touch()
            presence.HERE.mkdir(exist_ok=True)
            (presence.HERE / other).touch()
            assert not presence.enter()
            assert lock.exists()
            (presence.HERE / other).unlink()
        (presence.HERE / f"{sleeper.pid}-1.00-{name.split('-', 2)[2]}").touch()  # its number was another's before
        assert presence.enter()
        assert not lock.exists()
    finally:
        sleeper.kill()
        sleeper.wait()
    lock.touch()
    for gone in (name, f"{sleeper.pid}-2.00-{name.split('-', 2)[2]}", f"{sleeper.pid}-3.00-{name.split('-', 2)[2]}"):
        (presence.HERE / gone).touch()
    assert presence.enter()
    assert not lock.exists()
