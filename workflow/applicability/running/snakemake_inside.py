"""Snakemake's inside: every use that the pipeline makes of what Snakemake does not document, each with its reason.

The rules and the executor plugin ask here; `workflow` is the global of that name in a Snakefile. May import running.
What cannot stand here, being read before this library is found: `workflow.current_basedir` in common.smk, which finds
it; the classes of Snakemake's that the executor plugin and the logger plugin are made from.
"""

import functools
import sys
from collections import Counter
from pathlib import Path

import snakemake
from snakemake.common.configfile import load_configfile
from snakemake.logging import logger
from snakemake.utils import update_config

from applicability.errors import InputError
from applicability.running.workers import Workers, local_processes

MADE_FOR = "9.27"
LIBRARY = Path(__file__).parents[1]


@functools.cache  # once, however many modules there are
def check_version() -> None:
    """Warn in one line where Snakemake has another version than this module was made for."""
    found = snakemake.__version__
    if found.split(".")[:2] != MADE_FOR.split("."):
        logger.warning(f"Made for Snakemake {MADE_FOR}; found {found}, with which it was not tried.")


def check_checkout(workflow) -> None:
    """Raises InputError where rules and library are of different checkouts, as in two modules of two checkouts."""
    rules = Path(workflow.current_basedir.get_path_or_uri(secret_free=True))
    if rules.resolve().parent != LIBRARY.resolve().parent:
        raise InputError(f"{rules}: expected one checkout of applicability in a run; found {LIBRARY.parents[1]} too")


def is_module(workflow) -> bool:
    """Whether the Snakefile being read is a `module` of another workflow, which then names the rules."""
    return not workflow.modifier.is_main_snakefile()


def is_main_process(workflow) -> bool:
    """Whether this process leads the run: the Snakefile is read again by each job of a cluster."""
    return workflow.is_main_process


def set_default_target(workflow, rule: str) -> None:
    """Make a rule what is made where no target is named: of an included file, Snakemake forgets its first rule.

    The directive `default_target:` is forgotten with it. A parent keeps its own.
    """
    if not is_module(workflow):
        workflow.default_target = rule


def leave_out_pandas(workflow) -> None:
    """Keep Snakemake from importing pandas, for 0.4 s, only to see that no param is a table.

    The workers, processes of their own, have it. A parent's rules may use it in this process.
    """
    if not is_module(workflow):
        sys.modules.setdefault("pandas", None)


def complete_config(workflow, default: Path) -> tuple[list, list[str]]:
    """Fill the global `config` from the default file, where no other is given; the files and `--config` words read.

    A module has what the parent's `config:` says, or the default: the parent's own files and words are not for it, and
    the directive `configfile:` would merge them in. Raises InputError where the default file cannot be read.
    """
    settings = workflow.config_settings
    try:
        if is_module(workflow):
            if workflow.modifier.skip_configfile:  # there is a `config:`
                return [], []
            update_config(workflow.config, load_configfile(default))
            return [default], []
        if not settings.configfiles:  # one given by hand replaces the default, it is not merged into it
            workflow.configfile(str(default))
        return workflow.configfiles, list(settings.config_args or ())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"config: {default}: expected a file of YAML or JSON: {error}") from error


def config_words(workflow) -> dict:
    """What `--config` says, of which Snakemake leaves inner values as texts."""
    return {} if is_module(workflow) else workflow.config_settings.config


def run_in_threads(workflow) -> None:
    """Have the `run:` blocks of the rules read so far run in threads of the main process, which has the workers.

    Otherwise each starts a Snakemake of its own (4 s), unless --force-use-threads is given. For Snakemake a rule
    with `cwl:` has no `run:` block, and an empty `cwl:` says nothing else. The rules of a parent stay as they are.
    """
    if "--lint" in sys.argv:  # which asks for the environment of a rule without a `run:` block
        return
    for rule in workflow.modifier.rules:
        if rule.is_run:
            rule.cwl = ""


def start_jobs_at_once(workflow) -> None:
    """Lift the limit of jobs per second, which is for clusters and which no setting turns off.

    Every round of the scheduler that finds jobs ready calls for one more round a second later.
    """
    workflow.scheduler.job_rate_limiter = None


def try_no_more(workflow, log) -> None:
    """Have a job that is running, by its log, fail for good: a second try mends no bad input."""
    for job in list(workflow.scheduler.running):
        if job.log == log:
            job._attempt = job.restart_times + 1  # the property would ask for other resources, too


def is_local(workflow) -> bool:
    """Whether the jobs run in processes of this machine that this run starts."""
    return workflow.local_exec


def executor_name(workflow) -> str:
    """The executor plugin's name: local, dryrun, touch, dask, slurm, ..."""
    return workflow.executor_plugin.name


def cores(workflow) -> int:
    """How many cores the run may use."""
    return workflow.cores


def limit_of(workflow, resource: str) -> int | None:
    """The run's limit of a resource, where there is one."""
    return workflow.global_resources.get(resource)


def targets(workflow) -> set[str]:
    """The targets by name; a rule's name, or a file."""
    return set(workflow.dag_settings.targets)


def finished_targets(workflow) -> dict[str, list[str]]:
    """The files of the finished jobs that the run was asked for, by rule; `--until` and `--batch` change them."""
    found = {}
    for job in workflow.dag.targetjobs:
        if workflow.dag.finished(job):
            found.setdefault(job.rule.name, []).extend(job.output)
    return found


def finished_rules(workflow) -> dict[str, int]:
    """How many jobs of each rule the run finished, in the order of the rules."""
    counts = Counter(job.rule.name for job in workflow.dag.finished_jobs)
    return {rule.name: counts[rule.name] for rule in workflow.rules if rule.name in counts}


def wildcards_of(workflow, rule: str, path: str) -> dict[str, str]:
    """The wildcards of the job of a rule that makes a file."""
    return workflow.get_rule(rule).get_wildcards(path)


POOLS: dict[int, Workers] = {}  # id of a workflow -> its workers: one pool for it and all its modules


def workers(workflow) -> Workers:
    """The workers of a run, shared by whichever modules use this library."""
    return POOLS.setdefault(id(workflow), Workers(functools.partial(new_executor, workflow)))


def new_executor(workflow):
    """Where the stages run: processes of this machine, or the workers of `--executor dask`."""
    if executor_name(workflow) != "dask":
        # on a cluster the other jobs run elsewhere
        here = None if is_local(workflow) else workflow.resource_settings.local_cores
        return local_processes(here or workflow.cores)
    from applicability.running.cluster import dask_workers

    return dask_workers(**vars(workflow.executor_settings))
