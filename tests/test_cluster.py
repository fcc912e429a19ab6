"""Workers on other machines: the same bytes, whatever dies, nobody else let in, and nothing left behind.

They run with commands of Slurm's names that start processes here; test_slurm.py has the real ones.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from applicability.errors import InputError
from applicability.running.cluster import dask_workers
from checkouts import WORKERS, wait_for
from distributed import Security
from distributed.comm import connect

JOB = '{"memory": "2GB"}'
SBATCH = """#!/usr/bin/env bash
if [ "$1" = --test-only ]; then exec grep --quiet dask; fi  # the script to come
cp "$1" "{0}/job-$$"
setsid bash "{0}/job-$$" >"{0}/job-$$.log" 2>&1 &
echo "Submitted batch job $!" && echo $! >>"{0}/submitted"
"""
SCANCEL = """#!/usr/bin/env bash
pkill -KILL --session "$1"
"""


class Queue:
    """Commands named as Slurm's whose jobs are processes of this machine."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
            (folder / name).write_text(text.format(folder))
            (folder / name).chmod(0o755)

    def submitted(self) -> list[int]:
        """Every job so far."""
        path = self.folder / "submitted"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def running(self) -> list[int]:
        """The jobs that are not over: sessions with a process."""
        sessions = set()
        for process in psutil.process_iter():
            with contextlib.suppress(ProcessLookupError):
                sessions.add(os.getsid(process.pid))
        return [job for job in self.submitted() if job in sessions]


@pytest.fixture
def queue(tmp_path, monkeypatch) -> Queue:
    """A queue, and a folder to run in."""
    made = Queue(tmp_path / "queue")
    monkeypatch.setenv("PATH", f"{made.folder}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".snakemake").mkdir()
    yield made
    for job in made.running():
        os.killpg(job, signal.SIGKILL)


@pytest.mark.long
def test_workers_of_a_cluster_give_the_same_bytes_even_if_one_dies(finished, fresh, queue):
    run = fresh.begin(*WORKERS)
    wait_for(lambda: fresh.trained() >= 2)
    for job in queue.running():
        os.killpg(job, signal.SIGKILL)
    assert run.wait(timeout=240) == 0, fresh.said()
    assert fresh.files() == finished.files()
    assert len(queue.submitted()) > 1
    wait_for(lambda: not queue.running(), seconds=10)


@pytest.mark.long
def test_after_ctrl_c_nothing_is_left_and_the_same_command_goes_on(finished, fresh, queue):
    run = fresh.begin(*WORKERS)
    wait_for(lambda: fresh.trained() >= 2)
    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=60) != 0
    wait_for(lambda: not queue.running(), seconds=10)
    assert "out of memory" not in fresh.said()
    assert "Exception ignored" not in fresh.said()
    fresh.snakemake(*WORKERS)
    assert fresh.files() == finished.files()


@pytest.mark.long
def test_workers_end_when_the_run_is_killed(fresh, queue):
    run = fresh.begin(*WORKERS, "--config", "device=cpu")
    wait_for(lambda: fresh.trained() >= 1)
    assert queue.running()
    run.kill()
    assert run.wait() == -signal.SIGKILL
    wait_for(lambda: not queue.running(), seconds=100)


@pytest.fixture
def scheduler(tmp_path, fresh):
    """A scheduler with two workers, started by hand as docs/clusters.md says; its address and its key."""
    key, folder = tmp_path / "key.pem", tmp_path / "scheduler.json"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=applicability -keyout"
    subprocess.run([*words.split(), key, "-out", tmp_path / "certificate.pem"], check=True, capture_output=True)
    key.write_text(key.read_text() + (tmp_path / "certificate.pem").read_text())
    files = f"--tls-ca-file {key} --tls-cert {key} --tls-key {key} --scheduler-file {folder} --no-dashboard"
    environment, programs = os.environ | {"PYTHONPATH": str(fresh.path / "workflow")}, []
    for words in ("scheduler --protocol tls --host 127.0.0.1 --port 0", "worker --nthreads 1 --nworkers 2"):
        dask = [sys.executable, "-m", "dask", *words.split(), *files.split()]
        programs.append(subprocess.Popen(dask, cwd=fresh.path, env=environment, stderr=subprocess.DEVNULL))
        wait_for(folder.exists)
    yield json.loads(folder.read_text())["address"], str(key)
    for program in programs:
        program.terminate()
        program.wait()


