"""How a job's stage is handed to a worker, and what a run begins and ends with.

takes: CONFIG and STUDIES; the settings that Snakemake was started with
makes: WORKERS, `run_stage`, `reported`, `code_of`
"""

import contextlib
import functools
import shlex
import signal
import sys

from applicability.commands import COMMANDS
from applicability.errors import in_a_line
from applicability.sources import code_of_modules
from applicability.storage.files import ORIGIN
from applicability.storage.provenance import origin, record

WORKERS = inside.workers(workflow)
NAMED = 6  # files that the end of a run names
signal.signal(signal.SIGINT, WORKERS.interrupted)  # here, since a module's `onstart` is left out


def code_of(command, *modules):
    """The code of a job, as a param: what a stage imports. As input files, every job would look at each of them."""
    code = code_of_modules(COMMANDS[command], *modules)
    return lambda wildcards: code  # in a plain text its braces would be wildcards


@functools.cache  # all jobs of a study have the same
def origin_of(study, example):
    """What the files of a study, or else of an example, say of where they come from."""
    name, parts = (study, [STUDIES[study]]) if study else (example, EXAMPLES[example])
    return origin(name, parts)


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
        if isinstance(error, InputError):
            inside.try_no_more(workflow, log)
        logger.error(in_a_line(error), extra={"reason_of": log[0]})
        raise


onstart:  # of a module, Snakemake leaves out what starts and ends a run
    try:  # what cannot be is refused before any work: nowhere to write, workers or a device that are not there
        if only_telling():
            alone(only_telling())
        check_folders(*(["logs"] if only_telling() else FOLDERS), writable=True)
        if inside.is_local(workflow):
            inside.start_jobs_at_once(workflow)
            WORKERS.started()
            if CONFIG["device"] not in ("auto", "cpu"):
                WORKERS.run("device", "logs/device.log", device=CONFIG["device"])
        if inside.is_main_process(workflow) and not (only_telling() or inside.executor_name(workflow) == "touch"):
            locks.sign()
            record("results/provenance.json", CONFIG, shlex.join(["snakemake", *sys.argv[1:]]))
    except InputError as error:
        WORKERS.close()
        sys.exit(str(error))


def made():
    """What a run made of what was asked for, which `--until` and `--batch` change, in one line."""
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
    logger.info(None, extra={"workflow": workflow})  # where the logger plugin finds the reasons of a dry run's jobs


onsuccess:
    if not only_telling():
        logger.info(made(), extra={"closing": True})
