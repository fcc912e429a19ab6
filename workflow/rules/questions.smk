"""Targets that answer a question and make no results: verify and estimate.

`snakemake verify`: do the results on disk belong to this config and code, unchanged since written?
`snakemake estimate`: how long would a run of this config take on this machine?
takes: the config; the results and Snakemake's record of them; an estimate uses all cores for some seconds
makes: logs/verify.txt and logs/estimate.txt, printed too; `only_telling` and `alone` for `onstart` of running.smk
steps: verify; estimate
"""

import functools


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

    return jobs_of_run(PROJECT / "Snakefile", CONFIG, STUDIES, functools.partial(inside.wildcards_of, workflow))


rule verify:
    log:
        "logs/verify.txt",
    retries: 0
    localrule: True
    message:
        "Comparing the results with the config, the code and their records"
    run:
        from applicability.storage.verify import verify

        with reported(log):
            verify(PROJECT / "Snakefile", CONFIG, log[0])


rule estimate:
    log:
        "logs/estimate.txt",
    retries: 0
    localrule: True
    message:
        "Estimating what a run takes"
    run:
        from applicability.estimate.estimate import estimate  # imports numpy, which takes a while

        with reported(log):
            estimate(log[0], jobs_to_count, WORKERS, inside.cores(workflow), at_a_time(), CONFIG["device"])
