"""How a job's stage is handed to a worker: what it is told, what it asks of a cluster, the code that it depends on; and
what a run begins and ends with.

takes: CONFIG and STUDIES; the settings that Snakemake was started with
makes: WORKERS, `run_stage`, `reported`; the functions that give a job's params; FOR_CELL, the resources of training
    and testing
"""

import contextlib
import functools
import shlex
import signal
import sys

from applicability.commands import COMMANDS
from applicability.estimate import workload
from applicability.errors import InputError, in_a_line
from applicability.sources import digests
from applicability.storage.files import ORIGIN
from applicability.storage.provenance import origin
from applicability.running.workers import Workers, local_processes


def new_executor():
    """Where the stages run: processes of this machine, or the workers of `--executor dask`."""
    if workflow.executor_plugin.name != "dask":
        here = None if workflow.local_exec else workflow.resource_settings.local_cores  # the others are on a cluster
        return local_processes(here or workflow.cores)
    from applicability.running.cluster import dask_workers

    return dask_workers(**vars(workflow.executor_settings))


WORKERS = Workers(new_executor)


def code_of(command, *modules):
    """The code of a job, as a param: what a stage imports. As input files, every job would look at each of them."""
    code = digests(COMMANDS[command], *modules)
    return lambda wildcards: code  # in a plain text its braces would be wildcards


def cell_of(wildcards):
    """The cell of a job."""
    return STUDIES[wildcards.study].cell(float(wildcards.scale), int(wildcards.n))


def cell_json(wildcards):
    """The same as one param."""
    return cell_of(wildcards).json()


def learner_of(wildcards):
    """The learner of a job."""
    return STUDIES[wildcards.study].learners[wildcards.learner]


def of_cell(amount):
    """A resource of a job that trains or tests, from its cell and its learner: what a cluster is told. A second attempt
    asks for twice as much."""
    return lambda wildcards, attempt: attempt * amount(cell_of(wildcards), learner_of(wildcards))


def cards(wildcards):
    """CUDA cards of a job that trains or tests."""
    return int(CONFIG["device"].startswith("cuda"))


FOR_CELL = {"mem_mb": of_cell(workload.memory), "runtime": of_cell(workload.minutes), "gpu": cards}


def cells_of_scales(wildcards):
    """A cell of each scale, whatever its n: what the optimum depends on."""
    study = STUDIES[wildcards.study]
    return [study.cell(scale, n=1).json() for scale in study.scales]


def record_provenance():
    """Write what this run is made of beside its results."""
    from applicability.storage.provenance import record  # numpy with it, which takes a while

    command = shlex.join(["snakemake", *sys.argv[1:]])
    record("results/provenance.json", CONFIG, command, workflow.basedir)


@functools.cache  # all jobs of a study have the same
def origin_of(study, example):
    """What the files of a study, or else of an example, say of where they come from."""
    name, parts = (study, [STUDIES[study]]) if study else (example, EXAMPLES[example])
    return origin(name, parts, workflow.basedir)


def run_stage(name, wildcards, input, output, params, log, **others):
    """Hand a stage to a warm worker; its arguments are the job's files and params, by their names."""
    ORIGIN.set(origin_of(wildcards.get("study"), wildcards.get("example")))  # of this job's thread
    files = {key: value for key, value in [*input.items(), *output.items(), *params.items()] if key != "code"}
    plain = {key: value if isinstance(value, str) else list(value) for key, value in files.items()}
    with reported(log):
        WORKERS.run(name, log[0], **plain, **others)


@contextlib.contextmanager
def reported(log):
    """Say why a job failed in one line, for the end of the run."""
    try:
        yield
    except Exception as error:
        if isinstance(error, InputError):  # no second try mends that: it counts as the last one
            for job in list(workflow.scheduler.running):
                if job.log == log:
                    job._attempt = job.restart_times + 1  # the property would ask for other resources, too
        logger.error(in_a_line(error), extra={"reason_of": log[0]})
        raise


onstart:
    try:  # what cannot be is refused before any work: nowhere to write, workers or a device that are not there
        if only_telling():
            alone(only_telling())
        check_folders(*(["logs"] if only_telling() else FOLDERS), writable=True)
        if workflow.local_exec:
            # the limit of jobs per second is for clusters, and no setting turns it off: every round of the scheduler
            # that finds jobs ready calls for one more round a second later
            workflow.scheduler.job_rate_limiter = None
            signal.signal(signal.SIGINT, WORKERS.interrupted)
            WORKERS.started()
            if CONFIG["device"] not in ("auto", "cpu"):
                WORKERS.run("device", "logs/device.log", device=CONFIG["device"])
        if workflow.is_main_process and not (only_telling() or workflow.touch):
            locks.sign()
            record_provenance()
    except InputError as error:
        WORKERS.close()
        sys.exit(str(error))


onsuccess:
    folders = ", ".join(f"results/{name}/figures/" for name in STUDIES)
    told = f"The figures are in {folders}, the tables beside them."
    if any("examples" in target for target in workflow.dag_settings.targets):
        told = "The worked examples are in results/examples/."
    if not only_telling():
        logger.info(told, extra={"closing": True})
