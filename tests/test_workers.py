"""Warm workers: they stay, they report what went wrong, and a dead one is replaced."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from applicability.errors import InputError
from applicability.running import workers
from applicability.running.workers import WorkerDied, Workers, local_processes
from checkouts import wait_for


@pytest.fixture(scope="module")
def crew():
    crew = Workers(lambda: local_processes(1))
    yield crew
    crew.start().shutdown()


def pid(log) -> str:
    return log.read_text().split()[-3]


def test_jobs_share_a_worker_that_is_not_this_process(crew, tmp_path):
    one, two = tmp_path / "one.log", tmp_path / "two.log"
    for log in (one, two):
        crew.run("device", str(log), device="cpu")
    assert pid(one) == pid(two) != str(os.getpid())
    assert "\ncpu\n" in one.read_text()


def test_an_error_comes_back_as_itself_and_lies_in_the_log(crew, tmp_path):
    log = tmp_path / "deep" / "job.log"
    with pytest.raises(InputError, match="found 'abacus'"):
        crew.run("device", str(log), device="abacus")
    assert log.read_text().startswith("python")
    assert log.read_text().splitlines()[-1].endswith("found 'abacus'")
    assert "Traceback" not in log.read_text()
    with pytest.raises(TypeError, match="unexpected keyword"):
        crew.run("device", str(log), devise="cpu")
    assert "Traceback" in log.read_text()
    crew.run("device", str(tmp_path / "next.log"), device="cpu")


def test_workers_have_numbers_and_a_killed_one_fails_its_job_and_no_other_and_is_replaced(tmp_path):
    executor, other = local_processes(2), tmp_path / "other"
    asked = [executor.submit(subprocess.getoutput, "sleep 1; echo $APPLICABILITY_WORKER") for _ in range(2)]
    assert {answer.result() for answer in asked} == {"0", "1"}  # by which they take their cards
    os.mkfifo(other)  # whose reader waits for what is written
    spared = executor.submit(Path.read_text, other)
    for _ in range(2):
        with pytest.raises(WorkerDied):
            executor.submit(os._exit, 1).result()
    assert executor.submit(os.getpid).result() != os.getpid()
    other.write_text("spared")
    assert spared.result() == "spared"
    executor.shutdown()


def test_workers_end_when_their_main_process_is_killed(tmp_path):
    program = (
        "import sys, time; from applicability.running.workers import Workers, local_processes\n"
        "Workers(lambda: local_processes(1)).run('device', sys.argv[1], device='cpu')\n"
        "print('ready', flush=True); time.sleep(100)"
    )
    words = [sys.executable, "-c", program, tmp_path / "job.log"]
    main = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert main.stdout.readline() == "ready\n"
    worker = int(pid(tmp_path / "job.log"))
    assert psutil.pid_exists(worker)
    main.kill()
    main.wait()
    over = psutil.STATUS_ZOMBIE  # where nobody waits for orphans
    wait_for(lambda: {worker} - {each.pid for each in psutil.process_iter(["status"]) if each.info["status"] != over})


def test_the_logged_command_does_the_same_by_hand(tmp_path):
    log = tmp_path / "job.log"
    workers.run_logged("device", str(log), {"device": "cpu"}, {})
    words = log.read_text().splitlines()[0].split()
    assert words == [Path(sys.executable).name, "-m", "applicability", "device", "--device", "cpu"]
    done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=True)
    assert done.stdout == "cpu\n"
