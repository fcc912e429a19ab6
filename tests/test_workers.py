"""Warm workers: they stay, they report what went wrong, and a dead one is replaced."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from applicability.errors import InputError
from applicability.running import workers
from applicability.running.workers import WorkerDied, Workers, local_processes


@pytest.fixture(scope="module")
def crew():
    crew = Workers(lambda: local_processes(1))
    yield crew
    crew.start().shutdown()


def pid(log) -> str:
    return log.read_text().split()[-3]


def test_jobs_share_a_worker_that_is_not_this_process(crew, tmp_path):
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    for log in logs:
        crew.run("device", str(log), device="cpu")
    assert pid(logs[0]) == pid(logs[1]) != str(os.getpid())
    assert "\ncpu\n" in logs[0].read_text()


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


def test_a_killed_worker_fails_its_job_and_no_other_and_is_replaced(tmp_path):
    executor, other = local_processes(2), tmp_path / "other"
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
    script = tmp_path / "main.py"
    script.write_text(
        textwrap.dedent("""
        import sys, time
        from applicability.running.workers import Workers, local_processes
        if __name__ == "__main__":
            Workers(lambda: local_processes(1)).run("device", sys.argv[1], device="cpu")
            print("ready", flush=True)
            time.sleep(100)
        """)
    )
    main = subprocess.Popen([sys.executable, script, tmp_path / "job.log"], stdout=subprocess.PIPE, text=True)
    assert main.stdout.readline() == "ready\n"
    worker = int(pid(tmp_path / "job.log"))
    os.kill(worker, 0)
    main.kill()
    main.wait()
    assert gone(worker)


def gone(process: int, seconds: float = 20) -> bool:
    """Whether a process ends within some seconds."""
    import time

    for _ in range(int(seconds * 20)):
        try:
            os.kill(process, 0)
            with open(f"/proc/{process}/stat") as file:
                if file.read().split()[2] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_the_logged_command_does_the_same_by_hand(tmp_path):
    log = tmp_path / "job.log"
    workers.run_logged("device", str(log), {"device": "cpu"}, {})
    words = log.read_text().splitlines()[0].split()
    assert words == [Path(sys.executable).name, "-m", "applicability", "device", "--device", "cpu"]
    done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=True)
    assert done.stdout == "cpu\n"
