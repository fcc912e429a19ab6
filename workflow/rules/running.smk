"""The workers, which run the stages of jobs, and the start and end of a run.

takes: CONFIG, STUDIES, EXAMPLES; the settings that Snakemake was started with
makes: WORKERS, `run_stage`, `reported`, `code_of`; `print_estimate`; results/provenance.json
steps: `onstart`, `onsuccess`
"""

import contextlib
import functools
import hashlib
import json
import shlex
import signal
import sys

from applicability.commands import COMMANDS
from applicability.errors import in_a_line
from applicability.sources import code_of_modules
from applicability.storage.files import ORIGIN
from applicability.storage.provenance import origin, write_provenance

WORKERS = inside.workers(workflow)
NAMED = 6  # files that the end of a run names
signal.signal(signal.SIGINT, WORKERS.interrupt)  # not in `onstart`, which Snakemake ignores in a module


def code_of(command, *modules, figures=()):
    """The params function of a job's code: digests of all files that a stage imports, and of figures' captions.

    As input files, Snakemake would look at every file for every job.
    """
    code = code_of_modules(COMMANDS[command], *modules)
    if figures:  # their captions alone: how they are drawn is another job's
        text = "".join(figure.caption for figure in figures)
        code = json.dumps(json.loads(code) | {"captions": hashlib.sha256(text.encode()).hexdigest()})
    return lambda wildcards: code  # a function, since Snakemake reads braces in a text as wildcards


@functools.cache  # one for all jobs of a study
def origin_of(study, example):
    """The origin for the records of a study's files, or of an example's."""
    name, parts = (study, [STUDIES[study]]) if study else (example, EXAMPLES[example])
    return origin(name, parts)


def run_stage(name, wildcards, input, output, params, log, **others):
    """Run a stage on a warm worker; its arguments are the job's files and params, by name."""
    ORIGIN.set(origin_of(wildcards.get("study"), wildcards.get("example")))  # for this job's thread alone
    files = {key: value for key, value in [*input.items(), *output.items(), *params.items()] if key != "code"}
    plain = {key: value if isinstance(value, str) else list(value) for key, value in files.items()}
    with reported(log):
        WORKERS.run(name, log[0], **plain, **others)


@contextlib.contextmanager
def reported(log):
    """Log in one line why a job failed; the logger shows the line at the end of the run."""
    try:
        yield
    except Exception as error:
        if isinstance(error, InputError):
            inside.try_no_more(workflow, log)
        logger.error(in_a_line(error), extra={"reason_of": log[0]})
        raise


def only_telling():
    """The question among the targets of this run; None without one."""
    return next((target for target in ("verify", "estimate") if target in inside.targets(workflow)), None)


def alone(target):
    """Raises InputError where a question has other targets beside it, or cannot be answered here."""
    if len(inside.targets(workflow)) > 1:
        raise InputError(f"{target}: expected no other target beside it, which would be made at the same time")
    where = inside.executor_name(workflow)
    if target == "estimate" and where not in ("local", "dryrun", "touch"):
        raise InputError(
            "estimate: expected a run on this machine, which alone it can time (--workflow-profile profiles/default); "
            f"found executor {where}"
        )


def at_a_time():
    """How many trainings and tests run at a time: as many as cores, or as the limit of CUDA cards allows."""
    limit = inside.limit_of(workflow, "gpu") if CONFIG["device"].startswith("cuda") else None
    return min(limit or inside.cores(workflow), inside.cores(workflow))


def jobs_to_count():
    """Every job of the config's studies, done or not by Snakemake's record."""
    from applicability.estimate.jobs import jobs_of_run

    return jobs_of_run(PROJECT / "Snakefile", config, STUDIES, functools.partial(inside.wildcards_of, workflow))


def print_estimate(log):
    """Print what a run of this config takes here."""
    from applicability.estimate.estimate import estimate  # imports numpy, which takes a while

    with reported(log):
        estimate(log[0], jobs_to_count, WORKERS, inside.cores(workflow), at_a_time(), CONFIG["device"])


onstart:  # Snakemake ignores `onstart` and `onsuccess` of a module
    try:  # refuses before any work: no folder to write to, no workers, no such device
        if only_telling():
            alone(only_telling())
        check_folders(*(["logs"] if only_telling() else FOLDERS), writable=True)
        if inside.is_local(workflow):
            inside.start_jobs_at_once(workflow)
            WORKERS.start()
            if CONFIG["device"] not in ("auto", "cpu"):
                WORKERS.run("device", "logs/device.log", device=CONFIG["device"])
        if inside.is_main_process(workflow) and not (only_telling() or inside.executor_name(workflow) == "touch"):
            locks.sign()
            write_provenance("results/provenance.json", CONFIG, shlex.join(["snakemake", *sys.argv[1:]]))
    except InputError as error:
        WORKERS.close()
        sys.exit(str(error))


def made():
    """What the run made of its targets, in one line; `--until` and `--batch` change the targets."""
    asked, done = inside.finished_targets(workflow), inside.finished_rules(workflow)
    told = []
    if "all" in asked:
        folders = ", ".join(f"results/{name}/figures/" for name in STUDIES)
        told += [f"The figures are in {folders}, the tables beside them."]
    if "examples" in asked:
        told += ["The worked examples are in results/examples/."]
    files = sorted(path for paths in asked.values() for path in paths)
    if not told and len(files) <= NAMED:
        told += [f"Made: {', '.join(files)}"]
    return " ".join(told) or f"Jobs done: {', '.join(f'{count} {rule}' for rule, count in done.items())}"


if not AS_MODULE:
    logger.info(None, extra={"workflow": workflow})  # the logger plugin takes the reasons of a dry run's jobs from it


onsuccess:
    if not only_telling():
        logger.info(made(), extra={"closing": True})
