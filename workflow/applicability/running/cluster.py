"""Workers on other machines, through Dask: a cluster's jobs, or a running scheduler's workers.

`snakemake_inside.new_executor` uses it. May import errors and running.workers.
"""

import asyncio
import contextlib
import json
import logging
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from tempfile import TemporaryDirectory

from applicability.errors import InputError
from applicability.running.workers import ONE_THREAD

try:
    import dask_jobqueue
    from distributed import Client, Security
    from distributed.cfexecutor import ClientExecutor
    from distributed.client import ClosedClientError
    from distributed.deploy import Cluster
except ModuleNotFoundError as error:
    raise InputError(f"executor dask: expected the packages of `pip install .[cluster]`; {error}") from error

CLUSTERS = {
    "slurm": dask_jobqueue.SLURMCluster,
    "pbs": dask_jobqueue.PBSCluster,
    "sge": dask_jobqueue.SGECluster,
    "lsf": dask_jobqueue.LSFCluster,
    "htcondor": dask_jobqueue.HTCondorCluster,
}
# of a worker: one thread; and freed memory is kept, as glibc does by itself. With Dask's limit of 64 KiB, every step of
# a training asks the system for its memory again and takes three times as long
ENVIRONMENT = ONE_THREAD | {"MALLOC_TRIM_THRESHOLD_": str(64 * 2**20), "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20)}
EXAMPLE = '{"memory": "2GB", "walltime": "02:00:00"}'
MANY = (
    "job_script_prologue",
    "job_extra_directives",
    "worker_extra_args",
)  # options that are lists; for HTCondor, mappings
PATIENCE = 60  # seconds that an idle worker stays, that a worker waits for its scheduler, between two submissions


class DaskWorkers(ClientExecutor):
    """The workers of a Dask client as a `concurrent.futures` executor.

    The executor's end ends the client too, the cluster and the folder of keys.
    """

    def __init__(self, client: Client, cluster: Cluster | None = None, keys: TemporaryDirectory | None = None):
        super().__init__(client, pure=False)  # Dask must not take the result of an equal job
        self.cluster, self.keys = cluster, keys

    def submit(self, *arguments, **named) -> Future:
        """Submit a job, as any executor does; raises BrokenExecutor when the connection is lost."""
        try:
            return super().submit(*arguments, **named)
        except ClosedClientError as error:
            raise BrokenExecutor("the connection to the workers was lost") from error

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the connection and the cluster; with `wait`, after the running jobs."""
        with contextlib.ExitStack() as ends:
            if self.cluster is not None:
                ends.callback(self.keys.cleanup)
                ends.callback(self.close_cluster)
            ends.callback(self._client.close)
            with contextlib.suppress(ClosedClientError):
                super().shutdown(wait)

    def close_cluster(self) -> None:
        """Cancel the cluster's jobs; a worker that is missed ends after PATIENCE."""
        with contextlib.suppress(TimeoutError):
            self.cluster.close(timeout=PATIENCE)


def patient_class(job: type[dask_jobqueue.core.Job]) -> type[dask_jobqueue.core.Job]:
    """A job class that submits until the cluster takes the job; Dask tries only once."""

    class PatientJob(job):
        async def _submit_job(self, script_filename):
            while True:
                try:
                    return await super()._submit_job(script_filename)
                except RuntimeError as error:
                    logging.getLogger("snakemake").warning(f"A worker was refused, next try in {PATIENCE} s: {error}")
                    await asyncio.sleep(PATIENCE)

    return PatientJob


def dask_workers(
    cluster: str | None, job: str | None, least: int, most: int, scheduler: str | None, key: str | None
) -> Executor:
    """The executor of `snakemake --executor dask`: workers of a cluster or of a scheduler.

    cluster, job, least, most: as in :func:`workers_of_cluster`.
    scheduler, key: as in :func:`workers_of_scheduler`, in the place of a cluster.
    Raises InputError where a setting is not as it must be.
    """
    if (cluster is None) == (scheduler is None):
        found = "neither" if cluster is None else "both"
        raise InputError(f"executor dask: expected --dask-cluster or --dask-scheduler; found {found}")
    if cluster is None:
        return workers_of_scheduler(scheduler, key or "")
    return workers_of_cluster(cluster, job or "{}", least, most)


def workers_of_cluster(name: str, job: str, least: int, most: int) -> Executor:
    """Workers as jobs of a cluster, as many as there is work for.

    name: one of CLUSTERS.
    job: options of a job, one worker on one core, as JSON: `memory`, and what else dask-jobqueue takes for the cluster,
        such as queue, account, walltime.
    least, most: numbers of jobs.
    The workers work in this folder, which all machines must see. A key made for this run encrypts the traffic and lets
    nobody else in. Raises InputError where an argument is not as it must be.
    """
    if name not in CLUSTERS:
        raise InputError(f"--dask-cluster: expected one of {', '.join(CLUSTERS)}; found {name!r}")
    if not 0 <= least <= most or most == 0:
        raise InputError(f"--dask-least, --dask-most: expected 0 ≤ least ≤ most and most ≥ 1; found {least} and {most}")
    given = job_options(job)
    home, library = Path.cwd(), Path(__file__).parents[2]
    prologue = [f"cd {shlex.quote(str(home))}", f"export PYTHONPATH={shlex.quote(str(library))}"]
    prologue += [f"export {variable}={value}" for variable, value in ENVIRONMENT.items()]
    closed = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]  # a port for its health stays
    options = {
        "job_name": "applicability",
        "log_directory": str(home / "logs/workers"),
        "death_timeout": PATIENCE,
        **given,
        # one worker a job: of several, Dask ends all when one is idle, and replaces none when the job died
        "cores": 1,
        "processes": 1,
        "job_script_prologue": [*prologue, *given.get("job_script_prologue", [])],
        "worker_extra_args": [*closed, *given.get("worker_extra_args", [])],
    }
    keys = TemporaryDirectory(prefix="keys-", dir=home / ".snakemake")
    try:
        cluster = CLUSTERS[name](
            job_cls=patient_class(CLUSTERS[name].job_cls),
            security=encryption(new_key(Path(keys.name))),
            scheduler_options={"dashboard_address": "127.0.0.1:0"},
            **options,
        )
    except (ValueError, TypeError, RuntimeError) as error:
        keys.cleanup()
        raise InputError(f"--dask-job: {' '.join(str(error).split())}") from error
    refused = submission_error(cluster)
    if refused:
        cluster.close()
        keys.cleanup()
        raise InputError(f"--dask-job: expected a job that {name} takes; {refused}")
    workers = DaskWorkers(Client(cluster), cluster, keys)
    # one worker for each job that is ready: durations are not known beforehand
    cluster.adapt(minimum_jobs=least, maximum_jobs=most, target_duration="1ms", wait_count=PATIENCE)
    return workers


