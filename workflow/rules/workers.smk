"""How a job's stage is handed to a worker: what it is told, what it asks of a cluster, the code that it depends on; and
what a run begins with.

takes: CONFIG and STUDIES; the settings that Snakemake was started with
makes: WORKERS, `run_stage`, `reported`; the functions that give a job's params; FOR_CELL, the resources of training
    and testing
"""

import contextlib
import functools
import shlex
import signal
import sys
from types import SimpleNamespace

from applicability import effort, presence
from applicability.errors import InputError, in_a_line
from applicability.imports import digests
from applicability.origin import ORIGIN, origin
from applicability.workers import Workers, local_processes


def new_executor():
    """Where the stages run: processes of this machine, or the workers of `--executor dask`."""
    if workflow.executor_plugin.name != "dask":
        here = None if workflow.local_exec else workflow.resource_settings.local_cores  # the others are on a cluster
        return local_processes(here or workflow.cores)
    from applicability.cluster import dask_workers

    return dask_workers(**vars(workflow.executor_settings))


WORKERS = Workers(new_executor)


def code_of(*modules):
    """The code of a job, as a param: what a stage imports. As input files, every job would look at each of them."""
    code = digests(*modules)
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


FOR_CELL = {"mem_mb": of_cell(effort.memory), "runtime": of_cell(effort.minutes), "gpu": cards}


def cells_of_scales(wildcards):
    """A cell of each scale, whatever its n: what the optimum depends on."""
    study = STUDIES[wildcards.study]
    return [study.cell(scale, n=1).json() for scale in study.scales]


def at_a_time():
    """How many trainings and tests can be under way here: all cores, or what a limit leaves of CUDA cards."""
    limit = workflow.global_resources.get("gpu") if CONFIG["device"].startswith("cuda") else None
    return min(limit or workflow.cores, workflow.cores)


def job_of(rule, wildcards, done):
    """A job of a study, from its rule's name and its wildcards."""
    from applicability.rates import Job  # numpy with it, and SciPy

    study, figure = STUDIES[wildcards["study"]], rule.removeprefix("draw_")
    cell = study.cell(float(wildcards["scale"]), int(wildcards["n"])) if "n" in wildcards else None
    read = data_of(figure)(SimpleNamespace(**wildcards)) if figure in OF_STUDY | OF_LEARNER else {}
    return Job(rule, study, cell, study.learners.get(wildcards.get("learner")), len(read.get("cells", [])), done)


def jobs_of_config():
    """Every job of the config's studies, as Snakemake's record has them."""
    from applicability import records

    files = records.summary(workflow.main_snakefile, CONFIG, ["all"])
    found = records.jobs(files, lambda rule, path: workflow.get_rule(rule).get_wildcards(path))
    return [job_of(*each) for each in found]


def tell_estimate(log):
    """Print what a run of this config takes here."""
    from applicability.estimate import estimate

    with reported(log):
        estimate(log[0], jobs_of_config, WORKERS, workflow.cores, at_a_time(), CONFIG["device"])


def only_telling():
    """The target that tells of the results and makes none, where this run has one."""
    return next((target for target in ("verify", "estimate") if target in workflow.dag_settings.targets), None)


def alone(target):
    """Raises InputError where such a target is not all there is, or cannot be told here."""
    if len(workflow.dag_settings.targets) > 1:
        raise InputError(f"{target}: expected no other target beside it, which would be made at the same time")
    where = workflow.executor_plugin.name
    if target == "estimate" and where not in ("local", "dryrun", "touch"):
        raise InputError(
            "estimate: expected a run on this machine, which alone it can time (--workflow-profile profiles/default); "
            f"found executor {where}"
        )


def record_provenance():
    """Write what this run is made of beside its results."""
    from applicability.provenance import record  # numpy with it, which takes a while

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
        logger.error(in_a_line(error), extra={"reason_of": log[0]})
        raise


onstart:
    try:  # what cannot be is refused before any work: nowhere to write, workers or a device that are not there
        if only_telling():
            alone(only_telling())
        presence.check(*(["logs"] if only_telling() else FOLDERS), writable=True)
        if workflow.local_exec:
            # the limit of jobs per second is for clusters, and no setting turns it off: every round of the scheduler
            # that finds jobs ready calls for one more round a second later
            workflow.scheduler.job_rate_limiter = None
            signal.signal(signal.SIGINT, WORKERS.interrupted)
            WORKERS.started()
            if CONFIG["device"] not in ("auto", "cpu"):
                WORKERS.run("device", "logs/device.log", device=CONFIG["device"])
        if workflow.is_main_process and not (only_telling() or workflow.touch):
            record_provenance()
    except InputError as error:
        WORKERS.close()
        sys.exit(str(error))