@pytest.mark.long
def test_workers_of_a_running_scheduler_give_the_same_bytes(finished, fresh, scheduler):
    address, key = scheduler
    fresh.snakemake("--executor", "dask", "--dask-scheduler", address, "--dask-key", key)
    assert fresh.files() == finished.files()
    assert "by process" in next(fresh.path.glob("logs/train/**/*.log")).read_text()


def test_the_port_lets_nobody_in_without_the_key_of_the_run(queue, tmp_path):
    workers = dask_workers("slurm", JOB, 0, 1, None, None)
    try:
        assert workers.submit(os.getpid).result() != os.getpid()  # with the key
        again = [workers.submit(subprocess.getoutput, f"echo >>{tmp_path}/times") for _ in range(2)]
        assert [one.result() for one in again] == ["", ""]
        assert (tmp_path / "times").read_text() == "\n\n"  # the same job twice is done twice, as retries want
        address = workers.cluster.scheduler_address
        assert address.startswith("tls://")
        asyncio.run(connection(address, workers.cluster.security))
        in_the_clear = address.replace("tls://", "tcp://")
        for to, key in ((in_the_clear, Security()), (address, Security()), (address, Security.temporary())):
            with pytest.raises((OSError, TypeError, ValueError)):
                asyncio.run(connection(to, key))
        with pytest.raises((ssl.SSLError, ConnectionError)):
            talk(address)  # a stranger that would trust anybody
        listening = [one.laddr for one in psutil.Process().net_connections() if one.status == psutil.CONN_LISTEN]
        assert {f":{port}" for host, port in listening if host != "127.0.0.1"} <= {address[address.rindex(":") :]}
        keys = list((tmp_path / ".snakemake").glob("keys-*/*"))
        assert keys
        assert all(path.stat().st_mode & 0o077 == 0 for path in [*keys, keys[0].parent])
    finally:
        workers.shutdown()
    assert not list((tmp_path / ".snakemake").iterdir())


async def connection(address: str, key: Security) -> None:
    """Connect to a scheduler as Dask's clients do, and leave."""
    (await connect(address, timeout=3, **key.get_connection_args("client"))).abort()


def talk(address: str) -> bytes:
    """What a scheduler answers to an encrypted connection without a certificate."""
    host, port = address.removeprefix("tls://").split(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, int(port)), timeout=3) as plain, context.wrap_socket(plain) as encrypted:
        return encrypted.recv(1)


SLURM = {"cluster": "slurm", "job": JOB}
REFUSED = [
    ({}, "expected --dask-cluster or --dask-scheduler; found neither"),
    (SLURM | {"scheduler": "tls://h:1"}, "found both"),
    (SLURM | {"cluster": "slrum"}, "--dask-cluster: expected one of slurm, pbs, sge, lsf, htcondor; found 'slrum'"),
    ({"cluster": "slurm"}, "--dask-job: expected a mapping with memory"),
    (SLURM | {"job": "{"}, "--dask-job: expected JSON"),
    (SLURM | {"job": '{"memory": "1GB", "queu": "x"}'}, "queu"),
    (SLURM | {"job": '{"memory": "1GB", "cores": 4}'}, "--dask-job: cores: unknown"),
    (SLURM | {"job": '{"memory": "1GB", "interface": "ib77"}'}, "ib77"),
    (SLURM | {"job": '{"memory": "1GB", "job_script_prologue": "x"}'}, "prologue: expected a list; found 'x'"),
    (SLURM | {"least": 3, "most": 2}, "--dask-most: expected 0 ≤ least ≤ most and most ≥ 1; found 3 and 2"),
    (SLURM | {"least": 0, "most": 0}, "found 0 and 0"),
    (SLURM | {"least": -1}, "found -1 and 10"),
    ({"scheduler": "tcp://localhost:1"}, "--dask-scheduler: expected an address that begins with tls://"),
    ({"scheduler": "tls://localhost:1"}, "--dask-key: expected a PEM file"),
]


@pytest.mark.parametrize(("settings", "line"), REFUSED)
def test_settings_that_cannot_be_are_one_line(settings, line, queue, tmp_path):
    usual = dict.fromkeys(("cluster", "job", "scheduler", "key")) | {"least": 1, "most": 10}
    with pytest.raises(InputError) as raised:
        dask_workers(**usual | settings)
    assert line in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not list((tmp_path / ".snakemake").iterdir())
    assert not queue.submitted()