def new_key(folder: Path) -> Path:
    """A PEM file of a new private key and certificate, readable by its owner alone."""
    made, path = Security.temporary(), folder / "key.pem"
    path.touch(mode=0o600)
    path.write_text(made.tls_client_key + made.tls_client_cert)
    return path


def encryption(key: Path) -> Security:
    """Encryption (TLS) among the owners of one PEM file of key and certificate."""
    roles = {f"tls_{role}_{part}": str(key) for role in ("client", "scheduler", "worker") for part in ("key", "cert")}
    return Security(tls_ca_file=str(key), require_encryption=True, **roles)


def submission_error(cluster: dask_jobqueue.JobQueueCluster) -> str:
    """Why a cluster refuses its jobs, if that can be asked (of Slurm); else "".

    Without the question, a run would submit the jobs again and again (:func:`patient_class`).
    """
    command, *_ = cluster.job_cls.submit_command.split()
    if shutil.which(command) is None:
        return f"there is no command {command} here"
    if command != "sbatch":
        return ""
    asked = subprocess.run([command, "--test-only"], input=cluster.job_script(), capture_output=True, text=True)
    return " ".join(asked.stderr.split()) if asked.returncode else ""


def job_options(text: str) -> Mapping:
    """The options of a job from JSON. Raises InputError where they cannot be taken."""
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"--dask-job: expected JSON, such as {EXAMPLE}; {error}") from error
    if not isinstance(given, Mapping) or "memory" not in given:
        raise InputError(f"--dask-job: expected a mapping with memory, such as {EXAMPLE}; found {text}")
    for key in ("cores", "processes"):
        if key in given:
            raise InputError(f"--dask-job: {key}: unknown; a job is one worker on one core (see --dask-most)")
    for key in MANY:
        if not isinstance(given.get(key, []), list | dict):
            raise InputError(f"--dask-job: {key}: expected a list; found {given[key]!r}")
    return given


def workers_of_scheduler(address: str, key: str) -> Executor:
    """The workers of a scheduler that runs already.

    address: `tls://host:port`.
    key: a PEM file with the private key and the certificate that scheduler and workers were started with.
    Raises InputError where the scheduler does not answer.
    """
    if not address.startswith("tls://"):
        raise InputError(f"--dask-scheduler: expected an address that begins with tls://; found {address!r}")
    if not Path(key).is_file():
        raise InputError(f"--dask-key: expected a PEM file of key and certificate; found no file {key!r}")
    try:
        return DaskWorkers(Client(address, security=encryption(Path(key))))
    except (OSError, ValueError) as error:
        raise InputError(f"--dask-scheduler: expected a scheduler with that key at {address}; {error}") from error
