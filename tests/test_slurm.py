"""On a real Slurm: the same bytes, whatever dies, and nothing left in its queue."""

import contextlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from checkouts import WORKERS, Project, wait_for

pytestmark = pytest.mark.slurm


def slurm_answers() -> bool:
    """Whether there is a Slurm with an idle node."""
    if shutil.which("sinfo") is None:
        return False
    return "idle" in subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True, text=True).stdout


def in_queue() -> list[str]:
    """The jobs that Slurm has not ended."""
    return subprocess.run(["squeue", "-h", "-o", "%i"], capture_output=True, text=True, check=True).stdout.split()


@pytest.fixture
def slurm(tmp_path):
    """A real Slurm, whose queue is empty before and after."""
    if not slurm_answers():
        pytest.skip("no Slurm here: sinfo is missing or shows no idle node")
    yield
    wait_for(lambda: not in_queue(), seconds=60)


SLURM = ["--workflow-profile", "profiles/slurm"]
FEW = [f"results/tiny/scale=1/n={n}/{learner}/scores.csv" for n in (10, 100) for learner in ("net", "net-steps")]
HOW = pytest.mark.parametrize("how", [WORKERS, [*SLURM, *FEW]], ids=["workers", "jobs"])  # a job takes seconds


def assert_ends(fresh: Project, finished: Project, run: subprocess.Popen, how: list[str]) -> None:
    """A run ends well, what was asked for is there, and all that is there has the bytes that it should."""
    assert run.wait(timeout=600) == 0, fresh.said()
    made, should = fresh.files(), finished.files()
    asked = [name.removeprefix("results/") for name in how if name in FEW] or should
    assert made.keys() >= set(asked)
    assert made.items() <= should.items()


@pytest.mark.parametrize("how", [WORKERS, SLURM], ids=["workers", "jobs"])
def test_slurm_gives_the_same_bytes(finished, fresh, slurm, how):
    assert_ends(fresh, finished, fresh.begin(*how), how)


def test_one_node_gives_the_same_bytes(finished, fresh, slurm):
    (fresh.path / ".venv").symlink_to(Path(sys.executable).parents[1])
    done = subprocess.run(
        ["sbatch", "--wait", "profiles/whole-node.sbatch", "--configfile", "config/test.yaml"],
        cwd=fresh.path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert fresh.files() == finished.files()


@HOW
def test_a_cancelled_job_is_done_again(finished, fresh, slurm, how):
    run = fresh.begin(*how)
    job, *_ = wait_for(lambda: fresh.trained() >= 1 and in_queue())
    subprocess.run(["scancel", job], check=True)
    assert_ends(fresh, finished, run, how)


@HOW
def test_ctrl_c_leaves_no_job_and_the_same_command_goes_on(finished, fresh, slurm, how):
    run = fresh.begin(*how)
    wait_for(lambda: fresh.trained() >= 1)
    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=120) != 0
    wait_for(lambda: not in_queue(), seconds=60)
    assert_ends(fresh, finished, fresh.begin(*how), how)


@HOW
def test_a_node_that_dies_costs_its_jobs_and_not_the_run(finished, fresh, slurm, how):
    nodes = {node_of(process): process for process in psutil.process_iter(["cmdline"])}
    if nodes.keys() == {None}:
        pytest.skip("the nodes of this Slurm are other machines: none to kill")
    run = fresh.begin(*how)
    node, *_ = wait_for(lambda: fresh.trained() >= 1 and busy())
    daemon = nodes[node]
    command = daemon.info["cmdline"]
    steps = [process for process in psutil.process_iter(["name"]) if process.info["name"] == "slurmstepd"]
    for process in [daemon, *(step for step in steps if on_node(step, node))]:
        for each in [process, *children_of(process)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
    try:
        assert_ends(fresh, finished, run, how)
    finally:
        subprocess.run(command, check=True)
        wait_for(lambda: slurm_answers() and not in_queue(), seconds=120)


def busy() -> list[str]:
    """The nodes where jobs are running."""
    asked = ["squeue", "-h", "--state=running", "-o", "%N"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()


def node_of(process: psutil.Process) -> str | None:
    """Which node a daemon of Slurm plays, where it is one."""
    match process.info["cmdline"]:
        case [program, "-N", node] if Path(program).name == "slurmd":
            return node
    return None


def on_node(step: psutil.Process, node: str) -> bool:
    """Whether a Slurm step's processes belong to a node of this machine."""
    return any(environment_of(child).get("SLURMD_NODENAME") == node for child in children_of(step))


def children_of(process: psutil.Process) -> list[psutil.Process]:
    """What a process started, and what that did; nothing where it has just ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def environment_of(process: psutil.Process) -> dict[str, str]:
    """The environment of a process, empty where it has just ended."""
    with contextlib.suppress(psutil.NoSuchProcess):  # a zombie is one
        return process.environ()
    return {}
