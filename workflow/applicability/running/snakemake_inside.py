"""Undocumented parts of Snakemake: every use of them, each with its reason.

The rules and the executor plugin call these functions; `workflow` is the global of that name in a Snakefile. May import
errors and running. Two uses stand elsewhere, since they come before this library can be imported:
`workflow.current_basedir` in common.smk, which finds the library, and the base classes of the two plugins.
"""

import functools
import os
import sys
from collections import Counter
from pathlib import Path

import snakemake
from snakemake.common.configfile import load_configfile
from snakemake.jobs import Reason
from snakemake.logging import logger
from snakemake.utils import update_config

from applicability.errors import InputError
from applicability.running.workers import Workers, local_processes

MADE_FOR = "9.27"
LIBRARY = Path(__file__).parents[1]


@functools.cache  # one warning, however many modules use this library
def check_version() -> None:
    """Warn of a version of Snakemake that this module was not made for."""
    found = snakemake.__version__
    if found.split(".")[:2] != MADE_FOR.split("."):
        logger.warning(f"Made for Snakemake {MADE_FOR}; found {found}, with which it was not tried.")


def check_checkout(workflow) -> None:
    """Raises InputError where rules and library come from two checkouts, as modules may."""
    rules = Path(workflow.current_basedir.get_path_or_uri(secret_free=True))
    if rules.resolve().parent != LIBRARY.resolve().parent:
        raise InputError(f"{rules}: expected one checkout of applicability in a run; found {LIBRARY.parents[1]} too")


def is_module(workflow) -> bool:
    """Whether the Snakefile is used as a `module` of another workflow (the parent)."""
    return not workflow.modifier.is_main_snakefile()


def is_main_process(workflow) -> bool:
    """Whether this process leads the run; each job of a cluster reads the Snakefile again."""
    return workflow.is_main_process


def set_default_target(workflow, rule: str) -> None:
    """Make a rule the default target. A parent workflow keeps its own.

    In an included file, Snakemake ignores both the first rule and the directive `default_target:`.
    """
    if not is_module(workflow):
        workflow.default_target = rule


def leave_out_pandas(workflow) -> None:
    """Keep Snakemake from importing pandas, only to look for params that are tables (0.4 s).

    The workers, in processes of their own, import pandas. A parent workflow, whose rules may need pandas, keeps it.
    """
    if not is_module(workflow):
        sys.modules.setdefault("pandas", None)


def complete_config(workflow, default: Path) -> tuple[list, list[str]]:
    """Fill the global `config` from the default file where no other file is given.

    A module takes the parent's `config:`, or the default. The parent's own files and `--config` words are not meant for
    the module, and the directive `configfile:` would merge them in.
    Returns the files and the `--config` words read. Raises InputError where the default file cannot be read.
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
        raise InputError(f"config: {os.path.relpath(default)}: expected a file of YAML or JSON: {error}") from error


def config_words(workflow) -> dict:
    """The keys and values of `--config`; Snakemake leaves inner values as texts."""
    return {} if is_module(workflow) else workflow.config_settings.config


def run_in_threads(workflow) -> None:
    """Run the `run:` blocks of our rules as threads of the main process.

    The main process owns the workers. Otherwise, and without --force-use-threads, every `run:` block starts a Snakemake
    of its own (4 s). Snakemake takes a rule with `cwl:` for one without a `run:` block; an empty `cwl:` has no other
    effect. A parent's rules stay as they are.
    """
    if "--lint" in sys.argv:  # the linter demands an environment of every rule without a `run:` block
        return
    for rule in workflow.modifier.rules:
        if rule.is_run:
            rule.cwl = ""


def start_jobs_at_once(workflow) -> None:
    """Lift the limit of jobs per second, meant for clusters; no setting lifts it.

    With the limit, every round of the scheduler that finds jobs ready is followed by one more, a second later.
    """
    workflow.scheduler.job_rate_limiter = None


def try_no_more(workflow, log) -> None:
    """Let a running job, known by its log, fail without retries."""
    for job in list(workflow.scheduler.running):
        if job.log == log:
            job._attempt = job.restart_times + 1  # the property `attempt` would compute new resources too


def is_local(workflow) -> bool:
    """Whether the jobs run on this machine, started by this run."""
    return workflow.local_exec


def executor_name(workflow) -> str:
    """The executor plugin's name: local, dryrun, touch, dask, slurm, ..."""
    return workflow.executor_plugin.name


def cores(workflow) -> int:
    """How many cores the run may use."""
    return workflow.cores


def limit_of(workflow, resource: str) -> int | None:
    """The run's limit of a resource; None without a limit."""
    limit = workflow.global_resources.get(resource)
    return limit and limit.value  # an object, no number


def targets(workflow) -> set[str]:
    """The targets of the run: names of rules or files."""
    return set(workflow.dag_settings.targets)


def finished_targets(workflow) -> dict[str, list[str]]:
    """The files of the finished target jobs, by rule; `--until` and `--batch` change the targets."""
    found = {}
    for job in workflow.dag.targetjobs:
        if workflow.dag.finished(job):
            found.setdefault(job.rule.name, []).extend(job.output)
    return found


def reasons_of(workflow) -> dict[int, Reason]:
    """Why each job of the run has to run, by its number; a record of the log has only the text of that."""
    return {workflow.dag.jobid(job): workflow.dag.reason(job) for job in list(workflow.dag.jobs)}


def finished_rules(workflow) -> dict[str, int]:
    """The number of finished jobs of each rule, in the order of the rules."""
    counts = Counter(job.rule.name for job in workflow.dag.finished_jobs)
    return {rule.name: counts[rule.name] for rule in workflow.rules if rule.name in counts}


def wildcards_of(workflow, rule: str, path: str) -> dict[str, str]:
    """The wildcards of the job of `rule` that makes the file `path`."""
    return workflow.get_rule(rule).get_wildcards(path)


POOLS: dict[int, Workers] = {}  # id of a workflow -> the workers of the workflow and all its modules


def workers(workflow) -> Workers:
    """The workers of a run, shared by all modules that use this library."""
    return POOLS.setdefault(id(workflow), Workers(functools.partial(new_executor, workflow)))


def new_executor(workflow):
    """A new executor for stages: processes of this machine, or workers of `--executor dask`."""
    if executor_name(workflow) != "dask":
        # with a cluster, only local rules run here
        here = None if is_local(workflow) else workflow.resource_settings.local_cores
        return local_processes(here or workflow.cores)
    from applicability.running.cluster import dask_workers

    return dask_workers(**vars(workflow.executor_settings))
